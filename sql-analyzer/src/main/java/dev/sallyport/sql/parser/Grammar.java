package dev.sallyport.sql.parser;

import dev.sallyport.sql.lexer.Tokens;

/// The parts of the grammar, which call each other, over one cursor. Serves one parse.
final class Grammar {
    final Cursor in;
    final Types types;
    final Expressions expressions;
    final Queries queries;
    final Dml dml;

    Grammar(Tokens tokens) {
        in = new Cursor(tokens);
        types = new Types(this);
        expressions = new Expressions(this);
        queries = new Queries(this);
        dml = new Dml(this);
    }
}
