package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `commands.sql`: every command of PostgreSQL 18's reference, each clause of its synopsis once,
/// and below each statement all that it names. That servers of 15 to 18 take the same statements is
/// shown by `ServerAgreesTest` in the conformance module.
class CommandsTest {

    @Test
    void yieldsEveryNameOfEveryCommand() throws IOException {
        var wrong = new ArrayList<String>();
        var actual = new ArrayList<String>();
        List<String> lines = FixturesTest.read("commands.sql").lines().toList();
        int count = 0;
        for (int i = 0; i < lines.size(); i++) {
            String sql = lines.get(i);
            if (sql.startsWith("-- ")) {
                actual.add(sql);
                continue;
            }
            count++;
            boolean expected = i + 1 < lines.size() && lines.get(i + 1).startsWith("    ");
            String names = expected ? lines.get(++i).strip() : "";
            String found = names(sql);
            actual.add(sql);
            if (!found.isEmpty()) actual.add("    " + found);
            if (!found.equals(names))
                wrong.add(sql + "\n    found " + found + "\n    not   " + names);
        }
        // To be looked over, and to take the place of the fixture, when it is right.
        Files.write(
                Files.createDirectories(Path.of("target", "commands")).resolve("commands.sql"),
                actual);
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThan(700);
    }

    /// A command's first words must be those of a section, or one would be missing unnoticed.
    @Test
    void coversEveryCommandOfTheReference() throws IOException {
        Set<String> begun = new HashSet<>();
        for (String line : FixturesTest.read("commands.sql").lines().toList())
            for (int words = 1; words <= 4; words++) begun.add(first(line, words));
        assertThat(begun)
                .contains(FixturesTest.read("reference.txt").lines().toArray(String[]::new));
    }

    private static String first(String line, int words) {
        String[] all = line.split(" ");
        return String.join(" ", List.of(all).subList(0, Math.min(words, all.length)));
    }

    private static String names(String sql) {
        return switch (PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)) {
            case ParseResult.Refused refused -> "REFUSED " + refused;
            case ParseResult.Parsed parsed ->
                    String.join(", ", Mentioned.in(FixturesTest.statements(parsed)).names);
        };
    }
}
