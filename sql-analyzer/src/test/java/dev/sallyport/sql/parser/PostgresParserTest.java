package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Binary;
import dev.sallyport.sql.ast.Expression.Logical;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.parser.ParseResult.Code;
import dev.sallyport.sql.parser.ParseResult.Parsed;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.parser.ParseResult.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresParserTest {

    // ---------------------------------------------------------------- shape of expressions

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            textBlock =
                    """
                    1 + 2 * 3               § (1 + (2 * 3))
                    1 - 2 - 3               § ((1 - 2) - 3)
                    2 ^ 3 ^ 2               § ((2 ^ 3) ^ 2)
                    - 2 ^ 2                 § ((-2) ^ 2)
                    - a :: int              § (-(a::int4))
                    a || b < c + 1          § ((a || b) < (c + 1))
                    a = b AND c OR d        § (((a = b) AND c) OR d)
                    a AND b AND c           § (a AND b AND c)
                    NOT a = b AND c         § ((NOT (a = b)) AND c)
                    a = NOT b = c           § (a = (NOT (b = c)))
                    a IS NULL = b           § ((a IS NULL) = b)
                    a = b IS NULL           § ((a = b) IS NULL)
                    a < b IS NOT TRUE       § ((a < b) IS NOT TRUE)
                    a + b IN (1, 2)         § ((a + b) IN (1, 2))
                    a LIKE b || c           § (a LIKE (b || c))
                    @ a + b                 § (@(a + b))
                    a -> b -> c             § ((a -> b) -> c)
                    a COLLATE x || b        § ((a COLLATE x) || b)
                    x != y                  § (x <> y)
                    a*-b                    § (a * (-b))
                    a<-1                    § (a < (-1))
                    a @-1                   § (a @- 1)
                    """)
    void bindsAsPostgresDoes(String sql, String shape) {
        assertThat(Shape.of(expression("SELECT " + sql + " FROM t"))).isEqualTo(shape);
    }

    @Test
    void mergesClausesIntoAQueryInParentheses() {
        var query = (Query) one("(SELECT a FROM t LIMIT 1) ORDER BY b");
        assertThat(query.body()).isInstanceOf(Query.Select.class);
        assertThat(query.orderBy()).hasSize(1);
        assertThat(query.limit()).isNotNull();
    }

    @Test
    void tellsSetOperationsApart() {
        var query = (Query) one("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3");
        var union = (Query.SetOperation) query.body();
        assertThat(union.operator()).isEqualTo(Query.SetOperator.UNION);
        assertThat(((Query.SetOperation) union.right().body()).operator())
                .isEqualTo(Query.SetOperator.INTERSECT);
    }

    @Test
    void keepsTheSpanThatARewriteReplaces() {
        String sql = "SELECT 1 FROM ONLY ( public . \"Patients\" ) AS p TABLESAMPLE system (1)";
        var table = (Relation.Table) select(sql).from().get(0);
        assertThat(sql.substring(table.reference().start(), table.reference().end()))
                .isEqualTo("ONLY ( public . \"Patients\" )");
        assertThat(table.name()).hasToString("public.Patients");
        assertThat(table.only()).isTrue();
    }

    @Test
    void knowsWhetherExplainExecutes() {
        assertThat(((Statement.Explain) one("EXPLAIN ANALYZE SELECT 1")).analyze()).isTrue();
        assertThat(((Statement.Explain) one("EXPLAIN (ANALYSE) SELECT 1")).analyze()).isTrue();
        assertThat(((Statement.Explain) one("EXPLAIN (ANALYZE 1) SELECT 1")).analyze()).isTrue();
        assertThat(((Statement.Explain) one("EXPLAIN (ANALYZE 'On') SELECT 1")).analyze()).isTrue();
        assertThat(((Statement.Explain) one("EXPLAIN (ANALYZE oFF) SELECT 1")).analyze()).isFalse();
        assertThat(((Statement.Explain) one("EXPLAIN (VERBOSE) SELECT 1")).analyze()).isFalse();
        assertThat(((Statement.Explain) one("EXPLAIN (ANALYZE off, ANALYZE) SELECT 1")).analyze())
                .isTrue();
    }

    @Test
    void namesParametersAsTheServerDoes() {
        assertThat(((Statement.SetParameter) one("SET ROLE x")).name()).isEqualTo("role");
        assertThat(((Statement.SetParameter) one("SET SCHEMA 'x'")).name())
                .isEqualTo("search_path");
        assertThat(((Statement.SetParameter) one("SET Search_Path TO a")).name())
                .isEqualTo("search_path");
        assertThat(((Statement.SetParameter) one("SET \"SEARCH_PATH\" TO a")).name())
                .isEqualTo("search_path");
        assertThat(((Statement.SetParameter) one("SET NAMES 'x'")).name())
                .isEqualTo("client_encoding");
        assertThat(((Statement.ResetParameter) one("RESET SESSION AUTHORIZATION")).name())
                .isEqualTo("session_authorization");
    }

    @Test
    void seesThroughAtomicBodiesOnly() {
        var atomic =
                (Statement.Ddl)
                        one("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END");
        assertThat(atomic.statements()).hasSize(2);
        assertThat(routine(atomic).opaque()).isFalse();
        var opaque =
                (Statement.Ddl)
                        one("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql SET a.b = 1 AS ''");
        assertThat(routine(opaque).opaque()).isTrue();
        assertThat(routine(opaque).language()).isEqualTo("plpgsql");
        assertThat(routine(opaque).settings()).containsExactly("a.b");
    }

    // ---------------------------------------------------------------- several statements

    @Test
    void splitsAtSemicolonsOutsideOfBodies() {
        String sql =
                "SELECT 1; CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;; CREATE RULE"
                        + " r AS ON DELETE TO t DO (SELECT 1; SELECT 2); SELECT ';' --;\n";
        Parsed parsed = parsed(sql);
        assertThat(parsed.statements())
                .extracting(statement ->
                        sql.substring(statement.span().start(), statement.span().end()))
                .containsExactly(
                        "SELECT 1",
                        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
                        "CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2)",
                        "SELECT ';'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", ";;  -- x\n;", "/* SELECT 1 */", "--"})
    void findsNoStatementInBlanks(String sql) {
        assertThat(parsed(sql).statements()).isEmpty();
    }

    @Test
    void refusesAllWhenOneIsWrong() {
        assertThat(parse("SELECT 1; SELEC 2")).isInstanceOf(Refused.class);
    }

    // ---------------------------------------------------------------- limits

    @Test
    void takesTensOfThousandsOfOperandsInChains() {
        assertThat(expression("SELECT " + "a OR ".repeat(10_000) + "a FROM t"))
                .isInstanceOfSatisfying(
                        Logical.class, or -> assertThat(or.operands()).hasSize(10_001));
        assertThat(parse("SELECT 1 WHERE a IN (" + "1, ".repeat(50_000) + "1)"))
                .isInstanceOf(Parsed.class);
        assertThat(parse("INSERT INTO t VALUES " + "(1, 2), ".repeat(20_000) + "(1, 2)"))
                .isInstanceOf(Parsed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT %s1",
                "SELECT %s(SELECT 1)",
                "SELECT * FROM %sa",
                "SELECT * FROM %s(SELECT 1) x"
            })
    void refusesDeepParentheses(String template) {
        for (int depth : new int[] {600, 2_000, 100_000}) {
            String sql = template.formatted("(".repeat(depth)) + ")".repeat(depth);
            assertThat(parse(sql))
                    .as("%s deep", depth)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo(Code.TOO_COMPLEX));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT #- 1",
                "SELECT #NOT true",
                "SELECT #1 + # 1",
                "SELECT a# FROM t@[1]",
                "SELECT a@::text FROM t",
                "SELECT a@ IS NULL FROM t",
                "SELECT #CASE WHEN true THEN @1 END",
                "SELECT #f(@1)",
                "SELECT #ARRAY[@1]",
                "SELECT 1@ UNION SELECT 1",
                "#WITH x AS (@SELECT 1) SELECT 1",
                "SELECT * FROM a@ JOIN b ON true",
                "SELECT * FROM a@ JOIN b",
                "#EXPLAIN SELECT 1",
                "SELECT 1 GROUP BY #GROUPING SETS (@a)",
                "SELECT * FROM t WHERE #EXISTS (SELECT 1 WHERE @true)"
            })
    void neverOverflowsTheStack(String template) throws InterruptedException {
        // `#` repeats what follows it up to `@`, or `@` repeats what follows it.
        var failure = new Throwable[1];
        var thread =
                new Thread(
                        null,
                        () -> {
                            for (int n : new int[] {400, 20_000}) parse(repeat(template, n));
                        },
                        "small stack",
                        512 * 1024);
        thread.setUncaughtExceptionHandler((_, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertThat(failure[0]).isNull();
    }

    private static String repeat(String template, int n) {
        int at = template.indexOf('#');
        int to = template.indexOf('@');
        if (at >= 0 && to > at)
            return template.substring(0, at)
                    + template.substring(at + 1, to).repeat(n)
                    + template.substring(to + 1);
        int mark = Math.max(at, to);
        int end = template.indexOf(" FROM", mark);
        if (end < 0) end = template.length();
        return template.substring(0, mark)
                + template.substring(mark + 1, end).repeat(n)
                + template.substring(end);
    }

    @Test
    void takesTimeInProportionToTheLength() {
        String part = "SELECT a, b + 1, 'x' FROM t JOIN u USING (id) WHERE a IN (1, 2) OR f(b); ";
        parse(part.repeat(4_000));
        long small = time(part.repeat(4_000));
        long large = time(part.repeat(16_000));
        // Four times the input; garbage collection and other people's builds get some slack.
        assertThat((double) large / small).isLessThan(12);
    }

    @Test
    void takesLongLiteralsInLinearTime() {
        String quotes = "''".repeat(2_000_000);
        assertThat(parse("SELECT '" + quotes + "'")).isInstanceOf(Parsed.class);
        assertThat(parse("SELECT '" + quotes)).isInstanceOf(Refused.class);
        assertThat(parse("/*".repeat(1_000_000))).isInstanceOf(Refused.class);
        assertThat(parse("SELECT " + "$a$ $b$ ".repeat(200_000))).isInstanceOf(Refused.class);
        assertThat(parse("'a'\n".repeat(200_000))).isInstanceOf(Refused.class);
    }

    private static long time(String sql) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            parse(sql);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Test
    void refusesWhatIsLongerThanTheLimit() {
        assertThat(
                        PostgresParser.parse(
                                new SqlText("SELECT 12345"), new LexMode(true, 10, 18, false)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(Code.TOO_COMPLEX));
    }

    // ---------------------------------------------------------------- secrets

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'O'Secret' FROM t",
                "SELECT 'Secret' 'Secret'",
                "INSERT INTO t VALUES ('x' 'Secret')",
                "SELECT 1 FROM t WHERE a = 'Secret",
                "SELECT E'Secret\\u12'",
                "SELECT $$Secret",
                "SELECT \"Secret",
                "SET x = 'Secret' 'Secret'",
                "Secret",
                "SELECT a.b Secret Secret"
            })
    void neverQuotesLiteralsInReasons(String sql) {
        assertThat(parse(sql))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.toString()).doesNotContain("Secret"));
    }

    @Test
    void printsNoLiteralOfATree() {
        String sql =
                "SELECT 'Secret1', 4711, B'0101', $$Secret2$$, date 'Secret3' FROM t; SET x TO"
                    + " Secret4;COPY t TO 'Secret5' (DELIMITER 'Secret6'); NOTIFY c,"
                    + " 'Secret7';ALTER ROLE r PASSWORD 'Secret8'; COMMENT ON TABLE t IS 'Secret9'";
        assertThat(parsed(sql).statements().toString())
                .doesNotContain("Secret")
                .doesNotContain("4711")
                .doesNotContain("0101");
    }

    // ---------------------------------------------------------------- helpers

    private static ParseResult parse(String sql) {
        return PostgresParser.parse(new SqlText(sql), LexMode.STANDARD);
    }

    private static Parsed parsed(String sql) {
        ParseResult result = parse(sql);
        assertThat(result).as(sql).isInstanceOf(Parsed.class);
        return (Parsed) result;
    }

    private static Statement one(String sql) {
        List<ParsedStatement> statements = parsed(sql).statements();
        assertThat(statements).hasSize(1);
        return statements.get(0).statement();
    }

    private static Statement.Routine routine(Statement.Ddl ddl) {
        return java.util.Objects.requireNonNull(ddl.routine());
    }

    private static Query.Select select(String sql) {
        return (Query.Select) ((Query) one(sql)).body();
    }

    private static Expression expression(String sql) {
        return select(sql).items().get(0).expression();
    }

    /// Expressions with every operator in parentheses.
    private static final class Shape {
        static String of(Expression expression) {
            return switch (expression) {
                case Expression.Literal literal -> literal.text();
                case Expression.ColumnRef column -> column.parts().get(0).name();
                case Binary b ->
                        "(%s %s %s)".formatted(of(b.left()), b.operator().symbol(), of(b.right()));
                case Expression.Unary u -> "(" + u.operator().symbol() + of(u.operand()) + ")";
                case Logical l ->
                        l.operands().stream()
                                .map(Shape::of)
                                .reduce((a, b) -> a + (l.and() ? " AND " : " OR ") + b)
                                .map(inside -> "(" + inside + ")")
                                .orElseThrow();
                case Expression.Not n -> "(NOT " + of(n.operand()) + ")";
                case Expression.IsTest t ->
                        "("
                                + of(t.operand())
                                + (t.negated() ? " IS NOT " : " IS ")
                                + t.test()
                                + ")";
                case Expression.InList in ->
                        "("
                                + of(in.operand())
                                + " IN ("
                                + String.join(", ", in.items().stream().map(Shape::of).toList())
                                + "))";
                case Expression.Like like ->
                        "(" + of(like.operand()) + " LIKE " + of(like.pattern()) + ")";
                case Expression.Cast cast ->
                        "(" + of(cast.operand()) + "::" + cast.type().name().last() + ")";
                case Expression.Collate collate ->
                        "(" + of(collate.operand()) + " COLLATE " + collate.collation() + ")";
                default -> throw new AssertionError(expression);
            };
        }
    }
}
