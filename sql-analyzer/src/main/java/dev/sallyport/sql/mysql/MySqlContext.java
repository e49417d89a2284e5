package dev.sallyport.sql.mysql;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.lexer.Dialect;

/// What the meaning of a text for MySQL or MariaDB depends on besides the text. Equal contexts give
/// equal analyses; the catalog counts by identity.
///
/// @param catalog the snapshot that names are resolved against; one with {@link Catalog#mySql()}
/// @param schema the session's current schema, as `SELECT DATABASE()` says it; empty for none
/// @param dialect the server's vendor and version, the session's sql_mode and character set
public record MySqlContext(Catalog catalog, String schema, Dialect dialect) {
    public MySqlContext {
        if (catalog.mySql() == null)
            throw new IllegalArgumentException("not a catalog of MySQL or MariaDB");
    }
}
