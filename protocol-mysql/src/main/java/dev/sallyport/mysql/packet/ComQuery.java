package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;

/// A statement's text (MySQL internals manual, Command Phase: COM_QUERY), with the query attributes
/// that may stand before it.
///
/// @param textOffset where in the payload the text begins: reading it anywhere else would be
///   deciding about something that the server doesn't run
/// @param text as bytes, in the session's character set
public record ComQuery(int textOffset, byte[] text) {
    private static final int MAX_ATTRIBUTES = 65_535;

    private static final int MYSQL_TYPE_DECIMAL = 0x00;
    private static final int MYSQL_TYPE_TINY = 0x01;
    private static final int MYSQL_TYPE_SHORT = 0x02;
    private static final int MYSQL_TYPE_LONG = 0x03;
    private static final int MYSQL_TYPE_FLOAT = 0x04;
    private static final int MYSQL_TYPE_DOUBLE = 0x05;
    private static final int MYSQL_TYPE_NULL = 0x06;
    private static final int MYSQL_TYPE_TIMESTAMP = 0x07;
    private static final int MYSQL_TYPE_LONGLONG = 0x08;
    private static final int MYSQL_TYPE_DATE = 0x0A;
    private static final int MYSQL_TYPE_TIME = 0x0B;
    private static final int MYSQL_TYPE_DATETIME = 0x0C;
    private static final int MYSQL_TYPE_VARCHAR = 0x0F;
    private static final int MYSQL_TYPE_NEWDECIMAL = 0xF6;
    private static final int MYSQL_TYPE_TINY_BLOB = 0xF9;
    private static final int MYSQL_TYPE_MEDIUM_BLOB = 0xFA;
    private static final int MYSQL_TYPE_LONG_BLOB = 0xFB;
    private static final int MYSQL_TYPE_BLOB = 0xFC;
    private static final int MYSQL_TYPE_VAR_STRING = 0xFD;
    private static final int MYSQL_TYPE_STRING = 0xFE;

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
            case MYSQL_TYPE_NULL -> {}
            case MYSQL_TYPE_TINY -> in.skip(1);
            case MYSQL_TYPE_SHORT -> in.skip(2);
            case MYSQL_TYPE_LONG, MYSQL_TYPE_FLOAT -> in.skip(4);
            case MYSQL_TYPE_LONGLONG, MYSQL_TYPE_DOUBLE -> in.skip(8);
            case MYSQL_TYPE_DATE,
                    MYSQL_TYPE_TIME,
                    MYSQL_TYPE_DATETIME,
                    MYSQL_TYPE_TIMESTAMP,
                    MYSQL_TYPE_DECIMAL,
                    MYSQL_TYPE_NEWDECIMAL,
                    MYSQL_TYPE_VARCHAR,
                    MYSQL_TYPE_VAR_STRING,
                    MYSQL_TYPE_STRING,
                    MYSQL_TYPE_TINY_BLOB,
                    MYSQL_TYPE_MEDIUM_BLOB,
                    MYSQL_TYPE_LONG_BLOB,
                    MYSQL_TYPE_BLOB ->
                    in.skip(in.lengthEncoded());
            default -> throw in.violation("has an attribute of type " + type);
        }
    }

    @Override
    public String toString() {
        return "ComQuery[" + text.length + " bytes]";
    }
}
