package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Flow;
import dev.sallyport.sql.rewrite.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One place of a statement that names a relation, while the statement is walked: what a rewrite
/// will have to know of it.
final class Named {
    final Catalog.Relation relation;
    private final Span span;

    /// What the rest of the statement calls it.
    private final String name;

    /// As it stands in FROM; null elsewhere.
    private final Relation.@Nullable Table table;

    /// Why it can't be replaced; null where it can.
    @Nullable String fixed;

    /// It is named, and no row of it is read or written.
    boolean unread;

    private final Map<String, Flow> columns = new HashMap<>();
    private final Set<Span> qualifiers = new LinkedHashSet<>();
    private final StringBuilder lock = new StringBuilder();

    private @Nullable Action changes;
    private final Set<String> writes = new LinkedHashSet<>();
    private final List<Reference.Restriction> restrictions = new ArrayList<>(1);

    Named(
            Catalog.Relation relation,
            Span span,
            String name,
            Relation.@Nullable Table table,
            @Nullable String fixed) {
        this.relation = relation;
        this.span = span;
        this.name = name;
        this.table = table;
        this.fixed = fixed;
    }

    boolean isAt(Catalog.Relation other, Span where) {
        return relation == other && span.equals(where);
    }

    Flow used(String column, Flow flow) {
        columns.put(column, flow);
        return flow;
    }

    /// `db.` of `db.name.column`.
    void qualifiedBy(Span database) {
        qualifiers.add(database);
    }

    /// @param clause FOR UPDATE and the like, as written
    void locked(String clause) {
        lock.append(' ').append(clause);
    }

    /// The statement changes its rows, those that a restriction lets through where there is one.
    ///
    /// @param action the last one counts
    void target(Action action, List<Reference.Restriction> where) {
        changes = action;
        restrictions.addAll(where);
    }

    boolean isTarget() {
        return changes != null;
    }

    void written(String column) {
        writes.add(column);
    }

    /// @param tells something in the statement counts how often it is evaluated
    Reference reference(String text, boolean tells) {
        if (unread) return new Reference.Unread(relation);
        String why = fixed;
        if (why != null) return new Reference.Fixed(relation, span, why);
        boolean any = tells || columns.values().stream().anyMatch(Flow::tells);
        if (changes != null)
            return new Reference.Target(
                    relation,
                    changes,
                    span,
                    name,
                    columns.keySet(),
                    writes,
                    restrictions,
                    any,
                    false);
        if (table == null) return new Reference.Fixed(relation, span, "this place");
        for (Span qualifier : qualifiers)
            if (isUnclear(text, qualifier))
                return new Reference.Fixed(relation, span, "a name with a comment in it");
        List<Span> round = round(table);
        var behind = new StringBuilder();
        for (Span part : round) {
            if (isUnclear(text, part))
                return new Reference.Fixed(relation, span, "a place with a comment in it");
            behind.append(text, part.start(), part.end());
        }
        Reference.Kept kept =
                behind.isEmpty() && lock.isEmpty()
                        ? null
                        : new Reference.Kept(behind.toString(), round, lock.toString());
        return new Reference.Read(
                relation,
                table.reference(),
                name,
                false,
                table.command(),
                table.alias() != null,
                0,
                false,
                columns.keySet(),
                List.copyOf(qualifiers),
                any,
                kept);
    }

    /// Behind the name, and behind the alias.
    private static List<Span> round(Relation.Table table) {
        List<Span> round = new ArrayList<>(2);
        int end = table.span().end();
        if (table.alias() == null) {
            add(round, table.reference().end(), end);
        } else {
            add(round, table.reference().end(), table.alias().span().start());
            add(round, table.alias().span().end(), end);
        }
        return round;
    }

    private static void add(List<Span> spans, int start, int end) {
        if (start < end) spans.add(new Span(start, end));
    }

    /// A comment may be code for some servers, and then half of it must not move.
    static boolean isUnclear(String text, Span span) {
        String part = text.substring(span.start(), span.end());
        return part.contains("/*")
                || part.contains("*/")
                || part.contains("--")
                || part.contains("#");
    }
}
