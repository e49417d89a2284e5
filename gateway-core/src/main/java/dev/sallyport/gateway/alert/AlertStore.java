package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The folder in which alerts keep how far they are: `state`, and a cursor for each receiver.
final class AlertStore {
    private static final String STATE = "state";

    /// It says who used which tables.
    private static final Set<PosixFilePermission> OURS =
            PosixFilePermissions.fromString("rwx------");

    private final Path folder;

    AlertStore(Path folder) throws IOException {
        if (!Files.isDirectory(folder))
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS));
        this.folder = folder;
    }

    /// Empty when there is none.
    ///
    /// @throws IOException when it can't be read, or is damaged
    Optional<Map<String, Object>> state() throws IOException {
        return read(STATE);
    }

    void writeState(Map<String, Object> state) throws IOException {
        write(STATE, state, true);
    }

    /// The alert that a receiver got last.
    ///
    /// @param sequence of its entry
    /// @param ordinal among the alerts of the entry
    record Cursor(long sequence, long ordinal) implements Comparable<Cursor> {
        static final Cursor START = new Cursor(0, 0);

        @Override
        public int compareTo(Cursor other) {
            int bySequence = Long.compare(sequence, other.sequence);
            return bySequence != 0 ? bySequence : Long.compare(ordinal, other.ordinal);
        }
    }

    Cursor cursor(String receiver) throws IOException {
        var json = read(receiver + ".cursor");
        if (json.isEmpty()) return Cursor.START;
        if (json.get().get("sequence") instanceof Long sequence
                && json.get().get("ordinal") instanceof Long ordinal)
            return new Cursor(sequence, ordinal);
        throw new IOException(folder.resolve(receiver + ".cursor") + " is no cursor of alerts");
    }

    /// Not forced to the disk: what a power cut takes of it is sent again.
    void writeCursor(String receiver, Cursor cursor) throws IOException {
        write(
                receiver + ".cursor",
                Map.of("sequence", cursor.sequence(), "ordinal", cursor.ordinal()),
                false);
    }

    private Optional<Map<String, Object>> read(String name) throws IOException {
        var file = folder.resolve(name);
        try {
            var bytes = Files.readAllBytes(file);
            return Optional.of(JsonReader.object(bytes, 0, bytes.length));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (FormatException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private void write(String name, Map<String, Object> json, boolean durably) throws IOException {
        var file = folder.resolve(name);
        var fresh = folder.resolve(name + ".new");
        var bytes = ByteBuffer.wrap(new JsonWriter(4_096).value(json).toByteArray());
        try (var channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
            if (durably) channel.force(true);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
