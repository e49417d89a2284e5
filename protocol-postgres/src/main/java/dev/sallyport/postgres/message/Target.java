package dev.sallyport.postgres.message;

/// What {@link Describe} and {@link Close} are about.
public enum Target {
    STATEMENT('S'),
    PORTAL('P');

    private final byte code;

    Target(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static Target of(byte code, String message) {
        return switch (code) {
            case 'S' -> STATEMENT;
            case 'P' -> PORTAL;
            default ->
                    throw new ProtocolViolation(
                            message + " message has an unknown subtype " + (code & 0xFF));
        };
    }
}
