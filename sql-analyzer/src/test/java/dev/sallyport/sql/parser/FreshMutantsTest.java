package dev.sallyport.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// As many new mutants as are asked for, judged by PostgreSQL's parsers and by ours while they are
/// made, slice by slice: each says what was found until then, and a run can begin at any
/// (`-Dsallyport.mutants.from=`). Runs in the Maven profile `nightly` only.
@Tag("nightly")
class FreshMutantsTest {
    private static final Path HARNESS = Path.of("..", "conformance", "mutants");
    private static final int SLICE = 20_000;
    private static final int COUNT = Integer.getInteger("sallyport.mutants.count", 1_000_000);
    private static final int FROM = Integer.getInteger("sallyport.mutants.from", 0);
    private static final long SEED =
            Long.getLong("sallyport.mutants.seed", LocalDate.now().toEpochDay());

    @Test
    void missesNothingOfWhatPostgresNames() throws Exception {
        if (!Files.isDirectory(HARNESS.resolve("node_modules"))) run("npm", "ci");
        var counts = new MutantsTest.Counts();
        long begin = System.nanoTime();
        for (int slice = FROM, rest = COUNT; rest > 0; slice++, rest -= SLICE) {
            judge(slice, Math.min(SLICE, rest), counts);
            System.out.printf(
                    "seed %d, slice %d done after %,d s: %s%n",
                    SEED,
                    slice,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                    counts.report());
            System.out.flush();
        }
        counts.check(COUNT);
    }

    private static void judge(int slice, int count, MutantsTest.Counts counts) throws Exception {
        String resources = "src/test/resources/dev/sallyport/sql/parser/";
        var command = new ArrayList<>(List.of("node", "truth.mjs", "--refused", "0.01"));
        command.addAll(
                List.of(
                        "--older",
                        "0.1",
                        "--count",
                        "" + count,
                        "--seed",
                        "" + SEED,
                        "--slice",
                        "" + slice));
        for (String file : List.of("mutants.jsonl.gz", "accepted.sql", "commands.sql"))
            command.add(Path.of(resources + file).toAbsolutePath().toString());
        Process node = start(command);
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(counts::judge);
        }
        assertThat(node.waitFor()).as("node's exit code, seed %s, slice %s", SEED, slice).isZero();
    }

    private static void run(String... command) throws Exception {
        Process process = start(List.of(command));
        process.getInputStream().transferTo(System.out);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .directory(HARNESS.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError(
                    "the nightly mutants need " + command.getFirst() + " on the PATH", e);
        }
    }
}
