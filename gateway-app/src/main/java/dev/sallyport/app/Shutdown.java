package dev.sallyport.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/// Everything that was started, to be stopped once and in reverse order: at the end, on Ctrl-C, on
/// SIGTERM, or when something fatal happens. A second Ctrl-C or SIGTERM ends the process at once.
///
/// Any thread. Stopping happens on one thread, and whoever asks again waits for it.
public final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final int INTERRUPTED = 130;

    private final Deque<Part> started = new ArrayDeque<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile int exitCode;

    private record Part(String name, AutoCloseable closer) {}

    /// From now on signals stop the process in an orderly way.
    public void handleSignals() {
        for (var name : new String[] {"INT", "TERM", "HUP"}) {
            Signal.handle(new Signal(name), _ -> signalled());
        }
    }

    private void signalled() {
        if (begun.get()) Runtime.getRuntime().halt(INTERRUPTED);
        // A thread of its own, as the next signal has to be heard meanwhile.
        Thread.ofPlatform()
                .name("shutdown")
                .start(() -> {
                    stop(0);
                    System.exit(exitCode);
                });
    }

    /// To be stopped before everything added earlier. When stopping has begun already: at once.
    public void add(String name, AutoCloseable closer) {
        synchronized (started) {
            if (!begun.get()) {
                started.push(new Part(name, closer));
                return;
            }
        }
        close(new Part(name, closer));
    }

    public boolean hasBegun() {
        return begun.get();
    }

    /// Stops everything and returns when it is done. What fails is logged and the rest goes on.
    public void stop(int code) {
        synchronized (started) {
            if (begun.compareAndSet(false, true)) exitCode = code;
            else code = -1;
        }
        if (code == -1) {
            await();
            return;
        }
        for (var part = next(); part != null; part = next()) close(part);
        done.countDown();
    }

    /// Blocks until everything has stopped, and returns the code to exit with.
    public int await() {
        while (true) {
            try {
                done.await();
                return exitCode;
            } catch (InterruptedException _) {
                // Nothing else ends this wait: whoever stops us also ends the process.
            }
        }
    }

    private @org.jspecify.annotations.Nullable Part next() {
        synchronized (started) {
            return started.poll();
        }
    }

    private static void close(Part part) {
        try {
            part.closer.close();
        } catch (Exception e) {
            LOG.error("{} did not stop cleanly", part.name, e);
        }
    }
}
