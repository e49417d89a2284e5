package dev.sallyport.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The names that a `when` may use, with their types. `docs/policy-language.md` explains them.
final class ConditionSchema {
    static final String SUBJECT_NAME = "subject.name";
    static final String SUBJECT_ROLES = "subject.roles";
    static final String SUBJECT_ATTRIBUTES = "subject.attributes";
    static final String SUBJECT_MFA_AGE = "subject.mfa_age";
    static final String SESSION_DATABASE = "session.database";
    static final String SESSION_ADDRESS = "session.client_address";
    static final String SESSION_APPLICATION = "session.application";
    static final String SESSION_PURPOSE = "session.purpose";
    static final String SESSION_TICKET = "session.ticket";
    static final String STATEMENT_KIND = "statement.kind";
    static final String STATEMENT_ACTIONS = "statement.actions";
    static final String STATEMENT_RELATIONS = "statement.relations";
    static final String STATEMENT_HAS_WHERE = "statement.has_where";
    static final String NOW = "now";

    private ConditionSchema() {}

    /// @param reuse how narrow a decision becomes that depends on it
    record Variable(CelType type, Reuse reuse) {}

    static final Map<String, Variable> VARIABLES = variables();

    static Variable variable(String name) {
        return Objects.requireNonNull(VARIABLES.get(name), name);
    }

    private static Map<String, Variable> variables() {
        var texts = ListType.create(SimpleType.STRING);
        var v = new TreeMap<String, Variable>();
        v.put(SUBJECT_NAME, new Variable(SimpleType.STRING, Reuse.PERSON));
        v.put(SUBJECT_ROLES, new Variable(texts, Reuse.STANDING));
        v.put(
                SUBJECT_ATTRIBUTES,
                new Variable(MapType.create(SimpleType.STRING, SimpleType.STRING), Reuse.STANDING));
        v.put(SUBJECT_MFA_AGE, new Variable(SimpleType.DURATION, Reuse.NEVER));
        v.put(SESSION_DATABASE, new Variable(SimpleType.STRING, Reuse.STANDING));
        v.put(SESSION_ADDRESS, new Variable(SimpleType.STRING, Reuse.SESSION));
        v.put(SESSION_APPLICATION, new Variable(SimpleType.STRING, Reuse.SESSION));
        v.put(SESSION_PURPOSE, new Variable(SimpleType.STRING, Reuse.STANDING));
        v.put(SESSION_TICKET, new Variable(SimpleType.STRING, Reuse.SESSION));
        v.put(STATEMENT_KIND, new Variable(SimpleType.STRING, Reuse.STANDING));
        v.put(STATEMENT_ACTIONS, new Variable(texts, Reuse.STANDING));
        v.put(STATEMENT_RELATIONS, new Variable(texts, Reuse.STANDING));
        v.put(STATEMENT_HAS_WHERE, new Variable(SimpleType.BOOL, Reuse.STANDING));
        v.put(NOW, new Variable(SimpleType.TIMESTAMP, Reuse.NEVER));
        return Collections.unmodifiableMap(v);
    }
}
