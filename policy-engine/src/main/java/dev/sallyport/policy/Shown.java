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

    public static Shown masked(Mask mask) {
        return new Shown(List.of(), new Masked(mask));
    }

    /// In every row as it is.
    public boolean isPlain() {
        return equals(PLAIN);
    }
}
