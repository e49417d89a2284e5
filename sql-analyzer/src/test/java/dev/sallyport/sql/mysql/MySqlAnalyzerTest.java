package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.FootprintLines;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SettingNames;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Statements and what they touch, as `mysql-footprints.sql` writes it.
class MySqlAnalyzerTest {
    static final Dialect MYSQL = Dialect.MYSQL.withVersion("9.7.0").orElseThrow();
    static final Dialect MARIADB = Dialect.MARIADB.withVersion("11.4.5-MariaDB").orElseThrow();
    static final Catalog ON_MYSQL = ClinicCatalog.of("9.7.0", 0);
    static final Catalog ON_MARIADB = ClinicCatalog.of("11.4.5-MariaDB", 0);

    /// One statement, `-- ` and the expected answer behind it, a line each.
    record Fixture(boolean mariaDb, String sql, List<String> expected) {
        @Override
        public String toString() {
            return (mariaDb ? "MariaDB: " : "MySQL: ") + sql;
        }
    }

    static Stream<Fixture> fixtures() throws IOException {
        List<Fixture> all = new ArrayList<>();
        try (InputStream in =
                Objects.requireNonNull(
                        MySqlAnalyzerTest.class.getResourceAsStream("mysql-footprints.sql"))) {
            for (String block :
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n")) {
                List<String> lines = block.lines().filter(line -> !line.startsWith("#")).toList();
                if (lines.isEmpty()) continue;
                List<String> expected =
                        lines.stream()
                                .filter(line -> line.startsWith("--  "))
                                .map(line -> line.substring(4))
                                .toList();
                String sql =
                        String.join(
                                "\n",
                                lines.stream().filter(line -> !line.startsWith("--  ")).toList());
                for (boolean mariaDb : new boolean[] {false, true}) {
                    String prefix = mariaDb ? "mysql: " : "mariadb: ";
                    if (sql.startsWith(prefix)) continue;
                    all.add(
                            new Fixture(
                                    mariaDb, sql.replaceFirst("^(mysql|mariadb): ", ""), expected));
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(60);
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void saysWhatAStatementTouches(Fixture fixture) {
        var context =
                new MySqlContext(
                        fixture.mariaDb ? ON_MARIADB : ON_MYSQL,
                        "clinic",
                        fixture.mariaDb ? MARIADB : MYSQL);
        assertThat(answer(fixture.sql, context)).isEqualTo(fixture.expected);
    }

    /// Where case counts, `PATIENTS` is another table; where it doesn't, it is the same.
    @Test
    void tablesFollowTheServersCase() {
        for (int setting : new int[] {1, 2}) {
            var context = new MySqlContext(ClinicCatalog.of("9.7.0", setting), "Clinic", MYSQL);
            assertThat(answer("SELECT P.ssn FROM PATIENTS p", context))
                    .containsExactly("SELECT", "select table clinic.patients (ssn)");
            assertThat(answer("WITH Patients AS (SELECT 1 a) SELECT a FROM patients", context))
                    .containsExactly("SELECT");
            // To some servers a dotless i is an i.
            assertThat(answer("SELECT `pat\u0131ents`.ssn FROM patients", context).getFirst())
                    .startsWith("refused AMBIGUOUS");
        }
        var exact = new MySqlContext(ON_MYSQL, "clinic", MYSQL);
        assertThat(answer("SELECT P.ssn FROM patients p", exact).getFirst())
                .startsWith("refused UNKNOWN_OBJECT");
    }

    @Test
    void withoutADatabaseNamesNeedOne() {
        var nowhere = new MySqlContext(ON_MARIADB, "", MARIADB);
        assertThat(answer("SELECT ssn FROM patients", nowhere).getFirst())
                .contains("no database is selected");
        assertThat(answer("SELECT ssn FROM clinic.patients", nowhere))
                .containsExactly("SELECT", "select table clinic.patients (ssn)");
    }

    /// Whether a change sets off a trigger isn't shown to everybody.
    @Test
    void whatMayHaveTriggersUnseenIsNotWritten() {
        var blind = new MySqlContext(ClinicCatalog.blind("11.4.5-MariaDB"), "clinic", MARIADB);
        assertThat(answer("SELECT id FROM insurers", blind)).hasSize(2);
        assertThat(answer("DELETE FROM insurers WHERE id = 1", blind).getFirst())
                .contains("the gateway's catalog account needs TRIGGER");
    }

    @Test
    void literalsAreNotLogged() {
        String sql =
                """
                SELECT 'Smith' 'son', N'x', _utf8mb4'y', 0x41, b'1', 12.5, "quoted", @`v 1`, /* ssn 123 */ id # tail
                  FROM `patients` /*! WHERE name = 'Miller' */ -- end
                """;
        var context = new MySqlContext(ON_MYSQL, "clinic", MYSQL);
        assertThat(redacted(sql, context))
                .isEqualTo("SELECT ?, ?, ?, ?, ?, ?, ?, @`v 1`, id FROM `patients` WHERE name = ?");
        assertThat(redacted("SET NAMES latin1", context)).isEqualTo("SET NAMES ?");
        assertThat(redacted("SET sql_mode = ansi, @a = 'x'", context))
                .isEqualTo("SET sql_mode = ?, @`a` = ?");
        assertThat(redacted("PREPARE s FROM 'SELECT 1'", context)).isEqualTo("PREPARE s FROM ?");
        var ansi =
                new MySqlContext(
                        ON_MYSQL, "clinic", MYSQL.withSqlMode("ANSI_QUOTES").orElseThrow());
        assertThat(redacted("SELECT \"id\", 'x' FROM \"patients\"", ansi))
                .isEqualTo("SELECT `id`, ? FROM `patients`");
    }

    /// The server's names of settings may stand in the log, others not.
    @Test
    void theServersSettingsAreNamesOfItsOwn() {
        assertThat(SettingNames.areOwn("sql_mode")).isTrue();
        assertThat(SettingNames.areOwn("SQL_SAFE_UPDATES")).isTrue();
        assertThat(SettingNames.areOwn("names")).isTrue();
        assertThat(SettingNames.areOwn("ssn_123_45_6789")).isFalse();
    }

    private static String redacted(String sql, MySqlContext context) {
        return switch (new MySqlAnalyzer().analyze(new SqlText(sql), context)) {
            case Analysis.NotUnderstood why -> throw new AssertionError(why.reason());
            case Analysis.Understood(var statements) -> statements.getFirst().redacted();
        };
    }

    /// The shared corpus with a catalog: every table, or a refusal.
    @Test
    void evasionsAreRightOrRefused() throws IOException {
        Path file =
                Path.of(System.getProperty("sallyport.corpora", "/work/shared/corpora"))
                        .resolve("evasion-mysql.sql");
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent");
        var header = Pattern.compile("-- (\\d+)\\..*\\[tables: (.*)]");
        int understood = 0;
        for (String block : Files.readString(file).split("\n;\n")) {
            if (block.isBlank()) continue;
            var matcher = header.matcher(block);
            assertThat(matcher.find()).as(block).isTrue();
            String sql = block.substring(block.indexOf('\n', matcher.end()) + 1);
            Set<String> tables = new TreeSet<>(Set.of(matcher.group(2).split(", ")));
            tables.remove("none");
            for (boolean mariaDb : new boolean[] {false, true}) {
                Set<String> touched =
                        touched(
                                sql,
                                new MySqlContext(
                                        mariaDb ? ON_MARIADB : ON_MYSQL,
                                        "clinic",
                                        mariaDb ? MARIADB : MYSQL));
                if (touched == null) continue;
                understood++;
                switch (matcher.group(1)) {
                    // A comment to MySQL, code to MariaDB.
                    case "04" ->
                            assertThat(touched).isEqualTo(mariaDb ? Set.of("patients") : Set.of());
                    case "14" -> throw new AssertionError("dynamic: " + sql);
                    default -> assertThat(touched).as(sql).isEqualTo(tables);
                }
            }
        }
        assertThat(understood).isGreaterThan(20);
    }

    /// Names of relations; null when it isn't understood.
    private static @Nullable Set<String> touched(String sql, MySqlContext context) {
        return switch (new MySqlAnalyzer().analyze(new SqlText(sql), context)) {
            case Analysis.NotUnderstood _ -> null;
            case Analysis.Understood(var statements) -> {
                Set<String> names = new TreeSet<>();
                for (var statement : statements)
                    for (var access : statement.footprint().accesses())
                        if (access.resource() instanceof Resource.Relation relation
                                && access.via().isEmpty()) names.add(relation.name());
                yield names;
            }
        };
    }

    static List<String> answer(String sql, MySqlContext context) {
        return switch (new MySqlAnalyzer().analyze(new SqlText(sql), context)) {
            case Analysis.NotUnderstood(var code, var reason, _, _) ->
                    List.of("refused " + code + ": " + reason);
            case Analysis.Understood(var statements) -> {
                List<String> lines = new ArrayList<>();
                for (var statement : statements)
                    lines.addAll(FootprintLines.write(statement.footprint()));
                yield lines;
            }
        };
    }
}
