package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// A statement's text (MySQL internals manual, Command Phase: COM_QUERY), with the query attributes
/// that may stand before it.
///
/// @param textOffset where in the payload the text begins: reading it anywhere else would be
///   deciding about something that the server doesn't run
/// @param text as bytes, in the session's character set
public record ComQuery(int textOffset, byte[] text) {
    private static final int MAX_ATTRIBUTES = 65_535;

    /// @param payload with its command byte
    /// @param attributes whether {@link Capabilities#QUERY_ATTRIBUTES} is agreed on
    public static ComQuery decode(ByteBuf payload, boolean attributes) {
        int begin = payload.readerIndex();
        var in = new BodyReader(payload, "COM_QUERY");
        in.skip(1);
        if (attributes) skipAttributes(in);
        int offset = payload.readerIndex() - begin;
        return new ComQuery(offset, in.rest());
    }

    /// A statement of the gateway's own.
    ///
    /// @param capabilities agreed on with the server
    public static ByteBuf own(ByteBufAllocator alloc, String sql, long capabilities) {
        ByteBuf body = alloc.buffer(256).writeByte(Command.COM_QUERY.code());
        if (Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES))
            body.writeByte(0).writeByte(1);
        body.writeCharSequence(sql, StandardCharsets.UTF_8);
        return body;
    }

    private static void skipAttributes(BodyReader in) {
        long count = in.lengthEncoded();
        long sets = in.lengthEncoded();
        if (sets != 1) throw in.violation("has " + sets + " sets of attributes");
        if (count == 0) return;
        if (count > MAX_ATTRIBUTES) throw in.violation("has " + count + " attributes");
        byte[] nulls = in.bytes((count + 7) / 8);
        if (in.int1() != 1) throw in.violation("has attributes without types");
        var types = new int[(int) count];
        for (int i = 0; i < count; i++) {
            types[i] = in.int2() & 0xFF;
            in.skip(in.lengthEncoded());
        }
        for (int i = 0; i < count; i++)
            if ((nulls[i / 8] >> (i % 8) & 1) == 0) skipValue(in, types[i]);
    }

    /// By the binary protocol's types; those that no client has reason to send, and on whose length
    /// servers might not agree, are refused.
    private static void skipValue(BodyReader in, int type) {
        switch (type) {
            case BinaryTypes.NULL -> {}
            case BinaryTypes.TINY -> in.skip(1);
            case BinaryTypes.SHORT -> in.skip(2);
            case BinaryTypes.LONG, BinaryTypes.FLOAT -> in.skip(4);
            case BinaryTypes.LONGLONG, BinaryTypes.DOUBLE -> in.skip(8);
            case BinaryTypes.DATE,
                    BinaryTypes.TIME,
                    BinaryTypes.DATETIME,
                    BinaryTypes.TIMESTAMP,
                    BinaryTypes.DECIMAL,
                    BinaryTypes.NEWDECIMAL,
                    BinaryTypes.VARCHAR,
                    BinaryTypes.VAR_STRING,
                    BinaryTypes.STRING,
                    BinaryTypes.TINY_BLOB,
                    BinaryTypes.MEDIUM_BLOB,
                    BinaryTypes.LONG_BLOB,
                    BinaryTypes.BLOB ->
                    in.skip(in.lengthEncoded());
            default -> throw in.violation("has an attribute of type " + type);
        }
    }

    @Override
    public String toString() {
        return "ComQuery[" + text.length + " bytes]";
    }
}
