package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The power goes at any write, force or change of names, several times in a row, also during
/// recovery. Whatever was acknowledged must be there afterwards, whatever the disk made of the
/// rest.
///
/// Deterministic from the seed: one thread, a simulated disk, a fixed clock.
class PowerCutTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    /// More with `-Dsurefire.extraArgs=-Dsallyport.powercut.seeds=10000`.
    private static final int SEEDS = Integer.getInteger("sallyport.powercut.seeds", 400);

    @TempDir Path folder;

    @Test
    void nothingAcknowledgedIsLostWhateverThePowerCutLeaves() throws Exception {
        long first = Long.getLong("sallyport.seed", 20261123);
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                new Run(seed, false).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    /// The test above has to be able to fail: with a force that does nothing, it does.
    @Test
    void aLogWhoseForceDoesNothingIsCaught() {
        int caught = 0;
        for (long seed = 0; seed < 100; seed++) {
            try {
                new Run(seed, true).run();
            } catch (Exception | AssertionError _) {
                caught++;
            }
        }
        assertThat(caught).as("of 100 runs without force").isGreaterThan(50);
    }

    private final class Run {
        private final long seed;
        private final boolean forceDoesNothing;
        private final Random random;

        /// Session of every entry appended, by sequence, since the last power cut; and what was
        /// acknowledged of it.
        private final Map<Long, String> appended = new TreeMap<>();

        private final Map<Long, String> acknowledged = new TreeMap<>();

        Run(long seed, boolean forceDoesNothing) {
            this.seed = seed;
            this.forceDoesNothing = forceDoesNothing;
            this.random = new Random(seed);
        }

        void run() throws Exception {
            Map<String, byte[]> image = Map.of();
            int cuts = 1 + random.nextInt(3);
            for (int cut = 0; cut < cuts; cut++) image = untilPowerCut(image, cut);
            check(image);
        }

        private Map<String, byte[]> untilPowerCut(Map<String, byte[]> image, int cut)
                throws Exception {
            SimulatedDisk disk = new SimulatedDisk(image);
            disk.forceDoesNothing = forceDoesNothing;
            disk.operationsLeft = random.nextInt(random.nextInt(10) == 0 ? 400 : 40);
            appended.clear();
            try {
                AuditLog log = open(disk);
                work(log, "c" + cut);
            } catch (AuditException e) {
                // Only the power cut may keep it from opening or going on.
                if (e.reason() != AuditException.Reason.INPUT_OUTPUT
                        && e.reason() != AuditException.Reason.POISONED
                        && e.reason() != AuditException.Reason.CLOSED) throw e;
            }
            return disk.afterPowerCut(random);
        }

        private void work(AuditLog log, String session) throws AuditException {
            for (int batch = 0; batch < 100; batch++) {
                int count = 1 + random.nextInt(8);
                for (int i = 0; i < count; i++) {
                    String id = session + "-" + batch + "-" + i;
                    AuditEvent event =
                            random.nextInt(3) == 0
                                    ? Events.outcome(id, 1)
                                    : Events.intent(id, 1, "x".repeat(sqlLength()));
                    appended.put(log.append(event), id);
                }
                if (random.nextBoolean()) log.step(0);
                else log.force(Collections.max(appended.keySet()));
                long durable = log.durableSequence();
                appended.forEach((sequence, id) -> {
                    if (sequence <= durable) acknowledged.put(sequence, id);
                });
            }
            if (random.nextBoolean()) log.close();
        }

        private int sqlLength() {
            return random.nextInt(10) == 0 ? random.nextInt(70_000) : random.nextInt(800);
        }

        /// What is left opens, verifies, and holds what was acknowledged.
        private void check(Map<String, byte[]> image) throws Exception {
            Path store = folder.resolve((forceDoesNothing ? "bad" : "run") + seed);
            SimulatedDisk.writeTo(store, image);
            VerifyResult before = LogVerifier.verify(store);
            if (!image.isEmpty() && image.containsKey("head"))
                assertThat(before.outcome())
                        .as(before.describe())
                        .isIn(Outcome.SOUND, Outcome.TORN_TAIL);
            SimulatedDisk recovered = new SimulatedDisk(image);
            open(recovered).close();
            Path after = folder.resolve((forceDoesNothing ? "badly" : "again") + seed);
            SimulatedDisk.writeTo(after, recovered.now());
            VerifyResult result = LogVerifier.verify(after);
            assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.SOUND);
            assertThat(result.closed()).isTrue();
            Map<Long, String> found = new TreeMap<>();
            List<String> open = new ArrayList<>();
            try (LogReader reader = LogReader.open(after, 1)) {
                for (Entry e = reader.next(); e != null; e = reader.next()) {
                    found.put(e.sequence(), e.text("session"));
                    if (e.type().equals("statement-intent")) open.add(e.text("session"));
                    if (e.type().equals("statement-outcome")) open.remove(e.text("session"));
                }
            }
            assertThat(found).containsAllEntriesOf(acknowledged);
            assertThat(open).as("intents without outcome").isEmpty();
            delete(store);
            delete(after);
        }

        private AuditLog open(SimulatedDisk disk) throws AuditException {
            return new AuditLog(
                    disk,
                    "power.test",
                    SMALL,
                    InstantSource.fixed(Instant.parse("2026-11-23T05:00:00Z")),
                    Runnable::run,
                    false);
        }
    }

    private static void delete(Path folder) throws Exception {
        try (var files = java.nio.file.Files.list(folder)) {
            for (Path file : files.toList()) java.nio.file.Files.delete(file);
        }
        java.nio.file.Files.delete(folder);
    }
}
