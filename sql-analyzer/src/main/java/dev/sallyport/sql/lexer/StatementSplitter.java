package dev.sallyport.sql.lexer;

import org.jspecify.annotations.Nullable;

/// Cuts a stream of text into statements where psql cuts it: at a `;` outside literals, comments,
/// quoted names, parentheses and BEGIN ATOMIC bodies. Holds one statement at a time, however long
/// the stream; each character is looked at once.
///
/// It decides nothing about what a statement means: each piece is lexed and parsed anew, from its
/// beginning. A piece that this class and the {@link Lexer} would cut differently doesn't parse.
/// One thread.
public final class StatementSplitter {

    public enum PieceKind {
        /// SQL, without its `;`. It may still be no statement.
        STATEMENT,
        /// A line of psql's own, as `\connect`: no SQL.
        META_COMMAND,
        /// A statement longer than the limit; nothing can be said of what follows it.
        TOO_LONG
    }

    /// @param text empty unless a statement; may hold PHI
    /// @param line in the stream, from 1, where the piece's first character stands
    /// @param column from 1, in characters (code points)
    public record Piece(PieceKind kind, String text, int line, int column) {
        @Override
        public String toString() {
            return "Piece[" + kind + " at " + line + ":" + column + "]";
        }
    }

    private enum State {
        NORMAL,
        WORD,
        /// `'...'`; `escapes` says how.
        STRING,
        QUOTED_IDENTIFIER,
        DOLLAR,
        LINE_COMMENT,
        BLOCK_COMMENT,
        META
    }

    private final boolean backslashEscapes;
    private final int maxChars;

    /// What was added and not handed out: `[from, at)` was looked at.
    private final StringBuilder buffer = new StringBuilder();

    private int from;
    private int at;
    private boolean ended;

    /// Of the character at `from`.
    private int line = 1;

    private int column = 1;

    // ---- of the statement being read

    private State state = State.NORMAL;
    private boolean begun;
    private int parentheses;
    private int blocks;
    private int wordStart;
    private boolean escapes;
    private String tag = "";
    private int commentDepth;

    /// Whether a quote may continue the literal before it, which ended at `literalEnd`.
    private boolean mayContinue;

    private boolean lineBreakSeen;
    private int literalEnd;

    private int words;
    private boolean routine;
    private boolean beginBefore;

    /// @param standardConformingStrings off: a backslash in a plain literal is an escape
    /// @param maxChars longer statements aren't cut out
    public StatementSplitter(boolean standardConformingStrings, int maxChars) {
        this.backslashEscapes = !standardConformingStrings;
        this.maxChars = maxChars;
    }

    public void add(CharSequence text) {
        if (from > 0) {
            buffer.delete(0, from);
            at -= from;
            wordStart -= from;
            literalEnd -= from;
            from = 0;
        }
        buffer.append(text);
    }

    /// No more text will come.
    public void end() {
        ended = true;
    }

    /// Whether a statement has begun that isn't complete.
    public boolean pending() {
        return begun;
    }

    /// The next piece; null when more text is needed, or nothing is left behind {@link #end}.
    public @Nullable Piece next() {
        while (at < buffer.length()) {
            if (at - from > maxChars) return tooLong();
            Piece piece = step();
            if (piece != null) return piece;
            if (waiting) {
                waiting = false;
                if (!ended) return null;
                at++; // The last character: nothing can follow it.
            }
        }
        if (!ended) return null;
        if (state == State.META) return meta();
        return begun ? cut(PieceKind.STATEMENT, buffer.length()) : null;
    }

    /// The rest of the line behind the last piece, when it is all there; null otherwise. The stream
    /// continues behind its line break.
    public @Nullable String restOfLine() {
        int lineBreak = buffer.indexOf("\n", from);
        if (lineBreak < 0 && !ended) return null;
        int stop = lineBreak < 0 ? buffer.length() : lineBreak + 1;
        String rest = buffer.substring(from, stop);
        skipTo(stop);
        at = stop;
        return rest;
    }

    /// Skips the lines of COPY's data, the line `\.` at their end included.
    ///
    /// @return false when the end hasn't been reached: more text is needed, or the stream has ended
    public boolean skipCopyData() {
        while (from < buffer.length()) {
            int lineBreak = buffer.indexOf("\n", from);
            int stop = lineBreak < 0 ? buffer.length() : lineBreak;
            boolean whole = lineBreak >= 0 || ended;
            // The beginning of a line is kept until it is clear whether it is the end mark.
            if (!whole && stop - from <= 4 && !inDataLine) return false;
            boolean mark =
                    !inDataLine && buffer.substring(from, stop).stripTrailing().equals("\\.");
            skipTo(lineBreak < 0 ? stop : stop + 1);
            at = from;
            inDataLine = lineBreak < 0;
            if (mark && whole) {
                inDataLine = false;
                return true;
            }
        }
        return false;
    }

