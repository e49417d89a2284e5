/// From the tree to the {@link dev.sallyport.sql.access.Footprint}: what every name means, which
/// columns each value comes from, and what the statement can change.
///
/// The walk keeps the server's own order (PostgreSQL's parse analysis), one part per question:
/// {@link dev.sallyport.sql.resolve.Statements} what kind of statement; {@link
/// dev.sallyport.sql.resolve.Queries} and {@link dev.sallyport.sql.resolve.FromItems} which
/// relations, under which names, visible where; {@link dev.sallyport.sql.resolve.Columns} which
/// column a name means and what `*` stands for; {@link dev.sallyport.sql.resolve.Expressions} and
/// {@link dev.sallyport.sql.resolve.Calls} what is computed and called; {@link
/// dev.sallyport.sql.resolve.Relations} what lies below a view; {@link
/// dev.sallyport.sql.resolve.Dml} and {@link dev.sallyport.sql.resolve.Definitions} what is written
/// and defined. Values are {@link dev.sallyport.sql.resolve.Flow}s: using one marks every base
/// column it comes from, so lineage needs no second walk.
///
/// {@link dev.sallyport.sql.resolve.StatementResolver} is the one entry point; {@link
/// dev.sallyport.sql.resolve.SecondNet} is the check behind it. What isn't certain is refused. One
/// thread per statement; nothing is kept but what views come from, in the catalog's snapshot.
@NullMarked
package dev.sallyport.sql.resolve;

import org.jspecify.annotations.NullMarked;
