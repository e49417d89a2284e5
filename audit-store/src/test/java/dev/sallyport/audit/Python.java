package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.Position;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The second verifier, where there is a python3.
final class Python {
    private Python() {}

    static void agrees(Path store, Evidence evidence, Outcome expected)
            throws IOException, InterruptedException {
        if (!isThere()) return;
        List<Path> drafts = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (Position position : evidence.entries())
            arguments.addAll(List.of("--known", position.toString()));
        for (Checkpoint checkpoint : evidence.checkpoints()) {
            Path file = Files.createTempFile("since", ".checkpoint");
            drafts.add(file);
            Files.write(file, checkpoint.note().bytes());
            arguments.addAll(List.of("--since", file.toString()));
        }
        if (!evidence.keys().isEmpty()) {
            Path file = Files.createTempFile("keys", ".txt");
            drafts.add(file);
            Files.writeString(
                    file,
                    evidence.keys().stream()
                            .map(VerifierKey::toString)
                            .collect(Collectors.joining("\n", "", "\n")));
            arguments.addAll(List.of("--keys", file.toString()));
        }
        arguments.add(store.toString());
        run(arguments, expected.exitCode());
        for (Path file : drafts) Files.delete(file);
    }

    static void run(List<String> arguments, int expected) throws IOException, InterruptedException {
        if (!isThere()) return;
        List<String> command = new ArrayList<>(List.of("python3", script().toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assertThat(process.exitValue()).as("verify.py: %s", said).isEqualTo(expected);
    }

    private static Path script() {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("conformance")) ? here : here.resolve("..");
        return root.resolve("conformance/verify.py").normalize();
    }

    static boolean isThere() {
        try {
            Process process = new ProcessBuilder("python3", "--version").start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
