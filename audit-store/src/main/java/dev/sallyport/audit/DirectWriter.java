package dev.sallyport.audit;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Appends to a file past the kernel's page cache (O_DIRECT, O_DSYNC), which spares a small forced
/// write the cache's work. The disk takes whole blocks, so the last one is kept here and written
/// again with what comes next; behind it are zeros. One thread at a time.
final class DirectWriter implements Closeable {
    private static final int BLOCKS = 32;

    private final FileChannel file;
    private final int blockBytes;
    private final long fileBytes;
    private final ByteBuffer blocks;

    /// Where `blocks` lies in the file, and where its content ends; -1: nothing is known.
    private long begin;

    private long end = -1;

    private DirectWriter(FileChannel file, int blockBytes) throws IOException {
        this.file = file;
        this.blockBytes = blockBytes;
        this.fileBytes = file.size();
        this.blocks = ByteBuffer.allocateDirect((BLOCKS + 1) * blockBytes).alignedSlice(blockBytes);
    }

    /// @return null: the file system has no such way
    static @Nullable DirectWriter open(Path path, long blockBytes) throws IOException {
        if (Long.bitCount(blockBytes) != 1 || blockBytes < 512 || blockBytes > 64 * 1024)
            return null;
        FileChannel file;
        try {
            file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DSYNC,
                            ExtendedOpenOption.DIRECT,
                            LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IOException _) {
            return null;
        }
        return new DirectWriter(file, Math.toIntExact(blockBytes));
    }

    /// Writes all that remains in `from` and returns when it is on the disk.
    ///
    /// @param before reads what lies in the file before `position`
    /// @return false: it is too long for this, or the file ends too early; nothing was done
    boolean write(ByteBuffer from, long position, FileChannel before) throws IOException {
        long first = position - position % blockBytes;
        long last = roundUp(position + from.remaining());
        if (last - first > (long) BLOCKS * blockBytes || last > fileBytes) {
            end = -1;
            return false;
        }
        int kept = Math.toIntExact(position - first);
        if (end == position) {
            blocks.clear();
            blocks.put(0, blocks, Math.toIntExact(first - begin), kept);
        } else {
            blocks.clear().limit(kept);
            while (blocks.hasRemaining() && before.read(blocks, first + blocks.position()) > 0) {
                // until all of it is read
            }
            if (blocks.hasRemaining()) throw new IOException("the file is shorter than it was");
            blocks.clear();
        }
        blocks.position(kept).put(from);
        begin = first;
        end = position = first + blocks.position();
        while (first + blocks.position() < last) blocks.put((byte) 0);
        blocks.flip();
        while (blocks.hasRemaining()) file.write(blocks, first + blocks.position());
        return true;
    }

    private long roundUp(long position) {
        return (position + blockBytes - 1) / blockBytes * blockBytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
