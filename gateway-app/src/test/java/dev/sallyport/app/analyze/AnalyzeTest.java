package dev.sallyport.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AnalyzeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Run(boolean sound, String text) {
        List<JsonNode> answers() {
            return text.lines().map(Run::parsed).toList();
        }

        private static JsonNode parsed(String line) {
            try {
                return JSON.readTree(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        JsonNode only() {
            assertThat(answers()).hasSize(1);
            return answers().getFirst();
        }
    }

    private static Run script(String text) {
        return run(text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static Run jsonLines(String text) {
        return run(text.getBytes(StandardCharsets.UTF_8), true);
    }

    private static Run run(byte[] input, boolean jsonLines) {
        try {
            var out = new StringWriter();
            var analyze = new Analyze(Optional.empty(), new PrintWriter(out));
            var in = new ByteArrayInputStream(input);
            return new Run(jsonLines ? analyze.jsonLines(in) : analyze.script(in), out.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(JsonNode answer, String list) {
        return answer.get(list).findValuesAsText("name");
    }

    @Test
    void aStatementALine() {
        var run = script("SELECT count(*) FROM public.patients;\n\n  DELETE FROM \"Mixed\"");
        assertThat(run.sound()).isTrue();
        assertThat(run.text())
                .isEqualTo(
                        """
                        {"understood":true,"start":{"line":1,"column":1},"resolved":false,"kind":"SELECT","relations":[{"name":"public.patients","access":"read"}],"functions":[{"name":"count","action":"execute"}],"objects":[]}
                        {"understood":true,"start":{"line":3,"column":3},"resolved":false,"kind":"DELETE","relations":[{"name":"\\"Mixed\\"","access":"write"}],"functions":[],"objects":[]}
                        """);
    }

    @Test
    void whatIsNotUnderstoodSaysWhyAndWhere() {
        var run = script("SELECT 1;\n  SELECT ssn\n    FORM patients;\nSELECT 2");
        assertThat(run.sound()).isFalse();
        assertThat(run.answers()).hasSize(3);
        var refused = run.answers().get(1);
        assertThat(refused.get("understood").asBoolean()).isFalse();
        assertThat(refused.get("code").asText()).isEqualTo("syntax");
        assertThat(refused.get("reason").asText()).isNotBlank();
        assertThat(refused.get("start").toString()).isEqualTo("{\"line\":2,\"column\":3}");
        assertThat(refused.get("line").asInt()).isEqualTo(3);
        assertThat(refused.get("column").asInt()).isEqualTo(10);
        assertThat(refused.has("relations")).isFalse();
        assertThat(script(" SELECT 1 1").only().get("column").asInt()).isEqualTo(11);
    }

    @Test
    void literalsAreNeverShown() {
        var run = script("SELECT 'secret1', $$secret2$$; SELECT 'secret3' 'secret4'; 'secret5; ");
        assertThat(run.answers()).hasSize(3);
        assertThat(run.text()).doesNotContain("secret");
        assertThat(jsonLines("{\"sql\": \"SELECT 'secret\"}\n{secret\n").text())
                .doesNotContain("secret");
    }

    @Test
    void emptyInputHasNoAnswers() {
        for (String text : List.of("", ";;", "-- x", "\n\n", "\uFEFF"))
            assertThat(script(text)).isEqualTo(new Run(true, ""));
        assertThat(jsonLines("")).isEqualTo(new Run(true, ""));
    }

    @Test
    void aWrongByteSpoilsItsOwnStatementOnly() {
        byte[] bytes = "SELECT 1; SELECT '?' FROM t; SELECT 2".getBytes(StandardCharsets.UTF_8);
        bytes[18] = (byte) 0xFF;
        var answers = run(bytes, false).answers();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(1).get("code").asText()).isEqualTo("encoding");
        assertThat(answers.get(1).get("column").asInt()).isEqualTo(19);
        assertThat(answers.get(2).get("understood").asBoolean()).isTrue();
        // Overlong, a surrogate in UTF-8, one that ends too early.
        for (byte[] wrong :
                List.of(
                        new byte[] {(byte) 0xC0, (byte) 0xAF},
                        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                        new byte[] {(byte) 0xE2, (byte) 0x82}))
            assertThat(run(wrong, false).only().get("code").asText()).isEqualTo("encoding");
        assertThat(script("SELECT '\0'").only().get("code").asText()).isEqualTo("encoding");
    }

    @Test
    void namesBeyondAsciiArriveInAnyTerminal() {
        var run = script("SELECT 1 FROM \"пациенты\"");
        assertThat(run.text()).isASCII();
        assertThat(names(run.only(), "relations")).containsExactly("\"пациенты\"");
    }

    @Test
    void commandsOfPsqlAreNotPassedOver() {
        var answers = script("\\set x 1\nSELECT 1;\n\\copy patients to x\nSELECT 2").answers();
        assertThat(answers)
                .extracting(answer -> answer.get("understood").asBoolean())
                .containsExactly(false, true, false, true);
    }

    @Test
    void rowsOfCopyAreNoStatements() {
        var run = script("COPY t (a) FROM stdin;\nDROP TABLE x;\nsecret\t'\n\\.\nSELECT 1 FROM y;");
        assertThat(run.sound()).isTrue();
        assertThat(run.answers()).hasSize(2);
        assertThat(run.text()).doesNotContain("secret").doesNotContain("DDL");
        assertThat(run.answers().get(1).get("start").get("line").asInt()).isEqualTo(5);
    }

    @Test
    void rowsOfCopyWithoutTheirEndAreSaid() {
        for (String text :
                List.of(
                        "COPY t FROM stdin;\nSELECT ssn FROM patients;\n",
                        "COPY t FROM stdin;\n\n",
                        "COPY t FROM stdin; SELECT ssn FROM patients;\n\\.\n")) {
            var run = script(text);
            assertThat(run.sound()).isFalse();
            assertThat(run.answers()).hasSize(2);
            assertThat(run.answers().get(1).get("reason").asText()).contains("not analysed");
        }
    }

    @Test
    void aCopyAtTheEndNeedsNoRows() {
        for (String text :
                List.of("COPY t FROM stdin", "COPY t FROM stdin;", "COPY t FROM stdin;\n"))
            assertThat(script(text).sound()).as(text).isTrue();
    }

    @Test
    void whatChangesTheReadingOfLiteralsEndsTheCertainty() {
        var answers =
                script("SET standard_conforming_strings = off; SELECT '\\'; SELECT 1").answers();
        assertThat(answers.get(0).get("understood").asBoolean()).isTrue();
        assertThat(answers.get(2).get("code").asText()).isEqualTo("stale-context");
        assertThat(script("SET standard_conforming_strings = on; SELECT 1").sound()).isTrue();
    }

    @Test
    void aJsonLineIsATextWithExactlyOneAnswer() {
        var run =
                jsonLines(
                        """
                        {"sql": "SELECT 1 FROM a", "id": [1, {"sql": 2}]}
                        {"sql": "SELECT f(x) FROM a; DELETE FROM b; SELECT 2 FROM a"}
                        {"sql": ""}

                        {"sql": 1}
                        {"sql": "SELECT 1"} {}
                        {"sql": "SELECT 1", "sql": "SELECT 2"}
                        ["SELECT 1"]
                        {"sql": "SELECT 1
                        {"sql": "SELECT\\n oops oops oops"}
                        {"sql": "SELECT '\\ud800'"}
                        {"sql": "SELECT 1 FROM z"}\
                        """);
        var answers = run.answers();
        assertThat(run.sound()).isFalse();
        assertThat(answers).hasSize(12);
        assertThat(names(answers.get(0), "relations")).containsExactly("a");

        var several = answers.get(1);
        assertThat(several.get("kind").asText()).isEqualTo("MULTIPLE");
        assertThat(several.get("relations").toString())
                .isEqualTo(
                        "[{\"name\":\"a\",\"access\":\"read\"},{\"name\":\"b\",\"access\":\"write\"}]");
        assertThat(names(several, "functions")).containsExactly("f");
        assertThat(several.get("statements").findValuesAsText("kind"))
                .containsExactly("SELECT", "DELETE", "SELECT");

        assertThat(answers.get(2).get("kind").asText()).isEqualTo("EMPTY");
        assertThat(answers.get(2).get("relations")).isEmpty();
        for (int i = 3; i < 9; i++)
            assertThat(answers.get(i).get("code").asText()).as("line %d", i).isEqualTo("input");
        assertThat(answers.get(9).get("line").asInt()).isEqualTo(2);
        assertThat(answers.get(9).has("start")).isFalse();
        assertThat(answers.get(10).get("code").asText()).isEqualTo("encoding");
        assertThat(names(answers.get(11), "relations")).containsExactly("z");
    }

    @Test
    void aJsonLineThatIsNoUtf8IsRefusedAlone() {
        byte[] bytes =
                "{\"sql\":\"SELECT '?'\"}\n{\"sql\":\"SELECT 1\"}\n"
                        .getBytes(StandardCharsets.UTF_8);
        bytes[16] = (byte) 0xE9;
        var answers = run(bytes, true).answers();
        assertThat(answers.get(0).get("code").asText()).isEqualTo("encoding");
        assertThat(answers.get(1).get("understood").asBoolean()).isTrue();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void answersComeWithoutWaitingForMoreInput() throws Exception {
        for (boolean jsonLines : new boolean[] {true, false}) {
            var question = new PipedOutputStream();
            var input = new PipedInputStream(question);
            var answers = new PipedInputStream();
            var out =
                    new PrintWriter(new PipedOutputStream(answers), false, StandardCharsets.UTF_8);
            var thread =
                    new Thread(() -> {
                        try {
                            var analyze = new Analyze(Optional.empty(), out);
                            if (jsonLines) analyze.jsonLines(input);
                            else analyze.script(input);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            thread.start();
            for (int i = 0; i < 3; i++) {
                String text = jsonLines ? "{\"sql\": \"SELECT 1\"}\n" : "SELECT 1;\n";
                question.write(text.getBytes(StandardCharsets.UTF_8));
                question.flush();
                int c = answers.read();
                assertThat(c).isEqualTo('{');
                while (c != '\n') c = answers.read();
            }
            question.close();
            thread.join();
        }
    }

    /// More than any heap of ours holds, were it kept.
    @Test
    void theStreamIsNotKept() throws IOException {
        byte[] statement =
                "SELECT ssn, 'x', f(y) FROM patients WHERE id = 1; -- next\n"
                        .getBytes(StandardCharsets.UTF_8);
        long[] count = {0};
        int rounds = 200_000;
        var in =
                new InputStream() {
                    long sent;

                    @Override
                    public int read() {
                        return sent < (long) rounds * statement.length
                                ? statement[(int) (sent++ % statement.length)]
                                : -1;
                    }
                };
        var out =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        if (b == '\n') count[0]++;
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        for (int i = from; i < from + length; i++) write(bytes[i]);
                    }
                };
        long before = used();
        boolean sound =
                new Analyze(Optional.empty(), new PrintWriter(out, false, StandardCharsets.UTF_8))
                        .script(in);
        assertThat(sound).isTrue();
        assertThat(count[0]).isEqualTo(rounds);
        assertThat(used() - before).isLessThan(20_000_000L);
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void stopsWhenNobodyReadsTheAnswers() throws IOException {
        var out =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        var in =
                new InputStream() {
                    final byte[] text = "SELECT 1;\n".getBytes(StandardCharsets.UTF_8);
                    int at;

                    @Override
                    public int read() {
                        return text[at++ % text.length];
                    }
                };
        boolean sound =
                new Analyze(
                                Optional.empty(),
                                new PrintWriter(
                                        new java.io.OutputStreamWriter(
                                                out, StandardCharsets.UTF_8)))
                        .script(in);
        assertThat(sound).isFalse();
    }

    @Test
    void theWholeOutputIsOneStreamOfLines() {
        var text = new StringBuilder();
        for (int i = 0; i < 3_000; i++) text.append("SELECT 1 FROM t").append(i).append(";\n");
        var run = script(text.toString());
        assertThat(run.answers()).hasSize(3_000);
        assertThat(names(run.answers().get(2_999), "relations")).containsExactly("t2999");
    }
}
