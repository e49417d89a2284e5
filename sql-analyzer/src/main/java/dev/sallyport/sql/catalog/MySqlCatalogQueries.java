package dev.sallyport.sql.catalog;

import java.util.Arrays;
import java.util.List;

/// The queries whose rows make a {@link Catalog} of MySQL or MariaDB: information_schema only, for
/// an account without any right to data. Every value is read as text, in UTF-8.
public enum MySqlCatalogQueries {
    /// Version, lower_case_table_names, the schema connected to.
    SERVER("SELECT VERSION(), @@GLOBAL.lower_case_table_names, DATABASE()"),
    /// What the account may do everywhere (schema `*`) and in which schemas: what it wasn't told of
    /// can't be taken for absent.
    PRIVILEGES(
            """
            SELECT '*', PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
             WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()
            UNION ALL
            SELECT TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
             WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()\
            """),
    SCHEMAS("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"),
    RELATIONS("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES"),
    /// In the order in which `*` shows them.
    COLUMNS(
            """
            SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, EXTRA
              FROM information_schema.COLUMNS
             ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION\
            """),
    VIEWS("SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS"),
    TRIGGERS(
            """
            SELECT TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_MANIPULATION, EVENT_OBJECT_SCHEMA,
                   EVENT_OBJECT_TABLE, ACTION_STATEMENT
              FROM information_schema.TRIGGERS\
            """),
    ROUTINES(
            """
            SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_DEFINITION
              FROM information_schema.ROUTINES\
            """),
    EVENTS("SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS"),
    PARTITIONS(
            """
            SELECT TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME FROM information_schema.PARTITIONS
             WHERE PARTITION_NAME IS NOT NULL\
            """),
    /// One row per column of each foreign key.
    KEYS(
            """
            SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME,
                   REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
              FROM information_schema.KEY_COLUMN_USAGE
             WHERE REFERENCED_TABLE_NAME IS NOT NULL
             ORDER BY CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION\
            """),
    KEY_ACTIONS(
            """
            SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE
              FROM information_schema.REFERENTIAL_CONSTRAINTS\
            """);

    private final String sql;

    MySqlCatalogQueries(String sql) {
        this.sql = sql;
    }

    public String sql() {
        return sql;
    }

    /// The texts, in the order of the constants.
    public static List<String> all() {
        return Arrays.stream(values()).map(MySqlCatalogQueries::sql).toList();
    }
}
