/// How long a log is kept: {@link dev.sallyport.audit.retention.Retention} places legal holds, and
/// prunes months whose time is over, by a record in the log that a checkpoint covers before
/// anything is gone.
@NullMarked
package dev.sallyport.audit.retention;

import org.jspecify.annotations.NullMarked;
