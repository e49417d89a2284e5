package dev.sallyport.audit;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.sealed.Recipient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The append-only log of one gateway: what it has acknowledged is on disk and stays in its place.
///
/// Any thread may append, event loops included: nothing here waits for the disk except {@link
/// #open}, {@link #close} and {@link #force}. Whoever writes takes whatever is queued as a batch,
/// writes it, forces it once and then tells everyone; while it is at that, the next batch fills by
/// itself. That is a thread of the log's own, or on a fast disk an event loop (ADR 14).
///
/// A write or force that fails poisons the log: who waits is told, nothing is ever acknowledged
/// again, and the gateway has to stop. What is on disk is then for recovery to find out.
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final int SCRATCH_BYTES = 4 * 1024;
    private static final int MAX_SCRATCH_BYTES = 256 * 1024;
    private static final ThreadLocal<JsonWriter> SCRATCH =
            ThreadLocal.withInitial(() -> new JsonWriter(SCRATCH_BYTES));
    private static final ThreadLocal<JsonWriter> PART_SCRATCH =
            ThreadLocal.withInitial(() -> new JsonWriter(SCRATCH_BYTES));

    /// Disk space, the epoch and the heartbeat are looked at this often.
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// The head is at most this far behind while batch follows batch.
    private static final long HEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// An event loop waits itself for a disk that is faster than this: its other sessions stand
    /// still no longer.
    static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// So that a second never passes without a checkpoint while entries come.
    private static final long SEAL_MILLIS = 900;

    private final JournalStorage storage;
    private final AuditOptions options;
    private final Closeable lock;
    private final Journal journal;
    private final PendingEntries pending;
    private final List<DurabilityListener> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable Thread writer;
    private final @Nullable Sealer sealer;
    private final PartSealer parts;
    private final @Nullable Thread sealing;
    private final CountDownLatch endSealing = new CountDownLatch(1);

    private volatile long durableSequence;
    private volatile @Nullable AuditException poison;
    private volatile boolean released;
    private volatile @Nullable String sealProblem;

    /// Held by whoever writes: from taking a batch until its waiters are told.
    private final ReentrantLock writing = new ReentrantLock();

    /// How long a batch has taken lately.
    private volatile long usualNanos;

    // Guarded by `writing`.
    private long nextRoundNanos;
    private long lastWriteNanos = System.nanoTime();
    private long lastHeadNanos;
    private volatile boolean headIsBehind;
    private boolean diskNearlyFull;

    /// Opens the log in the folder `store`, made if it does not exist, and recovers it if it was
    /// not closed cleanly.
    ///
    /// @param origin the log's own name, one per gateway, as `gateway-1.clinic.example`: 1 to 128
    ///   printable ASCII characters without spaces and quotes; a store keeps the origin it was made
    ///   with
    /// @throws AuditException another writer has it, recovery found damage that a crash does not
    ///   explain, or the files can't be read or made
    public static AuditLog open(Path store, String origin, AuditOptions options)
            throws AuditException {
        return open(store, origin, options, null, List.of());
    }

    /// {@link #open(Path, String, AuditOptions)}, and builds the Merkle tree over the durable
    /// entries and signs its heads: every second while entries come, off the writer's path.
    ///
    /// @param keyFile the log's private keys, newest first; made when neither it nor a checkpoint
    ///   exists
    /// @throws AuditException also when the tree contradicts the entries or the key is not the
    ///   log's
    public static AuditLog openSealed(Path store, String origin, AuditOptions options, Path keyFile)
            throws AuditException {
        return open(store, origin, options, keyFile, List.of());
    }

    /// {@link #openSealed(Path, String, AuditOptions, Path)}, which also keeps what is {@link
    /// Confidential}, sealed to these auditors. Without any it keeps nothing of that.
    public static AuditLog openSealed(
            Path store,
            String origin,
            AuditOptions options,
            Path keyFile,
            List<Recipient> recipients)
            throws AuditException {
        return open(store, origin, options, keyFile, recipients);
    }

    private static AuditLog open(
            Path store,
            String origin,
            AuditOptions options,
            @Nullable Path keyFile,
            List<Recipient> recipients)
            throws AuditException {
        try {
            return new AuditLog(
                    new DiskStorage(store),
                    origin,
                    options,
                    InstantSource.system(),
                    task -> new JournalThread("audit-spare", task).start(),
                    true,
                    keyFile == null ? null : new Sealer(store, origin, keyFile),
                    new PartSealer(origin, recipients));
        } catch (IOException e) {
            throw notOpened(store.toString(), e);
        }
    }

    /// @param ownThread false for a test that calls {@link #step} itself
    AuditLog(
            JournalStorage storage,
            String origin,
            AuditOptions options,
            InstantSource clock,
            Executor preparer,
            boolean ownThread)
            throws AuditException {
        this(
                storage,
                origin,
                options,
                clock,
                preparer,
                ownThread,
                null,
                new PartSealer(origin, List.of()));
    }

    AuditLog(
            JournalStorage storage,
            String origin,
            AuditOptions options,
            InstantSource clock,
            Executor preparer,
            boolean ownThread,
            @Nullable Sealer sealer,
            PartSealer parts)
            throws AuditException {
        if (!Entry.isOrigin(origin))
            throw new IllegalArgumentException(
                    "a log's origin is 1 to 128 printable ASCII characters without blanks, quotes"
                            + " and backslashes, got: "
                            + origin);
        this.storage = storage;
        this.options = options;
        this.sealer = sealer;
        this.parts = parts;
        Closeable held = null;
        Journal opened = null;
        boolean done = false;
        try {
            held = storage.lock();
            storage.deleteIfExists(Journal.SPARE_NAME);
            Optional<Recovery.LogEnd> end = Recovery.read(storage, origin);
            opened =
                    end.isPresent()
                            ? reopen(storage, origin, options, clock, preparer, parts, end.get())
                            : create(storage, origin, options, clock, preparer, parts);
            lock = held;
            journal = opened;
            durableSequence = opened.lastSequence();
            pending = new PendingEntries(options.queueBytes(), opened.lastSequence() + 1);
            if (end.isPresent()) writeRecovery(end.get());
            if (sealer != null) startSealing(sealer);
            if (parts.seals()) {
                parts.announce(this::append);
                drain();
            }
            round();
            done = true;
        } catch (IOException e) {
            throw notOpened("", e);
        } finally {
            if (!done) {
                if (sealer != null) sealer.forget();
                if (opened != null) opened.release();
                closeQuietly(held);
            }
        }
        sealing = sealer == null ? null : new JournalThread("audit-sealer", () -> seal(sealer));
        if (sealing != null) sealing.start();
        writer = ownThread ? new JournalThread("audit-writer", this::run) : null;
        if (writer != null) writer.start();
    }

    private static AuditException notOpened(String store, IOException e) {
        return new AuditException(
                AuditException.Reason.INPUT_OUTPUT,
                "the audit store " + store + " could not be opened: " + e,
                e);
    }

    private static Journal create(
            JournalStorage storage,
            String origin,
            AuditOptions options,
            InstantSource clock,
            Executor preparer,
            PartSealer parts)
            throws IOException, AuditException {
        byte[] nothing = new byte[Leaf.HASH_BYTES];
        long epoch = 1;
        JournalFile head;
        if (storage.names().contains(Head.FILE_NAME)) {
            // A first opening that did not get as far as the first segment.
            epoch = Recovery.readHead(storage).epoch() + 1;
            head = storage.open(Head.FILE_NAME);
            takeEpoch(head, new Head(epoch, 0, nothing, false));
        } else {
            // Gets its name only when its content is on the disk.
            head = storage.create(Journal.SPARE_NAME, Head.FILE_BYTES);
            takeEpoch(head, new Head(epoch, 0, nothing, false));
            storage.rename(Journal.SPARE_NAME, Head.FILE_NAME);
            storage.forceNames();
        }
        JournalFile file = storage.create(Journal.SPARE_NAME, options.segmentBytes());
        Journal.begin(storage, file, new Segment(1, nothing, origin));
        return new Journal(
                storage,
                origin,
                epoch,
                options.segmentBytes(),
                clock,
                preparer,
                parts,
                head,
                file,
                Segment.HEADER_BYTES,
                0,
                nothing,
                "");
    }

    private static Journal reopen(
            JournalStorage storage,
            String origin,
            AuditOptions options,
            InstantSource clock,
            Executor preparer,
            PartSealer parts,
            Recovery.LogEnd end)
            throws IOException {
        JournalFile file = storage.open(end.segment());
        if (end.droppedBytes() > 0) {
            file.write(ByteBuffer.allocate(Math.toIntExact(end.droppedBytes())), end.offset());
            file.force();
        }
        JournalFile head = storage.open(Head.FILE_NAME);
        long epoch = end.epoch() + 1;
        takeEpoch(head, new Head(epoch, end.sequence(), end.leafHash(), false));
        return new Journal(
                storage,
                origin,
                epoch,
                options.segmentBytes(),
                clock,
                preparer,
                parts,
                head,
                file,
                end.offset(),
                end.sequence(),
                end.leafHash(),
                end.time());
    }

    private static void takeEpoch(JournalFile head, Head opened) throws IOException {
        head.write(ByteBuffer.wrap(opened.slot()), Head.FIRST_SLOT);
        head.force();
    }

    private void writeRecovery(Recovery.LogEnd end) throws IOException, AuditException {
        if (!end.closedCleanly())
            append(
                    new AuditEvent.Recovered(
                            end.segment(), end.offset(), end.droppedBytes(), end.sequence()));
        for (Recovery.OpenIntent intent : end.openIntents()) {
            if (pending.queuedBytes() > options.queueBytes() / 2) drain();
            append(
                    new AuditEvent.StatementOutcome(
                            intent.session(), intent.statement(), "unknown", "", "", -1, 0, 0));
        }
        drain();
        if (!end.closedCleanly())
            LOG.warn(
                    "audit log was not closed cleanly: recovered at sequence {}, {} torn bytes"
                            + " dropped, {} statements with unknown outcome",
                    end.sequence(),
                    end.droppedBytes(),
                    end.openIntents().size());
    }

    /// INVARIANT: a new key has signed a checkpoint before anything but recovery follows its entry.
    private void startSealing(Sealer sealer) throws IOException, AuditException {
        Optional<AuditEvent> key = sealer.start(durableSequence);
        if (key.isPresent()) {
            append(key.get());
            drain();
        }
        sealer.seal(durableSequence);
    }

    /// Until the log closes. A failure is told, and tried again: what is durable stays so.
    private void seal(Sealer sealer) {
        try {
            while (!endSealing.await(SEAL_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    sealer.seal(durableSequence);
                    if (parts.isDue()) parts.announce(this::append);
                    if (sealProblem != null) LOG.info("the audit log is being sealed again");
                    sealProblem = null;
                } catch (IOException | AuditException | RuntimeException e) {
                    String problem =
                            "the audit log cannot be sealed beyond sequence "
                                    + sealer.sealed()
                                    + ": "
                                    + e;
                    if (!problem.equals(sealProblem)) LOG.error(problem, e);
                    sealProblem = problem;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("journal threads cannot be interrupted", e);
        }
    }

    /// Why the newest checkpoint is not as new as it should be, for the health endpoint; empty when
    /// it is. Entries become durable all the same.
    public Optional<String> sealProblem() {
        return Optional.ofNullable(sealProblem);
    }

    /// How many entries a signed checkpoint covers, for metrics.
    public long sealedSequence() {
        return sealer == null ? 0 : sealer.sealed();
    }

    private void drain() throws IOException {
        PendingEntries.Batch batch = pending.take();
        if (batch != null) write(batch);
    }

    /// Queues the event and returns its sequence number in the log, at once. It is durable when
    /// {@link #durableSequence()} has reached that number, and only then may anything be released
    /// because of it. Who waits for the intent or the outcome of a statement says so to {@link
    /// #want}: until then it may wait some milliseconds for others, to be forced together with
    /// them.
    ///
    /// @throws AuditException the event was not taken: the statement has to be refused
    public long append(AuditEvent event) throws AuditException {
        return append(event, null, null);
    }

    /// {@link #append(AuditEvent)}, with what only auditors may read of it.
    ///
    /// @throws AuditException also when that can't be encoded
    public long append(AuditEvent event, Confidential part) throws AuditException {
        return append(event, part, null);
    }

    /// Whether what is {@link Confidential} is kept; if not, none need be made.
    public boolean sealsParts() {
        return parts.seals();
    }

    /// Somebody waits for this entry: it is forced as soon as the disk is free.
    public void want(long sequence) {
        if (sequence > durableSequence) pending.want(sequence);
    }

    /// {@link #want}, and does it at once on this thread when that costs less than handing it over:
    /// the disk has been fast lately, and nobody else writes. Everything that is queued goes with
    /// it. Waits at most for one batch, some hundred microseconds as long as the disk stays fast.
    /// Nobody may interrupt the thread meanwhile: that closes the file under it, which poisons the
    /// log.
    public void force(long sequence) {
        if (sequence <= durableSequence) return;
        if (usualNanos > FAST_NANOS
                || Thread.currentThread().isInterrupted()
                || !writing.tryLock()) {
            pending.want(sequence);
            return;
        }
        try {
            PendingEntries.Batch batch = poison == null ? pending.take() : null;
            if (batch != null) writeOrPoison(batch);
        } finally {
            writing.unlock();
        }
    }

    /// {@link #append} for callers outside the hot path: completes with the sequence number when
    /// the entry is durable, or with an {@link AuditException}. Completes on the thread that wrote
    /// it.
    public CompletableFuture<Long> commit(AuditEvent event) {
        return commit(event, null);
    }

    /// {@link #commit(AuditEvent)}, with what only auditors may read of it.
    public CompletableFuture<Long> commit(AuditEvent event, @Nullable Confidential part) {
        CompletableFuture<Long> durable = new CompletableFuture<>();
        try {
            append(event, part, durable);
        } catch (AuditException e) {
            durable.completeExceptionally(e);
        }
        return durable;
    }

    private long append(
            AuditEvent event, @Nullable Confidential part, @Nullable CompletableFuture<Long> waiter)
            throws AuditException {
        JsonWriter json = SCRATCH.get();
        try {
            return pending.add(
                    EventEncoder.type(event),
                    json,
                    encode(event, part, json),
                    endsWork(event),
                    canLinger(event),
                    waiter);
        } finally {
            if (json.bytes().length > MAX_SCRATCH_BYTES) SCRATCH.remove();
        }
    }

    /// An intent waits for its outcome, and an outcome for those of the same round of an event
    /// loop.
    private static boolean canLinger(AuditEvent event) {
        return event instanceof AuditEvent.StatementIntent
                || event instanceof AuditEvent.StatementOutcome;
    }

    private PendingEntries.Room encode(
            AuditEvent event, @Nullable Confidential part, JsonWriter json) throws AuditException {
        if (part == null || !parts.seals() || part.isEmpty()) {
            EventEncoder.encode(event, json);
            return PendingEntries.Room.NONE;
        }
        JsonWriter plain = PART_SCRATCH.get();
        try {
            part.encode(plain);
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    AuditException.Reason.NOT_ENCODABLE,
                    "what is to be sealed cannot be written: " + e.getMessage(),
                    e);
        }
        int at = EventEncoder.encode(event, plain, json);
        return new PendingEntries.Room(at, plain.length());
    }

    /// Work that was let in may still be finished, and written down, when new work is refused
    /// already.
    private static boolean endsWork(AuditEvent event) {
        return switch (event) {
            case AuditEvent.StatementOutcome _,
                    AuditEvent.ResultCounted _,
                    AuditEvent.SessionEnded _,
                    AuditEvent.StateChangeFailed _,
                    AuditEvent.GatewayStopped _ ->
                    true;
            case AuditEvent.StatementIntent _,
                    AuditEvent.LoginFailed _,
                    AuditEvent.LoginSucceeded _,
                    AuditEvent.SessionStarted _,
                    AuditEvent.PurposeDeclared _,
                    AuditEvent.CancelRequested _,
                    AuditEvent.PolicyLoaded _,
                    AuditEvent.PolicyProposed _,
                    AuditEvent.PolicyApproved _,
                    AuditEvent.PolicyRejected _,
                    AuditEvent.GatewayStarted _,
                    AuditEvent.AccountChanged _,
                    AuditEvent.StateChangeRefused _,
                    AuditEvent.LogRead _,
                    AuditEvent.Recovered _,
                    AuditEvent.LogKey _,
                    AuditEvent.SealKey _,
                    AuditEvent.HoldAdded _,
                    AuditEvent.HoldReleased _,
                    AuditEvent.LogPruned _,
                    AuditEvent.Heartbeat _ ->
                    false;
        };
    }

    /// Everything up to and including this sequence number is on disk.
    public long durableSequence() {
        return durableSequence;
    }

    /// A log poisoned already tells the listener at once, on the caller's thread.
    public void addListener(DurabilityListener listener) {
        listeners.add(listener);
        AuditException cause = poison;
        if (cause != null && listeners.remove(listener)) listener.poisoned(cause);
    }

    public void removeListener(DurabilityListener listener) {
        listeners.remove(listener);
    }

    /// Whether {@link #append} would now take an entry: for the health endpoint. Throws the reason
    /// if not.
    public void checkAccepting() throws AuditException {
        pending.check(false, 0);
    }

    /// Bytes that wait to be written, for metrics.
    public long queuedBytes() {
        return pending.queuedBytes();
    }

    /// Writes and forces what is queued, then releases the store. Idempotent. Entries that could
    /// not be made durable were never acknowledged.
    @Override
    public void close() {
        if (Thread.currentThread() == writer)
            throw new IllegalStateException("the writer thread cannot wait for itself");
        pending.close();
        if (writer == null) run();
        else join(writer);
        synchronized (this) {
            if (released) return;
            released = true;
        }
        endSealing();
        journal.release();
        closeQuietly(lock);
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void run() {
        try {
            while (poison == null && !pending.isDrained()) step(ROUND_NANOS);
        } catch (Throwable e) {
            poison(e);
        }
        writing.lock();
        try {
            if (poison == null && !released && sealLast()) journal.closeCleanly();
        } catch (Throwable e) {
            poison(e);
        } finally {
            writing.unlock();
        }
    }

    /// A log that is closed cleanly is sealed to its end; one that can't be is left as after a
    /// crash.
    private boolean sealLast() {
        endSealing();
        if (sealer == null) return true;
        try {
            sealer.sealLast(durableSequence);
            return true;
        } catch (IOException | AuditException e) {
            LOG.error("the audit log is not closed cleanly: it cannot be sealed", e);
            return false;
        } finally {
            sealer.forget();
        }
    }

    private void endSealing() {
        endSealing.countDown();
        if (sealing != null) join(sealing);
    }

    /// One batch, if there is one within `waitNanos`, and what is due.
    void step(long waitNanos) {
        pending.await(Math.min(waitNanos, headIsBehind ? HEAD_NANOS : ROUND_NANOS));
        writing.lock();
        try {
            PendingEntries.Batch batch = pending.take();
            if (batch != null) writeOrPoison(batch);
            if (poison != null) return;
            if (headIsBehind) writeHeadIfDue();
            if (System.nanoTime() - nextRoundNanos >= 0) round();
        } catch (Throwable e) {
            poison(e);
        } finally {
            writing.unlock();
        }
    }

    private void writeOrPoison(PendingEntries.Batch batch) {
        try {
            write(batch);
            if (System.nanoTime() - lastHeadNanos >= HEAD_NANOS) writeHead();
        } catch (Throwable e) {
            // INVARIANT: after any failure nothing is acknowledged: durableSequence stays.
            poison(e);
            fail(batch.waiters);
        }
    }

    /// After the waiters were told, and not after each batch: nobody waits for the head.
    private void writeHeadIfDue() throws IOException {
        if (pending.isWanted() && System.nanoTime() - lastHeadNanos < HEAD_NANOS) return;
        writeHead();
    }

    private void writeHead() throws IOException {
        journal.writeHead();
        headIsBehind = false;
        lastHeadNanos = System.nanoTime();
    }

    private void write(PendingEntries.Batch batch) throws IOException {
        long begin = System.nanoTime();
        journal.write(batch);
        durableSequence = journal.lastSequence();
        headIsBehind = true;
        lastWriteNanos = System.nanoTime();
        usualNanos = usualNanos + (lastWriteNanos - begin - usualNanos) / 8;
        for (PendingEntries.Waiter waiter : batch.waiters)
            waiter.future().complete(waiter.sequence());
        pending.giveBack(batch);
        for (DurabilityListener listener : listeners) {
            try {
                listener.durable(durableSequence);
            } catch (RuntimeException e) {
                // Its own sessions wait for ever; everyone else must not.
                LOG.error("a durability listener failed", e);
            }
        }
    }

    private void round() throws IOException {
        nextRoundNanos = System.nanoTime() + ROUND_NANOS;
        checkSpace();
        if (!journal.isStillOurs())
            throw new IOException("another writer has opened this store: its epoch is not ours");
        long idleNanos = System.nanoTime() - lastWriteNanos;
        if (options.heartbeat().isPositive() && idleNanos >= options.heartbeat().toNanos()) {
            lastWriteNanos = System.nanoTime();
            try {
                append(new AuditEvent.Heartbeat(TimeUnit.NANOSECONDS.toSeconds(idleNanos)));
            } catch (AuditException e) {
                LOG.warn("no heartbeat: {}", e.getMessage());
            }
        }
    }

    private void checkSpace() {
        long usable;
        try {
            usable = storage.usableBytes();
        } catch (IOException e) {
            LOG.error("the audit store's free disk space cannot be read", e);
            usable = 0;
        }
        boolean nearlyFull = usable < options.reserveBytes();
        if (nearlyFull == diskNearlyFull && !nearlyFull) return;
        AuditException why =
                nearlyFull
                        ? new AuditException(
                                AuditException.Reason.DISK_NEARLY_FULL,
                                "the audit store's disk is nearly full: "
                                        + usable
                                        + " bytes are free, the reserve is "
                                        + options.reserveBytes())
                        : null;
        pending.refuseNewWork(why);
        pending.refuseAll(usable < options.reserveBytes() / 2 ? why : null);
        if (nearlyFull != diskNearlyFull) {
            if (why != null) LOG.error("{}; new work is refused", why.getMessage());
            else LOG.info("the audit store's disk has space again");
        }
        diskNearlyFull = nearlyFull;
    }

    private void poison(Throwable e) {
        writing.lock();
        try {
            if (poison == null) tellPoisoned(e);
        } finally {
            writing.unlock();
        }
    }

    private void tellPoisoned(Throwable e) {
        AuditException cause =
                new AuditException(
                        AuditException.Reason.POISONED,
                        "the audit log failed and acknowledges nothing any more: " + e,
                        e);
        poison = cause;
        LOG.error("audit log poisoned at durable sequence {}", durableSequence, e);
        pending.refuseAll(cause);
        fail(pending.abandon());
        for (DurabilityListener listener : listeners) {
            // Removing first: whoever is added meanwhile is told by addListener, nobody twice.
            if (!listeners.remove(listener)) continue;
            try {
                listener.poisoned(cause);
            } catch (RuntimeException failure) {
                LOG.error("a durability listener failed", failure);
            }
        }
    }

    private void fail(List<PendingEntries.Waiter> waiters) {
        AuditException cause = poison;
        if (cause == null) return;
        for (PendingEntries.Waiter waiter : waiters) waiter.future().completeExceptionally(cause);
    }

    private static void closeQuietly(@Nullable Closeable held) {
        try {
            if (held != null) held.close();
        } catch (IOException e) {
            LOG.warn("the audit store's lock could not be released", e);
        }
    }

    /// Interrupting a thread closes the channel it writes to, for good; so these can't be.
    private static final class JournalThread extends Thread {
        JournalThread(String name, Runnable task) {
            super(task, name);
            setDaemon(true);
        }

        @Override
        public void interrupt() {
            // INVARIANT: a FileChannel of the journal is never closed by
            // ClosedByInterruptException.
        }
    }
}
