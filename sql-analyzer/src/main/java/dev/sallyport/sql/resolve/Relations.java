package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.ColumnOf;
import dev.sallyport.sql.catalog.Catalog.ViewDefinition;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import dev.sallyport.sql.resolve.Accesses.ColumnFlow;
import dev.sallyport.sql.resolve.Accesses.Entry;
import dev.sallyport.sql.resolve.Source.Locked;
import dev.sallyport.sql.resolve.ViewLineage.Origin;
import dev.sallyport.sql.rewrite.Views;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads of relations, views seen through to the tables below them.
final class Relations {
    private final Names names;
    private final Catalog catalog;
    private final Findings findings;

    private final Calls calls;
    private final Set<Catalog.Relation> policed = new HashSet<>();

    Relations(Names names, Findings findings, Calls calls) {
        this.names = names;
        this.catalog = names.catalog;
        this.findings = findings;
        this.calls = calls;
    }

    /// A relation in FROM: read whether a column of it is used or not.
    Source read(
            Catalog.Relation relation,
            String name,
            boolean aliased,
            List<String> renamed,
            Referring referring,
            Node where) {
        switch (relation.kind()) {
            case TABLE, PARTITIONED_TABLE, VIEW, MATERIALIZED_VIEW, FOREIGN_TABLE, SEQUENCE -> {}
            case INDEX, COMPOSITE_TYPE ->
                    throw Refusal.unsupported(
                            relation.resource().describe() + " has no rows to read", where);
        }
        NewSchema inTheMaking = names.newSchema();
        if (inTheMaking != null) inTheMaking.checkReadable(relation, where);
        Reader reader = new Reader(relation, referring, where);
        reader.touch();
        return new Source.OfRelation(
                name, relation, aliased, renamed, reader.locked(), reader::column, referring);
    }

    /// Row security runs what its policies say with every statement about the table, unless the
    /// role is above it: what they call and read happens by way of the table.
    void policies(Catalog.Relation relation) {
        if (!relation.rowSecurity() || !policed.add(relation)) return;
        Catalog.Dependencies policies = relation.policies();
        for (Catalog.Routine routine : policies.routines())
            if (!routine.isSystem()) calls.setOff(routine, relation);
        for (Catalog.Relation read : policies.relations())
            if (read.kind() != RelationKind.COMPOSITE_TYPE && read.kind() != RelationKind.INDEX) {
                findings.accesses.add(Action.SELECT, read.resource(), relation.resource(), false);
                policies(read);
            }
        for (ColumnOf column : policies.columns())
            findings.accesses
                    .add(Action.SELECT, column.relation().resource(), relation.resource(), false)
                    .column(column.column())
                    .mark(Place.PREDICATE);
    }

    /// Reads columns of one reference to a relation.
    final class Reader {
        private final Catalog.Relation relation;
        private final Referring referring;
        private final Node where;
        private @Nullable Entry entry;
        private List<Entry> below = List.of();

        /// @param referring hears of every column that is used
        Reader(Catalog.Relation relation, Referring referring, Node where) {
            this.relation = relation;
            this.referring = referring;
            this.where = where;
        }

        /// Counts the relation as read.
        Entry touch() {
            if (entry != null) return entry;
            boolean derived = relation.view() != null;
            Entry own = findings.accesses.add(Action.SELECT, relation.resource(), null, derived);
            if (derived) below = lineage(relation, where).touch(relation.resource(), findings);
            policies(relation);
            entry = own;
            return own;
        }

        Value column(Catalog.Column column) {
            ColumnFlow flow = touch().column(column.name());
            referring.uses(column.name(), flow);
            NewSchema inTheMaking = names.newSchema();
            Flow made = inTheMaking == null ? null : inTheMaking.below(relation, column);
            if (made != null) flow.from(made);
            if (relation.view() == null) return Value.of(flow, column.type());
            ViewLineage lineage = lineage(relation, where);
            for (Origin origin : lineage.origins().getOrDefault(column.name(), List.of()))
                flow.from(below.get(origin.touch()).column(origin.column()));
            boolean telling = lineage.telling().contains(column.name());
            return Value.of(telling ? flow.telling() : flow, column.type());
        }

        /// The tables whose rows FOR UPDATE locks.
        List<Locked> locked() {
            if (relation.kind() == RelationKind.SEQUENCE) return List.of();
            if (relation.view() == null) return List.of(new Locked(relation.resource(), null));
            List<Locked> locked = new ArrayList<>();
            locked.add(new Locked(relation.resource(), null));
            for (Locked inner : lineage(relation, where).locked())
                locked.add(
                        new Locked(
                                inner.relation(),
                                inner.via() == null ? relation.resource() : inner.via()));
            return locked;
        }
    }

    private sealed interface Outcome {
        record Seen(ViewLineage lineage) implements Outcome {}

        record NotUnderstood(Analysis.Code code, String reason) implements Outcome {}
    }

    /// @throws Refusal when the view's text can't be seen through
    ViewLineage lineage(Catalog.Relation view, Node where) {
        ViewDefinition definition = view.view();
        if (definition == null) throw new IllegalArgumentException("no view: " + view);
        Outcome outcome = definition.lineage(Outcome.class, () -> compute(view, definition));
        return switch (outcome) {
            case Outcome.Seen seen -> seen.lineage;
            case Outcome.NotUnderstood not ->
                    throw new Refusal(
                            not.code,
                            view.resource().describe() + " can't be seen through: " + not.reason,
                            where.span());
        };
    }

