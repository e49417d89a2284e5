package dev.sallyport.audit.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.Note;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.Merkle;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real log, a real witness over HTTP.
class WitnessTest {
    @TempDir Path folder;
    private final SigningKey witnessKey =
            SigningKey.generate("witness.example", VerifierKey.Use.COSIGNATURE);
    private Path store = Path.of("");
    private Path key = Path.of("");
    private Witness witness;

    @BeforeEach
    void start() throws Exception {
        store = folder.resolve("audit");
        key = folder.resolve("audit.key");
        write(300);
        witness = witness();
    }

    @AfterEach
    void stop() {
        witness.close();
    }

    private Witness witness() throws Exception {
        return Witness.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("witness"),
                witnessKey,
                List.of(KeyFile.read(key).getLast().verifier()));
    }

    private void write(int entries) throws Exception {
        try (AuditLog log =
                AuditLog.openSealed(
                        store,
                        "log.example",
                        AuditOptions.DEFAULTS
                                .withSegmentBytes(256 * 1024)
                                .withHeartbeat(Duration.ZERO),
                        key)) {
            for (int i = 0; i < entries; i++) log.append(new AuditEvent.LogRead("dora", "read", i));
        }
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + witness.address().getPort());
    }

    private WitnessClient client(Path of) {
        return new WitnessClient(of, url(), witnessKey.verifier());
    }

    private Checkpoint read(Path of, String name) throws Exception {
        return Checkpoint.parse(Files.readAllBytes(of.resolve(name)));
    }

    private int post(byte[] body) throws Exception {
        return send(HttpRequest.newBuilder(url().resolve("/add-checkpoint"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                .statusCode();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aLogThatGrowsIsCosigned() throws Exception {
        client(store).submit();
        assertThat(read(store, "witnessed").size()).isEqualTo(301);
        write(500);
        client(store).submit();
        Checkpoint witnessed = read(store, "witnessed");
        assertThat(witnessed.size()).isEqualTo(801);
        assertThat(witnessed.note().verify(witnessKey.verifier())).isEqualTo(Note.Verdict.SIGNED);
        assertThat(witnessed.isSameTree(read(store, "checkpoint"))).isTrue();
        HttpResponse<String> kept =
                send(
                        HttpRequest.newBuilder(
                                url().resolve(
                                                "/"
                                                        + Witness.fileName("log.example")
                                                        + "/checkpoint")));
        assertThat(kept.body()).isEqualTo(Files.readString(store.resolve("witnessed")));
        // The cosigned checkpoint is evidence as good as any.
        assertThat(
                        LogVerifier.verify(
                                        store,
                                        new Evidence(List.of(), List.of(witnessed), List.of()))
                                .outcome())
                .isEqualTo(Outcome.SOUND);
    }

    /// It remembers over a restart, and tells a client that has forgotten how far it was.
    @Test
    void whatWasCosignedIsRemembered() throws Exception {
        client(store).submit();
        witness.close();
        witness = witness();
        Files.delete(store.resolve("witnessed"));
        write(10);
        client(store).submit();
        assertThat(read(store, "witnessed").size()).isEqualTo(311);
    }

    /// The same key signs two histories: the second is refused, also when it is longer.
    @Test
    void aForkedLogIsNotCosigned() throws Exception {
        client(store).submit();
        Path real = folder.resolve("real");
        Files.move(store, real);
        write(400);
        assertThatThrownBy(() -> client(store).submit())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("422");
        assertThat(Files.exists(store.resolve("witnessed"))).isFalse();
        assertThat(LogVerifier.verify(store).outcome()).isEqualTo(Outcome.SOUND);
        client(real).submit();
    }

    @Test
    void aLogRolledBackIsFound() throws Exception {
        Path old = folder.resolve("old");
        copy(store, old);
        write(10);
        client(store).submit();
        assertThatThrownBy(() -> client(old).submit()).hasMessageContaining("rolled back");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) Files.copy(file, to.resolve(from.relativize(file)));
        }
    }

    @Test
    void everyRefusalHasItsStatus() throws Exception {
        SigningKey own = KeyFile.read(key).getFirst();
        SigningKey thief = SigningKey.generate("log.example", VerifierKey.Use.NOTE);
        SigningKey stranger = SigningKey.generate("other.example", VerifierKey.Use.NOTE);
        Checkpoint head = read(store, "checkpoint");
        assertThat(post("nothing".getBytes(StandardCharsets.UTF_8))).isEqualTo(400);
        assertThat(post(request(0, Checkpoint.sign("other.example", 9, new byte[32], stranger))))
                .as("unknown log")
                .isEqualTo(404);
        assertThat(post(request(0, Checkpoint.sign("log.example", 9, new byte[32], thief))))
                .as("another key")
                .isEqualTo(403);
        byte[] changed =
                new String(request(0, head), StandardCharsets.UTF_8)
                        .replace("\n301\n", "\n302\n")
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(post(changed)).as("forged").isEqualTo(403);
        assertThat(post(request(302, head))).as("old size too great").isEqualTo(400);
        assertThat(post(request(300, head))).as("not what it has").isEqualTo(409);
        assertThat(post(new WitnessRequest(0, List.of(new byte[32]), head).bytes()))
                .as("a proof from nothing")
                .isEqualTo(422);
        assertThat(post(request(0, Checkpoint.sign("log.example", 0, new byte[32], own))))
                .as("a root of nothing")
                .isEqualTo(422);
        assertThat(post(request(0, Checkpoint.sign("log.example", 0, Merkle.emptyRoot(), own))))
                .isEqualTo(200);
        assertThat(post(request(0, head))).isEqualTo(200);
        assertThat(post(request(0, head))).as("replayed").isEqualTo(409);
        assertThat(post(request(301, head))).as("again").isEqualTo(200);
        assertThat(post(request(301, Checkpoint.sign("log.example", 301, new byte[32], own))))
                .as("another tree of the same size")
                .isEqualTo(422);
        assertThat(post(request(301, Checkpoint.sign("log.example", 400, new byte[32], own))))
                .as("without proof")
                .isEqualTo(422);
        assertThat(post(new byte[WitnessRequest.MAX_BYTES + 1])).isEqualTo(413);
    }

    private static byte[] request(long old, Checkpoint checkpoint) {
        return new WitnessRequest(old, List.of(), checkpoint).bytes();
    }

    /// What its own disk does not hold any more, it does not make up.
    @Test
    void aWitnessWithDamagedMemoryAnswersNothing() throws Exception {
        client(store).submit();
        Files.writeString(folder.resolve("witness/" + Witness.fileName("log.example")), "gone");
        write(5);
        assertThatThrownBy(() -> client(store).submit()).hasMessageContaining("500");
    }
}
