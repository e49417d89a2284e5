package dev.sallyport.audit;

import dev.sallyport.audit.format.SegmentCursor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// One file of a store, as the journal sees it. Tests put a file in its place that loses, on a
/// simulated power cut, whatever was not forced.
interface JournalFile extends SegmentCursor.Source, Closeable {

    /// Writes all that remains in `from`.
    void write(ByteBuffer from, long position) throws IOException;

    /// {@link #write}, and returns when that, but nothing written before it, is on the disk: one
    /// trip for the one write that most batches are. Only at the end of what is written: behind it
    /// the file holds nothing but zeros. Fails as {@link #force} does.
    void writeForced(ByteBuffer from, long position) throws IOException;

    /// Returns when everything written before is on the disk (fdatasync). After it has thrown once,
    /// nobody can say what is there.
    void force() throws IOException;
}
