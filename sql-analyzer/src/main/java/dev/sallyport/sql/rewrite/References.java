package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every place of one statement that names a relation, and what stands round it.
///
/// @param all in the order in which the resolver came to them
/// @param explain null for what is no EXPLAIN
/// @param castsParameters whether a parameter is converted, `$1::date`: from a type declared for it
///   that may fail, and only when a row gets so far
/// @param views the texts of views for the session at hand
public record References(
        List<Reference> all, @Nullable Explain explain, boolean castsParameters, Views views) {
    public static final References NONE = new References(List.of(), null, false, Views.NONE);

    /// Types by oid that a parameter may be declared to have without changing what {@link
    /// Reference.Read#tells} says: bool, int8, int2, int4, text, bpchar, varchar, date, timestamp,
    /// timestamptz, numeric, uuid. A comparison with one of these converts no column in a way that
    /// could fail.
    static final Set<Long> HARMLESS_PARAMETERS =
            Set.of(16L, 20L, 21L, 23L, 25L, 1042L, 1043L, 1082L, 1114L, 1184L, 1700L, 2950L);

    public References {
        all = List.copyOf(all);
    }

    public static boolean isHarmless(long parameterType) {
        return HARMLESS_PARAMETERS.contains(parameterType);
    }

    /// The same, with every condition taken for one that tells.
    public References fenced() {
        List<Reference> fenced = new ArrayList<>(all.size());
        for (Reference reference : all)
            fenced.add(
                    switch (reference) {
                        case Reference.Read read -> read.telling();
                        case Reference.Target target -> target.telling();
                        case Reference.CopyOut _, Reference.Unread _, Reference.Fixed _ ->
                                reference;
                    });
        return new References(fenced, explain, castsParameters, views);
    }

    /// Whether parameters declared so leave what {@link Reference.Read#tells} says as it is.
    ///
    /// @param types by oid, 0 for undeclared
    public boolean areHarmless(int[] types) {
        for (int type : types)
            if (type != 0
                    && (castsParameters
                            || !HARMLESS_PARAMETERS.contains(Integer.toUnsignedLong(type))))
                return false;
        return true;
    }

    /// @param executes with ANALYZE
    /// @param head from EXPLAIN to where the explained statement begins
    /// @param lastOption the end of the last option of a parenthesised list; -1 in the old syntax
    /// @param verbose in the old syntax
    public record Explain(boolean executes, Span head, int lastOption, boolean verbose) {}
}
