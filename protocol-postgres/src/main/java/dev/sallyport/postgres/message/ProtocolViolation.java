package dev.sallyport.postgres.message;

/// The peer sent bytes that are no message, or not one that may come now: say so if possible, then
/// close.
///
/// The message is for people and holds no content of the offending bytes. It has no stack trace: a
/// peer can cause any number of these.
public final class ProtocolViolation extends RuntimeException {
    /// protocol_violation
    public static final String SQL_STATE = "08P01";

    /// character_not_in_repertoire
    public static final String INVALID_ENCODING = "22021";

    private static final long serialVersionUID = 1L;

    private final String message;
    private final String sqlState;

    public ProtocolViolation(String message) {
        this(SQL_STATE, message);
    }

    public ProtocolViolation(String sqlState, String message) {
        super(message, null, false, false);
        this.message = message;
        this.sqlState = sqlState;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /// {@link #SQL_STATE}, or {@link #INVALID_ENCODING} when the frame was whole but its text is
    /// not valid: the stream is then still in step.
    public String sqlState() {
        return sqlState;
    }
}
