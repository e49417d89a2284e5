package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PendingEntriesTest {
    private static final byte[] TYPE = "test".getBytes(StandardCharsets.US_ASCII);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final PendingEntries pending = new PendingEntries(1024 * 1024, 1);

    @Test
    void whatNobodyWaitsForGoesByItselfButNotAtOnce() throws Exception {
        for (int i = 1; i <= 5; i++) {
            long begun = System.nanoTime();
            add(true);
            assertThat(entriesTaken()).isEqualTo(1);
            assertThat(System.nanoTime() - begun).isBetween(PendingEntries.LINGER_NANOS, LONG / 2);
        }
    }

    @Test
    void theFirstEntryAfterAPauseLingersToo() throws Exception {
        long longest = 0;
        for (int i = 1; i <= 10; i++) {
            long[] added = new long[1];
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    // The writer takes anything by then.
                                    Thread.sleep(20);
                                    added[0] = System.nanoTime();
                                    add(true);
                                } catch (AuditException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(entriesTaken()).isEqualTo(1);
            long taken = System.nanoTime();
            other.join();
            longest = Math.max(longest, taken - added[0]);
        }
        // Not each time: on a busy machine the entry may come before the writer has paused.
        assertThat(longest).isBetween(PendingEntries.LINGER_NANOS, LONG / 2);
    }

    @Test
    void whatSomebodyWaitsForTakesTheRestAlong() throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int i = 1; i <= 20; i++) {
            add(true);
            long begun = System.nanoTime();
            add(false);
            assertThat(entriesTaken()).isEqualTo(2);
            fastest = Math.min(fastest, System.nanoTime() - begun);
        }
        assertThat(fastest).isLessThan(PendingEntries.LINGER_NANOS);
    }

    @Test
    void waitingMayBeginLater() throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int i = 1; i <= 20; i++) {
            long sequence = add(true);
            long begun = System.nanoTime();
            pending.want(sequence);
            assertThat(entriesTaken()).isEqualTo(1);
            fastest = Math.min(fastest, System.nanoTime() - begun);
        }
        assertThat(fastest).isLessThan(PendingEntries.LINGER_NANOS);
    }

    @Test
    void theWriterIsWokenForWhatIsWanted() throws Exception {
        for (int i = 1; i <= 20; i++) {
            // Sometimes while it still lingers, sometimes when it takes anything.
            int millis = i % 10;
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    Thread.sleep(millis);
                                    pending.want(add(true));
                                } catch (AuditException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            long begun = System.nanoTime();
            assertThat(entriesTaken()).isEqualTo(1);
            assertThat(System.nanoTime() - begun).isLessThan(LONG / 2);
            other.join();
        }
    }

    @Test
    void wantingWhatWasTakenOrIsYetToComeWakesNobody() throws Exception {
        long taken = add(false);
        assertThat(entriesTaken()).isEqualTo(1);
        pending.want(taken);
        pending.want(taken + 1);
        pending.want(Long.MAX_VALUE);
        pending.await(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(pending.take()).isNull();
    }

    private long add(boolean canLinger) throws AuditException {
        return pending.add(
                TYPE,
                new JsonWriter(16).string("x"),
                PendingEntries.Room.NONE,
                false,
                canLinger,
                null);
    }

    private int entriesTaken() {
        pending.await(LONG);
        PendingEntries.Batch batch = Objects.requireNonNull(pending.take());
        int count = batch.length / (PendingEntries.Batch.HEADER_BYTES + TYPE.length + 3);
        pending.giveBack(batch);
        return count;
    }
}
