package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.MySqlFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// For MySQL and MariaDB what {@link Rewriter} is for PostgreSQL: from the places that name
/// governed relations to the edits that leave only what is granted, or the reason why that can't be
/// done. Stateless.
///
/// INVARIANT: after the edits, nothing of the statement but the edits themselves names a governed
/// relation to read it.
public final class MySqlRewriter {
    /// No derived table with a LIMIT is merged into its query, and no condition is pushed into it,
    /// whatever optimizer_switch and hints say (MySQL manual, Derived Condition Pushdown
    /// Optimization; MariaDB's `st_select_lex::cond_pushdown_is_allowed`). This one is no limit.
    static final String FENCE = " LIMIT 18446744073709551615";

    private final Governing governing;
    private final MySqlFacts facts;
    private final Set<Catalog.Relation> placed = new HashSet<>();
    private final List<Edit> edits = new ArrayList<>();

    /// Conditions to add, by where they go.
    private final Map<Reference.Restriction, List<String>> narrowed = new LinkedHashMap<>();

    private final Set<Reference.Restriction> fencedOnes = new HashSet<>();

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Rewriter.Result.Refused result;

        Refusal(String reason, Span where, String hint) {
            super(null, null, false, false);
            this.result = new Rewriter.Result.Refused(reason, where, hint);
        }
    }

    private MySqlRewriter(Governing governing, MySqlFacts facts) {
        this.governing = governing;
        this.facts = facts;
    }

    public static Rewriter.Result rewrite(
            References references, Governing governing, Catalog catalog) {
        try {
            var rewriter = new MySqlRewriter(governing, Objects.requireNonNull(catalog.mySql()));
            return new Rewriter.Result.Rewritten(rewriter.edits(references));
        } catch (Refusal refusal) {
            return refusal.result;
        } catch (IllegalArgumentException _) {
            return new Rewriter.Result.Refused(
                    "a masked or filtered table, or a column of it, has a name that can't be"
                            + " written everywhere",
                    new Span(0, 0),
                    "");
        }
    }

    private List<Edit> edits(References references) throws Refusal {
        for (Reference reference : references.all()) replace(reference);
        for (Catalog.Relation relation : governing.relations().keySet())
            if (!placed.contains(relation))
                throw new Refusal(
                        describe(relation)
                                + " is masked or filtered for you, and this statement can't be"
                                + " narrowed to what you may see of it",
                        new Span(0, 0),
                        "");
        // Its plan holds the values of rows that are found by a key, and counts those that are
        // hidden.
        if (references.explain() != null && !governing.relations().isEmpty())
            throw new Refusal(
                    "plans show values and count rows that are hidden from you",
                    references.explain().head(),
                    "Ask someone who may see all of it.");
        narrowed.forEach(this::narrow);
        return ordered();
    }

    private void replace(Reference reference) throws Refusal {
        Catalog.Relation relation = reference.relation();
        Substitution substitution = governing.relations().get(relation);
        if (substitution == null) return;
        if (governing.views().contains(relation))
            throw new Refusal(
                    describe(relation) + " reads what is masked or filtered for you",
                    new Span(0, 0),
                    "Query the tables themselves, or ask for a grant on the view with definer:"
                            + " true.");
        placed.add(relation);
        switch (reference) {
            case Reference.Read read -> read(read, substitution);
            case Reference.Target target -> target(target, substitution);
            case Reference.Unread _ -> {}
            case Reference.Fixed(_, var span, var what) ->
                    throw new Refusal(
                            describe(relation)
                                    + " is masked or filtered for you, which can't hold in "
                                    + what,
                            span,
                            "");
            case Reference.CopyOut copy ->
                    throw new Refusal("COPY of " + describe(relation), copy.span(), "");
        }
    }

    /// The same place may have been come to twice.
    private List<Edit> ordered() throws Refusal {
        List<Edit> ordered = new ArrayList<>(edits);
        ordered.sort(
                Comparator.comparingInt((Edit e) -> e.span().start())
                        .thenComparingInt(e -> e.span().end()));
        List<Edit> distinct = new ArrayList<>(ordered.size());
        Edit last = null;
        for (Edit edit : ordered) {
            if (edit.equals(last)) continue;
            if (last != null && edit.span().start() < last.span().end())
                throw new Refusal(
                        "a masked or filtered table stands where it can't be replaced",
                        edit.span(),
                        "");
            distinct.add(edit);
            last = edit;
        }
        return distinct;
    }

    private static String describe(Catalog.Relation relation) {
        return relation.resource().describe();
    }

    // ---------------------------------------------------------------- reading

    private void read(Reference.Read read, Substitution substitution) throws Refusal {
        Catalog.Relation relation = read.relation();
        for (String column : read.columns()) {
            if (!substitution.granted().contains(column))
                throw new Refusal(
                        "column " + column + " of " + describe(relation) + " is not granted",
                        read.span(),
                        "");
            // `*` would show it, where it leaves the table's own out.
            if (facts.isInvisible(relation, column))
                throw new Refusal(
                        "column "
                                + column
                                + " of "
                                + describe(relation)
                                + " is invisible, and the table is masked or filtered for you",
                        read.span(),
                        "Leave the column out.");
        }
        if (substitution.reading().readsOthers()
                && relation.name().startsWith(Condition.INNER_NAMES))
            throw new Refusal(
                    "tables whose names begin with " + Condition.INNER_NAMES + " can't be filtered",
                    read.span(),
                    "");
        StringBuilder sql = new StringBuilder(128);
        if (read.command()) sql.append("SELECT * FROM ");
        sql.append("(SELECT ");
        String separator = "";
        for (Catalog.Column column : relation.columns()) {
            if (!read.columns().contains(column.name())) continue;
            sql.append(separator);
            separator = ", ";
            String shown = substitution.shown().get(column.name());
            if (shown == null) sql.append(MySqlSql.name(relation.name(), column.name()));
            else sql.append(shown).append(" AS ").append(MySqlSql.name(column.name()));
        }
        if (separator.isEmpty()) sql.append('1');
        sql.append(" FROM ").append(MySqlSql.name(relation.schema(), relation.name()));
        Reference.Kept kept = read.kept();
        if (kept != null) sql.append(kept.behind());
        RowCondition rows = substitution.reading();
        if (!rows.isAllRows()) {
            sql.append(" WHERE ").append(rows.sql(relation.name()));
            if (read.tells() || rows.readsOthers()) sql.append(FENCE);
        }
        if (kept != null) {
            sql.append(kept.lock());
            for (Span span : kept.spans()) edits.add(new Edit(span, " "));
        }
        sql.append(')');
        if (!read.aliased()) sql.append(" AS ").append(MySqlSql.name(read.name()));
        edits.add(new Edit(read.span(), sql.toString()));
        for (Span qualifier : read.qualifiers()) edits.add(new Edit(qualifier, ""));
    }

    // ---------------------------------------------------------------- writing

    private void target(Reference.Target target, Substitution substitution) throws Refusal {
        Catalog.Relation relation = target.relation();
        for (String column : target.reads())
            if (substitution.masks(column))
                throw new Refusal(
                        "column "
                                + column
                                + " of "
                                + describe(relation)
                                + " is masked for you: a statement that changes the table can't use"
                                + " it in conditions, sources or RETURNING",
                        target.span(),
                        "Leave the column out.");
        RowCondition rows = substitution.target();
        if (rows.isAllRows()) {
            if (!substitution.reading().isAllRows()
                    && !target.reads().isEmpty()
                    && target.action() != Action.INSERT)
                throw new Refusal(
                        "rows of "
                                + describe(relation)
                                + " are filtered for you in reads, but not in this change",
                        target.span(),
                        "");
            return;
        }
        if (target.action() == Action.INSERT) return;
        if (relation.kind() == RelationKind.VIEW) throw hiddenRows(target, "changing a view");
        if (target.restrictions().isEmpty())
            throw hiddenRows(
                    target,
                    target.action() == Action.DELETE
                            ? "REPLACE"
                            : "INSERT ... ON DUPLICATE KEY UPDATE");
        for (String column : target.writes())
            if (rows.columns().contains(column))
                throw new Refusal(
                        "column "
                                + column
                                + " says which rows of "
                                + describe(relation)
                                + " you may see, so it can't be changed",
                        target.span(),
                        "Leave the column out.");
        if (rows.readsOthers() && target.name().startsWith(Condition.INNER_NAMES))
            throw new Refusal(
                    "names that begin with " + Condition.INNER_NAMES + " are the gateway's",
                    target.span(),
                    "Choose another one.");
        for (Reference.Restriction restriction : target.restrictions()) {
            // What a hidden row is joined to would show that it is there.
            if (restriction.fullJoin()) throw hiddenRows(target, "an outer join in the change");
            narrowed.computeIfAbsent(restriction, _ -> new ArrayList<>())
                    .add(rows.sql(target.name()));
            if (target.tells() || rows.readsOthers()) fencedOnes.add(restriction);
        }
    }

    private static Refusal hiddenRows(Reference.Target target, String what) {
        return new Refusal(
                "rows of "
                        + describe(target.relation())
                        + " are filtered for you, and "
                        + what
                        + " would touch those that are hidden",
                target.span(),
                "Write it as UPDATE or DELETE of the table, with a condition.");
    }

    /// Behind the fence, CASE: the client's condition is not evaluated for rows that are hidden.
    private void narrow(Reference.Restriction restriction, List<String> conditions) {
        Span condition = restriction.span();
        String rows = String.join(" AND ", conditions);
        if (condition.start() == condition.end()) {
            edits.add(new Edit(condition, " WHERE " + rows));
            return;
        }
        boolean fenced = fencedOnes.contains(restriction);
        int behind = condition.start() + restriction.keyword().length();
        String before = fenced ? " CASE WHEN " + rows + " THEN (" : " " + rows + " AND (";
        edits.add(new Edit(new Span(behind, behind), before));
        edits.add(
                new Edit(
                        new Span(condition.end(), condition.end()),
                        fenced ? ") ELSE FALSE END" : ")"));
    }
}
