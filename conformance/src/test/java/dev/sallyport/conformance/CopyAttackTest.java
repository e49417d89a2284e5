package dev.sallyport.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.postgres.CopyVerifier;
import dev.sallyport.audit.postgres.LogCopy;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A superuser at work on copies of a sound copy: whatever he does to rows, checkpoints or guards
/// is found, with the first sequence concerned.
class CopyAttackTest {
    private static final String BASE = "copy_attacked";
    private static final String TEXT = "convert_from(entry, 'UTF8')";
    private static final String OFF =
            "alter table log.entry disable trigger all; alter table log.checkpoint disable trigger"
                    + " all";
    private static final String ON =
            """
            alter table log.entry enable always trigger refuse_change;
            alter table log.entry enable always trigger refuse_truncate;
            alter table log.entry enable always trigger check_added;
            do $$ declare p regclass; begin
              for p in select inhrelid::regclass from pg_inherits where inhparent = 'log.entry'::regclass loop
                execute format('alter table %s enable always trigger refuse_change', p);
                execute format('alter table %s enable always trigger refuse_truncate', p);
              end loop; end $$;
            alter table log.checkpoint enable always trigger refuse_change;
            alter table log.checkpoint enable always trigger refuse_truncate;
            alter table log.checkpoint enable always trigger check_checkpoint
            """;

    /// Chains everything anew from `%d` on, after `%s` was done to that entry's text.
    private static final String RECHAIN =
            """
            do $$ declare r record; prev text; t text; begin
              for r in select * from log.entry where origin = 'gw-1' and sequence >= %d order by sequence loop
                t := convert_from(r.entry, 'UTF8');
                if prev is null then t := %s;
                else t := regexp_replace(t, '"prev":"[0-9a-f]{64}"', '"prev":"' || prev || '"'); end if;
                update log.entry set entry = convert_to(t, 'UTF8') where origin = 'gw-1' and sequence = r.sequence;
                prev := encode(sha256('\\x00'::bytea || convert_to(t, 'UTF8')), 'hex');
              end loop; end $$
            """;

    private static CopyDatabase base;
    private static Checkpoint newest;
    private static VerifierKey key;
    private static int copies;

    @BeforeAll
    static void makeASoundCopy(@TempDir Path folder) throws Exception {
        base = CopyDatabase.ready(GatewayUnderTest.postgres(), BASE, "gw-1", "gw-2");
        for (var origin : List.of("gw-1", "gw-2")) {
            var store = folder.resolve(origin);
            AuditLog log = LogCopyTest.log(store, origin);
            var running =
                    LogCopy.start(
                            store,
                            origin,
                            log::durableSequence,
                            base.as(CopyDatabase.WRITER),
                            LogCopyTest.QUICK);
            LogCopyTest.append(log, 10);
            // So that there is an earlier checkpoint, too.
            Thread.sleep(2_000);
            LogCopyTest.append(log, 15);
            log.close();
            running.close();
            assertThat(running.status().lagEntries()).isZero();
        }
        newest = Checkpoint.parse(Files.readAllBytes(folder.resolve("gw-1/checkpoint")));
        key = KeyFile.read(folder.resolve("gw-1.key")).getFirst().verifier();
        assertThat(newest.size()).isGreaterThan(50);
    }

    private List<CopyVerifier.Finding> attacked(Evidence evidence, String... statements)
            throws Exception {
        var copy = new CopyDatabase(base.server(), BASE + "_" + ++copies);
        base.server()
                .execute(
                        "postgres",
                        "drop database if exists " + copy.name(),
                        "create database "
                                + copy.name()
                                + " template "
                                + BASE
                                + " owner "
                                + CopyDatabase.OWNER,
                        "grant connect on database " + copy.name() + " to " + CopyDatabase.READER);
        copy.execute(statements);
        try (var connection = copy.as(CopyDatabase.READER).connect()) {
            return CopyVerifier.verify(connection, evidence, "");
        } finally {
            if (statements.length == 0 || !statements[0].startsWith("keep"))
                base.server().execute("postgres", "drop database " + copy.name() + " with (force)");
        }
    }

    private static Evidence keys(VerifierKey... keys) {
        return new Evidence(List.of(), List.of(), List.of(keys));
    }

    private static CopyVerifier.Finding of(List<CopyVerifier.Finding> findings, String origin) {
        return findings.stream().filter(f -> f.origin().equals(origin)).findFirst().orElseThrow();
    }

