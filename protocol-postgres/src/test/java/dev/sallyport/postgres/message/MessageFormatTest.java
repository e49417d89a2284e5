package dev.sallyport.postgres.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Laws that hold for every message, on the hand-written bytes of {@link Samples}.
class MessageFormatTest {
    static List<Samples.Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theManualsBytesDecodeToTheMessage(Samples.Sample sample) {
        assertThat(sample.decode(sample.body())).isEqualTo(sample.message());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theMessageEncodesToTheManualsBytes(Samples.Sample sample) {
        var encode = sample.encode();
        if (encode == null) return;
        ByteBuf out = Unpooled.buffer();
        encode.accept(sample.message(), out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(sample.hex());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theHandWrittenLengthIsRight(Samples.Sample sample) {
        ByteBuf bytes = Unpooled.wrappedBuffer(sample.bytes());
        if (sample.typed()) bytes.skipBytes(1);
        assertThat(bytes.readInt()).isEqualTo(sample.body().length + 4);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anyShorterBodyIsAViolation(Samples.Sample sample) {
        byte[] body = sample.body();
        for (int length = 0; length < body.length; length++) {
            byte[] cut = Arrays.copyOf(body, length);
            if (sample.openEnded() && decodes(sample, cut)) continue;
            assertThatExceptionOfType(ProtocolViolation.class)
                    .as("cut to %d bytes", length)
                    .isThrownBy(() -> sample.decode(cut));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aTrailingByteIsAViolation(Samples.Sample sample) {
        byte[] body = sample.body();
        for (byte trailing : new byte[] {0, 1, 'S', -1}) {
            byte[] longer = Arrays.copyOf(body, body.length + 1);
            longer[body.length] = trailing;
            if (sample.openEnded()) {
                if (trailing >= 0) assertThatNoException().isThrownBy(() -> sample.decode(longer));
            } else {
                assertThatExceptionOfType(ProtocolViolation.class)
                        .isThrownBy(() -> sample.decode(longer));
            }
        }
    }

    @Test
    void everyTypeHasASample() {
        var frontend = EnumSet.noneOf(FrontendType.class);
        for (Samples.Sample sample : Samples.frontend())
            frontend.add(FrontendType.of(sample.bytes()[0]));
        assertThat(frontend)
                .isEqualTo(EnumSet.complementOf(EnumSet.of(FrontendType.AUTHENTICATION_RESPONSE)));
        var backend = EnumSet.noneOf(BackendType.class);
        for (Samples.Sample sample : Samples.backend())
            backend.add(BackendType.of(sample.bytes()[0]));
        assertThat(backend).isEqualTo(EnumSet.allOf(BackendType.class));
    }

    @Test
    void everyOtherTypeByteIsAViolation() {
        int frontend = 0;
        int backend = 0;
        for (int code = -128; code < 128; code++) {
            byte type = (byte) code;
            try {
                assertThat(FrontendType.of(type).code()).isEqualTo(type);
                frontend++;
            } catch (ProtocolViolation _) {
                // Not one.
            }
            try {
                assertThat(BackendType.of(type).code()).isEqualTo(type);
                backend++;
            } catch (ProtocolViolation _) {
                // Not one.
            }
        }
        assertThat(frontend).isEqualTo(FrontendType.values().length);
        assertThat(backend).isEqualTo(BackendType.values().length);
    }

    @Test
    void valuesWithSecretsOrTextOfPeopleDoNotShowThem() {
        for (Samples.Sample sample : Samples.all()) {
            assertThat(sample.message().toString())
                    .doesNotContain("sesam", "select", "n=,r=", "c=biws", "r=x", "v=x");
        }
        assertThat(new BackendKeyData(1, new byte[] {42, 42, 42, 42}).toString())
                .doesNotContain("42");
        assertThat(new DataRow(List.of("123-45-6789")).toString()).doesNotContain("6789");
        assertThat(ErrorResponse.error("23505", "m", "Key (ssn)=(123-45-6789)", null).toString())
                .doesNotContain("6789");
    }

    private static boolean decodes(Samples.Sample sample, byte[] body) {
        try {
            sample.decode(body);
            return true;
        } catch (ProtocolViolation _) {
            return false;
        }
    }
}
