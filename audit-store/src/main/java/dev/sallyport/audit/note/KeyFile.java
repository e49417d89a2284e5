package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A file of private keys, two lines each, the newest first; blank lines and such that begin with
/// `#` are for people. Older keys are there to vouch for the newest and may be removed when that
/// has been done.
public final class KeyFile {
    private KeyFile() {}

    /// @throws FormatException not of the form, or readable by everyone
    public static List<SigningKey> read(Path file) throws IOException, FormatException {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ))
                throw new FormatException(
                        "the key file " + file + " is readable by everyone: chmod 600 it");
        } catch (UnsupportedOperationException _) {
            // No POSIX permissions here: the folder's access list decides.
        }
        List<String> lines =
                Files.readAllLines(file).stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
        if (lines.isEmpty() || lines.size() % 2 != 0)
            throw new FormatException("the key file " + file + " has not two lines for each key");
        List<SigningKey> keys = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 2) {
            try {
                keys.add(SigningKey.parse(lines.get(i), lines.get(i + 1)));
            } catch (FormatException e) {
                throw new FormatException("the key file " + file + ": " + e.getMessage());
            }
        }
        return keys;
    }

    /// Makes the file, readable by its owner only, with a new key; durable when this returns.
    ///
    /// @throws FileAlreadyExistsException there is one
    public static SigningKey create(Path file, String name, Use use) throws IOException {
        if (Files.exists(file)) throw new FileAlreadyExistsException(file.toString());
        SigningKey key = SigningKey.generate(name, use);
        write(file, List.of(key), false);
        return key;
    }

    /// Puts a new key before those that are there.
    public static SigningKey rotate(Path file) throws IOException, FormatException {
        List<SigningKey> keys = new ArrayList<>(read(file));
        VerifierKey old = keys.getFirst().verifier();
        SigningKey key = SigningKey.generate(old.name(), old.use());
        keys.addFirst(key);
        write(file, keys, true);
        return key;
    }

    private static void write(Path file, List<SigningKey> keys, boolean replace)
            throws IOException {
        StringBuilder text =
                new StringBuilder(
                        "# Sallyport: private keys, the newest first. Keep them secret.\n");
        for (SigningKey key : keys)
            text.append(key.secretLine()).append('\n').append(key.verifier()).append('\n');
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) throw new IOException("no place for a key file: " + file);
        Path draft = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        try (FileChannel channel = channel(draft)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
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

    /// Public keys, one a line, for whoever verifies.
    public static List<VerifierKey> readPublic(Path file) throws IOException, FormatException {
        List<VerifierKey> keys = new ArrayList<>();
        for (String line : Files.readAllLines(file))
            if (!line.isBlank() && !line.startsWith("#")) keys.add(VerifierKey.parse(line.strip()));
        if (keys.isEmpty()) throw new FormatException("there is no key in " + file);
        return keys;
    }
}
