package dev.sallyport.audit;

import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.sealed.PartKeys;
import dev.sallyport.audit.sealed.PartOpener;
import dev.sallyport.audit.sealed.Recipient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Seals parts of entries to the auditors, as the journal is written, where each entry has its
/// sequence number; by whoever writes it. What can't be sealed is not written: the log is then
/// poisoned.
///
/// A new secret is made elsewhere ({@link #announce}) and put in the queue; the writer turns to it
/// when it comes to the entry that announces it.
class PartSealer {
    /// A new secret after this long, or so many steps.
    private static final long SECRET_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int SECRET_STEPS = 1 << 16;

    private static final byte[] SEAL_KEY = Leaf.ascii(PartOpener.SEAL_KEY);

    private final String origin;
    private final List<Recipient> recipients;
    private final Queue<PartKeys> announced = new ConcurrentLinkedQueue<>();
    private volatile int steps;

    // Of whoever announces; under the lock.
    private @Nullable PartKeys newest;
    private long announcedNanos;

    // The writer's own.
    private @Nullable PartKeys keys;
    private boolean stepTaken;

    PartSealer(String origin, List<Recipient> recipients) {
        this.origin = origin;
        this.recipients = List.copyOf(recipients);
    }

    /// Whether anybody is there to seal to; if not, nothing that would have to be sealed is kept.
    boolean seals() {
        return !recipients.isEmpty();
    }

    boolean isDue() {
        return seals()
                && (steps > SECRET_STEPS || System.nanoTime() - announcedNanos > SECRET_NANOS);
    }

    /// Takes the event into the log's queue.
    interface Appender {
        void append(AuditEvent event) throws AuditException;
    }

    /// INVARIANT: secrets stand in the queue in the order of their entries.
    synchronized void announce(Appender log) throws AuditException {
        PartKeys.Announced made;
        try {
            made = PartKeys.make(origin, recipients);
        } catch (GeneralSecurityException e) {
            throw new AuditException(
                    AuditException.Reason.WRONG_KEY,
                    "the audit log's parts cannot be sealed to the auditors: " + e,
                    e);
        }
        announced.add(made.keys());
        boolean taken = false;
        try {
            log.append(new AuditEvent.SealKey(made.id(), made.wrapped()));
            taken = true;
        } finally {
            if (!taken) announced.remove(made.keys());
        }
        announcedNanos = System.nanoTime();
        newest = made.keys();
        steps = 0;
    }

    boolean announces(byte[] bytes, int type, int typeLength) {
        return Arrays.equals(bytes, type, type + typeLength, SEAL_KEY, 0, SEAL_KEY.length);
    }

    /// The writer has come to a `seal-key`.
    void begin() throws IOException {
        keys = announced.poll();
        if (keys == null) throw new IOException("a seal-key without a secret");
        stepTaken = false;
    }

    void beginBatch() {
        stepTaken = false;
    }

    /// Replaces what fills the room by what it becomes sealed.
    void seal(byte[] bytes, int room, int filled, long sequence) throws IOException {
        PartKeys now = keys;
        if (now == null) throw new IOException("a part to be sealed, and no key");
        try {
            if (!stepTaken) {
                now.next();
                stepTaken = true;
                steps = now.step();
            }
            byte[] sealed = new byte[PartKeys.sealedBytes(filled)];
            now.seal(bytes, room, filled, sequence, sealed);
            byte[] text = Base64.getEncoder().encode(sealed);
            System.arraycopy(text, 0, bytes, room, text.length);
        } catch (GeneralSecurityException e) {
            throw new IOException("a part cannot be sealed: " + e, e);
        }
    }
}
