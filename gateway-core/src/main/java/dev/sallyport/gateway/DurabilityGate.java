package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditException.Reason;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One event loop's view of the audit log: is a ticket durable yet? The log hears once per round of
/// the loop what is waited for, and wakes it once per fsync batch: neither happens once per
/// statement. All public methods are called on the loop.
public final class DurabilityGate {
    private static final long NOBODY = Long.MAX_VALUE;

    /// Bounds how long an answer waits for company: a round takes some ten microseconds.
    private static final int MORE_ROUNDS = 2;

    private final AuditLog log;
    private final Executor loop;
    private final BiConsumer<Executor, Runnable> nextRound;
    private final GatewayMetrics metrics;
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
    private long arrivals;

    /// The highest ticket wanted in this round of the loop; 0 while there is none.
    private long wanted;

    /// The lowest ticket that somebody waits for; written by the loop, read by whoever writes.
    private volatile long lowestAwaited = NOBODY;

    private volatile @Nullable AuditException poison;

    private record Waiter(
            long ticket,
            long arrival,
            long sinceNanos,
            Runnable onLoop,
            Consumer<AuditException> onFailure)
            implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            int byTicket = Long.compare(ticket, other.ticket);
            return byTicket != 0 ? byTicket : Long.compare(arrival, other.arrival);
        }
    }

    /// @param nextRound as in {@link DurabilityGates}
    DurabilityGate(
            AuditLog log,
            Executor loop,
            BiConsumer<Executor, Runnable> nextRound,
            GatewayMetrics metrics) {
        this.log = log;
        this.loop = loop;
        this.nextRound = nextRound;
        this.metrics = metrics;
        try {
            log.checkAccepting();
        } catch (AuditException e) {
            if (e.reason() == Reason.POISONED || e.reason() == Reason.CLOSED) poison = e;
        }
    }

    /// A plain read; true for ticket 0.
    public boolean isDurable(long ticket) {
        return log.durableSequence() >= ticket;
    }

    /// Runs one of the two on the loop, later (never inside this call). Waiters are woken in the
    /// order of their tickets, among equal ones in the order in which they came.
    ///
    /// @param onFailure the log will never acknowledge the ticket: nothing may be released
    public void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure) {
        if (ticket == DecisionLog.NEVER) {
            run(() -> onFailure.accept(notTaken()));
            return;
        }
        waiters.add(new Waiter(ticket, arrivals++, System.nanoTime(), onLoop, onFailure));
        publishLowest();
        want(ticket);
        // It may have become durable, or the log poisoned, before the writer could see who waits.
        if (isDurable(ticket) || poison != null) run(this::wake);
    }

    /// Somebody is going to wait for the ticket. The log is told when the loop has gone through all
    /// that it was woken for, and looks once or twice more at what has come meanwhile: what other
    /// sessions add until then shares a force with it, and their queries are on their way to the
    /// server while this loop waits for the disk.
    public void want(long ticket) {
        if (isDurable(ticket) || ticket == DecisionLog.NEVER) return;
        boolean first = wanted == 0;
        if (ticket > wanted) wanted = ticket;
        if (first) later(() -> tellLog(ticket, MORE_ROUNDS));
    }

    private void tellLog(long seen, int moreRounds) {
        long highest = wanted;
        if (highest > seen && moreRounds > 0) {
            later(() -> tellLog(highest, moreRounds - 1));
            return;
        }
        wanted = 0;
        log.force(highest);
    }

    /// On whatever thread has written.
    void durable(long sequence) {
        if (lowestAwaited <= sequence) run(this::wake);
    }

    /// On whatever thread has written.
    void poisoned(AuditException cause) {
        poison = cause;
        run(() -> fail(cause));
    }

    private void wake() {
        long durable = log.durableSequence();
        for (var first = waiters.peek();
                first != null && first.ticket <= durable;
                first = waiters.peek()) {
            waiters.remove();
            metrics.heldForAudit(System.nanoTime() - first.sinceNanos);
            first.onLoop.run();
        }
        publishLowest();
        var cause = poison;
        if (cause != null) fail(cause);
    }

    private void fail(AuditException cause) {
        // What became durable before the failure is good.
        long durable = log.durableSequence();
        for (var first = waiters.poll(); first != null; first = waiters.poll()) {
            if (first.ticket <= durable) first.onLoop.run();
            else first.onFailure.accept(cause);
        }
        publishLowest();
    }

    private void publishLowest() {
        var first = waiters.peek();
        lowestAwaited = first == null ? NOBODY : first.ticket;
    }

    private static AuditException notTaken() {
        return new AuditException(Reason.POISONED, "the audit log did not take the record");
    }

    private void later(Runnable task) {
        try {
            nextRound.accept(loop, task);
        } catch (RejectedExecutionException _) {
            // As below.
        }
    }

    private void run(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException _) {
            // The loop has ended, and with it every session that could wait.
        }
    }
}
