package dev.sallyport.app.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// What an embedded server's folder holds beside the server's own files: `lock`, `superuser` (the
/// password), and `data.location` where the data stand elsewhere.
public final class ServerFolder {
    private ServerFolder() {}

    /// Keeps other processes out until it is closed.
    public static FileChannel lock(Path folder) throws IOException {
        var channel =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) return channel;
        } catch (OverlappingFileLockException _) {
            // This very process has it.
        }
        channel.close();
        throw new IOException("another process is using " + folder);
    }

    /// Where the server's own files are: in the folder, or, when its account can't reach that, in
    /// the temporary folder.
    ///
    /// @param what for messages, as `PostgreSQL`
    /// @param prefix of the other folder's name
    public static Path data(Path folder, ServerAccount account, String what, String prefix)
            throws IOException {
        if (account.canReach(folder)) return folder.resolve("data");
        var location = folder.resolve("data.location");
        if (Files.exists(location)) {
            var known = Path.of(Files.readString(location).strip());
            var parent = known.getParent();
            if (parent != null && Files.isDirectory(parent)) return known;
        }
        var elsewhere =
                Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), prefix);
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx--x--x"));
        if (!account.canReach(elsewhere)) {
            throw new IOException(
                    "the account that runs %s can reach neither %s nor %s"
                            .formatted(what, folder, elsewhere));
        }
        var data = elsewhere.resolve("data");
        Files.writeString(location, data + "\n");
        return data;
    }

    /// @param wanted 0 for any free one of 127.0.0.1
    public static int choosePort(int wanted) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), wanted));
            return socket.getLocalPort();
        } catch (java.net.BindException e) {
            throw new IOException("port " + wanted + " is in use", e);
        }
    }

    /// The administrator's, invented when it isn't there.
    public static String password(Path folder) throws IOException {
        var file = folder.resolve("superuser");
        if (Files.exists(file)) return Files.readString(file).strip();
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password + "\n");
        return password;
    }
}
