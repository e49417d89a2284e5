package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import java.util.List;

/// All statements of a text, or why not.
public sealed interface MySqlParseResult {

    /// @param statements in order; empty statements (`;;`) are left out
    /// @param prepared the tokens of texts inside the text (PREPARE ... FROM 'text')
    record Parsed(List<ParsedStatement> statements, MySqlTokens tokens, List<MySqlTokens> prepared)
            implements MySqlParseResult {
        public Parsed {
            statements = List.copyOf(statements);
            prepared = List.copyOf(prepared);
        }
    }

    record Refused(ParseResult.Refused why) implements MySqlParseResult {}
}
