package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One byte changed anywhere in what a store is made of, records, frames, headers, tiles,
/// checkpoints: always found. 2,000 of them in each build, 100,000 at night, from a seed.
class FlipTest {
    private static final int FLIPS = Integer.getInteger("sallyport.flips", 2_000);
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    @TempDir Path folder;
    private final Random random = new Random(Long.getLong("sallyport.seed", 20261123));

    private Path store(String name, int entries) throws Exception {
        Path store = folder.resolve(name);
        Path key = folder.resolve(name + ".key");
        AuditorKey auditor = AuditorKey.create(folder.resolve(name + ".seal-key"), "auditor");
        // Opened twice: two kept checkpoints, an epoch more.
        for (int i = 0; i < 2; i++)
            try (AuditLog log =
                    AuditLog.openSealed(
                            store, "flipped", SMALL, key, List.of(auditor.recipient()))) {
                for (int n = 1; n <= entries / 2; n++)
                    log.commit(Events.outcome("s" + i, n), Confidential.messages(List.of("m" + n)))
                            .get(20, TimeUnit.SECONDS);
            }
        assertThat(LogVerifier.verify(store).outcome()).isEqualTo(Outcome.SOUND);
        return store;
    }

    @Test
    void everyChangedByteOfASmallLogIsFound() throws Exception {
        flip(store("small", 10), FLIPS * 9 / 10);
    }

    /// With a full tile and its beginning's successor.
    @Test
    void everyChangedByteOfALogWithFullTilesIsFound() throws Exception {
        Path store = store("tiled", 300);
        assertThat(store.resolve("tile/0/000")).exists();
        flip(store, FLIPS / 10);
    }

    private void flip(Path store, int times) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(store)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !Set.of("lock", Head.FILE_NAME).contains(name(file)))
                    .sorted()
                    .forEach(files::add);
        }
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < times; i++) {
            Path file = files.get(random.nextInt(files.size()));
            kinds.add(name(file).replaceAll("[0-9]+", "N"));
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                // Mostly where something stands: segments are mostly zeros.
                long end = bytes.length();
                long offset =
                        random.nextInt(10) == 0
                                ? random.nextLong(end)
                                : random.nextLong(Math.min(end, 12_000));
                bytes.seek(offset);
                int old = bytes.read();
                int changed =
                        random.nextBoolean() ? old ^ 1 << random.nextInt(8) : random.nextInt(256);
                if (changed == old) continue;
                bytes.seek(offset);
                bytes.write(changed);
                VerifyResult result = LogVerifier.verify(store);
                assertThat(result.outcome())
                        .as("%s at %d: %d to %d: %s", file, offset, old, changed, result.describe())
                        .isEqualTo(Outcome.ALTERED);
                bytes.seek(offset);
                bytes.write(old);
            }
        }
        assertThat(LogVerifier.verify(store).outcome()).isEqualTo(Outcome.SOUND);
        assertThat(kinds).contains("segment-N", "checkpoint");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
