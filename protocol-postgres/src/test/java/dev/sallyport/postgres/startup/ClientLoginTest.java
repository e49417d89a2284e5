package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.ScramClient;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.AuthenticationResponse;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.CancelRequest;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.GSSENCRequest;
import dev.sallyport.postgres.message.InitialRequest;
import dev.sallyport.postgres.message.NegotiateProtocolVersion;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.ProtocolVersion;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.SASLInitialResponse;
import dev.sallyport.postgres.message.SASLResponse;
import dev.sallyport.postgres.message.SSLRequest;
import dev.sallyport.postgres.message.StartupMessage;
import dev.sallyport.postgres.message.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client's connection without TLS and without a network. {@link ClientLoginTlsTest} has both.
class ClientLoginTest {
    private static final ScramKeyCache KEYS = new ScramKeyCache();
    private static final BoundListener LISTENER =
            new BoundListener(
                    new GatewayConfig.Listener(Protocol.POSTGRES, "127.0.0.1", 0, Optional.empty()),
                    1,
                    Optional.empty());

    private final FakeGateway gateway = new FakeGateway();
    private final FakeUpstreams upstreams = new FakeUpstreams();
    private EmbeddedChannel channel = connect();

    @AfterEach
    void everythingIsReleased() {
        channel.finishAndReleaseAll();
        if (upstreams.channel != null) upstreams.channel.finishAndReleaseAll();
        assertThat(gateway.admitted).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"3.0, 4", "3.2, 32"})
    void logsInHoweverTheClientsBytesAreCut(String version, int secretBytes)
            throws AuthenticationFailure {
        ProtocolVersion wanted =
                version.equals("3.0") ? ProtocolVersion.V3_0 : ProtocolVersion.V3_2;
        // Each of the three messages, cut at each byte; then byte by byte.
        int longest = 200;
        for (int message = 0; message < 3; message++) {
            for (int cut = 1; cut < longest; cut++) {
                int at = cut;
                int which = message;
                int[] count = {0};
                boolean[] cutSomething = {false};
                var received =
                        logIn(
                                wanted,
                                bytes -> {
                                    boolean cutHere = count[0]++ == which && at < bytes.length;
                                    cutSomething[0] |= cutHere;
                                    return cutHere
                                            ? List.of(at, bytes.length - at)
                                            : List.of(bytes.length);
                                });
                assertLoggedIn(received, wanted, secretBytes);
                reconnect();
                if (!cutSomething[0]) break;
            }
        }
        assertLoggedIn(
                logIn(wanted, bytes -> java.util.Collections.nCopies(bytes.length, 1)),
                wanted,
                secretBytes);
    }

    private void assertLoggedIn(
            List<BackendMessage> received, ProtocolVersion version, int secretBytes) {
        byte[] secret = new byte[secretBytes];
        java.util.Arrays.fill(secret, (byte) 7);
        assertThat(received.subList(received.size() - 5, received.size()))
                .containsExactly(
                        new Authentication.Ok(),
                        new ParameterStatus("server_version", "15.18"),
                        new ParameterStatus("client_encoding", "UTF8"),
                        new BackendKeyData(123, secret),
                        new ReadyForQuery(TransactionStatus.IDLE));
        assertThat(received.stream().filter(m -> m instanceof NegotiateProtocolVersion)).isEmpty();
        assertThat(Objects.requireNonNull(gateway.started).version()).isEqualTo(version);
    }

    @Test
    void everyStepIsRecordedBeforeTheNext() throws AuthenticationFailure {
        logIn(ProtocolVersion.V3_0, bytes -> List.of(bytes.length));
        assertThat(gateway.events)
                .containsExactly(
                        "begin: ada",
                        "succeeded: scram-sha-256",
                        "durable: 1",
                        "opened: clinic",
                        "durable: 2",
                        "parameter: server_version=15.18",
                        "parameter: client_encoding=UTF8",
                        "ready: I",
                        "started");
        assertThat(upstreams.events).containsExactly("log in: clinic_prod {client_encoding=UTF8}");
    }

    @Test
    void nothingIsSaidOrDoneBeforeTheLoginsRecordIsDurable() throws AuthenticationFailure {
        gateway.holdDurability = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        assertThat(receive()).isEmpty();
        assertThat(gateway.opened).isNull();
        gateway.heldBack.removeFirst().run();
        assertThat(receive()).singleElement().isInstanceOf(Authentication.SASLFinal.class);
        assertThat(upstreams.events).isEmpty();
        gateway.heldBack.removeFirst().run();
        assertThat(upstreams.events).isNotEmpty();
        assertThat(receive()).last().isInstanceOf(ReadyForQuery.class);
    }

    @Test
    void aLogThatFailsMeansNoLogin() throws AuthenticationFailure {
        gateway.auditFails = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        assertThat(error().diagnostic().sqlState()).isEqualTo("58030");
        assertThat(upstreams.events).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ada, wrong", "nobody, pencil", "mallory, pencil"})
    void aWrongPasswordAnUnknownUserAndADisabledOneLookAlike(String user, String password)
            throws AuthenticationFailure {
        var client = begin(ProtocolVersion.V3_0, user, "clinic", password);
        var challenge = receive();
        assertThat(challenge).singleElement().isInstanceOf(Authentication.SASLContinue.class);
        send(client.answer(challenge));
        assertThat(error())
                .isEqualTo(ErrorResponse.fatal("28P01", "sallyport: login failed", null, null));
        assertThat(channel.isOpen()).isFalse();
        assertThat(upstreams.events).isEmpty();
    }

    @Test
    void anUnknownDatabaseIsToldOnlyToSomebodyKnown() throws AuthenticationFailure {
        var stranger = begin(ProtocolVersion.V3_0, "ada", "nosuch", "wrong");
        send(stranger.answer(receive()));
        assertThat(error().diagnostic().sqlState()).isEqualTo("28P01");
        reconnect();
        var ada = begin(ProtocolVersion.V3_0, "ada", "nosuch", "pencil");
        send(ada.answer(receive()));
        assertThat(error().diagnostic().sqlState()).isEqualTo("3D000");
        assertThat(gateway.events)
                .contains("failed before: unknown database")
                .doesNotContain("opened: nosuch");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SCRAM-SHA-256-PLUS | p=tls-server-end-point,,n=,r=abc | not offered in clear
                    PLAIN              | x                                | not offered
                    SCRAM-SHA-256      | p=tls-server-end-point,,n=,r=abc | binding in clear
                    SCRAM-SHA-256      | garbage                          | malformed
                    """)
    void anyOtherFailureOfTheExchangeLooksTheSame(String mechanism, String first, String why) {
        send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
        receive();
        send(new SASLInitialResponse(mechanism, first));
        assertThat(error())
                .as(why)
                .isEqualTo(ErrorResponse.fatal("28P01", "sallyport: login failed", null, null));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aMalformedAuthenticationMessageLooksTheSame() {
        for (String hex :
                List.of(
                        "70 00000005 41",
                        "70 00000004",
                        "70 0000000a 4100 7fffffff",
                        "70 0000000a ff00 00000000")) {
            send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
            receive();
            channel.writeInbound(
                    Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))));
            channel.runPendingTasks();
            assertThat(error().diagnostic().sqlState()).as(hex).isEqualTo("28P01");
            assertThat(channel.isOpen()).isFalse();
            reconnect();
        }
    }

    @Test
    void aThrottledUserIsToldOnceItIsRecorded() {
        gateway.throttled = true;
        gateway.holdDurability = true;
        send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
        assertThat(receive()).isEmpty();
        gateway.heldBack.removeFirst().run();
        assertThat(error().diagnostic().message()).contains("too many failures");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void sslAndGssAreDeclinedOnceEachInAnyOrderAndTheClientGoesOn() throws AuthenticationFailure {
        for (List<InitialRequest> order :
                List.<List<InitialRequest>>of(
                        List.of(new SSLRequest()),
                        List.of(new GSSENCRequest()),
                        List.of(new GSSENCRequest(), new SSLRequest()),
                        List.of(new SSLRequest(), new GSSENCRequest()))) {
            for (InitialRequest request : order) {
                send(request);
                ByteBuf answer = channel.readOutbound();
                assertThat(answer.toString(java.nio.charset.StandardCharsets.US_ASCII))
                        .isEqualTo("N");
                answer.release();
            }
            assertThat(logIn(ProtocolVersion.V3_0, bytes -> List.of(bytes.length)))
                    .last()
                    .isInstanceOf(ReadyForQuery.class);
            reconnect();
        }
    }

    @Test
    void repeatedRequestsAreAViolation() {
        for (InitialRequest request : List.of(new SSLRequest(), new GSSENCRequest())) {
            send(request);
            channel.releaseOutbound();
            send(request);
            assertThat(channel.isOpen()).isFalse();
            assertThat((Object) channel.readOutbound()).isNull();
            assertThat(gateway.events)
                    .last()
                    .asString()
                    .startsWith("failed before: ")
                    .contains("repeated");
            reconnect();
        }
    }

    @Test
    void bytesBehindSslRequestAreAViolationAndNotAnswered() {
        ByteBuf both = Unpooled.buffer();
        new SSLRequest().encode(both);
        startup(ProtocolVersion.V3_0, "ada", "clinic").encode(both);
        channel.writeInbound(both);
        assertThat((Object) channel.readOutbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
        assertThat(gateway.events).noneMatch(event -> event.startsWith("begin"));
    }

    @ParameterizedTest
    @CsvSource({"3,1,3.0", "3,3,3.2", "3,9999,3.2"})
    void aNewerMinorVersionIsNegotiatedExactlyOnce(int major, int minor, String agreed)
            throws AuthenticationFailure {
        var client = new Client("pencil");
        send(
                new StartupMessage(
                        ProtocolVersion.of(major, minor),
                        List.of(
                                new StartupMessage.Parameter("user", "ada"),
                                new StartupMessage.Parameter("database", "clinic"),
                                new StartupMessage.Parameter(
                                        "_pq_.test_protocol_negotiation", ""))));
        List<BackendMessage> all = new ArrayList<>();
        for (var received = receive(); !received.isEmpty(); received = receive()) {
            all.addAll(received);
            var answer = client.answerIfAsked(received);
            if (answer.isPresent()) send(answer.get());
        }
        assertThat(all.stream().filter(m -> m instanceof NegotiateProtocolVersion)).hasSize(1);
        var negotiated = (NegotiateProtocolVersion) all.getFirst();
        assertThat(negotiated.version()).hasToString(agreed);
        assertThat(negotiated.unrecognizedOptions())
                .containsExactly("_pq_.test_protocol_negotiation");
        assertThat(all).last().isInstanceOf(ReadyForQuery.class);
        assertThat(Objects.requireNonNull(gateway.opened).cancelSecretBytes())
                .isEqualTo(agreed.equals("3.0") ? 4 : 32);
    }

    @ParameterizedTest
    @CsvSource({"2,0", "1,0", "4,0", "0,0", "1234,5681", "65535,65535"})
    void otherMajorVersionsAreRefused(int major, int minor) {
        ByteBuf packet = Unpooled.buffer();
        packet.writeInt(12).writeShort(major).writeShort(minor).writeInt(0);
        channel.writeInbound(packet);
        channel.runPendingTasks();
        assertThat(error().diagnostic().sqlState()).isEqualTo("0A000");
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"'', clinic, 28000", "ada, '', 3D000"})
    void emptyNamesAreRefusedBeforeAnythingElse(String user, String database, String sqlState) {
        send(startup(ProtocolVersion.V3_0, user, database));
        assertThat(error().diagnostic().sqlState()).isEqualTo(sqlState);
        assertThat(channel.isOpen()).isFalse();
        assertThat(gateway.events).noneMatch(event -> event.startsWith("begin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000",
                "00000003",
                "00000004",
                "00000005 00",
                "00002711",
                "7fffffff",
                "80000000",
                "ffffffff",
                "16030100",
                "47455420",
                "00000008 04d21633",
                "00000009 00030000 01",
                "0000000c 04d2162e 00000001",
                "00000010 00030000 75736572 00616461"
            })
    void whatIsNoStartupPacketIsClosed(String hex) {
        byte[] bytes = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        for (int step : new int[] {1, bytes.length}) {
            for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
                channel.writeInbound(
                        Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
                channel.runPendingTasks();
            }
            assertThat(channel.isOpen()).isFalse();
            channel.releaseOutbound();
            assertThat(gateway.events)
                    .isNotEmpty()
                    .allMatch(event ->
                            event.startsWith("failed before") || event.startsWith("durable"));
            reconnect();
            gateway.events.clear();
        }
    }

    @Test
    void aCancelRequestIsPassedOnAndNeverAnswered() {
        send(new CancelRequest(7, new byte[] {1, 2, 3, 4}));
        assertThat(gateway.events).containsExactly("cancel: 7 4");
        assertThat((Object) channel.readOutbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
        reconnect();
        send(new CancelRequest(8, new byte[32]));
        assertThat(gateway.events).containsExactly("cancel: 7 4", "cancel: 8 32");
    }

    @Test
    void aClientThatSaysNothingIsClosedInTime() {
        gateway.handshake = Duration.ofSeconds(10);
        reconnect();
        channel.freezeTime();
        channel.advanceTimeBy(9, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        // A drip of bytes does not buy time.
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0}));
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(gateway.events).containsExactly("failed before: no startup message in time");
    }

    @Test
    void aClientThatDoesNotAuthenticateIsClosedInTime() {
        gateway.authentication = Duration.ofSeconds(5);
        send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
        receive();
        channel.freezeTime();
        channel.advanceTimeBy(6, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        assertThat(error().diagnostic().sqlState()).isEqualTo("57014");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatLeavesToAskForThePasswordHasNotFailed() {
        send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
        receive();
        channel.close();
        assertThat(gateway.events).containsExactly("begin: ada");
    }

    @Test
    void aClientThatLeavesAfterSeeingTheChallengeHasFailed() throws AuthenticationFailure {
        begin(ProtocolVersion.V3_0);
        receive();
        channel.close();
        assertThat(gateway.events).containsExactly("begin: ada", "failed: exchange broken off");
    }

    @Test
    void aHealthCheckThatOnlyConnectsIsNotRecorded() {
        channel.close();
        assertThat(gateway.events).isEmpty();
    }

    @Test
    void messagesOfASessionAreRefusedDuringTheLogin() {
        for (String hex :
                List.of("51 00000006 6100", "58 00000005 00", "5a 00000005 49", "00 00000004")) {
            send(startup(ProtocolVersion.V3_0, "ada", "clinic"));
            receive();
            channel.writeInbound(
                    Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))));
            channel.runPendingTasks();
            channel.releaseOutbound();
            assertThat(channel.isOpen()).as(hex).isFalse();
            assertThat(gateway.started).isNull();
            reconnect();
        }
    }

    @Test
    void anUpstreamThatFailsIsToldInOurWordsAndEndsTheSession() throws AuthenticationFailure {
        upstreams.failure = UpstreamFailure.unreachable("connection refused by 10.1.2.3");
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        var error = error();
        assertThat(error.diagnostic().sqlState()).isEqualTo("08001");
        assertThat(error.diagnostic().fields().values())
                .noneMatch(text -> text.contains("10.1.2.3"));
        assertThat(gateway.events).last().isEqualTo("closed: upstream login failed");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatLeavesWhileTheUpstreamConnectsTakesItAlong() throws AuthenticationFailure {
        upstreams.hang = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        channel.releaseOutbound();
        channel.close();
        assertThat(upstreams.events).last().isEqualTo("abandoned");
        assertThat(gateway.events).last().isEqualTo("closed: client closed");
    }

    @Test
    void theCoreCanEndASessionThatIsStillConnecting() throws AuthenticationFailure {
        upstreams.hang = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        channel.releaseOutbound();
        Objects.requireNonNull(gateway.opened)
                .connection()
                .end(new Denial("57P01", "sallyport: over", "", ""), "gateway stopping");
        assertThat(error().diagnostic().sqlState()).isEqualTo("57P01");
        assertThat(upstreams.events).last().isEqualTo("abandoned");
        assertThat(gateway.events).last().isEqualTo("closed: gateway stopping");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void afterTheHandOverTheSessionsOwnConnectionIsUsed() throws AuthenticationFailure {
        logIn(ProtocolVersion.V3_0, bytes -> List.of(bytes.length));
        var connection = Objects.requireNonNull(gateway.opened).connection();
        connection.end(new Denial("57P01", "sallyport: over", "", ""), "x");
        connection.endWhenIdle(new Denial("57P01", "sallyport: over", "", ""), "y");
        connection.cancelUpstream();
        assertThat(gateway.events)
                .endsWith("session end: x", "session end when idle: y", "session cancel");
        Objects.requireNonNull(gateway.started)
                .canceller()
                .cancel(() -> gateway.events.add("cancelled"));
        assertThat(upstreams.events).last().isEqualTo("cancel: 4711");
        assertThat(gateway.events).last().isEqualTo("cancelled");
    }

    @Test
    void whatTheClientSendsAheadReachesTheSessionInOrder() throws AuthenticationFailure {
        ByteBuf got = Unpooled.buffer();
        gateway.onStart =
                _ ->
                        channel.pipeline()
                                .addLast(
                                        new ChannelInboundHandlerAdapter() {
                                            @Override
                                            public void channelRead(
                                                    ChannelHandlerContext context, Object message) {
                                                got.writeBytes((ByteBuf) message);
                                                ((ByteBuf) message).release();
                                            }
                                        });
        gateway.holdDurability = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1, 2}));
        gateway.heldBack.removeFirst().run();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {3}));
        gateway.heldBack.removeFirst().run();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {4}));
        assertThat(ByteBufUtil.getBytes(got)).containsExactly(1, 2, 3, 4);
        assertThat(channel.pipeline().get(ClientLogin.class)).isNull();
        assertThat(gateway.admitted).hasValue(0);
    }

    @Test
    void aClientThatFloodsWhileItWaitsIsClosed() throws AuthenticationFailure {
        upstreams.hang = true;
        var client = begin(ProtocolVersion.V3_0);
        send(client.answer(receive()));
        channel.releaseOutbound();
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[64 << 10]));
            channel.runPendingTasks();
        }
        channel.releaseOutbound();
        assertThat(channel.isOpen()).isFalse();
        assertThat(upstreams.events).last().isEqualTo("abandoned");
    }

    @Test
    void settingsGoUpstreamAndOptionsAreUnpacked() throws AuthenticationFailure {
        var client = new Client("pencil");
        send(
                new StartupMessage(
                        ProtocolVersion.V3_0,
                        List.of(
                                new StartupMessage.Parameter("user", "ada"),
                                new StartupMessage.Parameter("database", "clinic"),
                                new StartupMessage.Parameter("client_encoding", "latin1"),
                                new StartupMessage.Parameter(
                                        "options", "-c statement_timeout=5s"))));
        send(client.answer(receive()));
        send(client.answer(receive()));
        assertThat(upstreams.events)
                .containsExactly(
                        "log in: clinic_prod {client_encoding=LATIN1, statement_timeout=5s}");
        assertThat(Objects.requireNonNull(gateway.started).encoding().name()).isEqualTo("LATIN1");
        channel.releaseOutbound();
    }

    @Test
    void aFullGatewayClosesAtOnce() {
        gateway.full = true;
        var refused = new EmbeddedChannel();
        new ClientLogins(gateway, upstreams).initialize(refused, LISTENER);
        assertThat(refused.isOpen()).isFalse();
    }

    @Test
    void anyMutationOfTheClientsBytesEndsInAnErrorOrALogin() throws AuthenticationFailure {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int mutateMessage = random.nextInt(3);
            int[] count = {0};
            try {
                var client = new Client("pencil");
                byte[] next = bytes(startup(ProtocolVersion.V3_0, "ada", "clinic"));
                while (channel.isOpen()) {
                    if (count[0]++ == mutateMessage) {
                        for (int i = random.nextInt(3); i >= 0; i--) {
                            next[random.nextInt(next.length)] = (byte) random.nextInt(256);
                        }
                    }
                    channel.writeInbound(Unpooled.wrappedBuffer(next));
                    channel.runPendingTasks();
                    var received = receive();
                    var answer = client.answerIfAsked(received);
                    if (answer.isEmpty()) break;
                    next = bytes(answer.get());
                }
            } catch (AuthenticationFailure _) {
                // The server's nonce and the client's no longer fit.
            }
            channel.checkException();
            reconnect();
        }
    }

    // The other end.

    private interface Cutter {
        List<Integer> lengths(byte[] bytes);
    }

    private List<BackendMessage> logIn(ProtocolVersion version, Cutter cutter)
            throws AuthenticationFailure {
        gateway.events.clear();
        var client = new Client("pencil");
        List<BackendMessage> all = new ArrayList<>();
        sendCut(bytes(startup(version, "ada", "clinic")), cutter);
        for (var received = receive(); !received.isEmpty(); received = receive()) {
            all.addAll(received);
            var answer = client.answerIfAsked(received);
            if (answer.isPresent()) sendCut(bytes(answer.get()), cutter);
        }
        return all;
    }

    private void sendCut(byte[] bytes, Cutter cutter) {
        int at = 0;
        for (int length : cutter.lengths(bytes)) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
            at += length;
        }
        channel.runPendingTasks();
    }

    private Client begin(ProtocolVersion version) throws AuthenticationFailure {
        return begin(version, "ada", "clinic", "pencil");
    }

    private Client begin(ProtocolVersion version, String user, String database, String password)
            throws AuthenticationFailure {
        var client = new Client(password);
        send(startup(version, user, database));
        send(client.answer(receive()));
        return client;
    }

    private static StartupMessage startup(ProtocolVersion version, String user, String database) {
        return new StartupMessage(
                version,
                List.of(
                        new StartupMessage.Parameter("user", user),
                        new StartupMessage.Parameter("database", database)));
    }

    private static byte[] bytes(InitialRequest request) {
        ByteBuf out = Unpooled.buffer();
        request.encode(out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] bytes(AuthenticationResponse response) {
        ByteBuf out = Unpooled.buffer();
        response.encode(out);
        return ByteBufUtil.getBytes(out);
    }

    private void send(InitialRequest request) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes(request)));
        channel.runPendingTasks();
    }

    private void send(AuthenticationResponse response) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes(response)));
        channel.runPendingTasks();
    }

    private List<BackendMessage> receive() {
        List<BackendMessage> messages = new ArrayList<>();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            while (out.isReadable()) {
                BackendType type = BackendType.of(out.readByte());
                messages.add(
                        BackendMessage.decode(
                                type, out.readSlice(out.readInt() - 4), ClientEncoding.UTF8));
            }
            out.release();
        }
        return messages;
    }

    private ErrorResponse error() {
        var received = receive();
        assertThat(received).last().isInstanceOf(ErrorResponse.class);
        return (ErrorResponse) received.getLast();
    }

    private EmbeddedChannel connect() {
        var created = new EmbeddedChannel();
        new ClientLogins(gateway, upstreams).initialize(created, LISTENER);
        return created;
    }

    private void reconnect() {
        channel.finishAndReleaseAll();
        if (upstreams.channel != null) upstreams.channel.finishAndReleaseAll();
        upstreams.channel = null;
        channel = connect();
    }

    /// A client's side of SCRAM, keys cached.
    private static final class Client {
        private final String password;
        private ScramClient scram;

        Client(String password) throws AuthenticationFailure {
            this.password = password;
            this.scram = ScramClient.choose(List.of("SCRAM-SHA-256"), Optional.empty());
        }

        AuthenticationResponse answer(List<BackendMessage> received) throws AuthenticationFailure {
            return answerIfAsked(received).orElseThrow();
        }

        Optional<AuthenticationResponse> answerIfAsked(List<BackendMessage> received)
                throws AuthenticationFailure {
            if (received.isEmpty()) return Optional.empty();
            return switch (received.getLast()) {
                case Authentication.SASL offer -> {
                    scram = ScramClient.choose(offer.mechanisms(), Optional.empty());
                    yield Optional.of(new SASLInitialResponse(scram.mechanism(), scram.first()));
                }
                case Authentication.SASLContinue next ->
                        Optional.of(
                                new SASLResponse(
                                        scram.last(
                                                KEYS.derive(
                                                        password, scram.challenge(next.data())))));
                default -> Optional.empty();
            };
        }
    }
}
