package dev.sallyport.sql.access;

import java.util.List;
import java.util.Set;

/// Everything one statement can touch: the input of the policy decision.
///
/// Complete or absent: an analysis that cannot account for a part of the statement yields no
/// footprint at all.
///
/// @param accesses each (action, resource, via) at most once, columns merged
/// @param outputs the result's columns, those of COPY ... TO included; empty for statements that
///   return no rows
/// @param hasWhere false only for an UPDATE or DELETE without a condition
public record Footprint(
        StatementKind kind,
        List<Access> accesses,
        List<OutputColumn> outputs,
        Set<Effect> effects,
        List<SessionChange> sessionChanges,
        boolean hasWhere) {
    public Footprint {
        accesses = List.copyOf(accesses);
        outputs = List.copyOf(outputs);
        effects = Set.copyOf(effects);
        sessionChanges = List.copyOf(sessionChanges);
    }
}
