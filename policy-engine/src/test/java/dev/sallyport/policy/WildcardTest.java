package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a pattern in a grant reaches, and what it never does: what belongs to the server is named.
class WildcardTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"*\"' | select | select public.patients (ssn) | true",
                "'\"*\"' | select | select pg_temp.t (a) | true",
                "'\"*\"' | select | select pg_catalog.pg_authid (rolpassword) | false",
                "'\"*\"' | select | select pg_catalog.pg_stats (most_common_vals) | false",
                "'\"*\"' | select | select pg_toast.pg_toast_1 (chunk_data) | false",
                "pg_catalog.* | select | select pg_catalog.pg_authid (rolpassword) | true",
                "pg_catalog.pg_stat_* | select | select pg_catalog.pg_stat_activity (query) | true",
                "pg_catalog.pg_stat_* | select | select pg_catalog.pg_statistic (stavalues1) |"
                        + " false",
                "public.* | execute | execute public.age_years | true",
                "public.* | execute | execute public.dblink!runs_sql | false",
                "public.dblink | execute | execute public.dblink!runs_sql | true",
                "'\"*\"' | execute | execute pg_catalog.pg_read_file!reads_files | false",
                "pg_catalog.* | execute | execute pg_catalog.pg_read_file!reads_files | false",
                "pg_catalog.pg_read* | execute | execute pg_catalog.pg_read_file!reads_files |"
                        + " false",
                "pg_catalog.pg_read_file | execute | execute pg_catalog.pg_read_file!reads_files |"
                        + " true",
                "'\"*\"' | ddl | ddl public.t | true",
                "'\"*\"' | ddl | ddl schema:lab | true",
                "'\"*\"' | ddl | ddl type:public.mood | true",
                "'\"*\"' | ddl | ddl role:postgres | false",
                "'\"*\"' | ddl | ddl extension:dblink | false",
                "'\"*\"' | ddl | ddl pg_catalog.pg_class | false",
                "role:* | ddl | ddl role:postgres | true",
                "extension:hstore | ddl | ddl extension:dblink | false",
                "'\"*\"' | session | session setting:role | false",
                "setting:role | session | session setting:role | true",
                "setting:Log_* | session | session setting:log_statement | true",
                "channel:* | session | session channel:alerts | true",
                "public.enc* | select | select public.encounters_2026_01 (id) | true",
                "public.enc* | select | select public.patients (id) | false",
                "public.enc* | select | select billing.encounters (id) | false",
                "public.* | ddl | ddl type:public.mood | true",
                "type:* | ddl | ddl type:public.mood | true",
                "type:public.mood | ddl | ddl public.mood | false",
                "schema:public | ddl | ddl public.t | false",
            })
    void aGrantReaches(String pattern, String action, String access, boolean permitted) {
        var set =
                Fixtures.compile(
                        "database: clinic\nroles: { r: { grants: [{ id: g, allow: ["
                                + action
                                + "], on: ["
                                + pattern
                                + "] }] } }");
        assertThat(Fixtures.decide(set, Fixtures.subject("r"), access) instanceof Decision.Permit)
                .isEqualTo(permitted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"*\"' | select | select pg_catalog.pg_class (relname)",
                "'\"*\"' | execute | execute pg_catalog.lower!computes",
                "'\"*\"' | session | session setting:search_path",
                "'\"*\"' | select | select pg_temp.t (a)",
                "pg_catalog.* | select | select pg_catalog.pg_class (relname)",
                "setting:search_path | session | session setting:search_path",
            })
    void aDenyRuleReachesTheFloorToo(String pattern, String action, String access) {
        var policy =
                "database: clinic\n"
                        + "roles: { r: { grants: [{ id: g, allow: [select], on: [public.t] }] } }\n"
                        + "deny: [{ id: d, actions: ["
                        + action
                        + "], on: ["
                        + pattern
                        + "] }]";
        assertThat(
                        Fixtures.decide(Fixtures.compile(policy), Fixtures.subject("r"), access)
                                .ruleIds())
                .containsExactly("d");
    }
}
