package dev.sallyport.policy;

import java.util.List;

/// The answer, with its reasons: permitted only when every access of the footprint is.
public sealed interface Decision {
    /// Ids of every rule that counted, in the order of the policy files, without duplicates.
    List<String> ruleIds();

    /// @param obligations without which the statement is not permitted
    record Permit(Obligations obligations, List<String> ruleIds) implements Decision {
        public Permit {
            ruleIds = List.copyOf(ruleIds);
        }
    }

    /// @param reason one sentence for the person denied, lower case, naming the object, as `column
    ///   public.patients.ssn is not granted for select`; free of literals
    /// @param objects every access that was refused, as `select public.patients (ssn)`
    /// @param ruleIds the deny rules that applied; empty when nothing granted it
    /// @param hint the way to get it, as `roles that have it: billing; ask the security team for
    ///   ...`
    /// @param recorded the reason as the log may have it in clear ({@link
    ///   dev.sallyport.sql.access.Discreet}): the person may have typed anything for a name
    record Deny(
            String reason, List<String> objects, List<String> ruleIds, String hint, String recorded)
            implements Decision {
        /// Where the reason names nothing that a client could have made up.
        public Deny(String reason, List<String> objects, List<String> ruleIds, String hint) {
            this(reason, objects, ruleIds, hint, reason);
        }

        public Deny {
            objects = List.copyOf(objects);
            ruleIds = List.copyOf(ruleIds);
        }
    }
}
