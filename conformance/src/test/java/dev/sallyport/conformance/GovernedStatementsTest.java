package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.postgresql.PGConnection;

/// Masks and row filters in each kind of statement, and through views: what holds gives the answer
/// that stands here, what can't is refused with these words.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GovernedStatementsTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                grants:
                  - { id: people, allow: [select, update, delete, copy-out], on: [public.people], mask: { ssn: redact }, rows: "id <> 7" }
                  - { id: new-people, allow: [insert], on: [public.people] }
                  - { id: cards, allow: [select, insert, update, delete, copy-out], on: [public.cards], mask: { pan: "partial(keepLast: 4)" } }
                  - { id: plain, allow: [select, insert, update, delete, copy-out], on: [public.consent, public.noted, public.guarded, public.owners_only] }
                  - { id: views, allow: [select, update, copy-out], on: [public.consented, public.tagged, public.guarded_people, public.people_copy, public.card_view, public.owners_view, public.nothing, public.listed] }
                  - { id: changed, allow: [select, insert, update, delete], on: [public.of_town, public.renamed, public.in_barrier, public.by_ssn, public.without_id, public.computing, public.agreed, public.twice, public.swapped, public.ruled, public.checked, public.by_view, public.by_copy] }
                  - { id: some, allow: [select, update, delete], on: [public.some_cards], rows: "town <> 'B'" }
                  - { id: report, allow: [select], on: [public.city_report], definer: true }
                  - { id: temp, allow: [ddl, select, insert], on: [pg_temp.*] }
                  - { id: own, allow: [ddl], on: [public.mine] }
              billing:
                grants:
                  - { id: copy, allow: [select], on: [public.people_copy], definer: true, mask: { ssn: redact } }
              owner: { grants: [ { id: o, allow: [select], on: [public.consent] } ] }
            """;

    private static final List<String> SCHEMA =
            List.of(
                    "drop schema public cascade",
                    "create schema public",
                    "create type public.mood as enum ('well', 'ill')",
                    "create table public.people (id int primary key, ssn varchar(11), city text"
                            + " collate \"C\", born date, cents numeric(8,2), mood public.mood)",
                    "insert into public.people select i, '900-00-000' || i, 'C' || i % 2, date"
                            + " '2000-01-01' + i, i, case when i % 3 = 0 then 'ill' else 'well'"
                            + " end::public.mood from generate_series(1, 9) i",
                    "create table public.cards (id int primary key, pan text, city text)",
                    "insert into public.cards values (1, '4111111111111111', 'A'), (2,"
                            + " '5500005555555559', 'B')",
                    "create table public.consent (id int)",
                    "insert into public.consent values (2), (3), (7)",
                    "create table public.noted (id int primary key, label text)",
                    "create view public.consented as select p.id, p.ssn, p.city, p.born, p.cents,"
                            + " p.mood from public.people p join public.consent c on c.id = p.id"
                            + " where p.born > date '2000-01-02' and p.mood <> 'ill' or p.id in (3,"
                            + " 7)",
                    "create view public.tagged as select id, 'public.people'::regclass::text as tag"
                            + " from public.people",
                    "create table public.guarded (id int)",
                    "alter table public.guarded enable row level security",
                    "create view public.guarded_people as select p.id, p.ssn from public.people p"
                            + " left join public.guarded g on g.id = p.id",
                    "create materialized view public.people_copy as select id, ssn from"
                            + " public.people",
                    "create view public.card_view as select id, pan, city from public.cards",
                    "create view public.city_report as select city, count(*) as n from"
                            + " public.people group by city",
                    "create table public.owners_only (id int)",
                    "create view public.owners_view as select p.id from public.people p join"
                            + " public.owners_only o on o.id = p.id where p.ssn <> ''",
                    "create view public.nothing as select from public.people where ssn <> ''",
                    "create view public.listed as select id, ssn from public.people where mood ="
                            + " any ('{well,ill}'::public.mood[]) and city = any"
                            + " ('{C0,NULL}'::text[])",
                    "create view public.of_town as select id, ssn, city, cents * 2 as twice, born"
                            + " from public.people where born < date '2000-01-09' with check"
                            + " option",
                    "create view public.renamed (no, town, cents, city) as select id, city, cents,"
                            + " ssn from public.people",
                    "create view public.in_barrier with (security_barrier) as select no, town,"
                            + " cents from public.renamed where no > 1",
                    "create view public.by_ssn as select id, city from public.people where ssn"
                            + " like '%1'",
                    "create view public.without_id as select city, cents from public.people",
                    "create view public.computing as select id, city from public.people where 1 /"
                            + " (cents - 7) < 5",
                    "create view public.agreed as select p.id, p.city from public.people p where"
                            + " exists (select from public.consent c where c.id = p.id)",
                    "create view public.twice as select p.id, p.city from public.people p where"
                            + " exists (select from public.people q where q.id = p.id + 1)",
                    "create view public.swapped (id, city) as select p.other, p.id from"
                            + " public.people p (other, x, id)",
                    "create view public.ruled as select id, city from public.people",
                    "create rule log as on update to public.ruled do also insert into public.noted"
                            + " select id, ssn from public.people",
                    "create view public.checked as select id, city, ssn from public.people where"
                            + " ssn > '900-00-0005' with check option",
                    "create view public.by_view as select c.id from public.consent c where exists"
                            + " (select from public.renamed r where r.no = c.id and r.city like"
                            + " '9%')",
                    "create view public.by_copy as select c.id from public.consent c where c.id"
                            + " in (select q.id from public.people_copy q where q.ssn like '9%')",
                    "create view public.some_cards as select id, city as town, pan from"
                            + " public.cards where id > 0",
                    "create table evil.consent (id int)",
                    "insert into evil.consent select generate_series(1, 9)",
                    "create function evil.upper(varchar) returns text language sql as 'select"
                            + " $1::text'",
                    "create view public.shouted as select upper(ssn) as s from public.people",
                    "grant usage on schema evil to sallyport_gateway, sallyport_catalog",
                    "grant usage, create on schema public to sallyport_gateway",
                    "grant usage on schema public to sallyport_catalog",
                    "grant all on all tables in schema public to sallyport_gateway",
                    "revoke all on public.owners_only from sallyport_gateway",
                    "grant select on evil.consent to sallyport_gateway",
                    "analyze");

    private GatewayUnderTest gateway;
    private Connection simple;
    private Connection extended;
    private Connection direct;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        GatewayUnderTest.freshClinic("governed");
        try (var connection = GatewayUnderTest.postgres().connect("governed");
                var statement = connection.createStatement()) {
            for (String sql : SCHEMA) statement.execute(sql);
        }
        var policy =
                POLICY.replace("public.card_view,", "public.card_view, public.shouted,")
                        .replace("[public.consent,", "[public.consent, evil.consent,");
        gateway = GatewayUnderTest.start(directory, "governed", Map.of("policy", policy));
        simple = gateway.connect("dev", "preferQueryMode=simple");
        extended = gateway.connect("dev", "prepareThreshold=1");
        direct = GatewayUnderTest.postgres().connect("governed");
    }

    @AfterAll
    void stop() throws SQLException {
        direct.close();
        gateway.close();
    }

    /// Rows as `a|b`, joined by blanks; `changed N`; or the error's message.
    private static String say(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            var parts = new ArrayList<String>();
            boolean rows = statement.execute(sql);
            while (true) {
                if (rows)
                    try (ResultSet result = statement.getResultSet()) {
                        int width = result.getMetaData().getColumnCount();
                        while (result.next()) {
                            var row = new ArrayList<String>();
                            for (int i = 1; i <= width; i++) row.add(result.getString(i));
                            parts.add(String.join("|", row));
                        }
                    }
                else if (statement.getUpdateCount() > 0)
                    parts.add("changed " + statement.getUpdateCount());
                rows = statement.getMoreResults();
                if (!rows && statement.getUpdateCount() == -1) break;
            }
            return String.join(" ", parts);
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// @param sql run in a transaction that is rolled back
    /// @param says the whole answer; behind `...` a part of the refusal's words
    record Case(String sql, String says) {
        @Override
        public String toString() {
            return sql;
        }
    }

    static final List<Case> CASES =
            List.of(
                    // Reading in each way that names a table.
                    new Case("SELECT ssn, id FROM people WHERE id IN (6, 7)", "***|6"),
                    new Case(
                            "SELECT p FROM people p WHERE id = 1 AND cents = 1",
                            "(1,***,C1," + "2000-01-02,1.00,well)"),
                    new Case("SELECT count(*) FROM people", "8"),
                    new Case(
                            "SELECT a.ssn FROM people a JOIN people b USING (id) WHERE id > 6",
                            "*** ***"),
                    new Case(
                            "SELECT l.ssn FROM consent c, LATERAL (SELECT ssn FROM people p WHERE"
                                    + " p.id = c.id) l",
                            "*** ***"),
                    new Case(
                            "SELECT ssn FROM people WHERE id = 1 UNION SELECT ssn FROM people",
                            "***"),
                    new Case("SELECT ssn FROM people WHERE id IN (1, 7) FOR UPDATE", "***"),
                    new Case(
                            "CREATE TEMP TABLE t AS SELECT id, ssn FROM people WHERE id > 6;"
                                    + " SELECT * FROM t",
                            "changed 2 8|*** 9|***"),
                    new Case(
                            "INSERT INTO noted SELECT id, ssn FROM people WHERE id > 6 RETURNING"
                                    + " id, label",
                            "8|*** 9|***"),
                    new Case(
                            "DECLARE c CURSOR FOR SELECT ssn FROM people WHERE id > 6; FETCH ALL"
                                    + " FROM c",
                            "*** ***"),
                    new Case(
                            "PREPARE s AS SELECT ssn FROM people WHERE id = $1; EXECUTE s(7);"
                                    + " EXECUTE s(8)",
                            "***"),
                    new Case(
                            "WITH w AS (SELECT * FROM people) SELECT ssn FROM w WHERE id = 9",
                            "***"),
                    new Case(
                            "EXPLAIN (COSTS OFF) SELECT * FROM people",
                            "...plans and estimates count rows that are hidden from you"),
                    new Case(
                            "EXPLAIN ANALYZE SELECT pan FROM cards",
                            "...EXPLAIN ANALYZE counts rows and values that are hidden"),
                    new Case(
                            "EXPLAIN SELECT city FROM cards WHERE pan = 'x'",
                            "Seq Scan on cards   Filter: (CASE WHEN (length(pan) > 4) THEN"
                                    + " (repeat('*'::text, (length(pan) - 4)) || \"right\"(pan, 4))"
                                    + " ELSE repeat('*'::text, length(pan)) END = 'x'::text)"),
                    // Changing.
                    new Case("UPDATE people SET city = 'x'", "changed 8"),
                    new Case(
                            "UPDATE people SET city = 'x' WHERE ssn LIKE '9%'",
                            "...column ssn of table public.people is masked for you: a statement"
                                    + " that changes the table can't use it"),
                    new Case(
                            "UPDATE people SET id = 7 WHERE id = 8",
                            "...column id says which rows of table public.people you may see, so it"
                                    + " can't be changed"),
                    new Case(
                            "DELETE FROM people RETURNING ssn",
                            "...column ssn of table public.people is masked for you"),
                    new Case("DELETE FROM people WHERE id > 5 RETURNING id", "6 8 9"),
                    new Case(
                            "UPDATE noted n SET label = p.ssn FROM people p WHERE p.id = n.id", ""),
                    new Case(
                            "INSERT INTO noted VALUES (7, 'n'), (8, 'n'); UPDATE noted n SET label"
                                    + " = p.ssn FROM people p WHERE p.id = n.id; SELECT label FROM"
                                    + " noted ORDER BY id",
                            "changed 2 changed 1 n ***"),
                    new Case(
                            "INSERT INTO noted VALUES (7, 'n'), (8, 'n'); DELETE FROM noted n USING"
                                    + " people p WHERE p.id = n.id RETURNING n.id, p.ssn",
                            "changed 2 8|***"),
                    new Case(
                            "UPDATE cards SET city = 'x' WHERE id = 1 RETURNING old.city,"
                                    + " new.city",
                            "A|x"),
                    new Case(
                            "UPDATE cards SET city = 'x' WHERE id = 1 RETURNING old.pan",
                            "...column pan of table public.cards is masked for you"),
                    new Case(
                            "UPDATE cards SET city = 'x' WHERE id = 1 RETURNING new.pan",
                            "...column pan of table public.cards is masked for you"),
                    new Case(
                            "DELETE FROM cards RETURNING old.*",
                            "...column pan of table public.cards is masked for you"),
                    new Case(
                            "WITH d AS (DELETE FROM people WHERE id > 5 RETURNING id) SELECT"
                                    + " count(*) FROM d",
                            "3"),
                    new Case(
                            "WITH u AS (UPDATE people SET city = 'x' RETURNING ssn) SELECT * FROM"
                                    + " u",
                            "...column ssn of table public.people is masked for you"),
                    new Case(
                            "WITH i AS (INSERT INTO cards VALUES (3, '1234567', 'C') RETURNING"
                                    + " pan) SELECT * FROM i",
                            "...column pan of table public.cards is masked for you"),
                    new Case(
                            "MERGE INTO people p USING consent c ON c.id = p.id WHEN MATCHED THEN"
                                    + " DELETE RETURNING p.id",
                            "2 3"),
                    new Case(
                            "MERGE INTO people p USING consent c ON 1 / (p.id - 7) < 1 AND p.id ="
                                    + " c.id WHEN MATCHED AND p.id > 2 THEN UPDATE SET city = 'm'"
                                    + " RETURNING p.id, p.city",
                            "3|m"),
                    new Case(
                            "MERGE INTO people p USING consent c ON c.id = p.id WHEN NOT MATCHED BY"
                                    + " SOURCE AND p.id > 5 THEN DELETE WHEN NOT MATCHED BY SOURCE"
                                    + " THEN UPDATE SET city = 's' RETURNING p.id, merge_action()",
                            "1|UPDATE 4|UPDATE 5|UPDATE 6|DELETE 8|DELETE 9|DELETE"),
                    // As with INSERT, a unique key tells that it is taken.
                    new Case(
                            "MERGE INTO people p USING consent c ON c.id = p.id WHEN NOT MATCHED"
                                    + " THEN INSERT (id) VALUES (c.id)",
                            "...duplicate key value violates a unique constraint"),
                    new Case(
                            "MERGE INTO people p USING consent c ON c.id = p.id WHEN NOT MATCHED"
                                    + " THEN INSERT (id, city) VALUES (c.id + 100, 'n') RETURNING"
                                    + " p.id, p.city",
                            "107|n"),
                    new Case(
                            "MERGE INTO people p USING consent c ON c.id = p.id WHEN MATCHED THEN"
                                    + " UPDATE SET id = p.id + 100",
                            "...column id says which rows of table public.people you may see, so it"
                                    + " can't be changed"),
                    new Case(
                            "MERGE INTO noted n USING people p ON p.id = n.id WHEN NOT MATCHED THEN"
                                + " INSERT VALUES (p.id, p.ssn); SELECT count(*), max(label) FROM"
                                + " noted",
                            "changed 8 8|***"),
                    new Case(
                            "MERGE INTO cards k USING consent c ON c.id = k.id WHEN MATCHED THEN"
                                    + " UPDATE SET city = 'm' RETURNING k.city",
                            "m"),
                    new Case(
                            "MERGE INTO cards k USING consent c ON c.id = k.id WHEN MATCHED AND"
                                    + " k.pan LIKE '5%' THEN DELETE",
                            "...column pan of table public.cards is masked for you"),
                    // Like a unique key's error it tells whether the key exists, and no more.
                    new Case("INSERT INTO people (id) VALUES (7) ON CONFLICT DO NOTHING", ""),
                    new Case("INSERT INTO people (id) VALUES (7) ON CONFLICT (id) DO NOTHING", ""),
                    new Case(
                            "INSERT INTO people (id, city) VALUES (6, 'c'), (7, 'c'), (100, 'c') ON"
                                    + " CONFLICT (id) DO UPDATE SET city = people.city || 'c'"
                                    + " RETURNING id, city",
                            "6|C0c 100|c"),
                    new Case(
                            "INSERT INTO people AS p (id, city) VALUES (6, 'c'), (7, 'c'), (9,"
                                    + " 'c') ON CONFLICT (id) DO UPDATE SET city = excluded.city"
                                    + " WHERE 2 / (p.id - 7) = 1 RETURNING id, city",
                            "9|c"),
                    new Case(
                            "INSERT INTO people (id) VALUES (6) ON CONFLICT (id) DO UPDATE SET id ="
                                    + " excluded.id + 1000",
                            "...column id says which rows of table public.people you may see, so it"
                                    + " can't be changed"),
                    new Case(
                            "INSERT INTO people (id, ssn) VALUES (6, 'x') ON CONFLICT (id) DO"
                                    + " UPDATE SET ssn = excluded.ssn",
                            "...column ssn of table public.people is masked for you"),
                    new Case(
                            "INSERT INTO cards VALUES (1, 'x', 'N') ON CONFLICT (id) DO UPDATE SET"
                                    + " city = excluded.city RETURNING id, city",
                            "1|N"),
                    new Case(
                            "INSERT INTO cards VALUES (1, 'x', 'N') ON CONFLICT (id) DO UPDATE SET"
                                    + " city = cards.pan",
                            "...column pan of table public.cards is masked for you"),
                    // Through views.
                    new Case("SELECT id, ssn FROM consented ORDER BY id", "2|*** 3|***"),
                    new Case(
                            "SELECT v.* FROM consented AS v (a, b) WHERE b = '***' ORDER BY a"
                                    + " LIMIT 1",
                            "2|***|C0|2000-01-03|2.00|well"),
                    new Case(
                            "WITH consent AS (SELECT generate_series(1, 9) AS id), people AS"
                                    + " (SELECT 7 AS id) SELECT id FROM consented WHERE (SELECT"
                                    + " count(*) FROM consent, people) = 9 ORDER BY id",
                            "2 3"),
                    new Case(
                            "CREATE TEMP TABLE consent AS SELECT generate_series(1, 9) AS id;"
                                    + " SELECT id FROM consented ORDER BY id",
                            "changed 9 2 3"),
                    new Case(
                            "CREATE TYPE pg_temp.mood AS ENUM ('ill'); SELECT id FROM consented",
                            "2 3"),
                    new Case(
                            "WITH consented AS (SELECT id, city FROM consented) SELECT * FROM"
                                    + " consented ORDER BY id",
                            "2|C0 3|C1"),
                    new Case("SELECT count(*) FROM consented a JOIN consented b USING (ssn)", "4"),
                    new Case("SELECT id FROM consented WHERE id > 2 FOR UPDATE", "3"),
                    new Case(
                            "SELECT pan FROM card_view WHERE pan LIKE '%1111' AND city = 'A'",
                            "************1111"),
                    new Case("EXPLAIN SELECT pan FROM card_view", "Seq Scan on cards"),
                    new Case("UPDATE card_view SET city = 'x'", "changed 2"),
                    new Case(
                            "UPDATE card_view SET city = 'x' WHERE pan LIKE '4%'",
                            "...column pan of table public.cards is masked for you: a statement"
                                    + " that changes the table can't use it"),
                    // Rows through views.
                    new Case(
                            "UPDATE of_town SET city = 'x' WHERE city = 'C1' RETURNING id",
                            "1 3 5"),
                    new Case(
                            "UPDATE of_town v SET city = 'x' WHERE 1 / (v.id - 7) < 1 RETURNING"
                                    + " v.id, city, twice",
                            "1|x|2.00 2|x|4.00 3|x|6.00 4|x|8.00 5|x|10.00 6|x|12.00"),
                    new Case("UPDATE of_town SET city = 'x'", "changed 6"),
                    new Case("DELETE FROM of_town; SELECT id FROM people", "changed 6 8 9"),
                    new Case(
                            "UPDATE of_town SET city = 'x' WHERE ssn = '900-00-0001'",
                            "...column ssn of table public.people is masked for you"),
                    new Case(
                            "DELETE FROM of_town RETURNING *",
                            "...column ssn of table public.people is masked for you"),
                    new Case(
                            "UPDATE of_town SET id = 100",
                            "...column id says which rows of table public.people you may see, so it"
                                    + " can't be changed"),
                    new Case(
                            "UPDATE of_town SET born = '2000-01-20' WHERE id = 1",
                            "...The server's message is withheld"),
                    new Case(
                            "UPDATE of_town v SET city = p.ssn FROM people p WHERE p.id = v.id AND"
                                    + " v.id < 3 RETURNING v.city",
                            "*** ***"),
                    new Case(
                            "DELETE FROM renamed WHERE no > 5 RETURNING no, town",
                            "6|C0 8|C0 9|C1"),
                    new Case(
                            "UPDATE renamed SET city = 'x' WHERE no = 1; UPDATE renamed SET town ="
                                    + " 'x' WHERE city = 'x'",
                            "changed 1 ...column ssn of table public.people is masked for you"),
                    new Case("UPDATE in_barrier SET town = 'x' RETURNING no", "2 3 4 5 6 8 9"),
                    new Case(
                            "UPDATE in_barrier SET no = no + 100",
                            "...column id says which rows of table public.people you may see"),
                    new Case(
                            "DELETE FROM in_barrier b USING consent c WHERE c.id = b.no AND 1 /"
                                    + " (b.no - 7) < 9 RETURNING b.no",
                            "2 3"),
                    new Case(
                            "DELETE FROM by_ssn",
                            "...view public.by_ssn says by column ssn of table public.people, which"
                                    + " is masked for you, which rows it has: they can't be changed"
                                    + " through it"),
                    new Case(
                            "DELETE FROM without_id WHERE city = 'C1'",
                            "...column id says which rows of table public.people you may see, and"
                                    + " view public.without_id doesn't show it"),
                    new Case(
                            "UPDATE computing SET city = 'x'",
                            "...rows of table public.people are filtered for you, and view"
                                    + " public.computing computes something to say which rows it"
                                    + " has, which could tell of hidden ones"),
                    new Case("UPDATE agreed SET city = 'x' RETURNING id", "2 3"),
                    new Case(
                            "DELETE FROM twice",
                            "...view public.twice says by table public.people, which is masked or"
                                    + " filtered for you, which rows it has"),
                    new Case(
                            "DELETE FROM by_view RETURNING id",
                            "...view public.by_view says by view public.renamed, which is masked or"
                                    + " filtered for you, which rows it has"),
                    new Case(
                            "DELETE FROM by_copy RETURNING id",
                            "...materialized view public.people_copy holds what was computed"),
                    new Case("UPDATE swapped SET city = 'x' RETURNING id", "1 2 3 4 5 6 8 9"),
                    new Case(
                            "UPDATE swapped SET id = id + 100",
                            "...column id says which rows of table public.people you may see, so it"
                                    + " can't be changed"),
                    new Case(
                            "UPDATE ruled SET city = 'x'",
                            "...view public.ruled reads what is masked or filtered for you, which"
                                    + " can't hold in changing rows through it"),
                    new Case(
                            "UPDATE checked SET city = 'x' WHERE id = 1",
                            "...view public.checked says by column ssn of table public.people"),
                    new Case(
                            "INSERT INTO checked VALUES (6, 'x', 'y') ON CONFLICT (id) DO UPDATE"
                                    + " SET city = 'x'",
                            "...view public.checked says by column ssn of table public.people"),
                    new Case(
                            "INSERT INTO of_town (id, city, born) VALUES (6, 'c', '2000-01-01'),"
                                    + " (7, 'c', '2000-01-01'), (100, 'c', '2000-01-01') ON"
                                    + " CONFLICT (id) DO UPDATE SET city = of_town.city || 'c'"
                                    + " RETURNING id, city",
                            "6|C0c 100|c"),
                    new Case(
                            "INSERT INTO renamed (no, town) VALUES (200, 'n') RETURNING no", "200"),
                    new Case(
                            "INSERT INTO renamed (no, city) VALUES (200, 'n') RETURNING city",
                            "...column ssn of table public.people is masked for you"),
                    new Case(
                            "MERGE INTO of_town v USING consent c ON c.id = v.id WHEN MATCHED THEN"
                                    + " UPDATE SET city = 'm' WHEN NOT MATCHED BY SOURCE AND v.id >"
                                    + " 4 THEN DELETE RETURNING v.id, merge_action()",
                            "2|UPDATE 3|UPDATE 5|DELETE 6|DELETE"),
                    new Case(
                            "WITH d AS (DELETE FROM renamed WHERE no > 5 RETURNING no) SELECT"
                                    + " count(*) FROM d",
                            "3"),
                    new Case("EXPLAIN DELETE FROM renamed", "...plans and estimates count rows"),
                    new Case("DELETE FROM some_cards; SELECT id FROM cards", "changed 1 2"),
                    new Case("UPDATE some_cards SET id = 7 RETURNING id, town", "7|A"),
                    new Case(
                            "UPDATE some_cards SET town = 'B'",
                            "...column town says which rows of view public.some_cards you may see"),
                    new Case(
                            "CREATE VIEW mine AS SELECT * FROM card_view",
                            "...which can't hold in "),
                    new Case(
                            "CREATE TEMP TABLE t AS SELECT * FROM card_view; SELECT pan FROM t"
                                    + " WHERE id = 1",
                            "changed 2 ************1111"),
                    new Case(
                            "SELECT * FROM tagged",
                            "...how its literal of type regclass is read depends on the session's"
                                    + " settings"),
                    new Case(
                            "SELECT * FROM guarded_people",
                            "...row security of table public.guarded goes by the view's owner"),
                    new Case(
                            "SELECT * FROM people_copy",
                            "...materialized view public.people_copy holds what was computed from"
                                    + " all of it"),
                    new Case(
                            "SELECT * FROM owners_view",
                            "...permission denied for table owners_only"),
                    new Case("SELECT count(*) FROM nothing", "8"),
                    new Case(
                            "SELECT * FROM listed",
                            "...how its array is read depends on the session's settings"),
                    new Case("SELECT * FROM city_report ORDER BY city", "C0|4 C1|5"),
                    new Case(
                            "SELECT r.n FROM city_report r JOIN people p ON p.city = r.city",
                            "...the statement also reads it through a view that shows all of it"));

    @ParameterizedTest
    @FieldSource("CASES")
    void holdsOrIsRefused(Case one) throws SQLException {
        for (Connection connection : List.of(simple, extended)) {
            connection.setAutoCommit(false);
            try {
                var answers = new ArrayList<String>();
                for (String sql : one.sql.split("; ")) answers.add(say(connection, sql));
                answers.removeIf(String::isEmpty);
                String said = String.join(" ", answers);
                int cut = one.says.indexOf("...");
                if (cut > 0) {
                    assertThat(said).startsWith(one.says.substring(0, cut));
                    assertThat(said).contains(one.says.substring(cut + 3));
                } else if (cut == 0) assertThat(said).contains(one.says.substring(3));
                else assertThat(said).isEqualTo(one.says);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /// A view's relations are those that it was made with, its functions are too or it is refused.
    @Test
    void anotherSearchPathChangesNoView() throws SQLException {
        assertThat(say(simple, "SELECT count(*) FROM shouted")).isEqualTo("8");
        for (String path : List.of("evil, public", "evil", "pg_catalog, evil", "''"))
            try {
                say(simple, "SET search_path = " + path);
                String read = say(simple, "SELECT id FROM public.consented ORDER BY id");
                // Its query holds a literal of the enum, which is found in `public` only.
                if (path.contains("public")) assertThat(read).as(path).isEqualTo("2 3");
                else assertThat(read).as(path).contains("another meaning to mood");
                String shouted = say(simple, "SELECT count(*) FROM public.shouted");
                if (path.contains("evil"))
                    assertThat(shouted)
                            .as(path)
                            .contains("the search path gives another meaning to upper");
                else assertThat(shouted).as(path).isEqualTo("8");
            } finally {
                say(simple, "RESET search_path");
            }
    }

    @Test
    void columnsOfViewsKeepTheirNamesAndTypes() throws SQLException {
        for (String sql : List.of("SELECT * FROM consented", "SELECT * FROM card_view"))
            for (Connection connection : List.of(simple, extended))
                assertThat(columns(connection, sql)).isEqualTo(columns(direct, sql));
    }

    private static List<String> columns(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            var meta = result.getMetaData();
            var columns = new ArrayList<String>();
            for (int i = 1; i <= meta.getColumnCount(); i++)
                columns.add(
                        meta.getColumnName(i)
                                + " "
                                + meta.getColumnTypeName(i)
                                + " "
                                + meta.getPrecision(i)
                                + " "
                                + meta.getScale(i));
            return columns;
        }
    }

    /// What was computed from masked columns is data of its own: whoever grants it says so, and
    /// masks it.
    @Test
    void aMaterializedViewIsMaskedAsTheTableThatItIs() throws SQLException {
        try (Connection billing = gateway.connect("bill")) {
            assertThat(say(billing, "SELECT ssn FROM people_copy WHERE id = 7")).isEqualTo("***");
        }
    }

    @Test
    void copyOfAView() throws Exception {
        assertThat(copied("COPY (SELECT id, ssn FROM consented ORDER BY id) TO STDOUT"))
                .isEqualTo("2\t***\n3\t***\n");
        assertThat(copied("COPY people (ssn, id) TO STDOUT"))
                .contains("***\t6\n***\t8\n")
                .doesNotContain("900-");
        assertThat(copied("COPY people_copy TO STDOUT")).contains("holds what was computed");
    }

    private String copied(String sql) throws Exception {
        var out = new ByteArrayOutputStream();
        try {
            simple.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
