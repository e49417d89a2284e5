package dev.sallyport.sql.catalog;

import dev.sallyport.sql.AnalysisContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks a session for everything that the meaning of its next statement depends on. The text is as
/// guarded against the session's own search_path as {@link CatalogQueries} are.
///
/// `backslash_quote` is not among it: it only decides whether the server refuses a quote escaped by
/// a backslash, never where a literal ends.
public final class SessionContextQuery {
    /// One row of text columns, for {@link #decode}.
    public static final String SQL =
            """
            SELECT pg_catalog.current_schemas(true)::pg_catalog.text,
                   (SELECT n.nspname::pg_catalog.text FROM pg_catalog.pg_namespace n
                     WHERE n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()),
                   current_user::pg_catalog.text,
                   session_user::pg_catalog.text,
                   pg_catalog.current_setting('standard_conforming_strings'),
                   pg_catalog.current_setting('client_encoding')
            """
                    .strip();

    private SessionContextQuery() {}

    /// @throws IllegalArgumentException when the row is not one of {@link #SQL}
    public static SessionContext decode(List<@Nullable String> row) {
        if (row.size() != 6)
            throw new IllegalArgumentException("6 columns expected, got: " + row.size());
        String temp = row.get(1);
        List<String> path =
                TextArrays.parse(required(row, 0)).stream()
                        .map(schema -> schema.equals(temp) ? Catalog.TEMP_SCHEMA : schema)
                        .toList();
        return new SessionContext(
                path,
                required(row, 2),
                required(row, 3),
                required(row, 4).equals("on"),
                required(row, 5));
    }

    private static String required(List<@Nullable String> row, int column) {
        String value = row.get(column);
        if (value == null) throw new IllegalArgumentException("column " + column + " is null");
        return value;
    }

    /// What the server answered.
    ///
    /// @param searchPath the schemas really searched, in order, implicit ones included, the
    ///   session's own temporary one as `pg_temp` (where the server searches it: first unless the
    ///   path lists it)
    public record SessionContext(
            List<String> searchPath,
            String currentRole,
            String sessionRole,
            boolean standardConformingStrings,
            String clientEncoding) {
        public SessionContext {
            searchPath = List.copyOf(searchPath);
        }

        public AnalysisContext with(Catalog catalog) {
            return new AnalysisContext(
                    catalog, searchPath, currentRole, standardConformingStrings, clientEncoding);
        }
    }
}
