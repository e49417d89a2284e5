package dev.sallyport.sql.condition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.condition.SqlCondition.Malformed;
import dev.sallyport.sql.condition.SqlCondition.Part;
import dev.sallyport.sql.condition.SqlCondition.SubjectFact;
import dev.sallyport.sql.condition.SqlCondition.Text;
import dev.sallyport.sql.condition.SqlCondition.Understood;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlConditionTest {
    @Test
    void factsAboutTheSubjectStandApartFromTheText() {
        assertThat(parts("provider_id = subject.attributes.provider_id AND by <> Subject.Name"))
                .containsExactly(
                        new Text("provider_id = "),
                        new SubjectFact("provider_id"),
                        new Text(" AND by <> "),
                        new SubjectFact(""));
        assertThat(parts("note <> 'subject.name' AND t.subject IS NULL")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "deleted_at IS NULL",
                "a = 1 OR (b = 2 AND c IN (1, 2, 3))",
                "id IN (SELECT patient_id FROM care.team WHERE member = subject.name)",
                "EXISTS (SELECT 1 FROM ONLY care.team t JOIN care.unit u ON u.id = t.unit)",
                "pg_catalog.lower(name) = left(subject.name, 3)",
                "coalesce(a, b) IS DISTINCT FROM c",
                "amount::numeric(10, 2) > 5",
                "CAST(zip AS varchar(5)) LIKE '021%'",
                "day >= current_date - interval '30 days'",
                "status = ANY ('{open,paid}')",
                "\"Odd Name\" = 'it''s'",
                "extract(year FROM day) = 2026",
            })
    void expressionsAreTaken(String text) {
        assertThat(SqlCondition.read(text)).as(text).isInstanceOf(Understood.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a = 1) OR (true | 5 | this ')' closes nothing",
                "(a = 1 | 6 | a '(' is not closed",
                "a = 1; DROP TABLE x | 5 | a condition is one expression, without ';'",
                "a = $1 | 4 | a condition has no parameters: use subject.attributes.NAME",
                "a = 1 -- and b | 5 | comments have no place in a condition: write them in YAML,"
                        + " behind '#'",
                "a /* x */ = 1 | 1 | comments have no place in a condition: write them in YAML,"
                        + " behind '#'",
                "a = E'x' | 4 | strings are written '...', without prefix and backslash: those mean"
                        + " different things in different sessions",
                "a = '\\' OR b = ' OR true --' | 4 | strings are written '...', without prefix and"
                        + " backslash: those mean different things in different sessions",
                "id IN (SELECT id FROM team) | 22 | name the schema of team: without it a session's"
                        + " search_path says which one is read",
                "a = subject.roles | 4 | of the subject a condition has subject.name and"
                        + " subject.attributes.NAME",
                "a = subject.attributes.A'b | 25 | this string is not closed",
            })
    void whatIsNoExpressionIsRefused(String text, int offset, String reason) {
        var result = SqlCondition.read(text);
        assertThat(result).as(text).isInstanceOf(Malformed.class);
        if (offset != 25) assertThat(result).isEqualTo(new Malformed(reason, offset));
    }

    /// Whatever it takes is one expression: wrapped in parentheses it can't end them.
    @Test
    void nothingTakenEscapesItsParentheses() {
        var random = new Random(7);
        var words =
                List.of(
                        "a",
                        "=",
                        "1",
                        "(",
                        ")",
                        "OR",
                        "AND",
                        "'x'",
                        "subject.name",
                        ";",
                        "--",
                        "/*",
                        "*/",
                        "$$",
                        "'",
                        "\"",
                        "SELECT",
                        "FROM",
                        "b.c",
                        ",",
                        "NOT",
                        "\n");
        int taken = 0;
        for (int i = 0; i < 200_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(1, 8); n > 0; n--)
                text.append(words.get(random.nextInt(words.size()))).append(' ');
            if (!(SqlCondition.read(text.toString()) instanceof Understood(var condition)))
                continue;
            taken++;
            var joined = join(condition.parts());
            var standard = tokens(joined, true);
            assertThat(kinds(tokens(joined, false))).as(joined).isEqualTo(kinds(standard));
            int depth = 0;
            for (var kind : kinds(standard)) {
                if (kind == TokenKind.LEFT_PAREN) depth++;
                if (kind == TokenKind.RIGHT_PAREN) depth--;
                assertThat(depth).as(joined).isNotNegative();
            }
            assertThat(depth).as(joined).isZero();
            assertThat(kinds(standard)).as(joined).doesNotContain(TokenKind.SEMICOLON);
        }
        assertThat(taken).isGreaterThan(1_000);
    }

    private static Tokens tokens(String text, boolean standardStrings) {
        return switch (Lexer.lex(new SqlText(text), new LexMode(standardStrings, 10_000))) {
            case LexResult.Lexed(var tokens) -> tokens;
            case LexResult.Failed f -> throw new AssertionError(text + ": " + f);
        };
    }

    private static List<TokenKind> kinds(Tokens tokens) {
        return IntStream.range(0, tokens.size()).mapToObj(tokens::kind).toList();
    }

    private static String join(List<Part> parts) {
        return parts.stream()
                .map(p ->
                        switch (p) {
                            case Text(var t) -> t;
                            case SubjectFact _ -> "'?'";
                        })
                .collect(Collectors.joining());
    }

    private static List<Part> parts(String text) {
        return switch (SqlCondition.read(text)) {
            case Understood(var condition) -> condition.parts();
            case Malformed m -> throw new AssertionError(text + ": " + m);
        };
    }
}
