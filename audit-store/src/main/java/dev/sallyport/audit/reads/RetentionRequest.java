package dev.sallyport.audit.reads;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.retention.Retention;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// What a store's owner asks of {@link Retention}: of the running gateway, by the socket that
/// readers use, or done here when none runs.
///
/// @param action `hold`, `release` or `prune`
/// @param month of `hold` the first that is kept, of `prune` the first that stays; may be empty
/// @param hold number of the hold to be released
public record RetentionRequest(
        String action, String month, long hold, String reason, boolean dryRun) {
    static final String MEMBER = "retention";

    /// What was done, for people.
    ///
    /// @param keyFile of the log's private keys, for when no gateway runs
    /// @param keepMonths the retention period, for the same
    /// @throws Refused nothing was done, and why
    public String ask(Path store, String origin, Path keyFile, int keepMonths) throws Refused {
        try {
            if (Files.exists(store.resolve(ReadSocket.FILE_NAME))) return askGateway(store);
        } catch (ConnectException _) {
            // A gateway left its socket behind.
        } catch (IOException e) {
            throw new Refused("the running gateway cannot be asked: " + e.getMessage());
        }
        AuditOptions options = AuditOptions.DEFAULTS.withHeartbeat(Duration.ZERO);
        if (!Files.isReadable(keyFile))
            throw new Refused("no gateway runs, and the log's key " + keyFile + " is not here");
        try (AuditLog log = AuditLog.openSealed(store, origin, options, keyFile)) {
            Retention retention = new Retention(store, log, keepMonths, InstantSource.system());
            return carryOut(retention, "os:" + System.getProperty("user.name"));
        } catch (AuditException e) {
            throw new Refused("the log cannot be written: " + e.getMessage());
        }
    }

    /// Refused, and why.
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    private String askGateway(Path store) throws IOException, Refused {
        byte[] question =
                new JsonWriter(256)
                        .value(
                                Map.of(
                                        MEMBER,
                                        Map.of(
                                                "action", action,
                                                "month", month,
                                                "hold", hold,
                                                "reason", reason,
                                                "dryRun", dryRun)))
                        .raw('\n')
                        .toByteArray();
        Path file = store.resolve(ReadSocket.FILE_NAME);
        try (SocketChannel gateway = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            ByteBuffer out = ByteBuffer.wrap(question);
            while (out.hasRemaining()) {
                int _ = gateway.write(out);
            }
            String answer = new String(ReadSocket.line(gateway), StandardCharsets.UTF_8);
            if (answer.startsWith("refused: "))
                throw new Refused(answer.substring("refused: ".length()));
            return answer;
        }
    }

    static RetentionRequest parse(Map<?, ?> members) throws FormatException {
        if (members.size() == 5
                && members.get("action") instanceof String action
                && members.get("month") instanceof String month
                && members.get("hold") instanceof Long hold
                && members.get("reason") instanceof String reason
                && members.get("dryRun") instanceof Boolean dryRun)
            return new RetentionRequest(action, month, hold, reason, dryRun);
        throw new FormatException("not a request");
    }

    static RetentionRequest parse(byte[] line) throws FormatException {
        if (JsonReader.object(line, 0, line.length).get(MEMBER) instanceof Map<?, ?> members)
            return parse(members);
        throw new FormatException("not a request");
    }

    /// @param user who asks, as the kernel says it
    String carryOut(Retention retention, String user) throws Refused {
        try {
            return switch (action) {
                case "hold" ->
                        "hold "
                                + retention.hold(user, month, reason)
                                + " is in force: "
                                + (month.isEmpty() ? "everything" : "all from " + month)
                                + " is kept until it is released";
                case "release" ->
                        "hold "
                                + hold
                                + " is released by the record "
                                + retention.release(user, hold, reason);
                case "prune" -> describe(retention.prune(user, month, reason, dryRun));
                default -> throw new Refused("there is nothing called " + action);
            };
        } catch (Retention.Refused e) {
            throw new Refused(String.valueOf(e.getMessage()));
        } catch (AuditException | IOException e) {
            throw new Refused("it failed: " + e.getMessage());
        }
    }

    private String describe(Retention.Pruned pruned) {
        if (pruned.segments() == 0) return "nothing is there of before " + month;
        String what =
                "entries up to "
                        + pruned.last()
                        + " in "
                        + pruned.segments()
                        + " segments, "
                        + pruned.bytes() / (1 << 20)
                        + " MiB; "
                        + pruned.kept()
                        + " of them stay in full, and every hash";
        if (dryRun) return "would take out " + what;
        return pruned.record() == 0
                ? "took out what an earlier record had let go: " + what
                : "took out, by the record " + pruned.record() + ", " + what;
    }
}