    /// The log is found altered there, and the others and the guards are as they should be.
    private void found(long sequence, String reason, String... statements) throws Exception {
        var done = new java.util.ArrayList<String>(List.of(OFF));
        done.addAll(List.of(statements));
        done.add(ON);
        var findings = attacked(Evidence.NONE, done.toArray(String[]::new));
        var finding = of(findings, "gw-1");
        assertThat(finding.outcome()).as(findings.toString()).isEqualTo(Outcome.ALTERED);
        assertThat(finding.badSequence()).as(finding.describe()).isEqualTo(sequence);
        assertThat(finding.describe()).contains(reason).doesNotContain("dora");
        assertThat(of(findings, "gw-2").outcome()).isEqualTo(Outcome.SOUND);
        assertThat(of(findings, "").outcome())
                .as(of(findings, "").describe())
                .isEqualTo(Outcome.SOUND);
        assertThat(CopyVerifier.worst(findings).exitCode()).isEqualTo(1);
    }

    @Test
    void aCopyNobodyTouchedIsSound() throws Exception {
        var findings = attacked(keys(key));
        assertThat(of(findings, "gw-1").outcome()).as(findings.toString()).isEqualTo(Outcome.SOUND);
        assertThat(of(findings, "gw-1").last()).isEqualTo(newest.size());
        assertThat(of(findings, "gw-1").seal().entries()).isEqualTo(newest.size());
        assertThat(of(findings, "").outcome()).isEqualTo(Outcome.SOUND);
        // The other log's key was not among those.
        assertThat(of(findings, "gw-2").outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(CopyVerifier.worst(attacked(Evidence.NONE))).isEqualTo(Outcome.SOUND);
    }

    @Test
    void changedEntries() throws Exception {
        found(
                8,
                "does not chain",
                "update log.entry set entry = convert_to(replace("
                        + TEXT
                        + ", '\"dora\"', '\"eve0\"'), 'UTF8') where origin = 'gw-1' and sequence ="
                        + " 8");
        found(
                newest.size(),
                "",
                "update log.entry set entry = convert_to(replace("
                        + TEXT
                        + ", '\"entries\":15', '\"entries\":16'), 'UTF8') where origin = 'gw-1' and"
                        + " sequence = "
                        + newest.size());
        found(
                8,
                "no entry",
                "alter table log.entry drop constraint entry_says_the_same",
                "alter table log.entry alter column document drop not null",
                "update log.entry set entry = convert_to('{}', 'UTF8') where origin = 'gw-1' and"
                        + " sequence = 8");
    }

    @Test
    void deletedInsertedAndReorderedEntries() throws Exception {
        found(
                9,
                "entries are missing",
                "delete from log.entry where origin = 'gw-1' and sequence = 9");
        found(
                1,
                "entries are missing",
                "delete from log.entry where origin = 'gw-1' and sequence < 5");
        found(
                13,
                "twice",
                "insert into log.entry (origin, sequence, time, entry) select origin, sequence,"
                        + " time + interval '1 second', convert_to(replace("
                        + TEXT
                        + ", document ->> 'time', to_char((time + interval '1 second') at time zone"
                        + " 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')), 'UTF8') from log.entry"
                        + " where origin = 'gw-1' and sequence = 12");
        found(
                5,
                "does not chain",
                "create table public.old as select * from log.entry where origin = 'gw-1' and"
                        + " sequence in (5, 6)",
                "delete from log.entry where origin = 'gw-1' and sequence in (5, 6)",
                "insert into log.entry (origin, sequence, time, entry) select origin, 11 -"
                        + " sequence, time, convert_to(replace("
                        + TEXT
                        + ", '\"seq\":' || sequence, '\"seq\":' || 11 - sequence), 'UTF8') from"
                        + " public.old");
    }

    @Test
    void truncation() throws Exception {
        found(
                41,
                "though a checkpoint covers",
                "delete from log.entry where origin = 'gw-1' and sequence > 40");
        found(1, "though a checkpoint covers", "delete from log.entry where origin = 'gw-1'");
        // Checkpoints and all: whoever kept one elsewhere finds it.
        String[] rollback = {
            OFF,
            "delete from log.entry where origin = 'gw-1' and sequence > (select min(size) from"
                    + " log.checkpoint where origin = 'gw-1')",
            "delete from log.checkpoint c where origin = 'gw-1' and size > (select min(size) from"
                    + " log.checkpoint where origin = 'gw-1')",
            ON
        };
        assertThat(of(attacked(Evidence.NONE, rollback), "gw-1").outcome())
                .isEqualTo(Outcome.SOUND);
        var finding =
                of(attacked(new Evidence(List.of(), List.of(newest), List.of()), rollback), "gw-1");
        assertThat(finding.outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(finding.describe()).contains("kept outside");
    }

    @Test
    void chainedAnewWithoutTheKey() throws Exception {
        var forge = RECHAIN.formatted(8, "replace(t, '\"dora\"', '\"eve0\"')");
        var size =
                base.one(
                        "select min(size) from log.checkpoint where origin = 'gw-1' and size >= 8");
        found(Long.parseLong(size), "the entries are not those that this checkpoint covers", forge);
        // Without checkpoints nobody can tell, and that is said.
        var findings =
                attacked(
                        keys(key),
                        OFF,
                        forge,
                        "delete from log.checkpoint where origin = 'gw-1'",
                        ON);
        assertThat(of(findings, "gw-1").outcome()).isEqualTo(Outcome.CANNOT_TELL);
        assertThat(
                        CopyVerifier.worst(
                                        attacked(
                                                Evidence.NONE,
                                                OFF,
                                                "delete from log.checkpoint where origin = 'gw-1'",
                                                ON))
                                .exitCode())
                .isEqualTo(4);
    }

    @Test
    void checkpointsThatAreNot() throws Exception {
        found(
                newest.size(),
                "not signed",
                "update log.checkpoint set note = convert_to(overlay(convert_from(note, 'UTF8')"
                    + " placing case when substr(convert_from(note, 'UTF8'),"
                    + " length(convert_from(note, 'UTF8')) - 20, 1) = 'A' then 'B' else 'A' end"
                    + " from length(convert_from(note, 'UTF8')) - 20 for 1), 'UTF8') where origin ="
                    + " 'gw-1' and size = "
                        + newest.size());
    }

    @Test
    void guardsThatWereTakenAway() throws Exception {
        var partition = base.one("select tableoid::regclass from log.entry limit 1");
        for (var attack :
                List.of(
                        List.of(
                                "the trigger refuse_change of log.entry ",
                                "alter table log.entry disable trigger refuse_change"),
                        List.of(
                                "the trigger refuse_change of log.entry ",
                                "alter table log.entry enable trigger refuse_change"),
                        List.of(
                                "the trigger refuse_change of " + partition,
                                "alter table " + partition + " disable trigger refuse_change"),
                        List.of(
                                "the trigger refuse_truncate of " + partition,
                                "drop trigger refuse_truncate on " + partition),
                        List.of(
                                "the trigger check_added of log.entry",
                                "alter table log.entry disable trigger check_added"),
                        List.of(
                                "the trigger refuse_change of log.checkpoint",
                                "drop trigger refuse_change on log.checkpoint"),
                        List.of(
                                "the trigger refuse_change of log.retired",
                                "drop trigger refuse_change on log.retired; create trigger"
                                        + " refuse_change before update on log.retired for each row"
                                        + " execute function log.refuse(); alter table log.retired"
                                        + " enable always trigger refuse_change"),
                        List.of(
                                "the function log.refuse is not",
                                "create or replace function log.refuse() returns trigger language"
                                        + " plpgsql as $$ begin return new; end $$"),
                        List.of(
                                "the function log.verify_chain",
                                "drop function log.verify_chain(text)"),
                        List.of(
                                "role copy_writer may UPDATE on log.entry",
                                "grant update on log.entry to copy_writer"),
                        List.of(
                                "log.entry has a rule or a row policy",
                                "alter table log.entry enable row level security"),
                        List.of(
                                "person of log.entry is not generated",
                                "alter table log.entry alter column person drop expression"))) {
            var findings = attacked(Evidence.NONE, attack.get(1));
            var finding = of(findings, "");
            assertThat(finding.outcome()).as(attack.get(1)).isEqualTo(Outcome.ALTERED);
            assertThat(finding.describe()).contains(attack.get(0));
            assertThat(CopyVerifier.worst(findings).exitCode()).isEqualTo(1);
        }
    }

    @Test
    void columnsThatSayOtherThanTheEntry() throws Exception {
        var findings =
                attacked(
                        Evidence.NONE,
                        OFF,
                        "alter table log.entry alter column person drop expression",
                        "update log.entry set person = 'eve' where origin = 'gw-1' and sequence ="
                                + " 7",
                        ON);
        assertThat(of(findings, "gw-1").badSequence()).isEqualTo(7);
        assertThat(of(findings, "gw-1").reason()).contains("columns");
        found(
                7,
                "columns",
                "alter table log.entry drop constraint entry_says_the_same",
                "update log.entry set time = time + interval '1 second' where origin = 'gw-1' and"
                        + " sequence = 7");
    }

    @Test
    void swappedPartitionsAndOtherLogsRows() throws Exception {
        var partition = base.one("select tableoid::regclass from log.entry limit 1");
        var bounds =
                base.one(
                        "select pg_get_expr(relpartbound, oid) from pg_class where oid = '"
                                + partition
                                + "'::regclass");
        found(
                8,
                "does not chain",
                "create table log.doctored (like "
                        + partition
                        + " including generated including constraints including defaults)",
                "insert into log.doctored (origin, sequence, time, entry) select origin, sequence,"
                    + " time, case when origin = 'gw-1' and sequence = 8 then convert_to(replace("
                        + TEXT
                        + ", '\"dora\"', '\"eve0\"'), 'UTF8') else entry end from "
                        + partition,
                "alter table log.entry detach partition " + partition,
                "drop table " + partition,
                "alter table log.doctored rename to " + requireNonNull(partition).substring(4),
                "create trigger refuse_truncate before truncate on "
                        + partition
                        + " for each statement execute function log.refuse()",
                "alter table log.entry attach partition " + partition + " " + bounds);
        found(
                newest.size() + 1,
                "of another log",
                "alter table log.entry drop constraint entry_says_the_same",
                "insert into log.entry (origin, sequence, time, entry) select 'gw-1', sequence +"
                    + " 100, time, entry from log.entry where origin = 'gw-2' and sequence = 3");
        var findings =
                attacked(
                        Evidence.NONE,
                        OFF,
                        "alter table log.entry drop constraint entry_says_the_same",
                        "insert into log.entry (origin, sequence, time, entry) select 'gw-9',"
                                + " sequence, time, entry from log.entry where origin = 'gw-2'",
                        ON);
        assertThat(of(findings, "gw-9").outcome()).isEqualTo(Outcome.ALTERED);
        assertThat(of(findings, "gw-9").reason()).contains("registered");
    }

    @Test
    void theSqlFunctionFindsTheSameWithoutThisProgram() throws Exception {
        assertThat(
                        base.one(
                                "select problem is null and last_sequence = "
                                        + newest.size()
                                        + " from log.verify_chain('gw-1')"))
                .isEqualTo("t");
        assertThat(base.one("select last_leaf_hash from log.verify_chain('gw-1')"))
                .isEqualTo(Leaf.hex(hashOfLast()));
        for (var attack :
                List.of(
                        List.of(
                                "8",
                                "update log.entry set entry = convert_to(replace("
                                        + TEXT
                                        + ", '\"dora\"', '\"eve0\"'), 'UTF8') where origin = 'gw-1'"
                                        + " and sequence = 8"),
                        List.of(
                                "9",
                                "delete from log.entry where origin = 'gw-1' and sequence = 9"),
                        List.of(
                                "1",
                                "delete from log.entry where origin = 'gw-1' and sequence < 5"),
                        List.of(
                                "8",
                                "alter table log.entry drop constraint entry_says_the_same; update"
                                        + " log.entry set time = now() where origin = 'gw-1' and"
                                        + " sequence = 8"))) {
            var name = BASE + "_sql";
            base.server()
                    .execute(
                            "postgres",
                            "drop database if exists " + name,
                            "create database " + name + " template " + BASE);
            var there = new CopyDatabase(base.server(), name);
            there.execute(OFF, attack.get(1));
            assertThat(there.one("select bad_sequence from log.verify_chain('gw-1')"))
                    .as(attack.get(1))
                    .isEqualTo(attack.get(0));
            assertThat(there.one("select bad_sequence is null from log.verify_chain('gw-2')"))
                    .isEqualTo("t");
            base.server().execute("postgres", "drop database " + name + " with (force)");
        }
    }

    private static byte[] hashOfLast() throws Exception {
        var bytes =
                java.util.HexFormat.of()
                        .parseHex(
                                base.one(
                                        "select encode(entry, 'hex') from log.entry where origin ="
                                                + " 'gw-1' order by sequence desc limit 1"));
        return new Leaf().hash(bytes, 0, bytes.length);
    }
}
