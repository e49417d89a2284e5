package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens when something around the gateway breaks: the answer is always no, said clearly,
/// and recorded.
class FaultsTest {
    private @TempDir Path directory;

    private static String one(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static SQLException refused(Connection connection, String sql) {
        try {
            one(connection, sql);
            throw new AssertionError("was answered: " + sql);
        } catch (SQLException e) {
            return e;
        }
    }

    @Test
    void aNearlyFullDiskRefusesEverythingUntilThereIsRoomAgain() throws Exception {
        Assumptions.assumeTrue(
                PsqlTest.onPath("fallocate"),
                "fallocate is not installed here: the full-disk test did not run");
        long freeMiB = Files.getFileStore(directory).getUsableSpace() >> 20;
        var audit = "{ store: audit, segmentSize: 4MiB, reserve: " + (freeMiB - 3_000) + "MiB }";
        try (var gateway =
                        GatewayUnderTest.start(
                                directory,
                                GatewayUnderTest.freshClinic("full"),
                                Map.of("audit", audit));
                var connection = gateway.connect("dev")) {
            assertThat(one(connection, "select count(*) from scratch")).isEqualTo("100");
            var ballast = directory.resolve("ballast");
            run("fallocate", "-l", "3500MiB", ballast.toString());
            try {
                await().atMost(Duration.ofSeconds(20))
                        .until(() ->
                                isAuditRefusal(
                                        refusalOf(connection, "select count(*) from scratch")));
                // Not even why it would have been denied: that decision has no record.
                var denial = refused(connection, "select ssn from patients");
                assertThat(isAuditRefusal(denial)).as(denial.getMessage()).isTrue();
                assertThat(denial.getMessage()).doesNotContain("ssn");
                assertThat(isAuditRefusal(refused(connection, "delete from scratch returning id")))
                        .isTrue();
            } finally {
                Files.delete(ballast);
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> refusalOf(connection, "select count(*) from scratch") == null);
            assertThat(one(connection, "select count(*) from scratch")).isEqualTo("100");
            gateway.stop();
            AuditTrail.isSound(gateway.store);
        }
    }

    private static boolean isAuditRefusal(@Nullable SQLException e) {
        var message = e == null ? null : e.getMessage();
        return message != null && message.contains("sallyport") && message.contains("audit");
    }

    private static @Nullable SQLException refusalOf(Connection connection, String sql) {
        try {
            one(connection, sql);
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    @Test
    void anUpstreamThatDiesMidQueryIsACleanErrorAndAnOutcome() throws Exception {
        var database = GatewayUnderTest.freshClinic("dies");
        try (var gateway = GatewayUnderTest.start(directory, database, Map.of())) {
            try (var connection =
                    gateway.connect("dev", "ApplicationName=dies", "assumeMinServerVersion=9.0")) {
                var running =
                        CompletableFuture.supplyAsync(() ->
                                refused(
                                        connection,
                                        "select count(*) from encounters a, encounters b,"
                                                + " encounters c, encounters d"));
                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                !GatewayUnderTest.postgres()
                                        .queryColumn(
                                                "postgres",
                                                "select pid from pg_stat_activity where datname = '"
                                                        + database
                                                        + "' and state = 'active' and usename ="
                                                        + " 'sallyport_gateway'")
                                        .isEmpty());
                GatewayUnderTest.postgres()
                        .queryColumn(
                                "postgres",
                                "select pg_terminate_backend(pid) from pg_stat_activity where"
                                        + " datname = '"
                                        + database
                                        + "' and usename = 'sallyport_gateway'");
                var error = running.get(20, TimeUnit.SECONDS);
                assertThat(error.getSQLState()).isIn("57P01", "08006");
                assertThat(error.getMessage()).doesNotContain("Exception");
            }
            // The gateway itself is fine.
            try (var connection = gateway.connect("dev")) {
                assertThat(one(connection, "select count(*) from scratch")).isEqualTo("100");
            }
            gateway.stop();
            AuditTrail.isSound(gateway.store);
            var trail = AuditTrail.of(gateway.store);
            var outcomes = trail.ofSession(trail.sessionOf("dies"), "statement-outcome");
            assertThat(outcomes).isNotEmpty();
            assertThat(outcomes.getLast().text("status")).isIn("failed", "unknown");
        }
    }

    @Test
    void aChangedPolicyHoldsForLiveSessionsAndABadOneChangesNothing() throws Exception {
        var database = GatewayUnderTest.freshClinic("reload");
        try (var gateway = GatewayUnderTest.start(directory, database, Map.of());
                var connection = gateway.connect("dev", "preferQueryMode=extended");
                var prepared =
                        connection.prepareStatement("select city from patients where id = ?")) {
            for (int i = 1; i < 8; i++) city(prepared, i);
            var policy = directory.resolve("policy.yaml");
            var good = Files.readString(policy);

            Files.writeString(policy, good.replace("purpose: Debugging", "porpoise: Debugging"));
            await().pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !AuditTrail.of(gateway.store).ofType("policy-rejected").isEmpty());
            var rejected = AuditTrail.of(gateway.store).ofType("policy-rejected").getFirst();
            assertThat(rejected.list("errors").toString())
                    .contains("policy.yaml")
                    .contains("porpoise")
                    .containsPattern(":\\d+:\\d+");
            city(prepared, 1);

            Files.writeString(
                    policy,
                    good.replace(
                            "columns: [id, city, provider_id, birth_date]",
                            "columns: [id, provider_id]"));
            await().pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> deniedCity(prepared));
            Files.writeString(policy, good);
            await().pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !deniedCity(prepared));

            // A disabled user's sessions end live.
            var users = directory.resolve("users.yaml");
            Files.writeString(
                    users,
                    Files.readString(users)
                            .replace(
                                    "name: dev, roles: [developer]",
                                    "name: dev, roles: [developer], disabled: true"));
            await().pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        var refusal = refusalOf(connection, "select 1");
                        return refusal != null;
                    });
            assertThatThrownBy(() -> gateway.connect("dev")).isInstanceOf(SQLException.class);
            gateway.stop();
            assertThat(AuditTrail.of(gateway.store).ofType("policy-loaded").size())
                    .isGreaterThanOrEqualTo(3);
        }
    }

    private static void city(java.sql.PreparedStatement prepared, int id) throws SQLException {
        prepared.setInt(1, id);
        try (var rows = prepared.executeQuery()) {
            assertThat(rows.next()).isTrue();
        }
    }

    private static boolean deniedCity(java.sql.PreparedStatement prepared) {
        try {
            city(prepared, 2);
            return false;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("42501");
            return true;
        }
    }

    @Test
    void noLiteralParameterRowOrSecretIsInTheLogOrTheMetrics() throws Exception {
        var canaries = new ArrayList<String>();
        try (var gateway =
                GatewayUnderTest.start(
                        directory, GatewayUnderTest.freshClinic("canary"), Map.of())) {
            for (var mode : List.of("simple", "extended")) {
                try (var connection = gateway.connect("dev", "preferQueryMode=" + mode);
                        var statement = connection.createStatement()) {
                    for (var template :
                            List.of(
                                    "select '%s'",
                                    "select e'%s'",
                                    "select $$%s$$",
                                    "select $t$%s$t$ -- %s",
                                    "/* %s */ select 1",
                                    "select 1 /* %s /* %s */ */",
                                    "select id from patients where city = '%s'",
                                    "select id from patients where city like '%s%%' order by id"
                                            + " limit 1",
                                    "insert into scratch values (5001, '%s') on conflict do"
                                            + " nothing",
                                    "update scratch set label = '%s' where id = 5001",
                                    "delete from scratch where label = '%s'",
                                    "select ssn from patients where last_name = '%s'",
                                    "select no_such_column, '%s' from patients",
                                    "select '%s' from no_such_table",
                                    "selekt '%s'",
                                    "set application_name = '%s'",
                                    "set application_name to %s",
                                    "prepare p%s as select '%s'",
                                    "copy scratch from stdin with (null '%s', format nonsense)",
                                    "select cast('%s' as int)",
                                    "select u&'%s'",
                                    "select x'%s'",
                                    "notify chan, '%s'",
                                    "comment on table scratch is '%s'",
                                    "create role someone password '%s'",
                                    "do $$ begin perform '%s'; end $$")) {
                        var canary =
                                "canary"
                                        + canaries.size()
                                        + "zq"
                                        + Long.toHexString(System.nanoTime());
                        // PREPARE's own name is an identifier and stays.
                        if (!template.startsWith("prepare p")) canaries.add(canary);
                        try {
                            statement.execute(
                                    template.replace("p%s as", "p1 as")
                                            .replace("%s", canary)
                                            .replace("%%", "%"));
                        } catch (SQLException _) {
                            // Denied or failed: recorded either way.
                        }
                    }
                    var parameter = "canaryparam" + mode;
                    canaries.add(parameter);
                    try (var prepared =
                            connection.prepareStatement(
                                    "select count(*) from scratch where label = ?")) {
                        prepared.setString(1, parameter);
                        prepared.executeQuery().close();
                    }
                }
            }
            try (var connection = gateway.connect("dev", "user=canaryusername")) {
                throw new AssertionError("logged in: " + connection);
            } catch (SQLException _) {
                canaries.add("canaryusername");
            }
            var metrics =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:"
                                                                    + gateway.gateway().adminPort()
                                                                    + "/metrics"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.statusCode()).isEqualTo(200);
            for (var canary : canaries) assertThat(metrics.body()).doesNotContain(canary);
            gateway.stop();
            canaries.addAll(GatewayUnderTest.UPSTREAM_SECRETS);
            canaries.add("dev-pw");
            canaries.add("900-00-00");
            AuditTrail.holdsNone(gateway.store, canaries);
            assertThat(AuditTrail.of(gateway.store).ofType("statement-intent").size())
                    .isGreaterThan(40);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
