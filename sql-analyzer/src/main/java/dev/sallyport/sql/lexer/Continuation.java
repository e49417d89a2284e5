package dev.sallyport.sql.lexer;

/// String literals continue behind white space that holds a line break: `'a'` newline `'b'` is
/// `'ab'`. Comments to the end of a line may stand between, block comments may not.
final class Continuation {
    private Continuation() {}

    /// Behind the quote that opens the next part, or -1 when the literal ends at `from` (behind its
    /// closing quote).
    static int after(String text, int from, int end) {
        int i = from;
        boolean lineBreak = false;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                lineBreak = true;
                i++;
            } else if (Lexer.isSpace(c)) {
                i++;
            } else if (c == '-' && i + 1 < end && text.charAt(i + 1) == '-') {
                i = Lexer.endOfLine(text, i, end);
                // A comment needs its line break; the break at the end of this one counts.
                if (i >= end) return -1;
            } else {
                return c == '\'' && lineBreak ? i + 1 : -1;
            }
        }
        return -1;
    }
}
