package dev.sallyport.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.Set;

/// A rule's `when`: a compiled CEL expression. Pure and bounded: no I/O, no clock but the `now`
/// that it is given, comprehensions of a limited number of steps, regular expressions in linear
/// time. Immutable, free to share between threads.
final class Condition {
    enum Outcome {
        TRUE,
        FALSE,
        /// It could not be evaluated, as when it reads an attribute that the subject doesn't have:
        /// whoever asks takes the answer that permits less.
        ERROR
    }

    private final String text;
    private final Reuse reuse;
    private final Set<String> variables;
    private final CelRuntime.Program program;

    /// @param variables that it reads
    Condition(String text, Set<String> variables, CelRuntime.Program program) {
        this.text = text;
        this.variables = Set.copyOf(variables);
        var reuse = Reuse.STANDING;
        for (var name : variables) reuse = reuse.narrower(ConditionSchema.variable(name).reuse());
        this.reuse = reuse;
        this.program = program;
    }

    String text() {
        return text;
    }

    /// Of {@link ConditionSchema}, those that it reads.
    Set<String> variables() {
        return variables;
    }

    /// What reading them leaves of a decision's reuse.
    Reuse reuse() {
        return reuse;
    }

    /// @param values those of {@link #variables}, at least
    Outcome evaluate(Map<String, Object> values) {
        try {
            return switch (program.eval(values)) {
                case Boolean b -> b ? Outcome.TRUE : Outcome.FALSE;
                default -> Outcome.ERROR;
            };
        } catch (CelEvaluationException | RuntimeException | StackOverflowError _) {
            return Outcome.ERROR;
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
