package dev.sallyport.app.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a server's programs are unpacked, once, into a folder that outlives the process:
/// `$SALLYPORT_CACHE`, else `/var/cache/sallyport` for root (the account that runs the server must
/// be able to read it), `$XDG_CACHE_HOME/sallyport` or `~/.cache/sallyport` for others, else the
/// temporary folder.
public final class ProgramCache {
    private ProgramCache() {}

    /// Whether a folder holds the programs already.
    public interface Check {
        boolean isWhole(Path home);
    }

    /// Puts the programs into an empty folder.
    public interface Unpacking {
        void into(Path staging) throws IOException;
    }

    /// The folder that holds the programs.
    ///
    /// @param what for messages, as `PostgreSQL`
    /// @param name of the folder: another one for other programs
    /// @throws IOException they can't be unpacked anywhere; the message says what to do
    public static Path unpacked(String what, String name, Check check, Unpacking unpacking)
            throws IOException {
        var tried = new ArrayList<String>();
        for (var cache : folders()) {
            var home = cache.resolve(name);
            if (check.isWhole(home)) return home;
            try {
                unpack(unpacking, cache, home);
                return home;
            } catch (IOException e) {
                tried.add(cache + " (" + e.getMessage() + ")");
            }
        }
        throw new IOException(
                "cannot unpack %s anywhere; set SALLYPORT_CACHE to a folder that can be written and holds programs. Tried %s"
                        .formatted(what, String.join(", ", tried)));
    }

    private static List<Path> folders() {
        var folders = new ArrayList<Path>();
        var own = environment("SALLYPORT_CACHE");
        if (own != null) folders.add(Path.of(own).toAbsolutePath());
        if (ServerAccount.runsAsRoot()) {
            folders.add(Path.of("/var/cache/sallyport"));
        } else {
            var xdg = environment("XDG_CACHE_HOME");
            folders.add(
                    xdg != null
                            ? Path.of(xdg, "sallyport")
                            : Path.of(System.getProperty("user.home"), ".cache", "sallyport"));
        }
        // The name holds the user: what another user unpacked is not run.
        folders.add(
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "sallyport-cache-" + System.getProperty("user.name")));
        return folders;
    }

    /// Unpacked beside its place and moved there whole, so that several processes can do this at
    /// once and none sees half a server.
    private static void unpack(Unpacking unpacking, Path cache, Path home) throws IOException {
        Files.createDirectories(cache);
        if (!Files.isSameFile(cache.getRoot(), cache)
                && !Files.getOwner(cache).getName().equals(System.getProperty("user.name"))) {
            throw new IOException("belongs to " + Files.getOwner(cache).getName());
        }
        if (!ServerAccount.current().canReach(cache)) {
            throw new IOException("the account that runs the server cannot reach it");
        }
        var staging = Files.createTempDirectory(cache, ".unpacking-");
        try {
            Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpacking.into(staging);
            try {
                Files.move(staging, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException _) {
                // Another process was faster; what it unpacked is the same.
            }
        } finally {
            FileTrees.delete(staging);
        }
    }

    private static @Nullable String environment(String name) {
        var value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }
}
