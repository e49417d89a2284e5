package dev.sallyport.gateway;

/// A limit that a statement has come to.
///
/// @param limit in words: `1000 rows of one statement`
/// @param reason for the person, one sentence without a capital
/// @param hint what to do
public record LimitExceeded(String ruleId, String limit, String reason, String hint) {
    /// PostgreSQL's `configuration_limit_exceeded`.
    public static final String SQL_STATE = "53400";

    /// For the audit log.
    String words() {
        return "rule " + ruleId + ": " + limit;
    }

    /// As the client sees it.
    ///
    /// @param session its id
    public Denial denial(String session, AuditedStatement statement) {
        return new Denial(
                SQL_STATE,
                "sallyport: " + reason,
                "By rule: "
                        + ruleId
                        + ". Audit record: session "
                        + session
                        + ", statement "
                        + statement.number()
                        + ".",
                hint);
    }
}
