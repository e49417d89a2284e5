/// Is the log what was written? {@link dev.sallyport.audit.verify.LogVerifier} answers from the
/// files alone, in four ways, and never warns and passes. Shares only the format with the writer;
/// reads while the writer runs.
@NullMarked
package dev.sallyport.audit.verify;

import org.jspecify.annotations.NullMarked;
