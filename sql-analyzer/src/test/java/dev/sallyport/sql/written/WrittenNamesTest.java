package dev.sallyport.sql.written;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.FootprintFixtureStatements;
import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.Window;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.lexer.LexMode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenNamesTest {

    private static List<WrittenStatement> found(String sql) {
        return switch (WrittenNames.in(new SqlText(sql), LexMode.STANDARD)) {
            case WrittenNames.Result.Found(var statements) -> statements;
            case WrittenNames.Result.Refused refused -> throw new AssertionError(refused);
        };
    }

    private static String line(WrittenStatement statement) {
        return String.join(
                        " ",
                        statement.kind().word(),
                        statement.relations().stream()
                                .map(r ->
                                        (r.use() == WrittenStatement.Use.WRITE ? "w:" : "r:")
                                                + String.join(".", r.name()))
                                .collect(Collectors.joining(" ")),
                        statement.functions().stream()
                                .map(f -> (f.called() ? "f:" : "m:") + String.join(".", f.name()))
                                .collect(Collectors.joining(" ")),
                        statement.objects().stream()
                                .map(o ->
                                        (o.use() == WrittenStatement.Use.WRITE ? "W:" : "R:")
                                                + o.type().replace(' ', '_')
                                                + "="
                                                + String.join(".", o.name()))
                                .collect(Collectors.joining(" ")))
                .replaceAll(" +", " ")
                .strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT ssn FROM public.patients p | SELECT r:public.patients
                    SELECT * FROM "Mixed"."Case" | SELECT r:Mixed.Case
                    WITH c AS (SELECT * FROM a) SELECT * FROM c, b | SELECT r:a r:b
                    WITH c AS (SELECT * FROM c) SELECT * FROM c | SELECT r:c
                    WITH RECURSIVE c AS (SELECT 1 UNION SELECT * FROM c) SELECT * FROM c | SELECT
                    WITH c AS (SELECT 1) SELECT * FROM public.c | SELECT r:public.c
                    WITH c AS (SELECT 1) INSERT INTO c SELECT * FROM c | INSERT w:c
                    SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) q, c | SELECT r:c
                    WITH d AS (DELETE FROM a RETURNING *) SELECT count(*) FROM d | SELECT w:a f:count
                    UPDATE a SET x = (SELECT f(y) FROM b) FROM c | UPDATE w:a r:b r:c f:f
                    MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE | MERGE w:a r:b
                    SELECT 1 INTO x FROM y | DDL w:x r:y
                    CREATE TABLE x AS SELECT * FROM y | DDL w:x r:y
                    CREATE VIEW v AS SELECT * FROM y | DDL w:v r:y
                    CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v | DDL w:v
                    COPY a (x) TO STDOUT | COPY OUT r:a
                    COPY a FROM '/etc/passwd' | COPY IN w:a R:server_file=
                    COPY (SELECT * FROM a) TO PROGRAM 'x' | COPY OUT r:a W:server_program=
                    EXPLAIN ANALYZE DELETE FROM a | EXPLAIN w:a
                    LOCK a IN ACCESS SHARE MODE | LOCK r:a
                    LOCK a | LOCK w:a
                    TRUNCATE a, b | TRUNCATE w:a w:b
                    REINDEX SCHEMA s | ADMIN W:schema=s
                    VACUUM | ADMIN W:database=
                    VACUUM a | ADMIN w:a
                    CALL p.archive(1) | CALL f:p.archive
                    DO $$ BEGIN DELETE FROM a; END $$ | ADMIN W:code_block=plpgsql
                    SELECT a LIKE 'x' ESCAPE 'y' FROM t | SELECT r:t f:pg_catalog.like_escape
                    SELECT * FROM t TABLESAMPLE bernoulli (1) | SELECT r:t f:bernoulli
                    GRANT SELECT ON a TO bob | DDL w:a R:role=bob
                    DROP FUNCTION f(int) | DDL m:f R:type=pg_catalog.int4
                    CREATE TRIGGER g BEFORE INSERT ON a EXECUTE FUNCTION f() | DDL w:a m:f W:trigger=g
                    SET search_path = a, b | SET W:setting=search_path
                    SHOW ALL | SHOW R:setting=
                    LISTEN c | LISTEN R:channel=c
                    PREPARE p AS SELECT * FROM a | PREPARE r:a W:prepared_statement=p
                    SET CONSTRAINTS k DEFERRED | TRANSACTION R:constraint=k
                    """)
    void namesWhatIsWritten(String sql, String expected) {
        List<WrittenStatement> statements = found(sql);
        assertThat(statements).hasSize(1);
        Set<String> want = new TreeSet<>(List.of(expected.split(" ")));
        assertThat(new TreeSet<>(List.of(line(statements.getFirst()).split(" ")))).isEqualTo(want);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SET standard_conforming_strings = off | true
                    SET standard_conforming_strings = on | false
                    SET standard_conforming_strings TO 'on' | false
                    SET LOCAL standard_conforming_strings = false | true
                    SET NAMES 'sjis' | true
                    SET client_encoding = 'UTF8' | false
                    SET work_mem = '1MB' | false
                    RESET ALL | false
                    SELECT set_config('standard_conforming_strings', 'off', false) | true
                    SELECT set_config('search_path', '', false) | false
                    SELECT set_config(x, 'off', false) FROM t | true
                    SELECT 1 FROM t WHERE set_config(is_local => true, new_value => 'off', setting_name => 'a') = '' | true
                    """)
    void knowsWhatChangesTheReadingOfLaterTexts(String sql, boolean changes) {
        assertThat(found(sql).getFirst().changesLexing()).isEqualTo(changes);
    }

    /// A new kind of node that holds a relation's or function's name must be decided about.
    @Test
    void everyNameInTheTreeIsDecidedAbout() {
        Set<String> decided =
                Set.of(
                        // Counted by NameFinder.
                        "Copy.table",
                        "CreateTableAs.name",
                        "CreateView.name",
                        "Delete.targets",
                        "FunctionCall.name",
                        "Handler.name",
                        "IntoTable.name",
                        "LockedTable.name",
                        "MaintenanceTarget.name",
                        "Mention.name",
                        "Sample.method",
                        "SequenceValue.sequence",
                        "Table.name",
                        "Target.name",
                        "Transaction.constraints",
                        // The relation of a definition's expression, mentioned by the definition.
                        "DdlExpression.relation",
                        // No relations and no functions.
                        "Collate.collation",
                        "ColumnDefinition.collation",
                        "IndexElement.collation",
                        "IndexElement.operatorClass",
                        "TypeName.name",
                        // Aliases of this query's FROM.
                        "Locking.of");
        Set<String> names = new TreeSet<>();
        for (Class<?> top :
                List.of(
                        Expression.class,
                        MySqlStatement.class,
                        Query.class,
                        Relation.class,
                        Statement.class,
                        TypeName.class,
                        Window.class,
                        With.class)) collect(top, names);
        assertThat(names).isEqualTo(new TreeSet<>(decided));
    }

    private static void collect(Class<?> type, Set<String> names) {
        if (type.isRecord())
            for (RecordComponent component : type.getRecordComponents())
                if (component
                        .getGenericType()
                        .getTypeName()
                        .contains(QualifiedName.class.getName()))
                    names.add(type.getSimpleName() + "." + component.getName());
        for (Class<?> nested : type.getDeclaredClasses()) collect(nested, names);
    }

    /// What the resolver finds in the text itself, the walk without a catalog finds, too.
    @Test
    void missesNothingThatTheResolverFinds() {
        int compared = 0;
        for (String sql : FootprintFixtureStatements.all()) {
            Analysis analysis =
                    new SqlAnalyzer()
                            .analyze(
                                    new SqlText(sql), SavedCatalog.context("pg_catalog", "public"));
            if (!(analysis instanceof Analysis.Understood(var statements))) continue;
            List<WrittenStatement> written = found(sql);
            assertThat(written).as(sql).hasSameSizeAs(statements);
            for (int i = 0; i < written.size(); i++) {
                Footprint footprint = statements.get(i).footprint();
                assertThat(written.get(i).kind()).as(sql).isEqualTo(footprint.kind());
                assertThat(written.get(i).span()).isEqualTo(statements.get(i).span());
                if (QUERIES_AND_DML.contains(footprint.kind()))
                    assertThat(lastNames(written.get(i))).as(sql).containsAll(named(footprint));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(200);
    }

    private static final Set<StatementKind> QUERIES_AND_DML =
            Set.of(
                    StatementKind.SELECT,
                    StatementKind.INSERT,
                    StatementKind.UPDATE,
                    StatementKind.DELETE,
                    StatementKind.MERGE);

    private static Set<String> lastNames(WrittenStatement statement) {
        return statement.relations().stream()
                .map(relation -> relation.name().getLast())
                .collect(Collectors.toSet());
    }

    /// Not what is reached by way of something else.
    private static Set<String> named(Footprint footprint) {
        Set<String> names = new TreeSet<>();
        for (Access access : footprint.accesses())
            if (access.via().isEmpty() && access.resource() instanceof Resource.Relation relation)
                names.add(relation.name());
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {" + 1", " UNION ALL SELECT 1", " OR EXISTS (SELECT b FROM x)"})
    void longChainsAreFollowedToTheirEnd(String link) {
        String head = link.startsWith(" OR") ? "SELECT true WHERE true" : "SELECT 1";
        String sql = head + link.repeat(800).replace("1", "(SELECT a FROM t)");
        WrittenStatement statement = found(sql).getFirst();
        assertThat(lastNames(statement)).isEqualTo(Set.of(link.contains("1") ? "t" : "x"));
    }
}
