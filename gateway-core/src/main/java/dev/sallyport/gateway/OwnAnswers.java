package dev.sallyport.gateway;

import dev.sallyport.policy.Decision;
import dev.sallyport.policy.GrantLine;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Purpose;
import dev.sallyport.policy.Wording;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the gateway says of itself, as rows. Nothing of anybody else, no secret, no literal of
/// another session. Stateless.
final class OwnAnswers {
    /// A catalog may have many thousands of relations; the answer is for a person.
    private static final int MAX_RELATIONS = 200;

    private static final List<String> FACTS = List.of("item", "value");
    private static final List<String> GRANTS =
            List.of("object", "actions", "columns", "shown", "rows", "limit", "rules");

    private OwnAnswers() {}

    /// The result's columns.
    static List<String> columns(OwnStatement statement) {
        return switch (statement) {
            case OwnStatement.WhoAmI _, OwnStatement.Explain _, OwnStatement.SetPurpose _ -> FACTS;
            case OwnStatement.Grants _ -> GRANTS;
            case OwnStatement.Malformed _ -> List.of();
        };
    }

    static OwnAnswer whoAmI(Session session, PolicyDecisionPoint policies) {
        var rows = new ArrayList<List<String>>();
        var subject = session.subject();
        add(rows, "person", subject.name());
        policies.roles(subject, session.database().name())
                .forEach((role, purpose) ->
                        add(rows, "role", role + (purpose.isEmpty() ? "" : ": " + purpose)));
        subject.attributes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(a -> add(rows, "attribute", a.getKey() + " = " + a.getValue()));
        add(rows, "database", session.database().name());
        add(rows, "session", session.id());
        add(rows, "since", second(session.startedAt()));
        add(rows, "ends at", second(session.endsAt()) + " at the latest");
        add(rows, "source", session.client());
        add(rows, "application", session.applicationName());
        add(rows, "connection", session.transport());
        add(rows, "purpose", session.purpose().word());
        add(rows, "ticket", session.purpose().ticket());
        add(rows, "policy", policies.policies().version());
        return new OwnAnswer(FACTS, rows);
    }

    static OwnAnswer purpose(Purpose declared) {
        var rows = new ArrayList<List<String>>();
        add(rows, "purpose", declared.isNone() ? "none" : declared.word());
        add(rows, "ticket", declared.ticket());
        return new OwnAnswer(FACTS, rows);
    }

    static OwnAnswer grants(Session session, PolicyDecisionPoint policies, Catalog catalog) {
        var columns = new LinkedHashMap<Resource.Relation, List<String>>();
        var kin = new HashMap<Resource.Relation, Kin>();
        for (var relation : catalog.relations()) {
            if (!hasRows(relation)) continue;
            columns.put(
                    relation.resource(),
                    relation.columns().stream().map(Catalog.Column::name).toList());
            if (!relation.kin().isNone()) kin.put(relation.resource(), relation.kin());
        }
        var lines =
                policies.grants(
                        session.subject(),
                        session.database().name(),
                        session.circumstances(),
                        columns,
                        kin,
                        MAX_RELATIONS);
        return new OwnAnswer(GRANTS, lines.stream().map(OwnAnswers::row).toList());
    }

    private static boolean hasRows(Catalog.Relation relation) {
        return switch (relation.kind()) {
            case TABLE, PARTITIONED_TABLE, FOREIGN_TABLE, VIEW, MATERIALIZED_VIEW -> true;
            case SEQUENCE, INDEX, COMPOSITE_TYPE -> false;
        };
    }

    private static List<String> row(GrantLine line) {
        return List.of(
                line.object(),
                line.actions(),
                line.columns(),
                line.shown(),
                line.rows(),
                line.limit(),
                line.rules());
    }

    static OwnAnswer notUnderstood(String reason, int position) {
        var rows = new ArrayList<List<String>>();
        add(rows, "verdict", "refused");
        add(rows, "reason", "not understood: " + reason);
        if (position > 0) add(rows, "at character", String.valueOf(position));
        return new OwnAnswer(FACTS, rows);
    }

    /// What the policy says of one statement.
    ///
    /// @param plan with what it would run by name
    record Explained(Plan plan, Decision decision) {}

    /// @param rewritten null: it goes to the server as it is
    static OwnAnswer explain(
            List<Explained> statements,
            @Nullable RewrittenText rewritten,
            PolicyDecisionPoint policies) {
        var rows = new ArrayList<List<String>>();
        for (var one : statements) {
            if (statements.size() > 1) add(rows, "statement", one.plan.main().kind().word());
            switch (one.decision) {
                case Decision.Permit(var obligations, _) -> {
                    add(rows, "verdict", "permitted");
                    owed(obligations, rows);
                }
                case Decision.Deny(var reason, var objects, _, var hint, _) -> {
                    add(rows, "verdict", "refused");
                    add(rows, "reason", reason);
                    objects.forEach(o -> add(rows, "refused", o));
                    for (var way : hint.split("; ")) add(rows, "what to do", way);
                }
            }
            for (var use : one.plan.uses()) add(rows, "uses", use);
            for (var id : one.decision.ruleIds()) add(rows, "rule", id + place(id, policies));
        }
        if (rewritten != null) add(rows, "runs as", rewritten.text().text());
        return new OwnAnswer(FACTS, rows);
    }

    private static void owed(Obligations obligations, List<List<String>> rows) {
        for (var g : obligations.relations()) {
            var relation = g.schema() + "." + g.name();
            g.columns()
                    .forEach((column, shown) -> {
                        if (!shown.isPlain())
                            add(
                                    rows,
                                    "masked",
                                    relation + "." + column + ": " + Wording.shown(shown));
                    });
            if (!g.target().isAllRows())
                add(rows, "rows", relation + ": " + Wording.rows(g.target()));
        }
        for (var l : obligations.limits())
            add(rows, "limit", l.limits().words() + " (rule " + l.ruleId() + ")");
    }

    private static String place(String ruleId, PolicyDecisionPoint policies) {
        return policies.policies()
                .place(ruleId)
                .map(at -> ", " + at.file().getFileName() + ":" + at.line())
                .orElse(", built in");
    }

    private static String second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static void add(List<List<String>> rows, String item, String value) {
        if (!value.isEmpty()) rows.add(List.of(item, value));
    }

    /// For the audit log: literals of the explained statements are left out.
    static String redacted(List<Explained> statements) {
        return statements.stream()
                .map(e -> e.plan.main().redacted)
                .collect(Collectors.joining("; ", "SALLYPORT EXPLAIN ", ""));
    }
}
