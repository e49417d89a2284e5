/// Row filters and masks by substitution in the text: each place that names a governed relation is
/// replaced by a sub-select that shows only what is granted; every other byte stays as it was.
///
/// The resolver notes each such place as a {@link dev.sallyport.sql.rewrite.Reference}; {@link
/// dev.sallyport.sql.rewrite.Rewriter} turns them, with one {@link
/// dev.sallyport.sql.rewrite.Substitution} per governed relation, into edits, or says why it can't;
/// {@link dev.sallyport.sql.rewrite.RewrittenText} applies them and finds positions again.
/// Immutable values, free to share between threads.
@NullMarked
package dev.sallyport.sql.rewrite;

import org.jspecify.annotations.NullMarked;
