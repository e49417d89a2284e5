/// The sealed abstract syntax tree: what a text says, before any name is resolved.
///
/// {@link dev.sallyport.sql.ast.Statement} is the root; {@link dev.sallyport.sql.ast.Query}, {@link
/// dev.sallyport.sql.ast.Relation} and {@link dev.sallyport.sql.ast.Expression} are its parts.
/// Consumers `switch` without `default`, so that a new kind breaks the build wherever it matters.
/// Everything is immutable, knows its {@link dev.sallyport.sql.Span}, and is at most as deep as the
/// parser's limit, so plain recursion over it is safe. Names are folded as the server folds them.
///
/// INVARIANT: constant text of the statement, which may be PHI, stands in {@link
/// dev.sallyport.sql.ast.Expression.Literal} and nowhere else, and that record's `toString` hides
/// it.
@NullMarked
package dev.sallyport.sql.ast;

import org.jspecify.annotations.NullMarked;
