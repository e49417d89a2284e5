package dev.sallyport.postgres.message;

import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Bytes of any kind in any decoder: a message or a {@link ProtocolViolation}, and never more
/// memory than a small multiple of the bytes.
class MessageFuzzTest {
    private static final int[] ABUSIVE = {
        0, 1, 2, 3, 4, 0x7FFF, 0xFFFF, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2
    };

    @Test
    void mutatedMessages() {
        long seed = Long.getLong("sallyport.seed", 20_261_123);
        Random random = new Random(seed);
        List<Samples.Sample> samples = Samples.all();
        List<Function<ByteBuf, ?>> decoders = decoders();
        for (int round = 0; round < 100_000; round++) {
            Samples.Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] body = mutate(sample.body(), random);
            attempt(seed, round, sample.name(), sample.decode(), body);
            attempt(
                    seed,
                    round,
                    sample.name(),
                    decoders.get(random.nextInt(decoders.size())),
                    body);
        }
    }

    @Test
    void abusiveNumbersInEveryPlace() {
        for (Samples.Sample sample : Samples.all()) {
            byte[] body = sample.body();
            for (int at = 0; at < body.length; at++) {
                for (int number : ABUSIVE) {
                    for (int bytes : new int[] {2, 4}) {
                        byte[] changed = body.clone();
                        for (int i = 0; i < bytes && at + i < changed.length; i++) {
                            changed[at + i] = (byte) (number >> 8 * (bytes - 1 - i));
                        }
                        attempt(0, at, sample.name(), sample.decode(), changed);
                    }
                }
            }
        }
    }

    @Test
    void noise() {
        long seed = Long.getLong("sallyport.seed", 20_261_124);
        Random random = new Random(seed);
        List<Function<ByteBuf, ?>> decoders = decoders();
        for (int round = 0; round < 50_000; round++) {
            byte[] body = new byte[random.nextInt(64)];
            random.nextBytes(body);
            attempt(seed, round, "noise", decoders.get(random.nextInt(decoders.size())), body);
        }
    }

    private static List<Function<ByteBuf, ?>> decoders() {
        List<Function<ByteBuf, ?>> all = new ArrayList<>();
        ClientEncoding latin = ClientEncoding.of("WIN1252").orElseThrow();
        for (FrontendType type : FrontendType.values()) {
            all.add(body -> FrontendMessage.decode(type, body, ClientEncoding.UTF8));
            all.add(body -> FrontendMessage.decode(type, body, latin));
        }
        for (BackendType type : BackendType.values()) {
            all.add(body -> BackendMessage.decode(type, body, ClientEncoding.UTF8));
            all.add(body -> BackendMessage.decode(type, body, ClientEncoding.SQL_ASCII));
        }
        all.add(InitialRequest::decode);
        all.add(PasswordMessage::decode);
        all.add(SASLInitialResponse::decode);
        all.add(SASLResponse::decode);
        return all;
    }

    private static void attempt(
            long seed, int round, String what, Function<ByteBuf, ?> decode, byte[] body) {
        try {
            Object _ = decode.apply(Unpooled.wrappedBuffer(body));
        } catch (ProtocolViolation _) {
            // As it should be.
        } catch (Throwable t) {
            fail(
                    "seed %d, round %d, %s: %s"
                            .formatted(seed, round, what, java.util.HexFormat.of().formatHex(body)),
                    t);
        }
    }

    private static byte[] mutate(byte[] body, Random random) {
        byte[] result = body.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = result.length == 0 ? 0 : random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (result.length > 0) result[at] = (byte) random.nextInt(256);
                }
                case 1 -> result = java.util.Arrays.copyOf(result, at);
                case 2 ->
                        result =
                                java.util.Arrays.copyOf(
                                        result, result.length + 1 + random.nextInt(9));
                default -> {
                    int number = ABUSIVE[random.nextInt(ABUSIVE.length)];
                    for (int b = 0; b < 4 && at + b < result.length; b++)
                        result[at + b] = (byte) (number >> 8 * (3 - b));
                }
            }
        }
        return result;
    }
}
