package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// {@link Chunk}s over a store, made from its entries and kept in a folder of their own. What was
/// kept is only ever a short cut: it is thrown away as soon as it does not fit the log, and made
/// anew.
///
/// The folder holds `chunks`, which is only added to, `lock`, and `carry-N`: what the next chunk
/// has to know of the entries up to N.
final class LogIndex {
    private static final String CHUNKS = "chunks";
    private static final String CARRY = "carry-";
    private static final int MAX_CARRY_BYTES = 1 << 30;

    private final Path store;
    private final Path folder;

    /// Told now and then which sequence was reached while entries are read for the first time.
    private final LongConsumer progress;

    private People people = new People();
    private StatementPairs pairs = new StatementPairs();

    LogIndex(Path store, Path folder, LongConsumer progress) {
        this.store = store;
        this.folder = folder;
        this.progress = progress;
    }

    interface Visitor {
        void visit(Chunk chunk) throws FormatException, AuditException;
    }

    /// Shows every chunk in order, the last one over whatever entries are left.
    ///
    /// @throws FormatException what was kept is damaged: {@link #forget} it and ask again
    void visit(Visitor visitor) throws FormatException, AuditException, IOException {
        visitKept(folder, visitor);
    }

    /// Removes what was kept.
    void forget() throws IOException {
        Files.deleteIfExists(folder.resolve(CHUNKS));
    }

