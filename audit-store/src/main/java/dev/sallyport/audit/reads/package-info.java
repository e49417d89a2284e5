/// Reading the log leaves a trace in it: {@link dev.sallyport.audit.reads.LogReads} is what a
/// reading command asks, {@link dev.sallyport.audit.reads.ReadSocket} is where a running gateway
/// takes it, as the log's one writer. {@link dev.sallyport.audit.reads.RetentionRequest} goes the
/// same way.
@NullMarked
package dev.sallyport.audit.reads;

import org.jspecify.annotations.NullMarked;
