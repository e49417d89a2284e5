package dev.sallyport.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the texts are made of, {@link CatalogQueriesTest} holds; what a server answers them,
/// `LiveChangesTest` in the conformance module.
class ExistsQueryTest {
    static final Set<Sought> OF_EACH_KIND =
            Set.of(
                    new Sought.Relation(null, "r"),
                    new Sought.Relation("s", "r"),
                    new Sought.Relation(Catalog.TEMP_SCHEMA, "r"),
                    new Sought.Routine("s", "f"),
                    new Sought.Type(null, "t"),
                    new Sought.Operator(null, "<~>"),
                    new Sought.Column("s", "r", "c"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x' OR 'x' = 'x",
                "x'); DROP TABLE patients; --",
                "x\\",
                "x\\'; DROP TABLE patients; --",
                "$$",
                "/*",
                "\u02bc",
                "\uff07",
                "\"",
                "\n",
                "%s",
                "<'~'>"
            })
    void noPartOfANameIsPartOfTheText(String name) {
        String plain = ExistsQuery.sql(Set.of(new Sought.Column("a", "a", "a")));
        assertThat(shape(ExistsQuery.sql(Set.of(new Sought.Column(name, name, name)))))
                .isEqualTo(shape(plain))
                .matches("\\p{ASCII}*")
                .doesNotContain("\\");
        String operator = ExistsQuery.sql(Set.of(new Sought.Operator(name, name)));
        assertThat(shape(operator))
                .isEqualTo(shape(ExistsQuery.sql(Set.of(new Sought.Operator("a", "a")))));
    }

    private static String shape(String sql) {
        return sql.replaceAll("'([0-9a-f]{2})*'", "'00'");
    }

    @Test
    void inAnotherEncodingThanUtf8OnlyAsciiIsAskedFor() {
        Catalog utf8 = catalog("UTF8");
        Catalog latin1 = catalog("LATIN1");
        Sought ascii = new Sought.Relation("s", "r");
        Sought other = new Sought.Relation("s", "\u00e4");
        assertThat(ExistsQuery.canAsk(Set.of(ascii, other), utf8)).isTrue();
        assertThat(ExistsQuery.canAsk(Set.of(ascii), latin1)).isTrue();
        assertThat(ExistsQuery.canAsk(Set.of(ascii, other), latin1)).isFalse();
        assertThat(ExistsQuery.canAsk(Set.of(new Sought.Relation("\u00e4", "r")), latin1))
                .isFalse();
    }

    private static Catalog catalog(String encoding) {
        CatalogBuilder builder = new CatalogBuilder();
        builder.add(CatalogQueries.SERVER, List.of("160000", "clinic", encoding));
        return builder.build(1);
    }

    @Test
    void neitherNothingNorVeryMuchIsAskedFor() {
        Catalog catalog = catalog("UTF8");
        assertThat(ExistsQuery.canAsk(Set.of(), catalog)).isFalse();
        Set<Sought> many =
                IntStream.range(0, 1_000)
                        .mapToObj(i -> new Sought.Column("s", "r" + i, "c"))
                        .collect(Collectors.toSet());
        assertThat(ExistsQuery.canAsk(many, catalog)).isFalse();
    }

    @Test
    void onlyAClearAnswerCounts() {
        assertThat(ExistsQuery.decode(List.of("true"))).isTrue();
        assertThat(ExistsQuery.decode(List.of("false"))).isFalse();
        for (List<@Nullable String> row :
                List.<List<@Nullable String>>of(
                        List.of(), List.of("t"), List.of(""), List.of("false", "false")))
            assertThatIllegalArgumentException().isThrownBy(() -> ExistsQuery.decode(row));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExistsQuery.decode(Collections.singletonList(null)));
    }
}
