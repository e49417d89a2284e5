package dev.sallyport.policy;

import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one decision's conditions and row filters read, and a note of what they did read, since
/// that says how long the decision holds. Each condition is evaluated once. For one thread.
final class Facts {
    private final AccessRequest request;
    private final Map<Condition, Condition.Outcome> outcomes = new IdentityHashMap<>();
    private final Map<String, Object> values = new HashMap<>();
    private Reuse reuse = Reuse.STANDING;

    Facts(AccessRequest request) {
        this.request = request;
    }

    Reuse reuse() {
        return reuse;
    }

    Condition.Outcome evaluate(Condition condition) {
        var known = outcomes.get(condition);
        if (known != null) return known;
        reuse = reuse.narrower(condition.reuse());
        for (var name : condition.variables()) {
            if (values.containsKey(name)) continue;
            var value = value(name);
            if (value != null) values.put(name, value);
        }
        var outcome = condition.evaluate(values);
        outcomes.put(condition, outcome);
        return outcome;
    }

    /// Whether a rule that gives is in effect: only when its condition is true and its row filter
    /// can be bound.
    boolean holds(Rule.Grant grant) {
        return grant.when().map(this::evaluate).orElse(Condition.Outcome.TRUE)
                        == Condition.Outcome.TRUE
                && (grant.rows().isEmpty() || filter(grant).isPresent());
    }

    /// Whether a rule that takes away is in effect: unless its condition is false.
    boolean mayHold(Rule.Restriction rule) {
        return outcome(rule) != Condition.Outcome.FALSE;
    }

    Condition.Outcome outcome(Rule.Restriction rule) {
        return rule.when().map(this::evaluate).orElse(Condition.Outcome.TRUE);
    }

    /// Empty when the grant is for all rows, or for none since the subject lacks an attribute: see
    /// {@link #holds}.
    Optional<RowFilter> filter(Rule.Grant grant) {
        return grant.rows().flatMap(rows -> rows.bind(grant.id(), this));
    }

    /// Empty when the rule restricts no rows.
    Optional<RowFilter> filter(Rule.Force rule) {
        return rule.rows()
                .map(rows ->
                        rows.bind(rule.id(), this).orElseGet(() -> RowTemplate.nothing(rule.id())));
    }

    /// The same for a statement inside the statement, as PREPARE's.
    Facts within(Footprint inner) {
        return new Facts(
                new AccessRequest(
                        request.subject(), request.database(), inner, request.circumstances()));
    }

    /// What was read on behalf of another counts here, too.
    void add(Facts other) {
        reuse = reuse.narrower(other.reuse);
    }

    String subjectName() {
        reuse = reuse.narrower(Reuse.PERSON);
        return request.subject().name();
    }

    Optional<String> attribute(String name) {
        return Optional.ofNullable(request.subject().attributes().get(name));
    }

    /// By the names of {@link ConditionSchema}; null for what there is not, so that a condition
    /// that reads it can't be evaluated.
    private @Nullable Object value(String name) {
        var subject = request.subject();
        var footprint = request.footprint();
        return switch (name) {
            case ConditionSchema.SUBJECT_NAME -> subject.name();
            case ConditionSchema.SUBJECT_ROLES -> List.copyOf(new TreeSet<>(subject.roles()));
            case ConditionSchema.SUBJECT_ATTRIBUTES -> subject.attributes();
            case ConditionSchema.SUBJECT_MFA_AGE ->
                    request.circumstances()
                            .secondFactorAt()
                            .map(at -> Duration.between(at, request.circumstances().now()))
                            .orElse(null);
            case ConditionSchema.SESSION_DATABASE -> request.database();
            case ConditionSchema.SESSION_ADDRESS -> request.circumstances().clientAddress();
            case ConditionSchema.SESSION_APPLICATION -> request.circumstances().application();
            case ConditionSchema.SESSION_PURPOSE -> request.circumstances().purpose().word();
            case ConditionSchema.SESSION_TICKET -> request.circumstances().purpose().ticket();
            case ConditionSchema.STATEMENT_KIND -> footprint.kind().word();
            case ConditionSchema.STATEMENT_ACTIONS -> actions(footprint);
            case ConditionSchema.STATEMENT_RELATIONS -> relations(footprint);
            case ConditionSchema.STATEMENT_HAS_WHERE -> footprint.hasWhere();
            case ConditionSchema.NOW -> request.circumstances().now();
            default -> throw new IllegalArgumentException("no variable: " + name);
        };
    }

    private static List<String> actions(Footprint footprint) {
        var words = new TreeSet<String>();
        footprint.accesses().forEach(a -> words.add(a.action().word()));
        return List.copyOf(words);
    }

    private static List<String> relations(Footprint footprint) {
        var names = new TreeSet<String>();
        for (var a : footprint.accesses())
            if (a.resource() instanceof Resource.Relation r) names.add(r.schema() + "." + r.name());
        return List.copyOf(names);
    }
}
