package dev.sallyport.sql.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.catalog.Catalog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `public.patients` has its `ssn` masked, `public.visits` its rows filtered.
class RewriterTest {
    private static final Catalog CATALOG = SavedCatalog.fixture();
    private static final Catalog.Relation PATIENTS_TABLE = relation("patients");
    private static final Catalog.Relation VISITS_TABLE = relation("visits");

    private static Catalog.Relation relation(String name) {
        return Objects.requireNonNull(CATALOG.relation("public", name));
    }

    private static Substitution substitution(
            Catalog.Relation relation, Map<String, String> shown, RowCondition rows) {
        Set<String> all =
                relation.columns().stream()
                        .map(Catalog.Column::name)
                        .collect(Collectors.toUnmodifiableSet());
        return new Substitution(shown, all, _ -> "NULL::t", rows, rows);
    }

    private static Map<Catalog.Relation, Substitution> governed() {
        if (!(Condition.read("patient_id = 7", VISITS_TABLE, CATALOG)
                instanceof Condition.Result.Fit(var condition))) throw new AssertionError();
        RowCondition rows = new RowCondition(List.of(List.of(condition)));
        return Map.of(
                PATIENTS_TABLE,
                substitution(PATIENTS_TABLE, Map.of("ssn", "'***'::t"), RowCondition.ALL_ROWS),
                VISITS_TABLE,
                substitution(VISITS_TABLE, Map.of(), rows));
    }

    private static List<Analysis.Statement> statements(String sql) {
        Analysis analysis =
                new SqlAnalyzer()
                        .analyze(new SqlText(sql), SavedCatalog.context("pg_catalog", "public"));
        if (!(analysis instanceof Analysis.Understood(var statements)))
            throw new AssertionError(sql + ": " + analysis);
        return statements;
    }

    private static Rewriter.Result rewrite(String sql) {
        Map<Catalog.Relation, Substitution> governed = new HashMap<>(governed());
        References references = statements(sql).getFirst().references();
        Set<Catalog.Relation> named =
                references.all().stream()
                        .map(Reference::relation)
                        .collect(Collectors.toUnmodifiableSet());
        governed.keySet().retainAll(named);
        return Rewriter.rewrite(references, Governing.tables(governed));
    }

    private static String rewritten(String sql) {
        return switch (rewrite(sql)) {
            case Rewriter.Result.Rewritten(var edits) ->
                    RewrittenText.of(new SqlText(sql), edits).text().text();
            case Rewriter.Result.Refused(var reason, _, _) -> "refused: " + reason;
        };
    }

