package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.auth.ScramKeys;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.StartupMessage;
import dev.sallyport.postgres.message.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UpstreamLoginTest {
    private static final ScramVerifier VERIFIER = ScramKeys.newVerifier("geheim", 4096);

    @TempDir Path folder;
    private Secret secret = new Secret.InEnvironment("none");
    private final Heard heard = new Heard();
    private final ScramKeyCache cache = new ScramKeyCache();

    @BeforeEach
    void writePassword() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "geheim\n");
        secret = new Secret.InFile(file);
    }

    @ParameterizedTest
    @EnumSource(ScriptedServer.Method.class)
    void logsInHoweverTheServersBytesAreCut(ScriptedServer.Method method)
            throws AuthenticationFailure {
        for (int step : new int[] {1, 2, 3, 5, 7, 13, 1_000}) {
            heard.clear();
            var server = new ScriptedServer(method, "geheim", VERIFIER);
            var channel = channel(true);
            converse(channel, server, step);
            var upstream = heard.loggedIn();
            assertThat(upstream.parameters())
                    .containsExactly(
                            new ParameterStatus("server_version", "15.18"),
                            new ParameterStatus("client_encoding", "UTF8"));
            assertThat(upstream.key()).hasValue(new BackendKeyData(4711, new byte[] {9, 8, 7, 6}));
            assertThat(upstream.status()).isEqualTo(TransactionStatus.IDLE);
            assertThat(channel.config().isAutoRead()).isFalse();
            assertThat(server.startup().parameters())
                    .startsWith(
                            new StartupMessage.Parameter("user", "gateway"),
                            new StartupMessage.Parameter("database", "clinic"))
                    .contains(new StartupMessage.Parameter("DateStyle", "ISO"));
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void bytesBehindTheLoginReachTheNextHandlerInOrder() throws AuthenticationFailure {
        var channel = channel(true);
        converse(channel, new ScriptedServer(ScriptedServer.Method.TRUST, "", VERIFIER), 1_000);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1, 2}));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {3}));
        ByteBuf got = Unpooled.buffer();
        channel.pipeline()
                .addLast(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                got.writeBytes((ByteBuf) message);
                                ((ByteBuf) message).release();
                            }
                        });
        heard.loggedIn().handler().handOver();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {4}));
        assertThat(ByteBufUtil.getBytes(got)).containsExactly(1, 2, 3, 4);
        assertThat(channel.pipeline().get(UpstreamLogin.class)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void keysAreDerivedOnce() throws AuthenticationFailure {
        for (int i = 0; i < 2; i++) {
            heard.clear();
            var channel = channel(false);
            converse(
                    channel,
                    new ScriptedServer(ScriptedServer.Method.SCRAM, "geheim", VERIFIER),
                    1_000);
            heard.loggedIn();
            channel.finishAndReleaseAll();
        }
        assertThat(
                        cache.get(
                                "geheim",
                                new dev.sallyport.postgres.auth.ScramClient.Challenge(
                                        VERIFIER.salt(), 4096)))
                .isNotNull();
    }

    @Test
    void aPasswordInClearGoesOnlyToAServerThatIsKnown() throws AuthenticationFailure {
        var channel = channel(false);
        channel.releaseOutbound();
        receive(channel, new Authentication.CleartextPassword());
        assertThat(heard.failure().denial().sqlState()).isEqualTo("08004");
        assertThat((Object) channel.readOutbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    28P01 | 08004 | password authentication failed for user "gateway"
                    3D000 | 08004 | database "clinic" does not exist
                    53300 | 53300 | sorry, too many clients already
                    57P03 | 57P03 | the database system is starting up
                    22023 | 22023 | invalid value for parameter "TimeZone"
                    XX000 | 08004 | <script>
                    """)
    void theServersWordsStayInTheLog(String sqlState, String told, String message) {
        var channel = channel(true);
        channel.releaseOutbound();
        receive(channel, ErrorResponse.fatal(sqlState, message, "its detail", "its hint"));
        var failure = heard.failure();
        assertThat(failure.denial().sqlState()).isEqualTo(told);
        assertThat(failure.denial().toString())
                .doesNotContain(message)
                .doesNotContain("its detail", "its hint");
        assertThat(failure.reason())
                .contains(sqlState)
                .contains(message.replace('"', '?'))
                .doesNotContain("geheim");
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    45 00000005 00                                            | ErrorResponse without SQLSTATE (CVE-2026-6666)
                    45 0000000d 53 4600 4d 6d0000 0000                        | ErrorResponse with bytes behind
                    52 00000003                                               | length below four
                    52 7fffffff                                               | length of 2 GB
                    52 ffffffff                                               | length of 4 GB
                    52 00010000                                               | longer than any login message
                    44 00000006 0000                                          | DataRow before the login
                    5a 00000005 49                                            | ReadyForQuery before the login
                    53 00000008 6100 6200                                     | ParameterStatus before the login
                    4b 0000000c 00000001 01020304                             | BackendKeyData before the login
                    52 0000000c 0000000c 763d783d                             | SASLFinal before SASL
                    52 0000000b 0000000b 723d78                               | SASLContinue before SASL
                    52 00000008 00000007                                      | GSSAPI
                    52 00000008 00000063                                      | unknown method
                    52 0000000e 0000000a 4100 424300 00                       | no mechanism we know
                    52 00000009 0000000a 00                                   | no mechanism at all
                    76 0000000c 00030000 00000000                             | version negotiation nobody asked for
                    52 00000008 00000000 52 00000008 00000000                 | Ok twice
                    52 00000008 00000000 52 00000008 00000003                 | password asked for after Ok
                    52 00000008 00000000 4b 0000000c 00000001 01020304 4b 0000000c 00000001 01020304 | key twice
                    52 00000008 00000000 5a 00000005 58                       | unknown status
                    53 | type byte and then the end
                    16 03 01 | TLS where PostgreSQL should be
                    48 54 54 50 | HTTP
                    """)
    void aHostileServerIsRefusedHoweverItsBytesAreCut(String hex, String why) {
        byte[] bytes = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        for (int step : new int[] {1, bytes.length}) {
            heard.clear();
            var channel = channel(true);
            channel.releaseOutbound();
            for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
                channel.writeInbound(
                        Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
            }
            channel.close();
            channel.runPendingTasks();
            assertThat(heard.failure().denial().sqlState()).as(why).startsWith("08");
            assertThat(heard.loggedIn).isNull();
            assertThat(channel.isOpen()).isFalse();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void okWithoutTheServersProofIsNoLogin() throws AuthenticationFailure {
        for (int steps = 1; steps <= 2; steps++) {
            heard.clear();
            var server = new ScriptedServer(ScriptedServer.Method.SCRAM, "geheim", VERIFIER);
            var channel = channel(true);
            for (int i = 0; i < steps; i++) {
                ByteBuf sent = channel.readOutbound();
                ByteBuf answer = server.answer(sent);
                sent.release();
                channel.writeInbound(answer);
            }
            receive(channel, new Authentication.Ok());
            assertThat(heard.failure().reason()).contains("out of place");
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void aServerThatDoesNotKnowThePasswordIsFoundOut() throws AuthenticationFailure {
        // It has the StoredKey (stolen) but not the ServerKey.
        String stolen = VERIFIER.text().replaceAll(":[^:]*$", ":" + "A".repeat(43) + "=");
        var server =
                new ScriptedServer(
                        ScriptedServer.Method.SCRAM, "", ScramVerifier.parse(stolen).orElseThrow());
        var channel = channel(true);
        converse(channel, server, 1_000);
        assertThat(heard.failure().reason()).contains("signature is wrong");
        assertThat(heard.loggedIn).isNull();
    }

    @Test
    void aPasswordThatCannotBeReadIsAFailureThatNamesOnlyItsPlace() throws Exception {
        Files.delete(folder.resolve("password"));
        var channel = channel(true);
        converse(channel, new ScriptedServer(ScriptedServer.Method.MD5, "geheim", VERIFIER), 1_000);
        assertThat(heard.failure().denial().sqlState()).isEqualTo("08004");
        assertThat(heard.failure().denial().toString()).doesNotContain(folder.toString());
    }

    @Test
    void aServerThatNeverEndsItsLoginIsGivenUp() {
        var channel = channel(true);
        channel.releaseOutbound();
        receive(channel, new Authentication.Ok());
        for (int i = 0; i < 1_001 && channel.isOpen(); i++)
            receive(channel, new ParameterStatus("a" + i, "b"));
        assertThat(heard.failure().reason()).contains("login does not end");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatEndsIsAFailureAtEveryByte() throws AuthenticationFailure {
        var answer = new ScriptedServer(ScriptedServer.Method.TRUST, "", VERIFIER);
        var first = channel(true);
        ByteBuf sent = first.readOutbound();
        byte[] welcome = ByteBufUtil.getBytes(answer.answer(sent));
        sent.release();
        first.finishAndReleaseAll();
        for (int length = 0; length < welcome.length; length++) {
            heard.clear();
            var channel = channel(true);
            channel.releaseOutbound();
            channel.writeInbound(Unpooled.copiedBuffer(welcome, 0, length));
            channel.close();
            assertThat(heard.failure().denial().sqlState()).isEqualTo("08006");
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void anyMutationOfTheServersBytesEndsInALoginOrAFailure() throws AuthenticationFailure {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            heard.clear();
            var method = ScriptedServer.Method.values()[random.nextInt(3)];
            var server = new ScriptedServer(method, "geheim", VERIFIER);
            var channel = channel(true);
            try {
                for (ByteBuf sent = channel.readOutbound();
                        sent != null;
                        sent = channel.readOutbound()) {
                    byte[] answer;
                    try {
                        answer = ByteBufUtil.getBytes(server.answer(sent));
                    } finally {
                        sent.release();
                    }
                    answer[random.nextInt(answer.length)] ^= (byte) (1 << random.nextInt(8));
                    channel.writeInbound(Unpooled.wrappedBuffer(answer));
                    channel.runPendingTasks();
                }
            } catch (dev.sallyport.postgres.message.ProtocolViolation | AssertionError _) {
                // The scripted server was confused by what a mutation made us say.
            }
            channel.close();
            channel.checkException();
            assertThat(heard.count).as("seed %d, round %d", seed, round).isEqualTo(1);
            channel.finishAndReleaseAll();
        }
    }

    private EmbeddedChannel channel(boolean certificateVerified) {
        var request =
                new UpstreamLogin.Request(
                        "gateway",
                        "clinic",
                        Map.of("DateStyle", "ISO"),
                        ClientEncoding.UTF8,
                        new UpstreamCredential(secret, cache, Runnable::run),
                        Optional.empty(),
                        certificateVerified);
        return new EmbeddedChannel(new UpstreamLogin(request, heard));
    }

    private static void receive(EmbeddedChannel channel, BackendMessage message) {
        ByteBuf bytes = Unpooled.buffer();
        message.encode(bytes, ClientEncoding.UTF8);
        channel.writeInbound(bytes);
    }

    private static void converse(EmbeddedChannel channel, ScriptedServer server, int step)
            throws AuthenticationFailure {
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            ByteBuf answer;
            try {
                answer = server.answer(sent);
            } finally {
                sent.release();
            }
            while (answer.isReadable()) {
                channel.writeInbound(
                        Unpooled.copiedBuffer(
                                answer.readSlice(Math.min(step, answer.readableBytes()))));
            }
            channel.runPendingTasks();
        }
    }

    private static final class Heard implements UpstreamLogin.Listener {
        private UpstreamLogin.@Nullable LoggedIn loggedIn;
        private @Nullable UpstreamFailure failure;
        private int count;

        void clear() {
            loggedIn = null;
            failure = null;
            count = 0;
        }

        UpstreamLogin.LoggedIn loggedIn() {
            assertThat(failure).isNull();
            assertThat(loggedIn).isNotNull();
            return java.util.Objects.requireNonNull(loggedIn);
        }

        UpstreamFailure failure() {
            assertThat(failure).isNotNull();
            assertThat(count).isEqualTo(1);
            return java.util.Objects.requireNonNull(failure);
        }

        @Override
        public void loggedIn(UpstreamLogin.LoggedIn upstream) {
            loggedIn = upstream;
            count++;
        }

        @Override
        public void failed(UpstreamFailure reason) {
            failure = reason;
            count++;
        }
    }
}
