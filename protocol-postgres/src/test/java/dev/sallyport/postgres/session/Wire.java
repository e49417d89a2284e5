package dev.sallyport.postgres.session;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// PostgreSQL messages put together by hand, byte for byte as the manual has them and without the
/// code under test.
final class Wire {
    private Wire() {}

    static byte[] message(char type, byte[]... parts) {
        byte[] body = join(parts);
        return join(new byte[] {(byte) type}, int32(body.length + 4), body);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    static byte[] text(String text) {
        return join(text.getBytes(StandardCharsets.UTF_8), new byte[1]);
    }

    static byte[] int16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    // The client's.

    static byte[] query(String sql) {
        return message('Q', text(sql));
    }

    static byte[] parse(String name, String sql) {
        return message('P', text(name), text(sql), int16(0));
    }

    static byte[] bind(String portal, String statement) {
        return message('B', text(portal), text(statement), int16(0), int16(0), int16(0));
    }

    /// With one text parameter.
    static byte[] bind(String portal, String statement, byte[] value) {
        return message(
                'B',
                text(portal),
                text(statement),
                int16(0),
                int16(1),
                int32(value.length),
                value,
                int16(0));
    }

    static byte[] describeStatement(String name) {
        return message('D', new byte[] {'S'}, text(name));
    }

    static byte[] describePortal(String name) {
        return message('D', new byte[] {'P'}, text(name));
    }

    static byte[] execute(String portal, int maxRows) {
        return message('E', text(portal), int32(maxRows));
    }

    static byte[] closeStatement(String name) {
        return message('C', new byte[] {'S'}, text(name));
    }

    static byte[] closePortal(String name) {
        return message('C', new byte[] {'P'}, text(name));
    }

    static byte[] sync() {
        return message('S');
    }

    static byte[] flush() {
        return message('H');
    }

    static byte[] terminate() {
        return message('X');
    }

    static byte[] copyFail(String reason) {
        return message('f', text(reason));
    }

    static byte[] functionCall(int oid) {
        return message('F', int32(oid), int16(0), int16(0), int16(0));
    }

    /// Either side's.
    static byte[] copyData(String data) {
        return message('d', data.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] copyDone() {
        return message('c');
    }

    // The server's.

    static byte[] ready(char status) {
        return message('Z', new byte[] {(byte) status});
    }

    static byte[] rowDescription() {
        return message(
                'T', int16(1), text("c"), int32(0), int16(0), int32(25), int16(-1), int32(-1),
                int16(0));
    }

    static byte[] row(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return message('D', int16(1), int32(bytes.length), bytes);
    }

    static byte[] complete(String tag) {
        return message('C', text(tag));
    }

    static byte[] emptyQuery() {
        return message('I');
    }

    static byte[] parseComplete() {
        return message('1');
    }

    static byte[] bindComplete() {
        return message('2');
    }

    static byte[] closeComplete() {
        return message('3');
    }

    static byte[] suspended() {
        return message('s');
    }

    static byte[] noData() {
        return message('n');
    }

    static byte[] parameterDescription() {
        return message('t', int16(0));
    }

    static byte[] copyInResponse() {
        return message('G', new byte[] {0}, int16(1), int16(0));
    }

    static byte[] copyOutResponse() {
        return message('H', new byte[] {0}, int16(1), int16(0));
    }

    static byte[] parameterStatus(String name, String value) {
        return message('S', text(name), text(value));
    }

    static byte[] notification(String channel) {
        return message('A', int32(7), text(channel), text(""));
    }

    static byte[] error(String sqlState, String text) {
        return diagnostic('E', "ERROR", sqlState, text);
    }

    static byte[] fatal(String sqlState, String text) {
        return diagnostic('E', "FATAL", sqlState, text);
    }

    static byte[] notice(String text) {
        return diagnostic('N', "NOTICE", "00000", text);
    }

    private static byte[] diagnostic(char type, String severity, String sqlState, String text) {
        return message(
                type,
                text("S" + severity),
                text("V" + severity),
                text("C" + sqlState),
                text("M" + text),
                new byte[1]);
    }

    // Reading.

    record Message(char type, byte[] body) {
        /// Short and readable, for comparison: `C SELECT 1`, `E 42501 no`, `D v`, `Z I`.
        @Override
        public String toString() {
            return shown().stripTrailing();
        }

        private String shown() {
            return switch (type) {
                case 'E', 'N' -> type + " " + field('C') + " " + field('M');
                case 'D' ->
                        body.length >= 6 && body[0] == 0
                                ? "D "
                                        + new String(
                                                body, 6, body.length - 6, StandardCharsets.UTF_8)
                                : "D " + string();
                case 'C', 'Z', 'd', 'Q', 'P', 'B' -> type + " " + string();
                default -> String.valueOf(type);
            };
        }

        String field(char letter) {
            for (int i = 0; i < body.length && body[i] != 0; ) {
                int end = i;
                while (body[end] != 0) end++;
                if (body[i] == letter)
                    return new String(body, i + 1, end - i - 1, StandardCharsets.UTF_8);
                i = end + 1;
            }
            return "";
        }

        private String string() {
            return new String(body, StandardCharsets.UTF_8)
                    .replace("\0", "|")
                    .replaceAll("\\|+$", "");
        }
    }

    /// Whole messages; fails if bytes are left over.
    static List<Message> messages(byte[] bytes) {
        List<Message> all = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (bytes.length - at < 5) throw new AssertionError("cut within a header");
            int length = ByteBuffer.wrap(bytes, at + 1, 4).getInt();
            if (length < 4 || at + 1 + length > bytes.length)
                throw new AssertionError("cut within a body");
            byte[] body = new byte[length - 4];
            System.arraycopy(bytes, at + 5, body, 0, body.length);
            all.add(new Message((char) bytes[at], body));
            at += 1 + length;
        }
        return all;
    }

    static List<String> lines(byte[] bytes) {
        return messages(bytes).stream().map(Message::toString).toList();
    }
}
