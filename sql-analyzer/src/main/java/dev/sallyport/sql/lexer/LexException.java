package dev.sallyport.sql.lexer;

/// Leaves the scanner's loops; caught in {@link Lexer#lex}. Without stack trace: bad SQL is normal.
final class LexException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final LexResult.LexFailure failure;
    final int start;
    final int end;

    LexException(LexResult.LexFailure failure, String reason, int start, int end) {
        super(reason, null, false, false);
        this.failure = failure;
        this.start = start;
        this.end = end;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
