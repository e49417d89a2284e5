package dev.sallyport.config;

import java.util.List;
import java.util.regex.Pattern;

/// A YAML document as data with places: mappings, sequences and scalars, nothing constructed from
/// tags, nothing shared through anchors.
sealed interface YamlNode {
    Position at();

    /// As in `expected a list, but this is a mapping`.
    String word();

    record Mapping(List<Entry> entries, Position at) implements YamlNode {
        @Override
        public String word() {
            return "a mapping";
        }
    }

    record Entry(Scalar key, YamlNode value) {}

    record Sequence(List<YamlNode> items, Position at) implements YamlNode {
        @Override
        public String word() {
            return "a list";
        }
    }

    /// @param plain written without quotes: could be a number, a boolean or nothing at all
    /// @param block written as `|` or `>`, in the lines below
    record Scalar(String text, boolean plain, boolean block, Position at) implements YamlNode {
        private static final Pattern BOOLEAN =
                Pattern.compile("true|false|yes|no|on|off", Pattern.CASE_INSENSITIVE);

        private static final Pattern NUMBER =
                Pattern.compile(
                        "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+");

        boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }

        @Override
        public String word() {
            if (isNull()) return "nothing";
            if (plain && BOOLEAN.matcher(text).matches()) return "a yes or no";
            if (plain && NUMBER.matcher(text).matches()) return "a number";
            return "text";
        }

        @Override
        public String toString() {
            return "Scalar[" + text.length() + " chars at " + at + "]";
        }
    }

    /// Stands where a required value is missing or was refused already: reading it reports nothing
    /// more.
    record Absent(Position at) implements YamlNode {
        @Override
        public String word() {
            return "nothing";
        }
    }
}
