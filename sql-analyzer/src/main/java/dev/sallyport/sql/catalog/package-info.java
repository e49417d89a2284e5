/// What the database holds, as an immutable snapshot: {@link dev.sallyport.sql.catalog.Catalog}.
///
/// {@link dev.sallyport.sql.catalog.CatalogQueries} are the texts to run, on a connection of the
/// gateway's own or inside a client's session; {@link dev.sallyport.sql.catalog.CatalogBuilder}
/// takes their rows; {@link dev.sallyport.sql.catalog.CatalogFile} keeps them in a file. {@link
/// dev.sallyport.sql.catalog.SessionContextQuery} asks a session for what the meaning of its
/// statements depends on. Catalogs are shared between threads; a builder belongs to one.
@NullMarked
package dev.sallyport.sql.catalog;

import org.jspecify.annotations.NullMarked;
