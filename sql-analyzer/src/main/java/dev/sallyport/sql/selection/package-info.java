/// Which rows a statement asks for by value: {@link dev.sallyport.sql.selection.Selections} finds,
/// for every place that names a relation, the columns that are held to constants there. For the
/// audit log's subject index, which has to know what it doesn't know: what isn't found to be
/// limited is taken for every row.
@NullMarked
package dev.sallyport.sql.selection;

import org.jspecify.annotations.NullMarked;
