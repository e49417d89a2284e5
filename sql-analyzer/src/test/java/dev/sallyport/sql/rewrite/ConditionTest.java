package dev.sallyport.sql.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.catalog.Catalog;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {
    private static final Catalog CATALOG = SavedCatalog.fixture();

    private static String written(String sql) {
        Catalog.Relation patients = Objects.requireNonNull(CATALOG.relation("public", "patients"));
        return switch (Condition.read(sql, patients, CATALOG)) {
            case Condition.Result.Fit(var condition) -> condition.sql("p");
            case Condition.Result.Unfit(var reason) -> "unfit: " + reason;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "id = 7 | (\"p\".\"id\" OPERATOR(pg_catalog.=) 7)",
                "patients.id <> 7 | (\"p\".\"id\" OPERATOR(pg_catalog.<>) 7)",
                "name LIKE 'a''\\%' | (\"p\".\"name\" OPERATOR(pg_catalog.~~) E'a''\\\\%')",
                "id IN (1, 2) | ((\"p\".\"id\" OPERATOR(pg_catalog.=) 1) OR (\"p\".\"id\""
                        + " OPERATOR(pg_catalog.=) 2))",
                "id NOT BETWEEN 1 AND 2 | (NOT ((\"p\".\"id\" OPERATOR(pg_catalog.>=) 1) AND"
                        + " (\"p\".\"id\" OPERATOR(pg_catalog.<=) 2)))",
                "name IS DISTINCT FROM ssn | (NOT ((\"p\".\"name\" OPERATOR(pg_catalog.=)"
                        + " \"p\".\"ssn\") IS TRUE OR (\"p\".\"name\" IS NULL AND \"p\".\"ssn\" IS"
                        + " NULL)))",
                "pg_catalog.lower(name) = 'é' | (\"pg_catalog\".\"lower\"(\"p\".\"name\")"
                        + " OPERATOR(pg_catalog.=) E'\\u00E9')",
                "id = ANY ('{1,2}'::int[]) | (\"p\".\"id\" OPERATOR(pg_catalog.=) ANY"
                        + " (('{1,2}')::\"pg_catalog\".\"int4\"[]))",
                "id IN (SELECT patient_id FROM public.visits WHERE note = name) |"
                        + " (\"p\".\"id\" OPERATOR(pg_catalog.=) ANY (SELECT"
                        + " \"sallyport_1\".\"patient_id\" FROM \"public\".\"visits\" AS"
                        + " \"sallyport_1\" WHERE (\"sallyport_1\".\"note\" OPERATOR(pg_catalog.=)"
                        + " \"p\".\"name\")))",
                "true | TRUE",
            })
    void everyNameAndOperatorIsQualified(String sql, String expected) {
        assertThat(written(sql)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lower(name) = 'x' | function lower needs its schema",
                "nobody = 1 | column nobody",
                "id = $1 | a parameter",
                "id = 1) OR (true | (",
                "id IN (SELECT id FROM visits) | needs its schema",
                "p IS NULL | column p",
                "(id, name) = (1, 'x') | a row",
                "id OPERATOR(public.=) 7 | not the server's own",
                "exists (select * from public.visits) | *",
                "count(*) > 1 | function count",
            })
    void whatCannotBeIsRefused(String sql, String reason) {
        if (reason.equals("("))
            assertThat(written(sql)).contains("(\"p\".\"id\" OPERATOR(pg_catalog.=) 1) OR TRUE");
        else assertThat(written(sql)).startsWith("unfit: ").contains(reason);
    }
}
