package dev.sallyport.audit.witness;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.Note;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.Merkle;
import dev.sallyport.audit.tree.TileReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows a store's newest checkpoint to a witness and keeps it with the cosignature, as the file
/// `witnessed` of the store. Reads files only and has a thread of its own: a witness that is slow
/// or away delays nothing.
public final class WitnessClient implements AutoCloseable {
    /// The newest checkpoint that the witness has cosigned.
    public static final String FILE_NAME = "witnessed";

    private static final Logger LOG = LoggerFactory.getLogger(WitnessClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long EVERY_MILLIS = 1_000;
    private static final int MAX_ANSWER = 64 * 1024;
    private static final int OK = 200;
    private static final int CONFLICT = 409;

    private final Path store;
    private final URI addCheckpoint;
    private final VerifierKey witness;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable String problem;

    /// @param url the witness's submission prefix
    /// @param witness its key for cosignatures
    public static WitnessClient start(Path store, URI url, VerifierKey witness) {
        WitnessClient client = new WitnessClient(store, url, witness);
        client.thread.start();
        return client;
    }

    WitnessClient(Path store, URI url, VerifierKey witness) {
        if (witness.use() != VerifierKey.Use.COSIGNATURE)
            throw new IllegalArgumentException("not a key for cosignatures");
        this.store = store;
        this.witness = witness;
        String prefix = url.toString();
        this.addCheckpoint =
                URI.create((prefix.endsWith("/") ? prefix : prefix + "/") + "add-checkpoint");
        this.thread = Thread.ofPlatform().name("audit-witness").daemon().unstarted(this::run);
    }

    /// Why the newest checkpoint is not cosigned; empty when it is, or is about to be.
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        try {
            while (!end.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                String found = null;
                try {
                    submit();
                } catch (IOException | FormatException | RuntimeException e) {
                    found = "the witness " + witness.name() + ": " + e.getMessage();
                }
                if (found != null && !found.equals(problem)) LOG.error(found);
                if (found == null && problem != null)
                    LOG.info("the witness {} cosigns again", witness.name());
                problem = found;
            }
        } catch (InterruptedException _) {
            // The gateway stops.
        }
    }

    /// One attempt, if there is something new.
    void submit() throws IOException, FormatException, InterruptedException {
        Path file = store.resolve(Checkpoint.FILE_NAME);
        if (!Files.exists(file)) return;
        Checkpoint newest = Checkpoint.parse(Files.readAllBytes(file));
        Checkpoint last = witnessed();
        if (last != null && last.isSameTree(newest)) return;
        if (last != null && last.size() > newest.size())
            throw new IOException(
                    "the log has " + newest.size() + " entries, but had " + last.size());
        HttpResponse<InputStream> answer = send(last == null ? 0 : last.size(), newest);
        byte[] body = body(answer);
        if (answer.statusCode() == CONFLICT) {
            long size = size(body);
            if (size > newest.size())
                throw new IOException(
                        "it has seen "
                                + size
                                + " entries of this log, which has "
                                + newest.size()
                                + ": the log was rolled back");
            answer = send(size, newest);
            body = body(answer);
        }
        if (answer.statusCode() != OK)
            throw new IOException(
                    "it answered "
                            + answer.statusCode()
                            + " to "
                            + newest.size()
                            + " entries: "
                            + new String(body, StandardCharsets.UTF_8).strip());
        keep(newest, Note.lines(new String(body, StandardCharsets.UTF_8)));
    }

    private void keep(Checkpoint newest, List<Note.Line> answered)
            throws IOException, FormatException {
        List<Note.Line> lines = new ArrayList<>(newest.note().signatures());
        boolean cosigned = false;
        for (Note.Line line : answered) {
            if (newest.note().cosignedAt(witness, line).isEmpty()) continue;
            lines.add(line);
            cosigned = true;
        }
        if (!cosigned) throw new FormatException("its answer holds no cosignature of it");
        DurableFile.replace(
                store.resolve(FILE_NAME), new Note(newest.note().text(), lines).bytes());
    }

    private @Nullable Checkpoint witnessed() throws IOException, FormatException {
        Path file = store.resolve(FILE_NAME);
        return Files.exists(file) ? Checkpoint.parse(Files.readAllBytes(file)) : null;
    }

    private HttpResponse<InputStream> send(long old, Checkpoint newest)
            throws IOException, InterruptedException {
        List<byte[]> proof =
                Merkle.consistency(new TileReader(store, newest.size()), old, newest.size());
        return http.send(
                HttpRequest.newBuilder(addCheckpoint)
                        .timeout(TIMEOUT)
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        new WitnessRequest(old, proof, newest).bytes()))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    private static byte[] body(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return body.readNBytes(MAX_ANSWER);
        }
    }

    private static long size(byte[] body) throws FormatException {
        String text = new String(body, StandardCharsets.US_ASCII);
        if (!text.matches("(0|[1-9]\\d{0,15})\n"))
            throw new FormatException("it answered 409 without a size");
        return Long.parseLong(text.strip());
    }

    @Override
    public void close() {
        end.countDown();
        thread.interrupt();
    }
}
