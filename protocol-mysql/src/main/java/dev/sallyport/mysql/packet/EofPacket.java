package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// The end of a list, where {@link Capabilities#DEPRECATE_EOF} is not agreed on (MySQL internals
/// manual, Generic Response Packets: EOF_Packet).
public record EofPacket(int warnings, int status) {
    public static final int HEADER = 0xFE;

    /// A row whose first value is longer than 16 MB begins with the same byte.
    public static final int MAX_BYTES = 8;

    public static EofPacket decode(ByteBuf body) {
        var in = new BodyReader(body, "EOF_Packet");
        if (in.int1() != HEADER) throw in.violation("has another header");
        var eof = new EofPacket(in.int2(), in.int2());
        in.end();
        return eof;
    }

    public void encode(ByteBuf out) {
        out.writeByte(HEADER).writeShortLE(warnings).writeShortLE(status);
    }
}
