package dev.sallyport.sql.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '´',
            textBlock =
                    """
                    SELECT 'x', 1, 1.5e3, B'01', $1, $$x$$ § SELECT ?, ?, ?, ?, $1, ?
                    SELECT/* 'x' */1--y                    § SELECT ?
                    SELECT  a  ,  b   FROM t               § SELECT a , b FROM t
                    SELECT E'a\\'b', N'x', U&'x' UESCAPE '!' § SELECT ?, N?, ?
                    SELECT U&"\\0061b", "A""b"             § SELECT "ab", "A""b"
                    SELECT a::varchar(10)                  § SELECT a::varchar(?)
                    SET work_mem TO secret                 § SET work_mem TO ?
                    SET LOCAL secret.b = secret, 'x', 5    § SET LOCAL ?.? = ?, ?, ?
                    SET session.secret TO secret           § SET ?.? TO ?
                    SET SESSION secret TO 1                § SET SESSION ? TO ?
                    SET secret TO 1                        § SET ? TO ?
                    SHOW secret                            § SHOW ?
                    SHOW work_mem                          § SHOW work_mem
                    SHOW TRANSACTION ISOLATION LEVEL       § SHOW TRANSACTION ISOLATION LEVEL
                    RESET a.secret                         § RESET ?.?
                    RESET ALL                              § RESET ALL
                    RESET TIME ZONE                        § RESET TIME ZONE
                    SHOW "secret"                          § SHOW ?
                    ALTER ROLE bob RESET secret            § ALTER ROLE bob RESET ?
                    ALTER ROLE bob RESET work_mem          § ALTER ROLE bob RESET work_mem
                    ALTER FUNCTION f() RESET secret.a SET work_mem TO 1 SET secret.b TO 1 § ALTER FUNCTION f() RESET ?.? SET work_mem TO ? SET ?.? TO ?
                    CREATE FUNCTION f() RETURNS int SET work_mem = 1 SET secret FROM CURRENT LANGUAGE sql AS 'x' § CREATE FUNCTION f() RETURNS int SET work_mem = ? SET ? FROM CURRENT LANGUAGE sql AS ?
                    SET work_mem = -5                      § SET work_mem = -?
                    SET TIME ZONE secret                   § SET TIME ZONE ?
                    SET ROLE bob                           § SET ROLE bob
                    ALTER ROLE bob SET work_mem TO secret  § ALTER ROLE bob SET work_mem TO ?
                    ALTER SYSTEM SET work_mem = "secret"   § ALTER SYSTEM SET work_mem = ?
                    ALTER ROLE bob PASSWORD 'secret'       § ALTER ROLE bob PASSWORD ?
                    COMMENT ON TABLE t IS 'secret'         § COMMENT ON TABLE t IS ?
                    NOTIFY secret, 'secret'                § NOTIFY ?, ?
                    LISTEN secret                          § LISTEN ?
                    SAVEPOINT secret                       § SAVEPOINT ?
                    RELEASE SAVEPOINT "secret"             § RELEASE SAVEPOINT ?
                    ROLLBACK TO secret                     § ROLLBACK TO ?
                    ROLLBACK TRANSACTION AND NO CHAIN      § ROLLBACK TRANSACTION AND NO CHAIN
                    PREPARE secret (int) AS SELECT $1      § PREPARE ? (int) AS SELECT $1
                    EXECUTE secret(1)                      § EXECUTE ?(?)
                    EXPLAIN EXECUTE secret                 § EXPLAIN EXECUTE ?
                    CREATE TABLE t AS EXECUTE secret       § CREATE TABLE t AS EXECUTE ?
                    CREATE TRIGGER a BEFORE INSERT ON t EXECUTE FUNCTION f() § CREATE TRIGGER a BEFORE INSERT ON t EXECUTE FUNCTION f()
                    DEALLOCATE PREPARE secret              § DEALLOCATE PREPARE ?
                    DEALLOCATE ALL                         § DEALLOCATE ALL
                    DECLARE secret CURSOR FOR SELECT 1     § DECLARE ? CURSOR FOR SELECT ?
                    FETCH 5 FROM secret                    § FETCH ? FROM ?
                    MOVE secret                            § MOVE ?
                    CLOSE secret                           § CLOSE ?
                    CLOSE ALL                              § CLOSE ALL
                    DELETE FROM t WHERE CURRENT OF secret  § DELETE FROM t WHERE CURRENT OF ?
                    UPDATE t SET a = b WHERE c = 'x'       § UPDATE t SET a = b WHERE c = ?
                    COPY t FROM '/secret' CSV QUOTE '"'    § COPY t FROM ? CSV QUOTE ?
                    CREATE FUNCTION f() RETURNS int SET work_mem = secret LANGUAGE sql AS 'x' § CREATE FUNCTION f() RETURNS int SET work_mem = ? LANGUAGE sql AS ?
                    DO $x$ secret $x$                      § DO ?
                    """)
    void leavesNoLiteral(String sql, String redacted) {
        assertThat(redact(sql)).isEqualTo(redacted);
    }

    @Test
    void joinsContinuedStringsToOne() {
        assertThat(redact("SELECT 'a'\n-- b\n'c' FROM t")).isEqualTo("SELECT ? FROM t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'O'Secret' FROM t WHERE a = 'b'",
                "SELECT Secret Secret 'x",
                "INSERT INTO t VALUES ('Mary' Secret)",
                "'Secret"
            })
    void showsOnlyKeywordsOfWhatDoesNotParse(String sql) {
        assertThat(Redactor.keywordsOnly(new SqlText(sql), LexMode.STANDARD))
                .doesNotContain("Secret");
    }

    @Test
    void stillTellsTheKindOfWhatDoesNotParse() {
        assertThat(
                        Redactor.keywordsOnly(
                                new SqlText("SELECT 'O'Brien, 1 FROM t WHERE"), LexMode.STANDARD))
                .isEqualTo("SELECT ? FROM ? WHERE");
        assertThat(Redactor.keywordsOnly(new SqlText("'"), LexMode.STANDARD)).isEqualTo("?");
    }

    private static String redact(String sql) {
        var tokens = ((LexResult.Lexed) Lexer.lex(new SqlText(sql), LexMode.STANDARD)).tokens();
        return Redactor.redact(tokens, 0, tokens.size());
    }
}