    private boolean inDataLine;

    /// Whether everything that was added has been handed out or skipped.
    public boolean isDrained() {
        return from >= buffer.length();
    }

    // ---------------------------------------------------------------- one step

    /// What is at `at` depends on the character behind it, which hasn't come.
    private boolean waiting;

    private @Nullable Piece step() {
        char c = buffer.charAt(at);
        switch (state) {
            case NORMAL -> {
                return normal(c);
            }
            case WORD -> word(c);
            case STRING -> string(c);
            case QUOTED_IDENTIFIER -> {
                at++;
                if (c == '"') state = State.NORMAL; // A doubled one opens it again.
            }
            case DOLLAR -> {
                int close = buffer.indexOf(tag, at);
                if (close >= 0) {
                    at = close + tag.length();
                    state = State.NORMAL;
                } else {
                    // The end of what has come may be the beginning of the tag.
                    at = Math.max(at, buffer.length() - tag.length() + 1);
                    waiting = true;
                }
            }
            case LINE_COMMENT -> {
                if (c == '\n' || c == '\r') state = State.NORMAL;
                else at++;
                if (!begun) skipTo(at);
            }
            case BLOCK_COMMENT -> blockComment(c);
            case META -> {
                if (c == '\n') return meta();
                at++;
            }
        }
        return null;
    }

    private @Nullable Piece normal(char c) {
        if (Lexer.isSpace(c)) {
            lineBreakSeen |= c == '\n' || c == '\r';
            at++;
            if (!begun) skipTo(at);
            return null;
        }
        if ((c == '-' || c == '/') && at + 1 >= buffer.length() && !ended) {
            waiting = true;
            return null;
        }
        char next = at + 1 < buffer.length() ? buffer.charAt(at + 1) : 0;
        if (c == '-' && next == '-') {
            state = State.LINE_COMMENT;
            return null;
        }
        if (c == '/' && next == '*') {
            mayContinue = false;
            state = State.BLOCK_COMMENT;
            commentDepth = 1;
            at += 2;
            return null;
        }
        if (!begun && c == '\\') {
            skipTo(at);
            begun = true;
            state = State.META;
            return null;
        }
        if (c == ';' && parentheses == 0 && blocks == 0) {
            if (begun) return cut(PieceKind.STATEMENT, at);
            at++;
            skipTo(at);
            return null;
        }
        if (!begun) {
            skipTo(at);
            begun = true;
        }
        return token(c, next);
    }

    private @Nullable Piece token(char c, char next) {
        if (c == '\'') {
            if (!continues()) escapes = backslashEscapes;
            state = State.STRING;
            at++;
            return null;
        }
        mayContinue = false;
        if (Lexer.isIdentifierStart(c) || Lexer.isDigit(c)) {
            state = State.WORD;
            wordStart = at++;
            return null;
        }
        switch (c) {
            case '"' -> {
                state = State.QUOTED_IDENTIFIER;
                wordSeen("");
                at++;
            }
            case '$' -> dollar(next);
            case '(' -> {
                parentheses++;
                at++;
            }
            case ')' -> {
                if (parentheses > 0) parentheses--;
                at++;
            }
            default -> at++;
        }
        return null;
    }

    /// A literal goes on behind a line break in the way it began, and behind a doubled quote.
    private boolean continues() {
        return mayContinue && (lineBreakSeen || at == literalEnd);
    }

    private void word(char c) {
        boolean number = Lexer.isDigit(buffer.charAt(wordStart));
        if (number ? Lexer.isIdentifierPart(c) && c != '$' : Lexer.isIdentifierPart(c)) {
            at++;
            return;
        }
        state = State.NORMAL;
        if (number) return;
        if (c == '\'' && at - wordStart == 1) {
            char prefix = Keyword.fold(buffer.charAt(wordStart));
            boolean bits = prefix == 'b' || prefix == 'x';
            if (bits || prefix == 'e') {
                state = State.STRING;
                escapes = !bits;
                at++;
                return;
            }
        }
        wordSeen(at - wordStart <= 9 ? buffer.substring(wordStart, at) : "");
    }

