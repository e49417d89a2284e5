package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The text that the guard lets go up, and what becomes of it when policies change.
class RewritingTest {
    private static final String MASKED =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - { id: read, allow: [select], on: [public.patients], mask: { ssn: redact } }
                  - { id: own, allow: [select, update], on: [public.providers], rows: "name = subject.name" }
                  - { id: udf, allow: [execute], on: [public.audit] }
                  - { id: codes, allow: [select, update, insert], on: [public.codes], columns: [code] }
              physician: { grants: [ { id: p, allow: [select], on: [public.codes] } ] }
              billing: { grants: [ { id: b, allow: [select], on: [public.codes] } ] }
            """;
    private static final String PLAIN = MASKED.replace(", mask: { ssn: redact }", "");
    private static final String SELECT = "SELECT ssn FROM patients WHERE id = $1";

    @TempDir Path folder;
    private TestLog test;
    private TestSessions sessions;
    private Conversation dana;

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder);
        var people = TestUsers.of("dana: developer", "pavel: physician");
        sessions = new TestSessions(test, GatewayConfig.Sessions.DEFAULTS, people, MASKED);
        sessions.catalog.publish(SavedRows.catalog(1));
        var guard =
                new QueryGuard(
                        sessions.cache,
                        sessions.policies::get,
                        sessions.decisions,
                        sessions.metrics,
                        new Budgets(System::currentTimeMillis),
                        java.util.Optional.empty());
        dana = new Conversation(guard, sessions.open("dana", new TestSessions.Connection()));
    }

    @AfterEach
    void close() {
        test.close();
    }

    private void policy(String text) {
        sessions.policies.set(TestPolicies.of(text, TestUsers.of("dana: developer")));
    }

    private static Verdict.Permit permit(Verdict verdict) {
        if (verdict instanceof Verdict.Permit permit) return permit;
        throw new AssertionError(verdict);
    }

    private static String sqlState(Verdict verdict) {
        if (verdict instanceof Verdict.Deny(var denial, _)) return denial.sqlState();
        throw new AssertionError(verdict);
    }

    @Test
    void onlyWhatIsGovernedIsRewritten() {
        assertThat(permit(dana.done("SELECT code FROM codes -- as it came")).text()).isNull();
        assertThat(permit(dana.done("SELECT id FROM patients")).text()).isNull();
        var permit = permit(dana.done("SELECT ssn FROM patients; SELECT name FROM providers p"));
        assertThat(permit.governed()).isTrue();
        var text = Objects.requireNonNull(permit.text());
        assertThat(text.text().text())
                .startsWith("SELECT ssn FROM (SELECT ")
                .contains("AS \"patients\"; SELECT name FROM (SELECT \"providers\".\"name\" FROM")
                .endsWith("OPERATOR(pg_catalog.=) 'dana'))) p");
    }

    @Test
    void anotherLiteralMovesWhatIsReplaced() {
        for (int round = 0; round < 3; round++)
            for (var literal : List.of("1", "2", "1000", "-- 7\n 'a''b'")) {
                var permit = permit(dana.done("SELECT " + literal + ", ssn FROM patients p"));
                assertThat(Objects.requireNonNull(permit.text()).text().text())
                        .startsWith("SELECT " + literal + ", ssn FROM (SELECT ")
                        .endsWith(") p");
            }
    }

    @Test
    void whatWasPreparedUnderOtherMasksIsPreparedAgain() {
        assertThat(permit(dana.parse("s", SELECT)).text()).isNotNull();
        assertThat(permit(dana.bind("", "s")).governed()).isTrue();
        policy(PLAIN);
        assertThat(sqlState(dana.bind("", "s"))).isEqualTo("26000");
        assertThat(sqlState(dana.execute(""))).isEqualTo("26000");
        assertThat(sqlState(dana.describe("s"))).isEqualTo("26000");
        policy(MASKED);
        assertThat(permit(dana.bind("", "s")).governed()).isTrue();
        policy(PLAIN);
        assertThat(permit(dana.parse("s", SELECT)).text()).isNull();
        assertThat(permit(dana.bind("", "s")).governed()).isFalse();
        policy(MASKED);
        assertThat(sqlState(dana.bind("", "s"))).isEqualTo("26000");
    }

    @Test
    void whatSqlPreparedOrDeclaredToo() {
        dana.done("PREPARE p AS SELECT ssn FROM patients");
        dana.done("BEGIN", 'T');
        dana.done("DECLARE c CURSOR FOR SELECT ssn FROM patients");
        assertThat(permit(dana.done("EXECUTE p")).governed()).isTrue();
        assertThat(permit(dana.done("FETCH c")).governed()).isTrue();
        policy(PLAIN);
        assertThat(sqlState(dana.query("EXECUTE p"))).isEqualTo("26000");
        assertThat(sqlState(dana.query("FETCH c"))).isEqualTo("26000");
    }

    @Test
    void whatIsWrittenButNotReadablePlainlyIsGoverned() {
        var permit = permit(dana.done("UPDATE codes SET code = 'x'"));
        assertThat(permit.text()).isNull();
        assertThat(permit.governed()).as("codes.label is not granted").isTrue();
    }

    @Test
    void aChangeThatCannotBeNarrowedIsDenied() {
        assertThat(sqlState(dana.query("UPDATE providers SET name = 'x'"))).isEqualTo("42501");
        var text =
                Objects.requireNonNull(permit(dana.query("UPDATE providers SET npi = 'x'")).text());
        assertThat(text.text().text())
                .endsWith(
                        "SET npi = 'x' WHERE ((\"providers\".\"name\" OPERATOR(pg_catalog.=)"
                                + " 'dana'))");
    }
}
