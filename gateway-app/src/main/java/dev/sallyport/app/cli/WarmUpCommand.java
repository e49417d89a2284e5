package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Analyze;
import dev.sallyport.app.demo.Demo;
import dev.sallyport.app.mysql.EmbeddedMariaDb;
import dev.sallyport.app.postgres.PostgresServer.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Plays the tour with a small clinic in a temporary folder, so that the JVM sees the classes and
/// methods of a start and of ordinary statements. The launcher runs it once after a build to record
/// them in a cache.
@Command(
        name = "warm-up",
        hidden = true,
        description =
                "Plays a small tour unseen; the launcher uses it to record what a start needs.")
final class WarmUpCommand implements Callable<Integer> {
    private static final int PATIENTS = 100;

    private static final String STATEMENTS =
            """
            SELECT p.name, count(*) FROM patients p JOIN visits v ON v.patient_id = p.id
             WHERE p.ssn LIKE '0%' GROUP BY 1 ORDER BY 2;
            UPDATE visits SET note = 'x' WHERE id IN (SELECT id FROM patients) RETURNING *;
            SELECT FROM WHERE
            """;

    @Override
    public Integer call() throws Exception {
        DemoCommand.keepLogQuiet();
        new Analyze(Optional.empty(), new PrintWriter(Writer.nullWriter()))
                .script(new ByteArrayInputStream(STATEMENTS.getBytes(StandardCharsets.UTF_8)));
        // Passable for the account that runs PostgreSQL when we are root.
        var folder =
                Files.createTempDirectory(
                        "sallyport-warm-up-",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx--x--x")));
        try {
            var options =
                    new Demo.Options(
                            folder.resolve("demo"),
                            "127.0.0.1",
                            0,
                            true,
                            false,
                            PATIENTS,
                            Provider.EMBEDDED,
                            Optional.empty(),
                            new Demo.MySql(EmbeddedMariaDb.isThere(), 0, Optional.empty()));
            return new Demo(options, new PrintWriter(Writer.nullWriter())).run();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
