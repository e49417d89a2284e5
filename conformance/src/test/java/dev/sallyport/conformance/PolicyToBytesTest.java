package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a policy file says is what comes out: masks, row filters, force rules and conditions from
/// YAML to the client's rows, with the simple and the extended protocol.
class PolicyToBytesTest {
    private static final String SECRET = "5d1e0a9b8c7f6e5d4c3b2a190817f6e5";

    private static final String POLICY =
            """
            database: clinic
            classify:
              phi.name: [public.patients.first_name, public.patients.last_name]
              phi.ssn:  [public.patients.ssn]
              phi.date: [public.patients.birth_date]
              phi.zip:  [public.patients.zip]
            roles:
              developer:
                grants:
                  - { id: dev, allow: [select], on: [public.patients], mask: safe-harbor }
              billing:
                grants:
                  - id: whom
                    allow: [select]
                    on: [public.patients]
                    columns: [id, last_name, ssn, provider_id]
                    mask: { ssn: "partial(keepLast: 4)", last_name: hash }
                    rows: provider_id = 3 AND last_name <> subject.name
                  - { id: by-day, allow: [select], on: [billing.claims], when: "now < timestamp('2020-01-01T00:00:00Z')" }
              owner:
                grants:
                  - { id: all, allow: [select, update], on: [public.*] }
            force:
              - { id: ten, on: [public.patients], rows: id <= 10, except: [billing] }
              - { id: no-phone, on: [public.patients], mask: { phone: 'null' } }
            deny:
              - { id: no-mass-change, actions: [update, delete], when: "!statement.has_where" }
            """;

    @TempDir Path directory;

    @Test
    void comesOutAsWritten() throws Exception {
        Files.createDirectories(directory.resolve("secrets"));
        Files.writeString(directory.resolve("secrets/hash"), SECRET);
        var keys =
                Map.of(
                        "policy",
                        POLICY,
                        "login",
                        "{ failuresBeforeDelay: 1000 }\n"
                                + "masks: { hashKey: { file: secrets/hash } }");
        try (var gateway =
                GatewayUnderTest.start(directory, GatewayUnderTest.freshClinic("clinic"), keys)) {
            for (var mode : List.of("simple", "extended")) {
                try (var developer = gateway.connect("dev", "preferQueryMode=" + mode)) {
                    assertThat(
                                    rows(
                                            developer,
                                            "SELECT id, first_name, ssn, birth_date, zip, city,"
                                                    + " phone FROM patients WHERE id = 7"))
                            .containsExactly("7|***|***|1950-01-01|000  |City0|null");
                    assertThat(rows(developer, "SELECT count(*) FROM patients"))
                            .containsExactly("10");
                    assertThat(
                                    rows(
                                            developer,
                                            "SELECT count(*) FROM patients WHERE last_name ="
                                                    + " 'Last7'"))
                            .containsExactly("0");
                    assertThat(rows(developer, "SELECT DISTINCT p FROM patients p WHERE id < 3"))
                            .allSatisfy(
                                    row -> assertThat(row).doesNotContain("Last", "900-", "555-"));
                }
                try (var billing = gateway.connect("bill", "preferQueryMode=" + mode)) {
                    assertThat(
                                    rows(
                                            billing,
                                            "SELECT id, ssn FROM patients WHERE id < 15 ORDER BY"
                                                    + " id"))
                            .containsExactly("2|*******0002", "7|*******0007", "12|*******0012");
                    assertThat(rows(billing, "SELECT last_name FROM patients WHERE id = 7"))
                            .containsExactly(hash("Last7"));
                    assertDenied(billing, "SELECT id FROM billing.claims", "not granted");
                    assertDenied(billing, "SELECT phone FROM patients", "phone");
                }
                try (var owner = gateway.connect("own", "preferQueryMode=" + mode)) {
                    assertThat(rows(owner, "SELECT last_name, phone FROM patients WHERE id = 7"))
                            .containsExactly("Last7|null");
                    assertDenied(owner, "UPDATE patients SET city = 'x'", "no-mass-change");
                    try (var statement = owner.createStatement()) {
                        assertThat(
                                        statement.executeUpdate(
                                                "UPDATE patients SET city = 'x' WHERE id IN (7,"
                                                        + " 77)"))
                                .isEqualTo(1);
                    }
                    assertThat(rows(owner, "SELECT id FROM patients WHERE city = 'x'"))
                            .containsExactly("7");
                    try (var statement = owner.createStatement()) {
                        statement.executeUpdate("UPDATE patients SET city = 'City0' WHERE id = 7");
                    }
                }
            }
        }
    }

    private static void assertDenied(Connection connection, String sql, String because) {
        assertThatThrownBy(() -> rows(connection, sql))
                .as(sql)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("sallyport:")
                .hasMessageContaining(because);
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.prepareStatement(sql);
                var result = statement.executeQuery()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                var row = new ArrayList<String>();
                for (int i = 1; i <= columns; i++) row.add(String.valueOf(result.getString(i)));
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    private static String hash(String value) throws Exception {
        var key =
                hmac(
                        SECRET.getBytes(StandardCharsets.UTF_8),
                        "sallyport hash 1 clinic".getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hmac(key, value.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }
}
