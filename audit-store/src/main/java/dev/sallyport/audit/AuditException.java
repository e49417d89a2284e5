package dev.sallyport.audit;

/// Why the log took no entry, or could not be opened. Checked, since every caller has to refuse
/// something because of it. The message is for people and holds nothing of the event.
public final class AuditException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What kind of failure, so that callers can tell "try again" from "stop the gateway".
    public enum Reason {
        /// More entries wait to be written than the queue's limit in bytes. Passes by itself.
        QUEUE_FULL,
        /// The store's disk has less free space than the reserve. Passes when somebody makes space.
        DISK_NEARLY_FULL,
        /// A write or force failed: nothing is ever acknowledged again. The gateway has to stop.
        POISONED,
        CLOSED,
        /// The event cannot be expressed as an entry (an integer beyond 2^53).
        NOT_ENCODABLE,
        /// Another writer holds the store.
        LOCKED,
        /// The store was made for a log of another name.
        OTHER_ORIGIN,
        /// Recovery found something that a crash cannot have caused.
        DAMAGED,
        /// The key file is missing, or does not hold the key that signs this log.
        WRONG_KEY,
        /// The store's files could not be read or made.
        INPUT_OUTPUT
    }

    private final Reason reason;

    public AuditException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public AuditException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
