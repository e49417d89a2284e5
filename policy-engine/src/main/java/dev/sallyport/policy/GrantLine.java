package dev.sallyport.policy;

/// One line of what a person may do, in words; see {@link PolicyDecisionPoint#grants}.
///
/// @param object a relation, or another object as a policy's `on` names it
/// @param actions `select, update`
/// @param columns `id, city`; `*` for all; empty where there are none
/// @param shown the mask, or as it is
/// @param rows which, as the rule has it; empty for all
/// @param limit empty for none
/// @param rules ids
public record GrantLine(
        String object,
        String actions,
        String columns,
        String shown,
        String rows,
        String limit,
        String rules) {}
