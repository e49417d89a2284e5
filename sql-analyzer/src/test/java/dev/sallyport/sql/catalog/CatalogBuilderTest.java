package dev.sallyport.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.catalog.Catalog.Column;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CatalogBuilderTest {
    private final Catalog fixture = SavedCatalog.fixture();

    private Relation relation(String schema, String name) {
        return Objects.requireNonNull(fixture.relation(schema, name));
    }

    @Test
    void relationsHaveTheirKindsAndColumnsInOrder() {
        assertThat(relation("public", "patients").columns())
                .extracting(Column::name)
                .containsExactly("id", "name", "ssn", "birth_date", "insurer_id");
        assertThat(relation("public", "events").kind()).isEqualTo(RelationKind.PARTITIONED_TABLE);
        assertThat(relation("public", "visit_counts").kind())
                .isEqualTo(RelationKind.MATERIALIZED_VIEW);
        assertThat(relation("public", "ticket").kind()).isEqualTo(RelationKind.SEQUENCE);
        assertThat(relation("public", "Mixed").column("Id")).isNotNull();
        assertThat(fixture.relation("public", "mixed")).isNull();
    }

    @Test
    void partitionsAndInheritingTablesAreChildren() {
        assertThat(Catalog.descendants(relation("public", "events")))
                .containsExactly(relation("public", "events_2025"));
        assertThat(Catalog.descendants(relation("public", "staff")))
                .containsExactly(relation("public", "doctors"));
    }

    @Test
    void foreignKeysAreKnownFromTheSideReferredTo() {
        assertThat(relation("public", "patients").referencedBy())
                .containsExactly(relation("public", "visits"));
    }

    @Test
    void viewsComeWithTheirTextAndTheServersRecordOfWhatTheyReferTo() {
        Catalog.ViewDefinition view = Objects.requireNonNull(relation("app", "keys").view());
        assertThat(view.dependencies().relations()).containsExactly(relation("vault", "keys"));
        assertThat(view.dependencies().columns())
                .extracting(Catalog.ColumnOf::column)
                .containsExactlyInAnyOrder("id", "secret");
        assertThat(relation("pg_catalog", "pg_stats").view()).isNull();
    }

    @Test
    void whatAChangeSetsOffIsKnown() {
        assertThat(relation("public", "providers").setsOff())
                .singleElement()
                .satisfies(setOff -> {
                    assertThat(setOff.routine().name()).isEqualTo("audit");
                    assertThat(setOff.on()).contains(Action.UPDATE);
                });
        assertThat(Objects.requireNonNull(fixture.type("public", "code")).checkedBy())
                .extracting(Catalog.Routine::name)
                .containsExactly("check_code");
        assertThat(relation("public", "patients").setsOff()).isEmpty();
    }

    @Test
    void aFunctionsOutArgumentsAreItsResultColumns() {
        assertThat(fixture.routines("public", "stats").getFirst().resultColumns())
                .extracting(Column::name)
                .containsExactly("n", "label");
    }

    @Test
    void textArraysKeepWhatIsQuotedInThem() {
        assertThat(TextArrays.parse("{}")).isEmpty();
        assertThat(TextArrays.parse("{a,\"b,c\",\"d\\\"e\",\"\"}"))
                .containsExactly("a", "b,c", "d\"e", "");
    }

    @Test
    void theSessionsOwnTemporarySchemaIsCalledPgTempWhereTheServerSearchesIt() {
        SessionContext context =
                SessionContextQuery.decode(
                        Arrays.asList(
                                "{pg_temp_7,pg_catalog,\"My Schema\"}",
                                "pg_temp_7",
                                "ann",
                                "bob",
                                "on",
                                "UTF8"));
        assertThat(context.searchPath()).containsExactly("pg_temp", "pg_catalog", "My Schema");
        assertThat(context.currentRole()).isEqualTo("ann");
        SessionContext without =
                SessionContextQuery.decode(
                        Arrays.asList("{pg_catalog}", null, "ann", "bob", "off", "LATIN1"));
        assertThat(without.searchPath()).containsExactly("pg_catalog");
        assertThat(without.standardConformingStrings()).isFalse();
    }

    /// Issue 3's bar is 5 s and 200 MB with loading; building is a part of it.
    @Test
    void twentyThousandTablesAreBuiltInASecondOrTwo() {
        int tables = 20_000;
        int columnsEach = 20;
        CatalogBuilder builder = new CatalogBuilder();
        long started = System.nanoTime();
        builder.add(CatalogQueries.SERVER, List.of("180006", "big", "UTF8"));
        builder.add(CatalogQueries.SCHEMAS, List.of("2200", "public", "public"));
        for (int t = 0; t < tables; t++) {
            String oid = Integer.toString(100_000 + t);
            builder.add(
                    CatalogQueries.RELATIONS,
                    List.of(oid, "2200", "table_" + t, "r", "0", "false"));
            for (int c = 0; c < columnsEach; c++)
                builder.add(CatalogQueries.COLUMNS, List.of(oid, "column_" + c, "25"));
        }
        Catalog big = builder.build(7);
        long millis = (System.nanoTime() - started) / 1_000_000;
        assertThat(big.relation("public", "table_19999")).isNotNull();
        assertThat(Objects.requireNonNull(big.relation("public", "table_5")).columns())
                .hasSize(columnsEach);
        assertThat(big.epoch()).isEqualTo(7);
        assertThat(millis).isLessThan(5_000);
    }
}
