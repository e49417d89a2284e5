package dev.sallyport.gateway;

import dev.sallyport.audit.Confidential.Parameter;
import java.util.List;

/// What a Bind gives to the parameters of its statement.
///
/// @param count of the parameters
/// @param values all of them in order, as far as they were kept: {@link Parameter.Passed} for the
///   rest; empty when nobody asked for them ({@link QueryGuard#wantsValues})
public record BoundValues(int count, List<Parameter> values) {
    public BoundValues {
        values = List.copyOf(values);
        if (!values.isEmpty() && values.size() != count)
            throw new IllegalArgumentException(
                    "values of " + values.size() + " parameters, there are " + count);
    }

    public static BoundValues unread(int count) {
        return new BoundValues(count, List.of());
    }

    @Override
    public String toString() {
        return "BoundValues[" + count + "]";
    }
}
