package dev.sallyport.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.search.EntryFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ExporterTest {
    private static final AuditOptions OPTIONS = AuditOptions.DEFAULTS.withHeartbeat(Duration.ZERO);

    private Path store = Path.of("");
    private Path cursor = Path.of("");

    @BeforeEach
    void paths(@TempDir Path folder) {
        store = folder.resolve("audit");
        cursor = folder.resolve("cursor");
    }

    private void write(int entries) throws Exception {
        try (AuditLog log = AuditLog.open(store, "gw-1", OPTIONS)) {
            for (int i = 0; i < entries; i++) {
                long _ = log.append(new AuditEvent.GatewayStarted("gw-1", "" + i, Map.of()));
            }
        }
    }

    /// Fails when it is told to, after some of what it was given.
    private static final class Fickle implements Receiver {
        private final List<Long> received = new ArrayList<>();
        private final Random random;
        private final Duration settling;
        private int failures;

        Fickle(long seed, int failures, Duration settling) {
            this.random = new Random(seed);
            this.failures = failures;
            this.settling = settling;
        }

        @Override
        public void send(List<Exported> entries, List<byte[]> lines) throws IOException {
            boolean fails = failures > 0 && random.nextBoolean();
            int count = fails ? random.nextInt(entries.size() + 1) : entries.size();
            for (Exported e : entries.subList(0, count)) received.add(e.entry().sequence());
            if (!fails) return;
            failures--;
            throw new IOException("away");
        }

        @Override
        public Duration settling() {
            return settling;
        }

        @Override
        public void close() {}
    }

    private void export(Receiver to) throws Exception {
        new Exporter(store, EntryFilter.ALL, ExportFormat.JSON, to, Optional.of(cursor), _ -> {})
                .run(() -> true, false);
    }

    @Test
    void outagesLoseNothing() throws Exception {
        write(1_800);
        Fickle receiver = new Fickle(3, 3, Duration.ZERO);
        export(receiver);
        assertThat(new LinkedHashSet<>(receiver.received))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 1_800).boxed().toList());
        assertThat(receiver.failures).isZero();
    }

    @Test
    void itGoesOnWhereItWas() throws Exception {
        write(700);
        Fickle first = new Fickle(1, 0, Duration.ZERO);
        export(first);
        assertThat(first.received).hasSize(700);
        write(50);
        Fickle second = new Fickle(1, 0, Duration.ZERO);
        export(second);
        assertThat(second.received)
                .containsExactlyElementsOf(LongStream.rangeClosed(701, 750).boxed().toList());
        Fickle third = new Fickle(1, 0, Duration.ZERO);
        export(third);
        assertThat(third.received).isEmpty();
    }

    /// What was stopped before it settled is sent again by the next.
    @Test
    void whatHadNotSettledIsSentAgain() throws Exception {
        write(20);
        AtomicInteger asked = new AtomicInteger();
        Fickle first = new Fickle(1, 0, Duration.ofMinutes(1));
        new Exporter(store, EntryFilter.ALL, ExportFormat.JSON, first, Optional.of(cursor), _ -> {})
                .run(() -> asked.incrementAndGet() < 3, true);
        assertThat(first.received).hasSize(20);
        assertThat(cursor).doesNotExist();
        Fickle second = new Fickle(1, 0, Duration.ofMinutes(1));
        export(second);
        assertThat(second.received).hasSize(20);
        assertThat(ExportCursor.read(cursor).sequence()).isEqualTo(20);
    }

    @Test
    void aCursorOfAnotherLogStopsIt() throws Exception {
        write(5);
        export(new Fickle(1, 0, Duration.ZERO));
        String was = Files.readString(cursor);
        Files.writeString(cursor, was.replaceFirst("\"leafHash\":\"..", "\"leafHash\":\"00"));
        write(5);
        assertThatThrownBy(() -> export(new Fickle(1, 0, Duration.ZERO)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not of this log");
        Files.writeString(cursor, was.replace("\"sequence\":5", "\"sequence\":500"));
        assertThatThrownBy(() -> export(new Fickle(1, 0, Duration.ZERO)))
                .hasMessageContaining("not of this log");
        Files.writeString(cursor, "5");
        assertThatThrownBy(() -> export(new Fickle(1, 0, Duration.ZERO)))
                .hasMessageContaining("no cursor");
    }
}
