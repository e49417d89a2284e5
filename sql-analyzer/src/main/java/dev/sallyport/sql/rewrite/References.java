package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every place of one statement that names a relation, and what stands round it.
///
/// @param all in the order in which the resolver came to them
/// @param explain null for what is no EXPLAIN
public record References(List<Reference> all, @Nullable Explain explain) {
    public static final References NONE = new References(List.of(), null);

    public References {
        all = List.copyOf(all);
    }

    /// @param executes with ANALYZE
    /// @param head from EXPLAIN to where the explained statement begins
    /// @param lastOption the end of the last option of a parenthesised list; -1 in the old syntax
    /// @param verbose in the old syntax
    public record Explain(boolean executes, Span head, int lastOption, boolean verbose) {}
}
