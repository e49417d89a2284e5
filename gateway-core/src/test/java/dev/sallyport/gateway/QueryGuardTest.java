package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guard with the real analyzer, real policies and a real log; only the server is pretended.
class QueryGuardTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                purpose: Schema work
                grants:
                  - { id: ids, allow: [select], on: [public.patients], columns: [id, insurer_id] }
                  - { id: codes, allow: [select, insert], on: [public.codes] }
                  - { id: providers, allow: [select, update], on: [public.providers] }
                  - { id: udf, allow: [execute], on: [public.purge, public.audit] }
                  - { id: temporary, allow: [select, insert, ddl], on: [pg_temp.*] }
                  - { id: mine, allow: [select, ddl], on: [public.mine, public.fresh] }
                  - { id: names, allow: [session], on: ["*"] }
              physician:
                purpose: Treatment
                grants:
                  - { id: treat, allow: [select], on: [public.patients, app.patients] }
            """;

    /// As in the fixture's schema.
    private static final String PUBLIC = "2200";

    @TempDir Path folder;
    private TestLog test;
    private TestSessions sessions;
    private QueryGuard guard;

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder);
        sessions =
                new TestSessions(
                        test,
                        GatewayConfig.Sessions.DEFAULTS,
                        TestUsers.of("dana: developer", "pavel: physician"),
                        POLICY);
        sessions.catalog.publish(SavedRows.catalog(1));
        guard =
                new QueryGuard(
                        sessions.cache,
                        sessions.policies::get,
                        sessions.decisions,
                        sessions.metrics,
                        new Budgets(System::currentTimeMillis),
                        java.util.Optional.empty());
    }

    @AfterEach
    void close() {
        test.close();
    }

    private Conversation talk(String user) {
        return new Conversation(guard, sessions.open(user, new TestSessions.Connection()));
    }

    // --- the life of a query

    @Test
    void aPermittedReadIsRecordedAndNeedNotWait() throws Exception {
        var dana = talk("dana");
        var verdict = dana.done("SELECT id FROM patients WHERE insurer_id = 4711");
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Permit.class,
                        permit -> {
                            assertThat(permit.waitBeforeForwarding()).isFalse();
                            assertThat(permit.ticket()).isPositive();
                            assertThat(permit.statements()).hasSize(1);
                            assertThat(permit.statements().getFirst().kind())
                                    .isEqualTo(StatementKind.SELECT);
                        });
        var intent = test.entries("statement-intent").getFirst();
        assertThat(intent.text("user")).isEqualTo("dana");
        assertThat(intent.text("decision")).isEqualTo("permit");
        assertThat(intent.text("protocolMessage")).isEqualTo("Query");
        assertThat(intent.text("sql")).contains("patients").doesNotContain("4711");
        assertThat(intent.list("rules")).contains("ids");
        assertThat(intent.list("accesses"))
                .anySatisfy(a -> assertThat(a).startsWith("select public.patients ("));
        var outcome = test.entries("statement-outcome").getFirst();
        assertThat(outcome.text("session")).isEqualTo(dana.session.id());
        assertThat(outcome.text("status")).isEqualTo("completed");
    }

    @Test
    void aStatementThatCanChangeSomethingWaits() {
        var verdict = talk("dana").query("INSERT INTO codes VALUES ('a', 'b')");
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Permit.class,
                        permit -> {
                            assertThat(permit.waitBeforeForwarding()).isTrue();
                            assertThat(permit.statements().getFirst().effects())
                                    .contains(Effect.DATA);
                        });
    }

    @Test
    void aDenialNamesTheColumnAndTheRecordAndIsRecorded() throws Exception {
        var dana = talk("dana");
        assertDenied(
                dana.query("SELECT ssn FROM patients WHERE name = 'Ada Lovelace'"),
                "42501",
                denial -> {
                    assertThat(denial.message()).startsWith("sallyport: ").contains("ssn");
                    assertThat(denial.detail())
                            .contains("public.patients")
                            .contains("session " + dana.session.id() + ", statement 1");
                    assertThat(denial.toString()).doesNotContain("Lovelace");
                });
        var intent = test.entries("statement-intent").getFirst();
        assertThat(intent.text("decision")).isEqualTo("deny");
        assertThat(intent.text("reason")).contains("ssn");
        assertThat(intent.text("sql")).doesNotContain("Lovelace");
    }

    @Test
    void oneStatementRefusedRefusesAllOfTheMessage() throws Exception {
        assertDenied(
                talk("dana").query("SELECT id FROM patients; SELECT ssn FROM patients"),
                "42501",
                _ -> {});
        var intents = test.entries("statement-intent");
        assertThat(intents).hasSize(2);
        assertThat(intents).allMatch(intent -> intent.text("decision").equals("deny"));
        assertThat(intents.getFirst().text("reason")).contains("another statement");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedWithItsPlace() throws Exception {
        assertDenied(
                talk("dana").query("SELECT id FORM patients WHERE name = 'Ada'"),
                "42601",
                denial -> {
                    assertThat(denial.position()).isPositive();
                    assertThat(denial.message()).startsWith("sallyport: ");
                });
        var intent = test.entries("statement-intent").getFirst();
        assertThat(intent.text("sql")).isEmpty();
    }

    /// Names that a client can make up on the spot may be anything, a patient's too.
    @Test
    void whatNamesNothingIsNotInTheLog() throws Exception {
        for (var sql :
                List.of(
                        "SET jane.doe = 1",
                        "SHOW jane.doe",
                        "SELECT current_setting('jane.doe')",
                        "SELECT set_config('jane.doe', 'jane', false)",
                        "SAVEPOINT janedoe",
                        "NOTIFY janedoe, 'jane'",
                        "LISTEN janedoe",
                        "PREPARE janedoe AS SELECT id FROM public.patients",
                        "EXECUTE janedoe",
                        "DEALLOCATE janedoe",
                        "BEGIN; DECLARE janedoe CURSOR FOR SELECT id FROM public.patients",
                        "FETCH 1 FROM janedoe",
                        "CLOSE janedoe",
                        "SELECT id FROM public.patients WHERE last_name = janedoe",
                        "SELECT id FROM janedoe.doe",
                        "SELECT id FROM public.patients WHERE id = 'jane",
                        "janedoe SELECT 1")) {
            var _ = talk("dana").query(sql);
            var _ = talk("pavel").query(sql);
        }
        var intents = test.entries("statement-intent");
        assertThat(intents).anyMatch(intent -> intent.text("decision").equals("permit"));
        assertThat(intents).anyMatch(intent -> intent.text("reason").contains("setting ?"));
        assertThat(intents)
                .allSatisfy(intent ->
                        assertThat(intent.event().toString()).doesNotContainIgnoringCase("jane"));
    }

    @Test
    void anUnknownTableIsSaidAsPostgresSaysIt() {
        assertDenied(talk("dana").query("SELECT 1 FROM nowhere"), "42P01", _ -> {});
        assertDenied(talk("dana").query("SELECT nothing FROM codes"), "42703", _ -> {});
    }

    @Test
    void anEmptyTextIsForwardedAndNotRecorded() throws Exception {
        assertThat(talk("dana").done(" -- nothing")).isEqualTo(Verdict.Permit.UNRECORDED);
        assertThat(test.entries("statement-intent")).isEmpty();
    }

    @Test
    void withoutACatalogNothingIsRun() {
        var empty =
                new TestSessions(
                        test,
                        GatewayConfig.Sessions.DEFAULTS,
                        TestUsers.of("dana: developer"),
                        POLICY.replaceAll("(?s)  physician:.*", ""));
        var session = empty.open("dana", new TestSessions.Connection());
        assertDenied(new Conversation(guard, session).query("SELECT 1"), "57P03", _ -> {});
    }

    @Test
    void whenTheLogTakesNothingNothingIsRun() {
        var dana = talk("dana");
        dana.done("SELECT 1");
        test.log.close();
        assertDenied(dana.query("SELECT 1"), "58030", _ -> {});
        // A denial is a decision too: without a record nothing of it is told.
        assertDenied(
                dana.query("SELECT ssn FROM patients"),
                "58030",
                denial -> assertThat(denial.message()).doesNotContain("ssn"));
    }

    @Test
    void theSameTextIsAnalysedForEverybodyAndKeptWhenItComesAgain() {
        long before = sessions.cache.misses();
        talk("dana").done("SELECT id FROM patients");
        talk("dana").done("SELECT id FROM patients");
        long misses = sessions.cache.misses();
        assertThat(misses).isEqualTo(before + 2);
        for (int i = 0; i < 5; i++) talk("dana").done("SELECT id FROM patients");
        assertThat(talk("pavel").done("SELECT id FROM patients"))
                .isInstanceOf(Verdict.Permit.class);
        assertThat(sessions.cache.misses()).isEqualTo(misses);
    }

    /// The words before and after it are the same; the name is in the literal.
    @Test
    void aLiteralThatNamesSomethingIsDecidedForWhatItNames() {
        var dana = talk("dana");
        for (int round = 0; round < 3; round++) {
            assertPermitted(dana.done("SELECT set_config('application_name', 'x', false)"));
            assertDenied(
                    dana.query("SELECT set_config('session_replication_role', 'x', false)"),
                    "42501",
                    _ -> {});
            assertPermitted(dana.done("SELECT id FROM patients ORDER BY 1"));
            assertDenied(dana.query("SELECT nextval('ticket')"), "42501", _ -> {});
        }
    }

    @Test
    void decisionsFollowThePolicyInForceAtOnce() {
        var dana = talk("dana");
        assertPermitted(dana.done("SELECT id FROM patients"));
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace(
                                "on: [public.patients], columns: [id, insurer_id]",
                                "on: [public.visits]"),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.query("SELECT id FROM patients"), "42501", _ -> {});
    }

    // --- what names mean

    @Test
    void theServerIsAskedOnceAndThenAfterWhatMayHaveChangedIt() {
        var dana = talk("dana");
        dana.done("SELECT id FROM patients");
        dana.done("SELECT id FROM patients");
        assertThat(dana.questions).containsExactly("names");
        dana.searchPath = "{pg_catalog,app}";
        assertPermitted(dana.done("SET search_path TO app"));
        // app.patients is not granted.
        assertDenied(dana.query("SELECT id FROM patients"), "42501", _ -> {});
        assertThat(dana.questions).containsExactly("names", "names");
    }

    /// public.patients (id) is granted to dana, app.patients isn't: whoever relied on the path of
    /// within the transaction would let her read the other one.
    @Test
    void aSearchPathSetInATransactionIsAskedForAgainWhenItEnds() {
        var dana = talk("dana");
        dana.searchPath = "{pg_catalog,app}";
        dana.done("BEGIN", 'T');
        assertPermitted(dana.done("SET LOCAL search_path TO public", 'T'));
        dana.searchPath = "{pg_catalog,public}";
        assertPermitted(dana.done("SELECT id FROM patients", 'T'));
        assertPermitted(dana.done("ROLLBACK", 'I'));
        dana.searchPath = "{pg_catalog,app}";
        assertDenied(dana.query("SELECT id FROM patients"), "42501", _ -> {});
    }

    @Test
    void afterASavepointIsRolledBackTheServerIsAskedAgain() {
        var dana = talk("dana");
        dana.searchPath = "{pg_catalog,app}";
        dana.done("BEGIN", 'T');
        dana.done("SAVEPOINT s", 'T');
        dana.done("SET LOCAL search_path TO public", 'T');
        dana.searchPath = "{pg_catalog,public}";
        assertPermitted(dana.done("SELECT id FROM patients", 'T'));
        dana.done("ROLLBACK TO SAVEPOINT s", 'T');
        dana.searchPath = "{pg_catalog,app}";
        assertDenied(dana.query("SELECT id FROM patients"), "42501", _ -> {});
    }

    @Test
    void aFailedTransactionCanBeRolledBackAlthoughNamesAreNotCertain() {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        dana.done("SET search_path TO app", 'T');
        dana.failed("SELECT 1/0", 'E');
        assertDenied(dana.query("SELECT id FROM patients"), "25P02", _ -> {});
        assertPermitted(dana.done("ROLLBACK", 'I'));
        assertPermitted(dana.done("SELECT id FROM patients"));
    }

    @Test
    void withinAPipelineNothingIsReliedOnThatAnEarlierStatementMayHaveChanged() {
        var pavel = talk("pavel");
        assertPermitted(pavel.parse("", "SET search_path TO app"));
        assertPermitted(pavel.bind("", ""));
        assertPermitted(pavel.execute(""));
        assertDenied(pavel.parse("", "SELECT ssn FROM patients"), "55000", _ -> {});
    }

    @Test
    void openingAPipelineWithADescribeDoesNotMakeOldNamesGood() {
        var pavel = talk("pavel");
        pavel.done("SET search_path TO app");
        guard.otherExtendedMessage(pavel.session);
        assertDenied(pavel.parse("", "SELECT ssn FROM patients"), "55000", _ -> {});
    }

    /// Long texts don't keep the event loop: first they are analysed elsewhere, once.
    @Test
    void aLongTextIsAnalysedFirstAndDecidedThen() {
        var dana = talk("dana");
        var filler = " /*" + "x".repeat(LongAnalysis.MIN_CHARS) + "*/";
        dana.done("SELECT id FROM patients" + filler);
        assertDenied(dana.query("SELECT ssn FROM patients" + filler), "42501", _ -> {});
        assertThat(dana.questions).containsExactly("names", "time", "time");
        assertPermitted(dana.parse("s", "SELECT id FROM patients" + filler));
        assertPermitted(dana.bind("", "s"));
        assertPermitted(dana.execute(""));
        assertThat(dana.questions).containsExactly("names", "time", "time", "time");
    }

    /// What it meant while it was analysed is nothing to go by when names have changed since.
    @Test
    void aLongTextIsAnalysedAgainUnderOtherNames() {
        var dana = talk("dana");
        dana.done("SELECT 1");
        var text =
                new SqlText(
                        "SELECT id FROM patients/*" + "x".repeat(LongAnalysis.MIN_CHARS) + "*/");
        var first = guard.simpleQuery(dana.session, text);
        if (!(first instanceof Verdict.NeedsTime(var analysis))) throw new AssertionError(first);
        analysis.run();
        dana.searchPath = "{pg_catalog,app}";
        dana.session.parameterStatus("search_path", "app");
        assertDenied(
                dana.query(text.text()),
                "42501",
                denial -> assertThat(denial.message()).contains("app.patients"));
        assertThat(dana.questions).containsExactly("names", "names", "time");
    }

    @Test
    void aQueryBehindAnUnansweredOneThatChangesNamesHasToWait() {
        var pavel = talk("pavel");
        pavel.done("SELECT 1");
        var set = pavel.query("SET search_path TO app");
        assertPermitted(set);
        var next = guard.simpleQuery(pavel.session, new SqlText("SELECT ssn FROM patients"));
        assertThat(next).isInstanceOf(Verdict.NeedsTruth.class);
        var commit = guard.simpleQuery(pavel.session, new SqlText("COMMIT"));
        assertThat(commit).isInstanceOf(Verdict.NeedsTruth.class);
    }

    @Test
    void aFunctionOfAUsersMayHaveChangedNames() {
        sessions.catalog.publish(
                SavedRows.catalog(
                        2, "purge", "SELECT 1", "SELECT set_config('search_path', 'app', false)"));
        var dana = talk("dana");
        dana.done("SELECT purge()");
        dana.done("SELECT id FROM patients");
        assertThat(dana.questions).containsExactly("names", "names");
        assertDenied(dana.query("SELECT purge(); SELECT id FROM patients"), "55000", _ -> {});
    }

    @Test
    void whenTheServerDoesNotSayTheStatementIsRefused() {
        var dana = talk("dana");
        dana.answers = false;
        assertDenied(dana.query("SELECT id FROM patients"), "55000", _ -> {});
        dana.answers = true;
        assertPermitted(dana.done("SELECT id FROM patients"));
    }

    @Test
    void theLexingModeFollowsTheServersReport() {
        var dana = talk("dana");
        var sql = "SELECT 'a\\' || id FROM patients --'";
        assertPermitted(dana.done(sql));
        dana.session.parameterStatus("standard_conforming_strings", "off");
        // The quote is escaped now: the literal goes on, past the table's name, to the end.
        var off = (Verdict.Permit) dana.query(sql);
        assertThat(off.waitBeforeForwarding()).isFalse();
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("columns: [id, insurer_id]", "columns: [insurer_id]"),
                        TestUsers.of("dana: developer")));
        assertPermitted(dana.query(sql));
        dana.session.parameterStatus("standard_conforming_strings", "on");
        assertDenied(dana.query(sql), "42501", _ -> {});
    }

    // --- objects that only the session, or only the server, knows

    @Test
    void temporaryTablesAreFoundAndDecided() {
        var dana = talk("dana");
        dana.done("SELECT 1");
        assertPermitted(dana.done("CREATE TEMP TABLE scratch (id int)"));
        dana.createTempSchema(90_000);
        dana.createTable("90000", "scratch", 90_001);
        assertPermitted(dana.done("SELECT id FROM scratch"));
        assertThat(dana.questions).containsExactly("names", "names and catalog");
        // It goes on being found, without asking again.
        assertPermitted(dana.done("SELECT id FROM scratch"));
        assertThat(dana.questions).hasSize(2);
    }

    @Test
    void aTemporaryTableHidesAnotherOfItsNameForThisSessionOnly() {
        var dana = talk("dana");
        dana.done("CREATE TEMP TABLE patients (id int)");
        dana.createTempSchema(90_000);
        dana.createTable("90000", "patients", 90_001);
        assertPermitted(dana.done("SELECT * FROM patients"));
        assertDenied(dana.query("SELECT * FROM public.patients"), "42501", _ -> {});
        assertDenied(talk("dana").query("SELECT * FROM patients"), "42501", _ -> {});
    }

    @Test
    void aTableThatTheSharedCatalogDoesNotKnowYetIsAskedForOnce() {
        var dana = talk("dana");
        dana.createTable(PUBLIC, "fresh", 90_001);
        assertPermitted(dana.done("SELECT id FROM fresh"));
        assertThat(dana.questions)
                .containsExactly("names", "names and objects", "names and catalog");
        assertDenied(dana.query("SELECT id FROM typo"), "42P01", _ -> {});
        assertThat(dana.questions).hasSize(4).endsWith("names and objects");
    }

    @Test
    void forATypoTheCatalogIsNotRead() {
        var dana = talk("dana");
        assertPermitted(dana.done("SELECT id FROM patients"));
        dana.questions.clear();
        assertDenied(dana.query("SELECT id FROM pateints"), "42P01", _ -> {});
        assertDenied(dana.query("SELECT idd FROM patients"), "42703", _ -> {});
        assertDenied(dana.query("SELECT p.idd FROM patients p"), "42703", _ -> {});
        assertDenied(dana.query("SELECT nosuch(id) FROM patients"), "42883", _ -> {});
        assertDenied(dana.query("SELECT nosuch(id, 1) FROM patients"), "42883", _ -> {});
        assertDenied(dana.query("SELECT id::nosuch FROM patients"), "42704", _ -> {});
        assertThat(dana.questions).hasSize(6).containsOnly("names and objects");
        // Nothing that could exist would make these right.
        assertDenied(dana.query("SELECT patients.id FROM patients p"), "42P01", _ -> {});
        assertDenied(dana.query("SELECT id FROM elsewhere.public.patients"), "42P01", _ -> {});
        assertDenied(dana.query("SELECT idd"), "42703", _ -> {});
        assertThat(dana.questions).hasSize(6);
    }

    @Test
    void aColumnThatTheSharedCatalogDoesNotKnowYetIsFound() {
        var dana = talk("dana");
        dana.createTable(PUBLIC, "fresh", 90_001);
        assertPermitted(dana.done("SELECT id FROM fresh"));
        dana.questions.clear();
        dana.createColumn(90_001, "more");
        assertPermitted(dana.done("SELECT f.more FROM fresh f"));
        assertThat(dana.questions).containsExactly("names and objects", "names and catalog");
    }

    @Test
    void whatTheServerHasButTheCatalogDoesNotShowIsRefused() {
        var dana = talk("dana");
        dana.presumed = "nowhere";
        assertDenied(dana.query("SELECT id FROM nowhere"), "42P01", _ -> {});
        assertThat(dana.questions)
                .containsExactly("names", "names and objects", "names and catalog");
    }

    @Test
    void whatATransactionCreatedIsKnownInItAndForgottenWithIt() {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        dana.done("CREATE TABLE mine (id int)", 'T');
        dana.createTable(PUBLIC, "mine", 90_001);
        assertPermitted(dana.done("SELECT id FROM mine", 'T'));
        dana.catalog.removeIf(row -> row.values().getFirst().equals("90001"));
        dana.done("ROLLBACK", 'I');
        assertDenied(dana.query("SELECT id FROM mine"), "42P01", _ -> {});
    }

    @Test
    void behindTheEndOfATransactionThatChangedNamesTheSameTextIsNotReliedOn() {
        for (var end : new String[] {"ROLLBACK", "COMMIT", "ROLLBACK TO s", "BEGIN; ROLLBACK"}) {
            var dana = talk("dana");
            dana.done("BEGIN", 'T');
            dana.done("SAVEPOINT s", 'T');
            dana.done("CREATE TEMP TABLE patients (id int) ON COMMIT DROP", 'T');
            dana.createTempSchema(90_000);
            dana.createTable("90000", "patients", 90_001);
            assertPermitted(dana.done("SELECT * FROM patients", 'T'));
            assertDenied(dana.query(end + "; SELECT * FROM patients"), "55000", _ -> {});
            assertPermitted(dana.query("ROLLBACK; BEGIN"));
        }
    }

    // --- names that the session holds

    @Test
    void aPreparedStatementIsDecidedWhenItIsPreparedAndWhenItRuns() {
        var dana = talk("dana");
        assertDenied(dana.query("PREPARE p AS SELECT ssn FROM patients"), "42501", _ -> {});
        assertPermitted(dana.done("PREPARE p AS SELECT id FROM patients"));
        assertPermitted(dana.done("EXECUTE p"));
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("columns: [id, insurer_id]", "columns: [insurer_id]"),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.query("EXECUTE p"), "42501", _ -> {});
    }

    @Test
    void executeIsRecordedWithWhatItReads() throws Exception {
        var dana = talk("dana");
        dana.done("PREPARE p AS SELECT id FROM patients");
        dana.done("EXECUTE p");
        var intent = test.entries("statement-intent").getLast();
        assertThat(intent.text("kind")).isEqualTo("EXECUTE");
        assertThat(intent.list("accesses"))
                .anySatisfy(a -> assertThat(a).startsWith("select public.patients (id"));
    }

    @Test
    void aPreparedStatementIsPlannedAgainUnderTheNamesOfNow() {
        var pavel = talk("pavel");
        assertPermitted(pavel.done("PREPARE p AS SELECT id FROM patients"));
        pavel.searchPath = "{pg_catalog,vault,public}";
        pavel.done("SET search_path TO vault, public");
        assertPermitted(pavel.done("EXECUTE p"));
        pavel.searchPath = "{pg_catalog,app}";
        pavel.done("SET search_path TO app");
        assertPermitted(pavel.done("EXECUTE p"));
        // Now dana's: public.patients (id) is granted to her, app.patients isn't.
        var dana = talk("dana");
        dana.done("PREPARE p AS SELECT id FROM patients");
        assertPermitted(dana.parse("q", "SELECT id FROM patients"));
        dana.sync();
        dana.session.parseComplete();
        dana.session.readyForQuery('I');
        dana.searchPath = "{pg_catalog,app}";
        dana.done("SET search_path TO app");
        assertDenied(dana.query("EXECUTE p"), "42501", _ -> {});
        assertDenied(dana.bind("", "q"), "42501", _ -> {});
    }

    /// The server keeps what it understood when a new object takes a name in an earlier schema.
    @Test
    void whatAPreparedStatementMeantBeforeATemporaryTableTookTheNameStillCounts() throws Exception {
        var dana = talk("dana");
        dana.done("CREATE TEMP TABLE other (id int)");
        dana.createTempSchema(90_000);
        assertPermitted(dana.done("PREPARE p AS SELECT id FROM patients"));
        assertPermitted(dana.parse("q", "SELECT id FROM patients"));
        dana.sync();
        dana.session.parseComplete();
        dana.session.readyForQuery('I');
        dana.done("CREATE TEMP TABLE patients (id int)");
        dana.createTable("90000", "patients", 90_001);
        assertPermitted(dana.done("EXECUTE p"));
        assertThat(test.entries("statement-intent").getLast().list("accesses"))
                .anySatisfy(a -> assertThat(a).startsWith("select public.patients (id"));
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("columns: [id, insurer_id]", "columns: [insurer_id]"),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.query("EXECUTE p"), "42501", _ -> {});
        assertDenied(dana.bind("", "q"), "42501", _ -> {});
    }

    /// Describe makes the server understand the statement anew, and keep that.
    @Test
    void describeIsDecidedLikeParse() {
        var dana = talk("dana");
        dana.done("CREATE TEMP TABLE patients (id int)");
        dana.createTempSchema(90_000);
        dana.createTable("90000", "patients", 90_001);
        assertPermitted(dana.parse("s", "SELECT * FROM patients"));
        dana.sync();
        dana.session.parseComplete();
        dana.session.readyForQuery('I');
        assertPermitted(dana.describe("s"));
        dana.sync();
        dana.session.readyForQuery('I');
        dana.done("DROP TABLE pg_temp.patients");
        dana.dropTable(90_001);
        assertDenied(dana.describe("s"), "42501", _ -> {});
    }

    @Test
    void aBoundUtilityStatementIsDecidedAgainWhenItsNamesMayHaveMoved() {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        dana.done("CREATE TEMP TABLE patients (id int)", 'T');
        dana.createTempSchema(90_000);
        dana.createTable("90000", "patients", 90_001);
        assertPermitted(dana.parse("d", "DROP TABLE patients"));
        assertPermitted(dana.bind("p", "d"));
        dana.sync();
        dana.session.parseComplete();
        dana.session.bindComplete();
        dana.session.readyForQuery('T');
        assertPermitted(dana.done("DROP TABLE pg_temp.patients", 'T'));
        dana.dropTable(90_001);
        assertDenied(dana.execute("p"), "42501", _ -> {});
    }

    /// Between Bind and Execute nothing can be asked: the new snapshot itself says what it means.
    @Test
    void aSchemaChangeIsExecutedThoughTheCatalogWasReadAgainSinceItWasBound() {
        sessions.catalog.publish(withTable(2, "public", "fresh"));
        var dana = talk("dana");
        dana.searchPath = "{pg_catalog,app,public}";
        assertPermitted(dana.parse("", "ALTER TABLE fresh ADD COLUMN more int"));
        assertPermitted(dana.bind("", ""));
        sessions.catalog.publish(withTable(3, "public", "fresh"));
        assertPermitted(dana.execute(""));
        assertThat(dana.questions).containsExactly("names");
        // What comes behind it in the pipeline depends on it.
        assertDenied(dana.parse("", "SELECT id FROM fresh"), "55000", _ -> {});
    }

    /// Reading a parameter of the server's own types runs nothing, nor does one that gets its type
    /// from a statement that calls nothing of users.
    @Test
    void itsParametersMakeNoDifferenceIfTheirTypesAreTheServersOwn() {
        for (int type : new int[] {23, 1043, 0}) {
            sessions.catalog.publish(SavedRows.catalog(2));
            var dana = talk("dana");
            assertPermitted(dana.parseWith("", "CREATE TEMP TABLE made AS SELECT $1 AS one", type));
            assertPermitted(dana.bindOne("", ""));
            sessions.catalog.publish(SavedRows.catalog(3));
            assertPermitted(dana.execute(""));
        }
        for (int type : new int[] {23, 0}) {
            sessions.catalog.publish(SavedRows.catalog(2));
            var dana = talk("dana");
            assertPermitted(
                    dana.parseWith(
                            "", "CREATE TEMP TABLE made AS SELECT purge(), $1 AS one", type));
            assertPermitted(dana.bindOne("", ""));
            sessions.catalog.publish(SavedRows.catalog(3));
            if (type == 23) assertPermitted(dana.execute(""));
            else assertDenied(dana.execute(""), "55000", _ -> {});
        }
    }

    /// Whoever declares a parameter to be of a domain has its checks run, whatever the text says.
    @Test
    void aParametersTypeMayNotCallWhatUsersWrote() {
        var catalog = SavedRows.catalog(2);
        sessions.catalog.publish(catalog);
        var dana = talk("dana");
        var code = Objects.requireNonNull(catalog.type("public", "code"));
        var address = Objects.requireNonNull(catalog.type("public", "address"));
        assertPermitted(dana.parseWith("", "SELECT $1", (int) address.oid()));
        assertDenied(dana.parseWith("", "SELECT $1", (int) code.oid()), "0A000", _ -> {});
        assertDenied(dana.parseWith("", "SELECT $1", 90_000), "0A000", _ -> {});
        assertDenied(dana.parseWith("", "SELECT $1", 1 << 31), "0A000", _ -> {});
    }

    @Test
    void aSchemaChangeIsDeniedWhenTheCatalogReadSinceItWasBoundGivesItAnotherMeaning() {
        sessions.catalog.publish(withTable(2, "public", "fresh"));
        var dana = talk("dana");
        dana.searchPath = "{pg_catalog,app,public}";
        assertPermitted(dana.parse("", "DROP TABLE fresh"));
        assertPermitted(dana.bind("", ""));
        sessions.catalog.publish(withTable(3, "app", "fresh"));
        assertDenied(dana.execute(""), "42501", _ -> {});
    }

    private static Catalog withTable(long epoch, String schema, String name) {
        var builder = new CatalogBuilder();
        for (var row : SavedRows.all()) {
            builder.add(row.query(), row.values());
            if (row.query() == CatalogQueries.SCHEMAS && schema.equals(row.values().get(1)))
                builder.add(
                        CatalogQueries.RELATIONS,
                        Arrays.asList("90001", row.values().get(0), name, "r", "0", "false"));
        }
        builder.add(CatalogQueries.COLUMNS, List.of("90001", "id", "23"));
        return builder.build(epoch);
    }

    @Test
    void aBoundUtilityStatementIsExecutedAsItWasRecordedWhenNothingMoved() throws Exception {
        var dana = talk("dana");
        assertPermitted(dana.parse("", "CREATE TEMP TABLE scratch (id int)"));
        var bound = (Verdict.Permit) dana.bind("", "");
        var executed = (Verdict.Permit) dana.execute("");
        assertThat(executed.statements()).isEqualTo(bound.statements());
    }

    /// What EXECUTE runs is looked up when it is executed, too.
    @Test
    void aBoundExecuteIsRecordedWithWhatItsNameStandsForWhenItRuns() throws Exception {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        dana.done("PREPARE s AS SELECT 1", 'T');
        dana.parse("e", "EXECUTE s");
        assertPermitted(dana.bind("p", "e"));
        dana.sync();
        dana.session.parseComplete();
        dana.session.bindComplete();
        dana.session.readyForQuery('T');
        dana.done("DEALLOCATE s", 'T');
        dana.done("PREPARE s AS SELECT id FROM patients", 'T');
        assertPermitted(dana.execute("p"));
        var intent = test.entries("statement-intent").getLast();
        assertThat(intent.text("protocolMessage")).isEqualTo("Execute");
        assertThat(intent.list("accesses"))
                .anySatisfy(a -> assertThat(a).startsWith("select public.patients (id"));
    }

    @Test
    void whoseNameNobodyDeclaredIsNotExecuted() {
        var dana = talk("dana");
        assertDenied(dana.query("EXECUTE nothing"), "26000", _ -> {});
        assertDenied(dana.bind("", "nothing"), "26000", _ -> {});
        assertDenied(dana.execute("nothing"), "34000", _ -> {});
        assertDenied(dana.query("FETCH 1 FROM nothing"), "34000", _ -> {});
    }

    @Test
    void statementsPreparedByProtocolAndBySqlShareOneNamespace() {
        var dana = talk("dana");
        dana.parse("p", "SELECT id FROM patients");
        dana.sync();
        dana.session.parseComplete();
        dana.session.readyForQuery('I');
        assertPermitted(dana.done("EXECUTE p"));
        dana.done("DEALLOCATE p");
        assertDenied(dana.query("EXECUTE p"), "26000", _ -> {});
        dana.done("PREPARE p AS SELECT id FROM patients");
        assertPermitted(dana.bind("", "p"));
    }

    @Test
    void aNameGivenAgainCountsForBothUntilTheServerHasAnswered() {
        var both = talk("pavel");
        both.parse("p", "SELECT id FROM patients");
        both.sync();
        both.session.parseComplete();
        both.session.readyForQuery('I');
        // In one pipeline: closed and parsed anew; the answers are not here yet.
        guard.closeStatement(both.session, "p");
        both.parse("p", "SELECT ssn FROM patients");
        both.sync();
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace(
                                "on: [public.patients, app.patients]",
                                "on: [public.patients], columns: [ssn]"),
                        TestUsers.of("pavel: physician")));
        // id is not granted any more: it might still be what runs.
        assertDenied(both.bind("", "p"), "42501", _ -> {});
        both.session.closeComplete();
        both.session.parseComplete();
        both.session.readyForQuery('I');
        assertPermitted(both.bind("", "p"));
    }

    @Test
    void aStatementWhosePrepareFailedIsNotHeld() {
        var dana = talk("dana");
        dana.failed("PREPARE p AS SELECT id FROM patients", 'I');
        assertDenied(dana.query("EXECUTE p"), "26000", _ -> {});
    }

    @Test
    void aTextMayPrepareAndExecuteAtOnce() {
        assertPermitted(talk("dana").done("PREPARE p AS SELECT id FROM patients; EXECUTE p"));
        assertDenied(
                talk("dana").query("PREPARE p AS SELECT ssn FROM patients; EXECUTE p"),
                "42501",
                _ -> {});
    }

    @Test
    void aDeniedMessageDeclaresNothing() {
        var dana = talk("dana");
        assertDenied(
                dana.query("PREPARE p AS SELECT id FROM patients; SELECT ssn FROM patients"),
                "42501",
                _ -> {});
        assertDenied(dana.query("EXECUTE p"), "26000", _ -> {});
    }

    @Test
    void executeOfAStatementThatPreparesAnotherIsRefused() {
        var dana = talk("dana");
        dana.parse("q", "PREPARE r AS SELECT id FROM patients");
        dana.sync();
        dana.session.parseComplete();
        dana.session.readyForQuery('I');
        assertDenied(dana.query("EXECUTE q"), "0A000", _ -> {});
    }

    @Test
    void aCursorIsDecidedAgainAtEachFetch() {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        assertPermitted(dana.done("DECLARE c CURSOR FOR SELECT id FROM patients", 'T'));
        assertPermitted(dana.done("FETCH 10 FROM c", 'T'));
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("columns: [id, insurer_id]", "columns: [insurer_id]"),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.query("FETCH 10 FROM c"), "42501", _ -> {});
        dana.done("CLOSE c", 'T');
        assertDenied(dana.query("FETCH 10 FROM c"), "34000", _ -> {});
    }

    @Test
    void aCursorThatAFunctionOpenedIsFetchedFromByWhoMayCallIt() {
        var dana = talk("dana");
        dana.done("BEGIN", 'T');
        assertDenied(dana.query("FETCH ALL FROM opened"), "34000", _ -> {});
        assertPermitted(dana.done("SELECT purge()", 'T'));
        assertPermitted(dana.done("FETCH ALL FROM opened", 'T'));
        assertPermitted(dana.done("MOVE 1 IN \"<unnamed portal 1>\"", 'T'));
        // The cursor's query isn't known, so neither is what row of which table is changed.
        assertDenied(
                dana.query("UPDATE providers SET name = 'x' WHERE CURRENT OF opened"),
                "34000",
                _ -> {});
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("on: [public.purge, ", "on: ["),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.query("FETCH ALL FROM opened"), "42501", _ -> {});
    }

    @Test
    void whatAFunctionOpenedEndsWithTheTransaction() {
        var dana = talk("dana");
        assertPermitted(dana.done("SELECT purge()", 'I'));
        assertDenied(dana.query("FETCH ALL FROM opened"), "34000", _ -> {});
        dana.done("BEGIN", 'T');
        dana.parse("call", "SELECT purge()");
        dana.bind("", "call");
        assertPermitted(dana.execute(""));
        assertPermitted(dana.query("FETCH ALL FROM opened"));
        dana.sync();
        dana.session.readyForQuery('T');
        dana.done("COMMIT", 'I');
        dana.done("BEGIN", 'T');
        dana.done("SELECT id FROM patients", 'T');
        assertDenied(dana.query("FETCH ALL FROM opened"), "34000", _ -> {});
    }

    @Test
    void aForgottenCursorIsNotTakenForAFunctionsOwn() {
        var dana = talk("dana");
        int many = GatewayConfig.Sessions.DEFAULTS.maxPreparedStatements() / 2 + 1;
        for (int i = 0; i < many; i++)
            dana.done("DECLARE c" + i + " CURSOR WITH HOLD FOR SELECT id FROM patients", 'I');
        dana.done("BEGIN", 'T');
        assertPermitted(dana.done("SELECT purge()", 'T'));
        assertDenied(dana.query("FETCH ALL FROM c0"), "34000", _ -> {});
        dana.done("CLOSE ALL", 'T');
        assertPermitted(dana.done("SELECT purge()", 'T'));
        assertPermitted(dana.done("FETCH ALL FROM opened", 'T'));
    }

    // --- the extended protocol

    @Test
    void bindIsRecordedAndExecuteAnswersWithTheSameStatement() throws Exception {
        var dana = talk("dana");
        assertPermitted(dana.parse("", "SELECT id FROM patients WHERE id = $1"));
        assertThat(test.entries("statement-intent")).isEmpty();
        var bound = (Verdict.Permit) dana.bind("", "");
        var executed = (Verdict.Permit) dana.execute("");
        assertThat(executed.statements()).isEqualTo(bound.statements());
        assertThat(executed.ticket()).isEqualTo(bound.ticket());
        var again = (Verdict.Permit) dana.execute("");
        assertThat(again.ticket()).isGreaterThan(bound.ticket());
        assertThat(test.entries("statement-intent"))
                .extracting(entry -> entry.text("protocolMessage"))
                .containsExactly("Bind", "Execute");
    }

    @Test
    void aPortalThatIsNeverExecutedGetsItsOutcomeByItself() throws Exception {
        var dana = talk("dana");
        dana.parse("", "SELECT id FROM patients");
        dana.bind("", "");
        dana.sync();
        dana.session.parseComplete();
        dana.session.bindComplete();
        dana.session.readyForQuery('I');
        assertThat(test.entries("statement-outcome"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.text("status")).isEqualTo("skipped"));
    }

    @Test
    void severalStatementsInOneParseAreRefusedAsPostgresRefusesThem() {
        assertDenied(talk("dana").parse("", "SELECT 1; SELECT 2"), "42601", _ -> {});
    }

    @Test
    void anEmptyStatementCanBeBoundAndExecuted() {
        var dana = talk("dana");
        assertPermitted(dana.parse("", ""));
        assertPermitted(dana.bind("", ""));
        var executed = (Verdict.Permit) dana.execute("");
        assertThat(executed.statements())
                .singleElement()
                .satisfies(s -> assertThat(s.kind()).isEqualTo(StatementKind.EMPTY));
    }

    @Test
    void whatASkippedPipelineDeclaredIsForgotten() {
        var dana = talk("dana");
        dana.parse("p", "SELECT id FROM patients");
        dana.parse("q", "SELECT insurer_id FROM patients");
        dana.sync();
        dana.session.parseComplete();
        dana.session.errorResponse(true);
        dana.session.readyForQuery('I');
        assertPermitted(dana.bind("", "p"));
        assertDenied(dana.bind("", "q"), "26000", _ -> {});
    }

    @Test
    void policyThatChangedBetweenBindAndExecuteCounts() {
        var dana = talk("dana");
        dana.parse("", "SELECT id FROM patients");
        assertPermitted(dana.bind("", ""));
        sessions.policies.set(
                TestPolicies.of(
                        POLICY.replace("columns: [id, insurer_id]", "columns: [insurer_id]"),
                        TestUsers.of("dana: developer")));
        assertDenied(dana.execute(""), "42501", _ -> {});
    }

    private static void assertPermitted(Verdict verdict) {
        assertThat(verdict)
                .as(verdict instanceof Verdict.Deny(var denial, _) ? denial.toString() : "")
                .isInstanceOf(Verdict.Permit.class);
    }

    private static void assertDenied(Verdict verdict, String sqlState, Consumer<Denial> more) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> {
                            assertThat(deny.denial().sqlState())
                                    .as(deny.denial().toString())
                                    .isEqualTo(sqlState);
                            more.accept(deny.denial());
                        });
    }
}
