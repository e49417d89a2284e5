package dev.sallyport.sql.access;

import java.util.Locale;

/// What a statement does to a resource. The policy language's action words are these names in lower
/// case with `-`.
public enum Action {
    SELECT,
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE,
    /// Calls a function or procedure.
    EXECUTE,
    /// Creates, alters or drops an object, or changes privileges or comments on it.
    DDL,
    /// Client data into a relation (COPY ... FROM STDIN); always beside an {@link #INSERT} of the
    /// same relation.
    COPY_IN,
    /// Bulk rows to the client (COPY ... TO STDOUT); always beside a {@link #SELECT} of the same
    /// relation.
    COPY_OUT,
    /// Reaches beyond the database's rows: server files, programs, other sessions, roles, server
    /// settings.
    ADMIN,
    /// Changes or reads the state of the session itself: SET, SHOW, LISTEN, LOCK, transaction
    /// control.
    SESSION;

    /// The word used for this action in policy files and audit entries, as `copy-in`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
