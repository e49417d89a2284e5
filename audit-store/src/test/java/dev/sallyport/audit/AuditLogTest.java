package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditException.Reason;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditLogTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(128 * 1024)
                    .withHeartbeat(Duration.ZERO);

    @TempDir Path folder;

    @Test
    void whatIsAppendedIsInTheLogInOrder() throws Exception {
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            assertThat(log.append(Events.intent("a", 1))).isEqualTo(1);
            assertThat(log.append(Events.outcome("a", 1))).isEqualTo(2);
            assertThat(log.commit(Events.intent("a", 2)).get()).isEqualTo(3);
            assertThat(log.durableSequence()).isEqualTo(3);
            assertThat(log.commit(Events.outcome("a", 2)).get()).isEqualTo(4);
        }
        List<Entry> entries = entries(folder);
        assertThat(entries).extracting(Entry::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(entries)
                .extracting(Entry::type)
                .containsExactly(
                        "statement-intent",
                        "statement-outcome",
                        "statement-intent",
                        "statement-outcome");
        assertThat(entries.getFirst().prev()).isEqualTo(Entry.FIRST_PREV);
        assertThat(entries.getFirst().text("user")).isEqualTo("dora");
        assertThat(entries.getFirst().writer()).isEqualTo("gw-1");
        assertThat(sound(folder).closed()).isTrue();
    }

    @Test
    void manyThreadsFillManySegments() throws Exception {
        int threads = 8;
        int each = 500;
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            CountDownLatch done = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                String session = "s" + t;
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 1; i <= each; i++)
                                log.commit(Events.outcome(session, i)).join();
                            done.countDown();
                        });
            }
            done.await();
        }
        List<Entry> entries = entries(folder);
        assertThat(entries).hasSize(threads * each);
        for (int t = 0; t < threads; t++) {
            String session = "s" + t;
            List<Long> statements = new ArrayList<>();
            for (Entry entry : entries)
                if (entry.text("session").equals(session))
                    statements.add(entry.number("statement", 0));
            for (int i = 0; i < each; i++) assertThat(statements.get(i)).isEqualTo(i + 1);
        }
        assertThat(sound(folder).entries()).isEqualTo(threads * each);
        try (var files = Files.list(folder)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("segment-")))
                    .hasSizeGreaterThan(5);
        }
        assertThat(folder.resolve(Journal.SPARE_NAME)).doesNotExist();
    }

    @Test
    void listenersHearOncePerBatch() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        Heard heard = new Heard();
        log.addListener(heard);
        for (int i = 0; i < 10; i++) log.append(Events.outcome("s", i));
        assertThat(log.durableSequence()).isZero();
        assertThat(log.queuedBytes()).isGreaterThan(1_000);
        int forces = disk.forces;
        log.step(0);
        assertThat(disk.forces).isEqualTo(forces + 1);
        assertThat(log.durableSequence()).isEqualTo(10);
        assertThat(log.queuedBytes()).isZero();
        log.append(Events.outcome("s", 11));
        log.step(0);
        assertThat(heard.durable).containsExactly(10L, 11L);
        log.removeListener(heard);
        log.append(Events.outcome("s", 12));
        log.step(0);
        assertThat(heard.durable).hasSize(2);
    }

    @Test
    void whoForcesOnAFastDiskWritesAllThatIsQueuedItself() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        Heard heard = new Heard();
        log.addListener(heard);
        CompletableFuture<Long> first = log.commit(Events.outcome("s", 1));
        long second = log.append(Events.outcome("s", 2));
        int forces = disk.forces;
        log.force(first.isDone() ? 0 : 1);
        assertThat(disk.forces).isEqualTo(forces + 1);
        assertThat(log.durableSequence()).isEqualTo(second);
        assertThat(first).isCompletedWithValue(1L);
        assertThat(heard.durable).containsExactly(second);
        log.force(second);
        assertThat(disk.forces).as("nothing left to force").isEqualTo(forces + 1);
        log.close();
        sound(new Store(disk.now()).write(folder.resolve("store")));
    }

    @Test
    void nobodyWaitsForASlowDiskButTheWriter() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        disk.forceMillis = 20;
        log.append(Events.outcome("s", 1));
        log.step(0);
        long left = log.append(Events.outcome("s", 2));
        log.force(left);
        assertThat(log.durableSequence()).isEqualTo(1);
        log.step(0);
        assertThat(log.durableSequence()).isEqualTo(left);
        // It is fast again when the writer has found it so for a while.
        disk.forceMillis = 0;
        for (int i = 3; i < 60; i++) {
            log.append(Events.outcome("s", i));
            log.step(0);
        }
        long last = log.append(Events.outcome("s", 60));
        log.force(last);
        assertThat(log.durableSequence()).isEqualTo(last);
    }

    @Test
    void aForceThatFailsOnTheCallersThreadPoisonsTheLogForGood() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        Heard heard = new Heard();
        log.addListener(heard);
        disk.forceFails = true;
        CompletableFuture<Long> lost = log.commit(Events.outcome("s", 1));
        log.force(1);
        disk.forceFails = false;
        assertThat(lost).isCompletedExceptionally();
        assertThat(heard.poisoned).hasSize(1);
        log.force(1);
        log.step(0);
        assertThat(log.durableSequence()).isZero();
        assertThatThrownBy(() -> log.append(Events.outcome("s", 2)))
                .extracting("reason")
                .isEqualTo(Reason.POISONED);
    }

    @Test
    void whoForcesBesideTheWriterAndWhileTheLogClosesKeepsTheOrder() throws Exception {
        int threads = 6;
        List<Thread> forcing = new ArrayList<>();
        AtomicLong taken = new AtomicLong();
        AuditLog log = AuditLog.open(folder, "gw-1", SMALL);
        for (int t = 0; t < threads; t++) {
            String session = "s" + t;
            forcing.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 1; ; i++) {
                                        long sequence = log.append(Events.outcome(session, i));
                                        taken.accumulateAndGet(sequence, Math::max);
                                        log.force(sequence);
                                        while (log.durableSequence() < sequence) Thread.yield();
                                    }
                                } catch (AuditException e) {
                                    assertThat(e.reason()).isEqualTo(Reason.CLOSED);
                                }
                            }));
        }
        while (taken.get() < 3_000) log.commit(Events.outcome("main", 1)).join();
        log.close();
        for (Thread thread : forcing) thread.join();
        VerifyResult result = sound(folder);
        assertThat(result.entries()).isGreaterThanOrEqualTo(taken.get());
        assertThat(result.closed()).isTrue();
    }

    @Test
    void aReopenedLogGoesOnInTheNextEpoch() throws Exception {
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            log.commit(Events.outcome("s", 1)).get();
        }
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            assertThat(log.durableSequence()).isEqualTo(1);
            assertThat(log.commit(Events.outcome("s", 2)).get()).isEqualTo(2);
        }
        assertThat(entries(folder)).extracting(Entry::epoch).containsExactly(1L, 2L);
        assertThat(sound(folder).entries()).isEqualTo(2);
    }

    @Test
    void aStoreHasOneWriterAndOneOrigin() throws Exception {
        try (AuditLog _ = AuditLog.open(folder, "gw-1", SMALL)) {
            assertThatThrownBy(() -> AuditLog.open(folder, "gw-1", SMALL))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("is in use by this process")
                    .extracting("reason")
                    .isEqualTo(Reason.LOCKED);
        }
        // The failed attempt has not given the first one's lock away, nor kept one.
        AuditLog.open(folder, "gw-1", SMALL).close();
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            log.commit(Events.outcome("s", 1)).get();
        }
        assertThatThrownBy(() -> AuditLog.open(folder, "gw-2", SMALL))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("belongs to the log gw-1, not to gw-2");
        assertThatThrownBy(() -> AuditLog.open(folder, "gw 1", SMALL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherWriterThatTookTheStoreStopsThisOne() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog first = open(disk);
        Heard heard = new Heard();
        first.addListener(heard);
        first.append(Events.outcome("s", 1));
        first.step(0);
        // A lock lost without a word, as on a network file system.
        SimulatedDisk unlocked = disk.withoutLock();
        AuditLog second = open(unlocked);
        Thread.sleep(1_100);
        first.step(0);
        assertThat(heard.poisoned).hasSize(1);
        assertThat(heard.poisoned.getFirst()).hasMessageContaining("another writer");
        assertThatThrownBy(() -> first.append(Events.outcome("s", 2)))
                .isInstanceOf(AuditException.class);
        second.append(Events.outcome("s", 2));
        second.step(0);
        assertThat(second.durableSequence()).isEqualTo(3);
    }

    @Test
    void aFailingForcePoisonsTheLogForGood() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        Heard heard = new Heard();
        log.addListener(heard);
        CompletableFuture<Long> fine = log.commit(Events.outcome("s", 1));
        log.step(0);
        assertThat(fine).isCompletedWithValue(1L);
        disk.forceFails = true;
        CompletableFuture<Long> lost = log.commit(Events.outcome("s", 2));
        log.step(0);
        disk.forceFails = false;
        assertThatThrownBy(lost::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(AuditException.class)
                .extracting("reason")
                .isEqualTo(Reason.POISONED);
        assertThatThrownBy(() -> log.append(Events.outcome("s", 3)))
                .extracting("reason")
                .isEqualTo(Reason.POISONED);
        assertThatThrownBy(log::checkAccepting).isInstanceOf(AuditException.class);
        log.step(0);
        log.close();
        assertThat(log.durableSequence()).isEqualTo(1);
        assertThat(heard.durable).containsExactly(1L);
        assertThat(heard.poisoned).hasSize(1);
        Heard late = new Heard();
        log.addListener(late);
        assertThat(late.poisoned).hasSize(1);
    }

    /// Whoever opens the store next makes a spare segment of his own.
    @Test
    void aPoisonedLogHasNothingThatWritesAfterItsClose() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        CountDownLatch begin = new CountDownLatch(1);
        java.util.concurrent.Executor slow =
                task ->
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        begin.await();
                                        Thread.sleep(200);
                                        task.run();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        AuditLog log = new AuditLog(disk, "gw-1", SMALL, InstantSource.system(), slow, false);
        for (int i = 1; i <= 70; i++) log.append(Events.intent("s", i, "x".repeat(1_000)));
        log.step(0);
        log.append(Events.outcome("s", 1));
        disk.forceFails = true;
        log.step(0);
        disk.forceFails = false;
        assertThat(disk.names()).doesNotContain("spare");
        begin.countDown();
        log.close();
        assertThat(disk.names()).contains("spare");
    }

    @Test
    void aFailingWriteFailsEveryoneWhoWaits() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) waiting.add(log.commit(Events.outcome("s", i)));
        disk.writeFails = true;
        log.step(0);
        assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
        // Not closed cleanly: the next start recovers.
        log.close();
        disk.writeFails = false;
        AuditLog again = open(disk);
        assertThat(again.durableSequence()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void anInterruptOfAnyThreadLeavesTheLogAlone() throws Exception {
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL)) {
            Thread.currentThread().interrupt();
            long sequence = log.append(Events.outcome("s", 1));
            assertThat(Thread.interrupted()).isTrue();
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("audit-"))
                    .forEach(Thread::interrupt);
            assertThat(log.commit(Events.outcome("s", 2)).get(10, TimeUnit.SECONDS))
                    .isEqualTo(sequence + 1);
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(sound(folder).entries()).isEqualTo(2);
    }

    @Test
    void aFullQueueRefusesInsteadOfBlockingButLetsWorkEnd() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        String sql = "x".repeat(10_000);
        long taken = 0;
        try {
            while (taken < 1_000) taken = log.append(Events.intent("s", 1, sql));
        } catch (AuditException e) {
            assertThat(e.reason()).isEqualTo(Reason.QUEUE_FULL);
        }
        assertThat(taken).isBetween(10L, 14L);
        assertThat(log.append(Events.outcome("s", 1))).isEqualTo(taken + 1);
        log.step(0);
        assertThat(log.durableSequence()).isEqualTo(taken + 1);
        log.append(Events.intent("s", 2, sql));
    }

    @Test
    void aDiskNearlyFullRefusesNewWorkFirstThenEverything() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        disk.usableBytes = SMALL.reserveBytes() - 1;
        AuditLog log = open(disk);
        assertThatThrownBy(() -> log.append(Events.intent("s", 1)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("nearly full")
                .extracting("reason")
                .isEqualTo(Reason.DISK_NEARLY_FULL);
        assertThatThrownBy(log::checkAccepting).isInstanceOf(AuditException.class);
        log.append(Events.outcome("s", 1));
        log.step(0);
        assertThat(log.durableSequence()).isEqualTo(1);
        disk.usableBytes = SMALL.reserveBytes() / 2 - 1;
        Thread.sleep(1_050);
        log.step(0);
        assertThatThrownBy(() -> log.append(Events.outcome("s", 2)))
                .extracting("reason")
                .isEqualTo(Reason.DISK_NEARLY_FULL);
        disk.usableBytes = Long.MAX_VALUE;
        Thread.sleep(1_050);
        log.step(0);
        log.append(Events.intent("s", 2));
        log.step(0);
        assertThat(log.durableSequence()).isEqualTo(2);
    }

    @Test
    void intentsWithoutOutcomeAreUnknownAfterACrash() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        AuditLog log = open(disk);
        log.append(Events.intent("s1", 1));
        log.append(Events.outcome("s1", 1));
        log.append(Events.intent("s1", 2));
        log.append(Events.intent("s2", 1));
        log.append(Events.denied("s2", 2));
        log.step(0);
        AuditLog again = open(disk.withoutLock());
        assertThat(again.durableSequence()).isEqualTo(8);
        List<Entry> entries = entries(new Store(disk.now()).write(folder.resolve("store")));
        assertThat(entries.subList(5, 8))
                .extracting(Entry::type)
                .containsExactly("recovered", "statement-outcome", "statement-outcome");
        assertThat(entries.get(5).number("lastSequence", 0)).isEqualTo(5);
        assertThat(entries.get(6).event())
                .containsEntry("session", "s1")
                .containsEntry("statement", 2L)
                .containsEntry("status", "unknown");
        assertThat(entries.get(7).event())
                .containsEntry("session", "s2")
                .containsEntry("status", "unknown");
        // Once only.
        assertThat(open(disk.withoutLock()).durableSequence()).isEqualTo(9);
    }

    @Test
    void anIdleLogSaysThatItLives() throws Exception {
        try (AuditLog log =
                AuditLog.open(folder, "gw-1", SMALL.withHeartbeat(Duration.ofMillis(10)))) {
            while (log.durableSequence() < 2) Thread.sleep(20);
        }
        assertThat(entries(folder)).extracting(Entry::type).contains("heartbeat");
    }

    /// A clock that is set back and forth: the order is that of the sequence, and all of it chains.
    @Test
    void aClockThatStepsDoesNotReorder() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        java.util.Random random = new java.util.Random(Long.getLong("sallyport.seed", 20261123));
        java.time.Instant begin = java.time.Instant.parse("2026-11-23T05:00:00Z");
        List<Long> sequences = new ArrayList<>();
        try (AuditLog log =
                new AuditLog(
                        disk,
                        "stepping",
                        AuditOptions.DEFAULTS.withSegmentBytes(128 * 1024),
                        () -> begin.plusSeconds(random.nextInt(2_000_000) - 1_000_000),
                        Runnable::run,
                        false)) {
            for (int i = 1; i <= 300; i++) {
                sequences.add(log.append(Events.denied("s", i)));
                if (random.nextInt(3) == 0) log.step(0);
            }
        }
        Path store = new Store(disk.now()).write(folder.resolve("stepping"));
        assertThat(LogVerifier.verify(store).outcome()).isEqualTo(Outcome.SOUND);
        List<Long> found = new ArrayList<>();
        List<String> times = new ArrayList<>();
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry e = reader.next(); e != null; e = reader.next()) {
                found.add(e.number("statement", 0));
                times.add(e.time());
            }
        }
        assertThat(found).isEqualTo(sequences);
        // The clock did step back: the times alone would have told another order.
        assertThat(times).isNotEqualTo(times.stream().sorted().toList());
    }

    @Test
    void nothingIsTakenAfterClose() throws Exception {
        AuditLog log = AuditLog.open(folder, "gw-1", SMALL);
        CompletableFuture<Long> queued = log.commit(Events.outcome("s", 1));
        log.close();
        log.close();
        assertThat(queued).isCompletedWithValue(1L);
        assertThatThrownBy(() -> log.append(Events.outcome("s", 2)))
                .extracting("reason")
                .isEqualTo(Reason.CLOSED);
        assertThat(log.commit(Events.outcome("s", 2))).isCompletedExceptionally();
    }

    @Test
    void aHugeStatementIsCutAndTheLogGoesOn() throws Exception {
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL.withQueueBytes(1024 * 1024))) {
            for (int i = 0; i < 10; i++) log.append(Events.intent("s", i, "😂\"".repeat(200_000)));
        }
        assertThat(entries(folder)).hasSize(10).allMatch(e -> e.event().containsKey("cut"));
        assertThat(sound(folder).entries()).isEqualTo(10);
    }

    @Test
    void aWriterAndItsReadersWorkAtTheSameTime() throws Exception {
        try (AuditLog log = AuditLog.open(folder, "gw-1", SMALL);
                LogReader reader = LogReader.open(folder, 1)) {
            Thread writer =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 1; i <= 3_000; i++)
                                    log.commit(Events.outcome("s", i)).join();
                            });
            long seen = 0;
            while (seen < 3_000) {
                Entry entry = reader.next();
                if (entry == null) continue;
                seen++;
                assertThat(entry.sequence()).isEqualTo(seen);
                if (seen % 500 == 0) {
                    VerifyResult result = LogVerifier.verify(folder);
                    assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.SOUND);
                    assertThat(result.entries()).isGreaterThanOrEqualTo(seen);
                }
            }
            writer.join();
            assertThat(reader.next()).isNull();
        }
    }

    private static AuditLog open(SimulatedDisk disk) throws AuditException {
        return new AuditLog(disk, "gw-1", SMALL, InstantSource.system(), Runnable::run, false);
    }

    private static List<Entry> entries(Path store) throws Exception {
        List<Entry> entries = new ArrayList<>();
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry e = reader.next(); e != null; e = reader.next()) entries.add(e);
        }
        return entries;
    }

    private static VerifyResult sound(Path store) {
        VerifyResult result = LogVerifier.verify(store);
        assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.SOUND);
        return result;
    }

    private static final class Heard implements DurabilityListener {
        final List<Long> durable = new ArrayList<>();
        final List<AuditException> poisoned = new ArrayList<>();

        @Override
        public void durable(long sequence) {
            durable.add(sequence);
        }

        @Override
        public void poisoned(AuditException cause) {
            poisoned.add(cause);
        }
    }
}
