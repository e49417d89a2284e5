/// The bytes of a store, and nothing else that writer and readers share: `docs/audit-format.md` in
/// Java.
///
/// {@link Entry} is one record of the log (canonical JSON, its leaf hash), {@link Frame} how it
/// lies in a {@link Segment} file, {@link SegmentCursor} walks over them, {@link Head} is the file
/// that says how far the log got. Plain values and arithmetic, no threads, no writing of files.
@NullMarked
package dev.sallyport.audit.format;

import org.jspecify.annotations.NullMarked;
