package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.Severity;
import dev.sallyport.gateway.alert.AlertStore.Cursor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits for one receiver, in order, and the thread that tells it. A receiver that is away is
/// tried again ever less often until it is back.
final class Delivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final long FIRST_RETRY_MILLIS = 200;
    private static final long LAST_RETRY_MILLIS = 30_000;

    /// The log is read no further while so many wait: it has them, memory need not.
    static final int MOST_WAITING = 10_000;

    private final String name;
    private final Severity minimum;
    private final AlertReceiver receiver;
    private final AlertStore store;
    private final Thread thread;

    // Guarded by this.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private Cursor told;
    private boolean closed;
    private @Nullable String problem;

    /// @param fromLog found in the log again after a crash; else what only the process saw
    record Waiting(Alert alert, Cursor at, boolean fromLog) {}

    Delivery(String name, Severity minimum, AlertReceiver receiver, AlertStore store, Cursor told) {
        this.name = name;
        this.minimum = minimum;
        this.receiver = receiver;
        this.store = store;
        this.told = told;
        this.thread = Thread.ofPlatform().daemon().name("alerts-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    /// Nothing happens with what the receiver has, or doesn't want.
    synchronized void add(Waiting alert) {
        if (alert.alert().severity().compareTo(minimum) < 0) return;
        if (alert.fromLog() && alert.at().compareTo(told) <= 0) return;
        waiting.addLast(alert);
        notifyAll();
    }

    synchronized boolean isFull() {
        return waiting.size() >= MOST_WAITING;
    }

    synchronized List<Waiting> waiting() {
        return List.copyOf(waiting);
    }

    /// What somebody should look at.
    synchronized Optional<String> warning() {
        if (problem == null) return Optional.empty();
        return Optional.of(
                "alerts: "
                        + waiting.size()
                        + (waiting.size() == 1 ? " waits" : " wait")
                        + " for the receiver "
                        + name
                        + ": "
                        + problem);
    }

    /// Waits until nothing waits, or the time is over.
    synchronized void await(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        while (!waiting.isEmpty() && System.nanoTime() < end) wait(20);
    }

    private void run() {
        long retryMillis = FIRST_RETRY_MILLIS;
        try {
            while (true) {
                var next = next();
                if (next == null) return;
                if (tell(next)) {
                    retryMillis = FIRST_RETRY_MILLIS;
                } else {
                    if (!pause(retryMillis)) return;
                    retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Waiting next() throws InterruptedException {
        while (!closed && waiting.isEmpty()) wait();
        return closed ? null : waiting.getFirst();
    }

    private synchronized boolean pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000)
            wait(left);
        return !closed;
    }

    private boolean tell(Waiting next) {
        try {
            receiver.send(next.alert());
            if (next.fromLog()) store.writeCursor(name, next.at());
        } catch (IOException | RuntimeException e) {
            synchronized (this) {
                if (closed) return false;
                var now = e instanceof IOException ? "" + e.getMessage() : e.toString();
                if (!now.equals(problem)) LOG.warn("alerts wait for {}: {}", name, now);
                problem = now;
            }
            return false;
        }
        synchronized (this) {
            var _ = waiting.removeFirst();
            if (next.fromLog()) told = next.at();
            if (problem != null) LOG.info("alerts go on to {}", name);
            problem = null;
            notifyAll();
        }
        return true;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        receiver.close();
        thread.interrupt();
        try {
            thread.join(1_000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
