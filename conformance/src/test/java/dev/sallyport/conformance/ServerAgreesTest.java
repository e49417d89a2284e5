package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.Tokens;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Whether a real server's parser takes the same texts as ours. Every text is sent inside a failed
/// transaction: there the server parses, answers 25P02 when the syntax is right, and runs nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerAgreesTest {
    private static final Path FIXTURES =
            Path.of("../sql-analyzer/src/test/resources/dev/sallyport/sql/parser");

    private PostgresServer server;
    private Wire wire;
    private LexMode mode;

    @BeforeAll
    void start() throws Exception {
        server =
                PostgresServer.start(
                        PostgresServer.Options.embedded()
                                .withoutTls()
                                .withHba("host all all 127.0.0.1/32 trust"));
        wire = new Wire(new Socket(server.host(), server.port()));
        wire.startup(
                Wire.PROTOCOL_3_0,
                "user",
                server.superuser(),
                "database",
                "postgres",
                "client_encoding",
                "UTF8");
        int major = 0;
        for (var message : wire.untilReady())
            if (message.type() == 'S' && message.text().startsWith("server_version\0"))
                major = Integer.parseInt(message.text().split("\0")[1].split("\\D")[0]);
        mode = new LexMode(true, Integer.MAX_VALUE, major, true);
        send("SET client_min_messages TO error");
    }

    @AfterAll
    void stop() throws IOException {
        wire.close();
        server.close();
    }

    @Test
    void everyCommandOfTheReferenceIsTaken() throws IOException {
        var refusedByServer = new ArrayList<String>();
        var refusedByUs = new ArrayList<String>();
        for (String sql : statements("commands.sql")) {
            if (!serverAccepts(sql)) refusedByServer.add(sql);
            else if (!weAccept(sql)) refusedByUs.add(sql);
        }
        assertThat(refusedByUs).as("by us").isEmpty();
        // 16, 17 and 18 brought some of the clauses.
        if (mode.serverMajor() >= 18) assertThat(refusedByServer).as("by the server").isEmpty();
        else assertThat(refusedByServer.size()).isBetween(1, 60);
    }

    /// The server refuses them, too, but only when it runs them.
    private static final Set<String> REFUSED_LATER =
            Set.of(
                    "DO LANGUAGE sql",
                    "CREATE FUNCTION f() RETURNS int",
                    // A type's modifiers must be simple constants.
                    "SELECT a::numeric(f(1)) FROM t",
                    "CREATE DOMAIN d AS geometry(leak(1))");

    @Test
    void whatWeRefuseTheServerRefuses() throws IOException {
        var accepted = new ArrayList<String>();
        for (String sql : Files.readAllLines(FIXTURES.resolve("refused.sql")))
            if (!REFUSED_LATER.contains(sql) && serverAccepts(sql)) accepted.add(sql);
        assertThat(accepted).isEmpty();
    }

    /// Both of the mutants that PostgreSQL's parser takes and of those that it doesn't.
    @Test
    void mutantsAreJudgedAlike() throws IOException {
        int accepted = 0;
        var refusedByUs = new ArrayList<String>();
        var refusedByServer = new ArrayList<String>();
        for (String sql : mutants()) {
            boolean server = serverAccepts(sql);
            boolean we = weAccept(sql);
            if (server) accepted++;
            if (server && !we) refusedByUs.add(sql);
            if (!server && we) refusedByServer.add(sql);
        }
        Path out = Files.createDirectories(Path.of("target", "server-agrees"));
        Files.write(out.resolve("refused-by-us-" + mode.serverMajor() + ".txt"), refusedByUs);
        Files.write(
                out.resolve("refused-by-server-" + mode.serverMajor() + ".txt"), refusedByServer);
        System.out.printf(
                "%s: accepts %,d mutants, of them refused by us %,d; accepted only by us %,d%n",
                server.describe(), accepted, refusedByUs.size(), refusedByServer.size());
        assertThat(accepted).isGreaterThan(10_000);
        assertThat(refusedByUs.size()).isLessThan(accepted / 50);
        assertThat(refusedByServer.size()).isLessThan(accepted / 50);
    }

    /// The embedded server's databases are in UTF8: nothing has to be refused.
    @Test
    void namesAreFoldedAndCutAsTheServerDoes() throws IOException {
        send("ROLLBACK");
        for (String name :
                List.of(
                        "PaTiEnTs",
                        "\u00c4rzte",
                        "\"\u00c4rzte\"",
                        "\u0130\u212a\u017f\u00c9",
                        "a".repeat(70),
                        "\u00e9".repeat(40),
                        "x" + "\u00c9".repeat(40),
                        "\u20ac".repeat(30),
                        "\"" + "\ud83d\ude00".repeat(20) + "\"",
                        "U&\"" + "\\00e9".repeat(33) + "\"",
                        "U&\"a!0041\"\"b\" UESCAPE '!'",
                        "\u00a0x$1")) {
            String sql = "SELECT 1 AS " + name;
            wire.raw(Wire.query(sql));
            String label = "";
            for (var message : wire.untilReady())
                if (message.type() == 'T') label = message.text().substring(2).split("\0")[0];
            if (!(Lexer.lex(new SqlText(sql), mode) instanceof LexResult.Lexed(Tokens tokens)))
                throw new AssertionError(name);
            assertThat(tokens.name(3)).isEqualTo(label);
        }
    }

    private static List<String> statements(String file) throws IOException {
        return Files.readAllLines(FIXTURES.resolve(file)).stream()
                .filter(line -> !line.startsWith("-- ") && !line.startsWith(" "))
                .toList();
    }

    private static List<String> mutants() throws IOException {
        var mutants = new ArrayList<String>();
        var json = new com.fasterxml.jackson.databind.ObjectMapper();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Files.newInputStream(FIXTURES.resolve("mutants.jsonl.gz"))),
                                StandardCharsets.UTF_8))) {
            String before = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String sql = json.readTree(line).get("sql").asText();
                if (!sql.equals(before)) mutants.add(sql);
                before = sql;
            }
        }
        return mutants;
    }

    private boolean weAccept(String sql) {
        return PostgresParser.parse(new SqlText(sql), mode) instanceof ParseResult.Parsed;
    }

    private boolean serverAccepts(String sql) throws IOException {
        // Statements that end a transaction run: a fresh one for each.
        if (transactionState != 'E') send("ROLLBACK; BEGIN; SELECT 1/0");
        if (transactionState != 'E') throw new IOException("no failed transaction");
        String state = send(sql);
        // 3B001: ROLLBACK TO runs, and finds no such savepoint.
        return state.equals("25P02") || state.equals("3B001") || state.isEmpty();
    }

    private char transactionState = 'I';

    /// The SQLSTATE of the answer, or an empty string.
    private String send(String sql) throws IOException {
        wire.raw(Wire.query(sql));
        String state = "";
        for (var message : wire.untilReady()) {
            if (message.type() == 'E') state = message.field('C');
            if (message.type() == 'Z') transactionState = (char) message.body()[0];
        }
        return state;
    }
}
