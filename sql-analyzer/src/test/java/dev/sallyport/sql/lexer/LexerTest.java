package dev.sallyport.sql.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexResult.LexFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// PostgreSQL manual, 4.1 Lexical Structure, and scan.l's finer points.
class LexerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '´',
            textBlock =
                    """
                    a+-b          § a ~ + ~ - ~ b
                    a*-b          § a ~ * ~ - ~ b
                    a@-b          § a ~ @- ~ b
                    a<=>b         § a ~ <=> ~ b
                    a||-1         § a ~ ||- ~ 1
                    a=-1          § a ~ = ~ - ~ 1
                    a->>'x'       § a ~ ->> ~ 'x'
                    a<--b         § a ~ <
                    a*/*x*/b      § a ~ * ~ b
                    a=>b:=c       § a ~ => ~ b ~ := ~ c
                    a::b[1:2]     § a ~ :: ~ b ~ [ ~ 1 ~ : ~ 2 ~ ]
                    1..2          § 1 ~ .. ~ 2
                    1.5.6         § 1.5 ~ .6
                    .5e-3         § .5e-3
                    1e5-1         § 1e5 ~ - ~ 1
                    0x1F_0        § 0x1F_0
                    1_000.5       § 1_000.5
                    $1+$22        § $1 ~ + ~ $22
                    a$b$          § a$b$
                    a.*           § a ~ . ~ *
                    x'1F'b'0'     § x'1F' ~ b'0'
                    N'x'          § N ~ 'x'
                    e             § e
                    u&b           § u ~ & ~ b
                    $a$x$b$y$a$   § $a$x$b$y$a$
                    $$a$$b        § $$a$$ ~ b
                    a--b          § a
                    a/*b/*c*/d*/e § a ~ e
                    !=-           § !=-
                    a<>-b         § a ~ <> ~ - ~ b
                    U&"a" UESCAPE '!' x § U&"a" UESCAPE '!' ~ x
                    "a""b"        § "a""b"
                    """)
    void cutsWhereTheServerCuts(String sql, String tokens) {
        assertThat(String.join(" ~ ", texts(sql))).isEqualTo(tokens);
    }

    @Test
    void continuesStringsOverLineBreaksOnly() {
        assertThat(tokens("'a'\n'b'").value(0)).isEqualTo("ab");
        assertThat(tokens("'a' -- comment\n  'b'").value(0)).isEqualTo("ab");
        assertThat(tokens("'a'\r-- c\n'b''c'").value(0)).isEqualTo("ab'c");
        assertThat(tokens("E'a\\n'\n'\\t'").value(0)).isEqualTo("a\n\t");
        assertThat(tokens("b'0'\n'1'").value(0)).isEqualTo("01");
        assertThat(tokens("'a' 'b'").size()).isEqualTo(2);
        assertThat(tokens("'a' /* \n */ 'b'").size()).isEqualTo(2);
        assertThat(tokens("\"a\"\n\"b\"").size()).isEqualTo(2);
        assertThat(tokens("$$a$$\n$$b$$").size()).isEqualTo(2);
    }

    @Test
    void unescapes() {
        assertThat(tokens("E'\\'\\x41\\101\\u0042\\U00000043\\q'").value(0)).isEqualTo("'AABCq");
        assertThat(tokens("E'\\xC3\\xA9\\303\\251'").value(0)).isEqualTo("éé");
        assertThat(tokens("E'\\uD83D\\uDE00'").value(0)).isEqualTo("😀");
        assertThat(tokens("U&'d\\0061t\\+000061\\\\'").value(0)).isEqualTo("data\\");
        assertThat(tokens("U&'d!0061' UESCAPE '!'").value(0)).isEqualTo("da");
        assertThat(tokens("U&'d\\0061' UESCAPE '!'").value(0)).isEqualTo("d\\0061");
        assertThat(tokens("$x$a$$b\\'$x$").value(0)).isEqualTo("a$$b\\'");
        assertThat(tokens("'a\\'").value(0)).isEqualTo("a\\");
    }

    @Test
    void foldsAndCutsNames() {
        assertThat(tokens("SELECT").name(0)).isEqualTo("select");
        assertThat(tokens("PaTiEnTs").name(0)).isEqualTo("patients");
        assertThat(tokens("äB").name(0)).as("ASCII only").isEqualTo("äb");
        assertThat(tokens("\"PaT\"\"x\"").name(0)).isEqualTo("PaT\"x");
        assertThat(tokens("U&\"\\0041b\"").name(0)).isEqualTo("Ab");
        assertThat(tokens("a".repeat(70)).name(0)).isEqualTo("a".repeat(63));
        assertThat(tokens("\"" + "é".repeat(31) + "\"").name(0)).isEqualTo("é".repeat(31));
        assertThat(tokens("\u00a0x").name(0)).as("a letter to PostgreSQL").isEqualTo("\u00a0x");
    }

    @Test
    void refusesNamesThatDependOnTheServersEncoding() {
        String tooLong = "é".repeat(32);
        for (String sql :
                List.of(
                        "SELECT numÉro",
                        "\u212aEY",
                        "Ärzte",
                        tooLong,
                        "\"" + tooLong + "\"",
                        "U&\"" + "\\00e9".repeat(32) + "\"",
                        "U&\"" + "!00e9".repeat(32) + "\" UESCAPE '!'"))
            assertThat(lex(sql, LexMode.STANDARD))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            LexResult.Failed.class,
                            failed -> assertThat(failed.failure()).isEqualTo(LexFailure.ENCODING));
        assertThat(tokens("\"numÉro\"").name(0)).isEqualTo("numÉro");
        assertThat(tokens("'" + tooLong + "É'").value(0)).isEqualTo(tooLong + "É");
        assertThat(tokens("-- É").size()).isZero();
    }

    @Test
    void takesThoseNamesWhereTheServersEncodingIsKnown() {
        var utf8 = new LexMode(true, 1_000, 18, true);
        for (String name : List.of("numÉro", "Ärzte", "\"Ärzte\"", "U&\"\\00c4rzte\"")) {
            var tokens = ((LexResult.Lexed) lex(name, utf8)).tokens();
            assertThat(tokens.name(0)).isEqualTo(name.startsWith("num") ? "numÉro" : "Ärzte");
        }
        var tokens = ((LexResult.Lexed) lex("é".repeat(40), utf8)).tokens();
        assertThat(tokens.name(0)).isEqualTo("é".repeat(31));
    }

    @Test
    void knowsKeywordsInAnyCase() {
        for (Keyword keyword : Keyword.values()) {
            assertThat(tokens(keyword.name()).keyword(0)).isSameAs(keyword);
            assertThat(tokens(keyword.word()).keyword(0)).isSameAs(keyword);
            assertThat(tokens("\"" + keyword.word() + "\"").keyword(0)).isNull();
            assertThat(tokens(keyword.word() + "_").keyword(0)).isNull();
        }
        assertThat(tokens("\u017fELECT").keyword(0)).as("long s").isNull();
        assertThat(Keyword.SELECT.category()).isSameAs(Keyword.Category.RESERVED);
        assertThat(Keyword.LEFT.category()).isSameAs(Keyword.Category.TYPE_OR_FUNCTION_NAME);
        assertThat(Keyword.COALESCE.category()).isSameAs(Keyword.Category.COLUMN_NAME);
        assertThat(Keyword.PASSWORD.category()).isSameAs(Keyword.Category.UNRESERVED);
    }

    @Test
    void readsBackslashesAsTheSessionDoes() {
        var off = new LexMode(false, 1_000, 18, false);
        assertThat(((LexResult.Lexed) lex("'a\\'b'", off)).tokens().value(0)).isEqualTo("a'b");
        assertThat(lex("U&'a'", off)).isInstanceOf(LexResult.Failed.class);
        assertThat(lex("U&\"a\"", off)).isInstanceOf(LexResult.Lexed.class);
        assertThat(lex("'a\\'", off)).isInstanceOf(LexResult.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1a",
                "1.5x",
                "1e5x",
                "0x",
                "0xg",
                "0b2",
                "1__0",
                "1_",
                "$1a",
                "$",
                "$a",
                "1e+",
                "'x",
                "\"x",
                "\"\"",
                "E'\\",
                "E'\\u1'",
                "/*",
                "/* /* */",
                "$$",
                "$a$ $A$",
                "\\",
                "{",
                "U&'\\1'",
                "U&'a' UESCAPE 'ab'",
                "U&'a' UESCAPE",
                "U&'a' UESCAPE '0'",
                "U&'a' UESCAPE U&'!'",
                "\u0001",
                "$99999999999"
            })
    void refusesWhatTheServerRefuses(String sql) {
        assertThat(lex(sql, LexMode.STANDARD))
                .isInstanceOfSatisfying(
                        LexResult.Failed.class,
                        failed -> assertThat(failed.failure()).isEqualTo(LexFailure.SYNTAX));
    }

    @Test
    void refusesWhatIsNoText() {
        for (String sql :
                List.of(
                        "a\0b",
                        "'\0'",
                        "'\ud83d'",
                        "'\ude00\ud83d'",
                        "E'\\0'",
                        "E'\\x00'",
                        "E'\\u0000'",
                        "E'\\uD83D'",
                        "U&'\\D83D'",
                        "E'\\xC3'",
                        "E'\\xff'",
                        "U&'\\0000'"))
            assertThat(lex(sql, LexMode.STANDARD))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            LexResult.Failed.class,
                            failed -> assertThat(failed.failure()).isEqualTo(LexFailure.ENCODING));
    }

    private static LexResult lex(String sql, LexMode mode) {
        return Lexer.lex(new SqlText(sql), mode);
    }

    private static Tokens tokens(String sql) {
        LexResult result = lex(sql, LexMode.STANDARD);
        assertThat(result).as(sql).isInstanceOf(LexResult.Lexed.class);
        return ((LexResult.Lexed) result).tokens();
    }

    private static List<String> texts(String sql) {
        Tokens tokens = tokens(sql);
        var texts = new ArrayList<String>();
        for (int i = 0; i < tokens.size(); i++) texts.add(tokens.text(i));
        return texts;
    }
}
