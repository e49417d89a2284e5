package dev.sallyport.mysql.packet;

/// The flags that end an answer (MySQL internals manual, Status Flags).
public final class ServerStatus {
    public static final int IN_TRANSACTION = 1;
    public static final int AUTOCOMMIT = 1 << 1;
    public static final int MORE_RESULTS_EXIST = 1 << 3;
    public static final int CURSOR_EXISTS = 1 << 6;
    public static final int LAST_ROW_SENT = 1 << 7;
    public static final int NO_BACKSLASH_ESCAPES = 1 << 9;
    public static final int IN_TRANSACTION_READONLY = 1 << 13;
    public static final int SESSION_STATE_CHANGED = 1 << 14;

    private ServerStatus() {}

    public static boolean has(int status, int flag) {
        return (status & flag) != 0;
    }
}
