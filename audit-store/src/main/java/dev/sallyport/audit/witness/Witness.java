package dev.sallyport.audit.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.Note;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.tree.Merkle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `POST /add-checkpoint` and `GET /HASH/checkpoint` as C2SP tlog-witness has it. Keeps one
/// file per log, durable before the answer leaves. One request at a time changes anything.
public final class Witness implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
    private static final int THREADS = 4;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int WRONG_METHOD = 405;
    private static final int CONFLICT = 409;
    private static final int TOO_LARGE = 413;
    private static final int UNPROCESSABLE = 422;
    private static final int FAILED = 500;

    private final Path folder;
    private final SigningKey key;
    private final List<VerifierKey> logs;
    private final InstantSource clock;
    private final HttpServer server;
    private final ExecutorService threads;

    /// @param folder where the last checkpoints are kept; losing it makes the witness believe
    ///   anything
    /// @param key for cosignatures
    /// @param logs keys of the logs that are witnessed; each key's name is the log's origin
    public static Witness start(
            InetSocketAddress address, Path folder, SigningKey key, List<VerifierKey> logs)
            throws IOException {
        if (key.verifier().use() != VerifierKey.Use.COSIGNATURE)
            throw new IllegalArgumentException("not a key for cosignatures");
        Files.createDirectories(folder);
        return new Witness(address, folder, key, logs, InstantSource.system());
    }

    private Witness(
            InetSocketAddress address,
            Path folder,
            SigningKey key,
            List<VerifierKey> logs,
            InstantSource clock)
            throws IOException {
        this.folder = folder;
        this.key = key;
        this.logs = List.copyOf(logs);
        this.clock = clock;
        server = HttpServer.create(address, 0);
        threads = Executors.newFixedThreadPool(THREADS);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    private record Reply(int status, String type, byte[] body) {
        static Reply text(int status, String text) {
            return new Reply(
                    status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = answer(exchange);
            } catch (IOException | RuntimeException e) {
                LOG.error("a request could not be answered", e);
                reply = Reply.text(FAILED, "failed\n");
            }
            exchange.getResponseHeaders().set("Content-Type", reply.type);
            exchange.sendResponseHeaders(reply.status, reply.body.length);
            exchange.getResponseBody().write(reply.body);
        }
    }

    private Reply answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        if (path.equals("/add-checkpoint")) {
            if (!method.equals("POST")) return Reply.text(WRONG_METHOD, "POST it\n");
            byte[] body = exchange.getRequestBody().readNBytes(WitnessRequest.MAX_BYTES + 1);
            if (body.length > WitnessRequest.MAX_BYTES) return Reply.text(TOO_LARGE, "too long\n");
            return add(body);
        }
        for (VerifierKey log : logs)
            if (path.equals("/" + fileName(log.name()) + "/checkpoint") && method.equals("GET")) {
                Path file = folder.resolve(fileName(log.name()));
                if (Files.exists(file))
                    return new Reply(OK, "text/plain; charset=utf-8", Files.readAllBytes(file));
            }
        return Reply.text(NOT_FOUND, "not found\n");
    }

    private Reply add(byte[] body) throws IOException {
        WitnessRequest request;
        try {
            request = WitnessRequest.parse(body);
        } catch (FormatException e) {
            return Reply.text(BAD_REQUEST, e.getMessage() + "\n");
        }
        Checkpoint next = request.checkpoint();
        List<VerifierKey> keys =
                logs.stream().filter(log -> log.name().equals(next.origin())).toList();
        if (keys.isEmpty()) return Reply.text(NOT_FOUND, "unknown log\n");
        List<Note.Verdict> verdicts = keys.stream().map(next.note()::verify).toList();
        if (verdicts.contains(Note.Verdict.FORGED) || !verdicts.contains(Note.Verdict.SIGNED))
            return Reply.text(FORBIDDEN, "not signed by the log\n");
        if (request.old() > next.size()) return Reply.text(BAD_REQUEST, "old size too great\n");
        return record(request, keys);
    }

    private synchronized Reply record(WitnessRequest request, List<VerifierKey> keys)
            throws IOException {
        Checkpoint next = request.checkpoint();
        Checkpoint last = last(next.origin());
        long size = last == null ? 0 : last.size();
        if (request.old() != size)
            return new Reply(
                    CONFLICT,
                    "text/x.tlog.size",
                    (size + "\n").getBytes(StandardCharsets.US_ASCII));
        byte[] root = last == null ? Merkle.emptyRoot() : last.root();
        boolean empty = next.size() == 0;
        if (empty && !java.util.Arrays.equals(next.root(), Merkle.emptyRoot())
                || !Merkle.isConsistent(size, root, next.size(), next.root(), request.proof())) {
            LOG.error(
                    "the log {} does not continue what was witnessed: {} entries, then {}. Keep"
                            + " this: it proves that the log was forked:\n{}",
                    next.origin(),
                    size,
                    next.size(),
                    new String(next.note().bytes(), StandardCharsets.UTF_8));
            return Reply.text(UNPROCESSABLE, "not consistent\n");
        }
        Note.Line cosignature = next.note().cosign(key, clock.instant().getEpochSecond());
        List<Note.Line> lines = new ArrayList<>();
        for (Note.Line line : next.note().signatures())
            for (VerifierKey each : keys) if (line.isOf(each)) lines.add(line);
        lines.add(cosignature);
        // INVARIANT: what was cosigned is on the disk before anyone sees the cosignature.
        DurableFile.replace(
                folder.resolve(fileName(next.origin())),
                new Note(next.note().text(), lines).bytes());
        return Reply.text(OK, cosignature.toString());
    }

    private @Nullable Checkpoint last(String origin) throws IOException {
        Path file = folder.resolve(fileName(origin));
        if (!Files.exists(file)) return null;
        try {
            Checkpoint last = Checkpoint.parse(Files.readAllBytes(file));
            if (last.note().verify(key.verifier()) == Note.Verdict.SIGNED) return last;
            throw new FormatException("this witness did not cosign it");
        } catch (FormatException e) {
            throw new UncheckedIOException(
                    new IOException("what was witnessed of " + origin + " is damaged", e));
        }
    }

    /// SHA-256 of the origin, in hex.
    static String fileName(String origin) {
        return Leaf.hex(Leaf.sha256().digest(origin.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
