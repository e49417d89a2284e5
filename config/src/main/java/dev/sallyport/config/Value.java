package dev.sallyport.config;

import dev.sallyport.config.YamlNode.Absent;
import dev.sallyport.config.YamlNode.Scalar;
import dev.sallyport.config.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One value being read. What is not as asked is reported, and a stand-in of the right type comes
/// back.
record Value(String key, YamlNode node, Problems problems) {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    Position at() {
        return node.at();
    }

    <T> Located<T> located(Function<Value, T> decode) {
        return new Located<>(decode.apply(this), at());
    }

    void wrong(String message) {
        problems.report(at(), message);
    }

    /// Text that is not empty.
    String text() {
        return scalar("text")
                .map(s -> {
                    if (s.plain() && !s.word().equals("text"))
                        wrong(
                                "'"
                                        + key
                                        + "' must be text, but "
                                        + YamlReader.shorten(s.text())
                                        + " is "
                                        + s.word()
                                        + ": put it in quotes");
                    else if (s.text().isBlank()) wrong("'" + key + "' is empty");
                    return s.text();
                })
                .orElse("");
    }

    /// Text of a given form.
    ///
    /// @param form for people, as `letters, digits and -`
    String matching(Pattern pattern, String form) {
        int before = problems.count();
        var text = text();
        if (!text.isEmpty() && problems.count() == before && !pattern.matcher(text).matches())
            wrong("'" + key + "' is '" + YamlReader.shorten(text) + "', but must be " + form);
        return text;
    }

    boolean yesOrNo() {
        return scalar("true or false")
                .map(s -> {
                    if (!s.plain() || !(s.text().equals("true") || s.text().equals("false")))
                        wrong(
                                "'"
                                        + key
                                        + "' must be true or false, but is "
                                        + YamlReader.shorten(s.text()));
                    return s.text().equals("true");
                })
                .orElse(false);
    }

    int integer(int min, int max) {
        var text = scalar("a whole number").filter(Scalar::plain).map(Scalar::text);
        if (text.isEmpty()) {
            if (node instanceof Scalar s && !s.isNull())
                wrong("'" + key + "' must be a number without quotes");
            return min;
        }
        if (!INTEGER.matcher(text.get()).matches()) {
            wrong("'" + key + "' must be a whole number, but is " + YamlReader.shorten(text.get()));
            return min;
        }
        var n = Long.parseLong(text.get());
        if (n < min || n > max) {
            wrong("'" + key + "' is " + n + ", but must be between " + min + " and " + max);
            return min;
        }
        return (int) n;
    }

    Duration duration(Duration min, Duration max) {
        return measured(Units.DURATION_FORM, Units::parseDuration, Units::duration, min, max);
    }

    long size(long min, long max) {
        return measured(Units.SIZE_FORM, Units::parseSize, Units::size, min, max);
    }

    private <T extends Comparable<T>> T measured(
            String form,
            Function<String, Optional<T>> parse,
            Function<T, String> print,
            T min,
            T max) {
        var scalar = scalar(form);
        if (scalar.isEmpty()) return min;
        var parsed = parse.apply(scalar.get().text());
        if (parsed.isEmpty()) {
            wrong(
                    "'"
                            + key
                            + "' must be "
                            + form
                            + ", but is "
                            + YamlReader.shorten(scalar.get().text()));
            return min;
        }
        var value = parsed.get();
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0)
            wrong(
                    "'"
                            + key
                            + "' is "
                            + scalar.get().text()
                            + ", but must be between "
                            + print.apply(min)
                            + " and "
                            + print.apply(max));
        return value;
    }

    /// One of the enum's constants, by its word.
    <E extends Enum<E>> E oneOf(Class<E> type, Function<E, String> word) {
        var constants = type.getEnumConstants();
        var words = Stream.of(constants).map(word).toList();
        var scalar = scalar("one of " + String.join(", ", words));
        if (scalar.isPresent()) {
            for (var c : constants) if (word.apply(c).equals(scalar.get().text())) return c;
            wrong(
                    "'"
                            + key
                            + "' is '"
                            + YamlReader.shorten(scalar.get().text())
                            + "', but must be one of "
                            + words.stream().collect(Collectors.joining(", ")));
        }
        return constants[0];
    }

    /// A list with at least one item.
    <T> List<T> list(Function<Value, T> item) {
        var items = items().stream().map(item).toList();
        if (items.isEmpty() && node instanceof Sequence) wrong("'" + key + "' is an empty list");
        return items;
    }

    List<Value> items() {
        return switch (node) {
            case Sequence s -> {
                var values = new ArrayList<Value>();
                for (var n : s.items()) values.add(new Value(key, n, problems));
                yield values;
            }
            case Absent _ -> List.of();
            case Scalar s -> {
                wrong(
                        s.isNull()
                                ? "'" + key + "' has no value"
                                : "'"
                                        + key
                                        + "' must be a list: write ["
                                        + YamlReader.shorten(s.text())
                                        + "]");
                yield List.of();
            }
            case YamlNode.Mapping _ -> {
                wrong(
                        "'"
                                + key
                                + "' must be a list, but this is a mapping: begin each item with '-"
                                + " '");
                yield List.of();
            }
        };
    }

    /// The entries of a mapping whose keys are names of the author's choice; none when it is
    /// something else, which is reported.
    ///
    /// @param what as `roles' names to their grants`
    List<YamlNode.Entry> mapping(String what) {
        return switch (node) {
            case YamlNode.Mapping m -> m.entries();
            case Absent _ -> List.of();
            case Scalar _, Sequence _ -> {
                wrong(
                        "'"
                                + key
                                + "' must be a mapping of "
                                + what
                                + ", but this is "
                                + node.word());
                yield List.of();
            }
        };
    }

    /// Text in another language, not empty. Needs no quotes where YAML needs none.
    SourceText sourceText() {
        var scalar = scalar("text");
        var text = scalar.map(Scalar::text).orElse("");
        if (scalar.isPresent() && text.isBlank()) wrong("'" + key + "' is empty");
        int indent = scalar.map(s -> s.block() ? -1 : s.plain() ? 0 : 1).orElse(0);
        return new SourceText(text, at(), indent);
    }

    <T> T fields(String what, Function<Fields, T> decode) {
        return Fields.read(node, what, problems, decode);
    }

    /// Empty when it is not a scalar, which is reported.
    private Optional<Scalar> scalar(String expected) {
        return switch (node) {
            case Scalar s -> {
                if (s.isNull()) {
                    wrong("'" + key + "' has no value");
                    yield Optional.empty();
                }
                yield Optional.of(s);
            }
            case Absent _ -> Optional.empty();
            case YamlNode.Mapping _, Sequence _ -> {
                wrong("'" + key + "' must be " + expected + ", but this is " + node.word());
                yield Optional.empty();
            }
        };
    }

    @Override
    public String toString() {
        return "Value[" + key + " at " + at() + "]";
    }
}
