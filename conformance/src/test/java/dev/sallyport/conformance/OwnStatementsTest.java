package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `SALLYPORT ...` is answered by the gateway, in the place that an answer of the server's would
/// have; the server hears nothing of it.
@Timeout(60)
class OwnStatementsTest {
    private static final String POLICY =
            """
            database: clinic
            classify:
              phi.phone: [public.patients.phone]
              phi.name: [public.patients.last_name]
            roles:
              developer:
                purpose: Schema work
                grants:
                  - id: dev-patients
                    allow: [select]
                    on: [public.patients]
                    columns: [id, city, phone, last_name]
                    mask: { phone: hash, phi.name: redact }
                    rows: city <> 'City3'
                    limit: { rows: 100 }
                  - { id: dev-scratch, allow: [select, update], on: [public.scratch] }
                  - { id: dev-functions, allow: [execute], on: [public.add_tax] }
              billing:
                purpose: Payment
                grants:
                  - { id: bill-claims, allow: [select], on: [billing.claims] }
                  - { id: bill-paying, allow: [select], on: [public.scratch], when: "session.purpose == 'payment'" }
                  - { id: bill-ticket, allow: [select], on: [public.patients], columns: [id], when: "session.ticket == 'INC-1'" }
              owner:
                grants:
                  - { id: own-all, allow: [select], on: [public.*] }
            deny:
              - { id: no-labels, actions: [update], on: [public.scratch], columns: [id] }
            """;

