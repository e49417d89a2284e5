package dev.sallyport.sql.access;

/// The kind of a statement, for audit and for rules that speak of kinds.
public enum StatementKind {
    SELECT,
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    TRUNCATE,
    COPY_IN,
    COPY_OUT,
    EXPLAIN,
    CALL,
    DDL,
    ADMIN,
    SET,
    SHOW,
    TRANSACTION,
    PREPARE,
    EXECUTE,
    DEALLOCATE,
    DECLARE_CURSOR,
    FETCH,
    CLOSE_CURSOR,
    LISTEN,
    LOCK,
    /// Nothing but blanks, comments or `;`.
    EMPTY;

    /// The command word as auditors and policy authors know it, as `COPY IN`.
    public String word() {
        return name().replace('_', ' ');
    }
}
