package dev.sallyport.app.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Starting programs: a server that lives as long as we do, and short ones.
public final class ServerProcess {
    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(2);

    private ServerProcess() {}

    /// The thread that starts the server lives as long as it: on Linux the kernel stops the server
    /// when that thread ends.
    ///
    /// @param what for messages, as `PostgreSQL`
    /// @param log takes what it writes
    public static Process start(String what, List<String> command, Path log) throws IOException {
        BlockingQueue<Object> result = new ArrayBlockingQueue<>(1);
        Thread.ofPlatform()
                .daemon()
                .name(what + " server")
                .start(() -> startAndWait(command, log, result));
        try {
            return switch (result.take()) {
                case Process p -> p;
                case IOException e -> throw e;
                case Object o -> throw new IllegalStateException("unexpected: " + o);
            };
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + what + " was starting");
        }
    }

    private static void startAndWait(List<String> command, Path log, BlockingQueue<Object> result) {
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            var process =
                    builder.directory(new java.io.File("/"))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            process.getOutputStream().close();
            result.add(process);
            while (process.isAlive()) {
                try {
                    process.waitFor();
                } catch (InterruptedException _) {
                    // Nobody interrupts it; if somebody does, the server still comes first.
                }
            }
        } catch (IOException e) {
            result.add(e);
        }
    }

    /// @param name as `TERM`
    public static void signal(long pid, String name) throws IOException {
        run(List.of("/bin/sh", "-c", "kill -" + name + " " + pid));
    }

    /// Runs a short program to its end and returns what it wrote.
    public static String run(List<String> command) throws IOException {
        var started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .directory(new java.io.File("/"))
                        .start();
        started.getOutputStream().close();
        try {
            // What these programs write fits into a pipe, so it can be read when they have ended.
            if (!started.waitFor(PROGRAM_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                started.destroyForcibly();
                throw new IOException(command + " did not end in " + PROGRAM_TIMEOUT);
            }
            var output =
                    new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (started.exitValue() == 0) return output;
            throw new IOException(
                    "%s failed (exit %d):%n%s"
                            .formatted(command, started.exitValue(), output.strip()));
        } catch (InterruptedException _) {
            started.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command);
        }
    }
}
