package dev.sallyport.audit;

import dev.sallyport.audit.format.JsonWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The queue between the threads that append and the one that writes: encoded events in one byte
/// array, which is taken as a whole while the next one fills. The order in it is the order of the
/// log, so an entry's sequence number is known as soon as it is added.
///
/// An entry may be added that nobody waits for yet, as the intent of a read: it then goes with the
/// next one that somebody waits for, usually its own outcome, so that one force serves both. Nobody
/// has to come for it: after {@link #LINGER_NANOS} it goes by itself.
final class PendingEntries {
    private static final int FIRST_BYTES = 256 * 1024;

    /// Longest time for which an entry that nobody waits for is kept from the disk.
    static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final int limitBytes;

    // All guarded by the lock.
    private Batch filling = new Batch();
    private Batch spare = new Batch();
    private int takenBytes;
    private long nextSequence;

    /// Of what is filling; the next one while that is empty.
    private long firstSequence;

    /// Somebody waits for something that is filling.
    private boolean wanted;

    private WriterState writer = WriterState.BUSY;
    private boolean closed;

    /// Why nothing at all is taken; set once and never cleared when the log is poisoned or closed.
    private @Nullable AuditException refusal;

    /// Why only what ends work begun is taken.
    private @Nullable AuditException newWorkRefusal;

    PendingEntries(int limitBytes, long nextSequence) {
        this.limitBytes = limitBytes;
        this.nextSequence = nextSequence;
        this.firstSequence = nextSequence;
    }

    private enum WriterState {
        BUSY,
        WAITS_FOR_WANTED,
        WAITS_FOR_ANY
    }

    /// Events in the order of the log: length (u32), where in the event the room of a sealed part
    /// begins (u32, 0 for none), how much of it is filled (u32), length of the type (u8), type,
    /// event.
    static final class Batch {
        static final int HEADER_BYTES = 13;

        byte[] bytes = new byte[FIRST_BYTES];
        int length;
        final List<Waiter> waiters = new ArrayList<>();

        private void add(byte[] type, JsonWriter event, Room room) {
            int count = event.length();
            int needed = length + HEADER_BYTES + type.length + count;
            if (needed > bytes.length)
                bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
            put(count);
            put(room.at);
            put(room.filled);
            bytes[length++] = (byte) type.length;
            System.arraycopy(type, 0, bytes, length, type.length);
            length += type.length;
            System.arraycopy(event.bytes(), 0, bytes, length, count);
            length += count;
        }

        private void put(int number) {
            bytes[length++] = (byte) (number >> 24);
            bytes[length++] = (byte) (number >> 16);
            bytes[length++] = (byte) (number >> 8);
            bytes[length++] = (byte) number;
        }
    }

    /// Where in an event the room for its sealed part begins, and how many bytes are to be sealed.
    record Room(int at, int filled) {
        static final Room NONE = new Room(0, 0);
    }

    record Waiter(long sequence, CompletableFuture<Long> future) {}

    /// @param endsWork the event ends something that was let in before: refused later than new work
    /// @param canLinger nobody waits for it yet; who does later says so to {@link #want}
    long add(
            byte[] type,
            JsonWriter event,
            Room room,
            boolean endsWork,
            boolean canLinger,
            @Nullable CompletableFuture<Long> waiter)
            throws AuditException {
        lock.lock();
        try {
            check(endsWork, Batch.HEADER_BYTES + type.length + event.length());
            filling.add(type, event, room);
            long sequence = nextSequence++;
            if (waiter != null) filling.waiters.add(new Waiter(sequence, waiter));
            if (!canLinger || waiter != null) wanted = true;
            wakeWriter();
            return sequence;
        } finally {
            lock.unlock();
        }
    }

    /// Somebody waits for this entry now.
    void want(long sequence) {
        lock.lock();
        try {
            if (sequence < firstSequence || sequence >= nextSequence) return;
            wanted = true;
            wakeWriter();
        } finally {
            lock.unlock();
        }
    }

    private void wakeWriter() {
        boolean wake =
                switch (writer) {
                    case BUSY -> false;
                    case WAITS_FOR_WANTED -> wanted;
                    case WAITS_FOR_ANY -> true;
                };
        if (!wake) return;
        writer = WriterState.BUSY;
        filled.signal();
    }

