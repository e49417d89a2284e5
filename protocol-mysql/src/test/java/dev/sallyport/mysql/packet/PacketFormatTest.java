package dev.sallyport.mysql.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes and records stand for each other, and every other byte is refused.
class PacketFormatTest {
    private static final long MODERN = Capabilities.OWN | Capabilities.RELAYED | Capabilities.SSL;

    /// What MariaDB 11.4 and MySQL 9.7 said, and their clients.
    static Stream<Arguments> decoders() {
        return Stream.of(
                Arguments.of("HandshakeV10", greeting(), decoder(HandshakeV10::decode)),
                Arguments.of(
                        "HandshakeResponse41", response(), decoder(HandshakeResponse41::decode)),
                Arguments.of(
                        "SSLRequest",
                        bytes(out -> new SslRequest(MODERN, 1 << 24, 45).encode(out)),
                        decoder(SslRequest::decode)),
                Arguments.of(
                        "AuthSwitchRequest",
                        bytes(out ->
                                new AuthSwitchRequest("mysql_native_password", nonce())
                                        .encode(out)),
                        decoder(AuthSwitchRequest::decode)),
                Arguments.of(
                        "OK",
                        hex("00fcff01fe00000000000000ff020000000028140c01046d6f646500" + ""),
                        decoder(body -> OkPacket.decode(body, false))),
                Arguments.of(
                        "ERR",
                        bytes(out -> new ErrPacket(1142, "42000", "no").encode(out)),
                        decoder(ErrPacket::decode)),
                Arguments.of(
                        "EOF",
                        bytes(out -> new EofPacket(3, 0x22).encode(out)),
                        decoder(EofPacket::decode)),
                Arguments.of(
                        "COM_QUERY",
                        attributes("SELECT 1"),
                        decoder(body -> ComQuery.decode(body, true))),
                Arguments.of(
                        "COM_CHANGE_USER",
                        changeUser(),
                        decoder(body -> ComChangeUser.decode(body, MODERN))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("decoders")
    void nothingFailsOtherwiseThanByAViolation(
            String name, byte[] sample, Function<ByteBuf, Object> decode) {
        long seed = 4_711;
        for (int round = 0; round < 20_000; round++) {
            var random = new Random(seed + round);
            byte[] changed = sample.clone();
            for (int i = 0; i <= random.nextInt(4) && changed.length > 0; i++)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            int length =
                    random.nextInt(3) == 0 ? random.nextInt(changed.length + 1) : changed.length;
            try {
                assertThat(decode.apply(Unpooled.wrappedBuffer(changed, 0, length))).isNotNull();
            } catch (ProtocolViolation e) {
                assertThat(e.getMessage()).as("%s, seed %d", name, seed + round).isNotBlank();
            }
        }
    }

    @Test
    void theGreetingIsWhatWasSaid() {
        var greeting = HandshakeV10.decode(Unpooled.wrappedBuffer(greeting()));
        assertThat(greeting.serverVersion()).isEqualTo("11.4.2-MariaDB");
        assertThat(greeting.threadId()).isEqualTo(77);
        assertThat(greeting.capabilities()).isEqualTo(MODERN);
        assertThat(greeting.nonce()).isEqualTo(nonce());
        assertThat(greeting.plugin()).isEqualTo("caching_sha2_password");
        assertThat(bytes(greeting::encode)).isEqualTo(greeting());
    }

    @Test
    void theResponseIsWhatWasSaid() {
        var response = HandshakeResponse41.decode(Unpooled.wrappedBuffer(response()));
        assertThat(response.user()).isEqualTo("dana");
        assertThat(response.authResponse()).isEqualTo(nonce());
        assertThat(response.database()).isEqualTo("clinic");
        assertThat(response.plugin()).isEqualTo("caching_sha2_password");
        assertThat(response.attributes()).isEqualTo(Map.of("program_name", "mysql"));
        assertThat(response.toString()).doesNotContain("dana");
    }

    @Test
    void aResponseCutAnywhereIsRefused() {
        byte[] whole = response();
        // Behind the user's and the database's name the rest may be missing, as old clients send
        // it.
        for (int length = 0; length < whole.length; length++) {
            int cut = length;
            var body = Unpooled.wrappedBuffer(whole, 0, cut);
            try {
                var shorter = HandshakeResponse41.decode(body);
                assertThat(shorter.attributes()).as("cut at %d", cut).isEmpty();
            } catch (ProtocolViolation e) {
                assertThat(e).hasMessageStartingWith("HandshakeResponse41 ");
            }
        }
    }

    @Test
    void anSslRequestIsToldFromAResponse() {
        assertThat(SslRequest.is(Unpooled.wrappedBuffer(response()))).isFalse();
        var request = bytes(out -> new SslRequest(MODERN, 1, 45).encode(out));
        assertThat(SslRequest.is(Unpooled.wrappedBuffer(request))).isTrue();
    }

    @Test
    void whatChangedInTheSessionIsReadAndKeptFromWhoDidNotAskForIt() {
        var tracked =
                bytes(out -> {
                    out.writeByte(0).writeByte(0).writeByte(0).writeShortLE(0x4002).writeShortLE(0);
                    BodyWriter.lengthEncodedText(out, "");
                    ByteBuf state = Unpooled.buffer();
                    ByteBuf variable = Unpooled.buffer();
                    BodyWriter.lengthEncodedText(variable, "sql_mode");
                    BodyWriter.lengthEncodedText(variable, "ANSI_QUOTES");
                    state.writeByte(0);
                    BodyWriter.lengthEncoded(state, variable.readableBytes());
                    state.writeBytes(variable);
                    ByteBuf schema = Unpooled.buffer();
                    BodyWriter.lengthEncodedText(schema, "clinic");
                    state.writeByte(1);
                    BodyWriter.lengthEncoded(state, schema.readableBytes());
                    state.writeBytes(schema);
                    BodyWriter.lengthEncoded(out, state.readableBytes());
                    out.writeBytes(state);
                });
        var ok = OkPacket.decode(Unpooled.wrappedBuffer(tracked), true);
        assertThat(ok.changes())
                .containsExactly(
                        new OkPacket.Changed("sql_mode", "ANSI_QUOTES"),
                        new OkPacket.Changed("schema", "clinic"));
        assertThat(bytes(out -> ok.encode(out, true))).isEqualTo(tracked);
        assertThat(ByteBufUtil.hexDump(bytes(out -> ok.encode(out, false))))
                .isEqualTo("00000002000000");
    }

    @Test
    void theTextBeginsBehindTheAttributes() {
        var query = ComQuery.decode(Unpooled.wrappedBuffer(attributes("SELECT 1")), true);
        assertThat(new String(query.text(), StandardCharsets.UTF_8)).isEqualTo("SELECT 1");
        // Read without them, the same bytes would be another statement.
        var misread = ComQuery.decode(Unpooled.wrappedBuffer(attributes("SELECT 1")), false);
        assertThat(misread.text().length).isGreaterThan("SELECT 1".length());
    }

    @Test
    void attributesOfATypeThatNobodySendsAreRefused() {
        for (int type : new int[] {0x09, 0x0D, 0x0E, 0x10, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF}) {
            byte[] bytes = attributes("SELECT 1");
            // Command, count, sets, nulls, new: then the first type.
            bytes[5] = (byte) type;
            assertThatThrownBy(() -> ComQuery.decode(Unpooled.wrappedBuffer(bytes), true))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessage("COM_QUERY has an attribute of type " + type);
        }
    }

    @Test
    void everyOpcodeIsClassified() {
        assertThat(Command.values()).hasSize(39);
        for (Command command : Command.values())
            assertThat(Command.of(command.code())).contains(command);
        assertThat(
                        Stream.of(Command.values())
                                .filter(c -> c.treatment() == Command.Treatment.REFUSED)
                                .map(Command::name))
                .contains(
                        "COM_BINLOG_DUMP",
                        "COM_BINLOG_DUMP_GTID",
                        "COM_REGISTER_SLAVE",
                        "COM_TABLE_DUMP",
                        "COM_CLONE",
                        "COM_STMT_BULK_EXECUTE");
        assertThat(List.of(0x22, 0x7F, 0xF9, 0xFF))
                .allSatisfy(code -> assertThat(Command.of(code)).isEmpty());
    }

    private static Function<ByteBuf, Object> decoder(Function<ByteBuf, Object> decode) {
        return decode;
    }

    private static byte[] greeting() {
        return bytes(out ->
                new HandshakeV10(
                                "11.4.2-MariaDB",
                                77,
                                MODERN,
                                45,
                                2,
                                nonce(),
                                "caching_sha2_password")
                        .encode(out));
    }

    private static byte[] response() {
        return bytes(out -> {
            new SslRequest(MODERN, 1 << 24, 45).encode(out);
            BodyWriter.terminated(out, "dana");
            BodyWriter.lengthEncodedBytes(out, nonce());
            BodyWriter.terminated(out, "clinic");
            BodyWriter.terminated(out, "caching_sha2_password");
            BodyWriter.lengthEncoded(out, "program_name".length() + 1 + "mysql".length() + 1);
            BodyWriter.lengthEncodedText(out, "program_name");
            BodyWriter.lengthEncodedText(out, "mysql");
        });
    }

    private static byte[] changeUser() {
        return bytes(out -> {
            out.writeByte(Command.COM_CHANGE_USER.code());
            BodyWriter.terminated(out, "pavel");
            BodyWriter.lengthEncodedBytes(out, nonce());
            BodyWriter.terminated(out, "clinic");
            out.writeShortLE(45);
            BodyWriter.terminated(out, "caching_sha2_password");
            BodyWriter.lengthEncoded(out, 0);
        });
    }

    private static byte[] attributes(String text) {
        return bytes(out -> {
            out.writeByte(Command.COM_QUERY.code());
            BodyWriter.lengthEncoded(out, 3);
            BodyWriter.lengthEncoded(out, 1);
            // The third is NULL.
            out.writeByte(4).writeByte(1);
            out.writeShortLE(0xFE);
            BodyWriter.lengthEncodedText(out, "trace");
            out.writeShortLE(0x08);
            BodyWriter.lengthEncodedText(out, "n");
            out.writeShortLE(0x0C);
            BodyWriter.lengthEncodedText(out, "at");
            BodyWriter.lengthEncodedText(out, "DROP TABLE patients");
            out.writeLongLE(5);
            out.writeCharSequence(text, StandardCharsets.UTF_8);
        });
    }

    private static byte[] nonce() {
        var nonce = new byte[20];
        for (int i = 0; i < nonce.length; i++) nonce[i] = (byte) (i + 1);
        return nonce;
    }

    private static byte[] bytes(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] hex(String digits) {
        return ByteBufUtil.decodeHexDump(digits);
    }
}
