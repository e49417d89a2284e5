package dev.sallyport.policy;

import dev.sallyport.config.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Masks as policy files spell them: `redact`, `partial(keepLast: 4)`, `bucket(100)`.
final class MaskWords {
    static final List<String> WORDS =
            List.of(
                    "null",
                    "redact",
                    "partial(keepLast: 4)",
                    "hash",
                    "year",
                    "zip3",
                    "age-band(10)",
                    "bucket(100)",
                    "constant(x)",
                    SafeHarbor.WORD);

    private static final List<String> NAMES =
            List.of(
                    "null",
                    "redact",
                    "partial",
                    "hash",
                    "year",
                    "zip3",
                    "age-band",
                    "bucket",
                    "constant",
                    SafeHarbor.WORD);

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_-]+)(?:\\((.*)\\))?", Pattern.DOTALL);
    private static final Pattern KEPT = Pattern.compile("(keepFirst|keepLast)\\s*[:=]\\s*([0-9]+)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
    private static final int MAX_CONSTANT = 200;

    private MaskWords() {}

    static MaskPlan.Choice parse(String text) throws ResourcePattern.Malformed {
        var m = FORM.matcher(text.strip());
        var name = m.matches() ? m.group(1) : "";
        if (!NAMES.contains(name))
            throw new ResourcePattern.Malformed(
                    "there is no mask '"
                            + text
                            + "'"
                            + Words.nearest(name, NAMES)
                                    .map(n -> "; did you mean '" + n + "'?")
                                    .orElse("; there are: " + String.join(", ", WORDS)));
        var bare = m.group(2) == null;
        if (name.equals(SafeHarbor.WORD) && bare) return new MaskPlan.Standard();
        var mask = bare ? bare(name) : withArgument(text, name, m.group(2).strip());
        return new MaskPlan.Fixed(mask.orElseThrow(() -> malformed(text, name)));
    }

    private static Optional<Mask> bare(String name) {
        return switch (name) {
            case "null" -> Optional.of(new Mask.Null());
            case "redact" -> Optional.of(new Mask.Redact());
            case "hash" -> Optional.of(new Mask.Hash());
            case "year" -> Optional.of(new Mask.Year());
            case "zip3" -> Optional.of(new Mask.Zip3());
            case "age-band" -> Optional.of(new Mask.AgeBand(10));
            default -> Optional.empty();
        };
    }

    private static Optional<Mask> withArgument(String text, String name, String argument)
            throws ResourcePattern.Malformed {
        return switch (name) {
            case "partial" -> Optional.of(partial(text, argument));
            case "constant" -> Optional.of(constant(text, argument));
            case "bucket" -> Optional.of(bucket(text, number(text, name, argument)));
            case "age-band" -> Optional.of(ageBand(text, number(text, name, argument)));
            default -> Optional.empty();
        };
    }

    private static long number(String text, String name, String argument)
            throws ResourcePattern.Malformed {
        if (!NUMBER.matcher(argument).matches()) throw malformed(text, name);
        return Long.parseLong(argument);
    }

    private static ResourcePattern.Malformed malformed(String text, String name) {
        return new ResourcePattern.Malformed(
                "'"
                        + text
                        + "' must be written "
                        + WORDS.stream()
                                .filter(w -> w.equals(name) || w.startsWith(name + "("))
                                .findFirst()
                                .orElse(name));
    }

    private static Mask partial(String text, String argument) throws ResourcePattern.Malformed {
        Map<String, Integer> kept = new TreeMap<>();
        for (var part : argument.split(",", -1)) {
            var k = KEPT.matcher(part.strip());
            if (!k.matches()
                    || k.group(2).length() > 3
                    || kept.put(k.group(1), Integer.parseInt(k.group(2))) != null)
                throw malformed(text, "partial");
        }
        int first = kept.getOrDefault("keepFirst", 0);
        int last = kept.getOrDefault("keepLast", 0);
        if (first + last < 1 || first + last > Mask.Partial.MAX_KEPT)
            throw new ResourcePattern.Malformed(
                    "'"
                            + text
                            + "' must keep between 1 and "
                            + Mask.Partial.MAX_KEPT
                            + " characters");
        return new Mask.Partial(first, last);
    }

    private static Mask bucket(String text, long size) throws ResourcePattern.Malformed {
        if (size < 1) throw malformed(text, "bucket");
        return new Mask.Bucket(size);
    }

    private static Mask ageBand(String text, long years) throws ResourcePattern.Malformed {
        if (years < 1 || years > 30 || Mask.AgeBand.OLDEST_AGE % years != 0)
            throw new ResourcePattern.Malformed(
                    "'"
                            + text
                            + "': a band has 1, 2, 3, 5, 6, 9, 10, 15, 18 or 30 years, so that 90"
                            + " begins one");
        return new Mask.AgeBand((int) years);
    }

    private static Mask constant(String text, String argument) throws ResourcePattern.Malformed {
        var value =
                argument.length() > 1 && argument.startsWith("\"") && argument.endsWith("\"")
                        ? argument.substring(1, argument.length() - 1)
                                .replace("\\\"", "\"")
                                .replace("\\\\", "\\")
                        : argument;
        if (value.length() > MAX_CONSTANT || value.chars().anyMatch(c -> c < ' '))
            throw new ResourcePattern.Malformed(
                    "'"
                            + text.substring(0, Math.min(40, text.length()))
                            + "': a constant has up to "
                            + MAX_CONSTANT
                            + " characters, none of them a control character");
        return new Mask.Constant(value);
    }
}
