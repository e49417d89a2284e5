package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.mysql.lexer.MySqlLexResult;
import dev.sallyport.sql.mysql.lexer.MySqlLexer;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import dev.sallyport.sql.parser.ParseResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of the grammar, which call each other, over one cursor. Serves one parse.
final class Grammar {
    final Cursor in;
    final Types types;
    final Expressions expressions;
    final SpecialForms specialForms;
    final Queries queries;
    final Relations relations;
    final Dml dml;
    final Statements statements;
    final Programs programs;

    /// Tokens of the texts that PREPARE was given.
    final List<MySqlTokens> prepared = new ArrayList<>();

    /// Whether something so far may change how the server reads what comes later in the same text,
    /// or a text that is prepared: it reads those when it comes to them, and we have read them now.
    boolean lexingChanged;

    /// The first text that was prepared.
    private @Nullable Span firstPrepared;

    /// Behind each statement: in a loop, what is set last is set before what is prepared first.
    void checkPrepared() {
        if (lexingChanged && firstPrepared != null)
            throw in.refuse(
                    "a prepared text beside a statement that may change how it is read",
                    firstPrepared);
    }

    Grammar(MySqlTokens tokens) {
        in = new Cursor(tokens);
        types = new Types(this);
        expressions = new Expressions(this);
        specialForms = new SpecialForms(this);
        queries = new Queries(this);
        relations = new Relations(this);
        dml = new Dml(this);
        programs = new Programs(this);
        statements = new Statements(this);
    }

    /// The one statement inside a literal. Its spans are offsets into the literal's value.
    Statement inner(Literal text) {
        switch (MySqlLexer.lex(new SqlText(text.text()), in.tokens.dialect())) {
            case MySqlLexResult.Failed(_, String reason, _) ->
                    throw in.refuse("in the prepared text: " + reason, text.span());
            case MySqlLexResult.Lexed(MySqlTokens tokens) -> {
                var inner = new Grammar(tokens);
                inner.in.inPrepared = true;
                inner.in.limitDepth(in);
                if (firstPrepared == null) firstPrepared = text.span();
                Statement statement;
                try {
                    statement = inner.statements.statement();
                    inner.in.accept(MySqlTokenKind.SEMICOLON);
                    if (!inner.in.at(MySqlTokenKind.END))
                        throw inner.in.error("the end of the statement");
                } catch (Refusal refusal) {
                    ParseResult.Refused why = refusal.refused;
                    throw new Refusal(
                            why.code(), "in the prepared text: " + why.reason(), text.span());
                }
                lexingChanged |= inner.lexingChanged;
                prepared.add(tokens);
                prepared.addAll(inner.prepared);
                return statement;
            }
        }
    }

    static Span at(Span span) {
        return new Span(span.start(), span.start());
    }
}
