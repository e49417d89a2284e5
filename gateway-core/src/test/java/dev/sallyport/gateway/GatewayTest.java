package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.network.ConnectionInitializer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole gateway without a protocol: connections are accepted and closed.
class GatewayTest {
    @TempDir Path folder;
    private ConfigLoader.Loaded loaded;

    @BeforeEach
    void configure() throws Exception {
        var policy =
                Files.writeString(
                        folder.resolve("clinic.yaml"),
                        """
                        database: clinic
                        roles:
                          developer:
                            purpose: Schema work
                            grants:
                              - { id: dev-read, allow: [select], on: [public.patients] }
                        """);
        var users = folder.resolve("users.yaml");
        TestUsers.write(users, "dana: developer");
        loaded = TestConfig.load(folder, policy, users);
    }

    @Test
    void itListensSaysWhatIsWrongAndRecordsItsStartAndStop() throws Exception {
        var gateway = start();
        try {
            assertThat(gateway.listeners()).hasSize(1);
            int port = gateway.listeners().getFirst().port();
            try (var socket = new Socket("127.0.0.1", port)) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(gateway.awaitReady(Duration.ofMillis(300))).isFalse();
            assertThat(gateway.problems())
                    .containsExactly("catalog of clinic has not been read yet");
            for (int i = 0; i < 200 && gateway.problems().getFirst().contains("yet"); i++)
                Thread.sleep(50);
            assertThat(gateway.problems())
                    .singleElement()
                    .asString()
                    .contains(
                            "catalog of clinic cannot be read: Connection to 127.0.0.1:1 refused");
            assertThat(gateway.adminPort()).isPositive();
        } finally {
            gateway.stop(Duration.ofSeconds(1));
            gateway.stop(Duration.ofSeconds(1));
        }
        assertThat(types())
                .startsWith("log-key", "gateway-started", "policy-loaded")
                .endsWith("gateway-stopped");
    }

    @Test
    void itStartsAgainOnTheSameStoreAndNotTwiceAtOnce() throws Exception {
        var first = start();
        try {
            assertThatThrownBy(this::start)
                    .isInstanceOf(GatewayException.class)
                    .hasMessageContaining("audit");
        } finally {
            first.stop(Duration.ZERO);
        }
        start().stop(Duration.ZERO);
        assertThat(types()).filteredOn("gateway-started"::equals).hasSize(2);
    }

    @Test
    void aListenerForAProtocolNobodySpeaksIsAnErrorAndEverythingBegunIsUndone() {
        assertThatThrownBy(() -> Gateway.start(loaded, List.of(), _ -> {}))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("doesn't speak postgres");
        var before = threads();
        assertThat(before).noneMatch(name -> name.startsWith("audit-writer"));
    }

    @Test
    void whenTheLogFailsNobodyIsServedAnyMoreAndTheProcessIsToldOnce() throws Exception {
        var told = new CopyOnWriteArrayList<AuditException>();
        var protocol = new ClosingProtocol();
        var gateway = Gateway.start(loaded, List.of(protocol), told::add);
        try {
            int port = gateway.listeners().getFirst().port();
            // The folder is gone: what is open can be written, the next segment can't be made.
            deleteRecursively(folder.resolve("store"));
            var services = protocol.services.get();
            var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
            long ticket = 1;
            for (int i = 0; i < 20_000 && ticket != 0; i++)
                ticket = services.authenticator().failedBefore("s", client, "l", "no reason");
            for (int i = 0; i < 200 && told.isEmpty(); i++) Thread.sleep(50);
            assertThat(told).hasSize(1);
            assertThat(gateway.problems()).contains("the audit log failed: restart needed");
            assertThat(services.authenticator().failedBefore("s", client, "l", "late")).isZero();
            assertThatThrownBy(() -> new Socket("127.0.0.1", port))
                    .isInstanceOf(ConnectException.class);
            var failure = new CompletableFuture<AuditException>();
            var loop = Executors.newSingleThreadExecutor();
            loop.execute(() ->
                    services.gates()
                            .on(loop)
                            .whenDurable(1L << 40, () -> failure.cancel(true), failure::complete));
            assertThat(failure.get(5, TimeUnit.SECONDS)).isNotNull();
            loop.shutdown();
        } finally {
            gateway.stop(Duration.ZERO);
        }
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private Gateway start() throws GatewayException {
        return Gateway.start(loaded, List.of(new ClosingProtocol()), _ -> {});
    }

    private List<String> types() throws AuditException, IOException {
        var types = new ArrayList<String>();
        try (var reader = LogReader.open(folder.resolve("store"), 1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next())
                types.add(entry.type());
        }
        return types;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static final class ClosingProtocol implements ProtocolFactory {
        private final AtomicReference<GatewayServices> services = new AtomicReference<>();

        @Override
        public Protocol protocol() {
            return Protocol.POSTGRES;
        }

        @Override
        public String applicationProtocol() {
            return "postgresql";
        }

        @Override
        public ConnectionInitializer connections(GatewayServices services) {
            this.services.set(services);
            return (channel, _) -> channel.close();
        }
    }
}
