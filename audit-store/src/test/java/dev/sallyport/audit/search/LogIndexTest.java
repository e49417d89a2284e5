package dev.sallyport.audit.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.Entry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The index against a search that knows nothing of it: every entry read, every statement put
/// together, every condition tried.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogIndexTest {
    private static final AuditOptions OPTIONS =
            AuditOptions.DEFAULTS.withSegmentBytes(1 << 20).withHeartbeat(Duration.ZERO);
    private static final long SEED = 20_261_123;

    /// More than a chunk, so that statements lie across its border.
    private static final int ENTRIES = Chunk.ENTRIES + 6_000;

    private Path store = Path.of("");
    private Path index = Path.of("");

    @BeforeAll
    void write(@TempDir Path folder) throws Exception {
        store = folder.resolve("audit");
        index = folder.resolve("index");
        try (AuditLog log = AuditLog.open(store, "gw-1", OPTIONS)) {
            new LargeLog(SEED).write(log, ENTRIES);
        }
    }

    @Test
    void answersAreThoseOfTheWholeLogRead() throws Exception {
        List<Whole> log = readAll(store);
        Random random = new Random(SEED);
        int matched = 0;
        for (int i = 0; i < 25; i++) {
            EntryFilter filter = LargeLog.randomFilter(random, log.size(), time(log));
            String wanted = naive(log, filter);
            assertThat(json(index, filter)).as("%s", filter.options()).isEqualTo(wanted);
            if (i % 20 == 0)
                assertThat(json(null, filter)).as("%s", filter.options()).isEqualTo(wanted);
            if (!wanted.isEmpty()) matched++;
        }
        assertThat(matched).isGreaterThan(10);
    }

    @Test
    void totalsAreThoseOfTheWholeLogRead() throws Exception {
        List<Whole> log = readAll(store);
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 8; i++) {
            EntryFilter filter = LargeLog.randomFilter(random, log.size(), time(log));
            var found = log.stream().filter(w -> w.matches(filter)).toList();
            long rows =
                    found.stream()
                            .filter(w -> w.intent == null || !of(log, w.intent).matches(filter))
                            .count();
            long resultRows =
                    found.stream()
                            .filter(w -> w.intent != null)
                            .mapToLong(w -> Math.max(0, w.entry.number("rows", 0)))
                            .sum();
            assertThat(LogSearch.ask(store, index, filter, _ -> {}).totals())
                    .as("%s", filter.options())
                    .isEqualTo(new LogSearch.Totals(found.size(), rows, resultRows));
        }
    }

    @Test
    void theIndexGrowsWithTheLog(@TempDir Path folder) throws Exception {
        Path growing = folder.resolve("audit");
        Path kept = folder.resolve("index");
        LargeLog writer = new LargeLog(SEED + 2);
        Random random = new Random(SEED + 2);
        List<Long> read = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            try (AuditLog log = AuditLog.open(growing, "gw-1", OPTIONS)) {
                writer.write(log, Chunk.ENTRIES - 3_000);
            }
            List<Whole> all = readAll(growing);
            EntryFilter filter = LargeLog.randomFilter(random, all.size(), time(all));
            StringBuilder out = new StringBuilder();
            LogSearch.ask(growing, kept, filter, read::add).writeJson(out);
            assertThat(out.toString()).isEqualTo(naive(all, filter));
        }
        // Each chunk was made once.
        assertThat(read).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void whateverIsWrongWithTheIndexTheAnswerIsRight(@TempDir Path folder) throws Exception {
        Path kept = folder.resolve("index");
        EntryFilter filter = EntryFilter.ALL.with(Criterion.SQLSTATE, "42P01");
        String wanted = json(index, filter);
        assertThat(json(kept, filter)).isEqualTo(wanted);
        byte[] sound = Files.readAllBytes(kept.resolve("chunks"));
        Random random = new Random(SEED);
        for (int i = 0; i < 25; i++) {
            // A new file each time: the old one may still be mapped.
            byte[] altered = sound.clone();
            if (i % 10 == 0) altered = java.util.Arrays.copyOf(sound, random.nextInt(sound.length));
            else altered[random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
            Path fresh = kept.resolve("altered");
            Files.write(fresh, altered);
            Files.move(fresh, kept.resolve("chunks"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(json(kept, filter)).as("alteration %d", i).isEqualTo(wanted);
        }
        Files.write(kept.resolve("carry-" + Chunk.ENTRIES), new byte[] {1, 2, 3});
        assertThat(json(kept, filter)).isEqualTo(wanted);
    }

    @Test
    void anIndexOfAnotherLogIsNotUsed(@TempDir Path folder) throws Exception {
        Path other = folder.resolve("audit");
        Path kept = folder.resolve("index");
        try (AuditLog log = AuditLog.open(other, "gw-1", OPTIONS)) {
            new LargeLog(SEED + 9).write(log, ENTRIES);
        }
        assertThat(json(kept, EntryFilter.ALL)).isEqualTo(naive(readAll(store), EntryFilter.ALL));
        StringBuilder out = new StringBuilder();
        LogSearch.ask(other, kept, EntryFilter.ALL, _ -> {}).writeJson(out);
        assertThat(out.toString()).isEqualTo(naive(readAll(other), EntryFilter.ALL));
    }

    @Test
    void anEntryThatWasAlteredSinceIsNotShown(@TempDir Path folder) throws Exception {
        Path copy = folder.resolve("audit");
        Path kept = folder.resolve("index");
        Files.createDirectories(copy);
        try (var files = Files.list(store)) {
            for (Path file : files.toList())
                if (Files.isRegularFile(file)) Files.copy(file, copy.resolve(file.getFileName()));
        }
        var _ = LogSearch.ask(copy, kept, EntryFilter.ALL, _ -> {});
        try (RandomAccessFile file =
                new RandomAccessFile(copy.resolve("segment-00000000000000000001").toFile(), "rw")) {
            file.seek(256 + 12 + 60);
            int was = file.read();
            file.seek(256 + 12 + 60);
            file.write(was ^ 1);
        }
        EntryFilter first = EntryFilter.ALL.between(1, 1);
        assertThatThrownBy(
                        () -> {
                            StringBuilder out = new StringBuilder();
                            LogSearch.ask(copy, kept, first, _ -> {}).writeJson(out);
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("audit verify");
        assertThat(kept.resolve("chunks")).doesNotExist();
    }

    @Test
    void anIndexThatOthersMayWriteToIsRefused(@TempDir Path folder) throws Exception {
        Path open = Files.createDirectory(folder.resolve("index"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> json(open, EntryFilter.ALL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could hide entries");
    }

    private String json(@Nullable Path folder, EntryFilter filter) throws Exception {
        StringBuilder out = new StringBuilder();
        LogSearch.ask(store, folder, filter, _ -> {}).writeJson(out);
        return out.toString();
    }

    /// An entry with all that it has to do with.
    private static final class Whole {
        private final Entry entry;
        private final String raw;
        private @Nullable Entry intent;
        private @Nullable Entry outcome;
        private String person = "";

        Whole(Entry entry, String raw) {
            this.entry = entry;
            this.raw = raw;
        }

        boolean matches(EntryFilter filter) {
            return filter.matches(entry, intent, outcome, person);
        }
    }

    private static Whole of(List<Whole> log, Entry entry) {
        return log.get((int) entry.sequence() - 1);
    }

    private static List<Whole> readAll(Path store) throws Exception {
        List<Whole> log = new ArrayList<>();
        Map<String, String> people = new HashMap<>();
        Map<String, Whole> running = new HashMap<>();
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry e = reader.next(); e != null; e = reader.next()) {
                Whole whole = new Whole(e, new String(reader.raw(), "UTF-8"));
                log.add(whole);
                String session = e.text("session");
                if (!e.text("user").isEmpty()) people.put(session, e.text("user"));
                whole.person = people.getOrDefault(session, "");
                String statement = session + "/" + e.number("statement", -1);
                if (e.type().equals("statement-intent")) running.put(statement, whole);
                if (e.type().equals("statement-outcome") && running.containsKey(statement)) {
                    Whole intent = running.remove(statement);
                    whole.intent = intent.entry;
                    intent.outcome = e;
                }
            }
        }
        return log;
    }

    private static Instant time(List<Whole> log) {
        return Instant.parse(log.get(log.size() / 2).entry.time());
    }

    private static String naive(List<Whole> log, EntryFilter filter) {
        StringBuilder out = new StringBuilder();
        for (Whole whole : log) if (whole.matches(filter)) out.append(whole.raw).append('\n');
        return out.toString();
    }
}
