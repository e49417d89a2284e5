package dev.sallyport.gateway;

import dev.sallyport.policy.Governed;
import dev.sallyport.policy.Mask;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.RowFilter;
import dev.sallyport.policy.Shown;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Condition;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.Governing;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Rewriter;
import dev.sallyport.sql.rewrite.RowCondition;
import dev.sallyport.sql.rewrite.Substitution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the policy asks for, as edits of a statement's text. Stateless.
final class Substitutions {
    sealed interface Result {
        /// @param edits none: nothing in the text has to change
        record Edits(List<Edit> edits) implements Result {}

        /// @param reason lower case, free of literals
        record Refused(String reason, String hint) implements Result {}
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Refusal(String reason) {
            super(null, null, false, false);
            this.reason = reason;
        }
    }

    private final Catalog catalog;
    private final Masks masks;

    private Substitutions(Catalog catalog) {
        this.catalog = catalog;
        this.masks = Masks.of(catalog);
    }

    static Result of(Obligations obligations, References references, Catalog catalog) {
        var all = new Substitutions(catalog);
        var governed = new HashMap<Catalog.Relation, Substitution>();
        var direct = new HashSet<Catalog.Relation>();
        var views = new HashSet<Catalog.Relation>();
        var barriers = new HashSet<Catalog.Relation>();
        try {
            for (var one : obligations.relations()) {
                var relation = catalog.relation(one.schema(), one.name());
                if (relation == null)
                    throw new Refusal(one.relation().describe() + " is not known any more");
                for (var by : one.via()) views.add(all.view(by, one));
                for (var by : one.barriers()) {
                    var barrier = catalog.relation(by.schema(), by.name());
                    if (barrier == null)
                        throw new Refusal(by.describe() + " is not known any more");
                    barriers.add(barrier);
                }
                governed.put(relation, all.substitution(one, relation));
                if (one.direct()) direct.add(relation);
            }
            var seen = new HashSet<Catalog.Relation>();
            for (var reference : references.all()) reaches(reference.relation(), views, seen);
            for (var view : views) governed.computeIfAbsent(view, all::asItIs);
        } catch (Refusal refusal) {
            return new Result.Refused(refusal.reason, "query the tables themselves");
        }
        var governing = new Governing(governed, direct, views, barriers);
        return switch (all.masks.rewrite(references, governing)) {
            case Rewriter.Result.Rewritten(var edits) -> new Result.Edits(edits);
            case Rewriter.Result.Refused(var reason, _, var hint) ->
                    new Result.Refused(reason, hint);
        };
    }

    /// Adds the views by way of which others among them are read.
    private static boolean reaches(
            Catalog.Relation relation,
            HashSet<Catalog.Relation> views,
            HashSet<Catalog.Relation> seen) {
        var definition = relation.view();
        if (definition != null
                && relation.kind() == Resource.RelationKind.VIEW
                && seen.add(relation))
            for (var below : definition.dependencies().relations())
                if (reaches(below, views, seen)) views.add(relation);
        return views.contains(relation);
    }

    /// What reads the governed relation on the statement's behalf, if a query can stand in its
    /// place.
    private Catalog.Relation view(Resource.Relation by, Governed governed) throws Refusal {
        var what = governed.relation().describe() + " is masked or filtered for you, and ";
        if (by.equals(governed.relation()))
            throw new Refusal(
                    what
                            + "the statement also reads it through a view that shows all of it:"
                            + " one can't be told from the other");
        switch (by.kind()) {
            case VIEW -> {}
            case MATERIALIZED_VIEW ->
                    throw new Refusal(
                            what + by.describe() + " holds what was computed from all of it");
            case TABLE, PARTITIONED_TABLE, FOREIGN_TABLE, SEQUENCE, INDEX, COMPOSITE_TYPE ->
                    throw new Refusal(what + by.describe() + " sets off reading it");
        }
        var view = catalog.relation(by.schema(), by.name());
        if (view == null) throw new Refusal(by.describe() + " is not known any more");
        return view;
    }

