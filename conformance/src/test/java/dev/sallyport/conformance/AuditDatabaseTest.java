package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log's copy as auditors meet it: a database of the gateway's, whose reading is recorded in
/// the same log.
class AuditDatabaseTest {
    private static final String POLICY =
            """
            database: audit
            roles:
              owner:
                grants:
                  - id: aud-log
                    allow: [select]
                    on: [public.statements, public.sessions, public.logins, public.policy_changes, public.access_requests, public.log_reads]
                    definer: true
            """;

    private @TempDir Path folder;

    private GatewayUnderTest start(CopyDatabase copy) throws Exception {
        var port = GatewayUnderTest.postgres().port();
        var tls = "{ mode: verify-full, ca: tls/upstream-ca.crt }";
        Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/copy"), CopyDatabase.PASSWORD);
        Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
        var database = GatewayUnderTest.freshClinic("clinic_audited");
        copy.execute("grant connect on database " + copy.name() + " to sallyport_catalog");
        return GatewayUnderTest.start(
                folder,
                database,
                Map.of(
                        "audit",
                        "{ store: audit, segmentSize: 4MiB, reserve: 16MiB, postgres: { host: 127.0.0.1, port: %d, database: %s, user: %s, password: { file: secrets/copy }, tls: %s } }"
                                .formatted(port, copy.name(), CopyDatabase.WRITER, tls),
                        "morePolicies",
                        ", audit-policy.yaml",
                        "moreDatabases",
                        "  - { name: audit, protocol: postgres, host: 127.0.0.1, port: %d, database: %s, user: %s, password: { file: secrets/copy }, tls: %s, catalog: { user: sallyport_catalog, password: { file: secrets/catalog }, refresh: 10m } }"
                                .formatted(port, copy.name(), CopyDatabase.READER, tls)));
    }

    @Test
    void auditorsQueryItAndTheirReadingIsInItAndNoLiteralIs() throws Exception {
        var copy = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_audited", "test");
        try (var gateway = start(copy)) {
            try (var dev = gateway.connect("dev")) {
                attempt(
                        dev,
                        "select id from patients where last_name = 'canary-1f' /* canary-2f */");
                attempt(dev, "select ssn from patients where ssn = 'canary-3f'");
                attempt(dev, "select canary_4f from patients where id = 'canary-5f'");
                try (var prepared =
                        dev.prepareStatement("select id from patients where city = ?")) {
                    prepared.setString(1, "canary-6f");
                    prepared.executeQuery();
                }
                attempt(dev, "not sql 'canary-7f'");
            }
            try {
                gateway.connect("canary-8f").close();
            } catch (SQLException _) {
                // Nobody of that name.
            }
            try (var auditor = gateway.connectTo("audit", "own")) {
                // The auditor's own login, too.
                assertThat(gateway.gateway().awaitCopied(Duration.ofSeconds(30))).isTrue();
                assertThat(
                                rows(
                                                auditor,
                                                "select sql, outcome, decision, relations::text,"
                                                    + " pg_typeof(client), pg_typeof(duration),"
                                                    + " pg_typeof(event) from statements where"
                                                    + " person = 'dev' and kind = 'SELECT' and"
                                                    + " decision = 'permit' order by time limit 1")
                                        .getFirst())
                        .contains(
                                "select id from patients where city = $1",
                                "completed",
                                "public.patients",
                                "inet",
                                "interval",
                                "jsonb");
                assertThat(
                                rows(
                                        auditor,
                                        "select reason from statements where decision = 'deny' and"
                                                + " person = 'dev'"))
                        .isNotEmpty();
                assertThat(
                                rows(
                                        auditor,
                                        "select cause, application, duration from sessions where"
                                                + " person = 'dev'"))
                        .hasSize(1);
                assertThat(
                                rows(
                                        auditor,
                                        "select succeeded, person, roles from logins order by"
                                                + " time"))
                        .hasSizeGreaterThanOrEqualTo(3);
                assertThat(rows(auditor, "select version from policy_changes where loaded"))
                        .hasSize(1);
                assertThat(rows(auditor, "select * from access_requests")).isEmpty();
                assertThat(gateway.gateway().awaitCopied(Duration.ofSeconds(30))).isTrue();
                assertThat(
                                rows(
                                                auditor,
                                                "select person, through, what from log_reads order"
                                                        + " by time")
                                        .toString())
                        .contains(
                                "own|audit|select * from access_requests",
                                "own|audit|select version from policy_changes where loaded");
                for (var sql :
                        List.of(
                                "select entry from log.entry",
                                "delete from statements",
                                "insert into log.entry (origin) values ('x')",
                                "select log.make_month(now())",
                                "create table x (a int)",
                                "select * from log.checkpoint"))
                    assertThat(attempt(auditor, sql)).as(sql).startsWith("42501");
            }
            assertThat(
                            copy.column(
                                            "select convert_from(entry, 'UTF8') || document::text"
                                                    + " from log.entry")
                                    .toString())
                    .contains("policy-loaded")
                    .doesNotContain("canary-");
            assertThat(copy.column("select count(*) from log.entry where type = 'login-failed'"))
                    .containsExactly("1");
        }
    }

    @Test
    void aCopyThatFailsIsSaidAndNobodyElseNoticesIt() throws Exception {
        var copy = CopyDatabase.ready(GatewayUnderTest.postgres(), "copy_failing", "test");
        try (var gateway = start(copy)) {
            assertThat(gateway.gateway().awaitCopied(Duration.ofSeconds(30))).isTrue();
            assertThat(get(gateway, "/metrics").body())
                    .contains(
                            "sallyport_audit_copy_lag_entries 0.0",
                            "sallyport_audit_copy_lag_seconds",
                            "sallyport_audit_copy_sequence");
            copy.execute(
                    "revoke execute on function log.position(text) from " + CopyDatabase.WRITER,
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                            + CopyDatabase.WRITER
                            + "' and datname = '"
                            + copy.name()
                            + "'");
            try (var dev = gateway.connect("dev")) {
                assertThat(rows(dev, "select id from patients limit 1")).hasSize(1);
                // First the cut connection is its trouble, then that it may not go on.
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() ->
                                assertThat(get(gateway, "/health/ready").body())
                                        .contains(
                                                "warning: the audit log's copy",
                                                "permission denied"));
                var ready = get(gateway, "/health/ready");
                assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
                assertThat(ready.body()).doesNotContain("patients");
                assertThat(rows(dev, "select id from patients limit 1")).hasSize(1);
                copy.execute(
                        "grant execute on function log.position(text) to " + CopyDatabase.WRITER);
                assertThat(gateway.gateway().awaitCopied(Duration.ofSeconds(40))).isTrue();
            }
        }
        assertThat(copy.one("select problem is null from log.verify_chain('test')")).isEqualTo("t");
        assertThat(copy.column("select type from log.entry order by sequence desc limit 1"))
                .containsExactly("gateway-stopped");
        assertThat(
                        copy.one(
                                "select max(size) = (select max(sequence) from log.entry) from"
                                        + " log.checkpoint"))
                .isEqualTo("t");
    }

    private static HttpResponse<String> get(GatewayUnderTest gateway, String path)
            throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + path);
            return client.send(
                    HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String attempt(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return "ok";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        var all = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                var row = new ArrayList<String>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                    row.add(rows.getString(i));
                all.add(String.join("|", row.stream().map(String::valueOf).toList()));
            }
        }
        return all;
    }
}
