/// The `sallyport` command. {@link dev.sallyport.app.Main} is the entry point; `cli` holds one
/// class per command, `analyze` says what statements touch, `demo` is the sample clinic and what
/// shows it, `postgres` a server to try things with, `tls` certificates for both.
@NullMarked
package dev.sallyport.app;

import org.jspecify.annotations.NullMarked;
