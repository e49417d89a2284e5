package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which of the server's own things everybody may use, and which nobody without a grant.
class FloorTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_statistic",
                "pg_stats",
                "pg_stats_ext",
                "pg_stats_ext_exprs",
                "pg_statistic_ext_data",
                "pg_authid",
                "pg_shadow",
                "pg_stat_activity",
                "pg_stat_statements",
                "pg_stat_user_tables",
                "pg_stat_ssl",
                "pg_stat_replication",
                "pg_stat_gssapi",
                "pg_largeobject",
                "pg_hba_file_rules",
                "pg_ident_file_mappings",
                "pg_file_settings",
                "pg_config",
                "pg_user_mapping",
                "pg_user_mappings",
                "pg_db_role_setting",
                "pg_locks",
                "pg_prepared_xacts",
                "pg_replication_slots",
                "pg_replication_origin",
                "pg_shmem_allocations",
                "pg_backend_memory_contexts",
                "pg_sequences",
                "pg_aios",
                "pg_statio_all_tables"
            })
    void dataAndSecretsNeedAGrant(String catalog) {
        assertThat(reads("pg_catalog", catalog)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_class",
                "pg_attribute",
                "pg_namespace",
                "pg_type",
                "pg_proc",
                "pg_index",
                "pg_constraint",
                "pg_roles",
                "pg_database",
                "pg_settings",
                "pg_am",
                "pg_extension",
                "pg_description",
                "pg_tables",
                "pg_views",
                "pg_trigger",
                "pg_policy",
                "pg_publication",
                "pg_event_trigger",
                "pg_foreign_table",
                "pg_statistic_ext",
                "pg_sequence",
                "pg_timezone_names",
                "pg_cast",
                "pg_enum",
                "pg_range",
                "pg_inherits",
                "pg_partitioned_table"
            })
    void descriptionsDoNot(String catalog) {
        assertThat(reads("pg_catalog", catalog)).isTrue();
    }

    @Test
    void theInformationSchemaDescribes() {
        assertThat(reads("information_schema", "tables")).isTrue();
        assertThat(reads("information_schema", "columns")).isTrue();
        assertThat(reads("information_schema", "user_mapping_options")).isFalse();
        assertThat(reads("information_schema", "_pg_user_mappings")).isFalse();
        assertThat(reads("information_schema", "pg_class")).isFalse();
        assertThat(reads("public", "pg_class")).isFalse();
        assertThat(reads("pg_toast", "pg_toast_1")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Action.class)
    void catalogsAreOnlyRead(Action action) {
        var permitted = EnumSet.of(Action.SELECT, Action.COPY_OUT);
        var access =
                Access.of(
                        action,
                        new Resource.Relation(
                                "pg_catalog", "pg_class", Resource.RelationKind.TABLE));
        assertThat(permits(access, StatementKind.SELECT).isPresent())
                .isEqualTo(permitted.contains(action));
    }

    @ParameterizedTest
    @EnumSource(Resource.FunctionClass.class)
    void onlyFunctionsThatComputeOrDescribeAreCalled(Resource.FunctionClass functionClass) {
        var harmless =
                Set.of(Resource.FunctionClass.COMPUTES, Resource.FunctionClass.READS_CATALOG);
        for (var action : Action.values()) {
            var access = Access.of(action, new Resource.Function("pg_catalog", "f", functionClass));
            assertThat(permits(access, StatementKind.SELECT).isPresent())
                    .isEqualTo(action == Action.EXECUTE && harmless.contains(functionClass));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // What psql, pgJDBC, pg_dump, DBeaver, pgbench, psycopg and asyncpg set.
                "search_path",
                "client_encoding",
                "DateStyle",
                "TimeZone",
                "IntervalStyle",
                "application_name",
                "extra_float_digits",
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "transaction_timeout",
                "standard_conforming_strings",
                "work_mem",
                "client_min_messages",
                "row_security",
                "check_function_bodies",
                "xmloption",
                "default_tablespace",
                "default_table_access_method",
                "quote_all_identifiers",
                "synchronize_seqscans",
                "bytea_output",
                "jit",
                "transaction_isolation",
                "default_transaction_read_only",
                "restrict_nonsystem_relation_kind",
                "escape_string_warning",
                "*"
            })
    void toolsMaySetWhatTheySet(String setting) {
        assertThat(sets(setting)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "role",
                "session_authorization",
                "session_replication_role",
                "local_preload_libraries",
                "session_preload_libraries",
                "dynamic_library_path",
                "log_statement",
                "log_min_duration_statement",
                "log_parameter_max_length_on_error",
                "debug_print_parse",
                "track_activities",
                "synchronous_commit",
                "password_encryption",
                "app.user_id",
                "zero_damaged_pages",
                "allow_system_table_mods",
                "unheard_of",
                ""
            })
    void nobodySetsWhatWeakensTheServer(String setting) {
        assertThat(sets(setting)).isFalse();
    }

    @Test
    void theServersSettingsAreShownAndAnApplicationsNot() {
        assertThat(shows("work_mem")).isTrue();
        assertThat(shows("*")).isTrue();
        assertThat(shows("app.user_id")).isFalse();
        assertThat(shows("sallyport.hash_inner")).isFalse();
    }

    private static boolean shows(String setting) {
        return permits(Access.of(Action.SESSION, new Resource.Setting(setting)), StatementKind.SHOW)
                .isPresent();
    }

    private static boolean reads(String schema, String name) {
        return permits(
                        Access.of(
                                Action.SELECT,
                                new Resource.Relation(schema, name, Resource.RelationKind.TABLE)),
                        StatementKind.SELECT)
                .isPresent();
    }

    private static boolean sets(String setting) {
        return permits(Access.of(Action.SESSION, new Resource.Setting(setting)), StatementKind.SET)
                .isPresent();
    }

    private static Optional<String> permits(Access access, StatementKind kind) {
        return Floor.permits(access, ReferenceEvaluator.footprint(kind, List.of(access)));
    }
}
