package dev.sallyport.mysql.packet;

/// The types of values in the binary protocol (`enum_field_types`), as far as clients send them.
final class BinaryTypes {
    static final int DECIMAL = 0x00;
    static final int TINY = 0x01;
    static final int SHORT = 0x02;
    static final int LONG = 0x03;
    static final int FLOAT = 0x04;
    static final int DOUBLE = 0x05;
    static final int NULL = 0x06;
    static final int TIMESTAMP = 0x07;
    static final int LONGLONG = 0x08;
    static final int INT24 = 0x09;
    static final int DATE = 0x0A;
    static final int TIME = 0x0B;
    static final int DATETIME = 0x0C;
    static final int YEAR = 0x0D;
    static final int VARCHAR = 0x0F;
    static final int BIT = 0x10;
    static final int JSON = 0xF5;
    static final int NEWDECIMAL = 0xF6;
    static final int ENUM = 0xF7;
    static final int SET = 0xF8;
    static final int TINY_BLOB = 0xF9;
    static final int MEDIUM_BLOB = 0xFA;
    static final int LONG_BLOB = 0xFB;
    static final int BLOB = 0xFC;
    static final int VAR_STRING = 0xFD;
    static final int STRING = 0xFE;
    static final int GEOMETRY = 0xFF;

    private BinaryTypes() {}
}
