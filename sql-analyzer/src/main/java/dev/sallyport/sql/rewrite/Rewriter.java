package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From the places that name governed relations to the edits that leave only what is granted, or
/// the reason why that can't be done. Stateless.
///
/// INVARIANT: after the edits, nothing of the statement but the edits themselves names a governed
/// relation to read it.
public final class Rewriter {
    /// Views of views.
    private static final int MAX_DEPTH = 16;

    private static final int MAX_CHARS = 1 << 20;

    private final Governing governing;

    /// Of the governed relations and of the views, those that were replaced somewhere.
    private final Set<Catalog.Relation> placed;

    /// How many views' texts round this one.
    private final int depth;

    private final List<Edit> edits = new ArrayList<>();

    public sealed interface Result {
        /// @param edits in the order of the text, none overlapping
        record Rewritten(List<Edit> edits) implements Result {
            public Rewritten {
                edits = List.copyOf(edits);
            }
        }

        /// @param reason lower case, free of literals
        /// @param where in the text
        /// @param hint what to do instead
        record Refused(String reason, Span where, String hint) implements Result {}
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Result.Refused result;

        Refusal(String reason, Span where, String hint) {
            super(null, null, false, false);
            this.result = new Result.Refused(reason, where, hint);
        }
    }

    private Rewriter(Governing governing, Set<Catalog.Relation> placed, int depth) {
        this.governing = governing;
        this.placed = placed;
        this.depth = depth;
    }

    public static Result rewrite(References references, Governing governing) {
        try {
            Rewriter rewriter = new Rewriter(governing, new HashSet<>(), 0);
            return new Result.Rewritten(rewriter.edits(references));
        } catch (Refusal refusal) {
            return refusal.result;
        }
    }

    private List<Edit> edits(References references) throws Refusal {
        replace(references);
        Set<Catalog.Relation> here = new HashSet<>();
        for (Reference reference : references.all()) here.add(reference.relation());
        for (Catalog.Relation relation : governing.relations().keySet())
            if (!placed.contains(relation)
                    || governing.direct().contains(relation) && !here.contains(relation))
                throw new Refusal(
                        describe(relation)
                                + " is masked or filtered for you, and this statement can't be"
                                + " narrowed to what you may see of it",
                        new Span(0, 0),
                        "");
        if (references.explain() != null) explain(references.explain());
        return ordered();
    }

    private void replace(References references) throws Refusal {
        for (Reference reference : references.all()) {
            Substitution substitution = governing.relations().get(reference.relation());
            if (substitution == null) {
                if (depth > 0) named(reference);
                continue;
            }
            if (governing.views().contains(reference.relation())) checkView(reference);
            placed.add(reference.relation());
            switch (reference) {
                case Reference.Read read -> read(read, substitution, references.views());
                case Reference.CopyOut copy -> copyOut(copy, substitution);
                case Reference.Target target -> target(target, references.views());
                case Reference.Unread _ -> {}
                case Reference.Fixed(_, var span, var what) ->
                        throw new Refusal(
                                describe(reference)
                                        + " is masked or filtered for you, which can't hold in "
                                        + what,
                                span,
                                "Leave the relation out of what is defined.");
            }
        }
    }

    /// A view's query stands in for it only where it is read; what is changed through it is
    /// narrowed where it stands.
    private static void checkView(Reference reference) throws Refusal {
        switch (reference) {
            case Reference.Read _, Reference.Target _ -> {}
            case Reference.CopyOut(_, var span, _) -> throw throughView(reference, "COPY", span);
            case Reference.Unread _ ->
                    throw throughView(reference, "this use of it", new Span(0, 0));
            case Reference.Fixed(_, var span, var what) -> throw throughView(reference, what, span);
        }
    }

    private static Refusal throughView(Reference reference, String what, Span span) {
        return new Refusal(
                describe(reference)
                        + " reads what is masked or filtered for you, which can't hold in "
                        + what,
                span,
                "Read the view with SELECT, or name the tables themselves.");
    }