    /// @throws AuditException what {@link #add} of `bytes` would throw
    void check(boolean endsWork, int bytes) throws AuditException {
        lock.lock();
        try {
            if (refusal != null) throw again(refusal);
            if (newWorkRefusal != null && !endsWork) throw again(newWorkRefusal);
            int limit = endsWork ? limitBytes + limitBytes / 8 : limitBytes;
            if (takenBytes + filling.length + bytes > limit)
                throw new AuditException(
                        AuditException.Reason.QUEUE_FULL,
                        "the audit queue is full: "
                                + (takenBytes + filling.length)
                                + " of "
                                + limit
                                + " bytes wait for the disk");
        } finally {
            lock.unlock();
        }
    }

    /// Returns when there is something that somebody waits for or that has lingered, also when
    /// somebody else has taken it meanwhile; after `waitNanos` without any; at once when closed.
    /// The writer thread's own: nobody else waits here.
    void await(long waitNanos) {
        lock.lock();
        try {
            long linger = Math.min(waitNanos, LINGER_NANOS);
            awaitWanted(linger);
            if (filling.length == 0 && !closed && waitNanos > linger) {
                writer = WriterState.WAITS_FOR_ANY;
                long _ = awaitNanos(waitNanos - linger);
                // Woken for the first entry after a pause: it may linger like any other.
                if (filling.length > 0) awaitWanted(LINGER_NANOS);
            }
            writer = WriterState.BUSY;
        } finally {
            lock.unlock();
        }
    }

    /// What was added since the last take; null if there is nothing. The batch before has to be
    /// given back first.
    @Nullable Batch take() {
        lock.lock();
        try {
            if (filling.length == 0) return null;
            Batch batch = filling;
            filling = spare;
            firstSequence = nextSequence;
            wanted = false;
            takenBytes = batch.length;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWanted(long nanos) {
        for (long left = nanos; !wanted && !closed && left > 0; ) {
            writer = WriterState.WAITS_FOR_WANTED;
            left = awaitNanos(left);
        }
    }

    private long awaitNanos(long nanos) {
        try {
            return filled.awaitNanos(nanos);
        } catch (InterruptedException _) {
            // The writer thread ignores interrupts; in a test that drains by itself, go on.
            return 0;
        }
    }

    void giveBack(Batch batch) {
        batch.length = 0;
        batch.waiters.clear();
        if (batch.bytes.length > 16 * FIRST_BYTES) batch.bytes = new byte[FIRST_BYTES];
        lock.lock();
        try {
            spare = batch;
            takenBytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /// Null lets new work in again.
    void refuseNewWork(@Nullable AuditException why) {
        lock.lock();
        try {
            newWorkRefusal = why;
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing any more, for good unless `why` is null; a first lasting reason stays.
    void refuseAll(@Nullable AuditException why) {
        lock.lock();
        try {
            if (refusal == null || refusal.reason() == AuditException.Reason.DISK_NEARLY_FULL)
                refusal = why;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            refuseAll(new AuditException(AuditException.Reason.CLOSED, "the audit log is closed"));
        } finally {
            lock.unlock();
        }
    }

    /// Somebody waits for something that is to be written next.
    boolean isWanted() {
        lock.lock();
        try {
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    boolean isDrained() {
        lock.lock();
        try {
            return closed && filling.length == 0;
        } finally {
            lock.unlock();
        }
    }

    /// Removes what nobody will write, so that its waiters can be told.
    List<Waiter> abandon() {
        lock.lock();
        try {
            List<Waiter> waiters = List.copyOf(filling.waiters);
            filling = new Batch();
            firstSequence = nextSequence;
            wanted = false;
            return waiters;
        } finally {
            lock.unlock();
        }
    }

    long queuedBytes() {
        lock.lock();
        try {
            return takenBytes + (long) filling.length;
        } finally {
            lock.unlock();
        }
    }

    /// A fresh exception with the stack of who is refused.
    private static AuditException again(AuditException why) {
        return new AuditException(why.reason(), String.valueOf(why.getMessage()), why);
    }
}
