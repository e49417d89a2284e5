package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.postgres.LogCopy;
import dev.sallyport.audit.search.LogReader;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal's copy in a real PostgreSQL: every entry once, byte for byte, and nobody may change
/// it.
class LogCopyTest {
    static final LogCopy.Options QUICK =
            new LogCopy.Options(
                    50,
                    200_000,
                    Duration.ofMillis(10),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(5));
    private static final Duration SOON = Duration.ofSeconds(20);

    private @TempDir Path folder;

    static AuditLog log(Path store, String origin) throws Exception {
        return AuditLog.openSealed(
                store,
                origin,
                AuditOptions.DEFAULTS.withSegmentBytes(128 * 1024).withReserveBytes(64 << 20),
                store.resolveSibling(store.getFileName() + ".key"));
    }

    static AuditEvent.StatementIntent intent(String session, long statement, String sql) {
        return new AuditEvent.StatementIntent(
                session,
                "dora",
                "10.1.2.3:40100",
                "gw@db:5432/clinic",
                "clinic",
                statement,
                "Query",
                "SELECT",
                sql,
                List.of("select public.patients (city, id)", "execute pg_catalog.now"),
                "permit",
                List.of("dev-patients"),
                "",
                List.of("int4"),
                "v1",
                3,
                List.of("developer"),
                Map.of(),
                List.of(),
                List.of());
    }

    static void append(AuditLog log, int pairs) throws Exception {
        for (int i = 1; i <= pairs; i++) {
            log.append(intent("s-1", i, "SELECT id, city FROM patients WHERE id = ?"));
            log.append(
                    new AuditEvent.StatementOutcome(
                            "s-1", i, "completed", "", "SELECT 1", 1, 24, 900));
        }
        log.commit(new AuditEvent.LogRead("aud", "search", pairs)).get();
    }

    private static void awaitCopied(LogCopy copy, AuditLog log) {
        await().atMost(SOON)
                .untilAsserted(() -> {
                    var status = copy.status();
                    assertThat(status.problem()).isEmpty();
                    assertThat(status.copied()).isEqualTo(log.durableSequence());
                });
        assertThat(copy.status().lagEntries()).isZero();
    }

    @Test
    void everyEntryIsThereOnceAndByteForByteWithTheLastCheckpoint() throws Exception {
        var database =
                CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_plain", "gw-1", "gw-2");
        var store = folder.resolve("store");
        try (var log = log(store, "gw-1");
                var other = log(folder.resolve("other"), "gw-2")) {
            append(log, 300);
            append(other, 10);
            var copy =
                    LogCopy.start(
                            store,
                            "gw-1",
                            log::durableSequence,
                            database.as(CopyDatabase.WRITER),
                            QUICK);
            var second =
                    LogCopy.start(
                            folder.resolve("other"),
                            "gw-2",
                            other::durableSequence,
                            database.as(CopyDatabase.WRITER),
                            QUICK);
            awaitCopied(copy, log);
            append(log, 5);
            log.close();
            copy.close();
            other.close();
            second.close();
        }
        var there =
                database.column(
                        "select encode(entry, 'hex') from log.entry where origin = 'gw-1' order by"
                                + " sequence");
        int n = 0;
        try (var reader = LogReader.open(store, 1)) {
            for (Entry entry = reader.next(); entry != null; entry = reader.next())
                assertThat(there.get(n++))
                        .isEqualTo(java.util.HexFormat.of().formatHex(reader.raw()));
        }
        assertThat(there).hasSize(n).hasSizeGreaterThan(600);
        assertThat(database.one("select max(size) from log.checkpoint where origin = 'gw-1'"))
                .isEqualTo(String.valueOf(n));
        assertThat(
                        database.one(
                                "select entries || ' ' || (bad_sequence is null) from"
                                        + " log.verify_chain('gw-1')"))
                .isEqualTo(n + " true");
        assertThat(
                        database.one(
                                "select entries || ' ' || (bad_sequence is null) from"
                                        + " log.verify_chain('gw-2')"))
                .isEqualTo("22 true");
    }

