package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.policy.HashKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The key of the mask `hash` is with the server and nobody gets it (docs/adr/0006).
class HashKeySettingsTest {
    private static final String SECRET = "3f9c2b1a77e04d5c8a6b9e0f1d2c3b4a";

    @TempDir Path directory;

    @Test
    void theServersSessionHashesAsHmacDoesAndForgetsNothing() throws Exception {
        GatewayUnderTest.freshClinic("clinic");
        var settings = HashKey.settings(SECRET.getBytes(StandardCharsets.UTF_8), "clinic");
        try (var connection = directly(settings);
                var statement = connection.createStatement()) {
            for (var reset : List.of("SELECT 1", "RESET ALL", "DISCARD ALL")) {
                statement.execute(reset);
                try (var rows =
                        statement.executeQuery(
                                "SELECT pg_catalog.encode(pg_catalog.sha256("
                                    + " pg_catalog.decode(pg_catalog.current_setting('sallyport.hash_outer'),"
                                    + " 'hex') || pg_catalog.sha256("
                                    + "pg_catalog.decode(pg_catalog.current_setting('sallyport.hash_inner'),"
                                    + " 'hex') || pg_catalog.convert_to('123-45-6789', 'UTF8'))),"
                                    + " 'hex')")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).as(reset).isEqualTo(expected());
                }
            }
            assertThat(everySetting(statement)).doesNotContainAnyElementsOf(settings.values());
        }
    }

    @Test
    void noStatementReadsOrChangesIt() throws Exception {
        Files.createDirectories(directory.resolve("secrets"));
        Files.writeString(directory.resolve("secrets/hash"), SECRET);
        var keys =
                Map.of(
                        "login",
                        "{ failuresBeforeDelay: 1000 }\n"
                                + "masks: { hashKey: { file: secrets/hash } }");
        var settings = HashKey.settings(SECRET.getBytes(StandardCharsets.UTF_8), "clinic");
        try (var gateway =
                GatewayUnderTest.start(directory, GatewayUnderTest.freshClinic("clinic"), keys)) {
            for (var mode : List.of("preferQueryMode=simple", "preferQueryMode=extended"))
                try (var connection = gateway.connect("own", mode);
                        var statement = connection.createStatement()) {
                    for (var attack :
                            List.of(
                                    "SHOW sallyport.hash_inner",
                                    "SHOW \"Sallyport\".Hash_Outer",
                                    "SELECT current_setting('sallyport.hash_inner')",
                                    "SELECT current_setting('SALLYPORT.hash_outer', true)",
                                    "SELECT current_setting('sally' || 'port.hash_inner')",
                                    "SELECT current_setting(n) FROM (VALUES"
                                            + " ('sallyport.hash_inner')) v(n)",
                                    "SELECT current_setting(n) FROM (SELECT 'sallyport.hash_inner'"
                                            + " AS n FROM pg_settings s LIMIT 1) s",
                                    "SELECT current_setting(name) FROM pg_settings s(value, name)",
                                    "SELECT current_setting(name) FROM pg_settings FULL JOIN"
                                        + " (SELECT 'sallyport.hash_inner'::text AS name) o USING"
                                        + " (name)",
                                    "SELECT current_setting(n) FROM (SELECT CASE WHEN name <> ''"
                                            + " THEN 'sallyport.hash_inner' END AS n FROM"
                                            + " pg_settings) s",
                                    "WITH pg_settings(name) AS (SELECT"
                                            + " 'sallyport.hash_inner'::text) SELECT"
                                            + " current_setting(name) FROM pg_settings",
                                    "SELECT current_setting(setting_name =>"
                                            + " 'sallyport.hash_inner')",
                                    "SET sallyport.hash_inner = 'aa'",
                                    "RESET sallyport.hash_inner",
                                    "SELECT set_config('sallyport.hash_inner', 'aa', false)",
                                    "CREATE FUNCTION public.leak() RETURNS int LANGUAGE sql SET"
                                            + " sallyport.hash_inner FROM CURRENT AS 'SELECT 1'"))
                        assertThatThrownBy(() -> statement.execute(attack))
                                .as(attack)
                                .isInstanceOfSatisfying(
                                        SQLException.class,
                                        e -> assertThat(e.getMessage()).contains("sallyport:"));
                    statement.execute("CREATE TEMP TABLE pg_settings (name text)");
                    statement.execute("INSERT INTO pg_settings VALUES ('sallyport.hash_inner')");
                    assertThatThrownBy(() ->
                                    statement.execute(
                                            "SELECT current_setting(name) FROM pg_settings"))
                            .hasMessageContaining("sallyport:");
                    statement.execute("DROP TABLE pg_temp.pg_settings");
                    try (var rows =
                            statement.executeQuery(
                                    "SELECT count(*) FILTER (WHERE current_setting(s.name) LIKE"
                                            + " '%public%') FROM pg_settings s")) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isPositive();
                    }
                    statement.execute("RESET ALL");
                    assertThat(everySetting(statement))
                            .isNotEmpty()
                            .doesNotContainAnyElementsOf(settings.values());
                }
            assertThatThrownBy(() ->
                            gateway.connect("own", "options=-c sallyport.hash_inner=aa").close())
                    .isInstanceOf(SQLException.class);
        }
    }

    private static List<String> everySetting(Statement statement) throws SQLException {
        var values = new ArrayList<String>();
        for (var sql : List.of("SHOW ALL", "SELECT name, setting FROM pg_settings"))
            try (var rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    assertThat(rows.getString(1)).doesNotStartWith("sallyport.");
                    values.add(String.valueOf(rows.getString(2)));
                }
            }
        return values;
    }

    private static Connection directly(Map<String, String> settings) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "sallyport_gateway");
        properties.setProperty("password", GatewayUnderTest.UPSTREAM_SECRETS.getFirst());
        properties.setProperty("sslmode", "require");
        var options = new StringBuilder();
        settings.forEach((name, value) ->
                options.append("-c ").append(name).append('=').append(value).append(' '));
        properties.setProperty("options", options.toString().strip());
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + GatewayUnderTest.postgres().port() + "/clinic",
                properties);
    }

    private static String expected() throws Exception {
        var key =
                hmac(
                        SECRET.getBytes(StandardCharsets.UTF_8),
                        "sallyport hash 1 clinic".getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hmac(key, "123-45-6789".getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }
}
