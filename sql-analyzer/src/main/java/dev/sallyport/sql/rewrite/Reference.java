package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.catalog.Catalog;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One place of a text that names a relation, with what a rewrite has to know of it. What is
/// reached through a view's definition is in another text and has none.
public sealed interface Reference {
    Catalog.Relation relation();

    /// In FROM: what can be replaced.
    ///
    /// @param span of the name with ONLY and `*`, without alias; with the word TABLE of `TABLE t`
    /// @param name what the rest of the statement calls it
    /// @param command written as `TABLE t`, which stands for `SELECT * FROM t`
    /// @param renamed how many columns the alias renames
    /// @param columns every column that the statement uses of it, system columns too
    /// @param qualifiers where it is called `schema.name.column`: the part up to `name`, which
    ///   names nothing any more once the relation has been replaced
    /// @param tells a condition computes something from its columns that is not leakproof:
    ///   evaluated for rows that are not there, its errors would tell of them
    /// @param kept what else of the text goes where the relation goes; null for nothing
    record Read(
            Catalog.Relation relation,
            Span span,
            String name,
            boolean only,
            boolean command,
            boolean aliased,
            int renamed,
            boolean sampled,
            Set<String> columns,
            List<Span> qualifiers,
            boolean tells,
            @Nullable Kept kept)
            implements Reference {
        public Read {
            columns = Set.copyOf(columns);
            qualifiers = List.copyOf(qualifiers);
        }

        Read telling() {
            if (tells) return this;
            return new Read(
                    relation,
                    span,
                    name,
                    only,
                    command,
                    aliased,
                    renamed,
                    sampled,
                    columns,
                    qualifiers,
                    true,
                    kept);
        }
    }

    /// What stands round a relation's name and is about the relation itself, not about what takes
    /// its place. MySQL's.
    ///
    /// @param behind the name: PARTITION, FOR SYSTEM_TIME, index hints
    /// @param spans where these stand now
    /// @param lock the query's FOR UPDATE and the like, which stays there, too
    record Kept(String behind, List<Span> spans, String lock) {
        public Kept {
            spans = List.copyOf(spans);
        }
    }

    /// COPY relation TO.
    ///
    /// @param span of the name and the column list
    /// @param columns in order
    record CopyOut(Catalog.Relation relation, Span span, List<String> columns)
            implements Reference {
        public CopyOut {
            columns = List.copyOf(columns);
        }
    }

    /// Where a condition on the target's rows stands, or could.
    ///
    /// @param keyword WHERE, ON or AND
    /// @param span of the keyword and the condition; empty where none stands
    /// @param fullJoin rows that meet nothing count on either side: the server wants a comparison
    ///   of columns there that it can sort or hash by
    record Restriction(String keyword, Span span, boolean fullJoin) {}

    /// What INSERT, UPDATE, DELETE, MERGE and COPY FROM write.
    ///
    /// @param action INSERT, UPDATE or DELETE; null for MERGE
    /// @param name what the rest of the statement calls it
    /// @param reads columns whose old values the statement uses, in conditions, sources or
    ///   RETURNING
    /// @param writes columns of rows that are there already, to which it gives new values
    /// @param restrictions every condition that says which rows are changed; none for an INSERT
    ///   that changes none
    /// @param tells one of them computes something from its columns that is not leakproof
    /// @param currentOf WHERE CURRENT OF: no condition to add to
    record Target(
            Catalog.Relation relation,
            @Nullable Action action,
            Span span,
            String name,
            Set<String> reads,
            Set<String> writes,
            List<Restriction> restrictions,
            boolean tells,
            boolean currentOf)
            implements Reference {
        public Target {
            reads = Set.copyOf(reads);
            writes = Set.copyOf(writes);
            restrictions = List.copyOf(restrictions);
        }

        Target telling() {
            return tells
                    ? this
                    : new Target(
                            relation,
                            action,
                            span,
                            name,
                            reads,
                            writes,
                            restrictions,
                            true,
                            currentOf);
        }
    }

    /// Named without being read: LOCK TABLE.
    record Unread(Catalog.Relation relation) implements Reference {}

    /// Where a replacement would change what is defined, or isn't understood.
    ///
    /// @param what as `a view's definition`
    record Fixed(Catalog.Relation relation, Span span, String what) implements Reference {}
}
