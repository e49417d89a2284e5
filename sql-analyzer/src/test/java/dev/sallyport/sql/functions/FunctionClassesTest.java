package dev.sallyport.sql.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Routine;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionClassesTest {
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void everyFunctionOfTheServerIsClassified(int version) {
        Set<String> unclassified = new TreeSet<>();
        for (Routine routine : SavedCatalog.clients(version).routines())
            if (FunctionClasses.of(routine) == FunctionClass.UNCLASSIFIED)
                unclassified.add(routine.schema() + "." + routine.name());
        assertThat(unclassified).isEmpty();
    }

    /// The resolver doesn't report the functions behind the server's own operators.
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void theServersOperatorsOnlyCompute(int version) {
        Set<String> others = new TreeSet<>();
        for (Operator operator : SavedCatalog.clients(version).operators()) {
            Routine function = operator.function();
            if (function == null) others.add(operator.symbol());
            else if (function.isSystem() && FunctionClasses.of(function) != FunctionClass.COMPUTES)
                others.add(operator.symbol() + " " + function.name());
        }
        assertThat(others).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "lower, COMPUTES",
        "count, COMPUTES",
        "to_jsonb, COMPUTES",
        "currval, COMPUTES",
        "pg_get_viewdef, READS_CATALOG",
        "has_table_privilege, READS_CATALOG",
        "pg_relation_size, READS_CATALOG",
        "pg_read_file, READS_FILES",
        "pg_read_binary_file, READS_FILES",
        "pg_ls_dir, READS_FILES",
        "pg_ls_waldir, READS_FILES",
        "pg_stat_file, READS_FILES",
        "lo_import, READS_FILES",
        "lo_export, READS_FILES",
        "lo_get, READS_DATA",
        "loread, READS_DATA",
        "pg_stat_get_activity, READS_DATA",
        "pg_mcv_list_items, READS_DATA",
        "currtid2, READS_DATA",
        "query_to_xml, RUNS_SQL",
        "query_to_xml_and_xmlschema, RUNS_SQL",
        "query_to_xmlschema, RUNS_SQL",
        "cursor_to_xml, RUNS_SQL",
        "cursor_to_xmlschema, RUNS_SQL",
        "table_to_xml, RUNS_SQL",
        "table_to_xml_and_xmlschema, RUNS_SQL",
        "schema_to_xml, RUNS_SQL",
        "schema_to_xml_and_xmlschema, RUNS_SQL",
        "database_to_xml, RUNS_SQL",
        "database_to_xml_and_xmlschema, RUNS_SQL",
        "ts_stat, RUNS_SQL",
        "ts_rewrite, RUNS_SQL",
        "set_config, CHANGES_SETTINGS",
        "nextval, CHANGES_DATA",
        "setval, CHANGES_DATA",
        "lo_put, CHANGES_DATA",
        "lo_unlink, CHANGES_DATA",
        "pg_logical_slot_get_changes, CHANGES_DATA",
        "pg_logical_slot_peek_changes, READS_DATA",
        "pg_cancel_backend, AFFECTS_OTHER_SESSIONS",
        "pg_notify, AFFECTS_OTHER_SESSIONS",
        "pg_terminate_backend, AFFECTS_OTHER_SESSIONS",
        "pg_advisory_lock, AFFECTS_OTHER_SESSIONS",
        "pg_reload_conf, AFFECTS_OTHER_SESSIONS",
        "pg_export_snapshot, AFFECTS_OTHER_SESSIONS",
        "pg_sleep, SLEEPS",
        "pg_sleep_for, SLEEPS",
        "pg_sleep_until, SLEEPS",
    })
    void theDangerousOnesAreWhatTheyAre(String name, FunctionClass expected) {
        assertThat(FunctionClasses.ofSystem("pg_catalog", name)).isEqualTo(expected);
    }

    @Test
    void aNameThatIsMissingIsUnclassified() {
        assertThat(FunctionClasses.ofSystem("pg_catalog", "pg_read_minds"))
                .isEqualTo(FunctionClass.UNCLASSIFIED);
    }

    @Test
    void aUsersFunctionIsTheUsersWhateverItsName() {
        Catalog catalog = SavedCatalog.fixture();
        assertThat(catalog.routines("public", "lower"))
                .extracting(FunctionClasses::of)
                .isEqualTo(List.of(FunctionClass.USER_DEFINED));
    }
}
