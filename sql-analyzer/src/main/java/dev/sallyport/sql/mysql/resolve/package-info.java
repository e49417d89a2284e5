/// From the tree of a statement of MySQL or MariaDB to its {@link
/// dev.sallyport.sql.access.Footprint}: what every name means, which columns each value comes from,
/// and what the statement can change.
///
/// {@link dev.sallyport.sql.mysql.resolve.MySqlResolver} is the entry point. Names are looked up by
/// the server's rules for their case ({@link dev.sallyport.sql.mysql.resolve.CatalogNames}, {@link
/// dev.sallyport.sql.mysql.resolve.Folding}); where servers or versions choose differently between
/// an alias and a column, both count. Values are {@link dev.sallyport.sql.resolve.Flow}s. One
/// thread per statement.
@NullMarked
package dev.sallyport.sql.mysql.resolve;

import org.jspecify.annotations.NullMarked;
