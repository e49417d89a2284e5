package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.lexer.Dialect.SqlMode;
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
import org.junit.jupiter.params.provider.EnumSource;

/// Texts that hide a table from a careless reader. What the servers make of the lexical ones was
/// asked of MySQL 9.7 and MariaDB 11.4.
class MySqlEvasionsTest {
    private static final Dialect MYSQL_9_7 = Dialect.MYSQL.withVersion("9.7.4").orElseThrow();
    private static final Dialect MARIADB_11_4 =
            Dialect.MARIADB.withVersion("11.4.5-MariaDB").orElseThrow();

    /// The text, then the tables on MySQL and on MariaDB.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    SELECT 1 /*!50000 UNION SELECT ssn FROM patients */                 | patients | patients
                    SELECT 1 /*!50000UNION SELECT ssn FROM patients */                  | patients | patients
                    SELECT 1 /*! UNION SELECT ssn FROM patients */                      | patients | patients
                    SELECT 1 /*!90704 UNION SELECT ssn FROM patients */                 | patients | ~~
                    SELECT 1 /*!090704 UNION SELECT ssn FROM patients */                | patients | ~~
                    SELECT 1 /*!090705 UNION SELECT ssn FROM patients */                | ~~       | ~~
                    SELECT 1 /*!080000UNION SELECT ssn FROM patients */                 | refused  | ~~
                    SELECT 1 /*!50700 UNION SELECT ssn FROM patients */                 | patients | ~~
                    SELECT 1 /*M!50700 UNION SELECT ssn FROM patients */                | ~~       | patients
                    SELECT 1 /*!110405 UNION SELECT ssn FROM patients */                | ~~       | patients
                    SELECT 1 /*!110406 UNION SELECT ssn FROM patients */                | ~~       | ~~
                    SELECT 1 /*M!110405 UNION SELECT ssn FROM patients */               | ~~       | patients
                    SELECT 1 /*!99999 UNION SELECT ssn FROM patients */                 | ~~       | ~~
                    SELECT 1 /*!5000 UNION SELECT ssn FROM patients */                  | refused  | refused
                    SELECT 1 /*! /*! UNION SELECT ssn FROM patients */ */               | refused  | refused
                    SELECT 1 /*! /* */ UNION SELECT ssn FROM patients */                | patients | patients
                    SELECT 1 /*!99999 /* */ UNION SELECT ssn FROM patients */           | refused  | refused
                    SELECT 1 /*! '*/' UNION SELECT ssn FROM patients */ | patients | patients
                    SELECT 1 /*! FROM patients                                          | refused  | refused
                    SELECT 1--1 FROM patients                                           | patients | patients
                    SELECT 1-- FROM patients                                            | ~~       | ~~
                    SELECT 1 #*/ FROM patients                                          | ~~       | ~~
                    SELECT 1 /* /* */ FROM patients                                     | patients | patients
                    SELECT 1/**/FROM/**/patients                                        | patients | patients
                    SELECT 'a\\' FROM x -- ' FROM patients | patients | patients
                    SELECT 'a\\\\' FROM patients -- '                                   | patients | patients
                    SELECT "a" FROM patients                                            | patients | patients
                    SELECT 1 FROM `pat``ients`                                          | pat`ients| pat`ients
                    SELECT 1 FROM clinic . patients                                     | patients | patients
                    SELECT 1 FROM clinic.123patients                                    | 123patients | 123patients
                    SELECT 1 FROM clinic.1e5                                            | 1e5      | 1e5
                    SELECT 1 FROM .patients                                             | patients | patients
                    SELECT 0x1FROM FROM patients | patients | patients
                    SELECT 1.5e3FROM patients                                           | refused  | refused
                    SELECT select.x FROM patients                                       | patients | patients
                    SELECT 1 FROM from.patients                                         | patients | patients
                    SELECT v.id FROM { OJ visits v LEFT OUTER JOIN patients p ON v.id = p.id } | patients visits | patients visits
                    TABLE patients                                                      | patients | refused
                    SELECT (TABLE patients)                                             | patients | refused
                    SELECT 1 IN ((((SELECT ssn FROM patients))))                        | patients | patients
                    ((((SELECT ssn FROM patients))))                                    | patients | patients
                    VALUES ROW((SELECT ssn FROM patients))                              | patients | patients
                    DO (SELECT ssn FROM patients LIMIT 1)                               | patients | patients
                    SET @a = (SELECT ssn FROM patients LIMIT 1)                         | patients | patients
                    SELECT @a := ssn FROM patients                                      | patients | patients
                    CALL p((SELECT ssn FROM patients))                                  | patients | patients
                    HANDLER patients OPEN                                               | patients | patients
                    DESC patients                                                       | patients | patients
                    EXPLAIN DELETE FROM patients                                        | patients | patients
                    ANALYZE FORMAT=JSON DELETE FROM patients                            | refused  | patients
                    ANALYZE DELETE FROM patients                                        | refused  | patients
                    EXPLAIN ANALYZE SELECT * FROM patients                              | patients | patients
                    DELETE v, p FROM visits v JOIN patients p USING (id)                | patients visits | patients visits
                    DELETE FROM v USING visits v, patients                              | patients visits | patients visits
                    UPDATE visits v, patients p SET v.note = p.ssn                      | patients visits | patients visits
                    INSERT INTO visits SET note = (SELECT ssn FROM patients LIMIT 1)    | patients visits | patients visits
                    INSERT INTO visits VALUES (1) ON DUPLICATE KEY UPDATE note = (SELECT ssn FROM patients) | patients visits | patients visits
                    REPLACE visits TABLE patients                                       | patients visits | refused
                    CREATE TABLE leak SELECT * FROM patients                            | leak patients | leak patients
                    CREATE TABLE leak (a INT) IGNORE AS (SELECT * FROM patients)        | leak patients | leak patients
                    CREATE TABLE leak LIKE patients                                     | leak patients | leak patients
                    CREATE TABLE leak (a INT) ENGINE=MERGE UNION=(patients)             | leak patients | leak patients
                    CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM patients      | patients | patients
                    CREATE TRIGGER t AFTER INSERT ON visits FOR EACH ROW DELETE FROM patients | patients visits | patients visits
                    PREPARE s FROM 'SELECT * FROM patients'                             | patients | patients
                    EXECUTE IMMEDIATE 'SELECT * FROM patients'                          | refused  | patients
                    BEGIN NOT ATOMIC IF 1 THEN DELETE FROM patients; END IF; END        | refused  | patients
                    SET STATEMENT max_statement_time=1 FOR SELECT * FROM patients       | refused  | patients
                    SELECT ssn FROM patients INTO OUTFILE '/tmp/x'                      | patients | patients
                    SELECT ssn INTO @a FROM patients                                    | patients | patients
                    SELECT * FROM (SELECT 1 INTO OUTFILE '/tmp/x') d                    | refused  | refused
                    WITH patients AS (SELECT 1) SELECT * FROM clinic.patients           | patients | patients
                    WITH patients AS (SELECT 1 id) DELETE FROM patients                 | patients | patients
                    WITH a AS (SELECT * FROM patients), patients AS (SELECT 1) SELECT 1 | patients | patients
                    WITH RECURSIVE a AS (SELECT * FROM patients), patients AS (SELECT 1) SELECT * FROM a | patients | ~~
                    SELECT group_concat(DISTINCT 1 ORDER BY (SELECT ssn FROM patients) SEPARATOR ',') | patients | patients
                    SELECT 1 FROM json_table((SELECT ssn FROM patients), '$[*]' COLUMNS (a INT PATH '$')) t | patients | patients
                    SHOW TABLES WHERE (SELECT ssn FROM patients LIMIT 1) = 'x'          | patients | patients
                    SHOW COLUMNS FROM patients                                          | patients | patients
                    LOCK TABLES patients READ                                           | patients | patients
                    KILL (SELECT id FROM patients)                                      | patients | patients
                    SELECT /*+ SET_VAR(sql_mode='ANSI_QUOTES') */ 1 FROM a              | refused  | refused
                    SELECT /*+ QB_NAME(`a */ FROM patients -- `) */ 1 FROM b            | refused  | refused
                    SELECT NEXTVAL(patients)                                            | ~~       | patients
                    SELECT NEXT VALUE FOR patients                                      | refused  | patients
                    SELECT * FROM a FOR SYSTEM_TIME AS OF (SELECT ssn FROM patients)    | refused  | a patients
                    SELECT COUNT (*) FROM patients                                      | refused  | refused
                    """)
    void findsEveryTable(String sql, String mySql, String mariaDb) {
        assertThat(Written.answer(sql, MYSQL_9_7)).as("MySQL").isEqualTo(mySql);
        assertThat(Written.answer(sql, MARIADB_11_4)).as("MariaDB").isEqualTo(mariaDb);
    }

    @Test
    void aVersionCommentNeedsTheVersion() {
        String sql = "SELECT 1 /*!80034 UNION SELECT ssn FROM patients */";
        assertThat(Written.answer(sql, Dialect.MYSQL)).isEqualTo("refused");
        assertThat(Written.answer(sql, Dialect.MYSQL.withVersion("8.0").orElseThrow()))
                .isEqualTo("refused");
        assertThat(Written.answer(sql, Dialect.MYSQL.withVersion("8.0.33").orElseThrow()))
                .isEmpty();
        assertThat(Written.answer(sql, Dialect.MYSQL.withVersion("8.0.34").orElseThrow()))
                .isEqualTo("patients");
        assertThat(Written.answer("SELECT 1 /*!080034 +1 */", Dialect.MYSQL)).isEqualTo("refused");
        assertThat(Dialect.MYSQL.withVersion("5.7.40")).isEmpty();
        assertThat(Dialect.MARIADB.withVersion("10.6.1")).isEmpty();
        assertThat(Dialect.MYSQL.withVersion("9.7.4x.3")).isNotEmpty();
        assertThat(Dialect.MYSQL.withVersion("8.0.345")).isEmpty();
    }

    @Test
    void sqlModesChangeWhatATextSays() {
        Dialect plain = MYSQL_9_7;
        Dialect raw = plain.withSqlMode("NO_BACKSLASH_ESCAPES").orElseThrow();
        String backslash = "SELECT 'a\\' , ssn FROM patients -- '";
        assertThat(Written.answer(backslash, plain)).isEmpty();
        assertThat(Written.answer(backslash, raw)).isEqualTo("patients");
        Dialect ansi = plain.withSqlMode("strict_trans_tables, ansi").orElseThrow();
        assertThat(ansi.is(SqlMode.PIPES_AS_CONCAT)).isTrue();
        String quoted = "SELECT 1 FROM \"patients\"";
        assertThat(Written.answer(quoted, plain)).isEqualTo("refused");
        assertThat(Written.answer(quoted, ansi)).isEqualTo("patients");
        assertThat(Written.answer("SELECT COUNT (*) FROM patients", ansi)).isEqualTo("patients");
        assertThat(plain.withSqlMode("ORACLE")).isEmpty();
        assertThat(plain.withSqlMode("NO_SUCH_MODE")).isEmpty();
    }

    /// The server reads later statements, and prepared texts, when it comes to them: under what was
    /// set before.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    SET sql_mode = 'ANSI_QUOTES'; SELECT 1
                    SET @a = 1, SESSION sql_mode = ''; SELECT 1
                    SET @@sql_mode = ''; SELECT 1
                    SET NAMES gbk; SELECT 1
                    SET STATEMENT sql_mode = '' FOR EXECUTE IMMEDIATE 'SELECT 1'
                    BEGIN NOT ATOMIC SET sql_mode = ''; EXECUTE IMMEDIATE 'SELECT 1'; END
                    BEGIN NOT ATOMIC WHILE 1 DO EXECUTE IMMEDIATE 'SELECT 1'; SET sql_mode = ''; END WHILE; END
                    EXECUTE IMMEDIATE 'SET sql_mode = ""'; SELECT 1
                    EXECUTE IMMEDIATE @a; SELECT 1
                    EXECUTE s; SELECT 1
                    CALL p(); SELECT 1
                    """)
    void nothingIsReadBehindAChangeOfHowTextsAreRead(String sql) {
        assertThat(Written.answer(sql, MARIADB_11_4)).isEqualTo("refused");
    }

    @ParameterizedTest
    @EnumSource(Dialect.Vendor.class)
    void onlyALineFeedEndsALineComment(Dialect.Vendor vendor) {
        Dialect dialect = vendor == Dialect.Vendor.MYSQL ? MYSQL_9_7 : MARIADB_11_4;
        assertThat(Written.answer("SELECT 1 -- x\rFROM patients", dialect)).isEmpty();
        assertThat(Written.answer("SELECT 1 -- x\nFROM patients", dialect)).isEqualTo("patients");
        assertThat(Written.answer("SELECT 1 --\u0001x\nFROM patients", dialect))
                .isEqualTo("patients");
        assertThat(Written.answer("SELECT 'a' /* \n */ 'b\\'' FROM patients", dialect))
                .isEqualTo("patients");
    }

    @Test
    void charactersThatMeanDifferentThingsAreRefused() {
        assertThat(Written.refusal("SELECT 1\0 FROM a", MYSQL_9_7))
                .isEqualTo(Analysis.Code.ENCODING);
        assertThat(Written.refusal("SELECT 1 -- \0\n FROM a", MYSQL_9_7))
                .isEqualTo(Analysis.Code.ENCODING);
        assertThat(Written.refusal("SELECT '\ud800'", MYSQL_9_7)).isEqualTo(Analysis.Code.ENCODING);
        assertThat(Written.refusal("SELECT 1 FROM `\ud83d\ude00`", MYSQL_9_7))
                .isEqualTo(Analysis.Code.ENCODING);
        assertThat(Written.answer("SELECT '\ud83d\ude00\0' FROM a", MYSQL_9_7)).isEqualTo("a");
        assertThat(Written.answer("SELECT 1 FROM pati\u00e9nts", MYSQL_9_7))
                .isEqualTo("pati\u00e9nts");
        // In latin1 this is a blank, in UTF-8 a part of the name.
        String nonBreaking = "SELECT 1 FROM a\u00a0b";
        assertThat(Written.answer(nonBreaking, MYSQL_9_7)).isEqualTo("a\u00a0b");
        assertThat(Written.answer(nonBreaking, MYSQL_9_7.withUtf8(false))).isEqualTo("refused");
    }

    @Test
    void sharedCorpus() throws IOException {
        Path file =
                Path.of(System.getProperty("sallyport.corpora", "/work/shared/corpora"))
                        .resolve("evasion-mysql.sql");
        Assumptions.assumeTrue(Files.exists(file), () -> file + " is absent");
        var header = Pattern.compile("-- (\\d+)\\..*\\[tables: (.*)]");
        int count = 0;
        for (String block : Files.readString(file).split("\n;\n")) {
            if (block.isBlank()) continue;
            var matcher = header.matcher(block);
            assertThat(matcher.find()).as(block).isTrue();
            String sql = block.substring(block.indexOf('\n', matcher.end()) + 1);
            Set<String> tables = new TreeSet<>(Set.of(matcher.group(2).split(", ")));
            tables.remove("none");
            for (Dialect dialect : Set.of(MYSQL_9_7, MARIADB_11_4)) {
                String answer = Written.answer(sql, dialect);
                switch (matcher.group(1)) {
                    // A comment to MySQL, code to MariaDB.
                    case "04" ->
                            assertThat(answer).isEqualTo(dialect.isMariaDb() ? "patients" : "");
                    case "14" ->
                            assertThat(Written.line(Written.statements(sql, dialect).getFirst()))
                                    .contains("W:dynamic_statement");
                    case "24" -> assertThat(answer).isIn("", "patients");
                    default -> assertThat(answer).as(sql).isIn("refused", String.join(" ", tables));
                }
                count++;
            }
        }
        assertThat(count).isGreaterThan(20);
    }
}
