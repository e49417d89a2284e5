package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// An error (MySQL internals manual, Generic Response Packets: ERR_Packet).
///
/// @param code as 1142
/// @param sqlState five characters
/// @param message what it says may quote the statement, or rows
public record ErrPacket(int code, String sqlState, String message) {
    public static final int HEADER = 0xFF;

    /// What an error has that comes before the client's capabilities are known.
    public static final String GENERAL = "HY000";

    public ErrPacket {
        if (sqlState.length() != 5)
            throw new IllegalArgumentException("an SQLSTATE has five characters: " + sqlState);
    }

    public static ErrPacket decode(ByteBuf body) {
        var in = new BodyReader(body, "ERR_Packet");
        if (in.int1() != HEADER) throw in.violation("has another header");
        int code = in.int2();
        byte[] rest = in.rest();
        if (rest.length > 0 && rest[0] == '#') {
            if (rest.length < 6) throw in.violation("is cut short");
            return new ErrPacket(
                    code,
                    new String(rest, 1, 5, StandardCharsets.ISO_8859_1),
                    new String(rest, 6, rest.length - 6, StandardCharsets.UTF_8));
        }
        return new ErrPacket(code, GENERAL, new String(rest, StandardCharsets.UTF_8));
    }

    /// In place of a greeting, when nothing is agreed on yet: without the state.
    public void encodeEarly(ByteBuf out) {
        out.writeByte(HEADER).writeShortLE(code);
        out.writeCharSequence(message, StandardCharsets.UTF_8);
    }

    public void encode(ByteBuf out) {
        out.writeByte(HEADER).writeShortLE(code).writeByte('#');
        out.writeCharSequence(sqlState, StandardCharsets.ISO_8859_1);
        out.writeCharSequence(message, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "ErrPacket[" + code + " " + sqlState + "]";
    }
}
