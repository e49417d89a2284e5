/// Understanding SQL: from text to {@link dev.sallyport.sql.access.Footprint}. JDK only.
///
/// {@link dev.sallyport.sql.SqlAnalyzer} is the one entry point: lexer, parser, resolver and the
/// second net stand behind it. It never throws for bad SQL; what it cannot fully account for is
/// {@link dev.sallyport.sql.Analysis.NotUnderstood}. {@link dev.sallyport.sql.written.WrittenNames}
/// says without a catalog what a text names, for people and never for a decision. All values are
/// immutable; an analyzer may be shared by threads.
@NullMarked
package dev.sallyport.sql;

import org.jspecify.annotations.NullMarked;
