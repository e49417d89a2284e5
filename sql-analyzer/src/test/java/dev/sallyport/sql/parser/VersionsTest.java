package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The texts that PostgreSQL 15 to 18 read differently, all of them. Found by giving the regression
/// suite and 80,000 mutants of it to the parsers of the four versions (`conformance/mutants`): they
/// differ in the words that became keywords, and in nothing else.
class VersionsTest {
    private static final List<Integer> VERSIONS = List.of(15, 16, 17, 18);

    /// A server that does not know the word calls a function of that name, which may be anyone's;
    /// one that does has its own meaning for it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            textBlock =
                    """
                    json(a)                 § json           § 17
                    json_scalar(a)          § json_scalar    § 17
                    json_serialize(a)       § json_serialize § 17
                    json_exists(a, '$')     § json_exists    § 17
                    json_query(a, '$')      § json_query     § 17
                    json_value(a, '$')      § json_value     § 17
                    merge_action()          § merge_action   § 17
                    json_object()           § json_object    § 16
                    json_array()            § json_array     § 16
                    json_arrayagg(a)        § json_arrayagg  § 16
                    """)
    void wordsThatWereFunctionsOnce(String call, String function, int since) {
        for (int version : VERSIONS) {
            var mentioned = mentioned("SELECT " + call + " FROM t", version);
            if (version < since) assertThat(mentioned.functions).containsExactly(function);
            else assertThat(mentioned.functions).doesNotContain(function);
        }
    }

    @Test
    void calledPlainlyJsonObjectIsTheServersOwnSince16() {
        String sql = "SELECT json_object('{a,1}'), public.json_object('{a,1}')";
        assertThat(mentioned(sql, 15).functions)
                .containsExactly("json_object", "public.json_object");
        for (int version : List.of(16, 17, 18))
            assertThat(mentioned(sql, version).functions)
                    .containsExactly("pg_catalog.json_object", "public.json_object");
    }

    @Test
    void systemUserWasAnyTablesOrColumnsName() {
        assertThat(mentioned("SELECT system_user FROM system_user", 15).relations)
                .containsExactly("system_user");
        for (int version : List.of(16, 17, 18)) {
            assertThat(mentioned("SELECT system_user", version).functions)
                    .containsExactly("pg_catalog.system_user");
            assertThat(mentioned("SELECT 1 FROM system_user", version).relations).isEmpty();
            assertThat(mentioned("SELECT 1 FROM \"system_user\"", version).relations)
                    .containsExactly("system_user");
        }
    }

    @Test
    void jsonWasAnySchemasType() {
        assertThat(mentioned("SELECT a::json FROM t", 16).names).contains("type json");
        assertThat(mentioned("SELECT a::json FROM t", 17).names).contains("type pg_catalog.json");
    }

    @Test
    void jsonTableWasAFunction() {
        assertThat(mentioned("SELECT * FROM json_table(a, b)", 16).functions)
                .containsExactly("json_table");
        assertThat(PostgresParser.parse(new SqlText("SELECT * FROM json_table(a, b)"), mode(17)))
                .isInstanceOf(ParseResult.Refused.class);
    }

    /// 16 has the predicate and the clause, though not yet the keyword's category.
    @Test
    void theJsonPredicateIsUnderstoodSince16() {
        String sql = "SELECT a IS JSON OBJECT, json_array(b FORMAT JSON) FROM t";
        for (int version : List.of(16, 17, 18))
            assertThat(mentioned(sql, version).relations).containsExactly("t");
    }

    /// What only newer servers take is taken for older ones, too, which refuse it themselves.
    @Test
    void olderServersRefuseTheRestThemselves() {
        var refused = new ArrayList<String>();
        for (String sql :
                List.of(
                        "SELECT 0x1F, 1_000",
                        "SELECT a AT LOCAL FROM t",
                        "MERGE INTO t USING u ON true WHEN NOT MATCHED BY SOURCE THEN DELETE"
                                + " RETURNING *",
                        "UPDATE t SET a = 1 RETURNING WITH (OLD AS o) o.a",
                        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a))"))
            if (PostgresParser.parse(new SqlText(sql), mode(15)) instanceof ParseResult.Refused)
                refused.add(sql);
        assertThat(refused).isEmpty();
    }

    private static LexMode mode(int version) {
        return new LexMode(true, 1_000, version, false);
    }

    private static Mentioned mentioned(String sql, int version) {
        ParseResult result = PostgresParser.parse(new SqlText(sql), mode(version));
        assertThat(result).as("%s on %s", sql, version).isInstanceOf(ParseResult.Parsed.class);
        return Mentioned.in(FixturesTest.statements((ParseResult.Parsed) result));
    }
}
