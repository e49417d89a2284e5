package dev.sallyport.postgres.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What may follow an SSLRequest to an upstream. {@link RealPostgresTest} has handshakes that
/// succeed.
class UpstreamTlsTest {
    private final List<UpstreamFailure> failures = new ArrayList<>();
    private final List<Optional<byte[]>> secured = new ArrayList<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(handler(Optional.of(UpstreamTlsTest::client)));

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void asksBeforeAnythingElse() {
        ByteBuf sent = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(sent)).isEqualTo("0000000804d2162f");
        sent.release();
        assertThat(secured).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    4e                                           | declined: no fall-back to clear text
                    45 0000000d 53 4600 4d 6d0000                | an old server's error
                    53 52 00000008 00000000                      | bytes in clear behind S (CVE-2021-23222)
                    53 53                                        | S twice
                    00                                           | something else
                    16 03 01                                     | TLS without an answer
                    """)
    void anyAnswerButOneSEndsIt(String hex, String why) {
        channel.writeInbound(
                Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))));
        assertThat(failures)
                .as(why)
                .singleElement()
                .satisfies(f -> assertThat(f.denial().sqlState()).isEqualTo("08001"));
        assertThat(secured).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void clearTextAfterSNeverReachesWhatFollows() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'S'}));
        assertThat(channel.pipeline().get(SslHandler.class)).isNotNull();
        try {
            channel.writeInbound(
                    Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("520000000800000000")));
        } catch (Exception _) {
            // The TLS handler's own.
        }
        channel.runPendingTasks();
        assertThat(failures).hasSize(1);
        assertThat(secured).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatEndsFirstIsAFailure() {
        channel.close();
        assertThat(failures).hasSize(1);
    }

    @Test
    void withoutTlsItGoesOnAtOnce() {
        var clear = new EmbeddedChannel(handler(Optional.empty()));
        assertThat(secured).hasSize(1);
        assertThat((Object) clear.readOutbound()).isNull();
        clear.finishAndReleaseAll();
    }

    private UpstreamTls handler(Optional<Function<ByteBufAllocator, SslHandler>> tls) {
        return new UpstreamTls(tls, (_, endPoint) -> secured.add(endPoint), failures::add);
    }

    private static SslHandler client(ByteBufAllocator allocator) {
        try {
            SslContext context = SslContextBuilder.forClient().build();
            return context.newHandler(allocator);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }
}
