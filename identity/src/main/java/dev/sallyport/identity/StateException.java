package dev.sallyport.identity;

/// The store can't be reached or read, or the audit log doesn't take the record: nothing was
/// changed, unless the message says that this isn't known. The message is for people.
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message);
    }

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
