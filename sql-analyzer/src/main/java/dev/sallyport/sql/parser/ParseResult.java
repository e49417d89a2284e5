package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.lexer.Tokens;
import java.util.List;

/// All statements of a text, or why not.
public sealed interface ParseResult {

    /// @param statements in order; empty statements (`;;`) are left out
    record Parsed(List<ParsedStatement> statements, Tokens tokens) implements ParseResult {
        public Parsed {
            statements = List.copyOf(statements);
        }
    }

    /// @param span from the first to behind the last token, without the `;`
    /// @param firstToken index into the tokens
    /// @param endToken behind the last
    record ParsedStatement(Span span, Statement statement, int firstToken, int endToken) {}

    /// @param reason lower case, for people, free of literals
    record Refused(Code code, String reason, Span span) implements ParseResult {}

    enum Code {
        SYNTAX,
        /// NUL or a lone surrogate, or an escape for one.
        ENCODING,
        /// Longer or deeper than the limit.
        TOO_COMPLEX
    }
}
