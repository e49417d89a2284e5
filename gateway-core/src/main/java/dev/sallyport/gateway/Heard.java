package dev.sallyport.gateway;

import dev.sallyport.audit.Confidential;
import dev.sallyport.audit.Confidential.Parameter;
import dev.sallyport.sql.SqlText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the message at hand said, for the part of its records that only auditors may read. The
/// first record of the message has all of it, the others say which that is. Belongs to its
/// session's event loop.
final class Heard {
    static final Heard NOTHING = new Heard(null, List.of(), new int[0], 0);

    private final @Nullable SqlText sql;
    private final List<Parameter> values;
    private final int[] types;

    /// Number of the statement whose record has it; 0 as long as none does.
    private long recordedBy;

    /// Whom this plan is about with the values of its Bind, once that was worked out.
    private @Nullable Plan plan;

    private SubjectIndex.Subjects subjects = SubjectIndex.Subjects.NONE;

    private Heard(@Nullable SqlText sql, List<Parameter> values, int[] types, long recordedBy) {
        this.sql = sql;
        this.values = values;
        this.types = types;
        this.recordedBy = recordedBy;
    }

    static Heard text(SqlText sql) {
        return new Heard(sql, List.of(), new int[0], 0);
    }

    /// @param types of the parameters by oid, as declared when it was parsed; 0, or fewer, where
    ///   none were
    static Heard bind(SqlText sql, List<Parameter> values, int[] types) {
        return new Heard(sql, values, types, 0);
    }

    /// Of a portal that is executed again.
    static Heard boundBy(HeldPortal portal) {
        var heard = new Heard(null, List.of(), new int[0], portal.boundNumber);
        heard.about(portal.plan, portal.subjects);
        return heard;
    }

    void about(Plan concerned, SubjectIndex.Subjects named) {
        // Shared, and about nothing.
        if (this == NOTHING) return;
        plan = concerned;
        subjects = named;
    }

    /// Null where it has to be worked out.
    SubjectIndex.@Nullable Subjects subjects(Plan concerned) {
        return plan == concerned ? subjects : null;
    }

    /// Empty where they weren't kept.
    List<Parameter> values() {
        return values;
    }

    int[] types() {
        return types;
    }

    /// The part of the record of statement `number`.
    ///
    /// @param reason in full, where the record's own leaves names out; may be empty
    Confidential part(long number, String reason) {
        var messages = reason.isEmpty() ? List.<String>of() : List.of(reason);
        if (recordedBy != 0) return new Confidential("", List.of(), messages, Map.of(), recordedBy);
        if (sql == null && values.isEmpty())
            return new Confidential("", List.of(), messages, Map.of(), 0);
        recordedBy = number;
        return new Confidential(sql == null ? "" : sql.text(), values, messages, Map.of(), 0);
    }

    @Override
    public String toString() {
        return "Heard[" + sql + "]";
    }
}
