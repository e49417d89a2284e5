package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// One column of the gateway's own answers (MySQL internals manual, Text Resultset:
/// Protocol::ColumnDefinition41). Those of servers are relayed unread.
///
/// @param name what clients show
public record ColumnDefinition41(String name) {
    private static final int UTF8MB4 = 45;
    private static final int VAR_STRING = 0xFD;
    private static final int MAX_COLUMN_BYTES = 65_535;

    public void encode(ByteBuf out) {
        BodyWriter.lengthEncodedText(out, "def");
        BodyWriter.lengthEncodedText(out, "");
        BodyWriter.lengthEncodedText(out, "");
        BodyWriter.lengthEncodedText(out, "");
        BodyWriter.lengthEncodedText(out, name);
        BodyWriter.lengthEncodedText(out, "");
        out.writeByte(0x0C);
        out.writeShortLE(UTF8MB4);
        out.writeIntLE(MAX_COLUMN_BYTES);
        out.writeByte(VAR_STRING);
        out.writeShortLE(0);
        out.writeByte(0);
        out.writeShortLE(0);
    }
}
