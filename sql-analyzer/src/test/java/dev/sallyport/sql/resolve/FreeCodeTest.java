package dev.sallyport.sql.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which bodies are known not to change what names mean. The server's own behaviour behind the ones
/// that aren't is tested in `conformance`.
class FreeCodeTest {
    private static final String HIDES =
            "BEGIN PERFORM set_config('search_path', 'evil', false); END";

    private static Catalog catalog(String language, String body) {
        return catalog(language, body, "");
    }

    private static Catalog catalog(String language, String body, String defaults) {
        CatalogBuilder builder = new CatalogBuilder();
        row(builder, CatalogQueries.SERVER, "180006", "free", "UTF8");
        row(builder, CatalogQueries.SCHEMAS, "11", "pg_catalog", "pg_catalog");
        row(builder, CatalogQueries.SCHEMAS, "2200", "public", "public");
        routine(builder, "2078", "11", "set_config", "internal");
        routine(builder, "1299", "11", "now", "internal");
        routine(builder, "20001", "2200", "tested", language);
        routine(builder, "20002", "2200", "hides", "plpgsql");
        routine(builder, "20003", "2200", "in_c", "c");
        routine(builder, "20004", "2200", "again", "plpgsql");
        row(builder, CatalogQueries.BODIES, "20001", body, defaults);
        row(builder, CatalogQueries.BODIES, "20002", HIDES, "");
        row(builder, CatalogQueries.BODIES, "20004", "BEGIN PERFORM tested(); END", "");
        row(builder, CatalogQueries.RELATIONS, "20010", "2200", "t", "r", "0", "false");
        row(builder, CatalogQueries.RELATIONS, "20011", "2200", "wired", "r", "0", "false");
        row(builder, CatalogQueries.SET_OFF, "20011", "0", "20002", "i");
        row(builder, CatalogQueries.RELATIONS, "20012", "2200", "above", "p", "0", "false");
        row(builder, CatalogQueries.INHERITANCE, "20012", "20011");
        row(builder, CatalogQueries.RELATIONS, "12000", "11", "pg_settings", "v", "0", "false");
        row(
                builder,
                CatalogQueries.RULES,
                "12001",
                "12000",
                "pg_settings_u",
                "2",
                "false",
                "CREATE RULE pg_settings_u AS ON UPDATE TO pg_catalog.pg_settings DO SELECT"
                        + " set_config(old.name, new.setting, false)",
                "{pg_catalog}",
                "on");
        row(builder, CatalogQueries.OPERATORS, "20020", "2200", "~~~", "23", "23", "23", "20002");
        return builder.build(1);
    }

    private static void row(CatalogBuilder builder, CatalogQueries query, String... values) {
        builder.add(query, Arrays.asList(values));
    }

    private static void routine(
            CatalogBuilder builder, String oid, String schema, String name, String language) {
        builder.add(
                CatalogQueries.ROUTINES,
                Arrays.asList(
                        oid, schema, name, "f", language, "23", "false", "0", "0", "0", null, null,
                        null, null, ""));
    }

