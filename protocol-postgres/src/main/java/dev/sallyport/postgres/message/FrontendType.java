package dev.sallyport.postgres.message;

/// The type byte of what a client may send once its connection has begun with a {@link
/// StartupMessage}.
public enum FrontendType {
    BIND('B'),
    CLOSE('C'),
    COPY_DATA('d'),
    COPY_DONE('c'),
    COPY_FAIL('f'),
    DESCRIBE('D'),
    EXECUTE('E'),
    FLUSH('H'),
    FUNCTION_CALL('F'),
    PARSE('P'),
    /// PasswordMessage, SASLInitialResponse, SASLResponse or GSSResponse: which one, only the
    /// conversation says.
    AUTHENTICATION_RESPONSE('p'),
    QUERY('Q'),
    SYNC('S'),
    TERMINATE('X');

    private static final FrontendType[] BY_CODE = new FrontendType[128];

    static {
        for (FrontendType type : values()) BY_CODE[type.code] = type;
    }

    private final byte code;

    FrontendType(char code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /// @throws ProtocolViolation if no client message has this type
    public static FrontendType of(byte code) {
        FrontendType type = code < 0 ? null : BY_CODE[code];
        if (type == null)
            throw new ProtocolViolation("invalid frontend message type " + (code & 0xFF));
        return type;
    }
}
