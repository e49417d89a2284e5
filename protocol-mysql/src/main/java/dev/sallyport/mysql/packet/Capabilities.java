package dev.sallyport.mysql.packet;

/// The capability flags of a connection (MySQL internals manual, Capabilities Flags), and which of
/// them the gateway takes part in.
public final class Capabilities {
    public static final long LONG_PASSWORD = 1;
    public static final long FOUND_ROWS = 1 << 1;
    public static final long LONG_FLAG = 1 << 2;
    public static final long CONNECT_WITH_DB = 1 << 3;
    public static final long COMPRESS = 1 << 5;
    public static final long ODBC = 1 << 6;
    public static final long IGNORE_SPACE = 1 << 8;
    public static final long PROTOCOL_41 = 1 << 9;
    public static final long INTERACTIVE = 1 << 10;
    public static final long SSL = 1 << 11;
    public static final long TRANSACTIONS = 1 << 13;
    public static final long SECURE_CONNECTION = 1 << 15;
    public static final long MULTI_STATEMENTS = 1 << 16;
    public static final long MULTI_RESULTS = 1 << 17;
    public static final long PS_MULTI_RESULTS = 1 << 18;
    public static final long PLUGIN_AUTH = 1 << 19;
    public static final long CONNECT_ATTRS = 1 << 20;
    public static final long PLUGIN_AUTH_LENENC_CLIENT_DATA = 1 << 21;
    public static final long SESSION_TRACK = 1 << 23;
    public static final long DEPRECATE_EOF = 1 << 24;
    public static final long ZSTD_COMPRESSION_ALGORITHM = 1 << 26;
    public static final long QUERY_ATTRIBUTES = 1 << 27;

    /// Without these there is no session: what the gateway reads depends on them.
    public static final long NEEDED = PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH;

    /// What both sides must agree on, since it changes what packets look like: offered to clients
    /// where the upstream has it.
    ///
    /// Never offered: LOCAL_FILES (a server could ask the client for any file),
    /// OPTIONAL_RESULTSET_METADATA (an answer without its column definitions), MULTI_FACTOR,
    /// CAN_HANDLE_EXPIRED_PASSWORDS, REMEMBER_OPTIONS, and MariaDB's own, for which LONG_PASSWORD
    /// is the sign that there are none.
    public static final long RELAYED =
            FOUND_ROWS
                    | LONG_FLAG
                    | ODBC
                    | IGNORE_SPACE
                    | INTERACTIVE
                    | TRANSACTIONS
                    | MULTI_STATEMENTS
                    | MULTI_RESULTS
                    | PS_MULTI_RESULTS
                    | SESSION_TRACK
                    | DEPRECATE_EOF
                    | QUERY_ATTRIBUTES;

    /// What the gateway itself offers, whatever the upstream has.
    public static final long OWN =
            LONG_PASSWORD
                    | PROTOCOL_41
                    | SECURE_CONNECTION
                    | PLUGIN_AUTH
                    | CONNECT_WITH_DB
                    | CONNECT_ATTRS
                    | PLUGIN_AUTH_LENENC_CLIENT_DATA;

    private Capabilities() {}

    public static boolean has(long flags, long flag) {
        return (flags & flag) == flag;
    }
}
