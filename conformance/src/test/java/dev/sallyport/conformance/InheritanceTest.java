package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows that are several tables', by inheritance and in partitions: what is denied or forced for
/// one of them holds for the rows, whichever table they are reached through
/// (docs/policy-language.md).
class InheritanceTest {
    private static final List<String> MODES = List.of("simple", "extended");

    private static final String POLICY =
            """
            database: clinic
            classify: { phi.ssn: [public.cards.ssn], phi.clinical: [public.cards_b.note] }
            roles:
              developer:
                grants:
                  - { id: all, allow: [select, insert, update, delete, truncate, ddl, copy-in, copy-out], on: [public.*] }
                  - { id: moved, allow: [execute], on: [public.logs] }
              billing:
                grants:
                  - { id: masked, allow: [select], on: [public.*], mask: safe-harbor }
              owner:
                grants: [{ id: nothing, allow: [select], on: [public.patients] }]
            deny:
              - { id: no-old, actions: [select, insert, update, delete, truncate, ddl, copy-in, copy-out], on: [public.events_old_1] }
              - { id: no-secret, actions: [select], on: [public.child], columns: [secret] }
              - { id: no-root, actions: [select, delete], on: [public.root] }
              - { id: no-other, actions: [select], on: [public.other], columns: [word] }
              - { id: no-adding, actions: [insert], on: [public.leaf] }
            force:
              - { id: no-names, on: [public.people_b], mask: { name: redact } }
              - { id: own-rows, on: [public.notes_b], rows: mine, except: [billing] }
              - { id: own-all, on: [public.bills], rows: mine }
            """;

    private static final List<String> SCHEMA =
            List.of(
                    "create table public.events (id int, day int, note text) partition by range"
                            + " (day)",
                    "create table public.events_old partition of public.events for values from (0)"
                            + " to (10) partition by range (day)",
                    "create table public.events_old_1 partition of public.events_old for values"
                            + " from (0) to (5)",
                    "create table public.events_old_2 partition of public.events_old for values"
                            + " from (5) to (10)",
                    "create table public.events_new partition of public.events for values from (10)"
                            + " to (99)",
                    "insert into public.events values (1, 1, 'OLD'), (2, 6, 'b'), (3, 20, 'c')",
                    "create table public.base (id int, secret text)",
                    "create table public.child (more int) inherits (public.base)",
                    "create table public.grandchild () inherits (public.child)",
                    "create view public.over_base as select * from public.base",
                    "insert into public.base values (1, 'plain')",
                    "insert into public.child values (2, 'SECRET', 0)",
                    "insert into public.grandchild values (3, 'SECRET', 0)",
                    "create table public.root (id int)",
                    "create table public.leaf () inherits (public.root)",
                    "insert into public.leaf values (1)",
                    "create table public.one (id int, word text)",
                    "create table public.other (word text)",
                    "create table public.two () inherits (public.one, public.other)",
                    "insert into public.two values (1, 'SECRET')",
                    "create table public.people (id int, name text) partition by list (id)",
                    "create table public.people_a partition of public.people for values in (1)",
                    "create table public.people_b partition of public.people for values in (2)",
                    "insert into public.people values (1, 'Ann'), (2, 'Bob')",
                    "create table public.notes (id int, mine bool)",
                    "create table public.notes_b () inherits (public.notes)",
                    "insert into public.notes values (1, false)",
                    "insert into public.notes_b values (2, false), (3, true)",
                    "create table public.bills (id int, mine bool) partition by list (id)",
                    "create table public.bills_1 partition of public.bills for values in (1, 2)",
                    "insert into public.bills values (1, true), (2, false)",
                    "create table public.cards (id int, ssn text, note text) partition by list"
                            + " (id)",
                    "create table public.cards_b partition of public.cards for values in (1)",
                    "insert into public.cards values (1, '123-45-6789', 'ill')",
                    "create table public.moving (id int, part int) partition by list (part)",
                    "create table public.moving_1 partition of public.moving for values in (1)",
                    "create table public.moving_2 partition of public.moving for values in (2)",
                    "create function public.logs_moves() returns trigger language plpgsql as $$"
                            + " begin return new; end $$",
                    "create trigger logs after insert on public.moving_2 for each row execute"
                            + " function public.logs_moves()");