    /// All of a relation.
    private Substitution asItIs(Catalog.Relation relation) {
        var columns = new HashSet<String>();
        for (var column : relation.columns()) columns.add(column.name());
        return new Substitution(
                Map.of(),
                columns,
                name -> masks.nullOf(Objects.requireNonNull(relation.column(name))),
                RowCondition.ALL_ROWS,
                RowCondition.ALL_ROWS);
    }

    private Substitution substitution(Governed governed, Catalog.Relation relation) throws Refusal {
        var shown = new HashMap<String, String>();
        for (var column : relation.columns()) {
            var form = governed.columns().get(column.name());
            if (form != null && !form.isPlain())
                shown.put(column.name(), shown(form, column, relation));
        }
        return new Substitution(
                shown,
                new HashSet<>(governed.columns().keySet()),
                name -> masks.nullOf(Objects.requireNonNull(relation.column(name))),
                rows(governed.reading(), relation),
                rows(governed.target(), relation));
    }

    private String shown(Shown shown, Catalog.Column column, Catalog.Relation relation)
            throws Refusal {
        var otherwise = form(shown.otherwise(), column, relation);
        if (shown.cases().isEmpty()) return masks.typed(otherwise, column);
        var sql = new StringBuilder("CASE");
        for (var one : shown.cases()) {
            var rows = new RowCondition(List.of(conditions(one.when(), relation)));
            sql.append(" WHEN ")
                    .append(rows.sql(relation.name()))
                    .append(" THEN ")
                    .append(masks.typed(form(one.then(), column, relation), column));
        }
        sql.append(" ELSE ").append(masks.typed(otherwise, column)).append(" END");
        return masks.typed(sql.toString(), column);
    }

    private String form(Shown.Form form, Catalog.Column column, Catalog.Relation relation)
            throws Refusal {
        var value = masks.name(relation, column);
        return switch (form) {
            case Shown.Plain() -> value;
            case Shown.Masked(Mask mask) ->
                    masks.masked(mask, column, value)
                            .orElseThrow(() ->
                                    new Refusal(
                                            "mask "
                                                    + mask.word()
                                                    + " makes no sense for the type of column "
                                                    + column.name()
                                                    + " of "
                                                    + relation.resource().describe()));
        };
    }

    private RowCondition rows(dev.sallyport.policy.RowCondition rows, Catalog.Relation relation)
            throws Refusal {
        if (rows.isAllRows()) return RowCondition.ALL_ROWS;
        var all = new ArrayList<List<Condition>>();
        for (var any : rows.all()) all.add(conditions(any, relation));
        return new RowCondition(all);
    }

    private List<Condition> conditions(
            dev.sallyport.policy.RowCondition.AnyOf any, Catalog.Relation relation) throws Refusal {
        var conditions = new ArrayList<Condition>();
        for (var filter : any.filters()) conditions.add(condition(filter, relation));
        return conditions;
    }

    private Condition condition(RowFilter filter, Catalog.Relation relation) throws Refusal {
        var text = new StringBuilder();
        for (var part : filter.parts())
            switch (part) {
                case RowFilter.Sql(var sql) -> text.append(sql);
                case RowFilter.Literal(var value, _) -> {
                    @Nullable String literal;
                    try {
                        literal = masks.literal(value);
                    } catch (IllegalArgumentException _) {
                        throw new Refusal("a fact about you holds text that the database can't");
                    }
                    text.append(' ').append(literal).append(' ');
                }
            }
        return switch (masks.condition(text.toString(), relation)) {
            case Condition.Result.Fit(var condition) -> condition;
            case Condition.Result.Unfit(var reason) ->
                    throw new Refusal(
                            "the row filter of rule "
                                    + filter.ruleId()
                                    + " can't be applied here: "
                                    + reason);
        };
    }
}
