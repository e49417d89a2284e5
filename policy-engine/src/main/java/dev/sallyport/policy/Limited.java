package dev.sallyport.policy;

import java.util.List;

/// A limit that counts for a statement, and the rule that sets it: counters go by its id.
///
/// @param narrowest the smallest grants that would give the same beside the rule, without their
///   limit; empty where no grant can: what a force rule limits
public record Limited(String ruleId, Limits limits, List<Narrowest> narrowest) {
    private static final int MAX_GRANTS = 3;

    public Limited {
        narrowest = List.copyOf(narrowest);
    }

    /// A grant as it stands in a policy file.
    ///
    /// @param keys `allow: [select], on: [public.patients], columns: [id]`
    public record Narrowest(String keys) {}

    /// What to ask for when the statement needs more than this of the rule.
    ///
    /// @param most what the rule gives: `10`, `300ms`
    public String remedy(Limits.Part part, String most) {
        var above = ", with N above " + most + ": ";
        var limit = "limit: " + limits.spelledWith(part);
        if (narrowest.isEmpty())
            return "no grant lifts it: ask the security team to change force rule "
                    + ruleId
                    + above
                    + limit;
        var grants =
                narrowest.stream().map(n -> "{" + n.keys + ", " + limit + "}").distinct().toList();
        return "ask the security team to add" + above + Wording.list(grants, MAX_GRANTS);
    }
}
