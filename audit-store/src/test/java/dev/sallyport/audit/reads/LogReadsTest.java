package dev.sallyport.audit.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReadsTest {
    private static final String ME = "os:" + System.getProperty("user.name");

    private Path store = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void makeLog(@TempDir Path folder) throws Exception {
        store = folder.resolve("audit");
        key = folder.resolve("audit.key");
        open().close();
    }

    @Test
    void aRunningGatewayRecordsIt() throws Exception {
        try (var log = open();
                var _ = ReadSocket.listen(store, log)) {
            assertThat(LogReads.record(store, key, "audit search --user dana", 17))
                    .isInstanceOf(LogReads.Recorded.class);
            assertThat(last().event())
                    .isEqualTo(
                            Map.of(
                                    "command",
                                    "audit search --user dana",
                                    "entries",
                                    17L,
                                    "user",
                                    ME));
        }
    }

    @Test
    void withoutAGatewayTheReaderRecordsItself() throws Exception {
        var result = LogReads.record(store, key, "audit tail", 3);
        assertThat(result).isInstanceOf(LogReads.Recorded.class);
        assertThat(last().text("user")).isEqualTo(ME);
        assertThat(LogVerifier.verify(store, Evidence.NONE).exitCode()).isZero();
    }

    @Test
    void aSocketLeftBehindIsNoGateway() throws Exception {
        AuditLog log = open();
        var _ = ReadSocket.listen(store, log);
        log.close();
        Path file = store.resolve(ReadSocket.FILE_NAME);
        Path kept = store.resolveSibling("kept");
        Files.createLink(kept, file);
        try (var again = open();
                var socket = ReadSocket.listen(store, again)) {
            assertThat(socket).isNotNull();
        }
        Files.move(kept, file);
        // The first socket's server still listens, on a log that is closed.
        assertThat(LogReads.record(store, key, "audit tail", 3))
                .isInstanceOf(LogReads.NotRecorded.class);
        assertThat(last().type()).isNotEqualTo("log-read");
    }

    @Test
    void aCopyWithoutTheKeyCannotBeWrittenAndItIsSaid() throws Exception {
        var result = LogReads.record(store, store.resolveSibling("elsewhere.key"), "audit tail", 3);
        assertThat(result).isInstanceOf(LogReads.NotRecorded.class);
        assertThat(((LogReads.NotRecorded) result).why()).contains("elsewhere.key");
    }

    @Test
    void whatACrashLeftIsLeftAlone() throws Exception {
        var crashed = store.resolveSibling("crashed");
        Files.createDirectories(crashed);
        try (var log = open()) {
            long _ = log.commit(new AuditEvent.GatewayStopped("gw-1", "test")).get();
            try (var files = Files.list(store)) {
                for (Path file : files.filter(Files::isRegularFile).toList())
                    Files.copy(file, crashed.resolve(file.getFileName()));
            }
        }
        var before = Files.readAllBytes(crashed.resolve("head"));
        var result = LogReads.record(crashed, key, "audit tail", 3);
        assertThat(result).isInstanceOf(LogReads.NotRecorded.class);
        assertThat(((LogReads.NotRecorded) result).why()).contains("start the gateway");
        assertThat(Files.readAllBytes(crashed.resolve("head"))).isEqualTo(before);
    }

    @Test
    void theSocketTakesNothingElse() throws Exception {
        try (var log = open();
                var _ = ReadSocket.listen(store, log)) {
            long before = log.durableSequence();
            assertThat(say("{\"command\":\"x\",\"entries\":-1}\n")).startsWith("refused");
            assertThat(say("{\"command\":\"x\",\"entries\":1,\"user\":\"dana\"}\n"))
                    .startsWith("refused");
            assertThat(say("GET / HTTP/1.1\n")).startsWith("refused");
            assertThat(say("x".repeat(5_000))).isEmpty();
            assertThat(log.durableSequence()).isEqualTo(before);
            assertThat(say("{\"command\":\"x\",\"entries\":1}\n")).matches("\\d+\n");
        }
        assertThat(store.resolve(ReadSocket.FILE_NAME)).doesNotExist();
    }

    private String say(String line) throws IOException {
        var address = UnixDomainSocketAddress.of(store.resolve(ReadSocket.FILE_NAME));
        try (var channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            var answer = ByteBuffer.allocate(1_000);
            try {
                while (channel.read(answer) >= 0) {
                    // until it hangs up
                }
            } catch (IOException _) {
                return "";
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    private AuditLog open() throws Exception {
        return AuditLog.openSealed(store, "gw-1", AuditOptions.DEFAULTS, key);
    }

    private Entry last() throws Exception {
        try (LogReader reader = LogReader.open(store, 1)) {
            Entry last = null;
            for (Entry e = reader.next(); e != null; e = reader.next()) last = e;
            return java.util.Objects.requireNonNull(last);
        }
    }
}