    /// Removes the folder and whatever is in it.
    static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
    }

    private void visitKept(Path kept, Visitor visitor)
            throws FormatException, AuditException, IOException {
        makeFolder(kept);
        try (FileChannel lock =
                        FileChannel.open(
                                kept.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = lock.lock();
                FileChannel file =
                        FileChannel.open(
                                kept.resolve(CHUNKS),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            List<Chunk> chunks = read(file);
            boolean begins =
                    !chunks.isEmpty()
                            && chunks.getFirst().header().first() == LogReader.first(store);
            LogReader reader = begins ? resume(kept, chunks.getLast()) : null;
            if (reader == null) {
                // Others may still have the old file mapped: it is replaced, not cut.
                chunks = List.of();
                people = new People();
                pairs = new StatementPairs();
            }
            Path fresh = kept.resolve(CHUNKS + ".new");
            Files.deleteIfExists(fresh);
            long end = chunks.stream().mapToLong(Chunk::totalBytes).sum();
            for (Chunk chunk : chunks) visitor.visit(chunk);
            if (reader != null) {
                readOn(reader, visitor, appender(kept, file, end));
                return;
            }
            try (FileChannel anew =
                    FileChannel.open(
                            fresh,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                readOn(LogReader.open(store, 1), visitor, appender(kept, anew, 0));
            }
            Files.move(fresh, kept.resolve(CHUNKS), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            var mine =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(folder, mine);
        }
        var permissions = Files.getPosixFilePermissions(folder);
        if (permissions.stream().anyMatch(p -> p.name().matches("(GROUP|OTHERS)_WRITE")))
            throw new IOException(
                    "others may write to " + folder + ": an index there could hide entries");
    }

    /// The chunks that are whole and follow each other; what comes behind them is written over.
    private static List<Chunk> read(FileChannel file) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        ByteBuffer header = ByteBuffer.allocate(Chunk.HEADER_BYTES);
        long at = 0;
        while (true) {
            header.clear();
            while (header.hasRemaining() && file.read(header, at + header.position()) > 0) {
                // until the header is whole or the file ends
            }
            if (header.hasRemaining()) return chunks;
            header.flip();
            try {
                int bytes = Chunk.bodyBytes(header);
                if (at + Chunk.HEADER_BYTES + bytes > file.size()) return chunks;
                ByteBuffer body =
                        file.map(FileChannel.MapMode.READ_ONLY, at + Chunk.HEADER_BYTES, bytes);
                Chunk chunk = Chunk.parse(header, body);
                if (!chunks.isEmpty() && !follows(chunk, chunks.getLast())) return chunks;
                chunks.add(chunk);
                at += chunk.totalBytes();
            } catch (FormatException _) {
                return chunks;
            }
        }
    }

    private static boolean follows(Chunk chunk, Chunk before) {
        return chunk.header().first() == before.header().lastSequence() + 1
                && Arrays.equals(chunk.header().prev(), before.header().last());
    }

    /// A reader behind the chunk; null when the chunk is not of this log as it is now.
    private @Nullable LogReader resume(Path kept, Chunk last) throws IOException {
        try {
            Chunk.Header header = last.header();
            if (!readCarry(kept, header)) return null;
            return LogReader.resume(
                    store, last.place(header.count() - 1), header.lastSequence(), header.last());
        } catch (AuditException | FormatException _) {
            return null;
        }
    }

    private interface Keeper {
        /// @return the chunk as it was kept
        Chunk keep(Chunk chunk) throws IOException;
    }

    private Keeper appender(Path kept, FileChannel file, long end) {
        long[] at = {end};
        return chunk -> {
            writeCarry(kept, chunk.header());
            ByteBuffer bytes = chunk.encode();
            long begin = at[0];
            while (bytes.hasRemaining()) at[0] += file.write(bytes, at[0]);
            removeCarriesBut(kept, chunk.header().lastSequence());
            return Chunk.parse(
                    bytes.rewind(),
                    file.map(
                            FileChannel.MapMode.READ_ONLY,
                            begin + Chunk.HEADER_BYTES,
                            chunk.totalBytes() - Chunk.HEADER_BYTES));
        };
    }

    private void readOn(LogReader from, Visitor visitor, Keeper keeper)
            throws AuditException, IOException, FormatException {
        try (LogReader reader = from) {
            ChunkBuilder builder = null;
            byte[] prev = reader.leafHash();
            for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                if (builder == null) builder = new ChunkBuilder(entry.sequence(), prev);
                people.follow(entry);
                Entry intent = pairs.follow(entry);
                String person = people.person(intent == null ? entry : intent);
                prev = reader.leafHash();
                builder.add(entry, intent, person, reader.place(), prev);
                if (builder.count() < Chunk.ENTRIES) continue;
                Chunk chunk = keeper.keep(builder.build());
                builder = null;
                visitor.visit(chunk);
                progress.accept(chunk.header().lastSequence());
            }
            if (builder != null) visitor.visit(builder.build());
        }
    }

    private void writeCarry(Path kept, Chunk.Header header) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.write(header.last());
            Map<String, String> known = people.known();
            out.writeInt(known.size());
            for (var person : known.entrySet()) {
                text(out, person.getKey());
                text(out, person.getValue());
            }
            var open = pairs.openEntries();
            out.writeInt(open.size());
            for (Entry entry : open) {
                byte[] raw = entry.encode();
                out.writeInt(raw.length);
                out.write(raw);
            }
            out.writeInt(Chunk.checksum(ByteBuffer.wrap(bytes.toByteArray())));
        }
        Files.write(kept.resolve(CARRY + header.lastSequence()), bytes.toByteArray());
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private boolean readCarry(Path kept, Chunk.Header header) throws IOException {
        Path file = kept.resolve(CARRY + header.lastSequence());
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_CARRY_BYTES) return false;
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
        int end = in.limit() - Integer.BYTES;
        if (end < Leaf.HASH_BYTES || in.getInt(end) != Chunk.checksum(in.duplicate().limit(end)))
            return false;
        byte[] last = new byte[Leaf.HASH_BYTES];
        in.get(last);
        if (!Arrays.equals(last, header.last())) return false;
        for (int i = in.getInt(); i > 0; i--) people.put(text(in), text(in));
        try {
            for (int i = in.getInt(); i > 0; i--) {
                byte[] raw = bytes(in);
                var _ = pairs.follow(Entry.parse(raw, 0, raw.length));
            }
        } catch (FormatException _) {
            return false;
        }
        return true;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static void removeCarriesBut(Path kept, long sequence) throws IOException {
        List<Path> old = new ArrayList<>();
        try (Stream<Path> files = Files.list(kept)) {
            for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
                Path file = each.next();
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(CARRY) && !name.equals(CARRY + sequence)) old.add(file);
            }
        }
        for (Path file : old) Files.deleteIfExists(file);
    }
}
