package dev.sallyport.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Scripts for MySQL and MariaDB, cut as their clients cut them.
class MySqlAnalyzeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<JsonNode> script(String text, Dialect dialect) throws IOException {
        var out = new StringWriter();
        new Analyze(dialect, new PrintWriter(out, true))
                .script(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        List<JsonNode> answers = new ArrayList<>();
        for (String line : out.toString().lines().toList()) answers.add(JSON.readTree(line));
        return answers;
    }

    @Test
    void cutsAtTheDelimiterOutsideQuotesAndComments() throws IOException {
        List<JsonNode> answers =
                script(
                        """
                        -- a ; in a comment
                        SELECT ';' FROM a; /*! SELECT 1 FROM b */;
                        DELIMITER //
                        CREATE PROCEDURE p() BEGIN DELETE FROM c; DELETE FROM d; END//
                        delimiter ;
                          SELECT 1 FROM `order`
                        """,
                        Dialect.MYSQL);
        assertThat(answers).allMatch(answer -> answer.get("understood").asBoolean());
        assertThat(answers.stream().map(answer -> answer.at("/relations/0/name").asText()))
                .containsExactly("a", "b", "c", "`order`");
        assertThat(answers.get(2).at("/relations/1/name").asText()).isEqualTo("d");
        assertThat(answers.get(3).at("/start/line").asInt()).isEqualTo(6);
        assertThat(answers.get(3).at("/start/column").asInt()).isEqualTo(3);
    }

    @Test
    void nothingIsCertainBehindAChangeOfSqlMode() throws IOException {
        List<JsonNode> answers =
                script("SET sql_mode = 'ANSI_QUOTES'; SELECT \"a\" FROM b;", Dialect.MARIADB);
        assertThat(answers.get(0).get("understood").asBoolean()).isTrue();
        assertThat(answers.get(1).get("code").asText()).isEqualTo("stale-context");
    }
}
