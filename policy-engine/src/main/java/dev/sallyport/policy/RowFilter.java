package dev.sallyport.policy;

import java.util.List;
import java.util.stream.Collectors;

/// A rule's `rows`: a condition in the database's own SQL, over the columns of one relation, in
/// which the subject's facts are bound.
///
/// INVARIANT: the text parts are the policy author's, checked as one expression when the policy was
/// loaded; what comes from a person is in {@link Literal}s only. Whoever writes the SQL puts
/// parentheses round the whole and quotes the literals in a way that holds in every setting of the
/// session.
///
/// @param ruleId the grant or force rule that it belongs to
/// @param parts in order; not empty
public record RowFilter(String ruleId, List<Part> parts) {
    public sealed interface Part {}

    /// Text to be taken as it is.
    public record Sql(String text) implements Part {}

    /// A string to be quoted; the server infers its type from where it stands, as of any string
    /// literal.
    ///
    /// @param fact whose value it is, as a policy names it: `subject.attributes.unit`
    public record Literal(String value, String fact) implements Part {
        @Override
        public String toString() {
            return "Literal[" + fact + "]";
        }
    }

    public RowFilter {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) throw new IllegalArgumentException("a filter of nothing");
    }

    /// For people, without values: `provider_id = subject.attributes.provider_id`.
    public String describe() {
        return parts.stream()
                .map(part ->
                        switch (part) {
                            case Sql(var text) -> text;
                            case Literal(_, var fact) -> fact;
                        })
                .collect(Collectors.joining());
    }
}