    @TempDir static Path directory;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() throws Exception {
        var database = GatewayUnderTest.freshClinic("own_statements");
        try (var owner = GatewayUnderTest.postgres().connect(database);
                var statement = owner.createStatement()) {
            statement.execute("CREATE SCHEMA sallyport");
            statement.execute("CREATE TABLE sallyport.whoami (person text)");
            statement.execute("CREATE TABLE public.sallyport (whoami text)");
        }
        Files.createDirectories(directory.resolve("secrets"));
        Files.writeString(directory.resolve("secrets/hash"), "0123456789abcdef0123456789abcdef");
        gateway =
                GatewayUnderTest.start(
                        directory,
                        database,
                        Map.of(
                                "policy",
                                POLICY,
                                "login",
                                "{ failuresBeforeDelay: 1000 }\n"
                                        + "masks: { hashKey: { file: secrets/hash } }"));
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        AuditTrail.isSound(gateway.store);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SALLYPORT WHOAMI",
                "sallyport whoami;",
                "  -- who?\n /* am /* I */ */ Sallyport\tWhoAmI ; ",
            })
    void whoAmI(String sql) throws Exception {
        for (var mode : List.of("simple", "extended", "extendedForPrepared")) {
            try (var connection = gateway.connect("dev", "preferQueryMode=" + mode)) {
                var facts = facts(connection, sql);
                assertThat(facts).contains("person=dev", "role=developer: Schema work");
                assertThat(facts).contains("database=clinic");
                assertThat(facts).anyMatch(f -> f.startsWith("connection=TLSv1.3 "));
                assertThat(facts).anyMatch(f -> f.startsWith("ends at="));
                assertThat(String.join("\n", facts)).doesNotContain("billing");
            }
        }
    }

    @Test
    void grants() throws Exception {
        try (var connection = gateway.connect("dev");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SALLYPORT GRANTS")) {
            var lines = new ArrayList<String>();
            while (rows.next()) {
                var cells = new ArrayList<String>();
                for (int i = 1; i <= 7; i++) cells.add(rows.getString(i));
                lines.add(String.join("|", cells));
            }
            assertThat(lines)
                    .containsExactly(
                            "public.patients|select|id, city|as it is|(city <> 'City3')|100"
                                    + " rows|dev-patients",
                            "public.patients|select|last_name|redact|(city <> 'City3')|100"
                                    + " rows|dev-patients",
                            "public.patients|select|phone|hash|(city <> 'City3')|100"
                                    + " rows|dev-patients",
                            "public.scratch|select|*|as it is|||dev-scratch",
                            "public.scratch|update|label||||dev-scratch",
                            "public.add_tax|execute|||||dev-functions");
        }
    }

    @Test
    void explain() throws Exception {
        try (var connection = gateway.connect("dev")) {
            assertThat(facts(connection, "SALLYPORT EXPLAIN SELECT ssn FROM patients"))
                    .contains(
                            "verdict=refused",
                            "reason=column public.patients.ssn is not granted to you for select",
                            "refused=select public.patients (ssn)")
                    .anyMatch(
                            f -> f.startsWith("what to do=ask the security team to add: {allow:"));
            assertThat(facts(connection, "SALLYPORT EXPLAIN UPDATE scratch SET id = 1"))
                    .contains("verdict=refused")
                    .anyMatch(f -> f.startsWith("rule=no-labels, policy.yaml:"));
            var facts =
                    facts(connection, "SALLYPORT EXPLAIN SELECT phone FROM patients WHERE id = 7;");
            assertThat(facts)
                    .contains(
                            "verdict=permitted",
                            "masked=public.patients.phone: hash",
                            "limit=100 rows (rule dev-patients)",
                            "uses=select public.patients (id, phone)")
                    .anyMatch(f -> f.startsWith("rule=dev-patients, policy.yaml:"))
                    .anyMatch(f -> f.startsWith("runs as=SELECT phone FROM (SELECT"));
            assertThat(facts(connection, "SALLYPORT EXPLAIN SELEC 1"))
                    .contains("verdict=refused")
                    .anyMatch(f -> f.startsWith("reason=not understood"));
        }
    }

    /// pgJDBC would send them one by one.
    @Test
    void whatIsBehindIsExplainedAndNotRun() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("SALLYPORT EXPLAIN SELECT 1; SELECT id FROM scratch"));
            assertThat(types(wire)).isEqualTo("TDCZI");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SALLYPORT",
                "SALLYPORT EXPLAIN",
                "SALLYPORT FLY",
                "SALLYPORT WHOAMI; DROP TABLE scratch",
                "SALLYPORT 'whoami'",
            })
    void whatThereIsNotIsAClearError(String sql) throws Exception {
        try (var connection = gateway.connect("dev", "preferQueryMode=simple");
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(e.getSQLState()).isEqualTo("42601");
                                assertThat(e.getMessage())
                                        .contains(
                                                "SALLYPORT WHOAMI, SALLYPORT GRANTS, SALLYPORT"
                                                        + " EXPLAIN <statement>");
                            });
        }
    }

    /// Nor is one of these answered by the gateway.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM sallyport.whoami",
                "SELECT * FROM sallyport",
                "\"sallyport\" whoami",
                "SELECT 1; SALLYPORT WHOAMI",
            })
    void anObjectOfThatNameIsTheServers(String sql) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query(sql));
            var types = wire.untilReady().stream().map(m -> m.type()).toList();
            assertThat(types).containsExactly('E', 'Z');
        }
    }

    @Test
    void inTransactionsAndPipelines() throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            wire.raw(Wire.query("BEGIN"));
            assertThat(types(wire)).isEqualTo("CZT");
            wire.raw(Wire.query("SALLYPORT WHOAMI"));
            assertThat(types(wire)).isEqualTo("TDCZT");
            wire.raw(Wire.query("SELECT 1/0"));
            assertThat(types(wire)).endsWith("EZE");
            wire.raw(Wire.query("SALLYPORT EXPLAIN SELECT 1"));
            assertThat(types(wire)).isEqualTo("TDCZE");
            wire.raw(Wire.query("ROLLBACK"));
            assertThat(types(wire)).isEqualTo("CZI");
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "SELECT id FROM patients LIMIT 1"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("who", "SALLYPORT WHOAMI"),
                            Wire.describe('S', "who"),
                            Wire.bind("p", "who"),
                            Wire.describe('P', "p"),
                            Wire.execute("p", 2),
                            Wire.execute("p", 0),
                            Wire.parse("", "SELECT 1"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertThat(types(wire)).isEqualTo("12DC1tT2TDsDC12DCZI");
            // Held like any other, and closed like any other.
            wire.raw(
                    Wire.concat(
                            Wire.bind("", "who"),
                            Wire.execute("", 0),
                            Wire.close('S', "who"),
                            Wire.bind("", "who"),
                            Wire.sync()));
            assertThat(types(wire)).isEqualTo("2DC3EZI");
            // What failed before it is not made good by it.
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "SELECT ssn FROM patients"),
                            Wire.parse("", "SALLYPORT WHOAMI"),
                            Wire.sync()));
            assertThat(types(wire)).isEqualTo("EZI");
        }
    }

    @Test
    void eachIsRecordedAsWhatItIs() throws Exception {
        var name = "recorder";
        try (var connection =
                gateway.connect("dev", "ApplicationName=" + name, "assumeMinServerVersion=9.0")) {
            var _ = facts(connection, "SALLYPORT WHOAMI");
            var _ = facts(connection, "SALLYPORT EXPLAIN SELECT id FROM patients WHERE city = 'x'");
        }
        var trail = AuditTrail.of(gateway.store);
        var intents =
                trail.ofSession(trail.sessionOf(name), "statement-intent").stream()
                        .filter(e -> e.text("kind").startsWith("SALLYPORT"))
                        .toList();
        assertThat(intents)
                .extracting(e -> e.text("kind"))
                .containsExactly("SALLYPORT WHOAMI", "SALLYPORT EXPLAIN");
        assertThat(intents)
                .extracting(e -> e.text("sql"))
                .containsExactly(
                        "SALLYPORT WHOAMI",
                        "SALLYPORT EXPLAIN SELECT id FROM patients WHERE city = ?");
        assertThat(intents).allMatch(e -> e.list("rules").equals(List.of("builtin:sallyport")));
    }

    private static final String FOR_PAYMENT = "SELECT count(id) FROM scratch";
    private static final String FOR_THE_TICKET = "SELECT id FROM patients WHERE id = 7";

    /// What was decided under one purpose is not remembered under another, for that session or any.
    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void aPurposeIsReadByConditionsAndOnEveryRecord(String mode) throws Exception {
        var name = "purpose-" + mode;
        try (var connection =
                        gateway.connect(
                                "bill",
                                "preferQueryMode=" + mode,
                                "ApplicationName=" + name,
                                "assumeMinServerVersion=9.0");
                var other = gateway.connect("bill", "preferQueryMode=" + mode);
                var statement = connection.createStatement();
                var elsewhere = other.createStatement()) {
            for (int round = 0; round < 2; round++) {
                assertDenied(statement, FOR_PAYMENT);
                assertDenied(statement, FOR_THE_TICKET);
                assertThat(facts(connection, "SALLYPORT SET PURPOSE 'payment' TICKET 'INC-1'"))
                        .containsExactly("purpose=payment", "ticket=INC-1");
                statement.executeQuery(FOR_PAYMENT).close();
                statement.executeQuery(FOR_THE_TICKET).close();
                assertDenied(elsewhere, FOR_PAYMENT);
                assertDenied(elsewhere, FOR_THE_TICKET);
                assertThat(facts(connection, "SALLYPORT WHOAMI"))
                        .contains("purpose=payment", "ticket=INC-1");
                assertThat(facts(connection, "sallyport set purpose \"payment\" ticket 'INC-2';"))
                        .containsExactly("purpose=payment", "ticket=INC-2");
                statement.executeQuery(FOR_PAYMENT).close();
                assertDenied(statement, FOR_THE_TICKET);
                assertThat(facts(connection, "SALLYPORT RESET PURPOSE"))
                        .containsExactly("purpose=none");
            }
            assertDenied(statement, FOR_PAYMENT);
        }
        var trail = AuditTrail.of(gateway.store);
        var session = trail.sessionOf(name);
        assertThat(trail.ofSession(session, "purpose-declared"))
                .extracting(
                        e -> e.text("previous") + ">" + e.text("purpose") + " " + e.text("ticket"))
                .startsWith(">payment INC-1", "payment>payment INC-2", "payment> ");
        for (var intent : trail.ofSession(session, "statement-intent"))
            if (intent.text("sql").contains("scratch"))
                assertThat(intent.text("purpose"))
                        .isEqualTo(intent.text("decision").equals("permit") ? "payment" : "");
            else if (intent.text("sql").contains("patients"))
                assertThat(intent.text("ticket").equals("INC-1"))
                        .isEqualTo(intent.text("decision").equals("permit"));
    }

    @Test
    void aPreparedStatementIsDecidedAgainUnderAnotherPurpose() throws Exception {
        try (var connection = gateway.connect("bill", "prepareThreshold=1");
                var statement = connection.createStatement()) {
            statement.execute("SALLYPORT SET PURPOSE 'payment'");
            try (var prepared = connection.prepareStatement(FOR_PAYMENT)) {
                for (int i = 0; i < 3; i++) prepared.executeQuery().close();
                statement.execute("SALLYPORT RESET PURPOSE");
                assertThatThrownBy(prepared::executeQuery).hasMessageContaining("not granted");
            }
            statement.execute("SALLYPORT SET PURPOSE 'payment'");
            statement.executeQuery(FOR_PAYMENT).close();
            // A pool gives the connection to whoever comes next.
            statement.execute("DISCARD ALL");
            assertDenied(statement, FOR_PAYMENT);
        }
    }

    /// To prepare it or to describe it declares nothing.
    @Test
    void aPurposeIsDeclaredWhenItIsExecuted() throws Exception {
        try (var wire = Wire.login(gateway, "bill")) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("set", "SALLYPORT SET PURPOSE 'payment'"),
                            Wire.describe('S', "set"),
                            Wire.bind("", "set"),
                            Wire.sync()));
            assertThat(types(wire)).isEqualTo("1tT2ZI");
            wire.raw(Wire.query(FOR_PAYMENT));
            assertThat(types(wire)).isEqualTo("EZI");
            wire.raw(
                    Wire.concat(
                            Wire.bind("", "set"),
                            Wire.execute("", 0),
                            Wire.parse("", FOR_PAYMENT),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertThat(types(wire)).isEqualTo("2DC12DCZI");
        }
    }

    @Test
    void aPurposeFromStartupOptions() throws Exception {
        var name = "purpose-startup";
        try (var connection =
                        gateway.connect(
                                "bill",
                                "ApplicationName=" + name,
                                "assumeMinServerVersion=9.0",
                                "options=-c sallyport.purpose=payment -c sallyport.ticket=INC-1");
                var statement = connection.createStatement()) {
            statement.executeQuery(FOR_PAYMENT).close();
            statement.executeQuery(FOR_THE_TICKET).close();
            statement.execute("SALLYPORT SET PURPOSE 'audit'");
            assertDenied(statement, FOR_PAYMENT);
            statement.execute("DISCARD ALL");
            statement.executeQuery(FOR_PAYMENT).close();
        }
        var trail = AuditTrail.of(gateway.store);
        assertThat(trail.ofSession(trail.sessionOf(name), "purpose-declared").getFirst())
                .satisfies(e -> assertThat(e.text("purpose")).isEqualTo("payment"))
                .satisfies(e -> assertThat(e.text("ticket")).isEqualTo("INC-1"));
        for (var options :
                List.of(
                        "-c sallyport.purpose=Payment",
                        "-c sallyport.ticket=INC-1",
                        "-c sallyport.purpose=payment -c sallyport.purpose=payment"))
            assertThatThrownBy(() -> gateway.connect("bill", "options=" + options))
                    .hasMessageContaining("sallyport: ");
    }

    /// What could be somebody's name or number doesn't get into the log in clear.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SALLYPORT SET PURPOSE",
                "SALLYPORT SET PURPOSE ''",
                "SALLYPORT SET PURPOSE payment",
                "SALLYPORT SET PURPOSE 'Maria Gonzalez'",
                "SALLYPORT SET PURPOSE 'payment' TICKET",
                "SALLYPORT SET PURPOSE 'payment' TICKET '123-45-6789'",
                "SALLYPORT SET PURPOSE 'payment' TICKET 'Gonzalez'",
                "SALLYPORT SET PURPOSE 'payment' TICKET 'INC-1' AND MORE",
                "SALLYPORT SET PURPOSE 'payment'; SELECT 1",
                "SALLYPORT SET ROLE 'owner'",
                "SALLYPORT RESET",
            })
    void aPurposeHasAForm(String sql) throws Exception {
        try (var connection = gateway.connect("bill", "preferQueryMode=simple");
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42601"));
            assertDenied(statement, FOR_PAYMENT);
        }
        for (var entry : AuditTrail.of(gateway.store).entries())
            assertThat(entry.event().toString()).doesNotContain("Gonzalez", "123-45-6789");
    }

    private static void assertDenied(java.sql.Statement statement, String sql) {
        assertThatThrownBy(() -> statement.executeQuery(sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    @Test
    void psqlShowsTables() throws Exception {
        var out = gateway.psql("dev", "-c", "SALLYPORT WHOAMI").out();
        assertThat(out).contains(" item ", "value", "person", "dev", " rows)");
    }

    private static String types(Wire wire) throws Exception {
        var types = new StringBuilder();
        for (var message : wire.untilReady()) {
            char type = message.type();
            if (type == 'S' || type == 'N') continue;
            boolean again = type == 'D' && types.toString().endsWith("D");
            if (!again) types.append(type);
            if (type == 'Z') types.append((char) message.body()[0]);
        }
        return types.toString();
    }

    private static List<String> facts(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            var facts = new ArrayList<String>();
            while (rows.next()) facts.add(rows.getString("item") + "=" + rows.getString("value"));
            return facts;
        }
    }
}
