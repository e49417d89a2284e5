package dev.sallyport.mysql.packet;

/// The peer sent bytes that are no packet, or not one that may come now: say so if possible, then
/// close.
///
/// The message is for people and holds no content of the offending bytes. It has no stack trace: a
/// peer can cause any number of these.
public final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String message;

    public ProtocolViolation(String message) {
        super(message, null, false, false);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
