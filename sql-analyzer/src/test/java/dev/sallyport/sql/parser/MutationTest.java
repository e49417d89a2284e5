package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Fixtures with tokens dropped, swapped, doubled and borrowed, and characters at random: always an
/// answer, and what must hold of any answer.
class MutationTest {
    private static final long SEED = Long.getLong("sallyport.seed", 20_261_123L);

    @Test
    void alwaysAnswers() throws IOException {
        List<String> fixtures = fixtures();
        var random = new Random(SEED);
        int parsed = 0;
        for (int i = 0; i < 60_000; i++) {
            String sql =
                    i % 4 == 0
                            ? scramble(pick(fixtures, random), random)
                            : mutate(pick(fixtures, random), fixtures, random);
            LexMode mode =
                    new LexMode(
                            random.nextInt(4) > 0,
                            100_000,
                            15 + random.nextInt(4),
                            random.nextBoolean());
            try {
                if (Properties.check(sql, mode)) parsed++;
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                throw new AssertionError("seed " + SEED + ", round " + i + ": " + sql, e);
            }
        }
        assertThat(parsed).isGreaterThan(1_000);
    }

    private static List<String> fixtures() throws IOException {
        var fixtures = new ArrayList<String>();
        for (String block : FixturesTest.read("accepted.sql").split("\n\n"))
            fixtures.add(block.strip().lines().findFirst().orElseThrow());
        fixtures.addAll(FixturesTest.read("refused.sql").lines().toList());
        for (String line : FixturesTest.read("commands.sql").lines().toList())
            if (!line.startsWith("-- ") && !line.startsWith(" ")) fixtures.add(line);
        return fixtures;
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static String mutate(String sql, List<String> fixtures, Random random) {
        List<String> tokens = tokens(sql);
        if (tokens.isEmpty()) return scramble(sql, random);
        for (int n = random.nextInt(3); n >= 0; n--) {
            int at = random.nextInt(tokens.size());
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (tokens.size() > 1) tokens.remove(at);
                }
                case 1 -> tokens.add(at, pick(tokens, random));
                case 2 -> Collections.swap(tokens, at, random.nextInt(tokens.size()));
                case 3 -> tokens.add(at, pick(List.of(Keyword.values()), random).word());
                default -> {
                    List<String> other = tokens(pick(fixtures, random));
                    if (!other.isEmpty()) tokens.set(at, pick(other, random));
                }
            }
        }
        return String.join(" ", tokens);
    }

    private static List<String> tokens(String sql) {
        var list = new ArrayList<String>();
        if (Lexer.lex(new SqlText(sql), LexMode.STANDARD) instanceof LexResult.Lexed(Tokens tokens))
            for (int i = 0; i < tokens.size(); i++) list.add(tokens.text(i));
        return list;
    }

    private static String scramble(String sql, Random random) {
        String alphabet = "'\"$\\/*-+U&eE xXbBnN()[].,;:=<>@!0189_?#|~^%`\n\r\0\u00e9\ud83d\ude00";
        var text = new StringBuilder(sql);
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = random.nextInt(text.length() + 1);
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            if (random.nextBoolean() || at == text.length()) text.insert(at, c);
            else text.setCharAt(at, c);
        }
        return text.toString();
    }
}
