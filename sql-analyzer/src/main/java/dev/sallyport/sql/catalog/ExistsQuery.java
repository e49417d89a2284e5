package dev.sallyport.sql.catalog;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Asks a session whether one of a few objects exists for it now: by index, in a fraction of a
/// millisecond, where reading the whole catalog takes seconds. The text is as guarded against the
/// session's own search_path as {@link CatalogQueries} are.
///
/// The names come from a client's text. They stand in the question as the hexadecimal digits of
/// their UTF-8 form: no name can end its literal, and none depends on standard_conforming_strings
/// or client_encoding.
public final class ExistsQuery {
    /// A statement that lacks one of more than these is a matter for the whole catalog.
    private static final int MAX_OBJECTS = 40;

    private static final String UNQUALIFIED =
            "n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))";
    private static final String OWN_TEMPORARY =
            "n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()";

    private ExistsQuery() {}

    /// Whether the question can be asked so. In a database that keeps its names in another encoding
    /// than UTF8, the server could fail to convert a name, and that would end the transaction.
    public static boolean canAsk(Set<Sought> objects, Catalog catalog) {
        return !objects.isEmpty()
                && objects.size() <= MAX_OBJECTS
                && (catalog.isInUtf8() || objects.stream().allMatch(ExistsQuery::isAscii));
    }

    /// One row of one column, for {@link #decode}.
    ///
    /// @param objects for which {@link #canAsk}
    public static String sql(Set<Sought> objects) {
        return objects.stream()
                .map(ExistsQuery::exists)
                .collect(Collectors.joining("\n    OR ", "SELECT (", ")::pg_catalog.text"));
    }

    /// Whether one of them exists.
    ///
    /// @throws IllegalArgumentException when the row is not one of {@link #sql}
    public static boolean decode(List<@Nullable String> row) {
        if (row.size() != 1)
            throw new IllegalArgumentException("1 column expected, got: " + row.size());
        String value = row.getFirst();
        if ("true".equals(value)) return true;
        if ("false".equals(value)) return false;
        throw new IllegalArgumentException("no truth value");
    }

    private static String exists(Sought object) {
        return switch (object) {
            // Those of the kinds and schemas that CatalogQueries reads.
            case Sought.Relation(var schema, var name) ->
                    exists("pg_class", "relname", "relnamespace", schema, name)
                            + " AND x.relkind OPERATOR(pg_catalog.<>) 't')";
            case Sought.Routine(var schema, var name) ->
                    exists("pg_proc", "proname", "pronamespace", schema, name) + ")";
            case Sought.Type(var schema, var name) ->
                    exists("pg_type", "typname", "typnamespace", schema, name) + ")";
            case Sought.Operator(var schema, var name) ->
                    exists("pg_operator", "oprname", "oprnamespace", schema, name) + ")";
            case Sought.Column(var schema, var relation, var name) ->
                    exists("pg_class", "relname", "relnamespace", schema, relation)
                            + " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a"
                            + " WHERE a.attrelid OPERATOR(pg_catalog.=) x.oid"
                            + " AND a.attname OPERATOR(pg_catalog.=) "
                            + literal(name)
                            + " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped))";
        };
    }

    private static String exists(
            String table,
            String nameColumn,
            String schemaColumn,
            @Nullable String schema,
            String name) {
        String where;
        if (schema == null) where = UNQUALIFIED;
        else if (schema.equals(Catalog.TEMP_SCHEMA)) where = OWN_TEMPORARY;
        else where = "n.nspname OPERATOR(pg_catalog.=) " + literal(schema);
        return "EXISTS (SELECT 1 FROM pg_catalog."
                + table
                + " x JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) x."
                + schemaColumn
                + " WHERE x."
                + nameColumn
                + " OPERATOR(pg_catalog.=) "
                + literal(name)
                + " AND "
                + where
                + " AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)"
                + " AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_toast')";
    }

    private static String literal(String name) {
        return "pg_catalog.convert_from(pg_catalog.decode('"
                + HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8))
                + "', 'hex'), 'UTF8')::pg_catalog.name";
    }

    private static boolean isAscii(Sought object) {
        return switch (object) {
            case Sought.Relation(var schema, var name) -> isAscii(schema) && isAscii(name);
            case Sought.Routine(var schema, var name) -> isAscii(schema) && isAscii(name);
            case Sought.Type(var schema, var name) -> isAscii(schema) && isAscii(name);
            case Sought.Operator(var schema, var name) -> isAscii(schema) && isAscii(name);
            case Sought.Column(var schema, var relation, var name) ->
                    isAscii(schema) && isAscii(relation) && isAscii(name);
        };
    }

    private static boolean isAscii(@Nullable String name) {
        return name == null || name.chars().allMatch(c -> c > 0 && c < 0x80);
    }
}
