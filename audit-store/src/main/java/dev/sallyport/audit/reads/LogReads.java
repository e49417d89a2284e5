package dev.sallyport.audit.reads;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.search.LogReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// Records that somebody read the log, in the log. A running gateway is asked to; without one the
/// reader is the log's writer for a moment, if the store is its own to write.
///
/// A copy of a store, or a store of somebody else's, cannot be written: reading it is possible and
/// leaves no trace, and {@link NotRecorded} says so.
public final class LogReads {
    private LogReads() {}

    public sealed interface Result {}

    /// @param sequence of the `log-read` entry, which is durable
    public record Recorded(long sequence) implements Result {}

    /// @param why for people
    public record NotRecorded(String why) implements Result {}

    /// @param keyFile of the log's private keys
    /// @param command what was asked, without anything that may be about a patient
    /// @param entries how many entries the answer has
    public static Result record(Path store, Path keyFile, String command, long entries) {
        try {
            return ask(store, command, entries);
        } catch (NoSuchFileException | ConnectException _) {
            return write(store, keyFile, command, entries);
        } catch (IOException e) {
            return new NotRecorded("the running gateway cannot be asked: " + e.getMessage());
        }
    }

    /// @throws NoSuchFileException no gateway runs
    /// @throws ConnectException a gateway left its socket behind
    private static Result ask(Path store, String command, long entries) throws IOException {
        Path file = store.resolve(ReadSocket.FILE_NAME);
        if (!Files.exists(file)) throw new NoSuchFileException(file.toString());
        byte[] question =
                new JsonWriter(256)
                        .value(Map.of("command", shortened(command), "entries", entries))
                        .raw('\n')
                        .toByteArray();
        try (SocketChannel gateway = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            CompletableFuture.delayedExecutor(2 * ReadSocket.ANSWER_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> close(gateway));
            ByteBuffer out = ByteBuffer.wrap(question);
            while (out.hasRemaining()) {
                int _ = gateway.write(out);
            }
            String answer = new String(ReadSocket.line(gateway), StandardCharsets.UTF_8);
            return answer.matches("[0-9]{1,18}")
                    ? new Recorded(Long.parseLong(answer))
                    : new NotRecorded("the gateway answered: " + answer);
        }
    }

    /// So that the question fits a line, however its characters are written in JSON.
    private static String shortened(String command) {
        int most = ReadSocket.MAX_LINE_BYTES / 8;
        return command.length() <= most ? command : command.substring(0, most) + "…";
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // Who waits for the answer hears it.
        }
    }

    private static Result write(Path store, Path keyFile, String command, long entries) {
        try {
            if (!Files.isWritable(store)) return new NotRecorded("the store cannot be written");
            if (!Files.getOwner(store).getName().equals(System.getProperty("user.name")))
                return new NotRecorded(
                        "no gateway runs, and the store belongs to " + Files.getOwner(store));
            if (!Files.isReadable(keyFile))
                return new NotRecorded(
                        "no gateway runs, and the log's key "
                                + keyFile
                                + " is not here (--log-key)");
            var head =
                    Head.parse(Files.readAllBytes(store.resolve(Head.FILE_NAME)), Head.FILE_BYTES);
            // Recovery is the gateway's: a reader leaves everything as the crash left it.
            if (head.isEmpty() || !head.get().closed())
                return new NotRecorded(
                        "no gateway runs, and the log was not closed cleanly: start the gateway");
            AuditOptions options = AuditOptions.DEFAULTS.withHeartbeat(Duration.ZERO);
            try (AuditLog log = AuditLog.openSealed(store, origin(store), options, keyFile)) {
                return new Recorded(
                        log.commit(
                                        new AuditEvent.LogRead(
                                                "os:" + System.getProperty("user.name"),
                                                shortened(command),
                                                entries))
                                .get());
            }
        } catch (IOException | AuditException | ExecutionException e) {
            return new NotRecorded("the log cannot be written: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new NotRecorded("interrupted");
        }
    }

    private static String origin(Path store) throws AuditException, IOException {
        try (LogReader reader = LogReader.open(store, 1)) {
            Entry first = reader.next();
            if (first == null) throw new IOException("the log has no entries");
            return first.writer();
        }
    }
}
