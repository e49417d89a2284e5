package dev.sallyport.sql.access;

/// What executing the statement can change beyond returning rows. The gateway waits for the durable
/// intent record before it forwards a statement with any effect other than {@link #TRANSACTION}.
public enum Effect {
    /// Rows, sequences, large objects, or anything a called function may do.
    DATA,
    /// The catalog: relations, functions, privileges. Snapshots taken before are stale afterwards.
    SCHEMA,
    /// Session settings on which the meaning of later text depends (search_path, role, lexing mode,
    /// client_encoding).
    NAME_RESOLUTION,
    /// Other session state: other settings, prepared statements, cursors, LISTEN, advisory locks.
    SESSION,
    /// Transaction status: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ...
    TRANSACTION,
    /// The server, other sessions or the world outside.
    OUTSIDE
}
