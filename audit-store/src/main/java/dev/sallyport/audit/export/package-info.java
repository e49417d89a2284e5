/// The log for other systems: {@link dev.sallyport.audit.export.Exporter} follows it from a durable
/// cursor and hands what it reads, in one of the {@link dev.sallyport.audit.export.ExportFormat}s,
/// to a {@link dev.sallyport.audit.export.Receiver}. A reader like any other: the writer never
/// waits for it.
@NullMarked
package dev.sallyport.audit.export;

import org.jspecify.annotations.NullMarked;
