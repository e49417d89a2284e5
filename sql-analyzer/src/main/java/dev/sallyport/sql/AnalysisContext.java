package dev.sallyport.sql;

import dev.sallyport.sql.catalog.Catalog;
import java.util.List;

/// What the meaning of a text depends on besides the text. Equal contexts give equal analyses: it
/// is a cache key, so instances are compared by value for the session's part and by identity for
/// the catalog.
///
/// @param catalog the snapshot that names are resolved against
/// @param searchPath the schemas searched, in order, as the server's `current_schemas(true)`
///   reports them: implicit `pg_catalog` included, the session's temporary schema as `pg_temp`
/// @param currentRole the role that `$user` and `current_user` stand for
/// @param standardConformingStrings off: a backslash in a plain literal is an escape
/// @param clientEncoding the server's name of it, as `UTF8`; one that the lexer can't read safely
///   is refused
public record AnalysisContext(
        Catalog catalog,
        List<String> searchPath,
        String currentRole,
        boolean standardConformingStrings,
        String clientEncoding) {
    public AnalysisContext {
        searchPath = List.copyOf(searchPath);
    }
}