    /// `P(a, s)` stands for the sub-select that shows `a` and `s`, `ssn` masked; `V(a)` for the one
    /// of visits, `W(a)` where a condition outside must not be computed inside.
    private static String expand(String pattern) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            boolean patients = pattern.startsWith("P(", i);
            boolean barrier = pattern.startsWith("W(", i);
            boolean visits = barrier || pattern.startsWith("V(", i);
            if (!patients && !visits) {
                out.append(pattern.charAt(i));
                continue;
            }
            int end = pattern.indexOf(')', i);
            String table = patients ? "patients" : "visits";
            String columns =
                    List.of(pattern.substring(i + 2, end).split(",")).stream()
                            .map(String::strip)
                            .filter(c -> !c.isEmpty())
                            .map(c ->
                                    switch (c) {
                                        case "ssn" -> "'***'::t AS \"ssn\"";
                                        case String n when n.startsWith("-") ->
                                                "NULL::t AS \"" + n.substring(1) + "\"";
                                        case String n -> "\"" + table + "\".\"" + n + "\"";
                                    })
                            .collect(Collectors.joining(", "));
            out.append("(SELECT ")
                    .append(columns)
                    .append(" FROM \"public\".\"")
                    .append(table)
                    .append('"')
                    .append(
                            visits
                                    ? " WHERE ((\"visits\".\"patient_id\""
                                            + " OPERATOR(pg_catalog.=) 7))"
                                    : "")
                    .append(barrier ? " OFFSET 0)" : ")");
            i = end;
        }
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT 1 | SELECT 1",
                "SELECT id FROM providers -- p | SELECT id FROM providers -- p",
                "SELECT ssn FROM patients | SELECT ssn FROM P(ssn) AS \"patients\"",
                "SELECT p.ssn FROM public.patients  p WHERE p.id=1 |"
                        + " SELECT p.ssn FROM P(id, ssn)  p WHERE p.id=1",
                "SELECT * FROM ONLY (patients) AS x | SELECT * FROM"
                        + " (SELECT \"patients\".\"id\", \"patients\".\"name\", '***'::t AS"
                        + " \"ssn\", \"patients\".\"birth_date\", \"patients\".\"insurer_id\" FROM"
                        + " ONLY \"public\".\"patients\") AS x",
                "TABLE patients | SELECT * FROM"
                        + " P(id, name, ssn, birth_date, insurer_id) AS \"patients\"",
                "SELECT p FROM patients p | SELECT p FROM P(id, name, ssn, birth_date, insurer_id)"
                        + " p",
                "SELECT count(*) FROM patients | SELECT count(*) FROM P() AS \"patients\"",
                "SELECT public.patients.ssn FROM public.patients |"
                        + " SELECT patients.ssn FROM P(ssn) AS \"patients\"",
                "SELECT a FROM patients AS p(a, b) | SELECT a FROM"
                        + " P(id, -name, -ssn, -birth_date, -insurer_id) AS p(a, b)",
                "SELECT v.note FROM visits v, patients p WHERE v.patient_id = p.id |"
                        + " SELECT v.note FROM V(patient_id, note) v, P(id) p WHERE v.patient_id ="
                        + " p.id",
                "SELECT id FROM visits WHERE note LIKE 'a%' |"
                        + " SELECT id FROM W(id, note) AS \"visits\" WHERE note LIKE 'a%'",
                "SELECT 1 FROM patients a NATURAL JOIN app.patients b |"
                        + " SELECT 1 FROM P(id) a NATURAL JOIN app.patients b",
                "SELECT 1 FROM patients FOR UPDATE OF patients |"
                        + " SELECT 1 FROM P() AS \"patients\" FOR UPDATE OF patients",
                "WITH patients AS (SELECT ssn FROM patients) SELECT * FROM patients |"
                        + " WITH patients AS (SELECT ssn FROM P(ssn) AS \"patients\") SELECT * FROM"
                        + " patients",
                "INSERT INTO codes SELECT ssn, name FROM patients |"
                        + " INSERT INTO codes SELECT ssn, name FROM P(name, ssn) AS \"patients\"",
                "CREATE TABLE app.t AS SELECT ssn FROM patients |"
                        + " CREATE TABLE app.t AS SELECT ssn FROM P(ssn) AS \"patients\"",
                "COPY patients (ssn, id) TO STDOUT |"
                        + " COPY (SELECT '***'::t AS \"ssn\", \"patients\".\"id\" FROM ONLY"
                        + " \"public\".\"patients\") TO STDOUT",
                "COPY (SELECT ssn FROM patients) TO STDOUT |"
                        + " COPY (SELECT ssn FROM P(ssn) AS \"patients\") TO STDOUT",
                "DECLARE c CURSOR FOR SELECT ssn FROM patients |"
                        + " DECLARE c CURSOR FOR SELECT ssn FROM P(ssn) AS \"patients\"",
                "PREPARE s AS SELECT ssn FROM patients |"
                        + " PREPARE s AS SELECT ssn FROM P(ssn) AS \"patients\"",
                "EXPLAIN VERBOSE SELECT ssn FROM patients |"
                        + " EXPLAIN (VERBOSE, COSTS OFF) SELECT ssn FROM P(ssn) AS \"patients\"",
                "EXPLAIN (FORMAT json) SELECT ssn FROM patients | EXPLAIN (FORMAT json, COSTS OFF)"
                        + " SELECT ssn FROM P(ssn) AS \"patients\"",
                "UPDATE patients SET name = 'x' WHERE id = 1 |"
                        + " UPDATE patients SET name = 'x' WHERE id = 1",
                "UPDATE visits v SET note = '' |"
                        + " UPDATE visits v SET note = '' WHERE ((\"v\".\"patient_id\""
                        + " OPERATOR(pg_catalog.=) 7))",
                "DELETE FROM visits WHERE (id = 1) OR (id = 2) RETURNING id | DELETE FROM visits"
                    + " WHERE ((\"visits\".\"patient_id\" OPERATOR(pg_catalog.=) 7)) AND ( (id = 1)"
                    + " OR (id = 2)) RETURNING id",
                "DELETE FROM visits WHERE id / 2 = 1 | DELETE FROM visits WHERE CASE WHEN"
                    + " ((\"visits\".\"patient_id\" OPERATOR(pg_catalog.=) 7)) THEN ( id / 2 = 1)"
                    + " ELSE FALSE END",
                "INSERT INTO visits (id) VALUES (1) ON CONFLICT (id) DO NOTHING |"
                        + " INSERT INTO visits (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
                "INSERT INTO visits AS v (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET note = 'x'"
                    + " RETURNING v.id | INSERT INTO visits AS v (id) VALUES (1) ON CONFLICT (id)"
                    + " DO UPDATE SET note = 'x' WHERE ((\"v\".\"patient_id\""
                    + " OPERATOR(pg_catalog.=) 7)) RETURNING v.id",
                "MERGE INTO visits v USING codes c ON (v.note) = (c.code) WHEN MATCHED THEN DELETE"
                        + " WHEN NOT MATCHED BY SOURCE AND v.id = 1 THEN DELETE WHEN NOT MATCHED BY"
                        + " SOURCE THEN DO NOTHING | MERGE INTO visits v USING codes c ON"
                        + " ((\"v\".\"patient_id\" OPERATOR(pg_catalog.=) 7)) AND ( (v.note) ="
                        + " (c.code)) WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE AND"
                        + " ((\"v\".\"patient_id\" OPERATOR(pg_catalog.=) 7)) AND ( v.id = 1) THEN"
                        + " DELETE WHEN NOT MATCHED BY SOURCE AND ((\"v\".\"patient_id\""
                        + " OPERATOR(pg_catalog.=) 7)) THEN DO NOTHING",
                "LOCK TABLE patients IN ACCESS SHARE MODE |"
                        + " LOCK TABLE patients IN ACCESS SHARE MODE",
            })
    void everyReferenceIsReplacedAndNothingElse(String sql, String expected) {
        assertThat(rewritten(sql)).isEqualTo(expand(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT ctid FROM patients | column ctid of",
                "SELECT p.tableoid FROM patients p | column tableoid of",
                "SELECT ssn FROM patients TABLESAMPLE SYSTEM (10) | TABLESAMPLE of",
                "CREATE VIEW app.v AS SELECT ssn FROM patients | can't hold in a view's definition",
                "CREATE MATERIALIZED VIEW app.v AS SELECT id FROM patients | a view's definition",
                "CREATE INDEX ON patients (ssn) | can't hold in a definition",
                "ALTER TABLE patients ADD CHECK (ssn <> 'x') | can't hold in a definition",
                "UPDATE patients SET name = ssn | can't use it in conditions",
                "UPDATE patients SET name = 'x' WHERE ssn > '5' | can't use it in conditions",
                "UPDATE patients SET name = 'x' RETURNING * | can't use it in conditions",
                "DELETE FROM patients WHERE ssn = 'x' | can't use it in conditions",
                "INSERT INTO patients (id) VALUES (1) RETURNING ssn | can't use it in conditions",
                "UPDATE visits SET patient_id = 8 WHERE id = 1 | so it can't be changed",
                "UPDATE visits SET note = '' WHERE CURRENT OF c | WHERE CURRENT OF would",
                "MERGE INTO visits v USING codes c ON v.note = c.code AND v.id / 2 = 1 WHEN NOT"
                        + " MATCHED THEN DO NOTHING WHEN NOT MATCHED BY SOURCE THEN DELETE | MERGE"
                        + " can't have both",
                "INSERT INTO visits (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET patient_id = 8 |"
                        + " so it can't be changed",
                "MERGE INTO visits v USING codes c ON v.note = c.code WHEN MATCHED THEN UPDATE SET"
                        + " patient_id = 8 | so it can't be changed",
                "EXPLAIN ANALYZE SELECT ssn FROM patients | EXPLAIN ANALYZE counts",
                "EXPLAIN SELECT note FROM visits | plans and estimates count",
            })
    void whatCannotBeReplacedSafelyIsRefused(String sql, String reason) {
        assertThat(rewritten(sql)).startsWith("refused: ").contains(reason);
    }

    @Test
    void positionsAreFoundAgainInTheClientsText() {
        String sql = "SELECT 'ä😀', ssn, oops FROM patients p, oops2";
        SqlText text = new SqlText(sql.replace("oops2", "codes").replace("oops", "1   "));
        if (!(Rewriter.rewrite(
                        statements(text.text()).getFirst().references(),
                        Governing.tables(governedPatients()))
                instanceof Rewriter.Result.Rewritten(var edits))) throw new AssertionError();
        RewrittenText rewritten = RewrittenText.of(text, edits);
        String after = rewritten.text().text();
        for (String word : List.of("SELECT '", "ssn, 1", "FROM patients p", ", codes")) {
            String there = word.replace("patients p", "");
            int position = after.codePointCount(0, after.indexOf(there)) + 1;
            String original = text.text();
            assertThat(rewritten.originalPosition(position))
                    .as(word)
                    .isEqualTo(original.codePointCount(0, original.indexOf(word)) + 1);
        }
        int inside = after.indexOf("'***'") + 1;
        assertThat(rewritten.originalPosition(after.codePointCount(0, inside) + 1))
                .isEqualTo(text.text().codePointCount(0, text.text().indexOf("patients p")) + 1);
        assertThat(rewritten.originalPosition(0)).isZero();
        assertThat(rewritten.originalPosition(100_000)).isZero();
    }

    private static Map<Catalog.Relation, Substitution> governedPatients() {
        return Map.of(PATIENTS_TABLE, Objects.requireNonNull(governed().get(PATIENTS_TABLE)));
    }

    @Test
    void aGovernedRelationWithoutAPlaceIsRefused() {
        assertThat(
                        Rewriter.rewrite(
                                statements("TRUNCATE patients").getFirst().references(),
                                Governing.tables(governedPatients())))
                .isInstanceOf(Rewriter.Result.Refused.class);
    }

    @Test
    void aHostileAliasDoesNotCaptureAFiltersOwnNames() {
        Condition.Result read =
                Condition.read(
                        "EXISTS (SELECT 1 FROM public.codes c WHERE c.code = note)",
                        VISITS_TABLE,
                        CATALOG);
        if (!(read instanceof Condition.Result.Fit(var condition)))
            throw new AssertionError(read.toString());
        RowCondition rows = new RowCondition(List.of(List.of(condition)));
        Substitution visits = substitution(VISITS_TABLE, Map.of(), rows);
        References references =
                statements("DELETE FROM visits sallyport_1").getFirst().references();
        assertThat(Rewriter.rewrite(references, Governing.tables(Map.of(VISITS_TABLE, visits))))
                .isInstanceOf(Rewriter.Result.Refused.class);
    }
}
