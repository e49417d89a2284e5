package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A {@link Reference} in the making: columns are added as the walk finds them used.
final class Referring {
    private final Catalog.Relation relation;
    private final Kind kind;
    private final Map<String, Flow> columns = new LinkedHashMap<>();
    private Set<String> written = Set.of();
    private final List<Span> qualifiers = new ArrayList<>(0);
    private final List<Reference.Restriction> restrictions = new ArrayList<>(1);
    private @Nullable String fixedIn;

    /// What kind of place it is, with what is known from the start.
    sealed interface Kind {
        record Read(
                Span span,
                String name,
                boolean only,
                boolean command,
                boolean aliased,
                int renamed,
                boolean sampled)
                implements Kind {}

        record CopyOut(Span span) implements Kind {}

        record Target(@Nullable Action action, Span span, String name, boolean currentOf)
                implements Kind {}

        record Unread() implements Kind {}

        record Fixed(Span span, String what) implements Kind {}
    }

    Referring(Catalog.Relation relation, Kind kind) {
        this.relation = relation;
        this.kind = kind;
    }

    Catalog.Relation relation() {
        return relation;
    }

    void uses(String column, Flow flow) {
        columns.putIfAbsent(column, flow);
    }

    void writes(String column) {
        if (written.isEmpty()) written = new LinkedHashSet<>();
        written.add(column);
    }

    /// A condition that says which rows are changed stands there, or could.
    void restrictedAt(String keyword, Span span) {
        restrictions.add(new Reference.Restriction(keyword, span, false));
    }

    /// The same, for the condition of MERGE's join.
    void joinedAt(Span span, boolean fullJoin) {
        restrictions.add(new Reference.Restriction("ON", span, fullJoin));
    }

    /// `schema.relation` before a column.
    void qualifiedAt(Span upToName) {
        qualifiers.add(upToName);
    }

    /// It stands in something that is stored: what it reads, it reads for others.
    void fixedIn(String what) {
        fixedIn = what;
    }

    private boolean anyTells() {
        for (Flow flow : columns.values()) if (flow.tells()) return true;
        return false;
    }

    /// @param tells something in the statement is not leakproof whatever it is computed from
    Reference reference(boolean tells) {
        return switch (kind) {
            case Kind.Read read ->
                    fixedIn != null
                            ? new Reference.Fixed(relation, read.span, fixedIn)
                            : new Reference.Read(
                                    relation,
                                    read.span,
                                    read.name,
                                    read.only,
                                    read.command,
                                    read.aliased,
                                    read.renamed,
                                    read.sampled,
                                    Set.of(columns.keySet().toArray(String[]::new)),
                                    qualifiers,
                                    tells || anyTells(),
                                    null);
            case Kind.CopyOut(var span) ->
                    new Reference.CopyOut(relation, span, List.copyOf(columns.keySet()));
            case Kind.Target target ->
                    fixedIn != null
                            ? new Reference.Fixed(relation, target.span, fixedIn)
                            : new Reference.Target(
                                    relation,
                                    target.action,
                                    target.span,
                                    target.name,
                                    columns.keySet(),
                                    written,
                                    restrictions,
                                    tells || anyTells(),
                                    target.currentOf);
            case Kind.Unread() -> new Reference.Unread(relation);
            case Kind.Fixed(var span, var what) -> new Reference.Fixed(relation, span, what);
        };
    }
}