    private void string(char c) {
        if (c == '\\' && escapes) {
            if (at + 1 >= buffer.length() && !ended) waiting = true;
            else at = Math.min(at + 2, buffer.length());
            return;
        }
        at++;
        if (c != '\'') return;
        state = State.NORMAL;
        mayContinue = true;
        lineBreakSeen = false;
        literalEnd = at;
    }

    /// `$1`, or `$tag$`.
    private void dollar(char next) {
        int i = at + 1;
        if (Lexer.isDigit(next)) {
            at = i;
            state = State.WORD;
            wordStart = i;
            return;
        }
        if (i < buffer.length() && Lexer.isIdentifierStart(next))
            while (i < buffer.length()
                    && buffer.charAt(i) != '$'
                    && Lexer.isIdentifierPart(buffer.charAt(i))) i++;
        if (i >= buffer.length()) {
            waiting = true;
            return;
        }
        if (buffer.charAt(i) == '$') {
            tag = buffer.substring(at, i + 1);
            at = i + 1;
            state = State.DOLLAR;
        } else at++;
    }

    private void blockComment(char c) {
        if ((c == '*' || c == '/') && at + 1 >= buffer.length() && !ended) {
            waiting = true;
            return;
        }
        char next = at + 1 < buffer.length() ? buffer.charAt(at + 1) : 0;
        if (c == '*' && next == '/') {
            at += 2;
            if (--commentDepth == 0) state = State.NORMAL;
        } else if (c == '/' && next == '*') {
            at += 2;
            commentDepth++;
        } else at++;
        if (!begun) skipTo(at);
    }

    // ---------------------------------------------------------------- BEGIN ATOMIC

    /// CREATE [OR REPLACE] FUNCTION or PROCEDURE may have a body of statements, whose CASEs end
    /// with END, too.
    private void wordSeen(String word) {
        words++;
        if (!routine && words > 4) return;
        boolean afterBegin = beginBefore;
        beginBefore = false;
        switch (words) {
            case 1 -> routine = is(word, "create");
            case 2 -> {
                if (routine) routineWord(word, "or");
            }
            case 3 -> {
                if (routine && !body) routine = is(word, "replace");
            }
            case 4 -> {
                if (routine && !body) routineWord(word, "");
            }
            default -> {}
        }
        if (!body || parentheses > 0) return;
        if (blocks == 0) {
            if (afterBegin && is(word, "atomic")) blocks = 1;
            beginBefore = is(word, "begin");
        } else if (is(word, "case")) blocks++;
        else if (is(word, "end")) blocks--;
    }

    /// FUNCTION or PROCEDURE has been read.
    private boolean body;

    private void routineWord(String word, String other) {
        body = is(word, "function") || is(word, "procedure");
        routine = body || is(word, other);
    }

    private static boolean is(String word, String lowerCase) {
        if (word.length() != lowerCase.length() || word.isEmpty()) return false;
        for (int i = 0; i < word.length(); i++)
            if (Keyword.fold(word.charAt(i)) != lowerCase.charAt(i)) return false;
        return true;
    }

    // ---------------------------------------------------------------- pieces and places

    private Piece cut(PieceKind kind, int end) {
        String text = kind == PieceKind.STATEMENT ? buffer.substring(from, end) : "";
        Piece piece = new Piece(kind, text, line, column);
        boolean semicolon = end < buffer.length() && buffer.charAt(end) == ';';
        at = semicolon ? end + 1 : end;
        skipTo(at);
        reset();
        return piece;
    }

    private Piece meta() {
        Piece piece = new Piece(PieceKind.META_COMMAND, "", line, column);
        skipTo(at);
        reset();
        return piece;
    }

    private Piece tooLong() {
        Piece piece = new Piece(PieceKind.TOO_LONG, "", line, column);
        skipTo(buffer.length());
        at = from;
        reset();
        return piece;
    }

    private void reset() {
        state = State.NORMAL;
        begun = false;
        parentheses = 0;
        blocks = 0;
        words = 0;
        routine = false;
        body = false;
        beginBefore = false;
        mayContinue = false;
    }

    /// What lies before is done with.
    private void skipTo(int offset) {
        for (; from < offset; from++) {
            char c = buffer.charAt(from);
            if (c == '\n') {
                line++;
                column = 1;
            } else if (!Character.isLowSurrogate(c) || !pairs(from)) column++;
        }
    }

    private boolean pairs(int low) {
        return low > 0 && Character.isHighSurrogate(buffer.charAt(low - 1));
    }
}
