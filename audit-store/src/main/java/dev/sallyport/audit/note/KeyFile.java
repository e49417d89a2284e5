package dev.sallyport.audit.note;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey.Use;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file of private keys, two lines each, the newest first; blank lines and such that begin with
/// `#` are for people. Older keys are there to vouch for the newest and may be removed when that
/// has been done.
public final class KeyFile {
    private KeyFile() {}

    /// @throws FormatException not of the form, or readable by everyone
    public static List<SigningKey> read(Path file) throws IOException, FormatException {
        List<String> lines = SecretFile.read(file);
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
        SecretFile.write(file, text.toString(), replace);
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
