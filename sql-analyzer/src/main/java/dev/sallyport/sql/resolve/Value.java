package dev.sallyport.sql.resolve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an expression stands for: where its value comes from, and what is known of its type.
///
/// @param type the type's oid, or {@link Types#ANY} where it isn't known
/// @param fields the fields of a row, where they are known apart; null otherwise
record Value(Flow flow, long type, @Nullable List<Field> fields) {
    static final Value CONSTANT = new Value(Flow.NONE, Types.ANY, null);

    /// A named part of a row; also a column of a FROM item or of a query's result.
    record Field(String name, Value value) {
        Flow flow() {
            return value.flow();
        }
    }

    static Value of(Flow flow, long type) {
        return new Value(flow, type, null);
    }

    @Nullable Field field(String name) {
        if (fields == null) return null;
        for (Field field : fields) if (field.name().equals(name)) return field;
        return null;
    }
}
