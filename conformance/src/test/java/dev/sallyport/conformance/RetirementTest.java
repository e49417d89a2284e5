package dev.sallyport.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.ClockedLog;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.postgres.CopyVerifier;
import dev.sallyport.audit.postgres.LogCopy;
import dev.sallyport.audit.postgres.Retirement;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Old months leave the copy; what stays is verified as strictly as before, tree and signatures
/// included, and the gateway goes on.
class RetirementTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private @TempDir Path folder;

    private static CopyVerifier.Finding verify(CopyDatabase database, Evidence evidence)
            throws Exception {
        try (var connection = database.as(CopyDatabase.READER).connect()) {
            var findings = CopyVerifier.verify(connection, evidence, "");
            assertThat(findings.getLast().outcome())
                    .as(findings.toString())
                    .isEqualTo(Outcome.SOUND);
            return findings.getFirst();
        }
    }

    private static List<String> retire(CopyDatabase database, String before) throws Exception {
        try (var owner = database.as(CopyDatabase.OWNER).connect()) {
            return Retirement.retire(
                    owner, YearMonth.parse(before), "kept for two years", Evidence.NONE);
        }
    }

    @Test
    void oldMonthsLeaveAndTheRestStaysVerifiable() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_retired", "gw-1");
        var store = folder.resolve("store");
        var now = new AtomicReference<>(Instant.parse("2024-11-05T08:00:00Z"));
        try (var log = ClockedLog.openSealed(store, "gw-1", now::get, folder.resolve("key"));
                var copy =
                        LogCopy.start(
                                store,
                                "gw-1",
                                log::durableSequence,
                                database.as(CopyDatabase.WRITER),
                                LogCopyTest.QUICK)) {
            // More than a tile of the tree in the months that go.
            LogCopyTest.append(log, 200);
            now.set(Instant.parse("2024-12-05T08:00:00Z"));
            LogCopyTest.append(log, 100);
            assertThat(copy.await(log.durableSequence(), SOON)).isTrue();
            long goes = log.durableSequence();
            now.set(Instant.now());
            LogCopyTest.append(log, 20);
            assertThat(copy.await(log.durableSequence(), SOON)).isTrue();
            awaitCheckpoint(database, log.durableSequence());
            var old =
                    Checkpoint.parse(
                            requireNonNull(
                                            database.one(
                                                    "select convert_from(note, 'UTF8') from"
                                                        + " log.checkpoint order by size limit 1"))
                                    .getBytes());

            assertThat(retire(database, "2024-11")).isEmpty();
            assertThat(retire(database, "2025-01"))
                    .contains("gw-1: entries up to " + goes + " taken out");
            assertThat(database.one("select min(sequence) from log.entry"))
                    .isEqualTo(String.valueOf(goes + 1));
            assertThat(database.one("select count(*) from log.entry_2024_11")).isNotEqualTo("0");

            var key = KeyFile.read(folder.resolve("key")).getFirst().verifier();
            var finding = verify(database, new Evidence(List.of(), List.of(), List.of(key)));
            assertThat(finding.outcome()).as(finding.describe()).isEqualTo(Outcome.SOUND);
            assertThat(finding.begin()).isEqualTo(goes + 1);
            assertThat(finding.describe()).contains("older ones retired");
            assertThat(finding.seal().entries()).isGreaterThan(goes);
            assertThat(database.one("select problem from log.verify_chain('gw-1')")).isNull();
            // What was kept elsewhere says nothing about what is left.
            assertThat(verify(database, new Evidence(List.of(), List.of(old), List.of())).outcome())
                    .isEqualTo(Outcome.CANNOT_TELL);

            // The gateway goes on, also on a new connection.
            LogCopyTest.append(log, 20);
            assertThat(copy.await(log.durableSequence(), SOON)).isTrue();
            database.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename ="
                            + " 'copy_writer' and datname = 'copy_retired'");
            LogCopyTest.append(log, 20);
            assertThat(copy.await(log.durableSequence(), SOON)).isTrue();
            assertThat(verify(database, Evidence.NONE).outcome()).isEqualTo(Outcome.SOUND);

            // A changed edge of the tree no longer leads to the signed roots.
            database.execute(
                    "alter table log.retired disable trigger refuse_change",
                    "update log.retired set edge = set_byte(edge, 5, (get_byte(edge, 5) + 1) %"
                            + " 256)",
                    "alter table log.retired enable always trigger refuse_change");
            assertThat(verify(database, Evidence.NONE).outcome()).isEqualTo(Outcome.ALTERED);
        }
    }

    private static void awaitCheckpoint(CopyDatabase database, long size) throws Exception {
        for (int i = 0; i < 600; i++) {
            if ("t"
                    .equals(
                            database.one(
                                    "select coalesce(max(size), 0) >= "
                                            + size
                                            + " from log.checkpoint"))) return;
            Thread.sleep(50);
        }
        throw new AssertionError("no checkpoint came");
    }

    @Test
    void whatIsNotSoundOrNotABeginningStays() throws Exception {
        var database = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_kept", "gw-1");
        var store = folder.resolve("store");
        var now = new AtomicReference<>(Instant.parse("2024-11-05T08:00:00Z"));
        try (var log = ClockedLog.openSealed(store, "gw-1", now::get, folder.resolve("key"))) {
            for (var time :
                    new String[] {
                        "2024-11-05T08:00:00Z",
                        "2024-12-05T08:00:00Z",
                        "2024-11-06T08:00:00Z",
                        "2025-03-06T08:00:00Z"
                    }) {
                now.set(Instant.parse(time));
                LogCopyTest.append(log, 2);
            }
            var copy =
                    LogCopy.start(
                            store,
                            "gw-1",
                            log::durableSequence,
                            database.as(CopyDatabase.WRITER),
                            LogCopyTest.QUICK);
            assertThat(copy.await(log.durableSequence(), SOON)).isTrue();
            awaitCheckpoint(database, log.durableSequence());
            copy.close();
        }
        assertThatThrownBy(() -> retire(database, "2024-12"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("the clock of gw-1 was set back");
        assertThat(retire(database, "2025-01")).hasSize(3);
        database.execute("alter table log.entry disable trigger refuse_change");
        assertThatThrownBy(() -> retire(database, "2025-04"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("nothing is taken out");
        assertThat(Files.exists(store)).isTrue();
    }
}
