package dev.sallyport.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// How many durable entries a second, and how long one takes, with producers that each wait for
/// their entry before they append the next, as sessions do. Arguments: folder, producers, seconds.
///
/// Producers are virtual threads: a session is not a thread in the gateway either.
final class AuditLogBenchmark {
    private AuditLogBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path store = Path.of(arguments[0]);
        int producers = Integer.parseInt(arguments[1]);
        long seconds = Long.parseLong(arguments[2]);
        Files.createDirectories(store);
        for (int round = 0; round < 3; round++)
            run(store.resolve("round-" + System.nanoTime()), producers, seconds);
    }

    private static void run(Path store, int producers, long seconds) throws Exception {
        AuditLog log = AuditLog.open(store, "bench", AuditOptions.DEFAULTS);
        Waiters waiters = new Waiters(producers);
        log.addListener(waiters);
        int[] latencies = new int[32 * 1024 * 1024];
        AtomicLong count = new AtomicLong();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        CountDownLatch done = new CountDownLatch(producers);
        for (int p = 0; p < producers; p++) {
            int number = p;
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            String session = "s" + number;
                            for (long n = 1; System.nanoTime() < end; n++) {
                                long before = System.nanoTime();
                                long sequence = log.append(Events.intent(session, n));
                                waiters.await(number, sequence, log);
                                int index = (int) count.getAndIncrement();
                                latencies[index % latencies.length] =
                                        (int) (System.nanoTime() - before);
                            }
                        } catch (AuditException e) {
                            throw new IllegalStateException(e);
                        } finally {
                            done.countDown();
                        }
                    });
        }
        done.await();
        long bytes = log.durableSequence();
        log.close();
        int total = (int) count.get();
        int[] sorted = Arrays.copyOf(latencies, Math.min(total, latencies.length));
        Arrays.sort(sorted);
        System.out.printf(
                "%d producers: %,d durable entries/s, p50 %d us, p99 %d us, max %d us (%d"
                        + " entries)%n",
                producers,
                total / seconds,
                sorted[sorted.length / 2] / 1000,
                sorted[sorted.length * 99 / 100] / 1000,
                sorted[sorted.length - 1] / 1000,
                bytes);
    }

    /// Wakes whoever waits for what became durable, once per batch.
    private static final class Waiters implements DurabilityListener {
        private final Thread[] threads;
        private final AtomicLong[] wanted;

        Waiters(int count) {
            threads = new Thread[count];
            wanted = new AtomicLong[count];
            for (int i = 0; i < count; i++) wanted[i] = new AtomicLong(Long.MAX_VALUE);
        }

        void await(int number, long sequence, AuditLog log) {
            threads[number] = Thread.currentThread();
            wanted[number].set(sequence);
            while (log.durableSequence() < sequence) LockSupport.park(this);
            wanted[number].set(Long.MAX_VALUE);
        }

        @Override
        public void durable(long sequence) {
            for (int i = 0; i < threads.length; i++)
                if (wanted[i].get() <= sequence) LockSupport.unpark(threads[i]);
        }

        @Override
        public void poisoned(AuditException cause) {
            throw new IllegalStateException(cause);
        }
    }
}
