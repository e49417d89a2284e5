package dev.sallyport.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A disk in memory that keeps for sure only what was forced. When the power is cut, each sector of
/// each write since is there or not, in any combination, and names are as of some moment since they
/// were last forced. Also fails or fills up on demand.
final class SimulatedDisk implements JournalStorage {
    static final int SECTOR_BYTES = 512;

    /// A forced write may come to the disk as whole blocks.
    private static final int BLOCK_BYTES = 4096;

    /// What the power cut looks like to the program.
    static final class PowerCut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private Map<String, Inode> names = new TreeMap<>();
    private final List<Map<String, Inode>> namesSinceForced = new ArrayList<>();
    private boolean locked;

    /// How many more writes, forces and changes of names there are before the power goes.
    int operationsLeft = Integer.MAX_VALUE;

    boolean forceDoesNothing;
    boolean forceFails;
    boolean writeFails;

    /// How long a forced write takes.
    long forceMillis;

    long usableBytes = Long.MAX_VALUE;
    int forces;

    SimulatedDisk() {
        namesSinceForced.add(Map.of());
    }

    /// A disk that holds for sure what `image` holds.
    SimulatedDisk(Map<String, byte[]> image) {
        image.forEach((name, bytes) -> names.put(name, new Inode(bytes)));
        namesSinceForced.add(new TreeMap<>(names));
    }

    /// What is there after the power cut.
    Map<String, byte[]> afterPowerCut(Random random) {
        Map<String, byte[]> image = new TreeMap<>();
        namesSinceForced
                .get(random.nextInt(namesSinceForced.size()))
                .forEach((name, inode) -> image.put(name, inode.afterPowerCut(random)));
        return image;
    }

    /// What the running program sees.
    Map<String, byte[]> now() {
        Map<String, byte[]> image = new TreeMap<>();
        names.forEach((name, inode) -> image.put(name, inode.current.clone()));
        return image;
    }

    /// The same files, for a writer that does not see this one's lock.
    SimulatedDisk withoutLock() {
        SimulatedDisk disk = new SimulatedDisk();
        disk.names = names;
        return disk;
    }

    static void writeTo(Path folder, Map<String, byte[]> image) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file : image.entrySet())
            Files.write(folder.resolve(file.getKey()), file.getValue());
    }

    private void operation() throws PowerCut {
        if (operationsLeft <= 0) throw new PowerCut();
        operationsLeft--;
    }

    private void namesChanged() {
        namesSinceForced.add(new TreeMap<>(names));
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public JournalFile open(String name) throws IOException {
        Inode inode = names.get(name);
        if (inode == null) throw new IOException("no file " + name);
        return inode;
    }

    @Override
    public JournalFile create(String name, int bytes) throws IOException {
        operation();
        Inode inode = new Inode(new byte[0]);
        inode.write(ByteBuffer.allocate(bytes), 0);
        names.put(name, inode);
        namesChanged();
        return inode;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operation();
        Inode inode = names.remove(from);
        if (inode == null) throw new IOException("no file " + from);
        names.put(to, inode);
        namesChanged();
    }

    @Override
    public void deleteIfExists(String name) throws IOException {
        operation();
        if (names.remove(name) != null) namesChanged();
    }

    @Override
    public void forceNames() throws IOException {
        operation();
        if (forceDoesNothing) return;
        namesSinceForced.clear();
        namesChanged();
    }

    @Override
    public long usableBytes() {
        return usableBytes;
    }

    @Override
    public Closeable lock() throws AuditException {
        if (locked) throw new AuditException(AuditException.Reason.LOCKED, "locked");
        locked = true;
        return () -> locked = false;
    }

    private record Unforced(long position, byte[] bytes) {}

    private final class Inode implements JournalFile {
        private byte[] forced;
        private byte[] current;
        private final List<Unforced> unforced = new ArrayList<>();

        Inode(byte[] bytes) {
            forced = bytes;
            current = bytes.clone();
        }

        byte[] afterPowerCut(Random random) {
            byte[] bytes = forced.clone();
            // Now and then all or nothing got through; mostly some of it.
            double chance = List.of(0.0, 0.1, 0.5, 0.9, 1.0).get(random.nextInt(5));
            for (Unforced write : unforced) {
                int from = 0;
                while (from < write.bytes.length) {
                    long position = write.position + from;
                    int toSectorEnd = SECTOR_BYTES - (int) (position % SECTOR_BYTES);
                    int to = Math.min(write.bytes.length, from + toSectorEnd);
                    if (random.nextDouble() < chance) {
                        int end = (int) position + to - from;
                        if (end > bytes.length) bytes = Arrays.copyOf(bytes, end);
                        System.arraycopy(write.bytes, from, bytes, (int) position, to - from);
                    }
                    from = to;
                }
            }
            return bytes;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            if (position >= current.length) return -1;
            int count = (int) Math.min(into.remaining(), current.length - position);
            into.put(current, (int) position, count);
            return count;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            boolean cut = operationsLeft <= 0;
            // The write at which the power goes may get through as well as any before it.
            unforced.add(new Unforced(position, bytes));
            int end = (int) position + bytes.length;
            if (end > current.length) current = Arrays.copyOf(current, end);
            System.arraycopy(bytes, 0, current, (int) position, bytes.length);
            if (cut) throw new PowerCut();
            operation();
            if (writeFails) throw new IOException("input/output error");
        }

        @Override
        public void writeForced(ByteBuffer from, long position) throws IOException {
            requireZerosBehind(from.remaining() + (int) position);
            write(from, position);
            sleep();
            operation();
            if (forceFails) throw new IOException("input/output error");
            forces++;
            if (forceDoesNothing) return;
            // Only this write: what was written before it may still be lost.
            Unforced write = unforced.removeLast();
            if (forced.length < current.length) forced = Arrays.copyOf(forced, current.length);
            System.arraycopy(write.bytes, 0, forced, (int) write.position, write.bytes.length);
        }

        private void requireZerosBehind(int end) {
            for (int at = end; at < current.length && at % BLOCK_BYTES != 0; at++)
                if (current[at] != 0)
                    throw new IllegalStateException("a forced write would overwrite byte " + at);
        }

        private void sleep() {
            try {
                if (forceMillis > 0) Thread.sleep(forceMillis);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void force() throws IOException {
            operation();
            if (forceFails) throw new IOException("input/output error");
            forces++;
            if (forceDoesNothing) return;
            if (forced.length < current.length) forced = Arrays.copyOf(forced, current.length);
            for (Unforced write : unforced)
                System.arraycopy(write.bytes, 0, forced, (int) write.position, write.bytes.length);
            unforced.clear();
        }

        @Override
        public void close() {}
    }
}
