package dev.sallyport.gateway;

import dev.sallyport.policy.Mask;
import dev.sallyport.policy.Obligations;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.References;
import java.util.List;

/// For tools that ask without a gateway: what a permitted statement's text becomes. Stateless.
public final class Rewriting {
    private Rewriting() {}

    public sealed interface Result {}

    /// @param edits none: the text goes to the server as it is
    public record Edits(List<Edit> edits) implements Result {
        public Edits {
            edits = List.copyOf(edits);
        }
    }

    /// It is refused after all: what it touches can't be narrowed to what the person may see.
    public record Refused(String reason, String hint) implements Result {}

    /// @param references of the statement, whose places are the edits'
    public static Result of(Obligations obligations, References references, Catalog catalog) {
        if (!obligations.substitutes()) return new Edits(List.of());
        return switch (Substitutions.of(obligations, references, catalog)) {
            case Substitutions.Result.Edits(var edits) -> new Edits(edits);
            case Substitutions.Result.Refused(var reason, var hint) -> new Refused(reason, hint);
        };
    }

    /// Whether the mask can be made of the column's type. Where it can't, statements are refused.
    public static boolean fits(Mask mask, Catalog.Column column, Catalog catalog) {
        return Masks.of(catalog).masked(mask, column, "v").isPresent();
    }
}
