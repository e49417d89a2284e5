package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.cli.SallyportCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `policy grants` writes runs on a real server, and there gives at most what the gateway
/// gives under the same policy: every pair of columns of every relation, and every change, is tried
/// both ways.
class NativeGrantsTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - { id: people, allow: [select, update(city)], on: [public.people], columns: [id, ssn, city], mask: { ssn: redact } }
                  - { id: open, allow: [select, insert, update, delete, truncate], on: [public.open_notes] }
                  - { id: views, allow: [select], on: [public.people_view, public.people_copy] }
                  - { id: report, allow: [select], on: [public.report], definer: true }
                  - { id: forced, allow: [select], on: [public.forced] }
                  - { id: wards, allow: [select, update, delete], on: [public.wards], rows: "unit = 'icu'" }
                  - { id: beds-a, allow: [select], on: [public.beds], columns: [id, a], rows: "id < 3" }
              billing:
                grants:
                  - { id: bill, allow: [select, insert(id, city)], on: [public.people], columns: [id, city] }
                  - { id: bill-wards, allow: [select], on: [public.wards], columns: [id] }
                  - { id: beds-b, allow: [select], on: [public.beds], columns: [id, b], rows: "id > 1" }
              owner:
                grants:
                  - { id: all, allow: [select, delete], on: ["public.*"] }
                  - { id: own, allow: [select, delete], on: [public.people, public.forced, public.open_notes] }
            force: [ { id: force, on: [public.forced], rows: "id < 2", except: [owner] } ]
            deny: [ { id: no-delete, actions: [delete], on: [public.people] }, { id: no-ssn, actions: [select], on: [public.people], columns: [ssn], except: [developer] } ]
            """;

    private static final List<String> SCHEMA =
            List.of(
                    "drop schema public cascade",
                    "create schema public",
                    "create table public.people (id int primary key, ssn text, city text)",
                    "insert into public.people select i, '900-' || i, 'C' || i from"
                            + " generate_series(1, 5) i",
                    "create table public.open_notes (id int, body text)",
                    "insert into public.open_notes values (1, 'x')",
                    "create table public.forced (id int, body text)",
                    "insert into public.forced values (1, 'x'), (2, 'hidden')",
                    "create table public.wards (id int, unit text)",
                    "insert into public.wards values (1, 'icu'), (2, 'er')",
                    "create table public.beds (id int, a text, b text)",
                    "insert into public.beds values (1, 'a1', 'b1'), (2, 'a2', 'b2'), (3, 'a3',"
                            + " 'b3')",
                    "create view public.people_view as select id, ssn from public.people",
                    "create materialized view public.people_copy as select id, ssn from"
                            + " public.people",
                    "create view public.report as select city, count(*) as n from public.people"
                            + " group by city",
                    "grant usage on schema public to sallyport_gateway, sallyport_catalog",
                    "grant all on all tables in schema public to sallyport_gateway");

    private static final Map<String, List<String>> COLUMNS =
            Map.of(
                    "people", List.of("id", "ssn", "city"),
                    "open_notes", List.of("id", "body"),
                    "forced", List.of("id", "body"),
                    "wards", List.of("id", "unit"),
                    "beds", List.of("id", "a", "b"),
                    "people_view", List.of("id", "ssn"),
                    "people_copy", List.of("id", "ssn"),
                    "report", List.of("city", "n"));

    private static final Map<String, String> USERS =
            Map.of("developer", "dev", "billing", "bill", "owner", "own");

    @Test
    void theyGiveAtMostWhatThePolicyGives(@TempDir Path directory) throws Exception {
        GatewayUnderTest.freshClinic("native");
        try (var connection = GatewayUnderTest.postgres().connect("native");
                var statement = connection.createStatement()) {
            for (String sql : SCHEMA) statement.execute(sql);
        }
        var policy = directory.resolve("native.yaml");
        Files.writeString(policy, POLICY);
        String script = grants(policy);
        int reads = 0;
        try (var gateway = GatewayUnderTest.start(directory, "native", Map.of("policy", POLICY));
                var direct = GatewayUnderTest.postgres().connect("native");
                var statement = direct.createStatement()) {
            var seen = seenThroughTheGateway(gateway);
            direct.setAutoCommit(false);
            statement.execute(script);
            statement.execute(
                    "grant usage on schema public to native_developer, native_billing,"
                            + " native_owner");
            for (var e : USERS.entrySet()) {
                statement.execute("set role native_" + e.getKey());
                for (String sql : attempts()) {
                    var natively = answer(direct, sql);
                    if (natively.isEmpty()) continue;
                    reads++;
                    assertThat(seen.get(e.getValue() + " " + sql))
                            .as("%s as %s", sql, e.getKey())
                            .containsAll(natively);
                }
                statement.execute("reset role");
            }
            direct.rollback();
        }
        // Of 3 roles; if nothing is granted, nothing is shown either.
        assertThat(reads).as(script).isGreaterThan(25);
        assertThat(script)
                .contains("GRANT SELECT (city, id), UPDATE (city) ON public.people")
                .contains("-- report: deny and force rules would not hold below what it trusts")
                .contains("-- beds-a: other grants restrict rows of public.beds, too")
                .contains("-- forced: a force rule restricts public.forced")
                .contains("CREATE POLICY wards ON public.wards TO native_developer");
    }

    private static Map<String, Set<String>> seenThroughTheGateway(GatewayUnderTest gateway)
            throws SQLException {
        var seen = new java.util.HashMap<String, Set<String>>();
        for (String user : USERS.values())
            try (Connection connection = gateway.connect(user)) {
                connection.setAutoCommit(false);
                for (String sql : attempts()) seen.put(user + " " + sql, answer(connection, sql));
            }
        return seen;
    }

    /// Every pair of columns, and changes that touch nothing but need the right to.
    private static List<String> attempts() {
        var attempts = new ArrayList<String>();
        COLUMNS.forEach((table, columns) -> {
            for (String a : columns)
                for (String b : columns)
                    attempts.add("SELECT " + a + ", " + b + " FROM public." + table);
            for (String c : columns) {
                attempts.add("UPDATE public." + table + " SET " + c + " = NULL");
                attempts.add("INSERT INTO public." + table + " (" + c + ") VALUES (NULL)");
            }
            attempts.add("DELETE FROM public." + table);
            attempts.add("TRUNCATE public." + table);
        });
        return attempts;
    }

    /// Its rows, or how many it changed; nothing when it may not. What fails for another reason may
    /// be done.
    private static Set<String> answer(Connection connection, String sql) throws SQLException {
        var rows = new HashSet<String>();
        var savepoint = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql))
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) rows.add(result.getString(1) + "|" + result.getString(2));
                }
            else for (int i = 0; i <= statement.getUpdateCount(); i++) rows.add("changed " + i);
        } catch (SQLException e) {
            // 55000 and 42809: a view that nobody can write or truncate.
            if (!List.of("42501", "0A000", "55000", "42809")
                    .contains(String.valueOf(e.getSQLState()))) rows.add("permitted");
        }
        connection.rollback(savepoint);
        return rows;
    }

    private static String grants(Path policy) {
        var out = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(
                            SallyportCommand.run(
                                    "policy", "grants", "--prefix", "native_", policy.toString()))
                    .isZero();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
