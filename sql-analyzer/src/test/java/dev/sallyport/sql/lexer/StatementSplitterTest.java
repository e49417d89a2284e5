package dev.sallyport.sql.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.FootprintFixtureStatements;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.StatementSplitter.Piece;
import dev.sallyport.sql.lexer.StatementSplitter.PieceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementSplitterTest {
    private static List<Piece> split(String text, int chunk) {
        return split(text, chunk, true);
    }

    private static List<Piece> split(String text, int chunk, boolean standardConformingStrings) {
        var splitter = new StatementSplitter(standardConformingStrings, Integer.MAX_VALUE);
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < text.length(); i += chunk) {
            splitter.add(text.substring(i, Math.min(text.length(), i + chunk)));
            for (Piece p = splitter.next(); p != null; p = splitter.next()) pieces.add(p);
        }
        splitter.end();
        for (Piece p = splitter.next(); p != null; p = splitter.next()) pieces.add(p);
        assertThat(splitter.isDrained() || !splitter.pending()).isTrue();
        return pieces;
    }

    private static List<String> texts(String text) {
        List<Piece> whole = split(text, text.length() + 1);
        for (int chunk : new int[] {1, 2, 3, 7})
            assertThat(split(text, chunk)).as("chunks of " + chunk).isEqualTo(whole);
        return whole.stream().map(Piece::text).toList();
    }

    @Test
    void splitsAtSemicolonsOutsideOfEverything() {
        assertThat(texts("SELECT 1; SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
        assertThat(texts(";; -- x;\n/* ; /* ; */ ; */ ;")).isEmpty();
        assertThat(texts("")).isEmpty();
        assertThat(texts("SELECT ';', \";\", $$;$$, $a$;$b$;$a$; X"))
                .containsExactly("SELECT ';', \";\", $$;$$, $a$;$b$;$a$", "X");
        assertThat(texts("SELECT 'a''; b'; C")).containsExactly("SELECT 'a''; b'", "C");
        assertThat(texts("SELECT '\\'; C")).containsExactly("SELECT '\\'", "C");
        assertThat(texts("SELECT E'\\'; b'; C")).containsExactly("SELECT E'\\'; b'", "C");
        assertThat(texts("SELECT E'a''\\'; b'; C")).containsExactly("SELECT E'a''\\'; b'", "C");
        assertThat(texts("SELECT E'a' -- ;\n '\\'; b'; C"))
                .containsExactly("SELECT E'a' -- ;\n '\\'; b'", "C");
        assertThat(texts("SELECT E'a' '\\'; C")).containsExactly("SELECT E'a' '\\'", "C");
        assertThat(texts("SELECT ye'\\'; C")).containsExactly("SELECT ye'\\'", "C");
        assertThat(texts("SELECT a$$;b; $1$$;$$; C"))
                .containsExactly("SELECT a$$", "b", "$1$$;$$", "C");
        assertThat(texts("SELECT 1 /* a; b */ -- c;\n + 1; D"))
                .containsExactly("SELECT 1 /* a; b */ -- c;\n + 1", "D");
        assertThat(texts("SELECT 1 -- c;\r + 1; D")).containsExactly("SELECT 1 -- c;\r + 1", "D");
        assertThat(texts("SELECT 1 */*;*/ 2; D")).containsExactly("SELECT 1 */*;*/ 2", "D");
    }

    @Test
    void parenthesesAndBodiesHoldTheirStatementsTogether() {
        assertThat(texts("CREATE RULE r AS ON INSERT TO t DO (A; B); C"))
                .containsExactly("CREATE RULE r AS ON INSERT TO t DO (A; B)", "C");
        String body =
                "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1=1 THEN"
                        + " 1 END; SELECT 2; END";
        assertThat(texts(body + "; C")).containsExactly(body, "C");
        String procedure = "create procedure p() begin atomic delete from t; end";
        assertThat(texts(procedure + ";C")).containsExactly(procedure, "C");
        assertThat(texts("BEGIN; ATOMIC; END; C")).containsExactly("BEGIN", "ATOMIC", "END", "C");
        assertThat(texts("CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'x'; C")).hasSize(2);
        assertThat(texts("CREATE TABLE t (f int); begin atomic; C")).hasSize(3);
    }

    @Test
    void piecesSayWhereTheyStand() {
        assertThat(split("-- é\n  SELECT 'é\n😀'; /* x\n */ B;\n\\d t\nC", 3))
                .extracting(p -> p.kind() + " " + p.line() + ":" + p.column())
                .containsExactly(
                        "STATEMENT 2:3", "STATEMENT 4:5", "META_COMMAND 5:1", "STATEMENT 6:1");
        assertThat(split("SELECT '😀😀'; B", 100).get(1).column()).isEqualTo(14);
    }

    @Test
    void aBackslashInsideAStatementIsLeftToTheLexer() {
        assertThat(texts("SELECT 1 \\gx\n; B")).containsExactly("SELECT 1 \\gx\n", "B");
        assertThat(split("\\connect x; SELECT 1\nB", 100))
                .extracting(Piece::kind)
                .containsExactly(PieceKind.META_COMMAND, PieceKind.STATEMENT);
    }

    @Test
    void backslashesEscapeWhereTheSessionSaysSo() {
        assertThat(split("SELECT '\\'; b'; C", 1, false)).hasSize(2);
    }

    @Test
    void anEndlessStatementIsGivenUpWithoutBeingKept() {
        var splitter = new StatementSplitter(true, 1_000);
        splitter.add("SELECT 1; SELECT '");
        assertThat(splitter.next()).extracting(Piece::text).isEqualTo("SELECT 1");
        PieceKind kind = null;
        for (int i = 0; i < 100 && kind == null; i++) {
            splitter.add("x".repeat(100));
            Piece piece = splitter.next();
            if (piece != null) kind = piece.kind();
        }
        assertThat(kind).isEqualTo(PieceKind.TOO_LONG);
    }

    @Test
    void commentsBeforeAStatementAreNotKept() {
        var splitter = new StatementSplitter(true, 1_000);
        splitter.add("/*");
        for (int i = 0; i < 100; i++) {
            splitter.add("x".repeat(100));
            assertThat(splitter.next()).isNull();
        }
        splitter.add("*/ --");
        for (int i = 0; i < 100; i++) {
            splitter.add("x".repeat(100));
            assertThat(splitter.next()).isNull();
        }
        splitter.add("\nSELECT 1;");
        assertThat(splitter.next()).extracting(Piece::text).isEqualTo("SELECT 1");
    }

    @Test
    void rowsOfCopyAreSkippedToTheirEndMark() {
        for (int chunk : new int[] {1, 2, 5, 1_000}) {
            var splitter = new StatementSplitter(true, Integer.MAX_VALUE);
            String text =
                    "COPY t FROM stdin;\n1\tx;y'\n\\N\t\\.\n\\..\n" + "z".repeat(50) + "\n\\.\nB;";
            Piece copy = null;
            String rest = null;
            boolean skipped = false;
            Piece behind = null;
            for (int i = 0; i < text.length(); i += chunk) {
                splitter.add(text.substring(i, Math.min(text.length(), i + chunk)));
                if (copy == null) copy = splitter.next();
                if (copy != null && rest == null) rest = splitter.restOfLine();
                if (rest != null && !skipped) skipped = splitter.skipCopyData();
                if (skipped && behind == null) behind = splitter.next();
            }
            assertThat(copy).isNotNull();
            assertThat(rest).isEqualTo("\n");
            assertThat(skipped).isTrue();
            assertThat(behind).extracting(Piece::text, Piece::line).containsExactly("B", 7);
        }
    }

    /// Whatever the lexer can read, it and the splitter cut at the same places.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cutsWhereTheLexerCuts(boolean standardConformingStrings) {
        long seed = 20261123L;
        Random random = new Random(seed);
        var mode = new LexMode(standardConformingStrings, Integer.MAX_VALUE, 18, false);
        List<String> statements = FootprintFixtureStatements.all();
        String odd = "'\"$;\\/*-+eE&uU bBxX(\n\r.1_é";
        int compared = 0;
        for (int round = 0; round < 40_000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(3); n >= 0; n--)
                text.append(statements.get(random.nextInt(statements.size()))).append(";");
            for (int n = random.nextInt(6); n > 0; n--)
                text.insert(
                        random.nextInt(text.length() + 1),
                        odd.charAt(random.nextInt(odd.length())));
            String sql = text.toString();
            if (!(Lexer.lex(new SqlText(sql), mode) instanceof LexResult.Lexed(Tokens tokens)))
                continue;
            if (sql.toLowerCase(java.util.Locale.ROOT).contains("atomic")) continue;
            var expected = new ArrayList<String>();
            int depth = 0;
            int first = -1;
            for (int i = 0; i < tokens.size(); i++) {
                TokenKind kind = tokens.kind(i);
                if (kind == TokenKind.SEMICOLON && depth == 0) {
                    if (first >= 0) expected.add(sql.substring(first, tokens.start(i)));
                    first = -1;
                    continue;
                }
                if (first < 0) first = tokens.start(i);
                if (kind == TokenKind.LEFT_PAREN) depth++;
                if (kind == TokenKind.RIGHT_PAREN && depth > 0) depth--;
            }
            if (first >= 0) expected.add(sql.substring(first));
            assertThat(
                            split(sql, 1 + random.nextInt(20), standardConformingStrings).stream()
                                    .map(Piece::text))
                    .as("seed %d, round %d: %s", seed, round, sql)
                    .isEqualTo(expected);
            compared++;
        }
        assertThat(compared).isGreaterThan(10_000);
    }
}
