package dev.sallyport.postgres.message;

/// Where a session stands between statements.
public enum TransactionStatus {
    IDLE('I'),
    IN_TRANSACTION('T'),
    FAILED('E');

    private final char code;

    TransactionStatus(char code) {
        this.code = code;
    }

    public char code() {
        return code;
    }

    static TransactionStatus of(byte code) {
        return switch (code) {
            case 'I' -> IDLE;
            case 'T' -> IN_TRANSACTION;
            case 'E' -> FAILED;
            default ->
                    throw new ProtocolViolation(
                            "ReadyForQuery message has an unknown status " + (code & 0xFF));
        };
    }
}