    /// In a view's query: names of the client's, as a CTE's, take no relation's place.
    private void named(Reference reference) throws Refusal {
        if (!(reference instanceof Reference.Read read))
            throw new Refusal(
                    "a view's query does more than read " + describe(reference),
                    new Span(0, 0),
                    "");
        StringBuilder sql = new StringBuilder(64);
        if (read.command()) sql.append("TABLE ");
        if (read.only()) sql.append("ONLY ");
        sql.append(Sql.name(read.relation().schema(), read.relation().name()));
        edits.add(new Edit(read.span(), sql.toString()));
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
                        "a masked or filtered relation stands where it can't be replaced",
                        edit.span(),
                        "");
            distinct.add(edit);
            last = edit;
        }
        return distinct;
    }

    private static String describe(Reference reference) {
        return describe(reference.relation());
    }

    private static String describe(Catalog.Relation relation) {
        return relation.resource().describe();
    }

    // ---------------------------------------------------------------- reading

    private void read(Reference.Read read, Substitution substitution, Views texts) throws Refusal {
        if (read.sampled())
            throw new Refusal(
                    "TABLESAMPLE of "
                            + describe(read)
                            + ", which is masked or filtered for you, is not supported",
                    read.span(),
                    "Use ORDER BY random() LIMIT n.");
        Set<String> columns = read.columns();
        if (depth == 0) granted(read.relation(), columns, read.span(), substitution);
        else columns = usedOf(read, substitution);
        checkName(read.relation().name(), substitution.reading(), read.span());
        boolean isView = governing.views().contains(read.relation());
        String from = isView ? expanded(read, texts) : stored(read.relation(), read.only());
        StringBuilder sql = new StringBuilder(128);
        if (read.command()) sql.append("SELECT * FROM ");
        sql.append('(');
        // A list of names in the alias counts columns by their place.
        // A view's query names columns that the statement doesn't use, and may not.
        Set<String> named = read.columns();
        select(sql, read.relation(), columns, named, read.renamed() > 0, from, substitution);
        boolean barrier = governing.barriers().contains(read.relation());
        if (barrier && read.tells()) sql.append(" OFFSET 0");
        else fence(sql, read.tells(), substitution.reading());
        sql.append(')');
        if (!read.aliased()) sql.append(" AS ").append(Sql.name(read.name()));
        edits.add(new Edit(read.span(), sql.toString()));
        for (Span qualifier : read.qualifiers()) edits.add(new Edit(qualifier, ""));
    }

    /// What a view's query uses of a relation, as far as the statement at hand uses it: the rest of
    /// the view's columns is read by nobody.
    private static Set<String> usedOf(Reference.Read read, Substitution substitution)
            throws Refusal {
        Set<String> used = new HashSet<>(read.columns());
        used.retainAll(substitution.granted());
        for (String column : read.columns())
            if (read.relation().column(column) == null)
                throw new Refusal(
                        "a view's query uses column "
                                + column
                                + " of "
                                + describe(read)
                                + ", which is the system's own, and the table is masked or filtered"
                                + " for you",
                        new Span(0, 0),
                        "");
        return used;
    }

    private static String stored(Catalog.Relation relation, boolean only) {
        return (only ? "ONLY " : "") + Sql.name(relation.schema(), relation.name());
    }

    /// The view's query in place of the view, under its name, what is governed replaced in it.
    private String expanded(Reference.Read read, Views texts) throws Refusal {
        Catalog.Relation view = read.relation();
        if (depth >= MAX_DEPTH) throw notExpanded(read, "it is nested too deep");
        switch (texts.expand(view)) {
            case Views.Expansion.Refused(var reason) -> throw notExpanded(read, reason);
            case Views.Expansion.Text(var text, var references) -> {
                Rewriter inside = new Rewriter(governing, placed, depth + 1);
                inside.replace(read.tells() ? references.fenced() : references);
                StringBuilder sql = new StringBuilder(text.length() * 2).append('(');
                int at = 0;
                for (Edit edit : inside.ordered()) {
                    sql.append(text, at, edit.span().start()).append(edit.replacement());
                    at = edit.span().end();
                }
                sql.append(text, at, text.length()).append(") AS ").append(Sql.name(view.name()));
                String separator = " (";
                for (Catalog.Column column : view.columns()) {
                    sql.append(separator).append(Sql.name(column.name()));
                    separator = ", ";
                }
                if (!view.columns().isEmpty()) sql.append(')');
                if (sql.length() > MAX_CHARS) throw notExpanded(read, "it would be too long");
                return sql.toString();
            }
        }
    }

    private static Refusal notExpanded(Reference.Read read, String why) {
        return new Refusal(
                describe(read)
                        + " reads what is masked or filtered for you, and its query can't stand in"
                        + " its place: "
                        + why,
                read.span(),
                "Query the tables themselves, or ask for a grant on the view with definer: true.");
    }

    private void copyOut(Reference.CopyOut copy, Substitution substitution) throws Refusal {
        List<String> columns = new ArrayList<>(copy.columns());
        Catalog.Relation relation = copy.relation();
        boolean all = columns.size() == relation.columns().size();
        // Without a list COPY leaves out what is computed; naming it is an error of its own.
        if (all)
            for (Catalog.Column column : relation.columns())
                if (column.detail() != null && column.detail().generated())
                    columns.remove(column.name());
        granted(relation, Set.copyOf(columns), copy.span(), substitution);
        StringBuilder sql = new StringBuilder(128).append('(');
        // COPY reads the table itself, not what inherits from it.
        boolean only =
                switch (relation.kind()) {
                    case TABLE -> true;
                    case PARTITIONED_TABLE,
                            VIEW,
                            MATERIALIZED_VIEW,
                            FOREIGN_TABLE,
                            SEQUENCE,
                            INDEX,
                            COMPOSITE_TYPE ->
                            false;
                };
        select(sql, relation, columns, stored(relation, only), substitution);
        edits.add(new Edit(copy.span(), sql.append(')').toString()));
    }

    private static void granted(
            Catalog.Relation relation, Set<String> columns, Span where, Substitution substitution)
            throws Refusal {
        for (String column : columns) {
            if (relation.column(column) == null)
                throw new Refusal(
                        "column "
                                + column
                                + " of "
                                + describe(relation)
                                + " is the system's own, and the table is masked or filtered for"
                                + " you",
                        where,
                        "Leave the column out.");
            if (!substitution.granted().contains(column))
                throw new Refusal(
                        "column " + column + " of " + describe(relation) + " is not granted",
                        where,
                        "");
        }
    }

    private static void select(
            StringBuilder sql,
            Catalog.Relation relation,
            Set<String> used,
            Set<String> named,
            boolean keepPlaces,
            String stored,
            Substitution substitution) {
        sql.append("SELECT ");
        String separator = "";
        for (Catalog.Column column : relation.columns()) {
            boolean shown = used.contains(column.name());
            if (!shown && !keepPlaces && !named.contains(column.name())) continue;
            sql.append(separator);
            separator = ", ";
            if (shown) column(sql, relation, column.name(), substitution);
            else
                sql.append(substitution.nullOf().apply(column.name()))
                        .append(" AS ")
                        .append(Sql.name(column.name()));
        }
        from(sql, relation, stored, substitution);
    }

    private static void select(
            StringBuilder sql,
            Catalog.Relation relation,
            List<String> columns,
            String stored,
            Substitution substitution) {
        sql.append("SELECT ");
        String separator = "";
        for (String column : columns) {
            sql.append(separator);
            separator = ", ";
            column(sql, relation, column, substitution);
        }
        from(sql, relation, stored, substitution);
    }

    private static void column(
            StringBuilder sql,
            Catalog.Relation relation,
            String column,
            Substitution substitution) {
        String masked = substitution.shown().get(column);
        if (masked == null) sql.append(Sql.name(relation.name(), column));
        else sql.append(masked).append(" AS ").append(Sql.name(column));
    }

    private static void from(
            StringBuilder sql,
            Catalog.Relation relation,
            String stored,
            Substitution substitution) {
        sql.append(" FROM ").append(stored);
        RowCondition rows = substitution.reading();
        if (rows.isAllRows()) return;
        sql.append(" WHERE ").append(rows.sql(relation.name()));
    }

    /// The planner evaluates conditions of the client's before the filter where it thinks them
    /// cheaper, and what they raise tells of rows that are not there. OFFSET keeps them out, and
    /// the client's conditions away from indexes: so only where it is needed. A filter that reads
    /// other relations may become a join, and anything may come before that.
    private static void fence(StringBuilder sql, boolean tells, RowCondition rows) {
        if (!rows.isAllRows() && (tells || rows.readsOthers())) sql.append(" OFFSET 0");
    }

    // ---------------------------------------------------------------- writing

    private void target(Reference.Target target, Views texts) throws Refusal {
        Catalog.Relation relation = target.relation();
        Map<String, String> named = new HashMap<>();
        for (Catalog.Column column : relation.columns()) named.put(column.name(), column.name());
        Changed changed = new Changed(target, texts);
        changed.reach(relation, target.reads(), target.writes(), named, 0);
        if (changed.conditions.isEmpty()) return;
        if (target.currentOf())
            throw hiddenRows(changed, "WHERE CURRENT OF would touch those that are hidden");
        if (changed.tellingView != null)
            throw hiddenRows(
                    changed,
                    describe(changed.tellingView)
                            + " computes something to say which rows it has, which could tell of"
                            + " hidden ones");
        boolean fenced = target.tells() || changed.readsOthers;
        String rows = String.join(" AND ", changed.conditions);
        for (Reference.Restriction restriction : target.restrictions()) {
            if (fenced && restriction.fullJoin())
                throw new Refusal(
                        "rows of "
                                + describe(relation)
                                + " are filtered for you, and MERGE can't have both NOT MATCHED and"
                                + " NOT MATCHED BY SOURCE with conditions on it that compute"
                                + " something",
                        restriction.span(),
                        "Write two statements, or compare its columns as they are.");
            narrow(restriction, rows, fenced);
        }
    }

    /// What a statement changes: the relation that it names and, where that is a view, the
    /// relations below it down to the table. The view stays where it is; the server puts its query
    /// there. So what the tables' filters say is written in the view's own columns.
    private final class Changed {
        private final Reference.Target target;
        private final Views texts;

        /// As SQL, with the columns of what the statement names.
        private final List<String> conditions = new ArrayList<>(1);

        private boolean readsOthers;

        /// The last relation of which rows are hidden.
        private Catalog.@Nullable Relation filtered;

        /// Of the views on the way, one whose own conditions are not leakproof.
        private Catalog.@Nullable Relation tellingView;

        Changed(Reference.Target target, Views texts) {
            this.target = target;
            this.texts = texts;
        }

        /// @param reads of its columns, those whose old values the statement uses
        /// @param writes those of rows that are there already, to which it gives new values
        /// @param named of its columns, what the target calls those that it shows as they are
        void reach(
                Catalog.Relation relation,
                Set<String> reads,
                Set<String> writes,
                Map<String, String> named,
                int depth)
                throws Refusal {
            Substitution substitution = governing.relations().get(relation);
            boolean hides = false;
            if (substitution != null) {
                placed.add(relation);
                masks(relation, substitution, reads);
                hides = rows(relation, substitution, reads, writes, named);
            }
            boolean governedBelow = governing.views().contains(relation);
            if (!governedBelow && !(hides && relation.kind() == RelationKind.VIEW)) return;
            Views.Below below = texts.below(relation);
            if (below == null || depth >= MAX_DEPTH)
                throw throughView(
                        new Reference.Unread(relation), "changing rows through it", target.span());
            if (governing.barriers().contains(relation))
                throw throughView(
                        new Reference.Unread(relation), "changing rows through it", target.span());
            for (Catalog.Relation beside : below.besides())
                if (governing.relations().containsKey(beside))
                    throw new Refusal(
                            describe(relation)
                                    + " says by "
                                    + describe(beside)
                                    + ", which is masked or filtered for you, which rows it has:"
                                    + " they can't be changed through it",
                            target.span(),
                            CHANGE_THE_TABLE);
            if (below.tells()) tellingView = relation;
            Set<String> readBelow = new HashSet<>();
            for (String column : reads)
                readBelow.addAll(below.from().getOrDefault(column, Set.of()));
            // Of a row that is only added nothing is read.
            if (!target.restrictions().isEmpty()) {
                Substitution of = governing.relations().get(below.relation());
                for (String column : below.conditions())
                    if (of != null && of.masks(column))
                        throw new Refusal(
                                describe(relation)
                                        + " says by column "
                                        + column
                                        + " of "
                                        + describe(below.relation())
                                        + ", which is masked for you, which rows it has: they can't"
                                        + " be changed through it",
                                target.span(),
                                CHANGE_THE_TABLE);
                readBelow.addAll(below.conditions());
            }
            Set<String> writtenBelow = new HashSet<>();
            for (String column : writes) {
                String written = below.columns().get(column);
                if (written != null) writtenBelow.add(written);
            }
            Map<String, String> namedBelow = new HashMap<>();
            below.columns()
                    .forEach((column, of) -> {
                        String name = named.get(column);
                        if (name != null) namedBelow.put(of, name);
                    });
            reach(below.relation(), readBelow, writtenBelow, namedBelow, depth + 1);
        }

        private void masks(Catalog.Relation relation, Substitution substitution, Set<String> reads)
                throws Refusal {
            for (String column : reads)
                if (substitution.masks(column))
                    throw new Refusal(
                            "column "
                                    + column
                                    + " of "
                                    + describe(relation)
                                    + " is masked for you: a statement that changes the table can't"
                                    + " use it in conditions, sources or RETURNING",
                            target.span(),
                            "Leave the column out.");
        }

        /// @return whether some are hidden
        private boolean rows(
                Catalog.Relation relation,
                Substitution substitution,
                Set<String> reads,
                Set<String> writes,
                Map<String, String> named)
                throws Refusal {
            RowCondition rows = substitution.target();
            if (rows.isAllRows()) {
                if (!substitution.reading().isAllRows()
                        && !reads.isEmpty()
                        && target.action() != Action.INSERT)
                    throw new Refusal(
                            "rows of "
                                    + describe(relation)
                                    + " are filtered for you in reads, but not in this change",
                            target.span(),
                            "");
                return false;
            }
            for (String column : rows.columns()) {
                if (writes.contains(column))
                    throw new Refusal(
                            "column "
                                    + column
                                    + " says which rows of "
                                    + describe(relation)
                                    + " you may see, so it can't be changed",
                            target.span(),
                            "Leave the column out.");
                if (!target.restrictions().isEmpty() && !named.containsKey(column))
                    throw new Refusal(
                            "column "
                                    + column
                                    + " says which rows of "
                                    + describe(relation)
                                    + " you may see, and "
                                    + describe(target)
                                    + " doesn't show it: rows can't be changed through it",
                            target.span(),
                            CHANGE_THE_TABLE);
            }
            if (target.restrictions().isEmpty()) return true;
            checkName(target.name(), rows, target.span());
            conditions.add(rows.sql(target.name(), named));
            readsOthers |= rows.readsOthers();
            filtered = relation;
            return true;
        }
    }

    private static final String CHANGE_THE_TABLE =
            "Write it as a change of the table itself, with a condition.";

    /// A condition's sub-selects have names of their own, which would hide the relation's.
    private static void checkName(String name, RowCondition rows, Span where) throws Refusal {
        if (rows.readsOthers() && name.startsWith(Condition.INNER_NAMES))
            throw new Refusal(
                    "names that begin with " + Condition.INNER_NAMES + " are the gateway's",
                    where,
                    "Choose another one.");
    }

    private static Refusal hiddenRows(Changed changed, String what) {
        return new Refusal(
                "rows of "
                        + describe(Objects.requireNonNull(changed.filtered))
                        + " are filtered for you, and "
                        + what,
                changed.target.span(),
                "Write it as UPDATE or DELETE of the table, with a condition.");
    }

    /// Behind the fence, CASE: the client's condition is not evaluated for rows that are hidden.
    private void narrow(Reference.Restriction restriction, String rows, boolean fenced) {
        Span condition = restriction.span();
        String keyword = restriction.keyword();
        if (condition.start() == condition.end()) {
            edits.add(new Edit(condition, " " + keyword + " " + rows));
            return;
        }
        int behind = condition.start() + keyword.length();
        String before = fenced ? " CASE WHEN " + rows + " THEN (" : " " + rows + " AND (";
        edits.add(new Edit(new Span(behind, behind), before));
        String after = fenced ? ") ELSE FALSE END" : ")";
        edits.add(new Edit(new Span(condition.end(), condition.end()), after));
    }

    // ---------------------------------------------------------------- EXPLAIN

    /// Estimates count rows and values that are hidden.
    private void explain(References.Explain explain) throws Refusal {
        if (governing.relations().isEmpty()) return;
        if (explain.executes())
            throw new Refusal(
                    "EXPLAIN ANALYZE counts rows and values that are hidden from you",
                    explain.head(),
                    "Use EXPLAIN without ANALYZE.");
        for (Substitution substitution : governing.relations().values())
            if (!substitution.reading().isAllRows() || !substitution.target().isAllRows())
                throw new Refusal(
                        "plans and estimates count rows that are hidden from you",
                        explain.head(),
                        "Ask someone who may see every row.");
        if (explain.lastOption() >= 0)
            edits.add(
                    new Edit(new Span(explain.lastOption(), explain.lastOption()), ", COSTS OFF"));
        else
            edits.add(
                    new Edit(
                            explain.head(),
                            explain.verbose()
                                    ? "EXPLAIN (VERBOSE, COSTS OFF)"
                                    : "EXPLAIN (COSTS OFF)"));
    }
}
