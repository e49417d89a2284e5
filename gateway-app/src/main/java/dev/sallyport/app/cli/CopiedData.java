package dev.sallyport.app.cli;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.policy.PolicyNames;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.FootprintLines;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where classified columns may have gone: tables that the log's statements wrote (CREATE TABLE AS,
/// INSERT ... SELECT, UPDATE ... FROM, MERGE) while they read such columns as they are. For
/// reports: the log holds what a statement touches, not which value went where.
final class CopiedData {
    private static final int MAX_REMEMBERED = 10_000;

    /// @param first the first statement that did so, in the log's order
    record Copy(
            String database,
            String table,
            String column,
            String dataClass,
            long first,
            String time,
            String user) {
        String words() {
            return table
                    + " was written while "
                    + column
                    + " was read, and has no column of "
                    + dataClass
                    + " (first at "
                    + time
                    + " by "
                    + user
                    + ", entry "
                    + first
                    + ")";
        }

        Map<String, Object> members() {
            var members = new LinkedHashMap<String, Object>();
            members.put("kind", "copied-data");
            members.put("database", database);
            members.put("table", table);
            members.put("column", column);
            members.put("class", dataClass);
            members.put("firstSequence", first);
            members.put("firstTime", time);
            members.put("user", user);
            return members;
        }
    }

    /// A classified column that may go to a table without the class.
    private record Flow(String table, String column, String dataClass) {}

    private record Question(String database, List<String> footprint) {}

    private final PolicySet policies;
    private final Map<Question, List<Flow>> remembered = new HashMap<>();
    private final Map<String, Copy> found = new LinkedHashMap<>();

    CopiedData(PolicySet policies) {
        this.policies = policies;
    }

    Collection<Copy> found() {
        return found.values();
    }

    void add(Entry entry) {
        if (!entry.text("decision").equals("permit")) return;
        var database = entry.text("database");
        var question = new Question(database, entry.list("footprint"));
        if (question.footprint.isEmpty() || !policies.databases().contains(database)) return;
        var flows = remembered.get(question);
        if (flows == null) {
            if (remembered.size() >= MAX_REMEMBERED) remembered.clear();
            flows = flows(question);
            remembered.put(question, flows);
        }
        for (var flow : flows)
            // As `public.patients.ssn: redact`.
            if (entry.list("obligations").stream()
                    .noneMatch(line -> line.startsWith(flow.column + ": ")))
                found.computeIfAbsent(
                        database + " " + flow,
                        _ ->
                                new Copy(
                                        database,
                                        flow.table,
                                        flow.column,
                                        flow.dataClass,
                                        entry.sequence(),
                                        entry.time(),
                                        entry.text("user")));
    }

    private List<Flow> flows(Question question) {
        List<Footprint> footprints;
        try {
            footprints = FootprintLines.read(question.footprint);
        } catch (IllegalArgumentException _) {
            // Of another version of the gateway: nothing is known of it.
            return List.of();
        }
        var flows = new ArrayList<Flow>();
        for (var footprint : footprints) flows(footprint, question.database, flows);
        return flows;
    }

    private void flows(Footprint footprint, String database, List<Flow> flows) {
        for (var access : footprint.accesses())
            if (isWritten(access) && access.resource() instanceof Resource.Relation table) {
                var classes = PolicyNames.dataClasses(policies, database, table);
                for (var read : footprint.accesses())
                    if (read.action() == Action.SELECT
                            && read.resource() instanceof Resource.Relation source
                            && !source.equals(table))
                        for (var use : read.columns())
                            for (var dataClass :
                                    PolicyNames.dataClasses(
                                            policies, database, source, use.column()))
                                if (!classes.contains(dataClass))
                                    flows.add(
                                            new Flow(
                                                    name(table),
                                                    name(source) + "." + use.column(),
                                                    dataClass));
            }
    }

    private static boolean isWritten(Access access) {
        if (!(access.resource() instanceof Resource.Relation table)
                || table.schema().equals(Catalog.TEMP_SCHEMA)
                || access.via().isPresent()) return false;
        return switch (access.action()) {
            case INSERT, UPDATE -> true;
            // A view shows what the tables show.
            case DDL ->
                    switch (table.kind()) {
                        case TABLE, PARTITIONED_TABLE, MATERIALIZED_VIEW, FOREIGN_TABLE -> true;
                        case VIEW, SEQUENCE, INDEX, COMPOSITE_TYPE -> false;
                    };
            case SELECT, DELETE, TRUNCATE, EXECUTE, COPY_IN, COPY_OUT, ADMIN, SESSION -> false;
        };
    }

    private static String name(Resource.Relation relation) {
        return relation.schema() + "." + relation.name();
    }
}
