package dev.sallyport.app.demo;

import dev.sallyport.app.demo.Persona.Denied;
import dev.sallyport.app.demo.Persona.Rows;
import dev.sallyport.app.demo.Persona.Scene;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/// Plays every person's part as a real client over TLS, compares what comes with what should, then
/// verifies the log, and shows on a copy that a single changed byte is found.
final class Tour {
    private static final int SQL_CHARS = 58;
    private static final Duration COPY_TIMEOUT = Duration.ofSeconds(20);

    private final Entrance entrance;
    private final Optional<MySqlEntrance> mySql;
    private final Path store;
    private final Copied copied;
    private final PrintWriter out;
    private final List<String> wrong = new ArrayList<>();

    /// Whether the log's copy has everything, waited for.
    interface Copied {
        boolean await(Duration atMost) throws InterruptedException;
    }

    Tour(
            Entrance entrance,
            Optional<MySqlEntrance> mySql,
            Path store,
            Copied copied,
            PrintWriter out) {
        this.entrance = entrance;
        this.mySql = mySql;
        this.copied = copied;
        this.store = store;
        this.out = out;
    }

    /// True when everything came out as it should.
    boolean play() {
        for (var persona : Persona.ALL) play(persona);
        mySql.ifPresent(this::playMySql);
        awaitCopy();
        play(Persona.OF_THE_LOG);
        checkLog();
        out.println();
        if (wrong.isEmpty()) {
            out.println(Ansi.AUTO.string("@|green,bold The tour went as it should.|@"));
        } else {
            out.println(Ansi.AUTO.string("@|red,bold Not as it should be:|@"));
            for (var line : wrong) out.println("  " + line);
        }
        out.flush();
        return wrong.isEmpty();
    }

    private void awaitCopy() {
        try {
            if (!copied.await(COPY_TIMEOUT))
                report("the log is copied to PostgreSQL", false, "not in time");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void playMySql(MySqlEntrance clients) {
        if (!clients.hasClient()) {
            out.printf(
                    "%nNeither mariadb nor mysql is installed: MySQL's part of the tour isn't"
                            + " played.%n");
            return;
        }
        for (var persona : MySqlParts.ALL) {
            out.println();
            out.printf("%s, %s%n", persona.name(), persona.title());
            for (var scene : persona.tour())
                play(persona, scene, clients.ask(persona.name(), scene.sql()));
            out.flush();
        }
    }

    private void play(Persona persona) {
        out.println();
        out.printf("%s, %s%n", persona.name(), persona.title());
        try (var connection = entrance.to(persona.database()).connect(persona.name())) {
            for (var scene : persona.tour()) play(persona, scene, ask(connection, scene.sql()));
        } catch (SQLException e) {
            report(persona.name() + " logs in", false, "cannot: " + e.getMessage());
        }
        out.flush();
    }

    private void play(Persona persona, Scene scene, Answer answer) {
        var asItShould =
                switch (scene.expected()) {
                    case Rows(var rows) -> answer instanceof Answer.Came(var came) && came == rows;
                    case Denied(var state, var names) ->
                            answer instanceof Answer.Refused(var s, var text)
                                    && s.equals(state)
                                    && text.contains(names);
                };
        out.printf(
                "  %s %-20s %-58s  %s%n",
                mark(asItShould), scene.what(), shorten(scene.sql()), answer.describe());
        if (!asItShould) {
            wrong.add(
                    "%s, %s: %s%n    expected %s%n    got %s"
                            .formatted(
                                    persona.name(),
                                    scene.what(),
                                    scene.sql(),
                                    scene.expected().describe(),
                                    answer.describe()));
        }
    }

    /// What came of a statement.
    sealed interface Answer {
        String describe();

        record Came(int rows) implements Answer {
            @Override
            public String describe() {
                return rows == 1 ? "1 row" : rows + " rows";
            }
        }

        /// @param sqlState from MySQL, its number
        /// @param text message, detail and hint
        record Refused(String sqlState, String text) implements Answer {
            @Override
            public String describe() {
                var message = text.lines().findFirst().orElse("");
                // MySQL has one field for what PostgreSQL has several for.
                return sqlState
                        + " "
                        + message.replaceFirst("^(ERROR: )?(sallyport: )?", "")
                                .replaceFirst("\\. (Refused|Audit record): .*", "");
            }
        }
    }

    private static Answer ask(Connection connection, String sql) {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var count = 0;
            while (rows.next()) count++;
            return new Answer.Came(count);
        } catch (SQLException e) {
            return new Answer.Refused(
                    String.valueOf(e.getSQLState()), String.valueOf(e.getMessage()));
        }
    }

    private void checkLog() {
        out.println();
        out.println("the log");
        try {
            var whole = LogVerifier.verify(store);
            report(
                    "verifies",
                    whole.outcome() == VerifyResult.Outcome.SOUND,
                    whole.describe().lines().findFirst().orElse(""));
            var copy = Files.createTempDirectory("sallyport-tour-");
            try {
                checkAlteredCopy(copy);
            } finally {
                deleteCopy(copy);
            }
        } catch (IOException e) {
            report("verifies", false, "cannot be copied: " + e);
        }
    }

    /// One bit of one byte, in the middle of what is written.
    private void checkAlteredCopy(Path copy) throws IOException {
        Path longest = null;
        // In the order of their names: the checkpoint before the tiles that it needs.
        try (var files = Files.walk(store)) {
            for (var file : files.sorted().toList()) {
                var target = copy.resolve(store.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    continue;
                }
                // The gateway's socket for readers is no part of the log.
                if (!Files.isRegularFile(file)) continue;
                Files.copy(file, target);
                if (longest == null || Files.size(target) > Files.size(longest)) longest = target;
            }
        }
        if (longest == null) throw new IOException("the store is empty");
        var bytes = Files.readAllBytes(longest);
        var written = bytes.length;
        while (written > 0 && bytes[written - 1] == 0) written--;
        var offset = written / 2;
        try (var channel = FileChannel.open(longest, StandardOpenOption.WRITE)) {
            channel.write(
                    java.nio.ByteBuffer.wrap(new byte[] {(byte) (bytes[offset] ^ 1)}), offset);
        }
        var altered = LogVerifier.verify(copy);
        report(
                "a copy with byte %d of %s changed is found out"
                        .formatted(offset, longest.getFileName()),
                altered.outcome() == VerifyResult.Outcome.ALTERED
                        && altered.offset() <= offset
                        && altered.file().equals(String.valueOf(longest.getFileName())),
                altered.describe());
    }

    private void report(String what, boolean asItShould, String got) {
        out.printf("  %s %s: %s%n", mark(asItShould), what, got);
        if (!asItShould) wrong.add(what + ": " + got);
    }

    private static String mark(boolean asItShould) {
        return Ansi.AUTO.string(asItShould ? "@|green ok|@   " : "@|red,bold WRONG|@");
    }

    private static String shorten(String sql) {
        return sql.length() <= SQL_CHARS ? sql : sql.substring(0, SQL_CHARS - 1) + "…";
    }

    private static void deleteCopy(Path copy) throws IOException {
        try (var files = Files.walk(copy)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
