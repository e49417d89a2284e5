package dev.sallyport.policy;

import java.util.List;

/// How one column appears, which may depend on the row (one role shows its own patients plain,
/// another everybody's masked): `CASE WHEN ... THEN ... ELSE ... END`.
///
/// @param cases tried in order; most often none
/// @param otherwise where no case applies
public record Shown(List<Case> cases, Form otherwise) {
    /// @param when any of these filters is true of the row
    public record Case(RowCondition.AnyOf when, Form then) {}

    public sealed interface Form {}

    /// As it is.
    public record Plain() implements Form {}

    public record Masked(Mask mask) implements Form {}

    public static final Shown PLAIN = new Shown(List.of(), new Plain());

    public Shown {
        cases = List.copyOf(cases);
    }

    /// For people: `redact`; `plain in rows of own-patients (id = 7), else redact`.
    String words() {
        var words = new StringBuilder();
        for (var one : cases)
            words.append(word(one.then()))
                    .append(" in rows of ")
                    .append(one.when().words())
                    .append(", else ");
        return words.append(word(otherwise)).toString();
    }

    private static String word(Form form) {
        return switch (form) {
            case Plain _ -> "plain";
            case Masked(var mask) -> mask.word();
        };
    }

    public static Shown masked(Mask mask) {
        return new Shown(List.of(), new Masked(mask));
    }

    /// In every row as it is.
    public boolean isPlain() {
        return equals(PLAIN);
    }
}
