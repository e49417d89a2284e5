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
                    SET x TO secret                        § SET x TO ?
                    SET LOCAL a.b = secret, 'x', 5         § SET LOCAL a.b = ?, ?, ?
                    SET x = -5                             § SET x = -?
                    SET TIME ZONE secret                   § SET TIME ZONE ?
                    SET ROLE bob                           § SET ROLE bob
                    ALTER ROLE bob SET x TO secret         § ALTER ROLE bob SET x TO ?
                    ALTER SYSTEM SET x = "secret"          § ALTER SYSTEM SET x = ?
                    ALTER ROLE bob PASSWORD 'secret'       § ALTER ROLE bob PASSWORD ?
                    COMMENT ON TABLE t IS 'secret'         § COMMENT ON TABLE t IS ?
                    NOTIFY c, 'secret'                     § NOTIFY c, ?
                    UPDATE t SET a = b WHERE c = 'x'       § UPDATE t SET a = b WHERE c = ?
                    COPY t FROM '/secret' CSV QUOTE '"'    § COPY t FROM ? CSV QUOTE ?
                    CREATE FUNCTION f() RETURNS int SET a = secret LANGUAGE sql AS 'x' § CREATE FUNCTION f() RETURNS int SET a = ? LANGUAGE sql AS ?
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