    private Outcome compute(Catalog.Relation view, ViewDefinition definition) {
        Catalog.Printed text = definition.text();
        ParseResult parsed =
                PostgresParser.parse(
                        new SqlText(text.sql()),
                        catalog.lexMode(text.standardConformingStrings(), Integer.MAX_VALUE));
        if (!(parsed instanceof ParseResult.Parsed(var statements, _))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Query query))
            return new Outcome.NotUnderstood(
                    Analysis.Code.UNSUPPORTED, "its definition is not understood");
        Findings inside = findings.ofPrinted();
        try {
            Resolver resolver = new Resolver(catalog, text.path(), inside);
            Queries.Result result = resolver.queries().resolve(query, Scope.empty());
            if (result.columns().size() != view.columns().size())
                return new Outcome.NotUnderstood(
                        Analysis.Code.STALE_CONTEXT, "its definition has changed meanwhile");
            recorded(view, definition, inside, result);
            return new Outcome.Seen(
                    ViewLineage.of(
                            view,
                            inside,
                            result,
                            updatable(view, query, resolver, inside, result)));
        } catch (Refusal refusal) {
            if (refusal.answer().code() == Analysis.Code.TOO_COMPLEX) throw refusal;
            return new Outcome.NotUnderstood(refusal.answer().code(), refusal.answer().reason());
        }
    }

    /// The server's own record of what the view refers to, as a second opinion: what the text
    /// didn't yield is added with every column recorded, as a source of everything.
    private static void recorded(
            Catalog.Relation view,
            ViewDefinition definition,
            Findings inside,
            Queries.Result result) {
        Set<Resource> seen = new HashSet<>();
        for (Entry entry : inside.accesses.entries()) seen.add(entry.resource);
        for (Catalog.Relation relation : definition.dependencies().relations()) {
            if (relation == view
                    || relation.kind() == RelationKind.SEQUENCE
                    || relation.kind() == RelationKind.INDEX
                    || relation.kind() == RelationKind.COMPOSITE_TYPE
                    || seen.contains(relation.resource())) continue;
            Entry entry =
                    inside.accesses.add(
                            Action.SELECT, relation.resource(), null, relation.view() != null);
            for (ColumnOf column : definition.dependencies().columns())
                if (column.relation() == relation)
                    for (Value.Field field : result.columns())
                        field.flow().from(entry.column(column.column()));
        }
    }

    /// As the server decides it: one relation in FROM, and nothing that combines rows.
    private static Views.@Nullable Below updatable(
            Catalog.Relation view,
            Query query,
            Resolver resolver,
            Findings inside,
            Queries.Result result) {
        if (!(query.body() instanceof Query.Select select)
                || query.with() != null
                || select.distinct()
                || !select.groupBy().isEmpty()
                || select.having() != null
                || query.limit() != null
                || query.offset() != null
                || select.from().size() != 1
                || !(select.from().getFirst() instanceof Relation.Table table)) return null;
        Catalog.Relation relation = resolver.names().find(table.name());
        if (relation == null) return null;
        Map<String, String> columns = new HashMap<>();
        Map<String, Set<String>> from = new HashMap<>();
        for (int i = 0; i < view.columns().size(); i++) {
            String name = view.columns().get(i).name();
            if (i < select.items().size()
                    && select.items().get(i).expression() instanceof Expression.ColumnRef ref) {
                String column = called(ref.parts().getLast().name(), table, relation);
                if (column != null) columns.put(name, column);
            }
            Set<String> sources = new HashSet<>();
            result.columns()
                    .get(i)
                    .flow()
                    .visitAll(flow -> {
                        if (flow instanceof ColumnFlow column && isRead(column.entry, relation))
                            sources.add(column.name);
                    });
            from.put(name, sources);
        }
        Set<String> conditions = new HashSet<>();
        boolean tells = false;
        for (Flow varying : inside.varying) tells |= varying.tells();
        for (Entry entry : inside.accesses.entries())
            if (isRead(entry, relation))
                for (ColumnFlow column : entry.columns()) {
                    tells |= column.tells();
                    if (!column.places().isEmpty() || column.counts()) conditions.add(column.name);
                }
        return new Views.Below(
                relation, columns, from, conditions, tells, besides(view, relation, inside));
    }

    /// The relation's column, whatever the view's query calls it: `FROM people p (a, b)`.
    private static @Nullable String called(
            String name, Relation.Table table, Catalog.Relation relation) {
        List<Identifier> renamed = table.alias() == null ? List.of() : table.alias().columns();
        for (int i = 0; i < relation.columns().size(); i++) {
            String column = relation.columns().get(i).name();
            if (name.equals(i < renamed.size() ? renamed.get(i).name() : column)) return column;
        }
        return null;
    }

    private static boolean isRead(Entry entry, Catalog.Relation relation) {
        return entry.action == Action.SELECT
                && entry.via == null
                && entry.resource.equals(relation.resource());
    }

    private static Set<Catalog.Relation> besides(
            Catalog.Relation view, Catalog.Relation relation, Findings inside) {
        Set<Catalog.Relation> besides = new HashSet<>();
        ViewDefinition definition = view.view();
        if (definition != null) besides.addAll(definition.dependencies().relations());
        besides.remove(relation);
        besides.remove(view);
        boolean seen = false;
        for (Referring referring : inside.references) {
            if (seen || referring.relation() != relation) besides.add(referring.relation());
            seen |= referring.relation() == relation;
        }
        return besides;
    }
}
