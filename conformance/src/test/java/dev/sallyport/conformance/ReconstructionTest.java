package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Attacks that read a value character by character through an oracle: a count, an order, an error
/// or none. Each is run directly, where it has to recover everything (or it proves nothing), and
/// through the gateway, where it has to recover nothing: of a masked column, and of a hidden row.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconstructionTest {
    private static final String ALPHABET = "0123456789-";

    /// The row filter on visits hides person 7, and is dear on purpose: left to itself the planner
    /// evaluates what the client asks before it.
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - { id: people, allow: [select, insert, update, delete, copy-out], on: [public.people], mask: { ssn: redact } }
                  - { id: visits, allow: [select, update, delete, copy-out], on: [public.visits], rows: "pg_catalog.md5(pg_catalog.md5(pg_catalog.md5(pg_catalog.md5(pg_catalog.md5(person_id::text))))) <> 'aed5f1d3fb0f4139f424a905bf32e994'" }
                  - { id: new-visits, allow: [insert], on: [public.visits, public.tags] }
                  - { id: tags, allow: [select, update], on: [public.tags], rows: "id <> 7" }
                  - { id: own, allow: [select, insert, update, delete, ddl], on: [public.scratch, pg_temp.*] }
                  - { id: view, allow: [select], on: [public.people_view, public.visits_view, public.cheap_visits, public.people_names, public.asked, public.shares, public.shares_twice] }
                  - { id: helper, allow: [execute], on: [public.shout, public.strict_int, evil.yes] }
                  - { id: closed, allow: [select], on: [public.open_vault], definer: true }
              billing: { grants: [ { id: b, allow: [select], on: [public.scratch] } ] }
              owner: { grants: [ { id: o, allow: [select], on: [public.scratch] } ] }
            force: [ { id: vault, on: [public.vault], mask: { note: redact } } ]
            """;

    private static final List<String> SCHEMA =
            List.of(
                    "drop schema public cascade",
                    "create schema public",
                    "create table public.people (id int primary key, ssn varchar(11) unique, city"
                            + " text)",
                    "create table public.visits (id int primary key, person_id int, secret"
                            + " varchar(11) unique, cost int)",
                    "create table public.scratch (id int, label text)",
                    "create view public.people_view as select id, ssn from public.people",
                    "create view public.visits_view as select id, person_id, secret from"
                            + " public.visits",
                    "create view public.cheap_visits with (security_barrier) as select w.id,"
                            + " w.secret as s from public.visits_view w join public.visits v on"
                            + " v.id = w.id where v.cost < 100",
                    "create recursive view public.people_names (id, s, n) as select id, ssn, 1 from"
                            + " public.people where id < 10 union all select id, s, n + 1 from"
                            + " people_names where n < 2",
                    "create view public.asked as select v.id, v.secret, s.label from public.visits"
                            + " v join public.scratch s on s.id = v.id",
                    "create table public.vault (id int, secret text, note text)",
                    "create view public.open_vault as select id, secret, note from public.vault"
                            + " where length(secret) < id - 7",
                    "create view public.shares as select id, 1 / (person_id - 7) as share from"
                            + " public.visits",
                    "create view public.shares_twice as select id, share + share as twice from"
                            + " public.shares where id > 0",
                    "create function public.shout(text) returns boolean language plpgsql cost"
                            + " 0.0001 as $$ begin raise notice 'saw %', $1; return true; end $$",
                    "create function public.strict_int(text) returns int language plpgsql cost"
                            + " 0.0001 as $$ begin return $1::int; exception when others then raise"
                            + " exception 'bad %', $1; end $$",
                    "insert into public.people select i, '900-00-' || lpad((i * 37 % 10000)::text,"
                            + " 4, '0'), 'City' || i % 5 from generate_series(1, 8000) i",
                    "insert into public.vault select id, 'v' || ssn, ssn from public.people",
                    "insert into public.visits select i, i, '800-11-' || lpad((i * 53 %"
                            + " 10000)::text, 4, '0'), i from generate_series(1, 8000) i",
                    "create index on public.visits (person_id)",
                    "create table public.tags (id int primary key, tag text unique deferrable"
                            + " initially deferred)",
                    "insert into public.tags values (7, 'hidden tag')",
                    "create function evil.yes(int, int) returns boolean language sql immutable as"
                            + " 'select true'",
                    "create operator evil.<> (leftarg = int, rightarg = int, function = evil.yes)",
                    "create function evil.yes(text, text) returns boolean language sql immutable as"
                            + " 'select true'",
                    "create operator evil.<> (leftarg = text, rightarg = text, function ="
                            + " evil.yes)",
                    "grant usage on schema evil to sallyport_gateway, sallyport_catalog",
                    "grant usage, create on schema public to sallyport_gateway",
                    "grant usage on schema public to sallyport_catalog",
                    "grant all on all tables in schema public to sallyport_gateway",
                    "analyze");

    private GatewayUnderTest gateway;
    private Connection through;
    private Connection extended;
    private Connection direct;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        GatewayUnderTest.freshClinic("attacked");
        try (var connection = GatewayUnderTest.postgres().connect("attacked");
                var statement = connection.createStatement()) {
            for (String sql : SCHEMA) statement.execute(sql);
        }
        gateway = GatewayUnderTest.start(directory, "attacked", Map.of("policy", POLICY));
        through = gateway.connect("dev", "preferQueryMode=simple");
        extended = gateway.connect("dev");
        direct = GatewayUnderTest.postgres().connect("attacked");
    }

    @AfterAll
    void stop() throws SQLException {
        direct.close();
        gateway.close();
    }

    /// What one statement says: whether it failed, what it returned.
    private record Said(boolean failed, String text) {}

    private static Said say(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            StringBuilder text = new StringBuilder();
            if (statement.execute(sql))
                try (ResultSet rows = statement.getResultSet()) {
                    int width = rows.getMetaData().getColumnCount();
                    while (rows.next())
                        for (int i = 1; i <= width; i++)
                            text.append(rows.getString(i)).append('\n');
                }
            for (var warning = statement.getWarnings();
                    warning != null;
                    warning = warning.getNextWarning()) text.append(warning.getMessage());
            return new Said(false, text.toString());
        } catch (SQLException e) {
            return new Said(true, String.valueOf(e.getMessage()));
        }
    }

    /// `%p` the prefix known so far with the character tried, `%q` the same with the highest
    /// character, `%n` its length; the answer that means yes.
    ///
    /// @param target what is recovered, from which table
    record Oracle(String name, String sql, Yes yes) {
        @Override
        public String toString() {
            return name;
        }
    }

    enum Yes {
        FAILS,
        WORKS,
        ANSWERS_1
    }

    static final List<Oracle> MASKED =
            List.of(
                    new Oracle(
                            "LIKE",
                            "SELECT count(*) FROM people WHERE id = 7 AND ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "comparison",
                            "SELECT count(*) FROM people WHERE id = 7 AND ssn COLLATE \"C\" >= '%p'"
                                    + " AND ssn COLLATE \"C\" < '%p~'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "regular expression",
                            "SELECT count(*) FROM people WHERE id = 7 AND ssn ~ '^%p'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "left",
                            "SELECT count(*) FROM people WHERE id = 7 AND left(ssn, %n) = '%p'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "view of ours",
                            "SELECT count(*) FROM (SELECT ssn AS x FROM people WHERE id = 7) q"
                                    + " WHERE x LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "CTE",
                            "WITH q AS MATERIALIZED (SELECT * FROM people WHERE id = 7) SELECT"
                                    + " count(*) FROM q WHERE q.ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "whole row",
                            "SELECT count(*) FROM people p WHERE id = 7 AND to_jsonb(p)->>'ssn'"
                                    + " LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "row text",
                            "SELECT count(*) FROM people p WHERE id = 7 AND p::text LIKE '(7,%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "NATURAL JOIN",
                            "SELECT count(*) FROM (SELECT id, left(ssn, %n) AS x FROM people WHERE"
                                    + " id = 7) a NATURAL JOIN (VALUES ('%p')) AS g(x)",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "NATURAL JOIN of the column",
                            "SELECT count(*) FROM people NATURAL JOIN (SELECT ssn FROM people WHERE"
                                    + " id = 7 AND ssn LIKE '%p%') g",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "USING",
                            "SELECT count(*) FROM people a JOIN people b USING (ssn) WHERE a.id = 7"
                                    + " AND b.id = 7 AND b.ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "ORDER BY",
                            "SELECT CASE WHEN max(n) - min(n) = 2 THEN 1 ELSE 0 END FROM (SELECT"
                                + " id, row_number() OVER (ORDER BY s COLLATE \"C\", id) AS n FROM"
                                + " (SELECT id, ssn::text AS s FROM people WHERE id = 7 UNION ALL"
                                + " SELECT -1, '%p' UNION ALL SELECT -2, '%p~') u) r WHERE id < 0",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "GROUP BY",
                            "SELECT count(*) FROM (SELECT left(ssn, %n) AS x FROM people WHERE id ="
                                    + " 7 GROUP BY 1) q WHERE x = '%p'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "HAVING",
                            "SELECT count(*) FROM (SELECT id FROM people WHERE id = 7 GROUP BY id"
                                    + " HAVING max(ssn) LIKE '%p%') q",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "FILTER",
                            "SELECT count(*) FILTER (WHERE ssn LIKE '%p%') FROM people WHERE id ="
                                    + " 7",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "division by zero",
                            "SELECT 1 / (CASE WHEN ssn LIKE '%p%' THEN 0 ELSE 1 END) FROM people"
                                    + " WHERE id = 7",
                            Yes.FAILS),
                    new Oracle(
                            "cast",
                            "SELECT (CASE WHEN ssn LIKE '%p%' THEN 'x' ELSE '1' END)::int FROM"
                                    + " people WHERE id = 7",
                            Yes.FAILS),
                    new Oracle(
                            "set operation",
                            "SELECT count(*) FROM (SELECT left(ssn, %n) FROM people WHERE id = 7"
                                    + " INTERSECT SELECT '%p') q",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "scalar sub-select",
                            "SELECT count(*) WHERE (SELECT ssn FROM people WHERE id = 7) LIKE"
                                    + " '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "LATERAL",
                            "SELECT count(*) FROM people p, LATERAL (SELECT p.ssn AS x) l WHERE"
                                    + " p.id = 7 AND l.x LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "ONLY",
                            "SELECT count(*) FROM ONLY public.people WHERE people.id = 7 AND"
                                    + " public.people.ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "TABLE",
                            "SELECT count(*) FROM (TABLE people) q WHERE id = 7 AND ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "EXISTS",
                            "SELECT count(*) FROM scratch RIGHT JOIN (SELECT 1) o ON true WHERE"
                                + " EXISTS (SELECT FROM people WHERE id = 7 AND ssn LIKE '%p%')",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "view",
                            "SELECT count(*) FROM people_view WHERE id = 7 AND ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "recursive view",
                            "SELECT count(*) FROM people_names WHERE id = 7 AND n = 2 AND s LIKE"
                                    + " '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "whole row of a view",
                            "SELECT count(*) FROM people_view v WHERE id = 7 AND v::text LIKE"
                                    + " '(7,%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "view joined to its table",
                            "SELECT count(*) FROM people_view v JOIN people p USING (id, ssn) WHERE"
                                    + " id = 7 AND ssn LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "division by zero in a view's column",
                            "SELECT 1 / (CASE WHEN ssn LIKE '%p%' THEN 0 ELSE 1 END) FROM"
                                    + " people_view WHERE id = 7",
                            Yes.FAILS),
                    new Oracle(
                            "UPDATE",
                            "UPDATE people SET city = city WHERE id = 7 AND ssn LIKE '%p%'"
                                    + " RETURNING 1",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "DELETE",
                            "WITH d AS (DELETE FROM scratch USING people p WHERE p.id = 7 AND p.ssn"
                                    + " LIKE '%p%' RETURNING 1) SELECT count(*) FROM people p WHERE"
                                    + " p.id = 7 AND p.ssn LIKE '%p%'",
                            Yes.ANSWERS_1));

    /// In a row that the row filter hides. Whether anything fails tells of it.
    static final List<Oracle> HIDDEN =
            List.of(
                    new Oracle(
                            "count",
                            "SELECT count(*) FROM visits WHERE person_id = 7 AND secret LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "division by zero",
                            "SELECT count(*) FROM visits WHERE id = 7 AND 1 / (CASE WHEN secret"
                                    + " LIKE '%p%' THEN 0 ELSE 1 END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "cast",
                            "SELECT count(*) FROM visits WHERE id = 7 AND (CASE WHEN secret LIKE"
                                    + " '%p%' THEN 'x' ELSE '1' END)::int = 1",
                            Yes.FAILS),
                    new Oracle(
                            "cheap function",
                            "SELECT count(*) FROM visits WHERE id = 7 AND strict_int(CASE WHEN"
                                    + " secret LIKE '%p%' THEN 'x' ELSE '1' END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "in a sub-select's list",
                            "SELECT count(*) FROM (SELECT 1 / (CASE WHEN secret LIKE '%p%' THEN 0"
                                    + " ELSE 1 END) AS x FROM visits WHERE id = 7) q WHERE x = 1",
                            Yes.FAILS),
                    new Oracle(
                            "volatile",
                            "SELECT count(*) FROM visits WHERE id = 7 AND secret COLLATE \"C\" >="
                                    + " '%p' AND secret COLLATE \"C\" < '%p~' AND 1 / (random() *"
                                    + " 0)::int = 1",
                            Yes.FAILS),
                    new Oracle(
                            "scalar sub-select of two rows",
                            "SELECT count(*) FROM visits v WHERE v.id = 7 AND (SELECT x FROM"
                                + " generate_series(1, 2) x WHERE v.secret COLLATE \"C\" >= '%p'"
                                + " AND v.secret COLLATE \"C\" < '%p~') = 1",
                            Yes.FAILS),
                    new Oracle(
                            "correlated",
                            "SELECT count(*) FROM visits v WHERE v.id = 7 AND EXISTS (SELECT 1 FROM"
                                    + " people p WHERE p.id = v.id AND 1 / (CASE WHEN v.secret LIKE"
                                    + " '%p%' THEN 0 ELSE 1 END) = 1)",
                            Yes.FAILS),
                    new Oracle(
                            "sorted inside",
                            "SELECT count(*) FROM visits v WHERE v.id = 7 AND v.id IN (SELECT p.id"
                                    + " FROM people p WHERE p.id = v.id ORDER BY 1 / (CASE WHEN"
                                    + " v.secret LIKE '%p%' THEN 0 ELSE 1 END) LIMIT 1)",
                            Yes.FAILS),
                    new Oracle(
                            "join condition",
                            "SELECT count(*) FROM people p JOIN visits v ON p.id = 7 AND v.id = 7"
                                + " AND 1 / (CASE WHEN v.secret LIKE '%p%' THEN 0 ELSE 1 END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "HAVING",
                            "SELECT id FROM visits WHERE id = 7 GROUP BY id, secret HAVING 1 /"
                                    + " (CASE WHEN secret LIKE '%p%' THEN 0 ELSE 1 END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "view",
                            "SELECT count(*) FROM visits_view WHERE id = 7 AND secret LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "division by zero in a view",
                            "SELECT count(*) FROM visits_view WHERE id = 7 AND 1 / (CASE WHEN"
                                    + " secret LIKE '%p%' THEN 0 ELSE 1 END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "cheap function in a view",
                            "SELECT count(*) FROM visits_view WHERE id = 7 AND strict_int(CASE WHEN"
                                    + " secret LIKE '%p%' THEN 'x' ELSE '1' END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "cast in a view of a view",
                            "SELECT count(*) FROM cheap_visits WHERE id = 7 AND (CASE WHEN s LIKE"
                                    + " '%p%' THEN 'x' ELSE '1' END)::int = 1",
                            Yes.FAILS),
                    new Oracle(
                            "view beside a CTE with the name of what it joins",
                            "WITH scratch AS (SELECT 7 AS id, 'x'::text AS label), visits AS"
                                + " (SELECT 7 AS id, 7 AS person_id, 'x'::varchar(11) AS secret, 1"
                                + " AS cost) SELECT count(*) FROM visits_view v, scratch WHERE v.id"
                                + " = scratch.id AND v.secret LIKE '%p%'",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "UPDATE",
                            "UPDATE visits SET cost = cost WHERE id = 7 AND 1 / (CASE WHEN secret"
                                    + " LIKE '%p%' THEN 0 ELSE 1 END) = 1",
                            Yes.FAILS),
                    new Oracle(
                            "UPDATE count",
                            "UPDATE visits SET cost = cost WHERE id = 7 AND secret LIKE '%p%'"
                                    + " RETURNING 1",
                            Yes.ANSWERS_1),
                    new Oracle(
                            "DELETE",
                            "DELETE FROM visits WHERE id = 7 AND (CASE WHEN secret LIKE '%p%' THEN"
                                    + " 'x' ELSE '1' END)::int = 2",
                            Yes.FAILS),
                    new Oracle(
                            "SIMILAR TO",
                            "SELECT count(*) FROM visits WHERE id = 7 AND secret SIMILAR TO '%p%'",
                            Yes.ANSWERS_1));

    /// @return the characters that the oracle told for certain
    private static String recover(Connection connection, Oracle oracle, int length)
            throws SQLException {
        StringBuilder known = new StringBuilder();
        for (int i = 0; i < length; i++) {
            Character only = null;
            for (char c : ALPHABET.toCharArray()) {
                String sql =
                        oracle.sql
                                .replace("%p", known.toString() + c)
                                .replace("%n", String.valueOf(i + 1));
                Said said = say(connection, sql);
                boolean yes =
                        switch (oracle.yes) {
                            case FAILS -> said.failed;
                            case WORKS -> !said.failed;
                            case ANSWERS_1 -> !said.failed && said.text.strip().equals("1");
                        };
                if (!yes) continue;
                if (only != null) return known.toString();
                only = c;
            }
            if (only == null) return known.toString();
            known.append(only);
        }
        return known.toString();
    }

    private String value(String sql) throws SQLException {
        return say(direct, sql).text.strip();
    }

    @ParameterizedTest
    @FieldSource("MASKED")
    void aMaskedValueIsNotRecovered(Oracle oracle) throws SQLException {
        String ssn = value("SELECT ssn FROM people WHERE id = 7");
        assertThat(recover(direct, oracle, ssn.length())).as("directly").isEqualTo(ssn);
        assertThat(recover(through, oracle, ssn.length())).as("simple protocol").isEmpty();
        assertThat(recover(extended, oracle, ssn.length())).as("extended protocol").isEmpty();
    }

    @ParameterizedTest
    @FieldSource("HIDDEN")
    void aHiddenRowIsNotRecovered(Oracle oracle) throws SQLException {
        String secret = value("SELECT secret FROM visits WHERE id = 7");
        assertThat(recover(direct, oracle, secret.length())).as("directly").isEqualTo(secret);
        assertThat(recover(through, oracle, secret.length())).as("simple protocol").isEmpty();
        assertThat(recover(extended, oracle, secret.length())).as("extended protocol").isEmpty();
    }

    /// Statements whose answer, error or notice holds the value itself when they run directly.
    static final List<String> TELLING =
            List.of(
                    "SELECT ssn::int FROM people WHERE id = 7",
                    "SELECT * FROM people",
                    "TABLE people",
                    "SELECT p FROM people p",
                    "SELECT to_jsonb(p) FROM people p",
                    "SELECT string_agg(ssn, ',') FROM people",
                    "SELECT min(ssn), max(ssn) FROM people WHERE id = 7",
                    "SELECT xmlelement(name x, ssn) FROM people",
                    "SELECT array_agg(p) FROM people p",
                    "SELECT shout(ssn) FROM people WHERE id = 7",
                    "SELECT strict_int(ssn) FROM people WHERE id = 7",
                    "SELECT id FROM people WHERE shout(ssn) AND id = 7",
                    "SELECT id FROM people_view WHERE shout(ssn) AND id = 7",
                    "SELECT * FROM people_view",
                    "SELECT secret::int FROM visits WHERE id = 7",
                    "SELECT count(*) FROM visits WHERE secret::int = 1 AND id = 7",
                    "SELECT count(*) FROM visits WHERE shout(secret)",
                    "SELECT count(*) FROM visits WHERE strict_int(secret) = 1 AND id = 7",
                    "SELECT * FROM visits",
                    "SELECT * FROM visits_view",
                    "SELECT * FROM cheap_visits",
                    "SELECT v FROM cheap_visits v",
                    "SELECT * FROM people_names",
                    "SELECT id FROM cheap_visits WHERE shout(s)",
                    "UPDATE visits_view SET person_id = 1 WHERE shout(secret)",
                    "UPDATE visits_view SET person_id = person_id WHERE id = 7 RETURNING secret",
                    "EXPLAIN (VERBOSE) SELECT * FROM cheap_visits WHERE s = (SELECT secret FROM"
                            + " visits_view WHERE id = 7)",
                    "CREATE TEMP VIEW mine AS SELECT * FROM people_view; SELECT * FROM mine",
                    "UPDATE visits SET cost = 1 WHERE shout(secret)",
                    "UPDATE visits SET cost = strict_int(secret) WHERE id = 7",
                    "UPDATE visits SET cost = 0 WHERE id = 7 RETURNING secret",
                    "INSERT INTO people (id, ssn) SELECT 9001, ssn FROM people_view WHERE id = 7",
                    "UPDATE people SET ssn = (SELECT ssn FROM people WHERE id = 7) WHERE id = 8",
                    "INSERT INTO scratch SELECT id, ssn FROM people WHERE id = 7 RETURNING label",
                    "CREATE TEMP TABLE stolen AS SELECT * FROM people; SELECT * FROM stolen; DROP"
                            + " TABLE stolen",
                    "SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename ="
                            + " 'people'",
                    "SELECT stavalues1 FROM pg_statistic WHERE starelid = 'people'::regclass",
                    "EXPLAIN (VERBOSE) SELECT * FROM people WHERE ssn = (SELECT ssn FROM people"
                            + " WHERE id = 7)",
                    "SELECT query_to_xml('select * from people', true, true, '')",
                    "SELECT * FROM people ORDER BY ctid");

    @ParameterizedTest
    @FieldSource("TELLING")
    void noAnswerErrorOrNoticeHoldsIt(String sql) throws SQLException {
        String ssn = value("SELECT ssn FROM people WHERE id = 7");
        String secret = value("SELECT secret FROM visits WHERE id = 7");
        for (Connection connection : List.of(through, extended)) {
            connection.setAutoCommit(false);
            try {
                assertThat(say(connection, sql).text)
                        .doesNotContain(ssn)
                        .doesNotContain(secret)
                        .doesNotContain("900-00-");
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    @Test
    void theServersWordsAboutGovernedTablesAreWithheld() throws SQLException {
        direct.createStatement().execute("delete from scratch");
        var server = serverMessage("INSERT INTO people (id) VALUES (7)");
        assertThat(server.getSQLState()).isEqualTo("23505");
        assertThat(server.getConstraint()).isEqualTo("people_pkey");
        assertThat(server.getDetail()).doesNotContain("(id)=(7)");
        server = serverMessage("SELECT ssn, 1 / (id - id) FROM people");
        assertThat(server.getSQLState()).isEqualTo("22012");
        server = serverMessage("SELECT x.id, nonsense FROM people x");
        assertThat(server.getSQLState()).isEqualTo("42703");
        server = serverMessage("SELECT id, ssn FROM people GROUP BY id");
        assertThat(server.getSQLState()).isEqualTo("42803");
        assertThat(server.getHint()).contains("name every column in GROUP BY, also in a view");
        assertThat(server.getPosition()).isEqualTo("SELECT id, ".length() + 1);
        server =
                serverMessage("SELECT p.id FROM people p, people q WHERE p.city || 1 = q.city + 1");
        assertThat(server.getPosition())
                .isEqualTo(
                        "SELECT p.id FROM people p, people q WHERE p.city || 1 = q.city ".length()
                                + 1);
    }

    /// The comparison is leakproof; what is compared, the view computes, and that isn't.
    @Test
    void whatAViewComputesIsNotComputedForHiddenRows() throws SQLException {
        for (String sql :
                List.of(
                        "SELECT count(*) FROM shares WHERE share = 0",
                        "SELECT count(*) FROM shares_twice WHERE twice = 0",
                        "SELECT count(*) FROM (SELECT share AS s FROM shares) q WHERE s = 0",
                        "SELECT count(*) FROM shares s JOIN shares t ON s.share = t.id",
                        "SELECT count(*) FROM shares NATURAL JOIN (SELECT 0 AS share) q")) {
            assertThat(say(direct, sql).text).as(sql).contains("division by zero");
            for (Connection connection : List.of(through, extended))
                assertThat(say(connection, sql).text).as(sql).matches("[0-9]+\n");
        }
    }

    /// Who reads it by a `definer` grant may not read the table.
    @Test
    void whatATrustedViewLeavesOutIsNotComputedWith() throws SQLException {
        String sql =
                "SELECT count(note) FROM open_vault WHERE strict_int(CASE id WHEN 7 THEN 'x' ELSE"
                        + " '1' END) = 1";
        assertThat(say(direct, sql).text).contains("bad x");
        for (Connection connection : List.of(through, extended)) {
            assertThat(say(connection, sql).text).isEqualTo("7981\n");
            assertThat(say(connection, "SELECT DISTINCT note FROM open_vault").text)
                    .isEqualTo("***\n");
        }
    }

    private org.postgresql.util.ServerErrorMessage serverMessage(String sql) throws SQLException {
        try (Statement statement = through.createStatement()) {
            statement.execute(sql);
        } catch (org.postgresql.util.PSQLException e) {
            return Objects.requireNonNull(e.getServerErrorMessage());
        }
        throw new AssertionError(sql);
    }

    /// A deferred constraint quotes the row as late as COMMIT.
    @Test
    void nothingIsQuotedAtTheEndOfTheTransactionEither() throws SQLException {
        for (Connection connection : List.of(through, extended)) {
            connection.setAutoCommit(false);
            try {
                say(connection, "INSERT INTO tags VALUES (8, 'hidden ' || 'tag')");
                connection.commit();
                throw new AssertionError("the constraint holds");
            } catch (org.postgresql.util.PSQLException e) {
                assertThat(e.getSQLState()).isEqualTo("23505");
                assertThat(e.getMessage()).doesNotContain("hidden tag").doesNotContain("(tag)=");
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /// What is written is quoted as a whole row, columns that nobody asked for included.
    @Test
    void aFailingRowIsNotQuoted() throws SQLException {
        for (Connection connection : List.of(through, extended)) {
            Said said = say(connection, "UPDATE people SET id = NULL WHERE id = 7");
            assertThat(said.failed).isTrue();
            assertThat(said.text).doesNotContain("900-00-").doesNotContain("Failing row");
        }
    }

    @Test
    void aHostileOperatorInTheSearchPathDoesNotChangeAFilter() throws SQLException {
        for (Connection connection : List.of(through, extended)) {
            assertThat(say(connection, "SET search_path = evil, public, pg_catalog").failed)
                    .isFalse();
            try {
                assertThat(say(connection, "SELECT count(*) FROM visits").text.strip())
                        .isEqualTo("7999");
                assertThat(say(connection, "SELECT count(*) FROM cheap_visits").text)
                        .contains("the search path gives another meaning to operator <>");
            } finally {
                say(connection, "RESET search_path");
            }
        }
    }

    /// What the gateway sent is what `pg_stat_activity` shows.
    @Test
    void pointReadsUseTheirIndexUnderARowFilter() throws SQLException {
        for (String sql :
                List.of(
                        "SELECT secret FROM visits WHERE id = 11",
                        "SELECT secret FROM visits WHERE id = 11 AND cost < 100",
                        "SELECT v.secret FROM people p JOIN visits v ON v.id = p.id WHERE p.id ="
                                + " 11",
                        "SELECT secret FROM visits WHERE person_id IN (11, 12) AND cost = 11",
                        "SELECT secret FROM visits WHERE secret = '800-11-0583'",
                        "SELECT secret FROM visits_view WHERE id = 11",
                        "SELECT s AS secret FROM cheap_visits WHERE id = 11"))
            assertThat(planOfWhatWasSent(sql)).as(sql).contains("Index").doesNotContain("Seq Scan");
        assertThat(planOfWhatWasSent("SELECT secret FROM visits WHERE id = 11 AND cost / 2 < 9"))
                .as("behind the fence")
                .contains("Seq Scan");
    }

    @Test
    void pointChangesUseTheirIndexUnderARowFilter() throws SQLException {
        for (String sql :
                List.of(
                        "UPDATE visits SET cost = 1 WHERE id = 7",
                        "DELETE FROM visits WHERE id = 7 AND cost < 9 RETURNING id",
                        "INSERT INTO visits SELECT 7, 7, 'x', 1 FROM scratch ON CONFLICT (id) DO"
                                + " UPDATE SET cost = visits.cost + 1 WHERE visits.cost < 9",
                        "MERGE INTO visits v USING (SELECT id FROM people WHERE id = 7) p ON v.id ="
                                + " p.id WHEN MATCHED THEN UPDATE SET cost = 1"))
            assertThat(planOfWhatWasSent(sql)).as(sql).doesNotContain("Seq Scan on visits");
        assertThat(planOfWhatWasSent("UPDATE visits SET cost = 1 WHERE id = 7 AND 1 / cost > 2"))
                .as("behind the fence")
                .contains("Seq Scan on visits");
    }

    private String planOfWhatWasSent(String sql) throws SQLException {
        Said said = say(through, sql);
        assertThat(said.failed).as(said.text).isFalse();
        String sent =
                say(
                                direct,
                                "SELECT query FROM pg_stat_activity WHERE datname = 'attacked' AND"
                                        + " usename = 'sallyport_gateway' AND query LIKE '%visits%'"
                                        + " ORDER BY query_start DESC LIMIT 1")
                        .text
                        .strip();
        assertThat(sent)
                .startsWith(sql.substring(0, 12))
                .containsPattern("WHERE|ON|CASE WHEN")
                .contains("aed5f1d3fb0f4139f424a905bf32e994");
        return say(direct, "EXPLAIN " + sent).text;
    }

    @Test
    void explainShowsNoEstimatesOfWhatIsHidden() throws SQLException {
        for (Connection connection : List.of(through, extended)) {
            for (String explain : List.of("EXPLAIN", "EXPLAIN VERBOSE", "EXPLAIN (VERBOSE, COSTS)"))
                assertThat(say(connection, explain + " SELECT ssn FROM people WHERE id = 11").text)
                        .contains("Index Scan using people_pkey")
                        .doesNotContain("cost=")
                        .doesNotContain("rows=");
            for (String refused :
                    List.of(
                            "EXPLAIN ANALYZE SELECT ssn FROM people",
                            "EXPLAIN (ANALYZE, TIMING OFF) SELECT ssn FROM people",
                            "EXPLAIN SELECT secret FROM visits",
                            "EXPLAIN UPDATE visits SET cost = 1"))
                assertThat(say(connection, refused).text).contains("hidden from you");
        }
    }

    @Test
    void aPolicyThatChangesWhileAStatementIsPreparedMakesItBePreparedAgain() throws SQLException {
        List<@Nullable String> seen = new ArrayList<>();
        try (var prepared = extended.prepareStatement("SELECT ssn FROM people WHERE id = ?")) {
            for (int i = 0; i < 8; i++) {
                prepared.setInt(1, 7);
                try (ResultSet rows = prepared.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    seen.add(rows.getString(1));
                }
            }
        }
        assertThat(seen).containsOnly("***");
    }
}
