package dev.sallyport.audit.export;

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
import java.util.Map;

/// How far an export got: the last entry that was sent.
///
/// @param sequence 0 when none was
/// @param leafHash its hash in hex, by which another log is told; empty when none was
public record ExportCursor(long sequence, String leafHash) {
    public static final ExportCursor START = new ExportCursor(0, "");

    /// {@link #START} when there is no such file.
    public static ExportCursor read(Path file) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            var json = JsonReader.object(bytes, 0, bytes.length);
            if (json.size() == 2
                    && json.get("sequence") instanceof Long sequence
                    && json.get("leafHash") instanceof String hash
                    && sequence > 0
                    && hash.matches("[0-9a-f]{64}")) return new ExportCursor(sequence, hash);
            throw new IOException(file + " is no cursor of an export");
        } catch (NoSuchFileException _) {
            return START;
        } catch (FormatException e) {
            throw new IOException(file + " is no cursor of an export: " + e.getMessage(), e);
        }
    }

    /// On the disk when this returns; a crash leaves the old cursor or this one.
    void write(Path file) throws IOException {
        byte[] bytes =
                new JsonWriter(128)
                        .value(Map.of("sequence", sequence, "leafHash", leafHash))
                        .toByteArray();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer all = ByteBuffer.wrap(bytes);
            while (all.hasRemaining()) {
                int _ = channel.write(all);
            }
            channel.force(true);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
