package dev.sallyport.audit.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long answers take on a large log: 40,000 entries by day, 10 million with
/// `-Dsallyport.log.entries=10000000` (the Maven profile `nightly`). The processor's time is
/// measured, not the clock's: the machine may be busy.
class LargeLogTest {
    private static final int ENTRIES = Integer.getInteger("sallyport.log.entries", 40_000);
    private static final Duration MOST = Duration.ofSeconds(1);

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @Test
    void answersTakeLessThanASecond(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("audit");
        Path index = folder.resolve("index");
        AuditOptions options =
                AuditOptions.DEFAULTS
                        .withReserveBytes(512L << 20)
                        .withSegmentBytes(64 << 20)
                        .withHeartbeat(Duration.ZERO);
        try (AuditLog log = AuditLog.open(store, "gw-1", options)) {
            new LargeLog(1).write(log, ENTRIES);
        }
        assertThat(LogSearch.ask(store, index, EntryFilter.ALL, _ -> {}).entries())
                .isEqualTo(ENTRIES);
        for (EntryFilter filter :
                List.of(
                        EntryFilter.ALL.with(Criterion.USER, "person-20"),
                        EntryFilter.ALL.with(Criterion.TABLE, "patients"),
                        EntryFilter.ALL.with(Criterion.SQLSTATE, "42P01"),
                        EntryFilter.ALL
                                .with(Criterion.COLUMN, "patients.ssn")
                                .with(Criterion.VERDICT, "deny"),
                        EntryFilter.ALL.with(Criterion.TEXT, "birth_date"))) {
            long before = SYSTEM.getProcessCpuTime();
            StringBuilder table = new StringBuilder();
            LogSearch.ask(store, index, filter, _ -> {}).writeTable(1_000, 0, table);
            Duration taken = Duration.ofNanos(SYSTEM.getProcessCpuTime() - before);
            assertThat(table.toString().lines().count()).isGreaterThan(2);
            assertThat(taken).as("%s", filter.options()).isLessThan(MOST);
        }
    }
}
