package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.app.tls.CertificateAuthority;
import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.export.ExportFormat;
import dev.sallyport.audit.export.Exporter;
import dev.sallyport.audit.export.SyslogReceiver;
import dev.sallyport.audit.export.Trust;
import dev.sallyport.audit.search.EntryFilter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Exports to real sockets: a syslog receiver over TLS that dies again and again, an HTTP receiver
/// that refuses.
@Timeout(120)
class AuditExportTest {
    private static final int ENTRIES = 1_200;
    private static final Pattern SEQUENCE = Pattern.compile("sequence=\"([0-9]+)\"");

    @TempDir private Path folder = Path.of("");
    private Path store = Path.of("");

    @BeforeEach
    void makeLog() throws Exception {
        store = folder.resolve("audit");
        try (var log = AuditLog.open(store, "clinic", AuditOptions.DEFAULTS)) {
            for (int i = 0; i < ENTRIES; i++) {
                long _ = log.append(new AuditEvent.GatewayStarted("clinic", "" + i, Map.of()));
            }
        }
    }

    private String export(String... more) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commandLine = SallyportCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        var args = new java.util.ArrayList<>(List.of("audit", "export", "--store", "" + store));
        args.addAll(List.of(more));
        var code = commandLine.execute(args.toArray(String[]::new));
        return code + " " + err;
    }

    @Test
    void aFileGrowsByWhatIsNew() throws Exception {
        var file = folder.resolve("out");
        var cursor = folder.resolve("cursor").toString();
        assertThat(export("--send-to", "" + file, "--cursor", cursor, "--format", "OCSF"))
                .startsWith("0 note: this read is not recorded");
        assertThat(Files.readAllLines(file)).hasSize(ENTRIES);
        assertThat(export("--send-to", "" + file, "--cursor", cursor)).startsWith("0 ");
        assertThat(Files.readAllLines(file)).hasSize(ENTRIES);
    }

    @Test
    void whereItMayNotGoIsSaid() {
        assertThat(export("--send-to", "http://siem.example/")).startsWith("2 ").contains("https");
        assertThat(export("--send-to", "https://me:secret@siem.example/"))
                .startsWith("2 ")
                .contains("--authorization-file")
                .doesNotContain("secret");
        assertThat(export("--send-to", "udp://siem.example:514")).startsWith("2 ");
    }

    /// Each connection takes some messages and is then reset, with what is still under way.
    @Test
    void aSyslogReceiverThatDiesAgainAndAgainMissesNothing() throws Exception {
        var authority = CertificateAuthority.create("test");
        authority.write(folder.resolve("ca.crt"));
        var received = new ConcurrentSkipListSet<Long>();
        try (var server = tlsServer(authority, "localhost")) {
            var going = new AtomicBoolean(true);
            var connections = new AtomicInteger();
            var acceptor =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (going.get()) {
                                    try (var socket = server.accept()) {
                                        int most =
                                                connections.incrementAndGet() < 4
                                                        ? 150
                                                        : Integer.MAX_VALUE;
                                        receive(socket.getInputStream(), most, received);
                                        socket.setSoLinger(true, 0);
                                    } catch (IOException _) {
                                        // The next connection goes on.
                                    }
                                }
                            });
            var receiver =
                    new SyslogReceiver(
                            "localhost", server.getLocalPort(), Trust.in(folder.resolve("ca.crt")));
            new Exporter(
                            store,
                            EntryFilter.ALL,
                            ExportFormat.CEF,
                            receiver,
                            Optional.of(folder.resolve("cursor")),
                            _ -> {})
                    .run(() -> received.size() < ENTRIES, true);
            going.set(false);
            receiver.close();
            server.close();
            acceptor.join();
            assertThat(connections).hasValueGreaterThanOrEqualTo(4);
            assertThat(received)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, ENTRIES).boxed().toList());
        }
    }

    @Test
    void aReceiverOfAnotherNameGetsNothing() throws Exception {
        var authority = CertificateAuthority.create("test");
        authority.write(folder.resolve("ca.crt"));
        var received = new ConcurrentSkipListSet<Long>();
        try (var server = tlsServer(authority, "other.example")) {
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        while (!server.isClosed()) {
                            try (var socket = server.accept()) {
                                receive(socket.getInputStream(), 1, received);
                            } catch (IOException _) {
                                // The client hung up.
                            }
                        }
                    });
            var problems = new TreeSet<String>();
            new Exporter(
                            store,
                            EntryFilter.ALL,
                            ExportFormat.JSON,
                            new SyslogReceiver(
                                    "localhost",
                                    server.getLocalPort(),
                                    Trust.in(folder.resolve("ca.crt"))),
                            Optional.empty(),
                            problems::add)
                    .run(problems::isEmpty, true);
            assertThat(problems).singleElement().asString().contains("from sequence 1 on wait");
            assertThat(received).isEmpty();
        }
    }

    @Test
    void anHttpReceiverIsTriedUntilItTakesThem() throws Exception {
        var answers = new AtomicInteger();
        Set<String> authorizations = new ConcurrentSkipListSet<>();
        var lines = new ConcurrentSkipListSet<Long>();
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/in",
                exchange -> {
                    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    var body = exchange.getRequestBody().readAllBytes();
                    int status = answers.incrementAndGet() == 1 ? 503 : 200;
                    if (answers.get() == 2) {
                        status = 307;
                        exchange.getResponseHeaders().add("Location", "/elsewhere");
                    }
                    if (status == 200)
                        new String(body, StandardCharsets.UTF_8)
                                .lines()
                                .map(line -> line.replaceFirst(".*\"sequence\":(\\d+)}$", "$1"))
                                .forEach(n -> lines.add(Long.valueOf(n)));
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        var elsewhere = new AtomicInteger();
        server.createContext(
                "/elsewhere",
                exchange -> {
                    elsewhere.incrementAndGet();
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        try {
            Files.writeString(folder.resolve("token"), "Bearer t0p-s3cret\n");
            var ran =
                    export(
                            "--send-to",
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/in",
                            "--authorization-file",
                            "" + folder.resolve("token"));
            assertThat(ran)
                    .startsWith("0 ")
                    .contains("the receiver answered 503", "the receiver answered 307", "going on")
                    .doesNotContain("t0p-s3cret");
            assertThat(lines).hasSize(ENTRIES);
            assertThat(authorizations).containsExactly("Bearer t0p-s3cret");
            assertThat(elsewhere).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    private static SSLServerSocket tlsServer(CertificateAuthority authority, String name)
            throws Exception {
        var issued = authority.issueServer(List.of(name));
        var keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                issued.key(),
                new char[0],
                new X509Certificate[] {issued.certificate(), authority.certificate()});
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory()
                        .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    /// Octet-counted messages, up to `most` of them or the end.
    private static void receive(java.io.InputStream from, int most, Set<Long> received)
            throws IOException {
        var in = new DataInputStream(from);
        for (int i = 0; i < most; i++) {
            int length = 0;
            for (int c = in.read(); c != ' '; c = in.read()) {
                if (c < 0) return;
                if (c < '0' || c > '9') throw new IOException("no length: " + c);
                length = length * 10 + c - '0';
            }
            var message = new byte[length];
            in.readFully(message);
            var sequence = SEQUENCE.matcher(new String(message, StandardCharsets.UTF_8));
            if (!sequence.find()) throw new IOException("no sequence");
            received.add(Long.valueOf(sequence.group(1)));
        }
    }
}
