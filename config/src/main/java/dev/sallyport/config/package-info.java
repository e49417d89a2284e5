/// Strict YAML into records. {@link dev.sallyport.config.ConfigLoader} is the one entry point: it
/// reads the gateway's main file with everything that file refers to, and answers with the whole
/// configuration or with every error in it, each with file, line and column. Nothing is guessed,
/// nothing is ignored: an unknown key is an error.
///
/// Values are immutable; reading is blocking I/O and belongs on no event loop.
@NullMarked
package dev.sallyport.config;

import org.jspecify.annotations.NullMarked;
