package dev.sallyport.mysql.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.mysql.MySqlProtocol;
import dev.sallyport.mysql.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a real MariaDB answers through the real gateway under masks and row filters is what it
/// answers about a database whose tables really were masked and filtered, as text and prepared.
class MaskedTablesTest {
    private static final String TABLES =
            """
            CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(20), ssn VARCHAR(11), zip CHAR(5),
              born DATE, age SMALLINT, income DECIMAL(10,2), note TEXT CHARACTER SET latin1, seen DATETIME(3),
              KEY (name), KEY (ssn));
            CREATE TABLE visits (id INT PRIMARY KEY, person_id INT, provider VARCHAR(10), secret VARCHAR(20),
              cost INT, day DATETIME, KEY (person_id), KEY by_cost (cost))
              PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (50), PARTITION p1 VALUES LESS THAN MAXVALUE);
            CREATE TABLE codes (code VARCHAR(20) PRIMARY KEY, label VARCHAR(20), n INT);
            CREATE TABLE copies (id INT PRIMARY KEY, a VARCHAR(30), b VARCHAR(30))\
            """;

    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - id: people
                    allow: [select, update, delete]
                    on: [masked.people]
                    mask: { name: "partial(keepFirst: 1)", ssn: redact, zip: zip3, born: year, age: age-band(10), income: bucket(100), note: "null", seen: year }
                  - { id: visits, allow: [select, update, delete], on: [masked.visits], rows: "provider = subject.attributes.provider AND day >= '2025-01-03'" }
                  - { id: new, allow: [insert], on: [masked.visits, masked.people] }
                  - { id: plain, allow: [select, insert, update, delete, ddl], on: [masked.codes, masked.copies] }
                  - { id: make, allow: [ddl, select], on: ["masked.made*"] }
                  - { id: wait, allow: [execute], on: [mysql.sleep, mysql.benchmark] }
            """;

    @TempDir static Path directory;
    private static Gateway gateway;
    private static Connection twin;
    private static Connection text;
    private static Connection prepared;

    @BeforeAll
    static void start() throws Exception {
        var server = RealMariaDb.get();
        try (var root = server.connect();
                var s = root.createStatement()) {
            for (boolean seen : List.of(false, true)) {
                var database = seen ? "masked_twin" : "masked";
                s.execute("DROP DATABASE IF EXISTS " + database);
                s.execute("CREATE DATABASE " + database + " CHARACTER SET utf8mb4");
                s.execute("USE " + database);
                for (var sql : TABLES.split(";")) s.execute(sql);
                for (var sql : rows(seen)) s.execute(sql);
            }
            s.execute("CREATE OR REPLACE USER gw_masked IDENTIFIED BY 'upstream'");
            s.execute("GRANT ALL ON masked.* TO gw_masked");
        }
        twin =
                DriverManager.getConnection(
                        "jdbc:mysql://127.0.0.1:"
                                + server.port()
                                + "/masked_twin?sslMode=REQUIRED&user=setup&password=setup");
        var identity = TestCertificates.forLocalhost();
        write("tls.crt", pem("CERTIFICATE", identity.certificate().getEncoded()));
        write("tls.key", pem("PRIVATE KEY", identity.key().getEncoded()));
        write("upstream", "upstream");
        write(
                "users.yaml",
                """
                users:
                  - { name: dana, roles: [developer], attributes: { provider: p1 }, verifier: "%s" }
                """
                        .formatted(RealServerTest.scram("dana-pw")));
        write("policy.yaml", POLICY);
        write(
                "sallyport.yaml",
                """
                gateway: test
                listeners:
                  - { protocol: mysql, host: 127.0.0.1, port: 0, database: clinic, tls: { certificate: tls.crt, key: tls.key } }
                databases:
                  - name: clinic
                    protocol: mysql
                    host: 127.0.0.1
                    port: %d
                    user: gw_masked
                    password: { file: upstream }
                    tls: { mode: disable }
                    catalog: { user: gw_masked, password: { file: upstream }, refresh: 1h }
                policies: [policy.yaml]
                users: users.yaml
                audit: { store: audit, segmentSize: 4MiB, reserve: 16MiB }
                """
                        .formatted(server.port()));
        var loaded =
                switch (ConfigLoader.load(directory.resolve("sallyport.yaml"))) {
                    case ConfigLoader.Loaded l -> l;
                    case ConfigLoader.Errors e -> throw new AssertionError(e.errors().toString());
                };
        gateway = Gateway.start(loaded, List.of(new MySqlProtocol()), _ -> {});
        assertThat(gateway.awaitReady(Duration.ofSeconds(30))).isTrue();
        text = connect("useServerPrepStmts=false");
        prepared = connect("useServerPrepStmts=true");
    }

    @AfterAll
    static void stop() throws SQLException {
        for (var connection : new Connection[] {text, prepared, twin})
            if (connection != null) connection.close();
        if (gateway != null) gateway.stop(Duration.ZERO);
    }

    private static Connection connect(String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mysql://127.0.0.1:"
                        + gateway.listeners().getFirst().port()
                        + "/masked?sslMode=REQUIRED&"
                        + options,
                "dana",
                "dana-pw");
    }

    // --- the data, and what is to be seen of it, worked out here

    private static final List<String> ZIPS =
            List.of("02139", "03601", "20310", "00501", "10001", "K1A0B");

    private static List<String> rows(boolean seen) {
        var sql = new ArrayList<String>();
        for (int i = 1; i <= 90; i++) {
            var name = List.of("Ann", "Bob", "Zoe", "J", "Ünal", "O''Neil").get(i % 6);
            var born = LocalDate.of(1920 + i, 1 + i % 12, 1 + i % 28);
            var zip = ZIPS.get(i % 6);
            int age = i * 2 - 3;
            int cents = i * 3777 - 50_000;
            var seenAt = "2024-0" + (1 + i % 9) + "-11 08:30:0" + i % 10 + ".123";
            if (seen) {
                int length = name.replace("''", "'").length();
                name = length > 1 ? name.charAt(0) + "*".repeat(length - 1) : "*";
                var oldest = LocalDate.now(java.time.ZoneOffset.UTC).minusYears(90);
                born = LocalDate.of((born.isAfter(oldest) ? born : oldest).getYear(), 1, 1);
                zip = List.of("02139", "10001").contains(zip) ? zip.substring(0, 3) : "000";
                age = age >= 90 ? 90 : age < 0 ? 0 : age / 10 * 10;
                cents = Math.floorDiv(cents, 10_000) * 10_000;
                seenAt = "2024-01-01 00:00:00.000";
            }
            sql.add(
                    "INSERT INTO people VALUES (%d, %s, '%s', '%s', '%s', %d, %s, %s, '%s')"
                            .formatted(
                                    i,
                                    i % 13 == 0 ? "NULL" : "'" + name + "'",
                                    seen ? "***" : "900-00-%04d".formatted(i * 37 % 10_000),
                                    zip,
                                    born,
                                    age,
                                    String.format(Locale.ROOT, "%.2f", cents / 100.0),
                                    seen ? "NULL" : "'note %d'".formatted(i),
                                    seenAt));
        }
        for (int i = 1; i <= 120; i++) {
            int cost = i * 7 % 1000;
            if (seen && (i % 3 != 1 || i % 28 < 2)) continue;
            sql.add(
                    "INSERT INTO visits VALUES (%d, %d, 'p%d', '800-11-%04d', %d, '2025-01-%02d')"
                            .formatted(i, i % 40, i % 3, i * 53 % 10_000, cost, 1 + i % 28));
        }
        for (int i = 1; i <= 30; i++)
            sql.add(
                    "INSERT INTO codes VALUES ('***%s', 'p%d', %d)"
                            .formatted("x".repeat(i % 7) + i, i % 4, i));
        return sql;
    }

    private static final List<String> QUERIES =
            List.of(
                    "SELECT * FROM people",
                    "SELECT p.* FROM people p WHERE p.id < 10",
                    "SELECT PEOPLE.Id FROM masked.people AS PEOPLE ORDER BY id LIMIT 3",
                    "SELECT masked.people.ssn, people.zip FROM masked.people WHERE masked.people.id"
                            + " = 7",
                    "SELECT masked.p.ssn, masked.p.* FROM people p WHERE id = 7",
                    "SELECT ssn FROM people WHERE ssn LIKE '9%'",
                    "SELECT id FROM people WHERE ssn = '900-00-0259'",
                    "SELECT id, ssn FROM people WHERE name = 'A**' ORDER BY ssn, id",
                    "SELECT count(*) FROM visits",
                    "SELECT count(*), count(secret), max(cost) FROM visits WHERE cost > 100",
                    "SELECT 1 FROM visits LIMIT 1",
                    "SELECT * FROM visits USE INDEX (by_cost) WHERE cost BETWEEN 10 AND 500",
                    "SELECT v.id FROM visits AS v FORCE INDEX FOR JOIN (by_cost), people p IGNORE"
                            + " INDEX (name) WHERE v.person_id = p.id",
                    "SELECT id FROM visits PARTITION (p0) v IGNORE INDEX (by_cost) ORDER BY id",
                    "SELECT id FROM visits PARTITION (p0, p1) ORDER BY id",
                    "SELECT * FROM people NATURAL JOIN visits",
                    "SELECT * FROM people JOIN visits USING (id) WHERE id < 60",
                    "SELECT a.id, b.ssn FROM people a JOIN people b ON a.zip = b.zip AND a.id <"
                            + " b.id",
                    "SELECT p.id, v.secret FROM people p LEFT JOIN visits v ON v.person_id = p.id",
                    "SELECT p.id, v.secret FROM visits v RIGHT JOIN people p ON v.person_id = p.id"
                            + " AND v.cost / 2 > 3",
                    "WITH people AS (SELECT id, ssn FROM masked.people WHERE id < 9) SELECT * FROM"
                            + " people",
                    "WITH v AS (SELECT person_id, sum(cost) c FROM visits GROUP BY person_id)"
                            + " SELECT p.name, v.c FROM v JOIN people p ON p.id = v.person_id",
                    "WITH RECURSIVE r (id, step) AS (SELECT id, 1 FROM visits WHERE id < 9 UNION"
                            + " ALL SELECT v.id, r.step + 1 FROM r JOIN visits v ON v.id = r.id + 3"
                            + " WHERE r.step < 4) SELECT * FROM r",
                    "SELECT ssn FROM people UNION SELECT secret FROM visits UNION ALL SELECT code"
                            + " FROM codes",
                    "(SELECT id FROM people WHERE id < 5) EXCEPT (SELECT person_id FROM visits)"
                            + " ORDER BY 1",
                    "SELECT id, (SELECT count(*) FROM visits v WHERE v.person_id = p.id) n FROM"
                            + " people p",
                    "SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.person_id"
                            + " = p.id AND v.cost > 300)",
                    "SELECT id FROM people WHERE id IN (SELECT person_id FROM visits WHERE cost >"
                            + " 300)",
                    "SELECT id FROM people WHERE id NOT IN (SELECT person_id FROM visits)",
                    "SELECT zip, count(*), min(born), max(income) FROM people GROUP BY zip HAVING"
                            + " count(*) > 2",
                    "SELECT upper(name) u, count(*) FROM people GROUP BY u",
                    "SELECT name, row_number() OVER (PARTITION BY zip ORDER BY id) FROM people",
                    "SELECT group_concat(ssn ORDER BY id) FROM people WHERE id < 5",
                    "SELECT group_concat(secret ORDER BY id SEPARATOR '|') FROM visits",
                    "SELECT DISTINCT zip, age FROM people",
                    "SELECT id FROM visits WHERE 1000 / (cost - 7) > 2",
                    "SELECT id FROM visits WHERE cost + 0 = 14 OR secret REGEXP '5$'",
                    "SELECT id FROM visits WHERE secret = 5",
                    "SELECT id, cost FROM visits ORDER BY cost DESC, id LIMIT 5 OFFSET 2",
                    "SELECT * FROM (SELECT id, secret FROM visits WHERE cost > 20) q WHERE q.secret"
                            + " > '800-11-5'",
                    "SELECT c.label, v.secret FROM codes c JOIN visits v ON v.provider = c.label",
                    "SELECT c.code FROM codes c JOIN people p ON p.ssn = c.code",
                    "SELECT id, born, year(born), seen FROM people WHERE born < '1940-01-01'",
                    "SELECT sum(income), avg(age) FROM people",
                    "SELECT id FROM people WHERE income = -500 OR age IN (0, 90)",
                    "SELECT id FROM visits WHERE (id, person_id) = (4, 4)",
                    "SELECT `ssn` AS `id`, id AS ssn FROM `people` WHERE `people`.`id` = 3",
                    "SELECT/**/ssn/**/FROM/**/people/**/WHERE/**/id=7",
                    "SELECT ssn FROM people -- all of them\n WHERE id < 3",
                    "SELECT /*! ssn, */ id FROM /*!50000 people */ WHERE id = 9",
                    "SELECT id FROM people WHERE note IS NULL",
                    "SELECT p.id, v.id FROM (people p, visits v) WHERE p.id = v.id",
                    "SELECT p.id FROM people p JOIN (visits v JOIN codes c ON c.label = v.provider)"
                            + " ON p.id = v.person_id",
                    "SELECT id FROM people WHERE ssn COLLATE utf8mb4_bin = '***' AND id < 4",
                    "SELECT concat(name, ' ', ssn) x FROM people HAVING x LIKE 'A%'",
                    "SELECT if(ssn = '***', 'masked', ssn) FROM people WHERE id < 4",
                    "SELECT length(note), hex(name) FROM people WHERE id < 9",
                    "SELECT id, sleep(0) FROM visits WHERE id < 20",
                    "SELECT @r := ssn, @r FROM people WHERE id = 7",
                    "SELECT id FROM visits WHERE (@s := secret) IS NOT NULL AND id < 9",
                    "SELECT id FROM visits WHERE id < 30 FOR UPDATE",
                    "SELECT p.id FROM people p JOIN visits v ON v.person_id = p.id WHERE p.id < 9"
                            + " LOCK IN SHARE MODE",
                    "SELECT nonsense FROM people",
                    "SELECT id FROM visits WHERE cost = 7 FOR UPDATE SKIP LOCKED");

    @Test
    void everyAnswerIsTheOneOfATrulyMaskedDatabase() throws SQLException {
        var wrong = new ArrayList<String>();
        for (var sql : QUERIES) {
            var expected = answer(twin, sql.replace("masked.", "masked_twin."));
            for (var connection : List.of(text, prepared)) {
                var actual = answer(connection, sql);
                if (!same(expected, actual))
                    wrong.add(
                            (connection == text ? "text " : "prepared ")
                                    + sql
                                    + "\n  expected "
                                    + brief(expected)
                                    + "\n  but was "
                                    + brief(actual));
            }
        }
        assertThat(wrong.stream().limit(12).toList()).isEmpty();
    }

    /// An error is one where the twin has one; how it is said is the gateway's.
    private static boolean same(List<String> expected, List<String> actual) {
        if (expected.size() == 1 && expected.getFirst().startsWith("error "))
            return actual.size() == 1
                    && actual.getFirst()
                            .startsWith(expected.getFirst().substring(0, "error 1000".length()));
        return expected.equals(actual);
    }

    private static String brief(List<String> lines) {
        var all = String.join("; ", lines).replace('\u0001', ' ');
        return all.length() > 300 ? all.substring(0, 300) + "..." : all;
    }

    /// Rows in any order, or the error.
    private static List<String> answer(Connection connection, String sql) throws SQLException {
        var rows = new ArrayList<String>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (!statement.execute()) return List.of("count " + statement.getUpdateCount());
            try (ResultSet result = statement.getResultSet()) {
                int width = result.getMetaData().getColumnCount();
                while (result.next()) {
                    var row = new StringBuilder();
                    for (int i = 1; i <= width; i++)
                        row.append(result.getString(i)).append('\u0001');
                    rows.add(row.toString());
                }
            }
            Collections.sort(rows);
            return rows;
        } catch (SQLException e) {
            return List.of("error " + e.getErrorCode() + " " + e.getMessage());
        }
    }

    private static final List<String> CHANGES =
            List.of(
                    "UPDATE visits SET cost = 1",
                    "UPDATE visits SET cost = cost + 1 WHERE cost < 100 OR cost > 500",
                    "UPDATE visits v SET v.cost = 2 WHERE (v.id = 4) OR (v.id = 5)",
                    "UPDATE masked.visits SET masked.visits.cost = 3 WHERE visits.id < 20 ORDER BY"
                            + " id LIMIT 2",
                    "UPDATE visits SET cost = 5 WHERE 1000 / (cost - 7) > 2",
                    "UPDATE visits SET cost = 5 WHERE secret LIKE '800-11-0%'",
                    "UPDATE visits v JOIN people p ON p.id = v.person_id SET v.cost = 9 WHERE p.zip"
                            + " = '000'",
                    "UPDATE visits v, codes c SET v.cost = 9, c.n = 0 WHERE c.label = v.provider",
                    "UPDATE codes c SET n = (SELECT count(*) FROM visits) WHERE c.n < 4",
                    "UPDATE codes c JOIN visits v ON v.id = c.n SET c.label = v.secret",
                    "UPDATE codes c LEFT JOIN visits v ON v.id = c.n SET c.label ="
                            + " coalesce(v.secret, 'none')",
                    "DELETE FROM visits",
                    "DELETE FROM visits WHERE id < 50",
                    "DELETE FROM visits WHERE (id < 50) AND 1 OR (id = 100)",
                    "DELETE FROM visits WHERE visits.id < 20 ORDER BY cost LIMIT 3",
                    "DELETE FROM visits ORDER BY id LIMIT 2",
                    "DELETE v FROM visits v JOIN people p ON p.id = v.person_id WHERE p.age = 0",
                    "DELETE FROM v USING visits v, codes c WHERE c.n = v.id",
                    "DELETE FROM codes WHERE n IN (SELECT id FROM visits)",
                    "DELETE FROM visits WHERE id = 4 RETURNING id, secret",
                    "DELETE FROM visits WHERE sleep(0) = 0 AND id < 10",
                    "INSERT INTO copies SELECT id, ssn, zip FROM people",
                    "INSERT INTO copies (id, a) SELECT id, secret FROM visits WHERE cost < 100 ON"
                            + " DUPLICATE KEY UPDATE a = 'again'",
                    "REPLACE INTO copies SELECT id, secret, NULL FROM visits",
                    "INSERT INTO copies SELECT p.id, p.ssn, v.secret FROM people p JOIN visits v"
                            + " USING (id)",
                    "INSERT INTO copies VALUES (1, (SELECT max(ssn) FROM people), (SELECT"
                            + " min(secret) FROM visits))",
                    "CREATE TABLE made1 SELECT id, ssn, born FROM people WHERE id < 40",
                    "CREATE TABLE made2 AS SELECT * FROM visits");

    @Test
    void everyChangeIsTheOneOfATrulyMaskedDatabase() throws SQLException {
        var wrong = new ArrayList<String>();
        for (var sql : CHANGES)
            for (var connection : List.of(text, prepared)) {
                if (!sql.startsWith("CREATE")) {
                    connection.setAutoCommit(false);
                    twin.setAutoCommit(false);
                }
                try {
                    var expected = answer(twin, sql.replace("masked.", "masked_twin."));
                    var actual = answer(connection, sql);
                    if (!same(expected, actual) || expected.getFirst().startsWith("error"))
                        wrong.add(
                                sql
                                        + "\n  expected "
                                        + brief(expected)
                                        + "\n  but was "
                                        + brief(actual));
                    for (var after :
                            List.of(
                                    "SELECT * FROM visits",
                                    "SELECT * FROM codes",
                                    "SELECT * FROM copies",
                                    sql.startsWith("CREATE TABLE")
                                            ? "SELECT * FROM " + sql.substring(13, 18)
                                            : "SELECT count(*) FROM people")) {
                        expected = answer(twin, after);
                        actual = answer(connection, after);
                        if (!expected.equals(actual))
                            wrong.add(sql + "\n  then " + after + brief(expected) + brief(actual));
                    }
                } finally {
                    if (sql.startsWith("CREATE TABLE"))
                        for (var one : List.of(twin, connection))
                            try (Statement s = one.createStatement()) {
                                s.execute("DROP TABLE " + sql.substring(13, 18));
                            }
                    else {
                        connection.rollback();
                        twin.rollback();
                        connection.setAutoCommit(true);
                        twin.setAutoCommit(true);
                    }
                }
            }
        assertThat(wrong.stream().limit(12).toList()).isEmpty();
    }

    /// What can't be narrowed is refused, and says why.
    @Test
    void whatCanNotBeNarrowedIsRefused() throws SQLException {
        var wrong = new ArrayList<String>();
        for (var sql :
                List.of(
                        "EXPLAIN SELECT ssn FROM people WHERE id = 7",
                        "EXPLAIN SELECT * FROM visits",
                        "ANALYZE SELECT * FROM visits",
                        "HANDLER people OPEN",
                        "UPDATE people SET age = 1 WHERE ssn = '900-00-0259'",
                        "UPDATE people SET name = ssn",
                        "UPDATE people SET age = 1 ORDER BY ssn LIMIT 1",
                        "DELETE FROM people WHERE ssn LIKE '900%'",
                        "DELETE FROM people WHERE id = 1 RETURNING ssn",
                        "INSERT INTO people (id, ssn) VALUES (1, 'x') ON DUPLICATE KEY UPDATE name"
                                + " = ssn",
                        "INSERT INTO visits (id, cost) VALUES (2, 1) ON DUPLICATE KEY UPDATE cost ="
                                + " 1",
                        "REPLACE INTO visits (id, cost) VALUES (2, 1)",
                        "UPDATE visits SET provider = 'p1'",
                        "UPDATE codes c LEFT JOIN visits v ON v.id = c.n SET v.cost = 1, c.n = 0",
                        "CREATE VIEW made3 AS SELECT ssn FROM people",
                        "CREATE TABLE made4 LIKE people",
                        "SELECT ssn FROM /*!50000 people PARTITION */ (p0) LIMIT 1",
                        "PREPARE s FROM 'SELECT ssn FROM people'",
                        "SELECT ssn FROM people INTO OUTFILE '/tmp/x'",
                        "BEGIN NOT ATOMIC SELECT ssn FROM people; END",
                        "SELECT id FROM visits LIMIT ROWS EXAMINED 10"))
            for (var connection : List.of(text, prepared)) {
                var answer = answer(connection, sql);
                if (!answer.getFirst().startsWith("error 1")
                        || !answer.getFirst().contains("sallyport"))
                    wrong.add(sql + ": " + brief(answer));
            }
        assertThat(wrong.stream().limit(12).toList()).isEmpty();
    }

    /// Each would tell of a hidden row by an error, by what a variable holds, or by how often
    /// something was computed, were it computed for that row. Asked directly it does.
    private static final List<String> TELLING =
            List.of(
                    "SELECT count(*) FROM visits WHERE secret = '800-11-0106' AND exp(if(id = 2,"
                            + " 1000, 1)) > 0",
                    "SELECT count(*) FROM visits WHERE exp(if(secret LIKE '800-11-01%', 1000, 1)) >"
                            + " 0",
                    "SELECT count(*) FROM visits WHERE cost * if(secret = '800-11-0106',"
                            + " 9223372036854775807, 1) > 0",
                    "SELECT count(*) FROM visits v WHERE (SELECT id FROM codes WHERE v.secret ="
                            + " '800-11-0106' OR n = 1) > 0",
                    "SELECT count(*) FROM codes c JOIN visits v ON exp(if(v.secret = '800-11-0106',"
                            + " 1000, c.n)) > 0",
                    "SELECT count(*) FROM (SELECT exp(if(secret = '800-11-0106', 1000, 1)) e FROM"
                            + " visits) q WHERE e > 0",
                    "SELECT cost FROM visits GROUP BY cost HAVING exp(if(min(secret) ="
                            + " '800-11-0106', 1000, 1)) > 0",
                    "UPDATE visits SET person_id = 1 WHERE exp(if(secret = '800-11-0106', 1000, 1))"
                            + " > 0",
                    "UPDATE visits SET person_id = 1 WHERE if(id = 2, secret, '5') = 5",
                    "DELETE FROM visits WHERE exp(if(secret = '800-11-0106', 1000, 1)) > 0",
                    "INSERT INTO copies SELECT id, secret, 1 FROM visits WHERE if(id = 2, secret,"
                            + " '5') = 5");

    @Test
    void nothingIsComputedForHiddenRows() throws SQLException {
        var wrong = new ArrayList<String>();
        try (var direct = RealMariaDb.get().connect();
                var use = direct.createStatement()) {
            use.execute("USE masked");
            for (var sql : TELLING)
                if (!undone(direct, sql).getFirst().startsWith("error 1"))
                    wrong.add("tells nothing: " + sql);
        }
        for (var switches :
                List.of("default", "derived_merge=on,condition_pushdown_for_derived=on"))
            for (var connection : List.of(text, prepared)) {
                try (var set = connection.createStatement()) {
                    set.execute("SET optimizer_switch = '" + switches + "'");
                }
                for (var sql : TELLING) {
                    var expected = undone(twin, sql);
                    var actual = undone(connection, sql);
                    if (expected.getFirst().startsWith("error") || !expected.equals(actual))
                        wrong.add(
                                sql
                                        + "\n  expected "
                                        + brief(expected)
                                        + "\n  but was "
                                        + brief(actual));
                }
            }
        // How often a variable was assigned tells of rows, too.
        for (var connection : List.of(text, prepared)) {
            answer(connection, "SET @n = 0");
            answer(connection, "SELECT count(*) FROM visits WHERE (@n := @n + 1) > 0");
            if (!answer(connection, "SELECT @n")
                    .equals(answer(twin, "SELECT count(*) FROM visits")))
                wrong.add("assigned " + answer(connection, "SELECT @n"));
        }
        assertThat(wrong.stream().limit(24).toList()).isEmpty();
    }

    /// The answer; what was changed is as before, and no row stays locked.
    private static List<String> undone(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try {
            return answer(connection, sql);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /// By what the server says of the text that the gateway sent it.
    @Test
    void pointReadsUseTheirIndex() throws SQLException {
        for (var sql :
                List.of(
                        "SELECT secret FROM visits WHERE id = 11",
                        "SELECT secret FROM visits WHERE id = 11 AND cost < 100",
                        "SELECT v.secret FROM codes c JOIN visits v ON v.person_id = c.n WHERE"
                                + " c.code = '***x1'",
                        "SELECT ssn FROM people WHERE id = 7",
                        "SELECT secret FROM visits WHERE person_id IN (11, 12) AND cost = 11"))
            assertThat(plan(sql)).as(sql).isNotEmpty().doesNotContain("ALL");
        assertThat(plan("SELECT secret FROM visits WHERE id = 11 AND cost / 2 < 9"))
                .as("behind the fence")
                .contains("ALL");
        assertThat(plan("UPDATE visits SET cost = 1 WHERE id = 11")).doesNotContain("ALL");
    }

    /// How each table is read.
    private static List<String> plan(String sql) throws SQLException {
        String sent = null;
        try (var s = text.createStatement()) {
            // The driver's executeQuery knows the first words of queries.
            assertThat(s.execute("SALLYPORT EXPLAIN " + sql)).isTrue();
            var facts = s.getResultSet();
            while (facts.next())
                if (facts.getString(1).equals("runs as")) sent = facts.getString(2);
        }
        assertThat(sent).as(sql).isNotNull();
        var types = new ArrayList<String>();
        try (var direct = RealMariaDb.get().connect();
                var s = direct.createStatement()) {
            s.execute("USE masked");
            try (var rows = s.executeQuery("EXPLAIN " + sent)) {
                while (rows.next()) types.add(String.valueOf(rows.getString("type")));
            }
        }
        return types;
    }

    private static void write(String name, String text) throws java.io.IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
                .formatted(
                        type,
                        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                                .encodeToString(der));
    }
}
