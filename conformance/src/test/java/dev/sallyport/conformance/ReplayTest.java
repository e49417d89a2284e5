package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.cli.SallyportCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a gateway wrote down is enough to decide everything again: under the policy that was in
/// force nothing changes, under another one just what is different there.
class ReplayTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - { id: people, allow: [select, update, copy-out], on: [public.people, public.own_people], mask: { ssn: redact }, rows: "city <> 'hidden'" }
                  - { id: report, allow: [select], on: [public.report], definer: true }
                  - { id: written, allow: [select, insert, delete], on: [public.written], when: "statement.has_where || statement.kind != 'DELETE'" }
                  - { id: desk, allow: [select], on: [public.desk], when: "session.application == 'desk'" }
                  - { id: temp, allow: [ddl, select, insert], on: [pg_temp.*] }
              billing: { grants: [ { id: bill, allow: [select], on: [public.people], columns: [id, ssn] } ] }
              owner: { grants: [ { id: own, allow: [select, ddl], on: ["public.*"] } ] }
            force: [ { id: no-ssn, mask: { ssn: "null" }, on: [public.people], except: [developer, billing] } ]
            deny: [ { id: closed, actions: [select], on: [public.closed], except: [owner] } ]
            """;

    private static final List<String> SCHEMA =
            List.of(
                    "drop schema public cascade",
                    "create schema public",
                    "create table public.people (id int primary key, ssn varchar(11), city text)",
                    "create table public.written (id int, label text default upper('x'))",
                    "create table public.desk (id int)",
                    "create table public.closed (id int)",
                    "create table public.\"Odd \"\"name\" (\"a (b)\" int)",
                    "create view public.own_people as select id, ssn from public.people",
                    "create view public.report as select city, count(*) from public.people group by"
                            + " city",
                    "grant usage, create on schema public to sallyport_gateway",
                    "grant usage on schema public to sallyport_catalog",
                    "grant all on all tables in schema public to sallyport_gateway");

    private static final List<String> STATEMENTS =
            List.of(
                    "SELECT id, ssn FROM people",
                    "SELECT * FROM own_people",
                    "SELECT * FROM report",
                    "SELECT count(*) FROM people WHERE lower(city) = 'x'",
                    "UPDATE people SET city = 'x'",
                    "UPDATE people SET ssn = ssn",
                    "INSERT INTO written VALUES (1)",
                    "DELETE FROM written",
                    "DELETE FROM written WHERE id = 1",
                    "SELECT * FROM desk",
                    "SELECT * FROM closed",
                    "SELECT \"a (b)\" FROM \"Odd \"\"name\"",
                    "SELECT nothing FROM nowhere",
                    "SELEC 1",
                    "SELECT 1; SELECT * FROM closed",
                    "BEGIN",
                    "DECLARE c CURSOR FOR SELECT id FROM people",
                    "FETCH 1 FROM c",
                    "ROLLBACK",
                    "PREPARE s AS SELECT ssn FROM people WHERE id = $1",
                    "EXECUTE s(1)",
                    "EXPLAIN SELECT id FROM written",
                    "CREATE TEMP TABLE t AS SELECT id FROM people",
                    "SELECT * FROM t",
                    "DROP TABLE t",
                    "SET work_mem = '5MB'",
                    "SHOW work_mem",
                    "SELECT current_setting('app.x', true)",
                    "SELECT * FROM pg_stats",
                    "SELECT relname FROM pg_class LIMIT 1",
                    "CREATE TABLE own_table (id int)",
                    "DROP TABLE own_table",
                    "TRUNCATE written");

    @Test
    void theSamePolicyDecidesTheSame(@TempDir Path directory) throws Exception {
        GatewayUnderTest.freshClinic("replayed");
        try (var connection = GatewayUnderTest.postgres().connect("replayed");
                var statement = connection.createStatement()) {
            for (String sql : SCHEMA) statement.execute(sql);
        }
        Path store;
        try (var gateway =
                GatewayUnderTest.start(directory, "replayed", Map.of("policy", POLICY))) {
            store = gateway.store;
            for (String user : List.of("dev", "bill", "own"))
                for (List<String> options :
                        List.of(
                                List.of("preferQueryMode=simple"),
                                List.of("prepareThreshold=1"),
                                List.of("ApplicationName=desk")))
                    try (Connection connection =
                            gateway.connect(user, options.toArray(String[]::new))) {
                        for (String sql : STATEMENTS) run(connection, sql);
                    }
        }
        var same = directory.resolve("same.yaml");
        Files.writeString(same, POLICY);
        String answer = replay(0, "--store", store.toString(), same.toString());
        assertThat(answer)
                .contains(" the same, 0 changed, ")
                .doesNotContain("of a gateway that didn't write")
                .doesNotContain("another version");
        int decisions =
                Integer.parseInt(
                        answer.lines().reduce((_, last) -> last).orElseThrow().split(" ")[0]);
        assertThat(decisions).isGreaterThan(3 * 3 * STATEMENTS.size() * 3 / 4);

        var other = directory.resolve("other.yaml");
        Files.writeString(
                other,
                POLICY.replace(", mask: { ssn: redact }, rows: \"city <> 'hidden'\"", "")
                        .replace("columns: [id, ssn]", "columns: [id]"));
        answer = replay(1, "--store", store.toString(), other.toString());
        assertThat(answer)
                .contains("would be denied:\n  bill on clinic")
                .contains("would be permitted, showing more:\n  dev on clinic")
                .contains("public.people.ssn: redact -> plain")
                .contains("public.people: rows: people (city <> 'hidden') -> all rows")
                .doesNotContain("own on clinic");
    }

    private static void run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException _) {
            // Denied, or the server says so: either is in the log.
        }
    }

    private static String replay(int code, String... arguments) {
        var out = new ByteArrayOutputStream();
        var before = System.out;
        var all = new java.util.ArrayList<>(List.of("policy", "replay"));
        all.addAll(List.of(arguments));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(SallyportCommand.run(all.toArray(String[]::new)))
                    .as("%s", out)
                    .isEqualTo(code);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
