package dev.sallyport.gateway;

/// The one table from a reason to an SQLSTATE and a sentence.
public enum Refusal {
    POLICY("42501", "permission denied by policy"),
    SYNTAX("42601", "the statement could not be parsed, and what is not understood is not run"),
    UNKNOWN_OBJECT("42P01", "unknown object"),
    AMBIGUOUS("42702", "ambiguous name"),
    UNSUPPORTED("0A000", "the statement is not supported, and what is not understood is not run"),
    UNACCOUNTED("42501", "the statement could not be accounted for in full"),
    TOO_COMPLEX("54001", "the statement is too complex to be checked"),
    TOO_LONG("54000", "the statement is longer than the gateway's limit"),
    ENCODING("22021", "the statement is not valid text in the session's encoding"),
    STALE_CONTEXT("55000", "what names mean may have changed since the last answer of the server"),
    ABORTED_TRANSACTION(
            "25P02",
            "current transaction is aborted, commands ignored until end of transaction block"),
    UNKNOWN_PREPARED_STATEMENT("26000", "no such prepared statement"),
    UNKNOWN_CURSOR("34000", "no such cursor or portal"),
    TOO_MANY_PREPARED("54000", "the session holds too many prepared statements or cursors"),
    MULTIPLE_STATEMENTS("42601", "cannot insert multiple commands into a prepared statement"),
    FUNCTION_CALL("0A000", "function calls outside of statements are refused"),
    AUDIT_UNAVAILABLE("58030", "the audit log cannot record the statement"),
    CATALOG_UNAVAILABLE("57P03", "the catalog of the database could not be read yet"),
    INTERNAL("XX000", "the gateway failed to check the statement");

    private final String sqlState;
    private final String sentence;

    Refusal(String sqlState, String sentence) {
        this.sqlState = sqlState;
        this.sentence = sentence;
    }

    public String sqlState() {
        return sqlState;
    }

    public String sentence() {
        return sentence;
    }
}
