package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts that hide a table from a careless reader.
class EvasionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT/**/*/**/FROM/**/patients                                   | patients
                    SELECT * FROM U&"p!0061tients" UESCAPE '!'                        | patients
                    SELECT * FROM U&"\\0070atients"                                   | patients
                    SELECT * FROM "patients"."Patients"                               | Patients
                    SELECT * FROM public . patients                                   | patients
                    SELECT * FROM PATIENTS                                            | patients
                    SELECT '\\', ssn, E'\\' -- ' FROM patients                        | patients
                    SELECT $q$ ' -- $q$, ssn FROM patients --$q$                      | patients
                    SELECT $1$$ FROM a $$ FROM b                                      |
                    SELECT 1 /* /* */ FROM a */ FROM b                                | b
                    SELECT 1 --x*/ FROM a                                             |
                    SELECT 1-- FROM a                                                 |
                    SELECT 1+-- FROM a                                                |
                    SELECT 1*/* */2 FROM a                                            | a
                    SELECT 'a' -- x                                                   |
                    (((TABLE patients)))                                              | patients
                    SELECT (TABLE patients)                                           | patients
                    SELECT 1 WHERE 1 IN (TABLE patients)                              | patients
                    WITH patients AS (SELECT 1) SELECT * FROM public.patients         | patients
                    WITH patients AS (SELECT 1) DELETE FROM patients                  | patients
                    WITH patients AS (SELECT 1) INSERT INTO patients VALUES (1)       | patients
                    WITH a AS (SELECT 1), b AS (SELECT * FROM a, patients) SELECT 1   | patients
                    WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a      | b
                    SELECT 1 FROM a ORDER BY (SELECT ssn FROM patients LIMIT 1)       | a patients
                    SELECT 1 LIMIT (SELECT count(*) FROM patients)                    | patients
                    SELECT 1 FROM ROWS FROM (unnest(ARRAY(SELECT ssn FROM patients))) | patients
                    SELECT a[(SELECT id FROM patients)] FROM b                        | b patients
                    SELECT * FROM a TABLESAMPLE system ((SELECT 1 FROM patients))     | a patients
                    """)
    void findsEveryTable(String sql, String tables) {
        Set<String> expected = new TreeSet<>();
        if (tables != null) expected.addAll(Set.of(tables.split(" ")));
        ParseResult result = PostgresParser.parse(new SqlText(sql), LexMode.STANDARD);
        if (result instanceof ParseResult.Refused) {
            assertThat(expected).as("refused: %s", sql).isEmpty();
            return;
        }
        var mentioned = Mentioned.in(FixturesTest.statements((ParseResult.Parsed) result));
        assertThat(mentioned.relations).isEqualTo(expected);
    }

    @Test
    void carriageReturnEndsALineComment() {
        assertThat(tables("SELECT 1 --\rFROM patients")).containsExactly("patients");
        assertThat(tables("SELECT 'a' --\r 'b' FROM patients")).containsExactly("patients");
    }

    @Test
    void backslashesDependOnTheSession() {
        String sql = "SELECT '\\', ssn FROM patients WHERE x <> '\\' OR '1'";
        assertThat(tables(sql)).containsExactly("patients");
        assertThat(PostgresParser.parse(new SqlText(sql), new LexMode(false, 1_000, 18, false)))
                .isInstanceOf(ParseResult.Refused.class);
        String off = "SELECT '\\' FROM a --' FROM patients";
        var result = PostgresParser.parse(new SqlText(off), new LexMode(false, 1_000, 18, false));
        assertThat(Mentioned.in(FixturesTest.statements((ParseResult.Parsed) result)).relations)
                .containsExactly("patients");
    }

    @Test
    void sharedCorpus() throws IOException {
        Path file = CorpusTest.CORPORA.resolve("evasion-pg.sql");
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent");
        var header = Pattern.compile("-- (\\d+)\\..*\\[tables: (.*)]");
        int count = 0;
        for (String block : Files.readString(file).split("\n;\n")) {
            if (block.isBlank()) continue;
            var matcher = header.matcher(block);
            assertThat(matcher.find()).as(block).isTrue();
            String sql = block.substring(block.indexOf('\n', matcher.end()) + 1);
            // SQL in a string, run by a function: the resolver's business.
            if (matcher.group(1).equals("12")) continue;
            assertThat(tables(sql)).as(sql).containsExactlyInAnyOrder(matcher.group(2).split(", "));
            count++;
        }
        assertThat(count).isGreaterThan(10);
    }

    private static Set<String> tables(String sql) {
        ParseResult result = PostgresParser.parse(new SqlText(sql), LexMode.STANDARD);
        assertThat(result).as(sql).isInstanceOf(ParseResult.Parsed.class);
        return Mentioned.in(FixturesTest.statements((ParseResult.Parsed) result)).relations;
    }
}
