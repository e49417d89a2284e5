package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The table of `docs/masks.md` is what a real server answers through the gateway.
///
/// `-Dsallyport.rewriteExpected=true` writes it anew.
class MaskTableTest {
    private static final Path DOCUMENT = Path.of("../docs/masks.md");
    private static final String BEGIN = "<!-- the table -->\n";
    private static final String END = "<!-- its end -->\n";

    private static final List<String> MASKS =
            List.of(
                    "null",
                    "redact",
                    "partial(keepFirst: 1, keepLast: 4)",
                    "hash",
                    "year",
                    "zip3",
                    "age-band(10)",
                    "bucket(100)",
                    "constant(7)");

    private static final Map<String, List<String>> VALUES = values();

    private static Map<String, List<String>> values() {
        var values = new LinkedHashMap<String, List<String>>();
        values.put("text", List.of("123-45-6789", "Ann", ""));
        values.put("varchar(20)", List.of("123-45-6789"));
        values.put("varchar(2)", List.of("AB"));
        values.put("char(5)", List.of("02139", "03601", "20310", "00501"));
        values.put("varchar(10)", List.of("02139-4307", "021394307", "K1A 0B1", "0213"));
        values.put("ssn_text", List.of("123-45-6789"));
        values.put("date", List.of("1980-05-17", "1901-02-03", "infinity"));
        values.put("timestamp", List.of("1980-05-17 08:30:00", "1901-02-03 04:05:06"));
        values.put("timestamptz", List.of("1980-05-17 08:30:00+00", "-infinity"));
        values.put("time", List.of("08:30:00"));
        values.put("interval", List.of("3 days"));
        values.put("smallint", List.of("47", "-32768"));
        values.put("integer", List.of("47", "89", "93", "-1"));
        values.put("bigint", List.of("123456"));
        values.put("numeric(10,2)", List.of("234.50"));
        values.put("numeric(4,2)", List.of("-99.99"));
        values.put("numeric", List.of("234.5", "NaN"));
        values.put("real", List.of("234.5"));
        values.put("double precision", List.of("234.5", "Infinity"));
        values.put("boolean", List.of("t"));
        values.put("uuid", List.of("5b0f0bd4-5a5c-4c8f-9d0c-0d1e2f3a4b5c"));
        values.put("jsonb", List.of("{\"a\": 1}"));
        values.put("bytea", List.of("\\x6162"));
        values.put("inet", List.of("10.1.2.3"));
        values.put("text[]", List.of("{a,b}"));
        values.put("mood", List.of("sad"));
        return values;
    }

    @Test
    void theDocumentedResultsAreReal(@TempDir Path directory) throws Exception {
        var table = table(directory);
        if (Boolean.getBoolean("sallyport.rewriteExpected")) {
            var text = Files.readString(DOCUMENT);
            Files.writeString(
                    DOCUMENT,
                    text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                            + table
                            + text.substring(text.indexOf(END)));
        }
        assertThat(table).isEqualTo(documented());
    }

    static String documented() throws Exception {
        var text = Files.readString(DOCUMENT);
        return text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    }

    /// As the server that {@link GatewayUnderTest} uses answers.
    static String table(Path directory) throws Exception {
        GatewayUnderTest.freshClinic("mask_table");
        var types = List.copyOf(VALUES.keySet());
        var grants = new StringBuilder("database: clinic\nroles:\n  developer:\n    grants:\n");
        try (var connection = GatewayUnderTest.postgres().connect("mask_table");
                var statement = connection.createStatement()) {
            statement.execute("drop schema public cascade; create schema public");
            statement.execute("create domain public.ssn_text as varchar(11) check (value ~ '^9?')");
            statement.execute("create type public.mood as enum ('sad', 'ok')");
            var creations = new StringBuilder();
            for (int m = 0; m < MASKS.size(); m++) {
                for (int t = 0; t < types.size(); t++)
                    creations.append(creation(m, t, types.get(t)));
                grants.append(
                        "      - { id: mask-%d, allow: [select], on: [\"public.m%d_*\"], mask: { v: '%s' } }%n"
                                .formatted(m, m, MASKS.get(m)));
            }
            statement.execute(creations.toString());
            statement.execute(
                    "grant usage on schema public to sallyport_gateway, sallyport_catalog;"
                            + " grant select on all tables in schema public to sallyport_gateway");
        }
        for (var role : List.of("billing", "owner"))
            grants.append(
                    "  %s: { grants: [ { id: %s, allow: [select], on: [public.m0_t0] } ] }%n"
                            .formatted(role, role));
        Files.createDirectories(directory.resolve("secrets"));
        Files.writeString(directory.resolve("secrets/hash"), "3f9c2b1a77e04d5c8a6b9e0f1d2c3b4a");
        var keys =
                Map.of(
                        "policy",
                        grants.toString(),
                        "login",
                        "{ failuresBeforeDelay: 1000 }\n"
                                + "masks: { hashKey: { file: secrets/hash } }");
        var lines = new StringBuilder("| type | value | `" + String.join("` | `", MASKS) + "` |\n");
        lines.append("|---|---|" + "---|".repeat(MASKS.size()) + "\n");
        try (var gateway = GatewayUnderTest.start(directory, "mask_table", keys);
                var connection = gateway.connect("dev")) {
            for (int t = 0; t < types.size(); t++) {
                var values = Objects.requireNonNull(VALUES.get(types.get(t)));
                var columns = new ArrayList<List<String>>();
                for (int m = 0; m < MASKS.size(); m++) columns.add(shown(connection, m, t, values));
                for (int i = 0; i < values.size(); i++) {
                    lines.append("| " + types.get(t) + " | `" + values.get(i) + "` |");
                    for (var column : columns) lines.append(" " + column.get(i) + " |");
                    lines.append("\n");
                }
            }
        }
        return lines.toString();
    }

    private static String creation(int mask, int type, String typeName) {
        var table = "public.m%d_t%d".formatted(mask, type);
        var name = List.of("ssn_text", "mood").contains(typeName) ? "public." + typeName : typeName;
        var rows = new ArrayList<String>();
        for (var value : Objects.requireNonNull(VALUES.get(typeName)))
            rows.add("(%d, '%s')".formatted(rows.size(), value));
        rows.add("(%d, null)".formatted(rows.size()));
        return "create table %s (n int, v %s); insert into %s values %s;"
                .formatted(table, name, table, String.join(", ", rows));
    }

    private static List<String> shown(
            Connection connection, int mask, int type, List<String> values) throws SQLException {
        var all = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result =
                        statement.executeQuery(
                                "SELECT v::text FROM m%d_t%d ORDER BY n".formatted(mask, type))) {
            while (result.next()) {
                var value = all.size() < values.size() ? values.get(all.size()) : "";
                all.add(words(result.getString(1), value));
            }
        } catch (SQLException e) {
            var word =
                    switch (e.getSQLState()) {
                        case "42501", "0A000" -> "*refused*";
                        default -> "error " + e.getSQLState();
                    };
            return Collections.nCopies(values.size(), word);
        }
        assertThat(all).hasSize(values.size() + 1);
        assertThat(all.getLast()).as("a null").isEqualTo("null");
        return all;
    }

    private static String words(@Nullable String shown, String value) {
        if (shown == null) return "null";
        if (shown.matches("[0-9a-f]{16,64}") && !shown.equals(value))
            return shown.length() + " hex digits";
        if (shown.startsWith(LocalDate.now(ZoneOffset.UTC).minusYears(90).getYear() + "-01-01"))
            return "1 January, 90 years ago";
        return "`" + shown + "`";
    }
}
