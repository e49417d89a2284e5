package dev.sallyport.app.cli;

import dev.sallyport.config.Position;
import dev.sallyport.gateway.Rewriting;
import dev.sallyport.policy.PolicyNames;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Condition;
import dev.sallyport.sql.rewrite.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A policy beside the catalog of its database: names that aren't there, columns that look like
/// protected health information and have no class, and tables whose parent's columns have one.
final class CatalogCheck {
    private CatalogCheck() {}

    /// @param error the policy doesn't mean what it says
    record Finding(boolean error, Optional<Position> at, String kind, String message) {}

    static List<Finding> of(PolicySet policies, String database, Catalog catalog) {
        var findings = new ArrayList<Finding>();
        var byRule = new LinkedHashMap<String, List<PolicyNames.Named>>();
        for (var named : PolicyNames.of(policies, database)) {
            missing(named, catalog, findings);
            byRule.computeIfAbsent(named.what(), _ -> new ArrayList<>()).add(named);
        }
        byRule.values().forEach(rule -> missingColumns(rule, catalog, findings));
        for (var filter : PolicyNames.filters(policies, database)) {
            var relation = catalog.relation(filter.schema(), filter.name());
            if (relation != null
                    && Condition.read(filter.sql(), relation, catalog)
                            instanceof Condition.Result.Unfit(var reason))
                findings.add(
                        new Finding(
                                true,
                                filter.at(),
                                "unfit-rows",
                                "rule "
                                        + filter.ruleId()
                                        + ": rows can't be used on "
                                        + filter.schema()
                                        + "."
                                        + filter.name()
                                        + ": "
                                        + reason));
        }
        for (var schema : catalog.schemas())
            for (var relation : schema.relations())
                if (!relation.isSystem()) {
                    unfitMasks(policies, database, relation, catalog, findings);
                    unclassified(policies, database, relation, catalog, findings);
                    if (relation.kind() == RelationKind.MATERIALIZED_VIEW)
                        computed(policies, database, relation, catalog, findings);
                }
        return findings;
    }

    /// Nobody is shown anything by such a mask, so this may be meant.
    private static void unfitMasks(
            PolicySet policies,
            String database,
            Catalog.Relation relation,
            Catalog catalog,
            List<Finding> findings) {
        for (var column : relation.columns())
            for (var m : PolicyNames.masks(policies, database, relation.resource(), column.name()))
                if (!Rewriting.fits(m.mask(), column, catalog))
                    findings.add(
                            new Finding(
                                    false,
                                    m.at(),
                                    "unfit-mask",
                                    "rule "
                                            + m.ruleId()
                                            + ": mask "
                                            + m.mask().word()
                                            + " makes no sense for "
                                            + name(relation)
                                            + "."
                                            + column.name()
                                            + " ("
                                            + PhiLooks.typeName(column, catalog)
                                            + "), so statements that use it are refused; redact,"
                                            + " null and constant fit every type"));
    }

    private static void missing(PolicyNames.Named named, Catalog catalog, List<Finding> findings) {
        var name = named.schema() + "." + named.name();
        if (named.function()) {
            if (catalog.routines(named.schema(), named.name()).isEmpty())
                findings.add(unknown(named, "there is no function " + name));
            return;
        }
        if (named.schema().equals(Catalog.TEMP_SCHEMA)) return;
        var relation = catalog.relation(named.schema(), named.name());
        if (relation == null) {
            // Functions may stand beside tables in a rule.
            if (catalog.routines(named.schema(), named.name()).isEmpty())
                findings.add(unknown(named, "there is no table or view " + name));
            return;
        }
    }

    /// A rule about several tables may name a column of one of them. A class names each column with
    /// its table.
    private static void missingColumns(
            List<PolicyNames.Named> rule, Catalog catalog, List<Finding> findings) {
        var seen = new TreeSet<String>();
        for (var named : rule)
            for (var column : named.columns()) {
                var key =
                        named.oneByOne()
                                ? named.schema() + "." + named.name() + "." + column
                                : column;
                if (!seen.add(key)) continue;
                var about = named.oneByOne() ? List.of(named) : rule;
                if (isMissing(column, about, catalog))
                    findings.add(
                            unknown(
                                    named,
                                    "there is no column "
                                            + column
                                            + " in "
                                            + about.stream()
                                                    .map(n -> n.schema() + "." + n.name())
                                                    .distinct()
                                                    .collect(Collectors.joining(", "))));
            }
    }

