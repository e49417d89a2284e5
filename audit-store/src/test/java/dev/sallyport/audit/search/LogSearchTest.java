package dev.sallyport.audit.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// One small log, and what people ask of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogSearchTest {
    private static final AuditOptions OPTIONS =
            AuditOptions.DEFAULTS.withSegmentBytes(128 * 1024).withHeartbeat(Duration.ZERO);

    private Path store = Path.of("");
    private Instant before = Instant.MIN;

    @BeforeAll
    void write(@TempDir Path folder) throws AuditException {
        store = folder;
        before = Instant.now().minusSeconds(60);
        try (AuditLog log = AuditLog.open(store, "gw-1", OPTIONS)) {
            log.append(new AuditEvent.GatewayStarted("gw-1", "0.1.0", Map.of()));
            log.append(
                    new AuditEvent.LoginSucceeded(
                            "a1",
                            "dora",
                            List.of("developer"),
                            "10.0.0.5:4711",
                            "pg",
                            "scram-sha-256",
                            "TLSv1.3"));
            log.append(
                    new AuditEvent.SessionStarted(
                            "a1", "dora", "10.0.0.5:4711", "clinic", "clinic", "psql"));
            log.append(
                    intent(
                            "a1",
                            "dora",
                            1,
                            "SELECT",
                            "SELECT id\n  FROM patients WHERE zip = ?",
                            "select public.patients (id, zip)",
                            "permit",
                            "developer-reads",
                            ""));
            log.append(
                    intent(
                            "b2",
                            "phil",
                            1,
                            "UPDATE",
                            "UPDATE encounters SET note = ?",
                            "update clinical.encounters (note)",
                            "permit",
                            "physician-writes",
                            ""));
            log.append(
                    new AuditEvent.StatementOutcome(
                            "a1", 1, "completed", "", "SELECT 3", 3, 2_400, 1_250));
            log.append(
                    intent(
                            "a1",
                            "dora",
                            2,
                            "SELECT",
                            "SELECT ssn FROM patients",
                            "select public.patients (ssn)",
                            "deny",
                            "no-ssn",
                            "column public.patients.ssn is not granted for select"));
            log.append(new AuditEvent.StatementOutcome("b2", 1, "failed", "23505", "", -1, 0, 900));
            log.append(
                    new AuditEvent.LoginFailed(
                            "c3", "", "10.0.0.9:999", "pg", "no such user or wrong password"));
            log.append(
                    intent("a1", "dora", 3, "", "", "", "deny", "", "syntax error at character 7"));
            log.append(new AuditEvent.SessionEnded("a1", "dora", "client closed", 3, 2_400, 12));
        }
    }

    private static AuditEvent intent(
            String session,
            String user,
            long statement,
            String kind,
            String sql,
            String access,
            String decision,
            String rule,
            String reason) {
        return new AuditEvent.StatementIntent(
                session,
                user,
                "10.0.0.5:4711",
                "clinic",
                "clinic",
                statement,
                "Query",
                kind,
                sql,
                access.isEmpty() ? List.of() : List.of(access),
                decision,
                rule.isEmpty() ? List.of() : List.of(rule),
                reason,
                List.of(),
                "v1",
                1,
                List.of("developer"),
                Map.of(),
                List.of(),
                List.of());
    }

    @Test
    void tailIsOneCalmLinePerEntry() throws Exception {
        assertThat(lines(tail(11, EntryFilter.ALL)))
                .containsExactly(
                        "#1  -  gateway gw-1 started, version 0.1.0",
                        "#2  dora  logged in from 10.0.0.5:4711 by scram-sha-256 as developer",
                        "#3  dora  session started on clinic from 10.0.0.5:4711 with psql",
                        "#4  dora  permit  SELECT id FROM patients WHERE zip = ?"
                                + "  [developer-reads]",
                        "#5  phil  permit  UPDATE encounters SET note = ?  [physician-writes]",
                        "#6  dora    completed, 3 rows, 2.3 KiB, 1.3 ms",
                        "#7  dora  DENY  SELECT ssn FROM patients  because column"
                                + " public.patients.ssn is not granted for select  [no-ssn]",
                        "#8  phil    failed 23505, 0.9 ms",
                        "#9  -  login failed from 10.0.0.9:999: no such user or wrong password",
                        "#10  dora  DENY  (Query not understood)  because syntax error at"
                                + " character 7",
                        "#11  dora  session ended: client closed (3 statements, 2.3 KiB, 12 s)");
    }

    @Test
    void tailShowsTheLastEntriesAndKnowsWhoseTheyAre() throws Exception {
        assertThat(lines(tail(6, EntryFilter.ALL)).getFirst())
                .isEqualTo("#6  dora    completed, 3 rows, 2.3 KiB, 1.3 ms");
        assertThat(lines(tail(0, EntryFilter.ALL))).isEmpty();
    }

    @Test
    void searchIsATableWithARowPerStatement() throws Exception {
        String table = search(where("", "", "patients", "", "", "", "", ""));
        List<String> rows = table.lines().toList();
        assertThat(rows.get(0)).matches("SEQUENCE  TIME +USER  VERDICT  OUTCOME +WHAT");
        assertThat(rows.get(1))
                .matches(
                        "4 +\\S+ \\S+Z  dora  permit   completed, 3 rows, 2.3 KiB, 1.3 ms "
                                + " SELECT id FROM patients WHERE zip = \\?");
        assertThat(rows.get(2)).contains("dora  deny").contains("because column public.patients");
        assertThat(rows.get(3)).isEqualTo("2 rows");
    }

    @Test
    void everyFilterFinds() throws Exception {
        assertThat(found(where("phil", "", "", "", "", "", "", ""))).containsExactly(5L, 8L);
        assertThat(found(where("", "a1", "", "", "", "", "", "")))
                .containsExactly(2L, 3L, 4L, 6L, 7L, 10L, 11L);
        assertThat(found(where("", "", "patients", "", "", "", "", "")))
                .containsExactly(4L, 6L, 7L);
        assertThat(found(where("", "", "public.patients", "", "", "", "", "")))
                .containsExactly(4L, 6L, 7L);
        assertThat(found(where("", "", "private.patients", "", "", "", "", ""))).isEmpty();
        assertThat(found(where("", "", "", "ssn", "", "", "", ""))).containsExactly(7L);
        assertThat(found(where("", "", "", "patients.ssn", "", "", "", ""))).containsExactly(7L);
        assertThat(found(where("", "", "", "encounters.ssn", "", "", "", ""))).isEmpty();
        assertThat(found(where("", "", "", "", "deny", "", "", ""))).containsExactly(7L, 10L);
        assertThat(found(where("", "", "", "", "", "physician-writes", "", "")))
                .containsExactly(5L, 8L);
        assertThat(found(where("", "", "", "", "", "", "login-failed", ""))).containsExactly(9L);
        assertThat(found(where("", "", "", "", "", "", "statement-outcome", "")))
                .containsExactly(6L, 8L);
        assertThat(found(where("", "", "", "", "", "", "", "NOTE"))).containsExactly(5L, 8L);
        assertThat(found(EntryFilter.ALL)).hasSize(11);
        assertThat(found(between(before, Instant.MAX, 1, 99))).hasSize(11);
        assertThat(found(between(Instant.MIN, before, 1, 99))).isEmpty();
        assertThat(found(between(Instant.MIN, Instant.MAX, 3, 5))).containsExactly(3L, 4L, 5L);
    }

    @Test
    void whatTheOutcomeSaysFindsTheWholeStatement() throws Exception {
        assertThat(found(EntryFilter.ALL.with(Criterion.SQLSTATE, "23505")))
                .containsExactly(5L, 8L);
        assertThat(found(EntryFilter.ALL.with(Criterion.STATUS, "completed")))
                .containsExactly(4L, 6L);
        assertThat(
                        found(
                                EntryFilter.ALL
                                        .with(Criterion.SQLSTATE, "23505")
                                        .with(Criterion.TYPE, "statement-intent")))
                .containsExactly(5L);
        assertThat(
                        found(
                                EntryFilter.ALL
                                        .with(Criterion.SQLSTATE, "23505")
                                        .with(Criterion.TABLE, "patients")))
                .isEmpty();
    }

    @Test
    void aSourceIsAnAddressOrANetwork() throws Exception {
        assertThat(found(EntryFilter.ALL.with(Criterion.SOURCE, "10.0.0.9"))).containsExactly(9L);
        assertThat(found(EntryFilter.ALL.with(Criterion.SOURCE, "10.0.0.8/30")))
                .containsExactly(9L);
        assertThat(found(EntryFilter.ALL.with(Criterion.SOURCE, "10.0.0.0/8"))).hasSize(9);
        assertThat(found(EntryFilter.ALL.with(Criterion.SOURCE, "::1"))).isEmpty();
        assertThat(Criterion.host("[0:0:0:0:0:0:0:1]:4711")).isEqualTo("0:0:0:0:0:0:0:1");
        assertThat(Criterion.SOURCE.test("::1")).accepts("0:0:0:0:0:0:0:1");
        assertThat(Criterion.isSource("10.0.0.0/33")).isFalse();
        assertThat(Criterion.isSource("clinic.example")).isFalse();
    }

    @Test
    void theActionIsOfTheSameAccessAsTheTable() throws Exception {
        assertThat(
                        found(
                                EntryFilter.ALL
                                        .with(Criterion.ACTION, "select")
                                        .with(Criterion.TABLE, "patients")))
                .containsExactly(4L, 6L, 7L);
        assertThat(found(EntryFilter.ALL.with(Criterion.ACTION, "update"))).containsExactly(5L, 8L);
    }

    @Test
    void theTableFitsTheScreen() throws Exception {
        for (int width : List.of(80, 100, 120, 160)) {
            StringBuilder out = new StringBuilder();
            ask(store, EntryFilter.ALL).writeTable(100, width, out);
            assertThat(out.toString().lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width + 24));
            assertThat(out.toString().lines().mapToInt(String::length).max().orElse(0))
                    .isGreaterThan(width / 2);
        }
    }

    @Test
    void totalsCountStatementsOnce() throws Exception {
        assertThat(ask(store, EntryFilter.ALL.with(Criterion.TABLE, "patients")).totals())
                .isEqualTo(new LogSearch.Totals(3, 2, 3));
        assertThat(ask(store, EntryFilter.ALL).totals()).isEqualTo(new LogSearch.Totals(11, 9, 3));
    }

    @Test
    void jsonIsTheEntriesBytes() throws Exception {
        StringBuilder out = new StringBuilder();
        ask(store, EntryFilter.ALL).writeJson(out);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(11);
        assertThat(lines.get(8))
                .startsWith("{\"epoch\":1,\"event\":{\"client\":\"10.0.0.9:999\"")
                .endsWith("\"type\":\"login-failed\",\"writer\":\"gw-1\"}");
    }

    @Test
    void theTableKeepsTheLatestRows() throws Exception {
        StringBuilder out = new StringBuilder();
        ask(store, EntryFilter.ALL).writeTable(2, 0, out);
        assertThat(out.toString().lines().toList())
                .hasSize(4)
                .last()
                .isEqualTo("the last 2 of 9 rows");
    }

    @Test
    void followGoesOnWithWhatIsWritten(@TempDir Path growing) throws Exception {
        try (AuditLog log = AuditLog.open(growing, "gw-1", OPTIONS)) {
            log.commit(new AuditEvent.GatewayStarted("gw-1", "1", Map.of())).get();
            StringBuilder out = new StringBuilder();
            AtomicInteger polls = new AtomicInteger();
            LogTail.tail(
                    growing,
                    10,
                    EntryFilter.ALL,
                    LogTail.Format.TEXT,
                    out,
                    () -> {
                        int poll = polls.incrementAndGet();
                        if (poll <= 2)
                            log.commit(new AuditEvent.GatewayStopped("gw-1", "poll " + poll))
                                    .join();
                        return poll <= 3;
                    });
            assertThat(lines(out.toString()))
                    .containsExactly(
                            "#1  -  gateway gw-1 started, version 1",
                            "#2  -  gateway gw-1 stopped: poll 1",
                            "#3  -  gateway gw-1 stopped: poll 2");
        }
    }

    @Test
    void whatDoesNotChainIsNotShown(@TempDir Path altered) throws Exception {
        try (AuditLog log = AuditLog.open(altered, "gw-1", OPTIONS)) {
            for (int i = 0; i < 3; i++)
                log.append(new AuditEvent.GatewayStopped("gw-1", "quiet " + i));
        }
        Path segment = altered.resolve("segment-00000000000000000001");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(256 + 12 + 40);
            file.write('X');
        }
        assertThatThrownBy(() -> ask(altered, EntryFilter.ALL))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("segment-00000000000000000001 at offset 256")
                .hasMessageContaining("audit verify");
        assertThatThrownBy(() -> LogReader.open(altered.resolve("nowhere"), 1))
                .isInstanceOf(AuditException.class);
    }

    @Test
    void nothingFromAClientPaintsOverTheScreen() {
        assertThat(EntryText.printable("a\u001b[2J\u202eb\u0000\r\n  c\u2028d\u200be"))
                .isEqualTo("a·[2J·b· c·d·e");
        assertThat(EntryText.printable("é漢😂")).isEqualTo("é漢😂");
    }

    private String tail(long count, EntryFilter filter) throws Exception {
        StringBuilder out = new StringBuilder();
        LogTail.tail(store, count, filter, LogTail.Format.TEXT, out, () -> false);
        return out.toString();
    }

    private String search(EntryFilter filter) throws Exception {
        StringBuilder out = new StringBuilder();
        ask(store, filter).writeTable(100, 0, out);
        return out.toString();
    }

    private List<Long> found(EntryFilter filter) throws Exception {
        StringBuilder out = new StringBuilder();
        LogSearch search = ask(store, filter);
        search.writeJson(out);
        List<Long> sequences =
                out.toString()
                        .lines()
                        .map(line -> line.replaceFirst(".*\"seq\":(\\d+),\"time\".*", "$1"))
                        .map(Long::valueOf)
                        .toList();
        assertThat(search.entries()).isEqualTo(sequences.size());
        return sequences;
    }

    /// The lines without their times.
    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> {
                    assertThat(line)
                            .matches(
                                    "\\d{4}-\\d\\d-\\d\\d" + " \\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z  .*");
                    return line.substring(line.indexOf('#'));
                })
                .toList();
    }

    private static EntryFilter where(
            String user,
            String session,
            String table,
            String column,
            String verdict,
            String rule,
            String type,
            String text) {
        return EntryFilter.ALL
                .with(Criterion.USER, user)
                .with(Criterion.SESSION, session)
                .with(Criterion.TABLE, table)
                .with(Criterion.COLUMN, column)
                .with(Criterion.VERDICT, verdict)
                .with(Criterion.RULE, rule)
                .with(Criterion.TYPE, type)
                .with(Criterion.TEXT, text);
    }

    private static EntryFilter between(Instant from, Instant to, long first, long last) {
        return EntryFilter.ALL.within(from, to).between(first, last);
    }

    private static LogSearch ask(Path store, EntryFilter filter) throws Exception {
        return LogSearch.ask(store, null, filter, _ -> {});
    }
}