    private static boolean mayUnsettle(String language, String body) {
        Catalog catalog = catalog(language, body);
        return FreeCode.of(catalog).mayUnsettle(catalog.routines("public", "tested").getFirst());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN NEW.updated_at := now(); RETURN NEW; END",
                "BEGIN NEW.at = now(); NEW.tags[1] := 'x'; RETURN NEW; END;",
                "BEGIN IF NEW.a IS NULL THEN NEW.a := 1; ELSIF NEW.b THEN NULL; ELSE a := CASE WHEN"
                        + " x THEN y ELSE z END; END IF; RETURN NEW; END",
                "DECLARE n int := 1; value text; r record; BEGIN SELECT count(*) INTO n FROM t; FOR"
                    + " r IN SELECT 1 LOOP n := n + 1; END LOOP; INSERT INTO t VALUES (n) ON"
                    + " CONFLICT DO NOTHING; UPDATE t SET a = 1; RETURN NEW; EXCEPTION WHEN others"
                    + " THEN RAISE NOTICE 'no: %', n; RETURN NULL; END",
                "<<outer>> BEGIN PERFORM 1; RETURN QUERY SELECT * FROM t; END",
                "BEGIN PERFORM again(); RETURN 1; END"
            })
    void whatOnlyReadsAndWritesRowsIsHarmless(String body) {
        assertThat(mayUnsettle("plpgsql", body)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN PERFORM set_config('role', 'x', true); END",
                "BEGIN PERFORM pg_catalog.\"set_config\"('role', 'x', true); END",
                "BEGIN SET search_path TO evil; END",
                "BEGIN SET LOCAL search_path = evil; END",
                "BEGIN IF true THEN SET ROLE x; END IF; END",
                "BEGIN IF true THEN NULL; ELSE SET ROLE x; END IF; END",
                "BEGIN LOOP RESET ALL; EXIT; END LOOP; END",
                "BEGIN <<l>> RESET ALL; END",
                "BEGIN NULL; EXCEPTION WHEN others THEN DISCARD TEMP; END",
                "BEGIN SELECT t.declare FROM t; SET search_path TO evil; END",
                "BEGIN PERFORM CASE WHEN true THEN declare END; SET search_path TO evil; END",
                "BEGIN PERFORM x.begin declare FROM t x; SET search_path TO evil; END",
                "DECLARE a int; BEGIN DECLARE b int; BEGIN SET ROLE x; END; END",
                "BEGIN EXECUTE 'SET ROLE x'; END",
                "DECLARE c CURSOR FOR SELECT 1; BEGIN OPEN c FOR EXECUTE x; END",
                "BEGIN RETURN QUERY EXECUTE x; END",
                "BEGIN CREATE TEMP TABLE providers (id int); END",
                "BEGIN DROP TABLE providers; END",
                "BEGIN ALTER ROLE x SET search_path = evil; END",
                "BEGIN ROLLBACK; END",
                "BEGIN CALL p(); END",
                "BEGIN RETURN QUERY SELECT 1 INTO fresh; END",
                "BEGIN PERFORM hides(); END",
                "BEGIN PERFORM r.hides FROM t r; END",
                "BEGIN PERFORM in_c(); END",
                "BEGIN PERFORM 1 ~~~ 2; END",
                "BEGIN INSERT INTO wired VALUES (1); END",
                "BEGIN INSERT INTO above VALUES (1); END",
                "BEGIN UPDATE pg_settings SET setting = 'evil'; END",
                "BEGIN PERFORM 'a\\'; SET ROLE x; --'; END",
                "BEGIN WAIT FOR LSN '0/0'; END",
                "BEGIN PERFORM 'unterminated; END",
            })
    void whatMightChangeNamesIsNot(String body) {
        assertThat(mayUnsettle("plpgsql", body)).isTrue();
    }

    @Test
    void bodiesInSql() {
        assertThat(mayUnsettle("sql", "SELECT 1")).isFalse();
        assertThat(mayUnsettle("sql", "INSERT INTO t VALUES (1); SELECT now();")).isFalse();
        assertThat(mayUnsettle("sql", "BEGIN ATOMIC SELECT 1; SELECT now(); END")).isFalse();
        assertThat(mayUnsettle("sql", "RETURN 1 + 1")).isFalse();
        assertThat(mayUnsettle("sql", "SELECT 1 INTO fresh")).isTrue();
        assertThat(mayUnsettle("sql", "SELECT set_config('role', 'x', true)")).isTrue();
        assertThat(mayUnsettle("sql", "SELECT 1; SET search_path TO evil")).isTrue();
        assertThat(mayUnsettle("sql", "BEGIN ATOMIC SELECT hides(); END")).isTrue();
        assertThat(mayUnsettle("sql", "CREATE TABLE fresh (id int)")).isTrue();
    }

    @Test
    void defaultsOfArgumentsAreRunAsWell() {
        Catalog catalog = catalog("sql", "SELECT 1", "hides()");
        assertThat(
                        FreeCode.of(catalog)
                                .mayUnsettle(catalog.routines("public", "tested").getFirst()))
                .isTrue();
    }

    @Test
    void whatIsNotSeenThroughIsNotKnown() {
        assertThat(mayUnsettle("plpython3u", "return 1")).isTrue();
        assertThat(mayUnsettle("plpgsql", "")).isTrue();
    }
}
