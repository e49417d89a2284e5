package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/// A text file with secrets in its lines; blank lines and such that begin with `#` are for people.
public final class SecretFile {
    private SecretFile() {}

    /// @throws FormatException readable by everyone
    public static List<String> read(Path file) throws IOException, FormatException {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ))
                throw new FormatException(
                        "the key file " + file + " is readable by everyone: chmod 600 it");
        } catch (UnsupportedOperationException _) {
            // No POSIX permissions here: the folder's access list decides.
        }
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /// Readable by its owner only, and durable when this returns.
    ///
    /// @throws FileAlreadyExistsException there is one that may not be replaced
    public static void write(Path file, String text, boolean replace) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) throw new IOException("no place for a key file: " + file);
        Path draft = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        try (FileChannel channel = channel(draft)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        if (!replace && Files.exists(file)) throw new FileAlreadyExistsException(file.toString());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    private static FileChannel channel(Path draft) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            return FileChannel.open(
                    draft,
                    options,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException _) {
            return FileChannel.open(draft, options);
        }
    }
}
