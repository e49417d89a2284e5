package dev.sallyport.audit;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// The append-only log of one gateway: what it has acknowledged is on disk and stays in its place.
///
/// Any thread may append, event loops included: nothing here waits for the disk except {@link
/// #open} and {@link #close}.
public final class AuditLog implements AutoCloseable {

    private AuditLog() {}

    /// Opens the log in the folder `store`, made if it does not exist, and recovers it if it was
    /// not closed cleanly.
    ///
    /// @param origin the log's own name, one per gateway, as `gateway-1.clinic.example`: 1 to 128
    ///   printable ASCII characters without spaces; a store keeps the origin it was made with
    /// @throws AuditException another writer has it, recovery found damage that a crash does not
    ///   explain, or the files can't be read or made
    public static AuditLog open(Path store, String origin, AuditOptions options)
            throws AuditException {
        throw new UnsupportedOperationException("being built: " + store + origin + options);
    }

    /// Queues the event and returns its sequence number in the log, at once. It is durable when
    /// {@link #durableSequence()} has reached that number, and only then may anything be released
    /// because of it.
    ///
    /// @throws AuditException the event was not taken: the statement has to be refused
    public long append(AuditEvent event) throws AuditException {
        throw new UnsupportedOperationException("being built: " + event);
    }

    /// {@link #append} for callers outside the hot path: completes with the sequence number when
    /// the entry is durable, or with an {@link AuditException}. Completes on the writer thread.
    public CompletableFuture<Long> commit(AuditEvent event) {
        throw new UnsupportedOperationException("being built: " + event);
    }

    /// Everything up to and including this sequence number is on disk.
    public long durableSequence() {
        throw new UnsupportedOperationException("being built");
    }

    public void addListener(DurabilityListener listener) {
        throw new UnsupportedOperationException("being built: " + listener);
    }

    public void removeListener(DurabilityListener listener) {
        throw new UnsupportedOperationException("being built: " + listener);
    }

    /// Whether {@link #append} would now take an entry: for the health endpoint. Throws the reason
    /// if not.
    public void checkAccepting() throws AuditException {
        throw new UnsupportedOperationException("being built");
    }

    /// Bytes that wait to be written, for metrics.
    public long queuedBytes() {
        throw new UnsupportedOperationException("being built");
    }

    /// Writes and forces what is queued, then releases the store. Idempotent. Entries that could
    /// not be made durable were never acknowledged.
    @Override
    public void close() {
        throw new UnsupportedOperationException("being built");
    }
}
