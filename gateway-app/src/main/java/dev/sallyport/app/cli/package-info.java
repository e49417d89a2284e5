/// The command line: one class per command, {@link dev.sallyport.app.cli.SallyportCommand} above
/// them. A command prints its answer to standard output, what went wrong to standard error, and
/// ends with one of the codes of {@link dev.sallyport.app.cli.ExitCode}. Only this package and
/// `demo` print.
@NullMarked
package dev.sallyport.app.cli;

import org.jspecify.annotations.NullMarked;
