package dev.sallyport.policy;

import dev.sallyport.sql.condition.SqlCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A rule's `rows` before the subject is known.
record RowTemplate(String text, SqlCondition condition) {
    /// Which rows nobody has: what stands where a force rule's filter can't be bound.
    static RowFilter nothing(String ruleId) {
        return new RowFilter(ruleId, List.of(new RowFilter.Sql("false")));
    }

    /// Empty when the subject lacks an attribute that it names.
    Optional<RowFilter> bind(String ruleId, Facts facts) {
        var parts = new ArrayList<RowFilter.Part>();
        for (var part : condition.parts())
            switch (part) {
                case SqlCondition.Text(var sql) -> parts.add(new RowFilter.Sql(sql));
                case SqlCondition.SubjectFact(var attribute) -> {
                    if (attribute.isEmpty()) {
                        parts.add(
                                new RowFilter.Literal(
                                        facts.subjectName(), ConditionSchema.SUBJECT_NAME));
                        break;
                    }
                    var value = facts.attribute(attribute);
                    if (value.isEmpty()) return Optional.empty();
                    parts.add(
                            new RowFilter.Literal(
                                    value.get(),
                                    ConditionSchema.SUBJECT_ATTRIBUTES + "." + attribute));
                }
            }
        return Optional.of(new RowFilter(ruleId, parts));
    }
}
