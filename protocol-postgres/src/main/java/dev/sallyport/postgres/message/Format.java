package dev.sallyport.postgres.message;

/// How a value is written: PostgreSQL's format codes.
public enum Format {
    TEXT,
    BINARY;

    int code() {
        return ordinal();
    }

    static Format of(int code, String message) {
        return switch (code) {
            case 0 -> TEXT;
            case 1 -> BINARY;
            default ->
                    throw new ProtocolViolation(
                            message + " message has an unknown format code " + code);
        };
    }
}
