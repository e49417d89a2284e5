/// What the server's own functions can do: {@link dev.sallyport.sql.functions.FunctionClasses},
/// read once from the reviewed tables `functions.txt` and `extensions.txt` beside it. Immutable,
/// shared between threads.
@NullMarked
package dev.sallyport.sql.functions;

import org.jspecify.annotations.NullMarked;
