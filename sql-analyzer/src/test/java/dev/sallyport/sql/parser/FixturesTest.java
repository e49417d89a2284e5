package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// `accepted.sql`: statements with the names that they mention, checked against PostgreSQL 18's own
/// parser when they were written. `refused.sql`: a text a line that it refuses, too.
class FixturesTest {

    @Test
    void mentionsWhatItShould() throws IOException {
        var wrong = new ArrayList<String>();
        int count = 0;
        for (String block : read("accepted.sql").split("\n\n")) {
            List<String> lines = block.strip().lines().toList();
            count++;
            String sql = lines.get(0);
            if (!(PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)
                    instanceof ParseResult.Parsed parsed)) {
                wrong.add("refused: " + sql);
                continue;
            }
            var mentioned = Mentioned.in(statements(parsed));
            String relations = "-- relations: " + String.join(" ", mentioned.relations);
            String functions = "-- functions: " + String.join(" ", mentioned.functions);
            if (!relations.strip().equals(lines.get(1)) || !functions.strip().equals(lines.get(2)))
                wrong.add(sql + "\n" + relations + "\n" + functions);
        }
        assertThat(wrong).isEmpty();
        assertThat(count).isGreaterThan(250);
    }

    @Test
    void refusesWithAReasonAndAPlace() throws IOException {
        var wrong = new ArrayList<String>();
        for (String sql : read("refused.sql").lines().toList()) {
            switch (PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)) {
                case ParseResult.Parsed _ -> wrong.add("accepted: " + sql);
                case ParseResult.Refused refused -> {
                    assertThat(refused.reason()).as(sql).isNotBlank();
                    assertThat(refused.span().end()).as(sql).isLessThanOrEqualTo(sql.length());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    static List<dev.sallyport.sql.ast.Statement> statements(ParseResult.Parsed parsed) {
        return parsed.statements().stream().map(ParseResult.ParsedStatement::statement).toList();
    }

    static String read(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(FixturesTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