    private static boolean isMissing(
            String column, List<PolicyNames.Named> relations, Catalog catalog) {
        for (var named : relations) {
            var relation = catalog.relation(named.schema(), named.name());
            // One that isn't there is said already.
            if (relation == null || relation.column(column) != null) return false;
        }
        return true;
    }

    private static Finding unknown(PolicyNames.Named named, String what) {
        return new Finding(true, named.at(), "unknown-name", named.what() + ": " + what);
    }

    private static void unclassified(
            PolicySet policies,
            String database,
            Catalog.Relation relation,
            Catalog catalog,
            List<Finding> findings) {
        switch (relation.kind()) {
            case TABLE, PARTITIONED_TABLE, MATERIALIZED_VIEW, FOREIGN_TABLE -> {}
            // A view's columns are masked where the tables' are.
            case VIEW, SEQUENCE, INDEX, COMPOSITE_TYPE -> {
                return;
            }
        }
        for (var column : relation.columns()) {
            var classes = classes(policies, database, relation, column.name());
            for (var child : relation.children())
                if (!classes(policies, database, child, column.name()).containsAll(classes))
                    findings.add(
                            new Finding(
                                    false,
                                    Optional.empty(),
                                    "unclassified",
                                    name(child)
                                            + "."
                                            + column.name()
                                            + " lacks the class of "
                                            + name(relation)
                                            + ", whose part it is: "
                                            + String.join(", ", classes)));
            if (!classes.isEmpty()) continue;
            PhiLooks.of(column, catalog)
                    .ifPresent(look ->
                            findings.add(
                                    new Finding(
                                            false,
                                            Optional.empty(),
                                            "unclassified",
                                            name(relation)
                                                    + "."
                                                    + column.name()
                                                    + " ("
                                                    + PhiLooks.typeName(column, catalog)
                                                    + ") looks like "
                                                    + look
                                                    + " and has no class")));
        }
    }

    /// A materialized view holds what was computed from columns as they are: by lineage it holds
    /// what they hold.
    private static void computed(
            PolicySet policies,
            String database,
            Catalog.Relation view,
            Catalog catalog,
            List<Finding> findings) {
        var context = new AnalysisContext(catalog, List.of("pg_catalog"), "", true, "UTF8");
        var sql = new SqlText("SELECT * FROM " + Sql.name(view.schema(), view.name()));
        if (!(new SqlAnalyzer().analyze(sql, context) instanceof Analysis.Understood(var all))) {
            findings.add(
                    new Finding(
                            false,
                            Optional.empty(),
                            "unclassified",
                            name(view) + " can't be seen through: its columns may need classes"));
            return;
        }
        for (var output : all.getFirst().footprint().outputs()) {
            var own = classes(policies, database, view, output.name());
            var missing = new TreeSet<String>();
            for (var from : output.from()) {
                var base = catalog.relation(from.schema(), from.relation());
                if (base != null) missing.addAll(classes(policies, database, base, from.column()));
            }
            missing.removeAll(own);
            if (!missing.isEmpty())
                findings.add(
                        new Finding(
                                false,
                                Optional.empty(),
                                "unclassified",
                                name(view)
                                        + "."
                                        + output.name()
                                        + " lacks the class of what it was computed from: "
                                        + String.join(", ", missing)));
        }
    }

    private static TreeSet<String> classes(
            PolicySet policies, String database, Catalog.Relation relation, String column) {
        return new TreeSet<>(
                PolicyNames.dataClasses(policies, database, relation.resource(), column));
    }

    private static String name(Catalog.Relation relation) {
        return relation.schema() + "." + relation.name();
    }
}
