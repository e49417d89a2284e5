package dev.sallyport.mysql.session;

/// What kind of answer a command has (MySQL internals manual, Command Phase).
enum Expected {
    /// OK, EOF or ERR.
    OK,
    /// A line of text, or ERR.
    TEXT,
    /// Results, each OK, ERR or column definitions and rows.
    RESULTS,
    /// COM_STMT_PREPARE_OK with its definitions, or ERR.
    PREPARED,
    /// Rows without definitions before them.
    ROWS,
    /// Column definitions until EOF.
    DEFINITIONS
}
