package dev.sallyport.sql.mysql.lexer;

/// Texts that may be logged in clear: without literals, comments and superfluous blanks.
///
/// Every string, number, hexadecimal and bit literal becomes `?`, with its introducer; so does the
/// word that a SET gives to a variable (`SET NAMES latin1`, `SET sql_mode = ANSI`). Quoted
/// identifiers stay, in backticks: they are names. What a version comment hides from other servers
/// stands there as the text that it is.
public final class MySqlRedactor {
    private MySqlRedactor() {}

    /// The redacted text of the tokens from `first` to before `end`: one statement that parses.
    public static String redact(MySqlTokens tokens, int first, int end) {
        var redacted = new StringBuilder();
        boolean sets = tokens.isWord(first, "SET");
        for (int i = first; i < end; i++) {
            if (i > first && tokens.start(i) > tokens.end(i - 1)) redacted.append(' ');
            MySqlTokenKind kind = tokens.kind(i);
            switch (kind) {
                case STRING, HEX, BIT, INTEGER, NUMERIC -> {
                    // `'a' 'b'` is one literal.
                    if (kind == MySqlTokenKind.STRING
                            && i > first
                            && tokens.kind(i - 1) == MySqlTokenKind.STRING) trim(redacted);
                    else redacted.append('?');
                }
                case INTRODUCER -> {
                    if (!isLiteral(tokens.kind(i + 1))) redacted.append(tokens.text(i));
                }
                case QUOTED_IDENTIFIER ->
                        redacted.append('`').append(tokens.name(i).replace("`", "``")).append('`');
                case WORD, NAME -> {
                    boolean value = sets && i > first && isAssigned(tokens, i);
                    redacted.append(value ? "?" : tokens.text(i));
                }
                // Its name may be quoted in any way.
                case USER_VARIABLE ->
                        redacted.append("@`")
                                .append(tokens.variable(i).replace("`", "``"))
                                .append('`');
                case PARAMETER,
                        AT_AT,
                        NULL,
                        OPERATOR,
                        LEFT_PAREN,
                        RIGHT_PAREN,
                        LEFT_BRACE,
                        RIGHT_BRACE,
                        COMMA,
                        SEMICOLON,
                        DOT,
                        COLON ->
                        redacted.append(tokens.text(i));
                case END -> {}
            }
        }
        return redacted.toString();
    }

    private static boolean isLiteral(MySqlTokenKind kind) {
        return kind == MySqlTokenKind.STRING
                || kind == MySqlTokenKind.HEX
                || kind == MySqlTokenKind.BIT;
    }

    private static void trim(StringBuilder text) {
        while (!text.isEmpty() && text.charAt(text.length() - 1) == ' ')
            text.setLength(text.length() - 1);
    }

    private static boolean isAssigned(MySqlTokens tokens, int index) {
        return tokens.is(index - 1, "=")
                || tokens.is(index - 1, ":=")
                || tokens.isWord(index - 1, "NAMES");
    }
}
