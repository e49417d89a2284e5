package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes under load, again and again on the same store: whatever it said was
/// acknowledged has to be there.
@Timeout(7_200)
class KillTest {
    private static final int KILLS = Integer.getInteger("sallyport.kills", 6);

    @TempDir Path folder;

    @Test
    void everythingAcknowledgedBeforeAKillIsInTheLog() throws Exception {
        long seed = Long.getLong("sallyport.seed", 20261123);
        Random random = new Random(seed);
        Map<Long, String> acknowledged = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Process child =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Child.class.getName(),
                                    folder.resolve("audit").toString(),
                                    "run" + kill)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            // Many kills make a long log of many short lives.
            int lines = 200 + random.nextInt(KILLS > 20 ? 100 : 4_000);
            try (BufferedReader said = child.inputReader(StandardCharsets.US_ASCII)) {
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    // A line may be cut short by the kill.
                    if (!line.endsWith(".")) break;
                    String[] words = line.split(" ");
                    acknowledged.put(Long.parseLong(words[0]), words[1]);
                    // Not Process.destroyForcibly, which closes the stream with lines in it.
                    if (lines-- == 0) child.toHandle().destroyForcibly();
                }
            }
            child.waitFor();
            assertThat(child.exitValue()).as("killed, seed %d", seed).isEqualTo(137);
            if (KILLS > 20 && kill % 25 != 0) continue;
            VerifyResult result = LogVerifier.verify(folder.resolve("audit"));
            assertThat(result.outcome())
                    .as(result.describe())
                    .isIn(Outcome.SOUND, Outcome.TORN_TAIL);
        }
        Child.open(folder.resolve("audit")).close();
        VerifyResult result = LogVerifier.verify(folder.resolve("audit"));
        assertThat(result.outcome()).as(result.describe()).isEqualTo(Outcome.SOUND);
        Map<Long, String> found = new HashMap<>();
        int recovered = 0;
        try (LogReader reader = LogReader.open(folder.resolve("audit"), 1)) {
            for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                found.put(entry.sequence(), entry.text("session"));
                if (entry.type().equals("recovered")) recovered++;
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(KILLS * 200);
        assertThat(found).containsAllEntriesOf(acknowledged);
        assertThat(recovered).isEqualTo(KILLS);
    }

    /// Writes and says what was acknowledged, until it is killed.
    static final class Child {
        static final AuditOptions OPTIONS =
                AuditOptions.DEFAULTS
                        .withSegmentBytes(256 * 1024)
                        .withHeartbeat(Duration.ofSeconds(1));

        private Child() {}

        /// With tree, checkpoints and sealed parts: whatever may be half done when it is killed.
        static AuditLog open(Path store) throws Exception {
            Path key = store.resolveSibling(store.getFileName() + ".seal-key");
            AuditorKey auditor =
                    Files.exists(key) ? AuditorKey.read(key) : AuditorKey.create(key, "auditor");
            return AuditLog.openSealed(
                    store,
                    "killed",
                    OPTIONS,
                    store.resolveSibling(store.getFileName() + ".key"),
                    List.of(auditor.recipient()));
        }

        public static void main(String[] arguments) throws Exception {
            AuditLog log = open(Path.of(arguments[0]));
            PrintStream out = System.out;
            for (int t = 0; t < 8; t++) {
                String thread = arguments[1] + "-" + t + "-";
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 1; ; i++) {
                                String session = thread + i;
                                long sequence =
                                        log.commit(
                                                        Events.intent(session, 1),
                                                        Confidential.sql(session))
                                                .join();
                                out.print(sequence + " " + session + " .\n");
                                log.commit(Events.outcome(session, 1)).join();
                            }
                        });
            }
        }
    }
}