    private static @TempDir Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        var database = GatewayUnderTest.freshClinic("inheritance");
        try (var connection = GatewayUnderTest.postgres().connect(database);
                var statement = connection.createStatement()) {
            for (var sql : SCHEMA) statement.execute(sql);
            statement.execute("grant all on all tables in schema public to sallyport_gateway");
        }
        gateway = GatewayUnderTest.start(directory, database, Map.of("policy", POLICY));
    }

    private static final Map<String, Connection> CONNECTIONS = new HashMap<>();

    private static Connection connection(String user, String mode) throws SQLException {
        var known = CONNECTIONS.get(user + mode);
        if (known == null) {
            known = gateway.connect(user, "preferQueryMode=" + mode);
            CONNECTIONS.put(user + mode, known);
        }
        return known;
    }

    @AfterAll
    static void stop() throws SQLException {
        for (var connection : CONNECTIONS.values()) connection.close();
        if (gateway != null) gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // a partition, through each that it is a part of
                "no-old: select * from events_old_1",
                "no-old: select id from events_old",
                "no-old: select count(*) from events",
                "no-old: select 1 from only events",
                "no-old: with e as (select * from events where day > 10) select id from e",
                "no-old: select (select max(note) from events)",
                "no-old: update events set note = 'x' where day = 1",
                "no-old: update events_old set note = 'x'",
                "no-old: delete from events where day = 20",
                "no-old: insert into events values (9, 1, 'x')",
                "no-old: copy events from stdin",
                "no-old: copy (select * from events) to stdout",
                "no-old: truncate events",
                "no-old: drop table events_old",
                "no-old: alter table events add column more int",
                "no-old: lock table events in access exclusive mode",
                "no-old: merge into events e using (select 1 as id) s on e.id = s.id when matched"
                        + " then delete",
                // a child, its columns only
                "no-secret: select secret from base",
                "no-secret: select b from base b",
                "no-secret: select * from over_base",
                "no-secret: select id from base where secret like 'S%'",
                "no-secret: update base set id = 4 returning secret",
                "no-secret: select secret from grandchild",
                "no-secret: select secret from child",
                "no-secret: prepare p as select secret from base",
                "no-secret: explain analyze select secret from base",
                // a parent, whose rows the children's are
                "no-root: select * from leaf",
                "no-root: select * from root",
                "no-root: select * from only root",
                "no-root: delete from leaf",
                // another parent of the same child
                "no-other: select word from one",
                "no-other: select word from two",
                "no-adding: insert into leaf values (4)",
                // rows kept apart in a part can't be kept apart in the whole
                "own-rows: select * from notes",
                "own-rows: update notes set mine = true",
                "own-rows: delete from notes",
                "own-rows: truncate notes",
                // a row that changes its partition sets off what the new one has
                "function public.logs_moves: update moving set part = 2"
            })
    void isDenied(String denial) throws SQLException {
        int colon = denial.indexOf(": ");
        var sql = denial.substring(colon + 2);
        for (var mode : MODES)
            try (var statement = connection("dev", mode).createStatement()) {
                var answer = "permitted";
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    answer = e.getMessage();
                }
                assertThat(answer)
                        .as(sql)
                        .contains("sallyport:")
                        .contains(denial.substring(0, colon));
            }
    }

    static List<String> permitted() {
        return List.of(
                "select * from events_new order by id",
                "select * from events_old_2 order by id",
                "insert into events_new values (4, 30, 'd')",
                "select id from base order by id",
                "select id, secret from only base",
                "select c.id, o.secret from child c join only base o using (id)",
                "delete from only base where secret = 'nobody'",
                "update only base set secret = secret",
                "insert into base values (7, 'new')",
                "insert into base select id + 10, secret from only base where id = 1",
                "select id from one order by id",
                "select word from only one",
                "insert into root values (5)",
                "select id, mine from notes_b order by id",
                "select id from bills order by id",
                "select id from bills_1 order by id",
                "truncate only notes");
    }

    @ParameterizedTest
    @MethodSource("permitted")
    void isPermitted(String sql) throws SQLException {
        for (var mode : MODES) {
            var connection = connection("dev", mode);
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // what a child's column must look like, its parent's does
                "dev: select id, name from people order by id = 1***, 2***",
                "dev: select id, name from people_b = 2***",
                "dev: select id, name from people_a = 1Ann",
                // a filter on the parent holds for a child named by itself
                "dev: select id from bills = 1",
                "dev: select id from bills_1 = 1",
                "dev: select id from notes_b = 3",
                // a class of the parent's column is the child's, and the other way round
                "bill: select ssn from cards = ***",
                "bill: select ssn from cards_b = ***",
                "bill: select note from cards = ***",
                "bill: select note from cards_b = ***"
            })
    void isShown(String shown) throws SQLException {
        int colon = shown.indexOf(": ");
        int equals = shown.lastIndexOf(" = ");
        assertThat(
                        rows(
                                connection(shown.substring(0, colon), "extended"),
                                shown.substring(colon + 2, equals)))
                .as(shown)
                .containsExactly(shown.substring(equals + 3).split(", "));
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                var row = new StringBuilder();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++)
                    row.append(result.getString(i));
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
