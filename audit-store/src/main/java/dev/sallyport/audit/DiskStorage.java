package dev.sallyport.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A store in a folder of the file system. Folder and files are readable by their owner and group
/// only.
final class DiskStorage implements JournalStorage {
    static final String LOCK_NAME = "lock";

    /// Stores that this process has open: a file lock belongs to the process, and closing any
    /// channel of the file would give it up.
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private static final int ZEROS_BYTES = 1024 * 1024;

    private final Path folder;
    private final FileStore fileStore;

    DiskStorage(Path folder) throws IOException {
        boolean made = !Files.exists(folder);
        Files.createDirectories(folder);
        this.folder = folder.toRealPath();
        this.fileStore = Files.getFileStore(this.folder);
        if (made) {
            restrict(this.folder, "rwxr-x---");
            Path parent = this.folder.getParent();
            if (parent != null) forceFolder(parent);
        }
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Override
    public JournalFile open(String name) throws IOException {
        return file(
                FileChannel.open(
                        folder.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                folder.resolve(name));
    }

    /// Closes the channel if it fails.
    private static JournalFile file(FileChannel channel, Path path) throws IOException {
        try {
            return new ChannelFile(
                    channel,
                    FileChannel.open(
                            path,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DSYNC,
                            LinkOption.NOFOLLOW_LINKS),
                    DirectWriter.open(path, Files.getFileStore(path).getBlockSize()));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public JournalFile create(String name, int bytes) throws IOException {
        Path path = folder.resolve(name);
        Files.deleteIfExists(path);
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            restrict(path, "rw-r-----");
            // Written out, not only sized: a sparse file would allocate blocks, and change its
            // metadata, with each force.
            ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(ZEROS_BYTES, bytes));
            for (int at = 0; at < bytes; ) {
                zeros.clear().limit(Math.min(zeros.capacity(), bytes - at));
                at += channel.write(zeros, at);
            }
            return file(channel, path);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void deleteIfExists(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        forceFolder(folder);
    }

    @Override
    public long usableBytes() throws IOException {
        return fileStore.getUsableSpace();
    }

    @Override
    public Closeable lock() throws IOException, AuditException {
        if (!OPEN_HERE.add(folder)) throw locked("this process");
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel =
                    FileChannel.open(
                            folder.resolve(LOCK_NAME),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) throw locked(holder(channel));
            String holder = "process " + ProcessHandle.current().pid() + " since " + Instant.now();
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            taken = true;
            FileChannel held = channel;
            return () -> {
                held.close();
                OPEN_HERE.remove(folder);
            };
        } finally {
            if (!taken) {
                if (channel != null) channel.close();
                OPEN_HERE.remove(folder);
            }
        }
    }

    private AuditException locked(String holder) {
        return new AuditException(
                AuditException.Reason.LOCKED,
                "the audit store "
                        + folder
                        + " is in use by "
                        + holder
                        + "; a store has one writer: stop that gateway first, or give this one its"
                        + " own store");
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(200);
        channel.read(text, 0);
        String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
        return holder.isBlank() ? "another process" : holder;
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void restrict(Path path, String permissions) throws IOException {
        try {
            Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(permissions);
            Files.setPosixFilePermissions(path, EnumSet.copyOf(wanted));
        } catch (UnsupportedOperationException _) {
            // No POSIX permissions here: the folder's access list decides.
        }
    }

    /// @param forcing the same file, opened so that a write is on the disk when it returns
    /// @param direct null where the file system has no such way
    private record ChannelFile(
            FileChannel channel, FileChannel forcing, @Nullable DirectWriter direct)
            implements JournalFile {
        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            for (long at = position; from.hasRemaining(); ) at += channel.write(from, at);
        }

        @Override
        public void writeForced(ByteBuffer from, long position) throws IOException {
            if (direct != null && direct.write(from, position, channel)) return;
            for (long at = position; from.hasRemaining(); ) at += forcing.write(from, at);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            try (forcing;
                    direct) {
                channel.close();
            }
        }
    }
}
