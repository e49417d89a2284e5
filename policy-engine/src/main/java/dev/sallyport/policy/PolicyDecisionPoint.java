package dev.sallyport.policy;

import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
        var apart = keptApart(subject);
        if (apart.isPresent()) return apart.get();
        return policies.database(database)
                .flatMap(policy -> stranger(subject, policy))
                .map(Decision.class::cast)
                .orElseGet(() ->
                        policies.database(database).isPresent()
                                ? new Decision.Permit(Obligations.NONE, List.of())
                                : noPolicy(database));
    }

    /// A decision, and for whom it may be taken again while these policies are in force.
    public record Ruling(Decision decision, Reuse reuse) {}

    public Decision decide(AccessRequest request) {
        return rule(request).decision();
    }

    public Ruling rule(AccessRequest request) {
        var facts = new Facts(request);
        try {
            var decision = decideOrThrow(request, facts);
            return new Ruling(decision, facts.reuse());
        } catch (RuntimeException | StackOverflowError e) {
            return new Ruling(
                    deny(
                            "the policy could not be evaluated ("
                                    + e.getClass().getSimpleName()
                                    + "), so the statement is refused",
                            "tell the people who run the gateway"),
                    Reuse.NEVER);
        }
    }

    private Decision decideOrThrow(AccessRequest request, Facts facts) {
        var subject = request.subject();
        var policy = policies.database(request.database()).orElse(null);
        if (policy == null) return noPolicy(request.database());
        var apart = keptApart(subject);
        if (apart.isPresent()) return apart.get();
        var stranger = stranger(subject, policy);
        if (stranger.isPresent()) return stranger.get();
        var gap = unaccounted(request.footprint());
        if (gap.isPresent()) return gap.get();
        var evaluation = Evaluation.of(request.footprint(), rules(policy, subject.roles()), facts);
        var explanation = new Explanation(policy, subject, roles -> rules(policy, roles), facts);
        if (!evaluation.refusals().isEmpty())
            return explanation.of(request.footprint(), evaluation.refusals());
        var copied = evaluation.copied();
        if (!copied.isEmpty()) return Explanation.copied(copied, evaluation::narrowest);
        return new Decision.Permit(evaluation.obligations(), evaluation.permittingIds());
    }

    /// The person's roles on the database, with what each is for.
    public SortedMap<String, String> roles(Subject subject, String database) {
        var roles = new TreeMap<String, String>();
        policies.database(database)
                .ifPresent(policy -> {
                    for (var role : policy.roles().values())
                        if (subject.roles().contains(role.name()))
                            roles.put(role.name(), role.purpose());
                });
        return roles;
    }

    /// What the person may do now, in words: relation by relation, then other objects as the rules
    /// name them.
    ///
    /// @param columns of each relation that there is, in their order
    /// @param kin of those that have some
    /// @param most relations of which something is said; one line says how many are left out
    public List<GrantLine> grants(
            Subject subject,
            String database,
            Circumstances circumstances,
            Map<Resource.Relation, List<String>> columns,
            Map<Resource.Relation, Kin> kin,
            int most) {
        var policy = policies.database(database).orElse(null);
        if (policy == null) return List.of();
        return new GrantLines(
                        policy,
                        rules(policy, subject.roles()),
                        footprint ->
                                new Facts(
                                        new AccessRequest(
                                                subject, database, footprint, circumstances)))
                .of(subject.roles(), columns, kin, most);
    }

    private static Decision.Deny noPolicy(String database) {
        return deny(
                "no policy is about database " + ResourcePattern.quoted(database),
                "ask the security team whether the name is right");
    }

    /// Somebody who has come to hold what nobody may hold together can do nothing at all: not even
    /// what each of the roles would permit.
    private Optional<Decision.Deny> keptApart(Subject subject) {
        return policies.conflict(subject.roles())
                .map(conflict ->
                        new Decision.Deny(
                                "you hold " + conflict.words(),
                                List.of(),
                                List.of(conflict.rule().id()),
                                "ask the security team to take one of them away"));
    }

    private static Optional<Decision.Deny> stranger(Subject subject, DatabasePolicy policy) {
        for (var name : subject.roles()) {
            var role = policy.roles().get(name);
            if (role != null && !role.isDuty()) return Optional.empty();
        }
        var giving =
                policy.roles().values().stream()
                        .filter(role -> !role.isDuty())
                        .map(DatabasePolicy.Role::name)
                        .toList();
        return Optional.of(
                deny(
                        "you have no role on database " + ResourcePattern.quoted(policy.database()),
                        "ask the security team for one of: " + Wording.list(giving, MAX_NAMED)));
    }

    /// A footprint that says that something is touched, but not what.
    private static Optional<Decision.Deny> unaccounted(Footprint footprint) {
        var silent =
                footprint.effects().stream()
                        .anyMatch(effect ->
                                switch (effect) {
                                    case DATA, OUTSIDE -> true;
                                    // DISCARD TEMP drops what the session itself made.
                                    case SCHEMA -> footprint.kind() != StatementKind.SET;
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
}