    @Test
    void whoAddsCanDoNothingElseAndNobodyCanChangeAnything() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_rights", "gw-1");
        copyWhole(database, "gw-1", 20);
        var partition = database.one("select tableoid::regclass from log.entry limit 1");
        for (var sql :
                List.of(
                        "select entry from log.entry",
                        "select * from public.statements",
                        "update log.entry set time = now()",
                        "delete from log.entry",
                        "truncate log.entry",
                        "delete from " + partition,
                        "insert into "
                                + partition
                                + " (origin, sequence, time, entry) values ('gw-1', 99, now(), '')",
                        "truncate " + partition,
                        "drop table " + partition,
                        "alter table log.entry disable trigger all",
                        "insert into log.source (origin, role) values ('gw-9', 'copy_writer')",
                        "insert into log.retired values ('gw-1', 1, '', '', '', '{}', '')",
                        "select log.make_month(now())",
                        "select log.check_source('gw-1')",
                        "create table public.x ()",
                        "create temp table x ()",
                        "create schema x"))
            assertThat(database.attempt(CopyDatabase.WRITER, sql)).as(sql).startsWith("42501");
        for (var table :
                List.of("log.entry", partition, "log.checkpoint", "log.source", "log.version"))
            for (var sql : List.of("delete from " + table, "truncate " + table + " cascade"))
                for (var role : List.of(CopyDatabase.OWNER, CopyDatabase.READER))
                    assertThat(database.attempt(role, sql))
                            .as(role + ": " + sql)
                            .startsWith("42501");
        for (var role : List.of(CopyDatabase.OWNER))
            for (var sql :
                    List.of(
                            "update log.entry set time = time",
                            "update " + partition + " set entry = ''",
                            "update log.checkpoint set note = ''",
                            "update log.source set role = 'x'"))
                assertThat(database.attempt(role, sql)).as(sql).startsWith("42501");
        // A superuser's usual way around triggers.
        assertThat(
                        superuser(
                                database,
                                "set session_replication_role = replica; delete from log.entry"))
                .startsWith("42501");
        assertThat(database.attempt(CopyDatabase.READER, "select * from public.statements"))
                .isEqualTo("ok");
        assertThat(database.attempt(CopyDatabase.READER, "select * from log.verify_chain('gw-1')"))
                .isEqualTo("ok");
        assertThat(database.attempt(CopyDatabase.READER, "select log.prepare_month(now())"))
                .startsWith("42501");
    }

    private static String superuser(CopyDatabase database, String sql) {
        try {
            database.execute(sql);
            return "ok";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    private void copyWhole(CopyDatabase database, String origin, int pairs) throws Exception {
        var store = folder.resolve(origin);
        var log = log(store, origin);
        var copy =
                LogCopy.start(
                        store,
                        origin,
                        log::durableSequence,
                        database.as(CopyDatabase.WRITER),
                        QUICK);
        append(log, pairs);
        log.close();
        copy.close();
        assertThat(copy.status().lagEntries()).isZero();
    }

    @Test
    void whatDoesNotFollowIsNotTaken() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_gaps", "gw-1");
        copyWhole(database, "gw-1", 20);
        var last = database.one("select max(sequence) from log.entry");
        var text = "convert_from(entry, 'UTF8')";
        // Again; with a gap; not chaining; of a log that is not registered; columns that lie.
        for (var attempt :
                Map.of(
                                "select origin, sequence, time, entry from e where sequence = "
                                        + last,
                                "23505",
                                "select origin, sequence, time + interval '1 month',"
                                        + " convert_to(replace("
                                        + text
                                        + ", to_char(time at time zone 'UTC', 'YYYY-MM'),"
                                        + " to_char(time at time zone 'UTC' + interval '1 month',"
                                        + " 'YYYY-MM')), 'UTF8') from e where sequence = 5",
                                "23505",
                                "select origin, sequence + 2, time, convert_to(replace("
                                        + text
                                        + ", '\"seq\":' || sequence, '\"seq\":' || sequence + 2),"
                                        + " 'UTF8') from e where sequence = "
                                        + last,
                                "23000",
                                "select origin, sequence + 1, time, convert_to(replace("
                                        + text
                                        + ", '\"seq\":' || sequence, '\"seq\":' || sequence + 1),"
                                        + " 'UTF8') from e where sequence = "
                                        + last,
                                "23000",
                                "select 'gw-9', 1, time, convert_to(replace("
                                        + text
                                        + ", '\"writer\":\"gw-1\"', '\"writer\":\"gw-9\"'), 'UTF8')"
                                        + " from e where sequence = 1",
                                "42501",
                                "select origin, sequence + 1, time, entry from e where sequence = "
                                        + last,
                                "23514",
                                "select 'gw-2', sequence, time, entry from e where sequence = 1",
                                "23514",
                                "select origin, sequence, now(), entry from e where sequence = 1",
                                "23514",
                                "select origin, sequence, time, 'x'::bytea from e where sequence ="
                                        + " 1",
                                "22P02")
                        .entrySet())
            assertThat(writerInserts(database, attempt.getKey()))
                    .as(attempt.getKey())
                    .startsWith(attempt.getValue());
        assertThat(database.one("select max(sequence) from log.entry")).isEqualTo(last);
        assertThat(
                        database.attempt(
                                CopyDatabase.WRITER,
                                "insert into log.checkpoint (origin, size, note) values ('gw-1',"
                                        + " 9999, convert_to(E'gw-1\\n9999\\nx', 'UTF8'))"))
                .startsWith("23000");
        assertThat(
                        database.attempt(
                                CopyDatabase.WRITER,
                                "insert into log.checkpoint (origin, size, note) values ('gw-1', 3,"
                                        + " convert_to(E'gw-1\\n4\\nx', 'UTF8'))"))
                .startsWith("23");
        assertThat(database.attempt(CopyDatabase.WRITER, "select log.prepare_month('2199-01-01')"))
                .startsWith("22008");
    }

    /// The rows are read by somebody who may, and added by the writer.
    private static String writerInserts(CopyDatabase database, String query) throws Exception {
        database.execute(
                "drop table if exists public.tried",
                "create table public.tried (origin, sequence, time, entry) as with e as (select *"
                        + " from log.entry) "
                        + query,
                "grant select on public.tried to " + CopyDatabase.WRITER);
        return database.attempt(
                CopyDatabase.WRITER,
                "insert into log.entry (origin, sequence, time, entry) select * from public.tried");
    }

    @Test
    void hugeEntriesAndWhatJsonbCannotHoldAreCopiedAsTheyAre() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_odd", "gw-1");
        var store = folder.resolve("odd");
        var log = log(store, "gw-1");
        var odd = "SELECT \u0000 \\u0000 \\\u0000 \ud83d\ude00 \u0001 \u2028 \" '";
        log.append(intent("s-1", 1, odd));
        log.append(intent("s-1", 2, "SELECT " + "x, ".repeat(200_000)));
        log.append(intent("s-1", 3, "\ud800 alone"));
        log.append(intent("s-".repeat(20_000), 4, "SELECT 1"));
        append(log, 2);
        var copy =
                LogCopy.start(
                        store,
                        "gw-1",
                        log::durableSequence,
                        database.as(CopyDatabase.WRITER),
                        QUICK);
        awaitCopied(copy, log);
        log.close();
        copy.close();
        assertThat(
                        database.one(
                                "select bad_sequence is null and entries > 5 from"
                                        + " log.verify_chain('gw-1')"))
                .isEqualTo("t");
        assertThat(
                        database.one(
                                "select sql from public.statements where statement = 1 and message"
                                        + " = 'Query' order by sequence limit 1"))
                .isEqualTo(odd.replace('\u0000', '\ufffd'));
        assertThat(Integer.parseInt(database.one("select max(length(entry)) from log.entry")))
                .isGreaterThan(65_000);
    }
}
