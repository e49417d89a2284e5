package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What statements set off without naming it (triggers, defaults, foreign keys, views and rules
/// that call functions) needs grants, and where it may change what names mean, nothing that names
/// matter to passes behind it before the server was asked: not in the same Query, not in the same
/// pipeline.
///
/// `public.providers` may be read and `evil.providers` may not: whoever sees EVIL in an answer was
/// judged by names that no longer held.
class SetOffTest {
    private static final String SECRET = "EVIL-900-00-0001";
    private static final String SELECT = "select * from providers where id = 1";

    /// Statements after each of which `providers` is `evil.providers`.
    private static final String UNSETTLING =
            """
            insert into tripwire values (1)
            insert into tripwire_parent values (1)
            insert into defaulting default values
            insert into checked values (1)
            insert into domained values (1)
            insert into domained (other) values (1)
            update referred set id = 3 where id = 2
            delete from referred where id = 1
            insert into ruled values (1)
            select * from tripping
            select n from trips(1) n
            select tripped(t) from tripwire t
            select t.tripped from tripwire t
            select 1 ~!~ 2
            select '(1)'::row_type::int
            select hiding_by_clause()
            select hiding_twice_removed()
            select hide_path()
            select defaulted()
            select to_jsonb('ok'::mood)
            select json_agg(r) from (select 'ok'::mood) r
            select set_config('search_path', 'evil', false)
            with w as (insert into tripwire values (1) returning id) select id from w
            explain analyze insert into tripwire values (1)
            """;

    @TempDir static Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        var database = GatewayUnderTest.freshClinic("setoff");
        direct(
                database,
                "insert into evil.providers values (1, '" + SECRET + "')",
                "create function public.trip() returns trigger language plpgsql as $$ begin"
                        + " perform set_config('search_path', 'evil', false); return new; end $$",
                "create function public.trips(n int) returns int language plpgsql as $$ begin"
                        + " perform set_config('search_path', 'evil', false); return n; end $$",
                "create function public.hiding_by_clause() returns int language plpgsql"
                        + " set search_path to public as"
                        + " $$ begin set search_path to evil; return 1; end $$",
                "create function public.hiding_twice_removed() returns int language plpgsql as"
                        + " $$ declare n int; begin n := public.trips(1); return n; end $$",
                "create table public.tripwire (id int)",
                "insert into public.tripwire values (1)",
                "create trigger trip before insert on public.tripwire"
                        + " for each row execute function public.trip()",
                "create table public.tripwire_parent (id int) partition by range (id)",
                "create table public.tripwire_part partition of public.tripwire_parent"
                        + " for values from (0) to (10)",
                "create trigger trip before insert on public.tripwire_part"
                        + " for each row execute function public.trip()",
                "create table public.defaulting (id int default public.trips(1))",
                "create table public.checked (id int check (public.trips(id) > 0))",
                "create domain public.watched as int check (public.trips(1) > 0)",
                "create table public.domained (id public.watched, other int)",
                "create table public.referred (id int primary key)",
                "create table public.referring (id int references public.referred"
                        + " on delete cascade on update cascade)",
                "create trigger trip after update or delete on public.referring"
                        + " for each row execute function public.trip()",
                "insert into public.referred values (1), (2)",
                "insert into public.referring values (1), (2)",
                "create table public.ruled (id int)",
                "create rule also as on insert to public.ruled do also"
                        + " insert into public.tripwire values (new.id)",
                "create view public.tripping as select public.trips(1)",
                "create function public.tripped(t public.tripwire) returns int language sql as"
                        + " $$ select public.trips(1) $$",
                "create function public.tripped(l int, r int) returns int language sql as"
                        + " $$ select public.trips(1) $$",
                "create operator public.~!~"
                        + " (leftarg = int, rightarg = int, function = public.tripped)",
                "create type public.row_type as (f int)",
                "create function public.row_int(r public.row_type) returns int language sql as"
                        + " $$ select public.trips(1) $$",
                "create cast (public.row_type as int) with function"
                        + " public.row_int(public.row_type)",
                "create function public.defaulted(n int default public.trips(1)) returns int"
                        + " language sql as $$ select n $$",
                "create type public.mood as enum ('ok')",
                "create function public.mood_json(m public.mood) returns json language sql as"
                        + " $$ select to_json(public.trips(1)) $$",
                "create cast (public.mood as json) with function public.mood_json(public.mood)",
                "grant all on all tables in schema public, evil to sallyport_gateway",
                "alter default privileges in schema public"
                        + " grant all on tables to sallyport_gateway");
        gateway = GatewayUnderTest.start(directory, database, Map.of());
        grant(
                gateway,
                "public.trip, public.trips, public.tripped, public.row_int, public.mood_json,"
                        + " public.defaulted, public.opened, public.hiding_by_clause,"
                        + " public.hiding_twice_removed",
                "select trips(1)");
    }

    /// To the owner, and waits until it is so.
    private static void grant(GatewayUnderTest gateway, String functions, String probe)
            throws Exception {
        var policy = gateway.directory.resolve("policy.yaml");
        Files.writeString(
                policy,
                Files.readString(policy)
                        .replace(
                                "on: [public.hide_path] }",
                                "on: [public.hide_path, " + functions + "] }"));
        try (var own = gateway.connect("own")) {
            for (int i = 0; ; i++) {
                try {
                    run(own, probe);
                    return;
                } catch (SQLException e) {
                    if (i > 100) throw e;
                    Thread.sleep(100);
                }
            }
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static List<String> unsettling() {
        return UNSETTLING.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("unsettling")
    void nothingBehindItInTheSameQueryIsJudgedByTheOldNames(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.query(sql + "; " + SELECT));
            assertRefused(answers(wire, 1), sql);
        }
    }

    @ParameterizedTest
    @MethodSource("unsettling")
    void nothingBehindItInTheSamePipelineIsJudgedByTheOldNames(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "begin"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", sql),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", SELECT),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertRefused(answers(wire, 1), sql);
        }
    }

    /// Prepared while the names were the old ones, too.
    @ParameterizedTest
    @MethodSource("unsettling")
    void norIsWhatWasPreparedBefore(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.concat(Wire.parse("before", SELECT), Wire.sync()));
            answers(wire, 1);
            wire.raw(
                    Wire.concat(
                            Wire.parse("", sql),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.bind("", "before"),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertRefused(answers(wire, 1), sql);
        }
    }

    /// And what comes later is judged by the new ones.
    @ParameterizedTest
    @MethodSource("unsettling")
    void laterStatementsAreJudgedByTheNewNames(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.query(sql));
            var done = answers(wire, 1);
            assertThat(done).as(sql).noneMatch(m -> m.type() == 'E');
            wire.raw(Wire.query(SELECT));
            var later = answers(wire, 1);
            assertRefused(later, sql);
            assertThat(error(later)).contains("evil.providers");
        }
    }

    /// EXECUTE and FETCH run what an earlier message named.
    @ParameterizedTest
    @ValueSource(strings = {"execute hider", "fetch hider"})
    void norBehindWhatRunsSomethingNamedBefore(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.query("begin"));
            answers(wire, 1);
            wire.raw(
                    Wire.query(
                            sql.startsWith("fetch")
                                    ? "declare hider cursor for select trips(1)"
                                    : "prepare hider as select trips(1)"));
            assertThat(error(answers(wire, 1))).isEmpty();
            wire.raw(Wire.query(sql + "; " + SELECT));
            assertRefused(answers(wire, 1), sql);
        }
    }

    /// A trigger that everybody has: batches and multi-statement texts go on working.
    @Test
    void codeThatCannotChangeNamesIsNoHindrance(@TempDir Path own) throws Exception {
        var database = GatewayUnderTest.freshClinic("stamped");
        direct(
                database,
                "create function public.stamp() returns trigger language plpgsql as $$ begin"
                        + " if new.label is null then new.label := 'at ' || now(); end if;"
                        + " insert into public.stamps values (new.id, case when new.id > 1 then 2"
                        + " else new.id end); return new; end $$",
                "create table public.stamps (id int, n int)",
                "create table public.stamped (id int, label text)",
                "create trigger stamp before insert or update on public.stamped"
                        + " for each row execute function public.stamp()",
                "grant all on public.stamps, public.stamped to sallyport_gateway");
        try (var harmless = GatewayUnderTest.start(own, database, Map.of())) {
            grant(harmless, "public.stamp", "insert into stamped values (0)");
            try (var wire = Wire.login(harmless, "own")) {
                wire.raw(Wire.query("insert into stamped values (1); " + SELECT));
                var answers = answers(wire, 1);
                assertThat(error(answers)).isEmpty();
                assertThat(answers).anyMatch(m -> m.text().contains("Provider1"));
            }
            try (var connection = harmless.connect("own");
                    var insert = connection.prepareStatement("insert into stamped values (?)")) {
                for (int i = 0; i < 20; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(20);
            }
        }
    }

    /// Whoever may write to the table may not run what its triggers run, unless that is granted.
    @Test
    void whatAWriteSetsOffNeedsAGrant() throws Exception {
        direct(
                gateway.database,
                "create function public.ungranted() returns trigger language plpgsql as"
                        + " $$ begin return new; end $$",
                "create table public.watchful (id int, label text)",
                "create trigger ungranted before insert on public.watchful"
                        + " for each row execute function public.ungranted()",
                "create table billing.kept (id int primary key)",
                "create table audit_only (id int references billing.kept on delete cascade)",
                "grant all on billing.kept, public.watchful to sallyport_gateway");
        try (var own = gateway.connect("own", "preferQueryMode=simple")) {
            assertRefused(own, "insert into watchful values (1)", "function public.ungranted");
            run(own, "delete from watchful");
            run(own, "delete from billing.kept");
        }
        direct(
                gateway.database,
                "create schema vault",
                "create table vault.notes (id int references billing.kept on delete cascade)");
        try (var own = gateway.connect("own", "preferQueryMode=simple")) {
            // The catalog is read again once a statement of the gateway's changes it.
            run(own, "create table public.anything ()");
            assertRefused(own, "delete from billing.kept", "table vault.notes");
            assertRefused(own, "truncate billing.kept cascade", "table vault.notes");
        }
    }

    /// Nor what an alteration computes anew, what stands for an argument that is left out, nor what
    /// reading a parameter checks.
    @Test
    void norWhatElseRunsUnseen() throws Exception {
        direct(
                gateway.database,
                "create function public.unseen(n int) returns int immutable language plpgsql as"
                        + " $$ begin return n; end $$",
                "create table public.indexed (id int)",
                "create index on public.indexed (public.unseen(id))",
                "alter table public.indexed owner to sallyport_gateway",
                "create function public.opened(n int default public.unseen(1)) returns int"
                        + " language sql as $$ select n $$",
                "create domain public.watching as int check (public.unseen(value) > 0)");
        var domain =
                GatewayUnderTest.postgres()
                        .queryColumn(gateway.database, "select 'public.watching'::regtype::oid")
                        .getFirst();
        try (var own = gateway.connect("own", "preferQueryMode=simple");
                var wire = Wire.login(gateway, "own")) {
            run(own, "select opened(1)");
            assertRefused(own, "select opened()", "function public.unseen");
            assertRefused(own, "analyze indexed", "function public.unseen");
            assertRefused(
                    own, "alter table indexed alter id type bigint", "function public.unseen");
            wire.raw(
                    Wire.concat(
                            Wire.message(
                                    'P',
                                    Wire.cString(""),
                                    Wire.cString("select $1"),
                                    Wire.shortBytes(1),
                                    Wire.intBytes(Integer.parseInt(domain))),
                            Wire.sync()));
            assertThat(error(answers(wire, 1))).contains("whose checks call functions");
        }
    }

    /// What a session begins with is asked for as well.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter role sallyport_gateway set search_path to evil",
                "alter database setoff set search_path to evil",
                "alter role sallyport_gateway in database setoff set search_path to evil"
            })
    void settingsOfRolesAndDatabasesCountFromTheStart(String alter) throws Exception {
        direct(gateway.database, alter);
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.query(SELECT));
            var answers = answers(wire, 1);
            assertRefused(answers, alter);
            assertThat(error(answers)).contains("evil.providers");
        } finally {
            direct(gateway.database, alter.replaceFirst(" set .*", " reset search_path"));
        }
    }

    /// A schema that somebody else creates can come before the one that names meant so far.
    @Test
    void whatOthersDoToASessionsPathCountsForIt() throws Exception {
        try (var wire = Wire.login(gateway, "own");
                var own = gateway.connect("own")) {
            wire.raw(Wire.query(SELECT));
            assertThat(answers(wire, 1)).anyMatch(m -> m.text().contains("Provider1"));
            direct(
                    gateway.database,
                    "create schema sallyport_gateway authorization sallyport_gateway",
                    "create table sallyport_gateway.providers as select * from evil.providers",
                    "grant all on sallyport_gateway.providers to sallyport_gateway");
            // The catalog is read again once a statement of the gateway's changes it.
            run(own, "create table public.another ()");
            assertRefused(own, SELECT, "sallyport_gateway.providers");
            Thread.sleep(3_000);
            wire.raw(Wire.query(SELECT));
            var answers = answers(wire, 1);
            assertRefused(answers, SELECT);
            assertThat(error(answers)).contains("sallyport_gateway.providers");
        } finally {
            direct(gateway.database, "drop schema sallyport_gateway cascade");
        }
    }

    /// With standard_conforming_strings off, the quote behind the backslash ends nothing.
    @Test
    void theLexingModeOfADatabaseCountsFromTheStart() throws Exception {
        direct(gateway.database, "alter database setoff set standard_conforming_strings to off");
        try (var wire = Wire.login(gateway, "own")) {
            wire.raw(Wire.query("select 'a\\' , (select ssn from evil.providers) , \\'b'"));
            assertThat(answers(wire, 1))
                    .noneMatch(m -> m.text().contains(SECRET))
                    .anyMatch(m -> m.text().contains("select ssn from evil.providers"));
            wire.raw(Wire.query("select 'a\\\\', (select ssn from evil.providers), '\\\\b'"));
            assertRefused(answers(wire, 1), "a query behind two backslashes");
        } finally {
            direct(gateway.database, "alter database setoff reset standard_conforming_strings");
        }
    }

    private static List<Wire.Message> answers(Wire wire, int ready) throws Exception {
        var all = new ArrayList<Wire.Message>();
        for (int i = 0; i < ready; ) {
            var message = wire.receive();
            all.add(message);
            if (message.type() == 'Z') i++;
        }
        return all;
    }

    private static void assertRefused(List<Wire.Message> answers, String sql) {
        assertThat(answers).as(sql).noneMatch(m -> m.text().contains(SECRET));
        assertThat(answers).as(sql).noneMatch(m -> m.text().contains("Provider1"));
        assertThat(error(answers)).as(sql).contains("sallyport: ");
    }

    private static String error(List<Wire.Message> answers) {
        return answers.stream()
                .filter(m -> m.type() == 'E')
                .map(m -> m.field('M') + " " + m.field('D'))
                .findFirst()
                .orElse("");
    }

    private static void assertRefused(Connection connection, String sql, String naming) {
        assertThatThrownBy(() -> run(connection, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> {
                            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("42501");
                            assertThat(e.getMessage()).contains("sallyport: ").contains(naming);
                        });
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void direct(String database, String... statements) throws SQLException {
        try (var connection = GatewayUnderTest.postgres().connect(database);
                var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        }
    }
}
