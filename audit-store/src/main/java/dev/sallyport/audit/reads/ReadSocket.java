package dev.sallyport.audit.reads;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.retention.Retention;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Unix domain socket in the store at which readers on this machine say that they read. Who they
/// are the kernel says; a `log-read` entry is all that they can write here. The gateway's own
/// account and root may also place and release legal holds, and prune: {@link RetentionRequest}.
///
/// One question a connection: a line of JSON, `{"command":"...","entries":N}`, answered with the
/// entry's sequence or with `refused` and why.
public final class ReadSocket implements AutoCloseable {
    public static final String FILE_NAME = "reads.sock";

    /// What sun_path of the platforms holds for sure, without the final zero.
    static final int MAX_PATH_BYTES = 103;

    static final int MAX_LINE_BYTES = 4 * 1024;
    static final long ANSWER_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(ReadSocket.class);
    private static final int MAX_READERS = 16;

    private final ServerSocketChannel server;
    private final Path file;
    private final AuditLog log;
    private final @Nullable Retention retention;
    private final Semaphore places = new Semaphore(MAX_READERS);

    private ReadSocket(
            ServerSocketChannel server, Path file, AuditLog log, @Nullable Retention retention) {
        this.server = server;
        this.file = file;
        this.log = log;
        this.retention = retention;
    }

    /// @param log the open log of this store
    /// @throws IOException the socket cannot be made, as when the store's path is too long for one
    public static ReadSocket listen(Path store, AuditLog log) throws IOException {
        return listen(store, log, null);
    }

    /// The same, and carries out what the store's owner asks for.
    public static ReadSocket listen(Path store, AuditLog log, @Nullable Retention retention)
            throws IOException {
        Path file = store.resolve(FILE_NAME);
        if (file.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES)
            throw new IOException(
                    "the path of " + file + " is longer than " + MAX_PATH_BYTES + " bytes");
        // Whoever holds the log's lock may: a socket that lies there is left over.
        Files.deleteIfExists(file);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(file));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        ReadSocket socket = new ReadSocket(server, file, log, retention);
        Thread.ofPlatform().daemon().name("audit-reads").start(socket::run);
        return socket;
    }

    private void run() {
        while (server.isOpen()) {
            try {
                SocketChannel reader = server.accept();
                if (places.tryAcquire()) Thread.startVirtualThread(() -> serve(reader));
                else reader.close();
            } catch (IOException e) {
                if (server.isOpen())
                    LOG.warn("a reader of the log was not heard: {}", e.toString());
            }
        }
    }

    private void serve(SocketChannel reader) {
        // A reader that says nothing keeps its place for a while only.
        AtomicBoolean isHeard = new AtomicBoolean();
        CompletableFuture.delayedExecutor(ANSWER_SECONDS, TimeUnit.SECONDS)
                .execute(() -> {
                    if (!isHeard.get()) closeQuietly(reader);
                });
        try (reader) {
            String who = reader.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
            byte[] line = line(reader);
            isHeard.set(true);
            String answer = answer(who, line) + "\n";
            ByteBuffer out = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                int _ = reader.write(out);
            }
        } catch (IOException e) {
            LOG.debug("a reader of the log was not answered: {}", e.toString());
        } finally {
            places.release();
        }
    }

    private String answer(String who, byte[] line) {
        try {
            var question = JsonReader.object(line, 0, line.length);
            if (question.containsKey(RetentionRequest.MEMBER))
                return retain(who, RetentionRequest.parse(line));
            if (question.size() != 2
                    || !(question.get("command") instanceof String command)
                    || !(question.get("entries") instanceof Long entries)
                    || entries < 0) return "refused: not {\"command\":...,\"entries\":...}";
            return log.commit(new AuditEvent.LogRead("os:" + who, command, entries))
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .toString();
        } catch (FormatException | TimeoutException e) {
            return "refused: " + e.getMessage();
        } catch (ExecutionException e) {
            return "refused: " + e.getCause();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "refused: the gateway is stopping";
        }
    }

    /// The group may read the log, and so write here; only who could delete the files anyway may
    /// ask for more.
    private String retain(String who, RetentionRequest request) {
        if (retention == null
                || !who.equals(System.getProperty("user.name")) && !who.equals("root"))
            return "refused: only the gateway's own account and root may do that, not " + who;
        try {
            return request.carryOut(retention, "os:" + who).replace('\n', ' ');
        } catch (RetentionRequest.Refused e) {
            return "refused: " + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    /// Without its line feed.
    static byte[] line(SocketChannel from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_LINE_BYTES);
        while (bytes.hasRemaining() && from.read(bytes) >= 0) {
            int end = bytes.position() - 1;
            if (end >= 0 && bytes.get(end) == '\n') {
                byte[] line = new byte[end];
                bytes.get(0, line);
                return line;
            }
        }
        throw new IOException("no line of at most " + MAX_LINE_BYTES + " bytes");
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // It is given up in any case.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("the socket of the log's readers stays behind: {}", e.toString());
        }
    }
}
