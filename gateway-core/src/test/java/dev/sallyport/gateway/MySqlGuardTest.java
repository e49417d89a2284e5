package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.MySqlCatalogBuilder;
import dev.sallyport.sql.catalog.MySqlCatalogQueries;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guard before a MariaDB: the same decisions, another language.
class MySqlGuardTest {
    private static final String VERSION = "11.4.5-MariaDB";
    private static final GatewayConfig.Database DATABASE =
            new GatewayConfig.Database(
                    "clinic",
                    Protocol.MYSQL,
                    "127.0.0.1",
                    3306,
                    "clinic",
                    "app",
                    new Secret.InEnvironment("NONE"),
                    new GatewayConfig.UpstreamTls(GatewayConfig.TlsMode.DISABLE, Optional.empty()),
                    new GatewayConfig.CatalogReader(
                            "reader", new Secret.InEnvironment("NONE"), Duration.ofSeconds(30)));

    private final List<String> asked = new ArrayList<>();

    @TempDir Path folder;
    private TestLog log;
    private Session session;
    private QueryGuard guard;

    /// What the server says when it is asked.
    private String schema = "clinic";

    private String sqlMode = "STRICT_TRANS_TABLES";
    private String characterSet = "utf8mb4";

    @BeforeEach
    void open() throws Exception {
        log = new TestLog(folder);
        var sessions =
                new TestSessions(
                        log,
                        GatewayConfig.Sessions.DEFAULTS,
                        TestUsers.of("dana: developer"),
                        """
                        database: clinic
                        roles:
                          developer:
                            grants:
                              - id: read
                                allow: [select]
                                on: [clinic.patients]
                                columns: [id, name]
                              - id: write
                                allow: [select, insert, update, delete, ddl]
                                on: [clinic.visits]
                        """);
        sessions.catalog.publish(catalog());
        guard =
                new QueryGuard(
                        sessions.cache,
                        sessions.policies::get,
                        sessions.decisions,
                        sessions.metrics,
                        new Budgets(System::currentTimeMillis),
                        java.util.Optional.empty());
        session =
                ((SessionRegistry.Opened)
                                sessions.registry.open(
                                        new NewSession(
                                                sessions.logIn("dana"),
                                                DATABASE,
                                                "test",
                                                DeclaredPurpose.NONE,
                                                8,
                                                Runnable::run,
                                                new TestSessions.Connection())))
                        .session();
        session.parameterStatus("version", VERSION);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static dev.sallyport.sql.catalog.Catalog catalog() {
        var builder = new MySqlCatalogBuilder();
        row(builder, MySqlCatalogQueries.SERVER, VERSION, "0", "clinic");
        row(builder, MySqlCatalogQueries.PRIVILEGES, "*", "TRIGGER");
        for (var name : List.of("clinic", "archive"))
            row(builder, MySqlCatalogQueries.SCHEMAS, name);
        for (var table :
                List.of(
                        "clinic.patients.id.name.ssn",
                        "clinic.visits.id.note",
                        "archive.patients.id.ssn.name")) {
            var words = table.split("\\.");
            row(builder, MySqlCatalogQueries.RELATIONS, words[0], words[1], "BASE TABLE");
            for (int i = 2; i < words.length; i++)
                row(builder, MySqlCatalogQueries.COLUMNS, words[0], words[1], words[i], "text", "");
        }
        return builder.build(1);
    }

    private static void row(
            MySqlCatalogBuilder builder, MySqlCatalogQueries query, @Nullable String... values) {
        builder.add(query, Arrays.asList(values));
    }

    private String run(String sql) {
        var answer = check(sql);
        session.readyForQuery('I');
        return answer;
    }

    private String check(String sql) {
        for (int i = 0; i < 5; i++) {
            switch (guard.simpleQuery(session, new SqlText(sql))) {
                case Verdict.Permit permit -> {
                    for (var statement : permit.statements()) {
                        long _ =
                                guard.outcome(
                                        session, statement, Outcome.completed("DONE", -1, 0, 10));
                    }
                    return "permit";
                }
                case Verdict.Deny deny -> {
                    return deny.denial().message();
                }
                case Verdict.NeedsTime(var analysis) -> analysis.run();
                case Verdict.NeedsTruth(var truth) -> {
                    asked.addAll(truth.statements());
                    session.ownQuery();
                    truth.row(0, Arrays.asList(schema, sqlMode, characterSet, VERSION));
                    truth.finish();
                    session.readyForQuery(session.transactionStatus());
                }
            }
        }
        throw new AssertionError("asks for ever");
    }

    @Test
    void hintsSpeakOfTheServerThatThePersonKnows() {
        var hints = new ArrayList<String>();
        for (var sql : List.of("SELEKT 1", "SELECT 1 FROM nothing_like_it", "SELECT nothing FROM"))
            for (int i = 0; i < 5; i++) {
                var verdict = guard.simpleQuery(session, new SqlText(sql));
                if (verdict instanceof Verdict.Deny deny) {
                    hints.add(deny.denial().hint());
                    break;
                }
                if (!(verdict instanceof Verdict.NeedsTruth(var truth)))
                    throw new AssertionError(verdict.toString());
                session.ownQuery();
                truth.row(0, Arrays.asList(schema, sqlMode, characterSet, VERSION));
                if (truth.statements().size() > 1) truth.row(1, List.of("0"));
                truth.finish();
                session.readyForQuery('I');
            }
        assertThat(hints).hasSize(3);
        for (var refusal : Refusal.values()) hints.add(refusal.hint(Protocol.MYSQL));
        assertThat(hints)
                .noneMatch(
                        hint -> hint.matches("(?is).*(postgres|search_path|schema|client_enc).*"));
        assertThat(hints)
                .contains(
                        "Check the name and its database: SELECT DATABASE() tells the current"
                                + " one.");
    }

    @Test
    void ownStatementsAreReadInMySqlToo() {
        assertThat(run("SALLYPORT WHOAMI")).isEqualTo("permit");
        // A literal that is none in PostgreSQL's eyes.
        assertThat(run("SALLYPORT EXPLAIN SELECT 'it\\'s' FROM patients")).isEqualTo("permit");
    }

    @Test
    void decidesByColumns() {
        assertThat(run("SELECT id, name FROM patients WHERE id = 7")).isEqualTo("permit");
        assertThat(run("SELECT `ssn` FROM patients")).contains("clinic.patients.ssn");
        assertThat(run("SELECT 1 /*! UNION SELECT ssn FROM patients */"))
                .contains("clinic.patients.ssn");
        assertThat(run("UPDATE visits SET note = 'x' WHERE id = 1")).isEqualTo("permit");
        assertThat(run("SELECT sleep(10)")).contains("mysql.sleep");
        assertThat(run("SELECT @@version_comment LIMIT 1")).isEqualTo("permit");
        assertThat(run("SHOW VARIABLES LIKE 'sql_mode'")).isEqualTo("permit");
        assertThat(run("SHOW PROCESSLIST")).contains("processlist");
        assertThat(run("SET NAMES utf8mb4")).isEqualTo("permit");
        assertThat(run("SET GLOBAL general_log = 1")).contains("general_log");
        assertThat(run("SELECT 1 FROM patients INTO OUTFILE '/tmp/x'")).contains("server file");
    }

    @Test
    void followsTheCurrentSchema() {
        assertThat(run("SELECT name FROM patients")).isEqualTo("permit");
        asked.clear();
        assertThat(run("SELECT name FROM patients")).isEqualTo("permit");
        assertThat(asked).isEmpty();
        assertThat(run("USE archive")).isEqualTo("permit");
        schema = "archive";
        assertThat(run("SELECT name FROM patients")).contains("archive.patients");
        assertThat(asked).hasSize(1);
        assertThat(run("SELECT name FROM clinic.patients")).isEqualTo("permit");
    }

    /// The server says so, or it doesn't: both ways the text is read as the server reads it.
    @Test
    void followsTheSqlMode() {
        String sql = "SELECT \"ssn\" FROM patients";
        assertThat(run(sql)).isEqualTo("permit");
        assertThat(run("SET sql_mode = 'ANSI_QUOTES'")).isEqualTo("permit");
        sqlMode = "ANSI_QUOTES";
        assertThat(run(sql)).contains("clinic.patients.ssn");
        sqlMode = "";
        session.parameterStatus("sql_mode", "");
        assertThat(run(sql)).isEqualTo("permit");
        session.parameterStatus("sql_mode", "ANSI_QUOTES");
        assertThat(run(sql)).contains("clinic.patients.ssn");
        session.parameterStatus("sql_mode", "ORACLE");
        assertThat(run(sql)).contains("not understood");
        session.parameterStatus("sql_mode", "");
        session.parameterStatus("character_set_client", "gbk");
        assertThat(run(sql)).contains("not understood");
        assertThat(session.parameter("character_set_client")).isEqualTo("gbk");
    }

    /// SET may hold a query: in a transaction, too, it is understood under the names of now.
    @Test
    void aQueryInsideSetIsReadUnderTheNamesOfNow() {
        assertThat(run("SELECT name FROM patients")).isEqualTo("permit");
        assertThat(check("BEGIN")).isEqualTo("permit");
        session.readyForQuery('T');
        assertThat(check("USE archive")).isEqualTo("permit");
        schema = "archive";
        session.readyForQuery('T');
        assertThat(check("SET @a = (SELECT name FROM patients LIMIT 1)"))
                .contains("archive.patients");
    }

    @Test
    void preparedStatementsKeepTheirSchema() {
        assertThat(run("PREPARE s FROM 'SELECT name FROM patients'")).isEqualTo("permit");
        assertThat(run("EXECUTE S")).isEqualTo("permit");
        assertThat(run("USE archive")).isEqualTo("permit");
        schema = "archive";
        assertThat(run("EXECUTE s")).isEqualTo("permit");
        assertThat(run("PREPARE s FROM 'SELECT name FROM patients'")).contains("archive.patients");
        assertThat(run("PREPARE s FROM @q")).contains("known only when it runs");
        assertThat(run("EXECUTE t")).isNotEqualTo("permit");
    }

    /// MySQL reads the text again, under the modes of now, when a table was altered.
    @Test
    void aStatementPreparedUnderOtherModesIsPreparedAgain() {
        assertThat(run("PREPARE s FROM 'SELECT \"ssn\" FROM patients'")).isEqualTo("permit");
        assertThat(run("EXECUTE s")).isEqualTo("permit");
        var mode = sqlMode;
        assertThat(run("SET sql_mode = 'ANSI_QUOTES'")).isEqualTo("permit");
        sqlMode = "ANSI_QUOTES";
        assertThat(run("EXECUTE s")).contains("prepare it again");
        assertThat(run("SET sql_mode = 'STRICT_TRANS_TABLES'")).isEqualTo("permit");
        sqlMode = mode;
        assertThat(run("EXECUTE s")).isEqualTo("permit");
    }
}
