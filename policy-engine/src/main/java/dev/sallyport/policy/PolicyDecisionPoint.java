package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.StatementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Decides access requests under one {@link PolicySet}. Total (an error inside is a {@link
/// Decision.Deny}), deterministic, without I/O; safe for any number of threads.
public final class PolicyDecisionPoint {
    /// Distinct combinations of roles whose indexed rules are kept; more than a company has.
    private static final int MAX_CACHED = 2_000;

    private static final int MAX_NAMED = 5;

    private final PolicySet policies;
    private final ConcurrentHashMap<Key, SubjectRules> rulesByRoles = new ConcurrentHashMap<>();

    private record Key(String database, Set<String> roles) {}

    public PolicyDecisionPoint(PolicySet policies) {
        this.policies = policies;
    }

    public PolicySet policies() {
        return policies;
    }

    /// Whether the subject has anything to do on the database at all: a role there.
    public Decision mayConnect(Subject subject, String database) {
        return policies.database(database)
                .flatMap(policy -> stranger(subject, policy))
                .map(Decision.class::cast)
                .orElseGet(() ->
                        policies.database(database).isPresent()
                                ? new Decision.Permit(List.of())
                                : noPolicy(database));
    }

    public Decision decide(AccessRequest request) {
        try {
            return decideOrThrow(request);
        } catch (RuntimeException | StackOverflowError e) {
            return deny(
                    "the policy could not be evaluated ("
                            + e.getClass().getSimpleName()
                            + "), so the statement is refused",
                    "tell the people who run the gateway");
        }
    }

    private Decision decideOrThrow(AccessRequest request) {
        var subject = request.subject();
        var policy = policies.database(request.database()).orElse(null);
        if (policy == null) return noPolicy(request.database());
        var stranger = stranger(subject, policy);
        if (stranger.isPresent()) return stranger.get();
        var gap = unaccounted(request.footprint());
        if (gap.isPresent()) return gap.get();
        var evaluation = Evaluation.of(request.footprint(), rules(policy, subject.roles()));
        return evaluation.refusals().isEmpty()
                ? new Decision.Permit(evaluation.permittingIds())
                : new Explanation(policy, subject).of(evaluation.refusals());
    }

    private static Decision.Deny noPolicy(String database) {
        return deny(
                "no policy is about database " + ResourcePattern.quoted(database),
                "ask the security team whether the name is right");
    }

    private static Optional<Decision.Deny> stranger(Subject subject, DatabasePolicy policy) {
        if (subject.roles().stream().anyMatch(policy.roles()::containsKey)) return Optional.empty();
        return Optional.of(
                deny(
                        "you have no role on database " + ResourcePattern.quoted(policy.database()),
                        "ask the security team for one of: "
                                + Wording.list(List.copyOf(policy.roles().keySet()), MAX_NAMED)));
    }

    /// A footprint that says that something is touched, but not what.
    private static Optional<Decision.Deny> unaccounted(Footprint footprint) {
        var silent =
                footprint.effects().stream()
                        .anyMatch(effect ->
                                switch (effect) {
                                    case DATA, SCHEMA, OUTSIDE -> true;
                                    case NAME_RESOLUTION, SESSION, TRANSACTION -> false;
                                });
        if (!footprint.accesses().isEmpty() || !footprint.sessionChanges().isEmpty())
            return Optional.empty();
        if (!silent && !needsAccess(footprint.kind())) return Optional.empty();
        return Optional.of(
                deny(
                        "this "
                                + footprint.kind().word()
                                + " can change something, but the analysis does not say what",
                        "tell the people who run the gateway"));
    }

    private static boolean needsAccess(StatementKind kind) {
        return switch (kind) {
            case INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY_IN, CALL, DDL, ADMIN, LISTEN, LOCK ->
                    true;
            case SELECT,
                    COPY_OUT,
                    EXPLAIN,
                    SET,
                    SHOW,
                    TRANSACTION,
                    PREPARE,
                    EXECUTE,
                    DEALLOCATE,
                    DECLARE_CURSOR,
                    FETCH,
                    CLOSE_CURSOR,
                    EMPTY ->
                    false;
        };
    }

    private SubjectRules rules(DatabasePolicy policy, Set<String> roles) {
        var key = new Key(policy.database(), roles);
        var rules = rulesByRoles.get(key);
        if (rules != null) return rules;
        if (rulesByRoles.size() >= MAX_CACHED) rulesByRoles.clear();
        var built = new SubjectRules(policy, roles);
        rulesByRoles.put(key, built);
        return built;
    }

    private static Decision.Deny deny(String reason, String hint) {
        return new Decision.Deny(reason, List.of(), List.of(), hint);
    }

    /// Refusals in words: why, which objects, which rules, and the narrowest way out.
    private final class Explanation {
        private final DatabasePolicy policy;
        private final Subject subject;

        Explanation(DatabasePolicy policy, Subject subject) {
            this.policy = policy;
            this.subject = subject;
        }

        Decision.Deny of(List<Evaluation.Refusal> refusals) {
            var byRule = refusals.stream().filter(r -> !r.by().isEmpty()).findFirst();
            var first = byRule.orElse(refusals.getFirst());
            var more = refusals.size() - 1;
            var rules = new TreeSet<Rule.Deny>(Rule.IN_FILE_ORDER);
            refusals.forEach(r -> rules.addAll(r.by()));
            return new Decision.Deny(
                    reason(first) + (more == 0 ? "" : " (and " + more + " more)"),
                    refusals.stream().map(r -> Wording.of(r.access(), r.columns())).toList(),
                    rules.stream().map(Rule.Deny::id).toList(),
                    byRule.isPresent()
                            ? hintAboutRule(first.by().getFirst())
                            : hintAboutGrant(refusals));
        }

        private String reason(Evaluation.Refusal r) {
            return r.by().isEmpty()
                    ? Wording.notGranted(r.access(), r.columns())
                    : Wording.denied(r.access(), r.columns(), r.by().getFirst());
        }

        private String hintAboutRule(Rule.Deny rule) {
            var who =
                    rule.except().isEmpty()
                            ? "it holds for everybody"
                            : "it spares: "
                                    + Wording.list(
                                            rule.except().stream().sorted().toList(), MAX_NAMED);
            return who + "; leave the object out, or ask the security team about rule " + rule.id();
        }

        private String hintAboutGrant(List<Evaluation.Refusal> refusals) {
            var parts = new ArrayList<String>();
            var first = refusals.getFirst();
            var granted = grantedColumns(first.access());
            if (!granted.isEmpty())
                parts.add(
                        "you may "
                                + first.access().action().word()
                                + ": "
                                + Wording.list(
                                        granted.stream().map(ResourcePattern::quoted).toList(),
                                        20));
            var roles = rolesThatGrantAll(refusals);
            if (!roles.isEmpty())
                parts.add("roles that grant it: " + Wording.list(roles, MAX_NAMED));
            parts.add(
                    "to ask the security team for: "
                            + Wording.list(
                                    refusals.stream()
                                            .map(r ->
                                                    Wording.narrowestGrant(r.access(), r.columns()))
                                            .toList(),
                                    MAX_NAMED));
            return String.join("; ", parts);
        }

        /// The columns that grants name one by one; what is left out of `SELECT *`.
        private List<String> grantedColumns(Access access) {
            if (!Wording.takesColumns(access.action(), access.resource())) return List.of();
            var names = new TreeSet<String>();
            for (var g : rules(policy, subject.roles()).grants(access.action(), access.resource()))
                if (g.columns(access.action()) instanceof Columns.Only only)
                    names.addAll(only.names());
            return List.copyOf(names);
        }

        private List<String> rolesThatGrantAll(List<Evaluation.Refusal> refusals) {
            var roles = new ArrayList<String>();
            for (var role : policy.roles().keySet()) {
                if (subject.roles().contains(role)) continue;
                var rules = rules(policy, Set.of(role));
                if (refusals.stream().allMatch(r -> grants(rules, r))) roles.add(role);
            }
            return roles;
        }

        private boolean grants(SubjectRules rules, Evaluation.Refusal refusal) {
            var a = refusal.access();
            var missing =
                    a.columns().stream()
                            .filter(c -> refusal.columns().contains(c.column()))
                            .toList();
            var asked = new Access(a.action(), a.resource(), missing, a.via());
            return SubjectRules.allows(asked, rules.grants(a.action(), a.resource()));
        }
    }
}
