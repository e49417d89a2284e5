package dev.sallyport.sql.mysql;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.MySqlCatalogBuilder;
import dev.sallyport.sql.catalog.MySqlCatalogQueries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A small clinic as information_schema describes it.
final class ClinicCatalog {
    private final Map<MySqlCatalogQueries, List<List<@Nullable String>>> rows =
            new EnumMap<>(MySqlCatalogQueries.class);

    private ClinicCatalog() {}

    static Catalog of(String version, int lowerCaseTableNames) {
        return of(version, lowerCaseTableNames, true);
    }

    /// As an account sees it that may not see triggers.
    static Catalog blind(String version) {
        return of(version, 0, false);
    }

    private static Catalog of(String version, int lowerCaseTableNames, boolean seesTriggers) {
        var builder = new MySqlCatalogBuilder();
        rows(version, lowerCaseTableNames, seesTriggers)
                .forEach((MySqlCatalogQueries query, List<List<@Nullable String>> own) -> {
                    for (List<@Nullable String> row : own) builder.add(query, row);
                });
        return builder.build(1);
    }

    static Map<MySqlCatalogQueries, List<List<@Nullable String>>> rows(
            String version, int lowerCaseTableNames) {
        return rows(version, lowerCaseTableNames, true);
    }

    private static Map<MySqlCatalogQueries, List<List<@Nullable String>>> rows(
            String version, int lowerCaseTableNames, boolean seesTriggers) {
        var clinic = new ClinicCatalog();
        clinic.row(
                MySqlCatalogQueries.SERVER, version, String.valueOf(lowerCaseTableNames), "clinic");
        if (seesTriggers) clinic.row(MySqlCatalogQueries.PRIVILEGES, "*", "TRIGGER");
        for (String schema : List.of("clinic", "other", "information_schema", "mysql"))
            clinic.row(MySqlCatalogQueries.SCHEMAS, schema);
        clinic.table("clinic", "patients", "id", "name", "ssn", "birth_date", "insurer_id");
        clinic.table("clinic", "visits", "id", "patient_id", "note", "secret INVISIBLE");
        clinic.table("clinic", "insurers", "id", "name", "city");
        clinic.table("other", "patients", "id", "weight");
        clinic.table("mysql", "user", "user", "authentication_string");
        clinic.relation(
                "information_schema", "TABLES", "SYSTEM VIEW", "TABLE_SCHEMA", "TABLE_NAME");
        clinic.view(
                "clinic",
                "names",
                "select `clinic`.`patients`.`id` AS `id`,upper(`clinic`.`patients`.`name`) AS"
                    + " `name` from `clinic`.`patients` where `clinic`.`patients`.`birth_date` > 0",
                "id",
                "name");
        clinic.view(
                "clinic",
                "shouted",
                "select concat(`names`.`name`,'!') AS `n` from `clinic`.`names`",
                "n");
        clinic.relation("clinic", "hidden_view", "VIEW", "a");
        clinic.row(MySqlCatalogQueries.ROUTINES, "clinic", "Full_Name", "FUNCTION", "RETURN 'x'");
        clinic.row(MySqlCatalogQueries.ROUTINES, "clinic", "archive", "PROCEDURE", "BEGIN END");
        clinic.row(
                MySqlCatalogQueries.TRIGGERS,
                "clinic",
                "visits_ai",
                "INSERT",
                "clinic",
                "visits",
                "SET @x = NEW.id");
        clinic.row(
                MySqlCatalogQueries.KEYS,
                "clinic",
                "visits",
                "visits_fk",
                "patient_id",
                "clinic",
                "patients",
                "id");
        clinic.row(
                MySqlCatalogQueries.KEY_ACTIONS,
                "clinic",
                "visits",
                "visits_fk",
                "CASCADE",
                "SET NULL");
        for (var query : MySqlCatalogQueries.values()) clinic.rows.putIfAbsent(query, List.of());
        return clinic.rows;
    }

    private void row(MySqlCatalogQueries query, @Nullable String... values) {
        rows.computeIfAbsent(query, _ -> new ArrayList<>()).add(Arrays.asList(values));
    }

    private void table(String schema, String name, String... columns) {
        relation(schema, name, "BASE TABLE", columns);
    }

    private void view(String schema, String name, String definition, String... columns) {
        relation(schema, name, "VIEW", columns);
        row(MySqlCatalogQueries.VIEWS, schema, name, definition);
    }

    private void relation(String schema, String name, String type, String... columns) {
        row(MySqlCatalogQueries.RELATIONS, schema, name, type);
        for (String column : columns) {
            String[] words = column.split(" ");
            row(
                    MySqlCatalogQueries.COLUMNS,
                    schema,
                    name,
                    words[0],
                    "text",
                    words.length > 1 ? words[1] : "");
        }
    }
}
