/// What a text names, without a catalog: relations, functions and other objects as they are
/// written. For people who ask "what does this touch?" and have no database at hand; never for a
/// decision, since a search path, a view or a column's default says nothing here.
///
/// {@link dev.sallyport.sql.written.WrittenNames} is the entry point. Stateless.
@NullMarked
package dev.sallyport.sql.written;

import org.jspecify.annotations.NullMarked;
