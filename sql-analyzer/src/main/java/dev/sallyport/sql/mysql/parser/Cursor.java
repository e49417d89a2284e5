package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import dev.sallyport.sql.parser.ParseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The place in the tokens where a parse stands: looking, taking, names, limits, errors.
///
/// `at...` looks, `accept...` takes if it is there, `expect...` takes or refuses. Keywords are
/// written in upper case.
final class Cursor {
    /// Recursion of the parser; as for PostgreSQL.
    static final int MAX_DEPTH = 300;

    /// Height of the tree: what consumers recurse over. Left-associative chains count here.
    static final int MAX_HEIGHT = 1_000;

    final MySqlTokens tokens;
    private final Reserved reserved;
    private int at;
    private int depth;
    private int parameters;

    /// Inside the text of a PREPARE, where another PREPARE can't stand.
    boolean inPrepared;

    /// The greatest height of the expressions and queries parsed so far inside the one being
    /// parsed.
    int height;

    Cursor(MySqlTokens tokens) {
        this.tokens = tokens;
        this.reserved = Reserved.of(tokens.dialect());
    }

    boolean isMariaDb() {
        return tokens.dialect().isMariaDb();
    }

    // ---------------------------------------------------------------- limits

    void enter() {
        if (++depth > MAX_DEPTH) throw tooDeep();
    }

    void leave() {
        depth--;
    }

    void limitDepth(Cursor outer) {
        depth = outer.depth + 1;
    }

    /// One level more than what has been parsed.
    int raise() {
        if (++height > MAX_HEIGHT) throw tooDeep();
        return height;
    }

    private Refusal tooDeep() {
        return new Refusal(
                ParseResult.Code.TOO_COMPLEX, "the statement is nested too deeply", here());
    }

    int nextParameter() {
        return ++parameters;
    }

    // ---------------------------------------------------------------- looking

    int index() {
        return at;
    }

    int start() {
        return tokens.start(at);
    }

    Span here() {
        return tokens.span(at);
    }

    /// From `start` to the end of the token last taken.
    Span since(int start) {
        return new Span(start, Math.max(start, at == 0 ? start : tokens.end(at - 1)));
    }

    MySqlTokenKind kind() {
        return tokens.kind(at);
    }

    MySqlTokenKind kind(int ahead) {
        return tokens.kind(at + ahead);
    }

    boolean at(MySqlTokenKind kind) {
        return tokens.kind(at) == kind;
    }

    boolean at(String keyword) {
        return tokens.isWord(at, keyword);
    }

    boolean at(String first, String second) {
        return tokens.isWord(at, first) && tokens.isWord(at + 1, second);
    }

    boolean at(String first, String second, String third) {
        return at(first, second) && tokens.isWord(at + 2, third);
    }

    boolean at(int ahead, String keyword) {
        return tokens.isWord(at + ahead, keyword);
    }

    boolean atAny(String... keywords) {
        for (String keyword : keywords) if (at(keyword)) return true;
        return false;
    }

    boolean atOperator(String symbol) {
        return atOperator(0, symbol);
    }

    boolean atOperator(int ahead, String symbol) {
        return tokens.kind(at + ahead) == MySqlTokenKind.OPERATOR && tokens.is(at + ahead, symbol);
    }

    /// Whether a `(` stands directly behind the word here, without a blank.
    boolean parenDirectlyBehind() {
        return kind(1) == MySqlTokenKind.LEFT_PAREN && tokens.start(at + 1) == tokens.end(at);
    }

    /// At the end, a `;` or, inside a program, the end of what it nests.
    boolean atEnd() {
        return at(MySqlTokenKind.END) || at(MySqlTokenKind.SEMICOLON);
    }

    // ---------------------------------------------------------------- taking

    void skip() {
        at++;
    }

    boolean accept(MySqlTokenKind kind) {
        if (!at(kind)) return false;
        at++;
        return true;
    }

    boolean accept(String keyword) {
        if (!at(keyword)) return false;
        at++;
        return true;
    }

    boolean accept(String first, String second) {
        if (!at(first, second)) return false;
        at += 2;
        return true;
    }

    boolean accept(String first, String second, String third) {
        if (!at(first, second, third)) return false;
        at += 3;
        return true;
    }

    boolean acceptAny(String... keywords) {
        for (String keyword : keywords) if (accept(keyword)) return true;
        return false;
    }

    boolean acceptOperator(String symbol) {
        if (!atOperator(symbol)) return false;
        at++;
        return true;
    }

    void expect(MySqlTokenKind kind) {
        if (!accept(kind)) throw error(describe(kind));
    }

    void expect(String keyword) {
        if (!accept(keyword)) throw error(keyword);
    }

    void expect(String first, String second) {
        expect(first);
        expect(second);
    }

    /// One of these words, in lower case.
    String expectAny(String... keywords) {
        for (String keyword : keywords)
            if (accept(keyword)) return keyword.toLowerCase(Locale.ROOT);
        throw error("one of " + String.join(", ", keywords));
    }

    void expectOperator(String symbol) {
        if (!acceptOperator(symbol)) throw error("\"" + symbol + "\"");
    }

    /// IF EXISTS.
    boolean acceptIfExists() {
        return accept("IF", "EXISTS");
    }

    boolean acceptIfNotExists() {
        return accept("IF", "NOT", "EXISTS");
    }

    /// WINDOW w AS (...): no alias, although MariaDB doesn't reserve the word.
    boolean atWindowClause() {
        return at("WINDOW") && isAnyWord(1) && at(2, "AS");
    }

    // ---------------------------------------------------------------- names

    boolean isIdentifier(int ahead) {
        return switch (kind(ahead)) {
            case NAME, QUOTED_IDENTIFIER -> true;
            case WORD -> !reserved.contains(tokens.upper(at + ahead));
            // `_utf8x` is a name where no literal follows; `_utf8` is one, too.
            case INTRODUCER ->
                    switch (kind(ahead + 1)) {
                        case STRING, HEX, BIT -> false;
                        case WORD,
                                NAME,
                                QUOTED_IDENTIFIER,
                                INTEGER,
                                NUMERIC,
                                PARAMETER,
                                USER_VARIABLE,
                                AT_AT,
                                INTRODUCER,
                                NULL,
                                OPERATOR,
                                LEFT_PAREN,
                                RIGHT_PAREN,
                                LEFT_BRACE,
                                RIGHT_BRACE,
                                COMMA,
                                SEMICOLON,
                                DOT,
                                COLON,
                                END ->
                                false;
                    };
            case STRING,
                    HEX,
                    BIT,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
                    USER_VARIABLE,
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
                    COLON,
                    END ->
                    false;
        };
    }

    boolean isAnyWord(int ahead) {
        MySqlTokenKind kind = kind(ahead);
        return kind == MySqlTokenKind.WORD
                || kind == MySqlTokenKind.NAME
                || kind == MySqlTokenKind.QUOTED_IDENTIFIER;
    }

    Identifier identifier() {
        if (!isIdentifier(0)) throw error("a name");
        return take();
    }

    /// The word here, whatever it is, as a name.
    Identifier take() {
        var identifier =
                new Identifier(
                        tokens.name(at), at(MySqlTokenKind.QUOTED_IDENTIFIER), tokens.span(at));
        at++;
        return identifier;
    }

    /// A name that may also be written as a string.
    Identifier identifierOrString() {
        if (!at(MySqlTokenKind.STRING)) return identifier();
        var identifier = new Identifier(tokens.value(at), true, tokens.span(at));
        at++;
        return identifier;
    }

    /// A word without regard to what is reserved: behind a dot.
    Identifier anyWord() {
        if (!isAnyWord(0)) throw error("a name");
        return take();
    }

    /// `t`, `db.t`, and `.t`, which is `t`.
    QualifiedName qualifiedName() {
        int start = start();
        if (accept(MySqlTokenKind.DOT)) {
            Identifier name = anyWord();
            return new QualifiedName(List.of(name), since(start));
        }
        return qualified(identifier());
    }

    QualifiedName qualified(Identifier first) {
        if (!at(MySqlTokenKind.DOT) || atOperator(1, "*")) return unqualified(first);
        skip();
        Identifier second = anyWord();
        return new QualifiedName(List.of(first, second), since(first.span().start()));
    }

    static QualifiedName unqualified(Identifier name) {
        return new QualifiedName(List.of(name), name.span());
    }

    /// `(a, b)`.
    List<Identifier> nameList() {
        expect(MySqlTokenKind.LEFT_PAREN);
        List<Identifier> names = separated(this::identifier);
        expect(MySqlTokenKind.RIGHT_PAREN);
        return names;
    }

    /// One or more items with commas between.
    <T> List<T> separated(Supplier<T> item) {
        T first = item.get();
        if (!at(MySqlTokenKind.COMMA)) return List.of(first);
        var items = new ArrayList<T>();
        items.add(first);
        while (accept(MySqlTokenKind.COMMA)) items.add(item.get());
        return items;
    }

    /// `(item, ...)`.
    <T> List<T> parenthesised(Supplier<T> item) {
        expect(MySqlTokenKind.LEFT_PAREN);
        List<T> items = separated(item);
        expect(MySqlTokenKind.RIGHT_PAREN);
        return items;
    }

    // ---------------------------------------------------------------- literals

    /// One string; adjacent ones are joined.
    Literal string() {
        Literal string = acceptString();
        if (string == null) throw error("a string");
        return string;
    }

    @Nullable Literal acceptString() {
        if (!at(MySqlTokenKind.STRING)) return null;
        int start = start();
        String value = tokens.value(at);
        at++;
        if (at(MySqlTokenKind.STRING)) {
            var joined = new StringBuilder(value);
            while (at(MySqlTokenKind.STRING)) joined.append(tokens.value(at++));
            value = joined.toString();
        }
        return new Literal(LiteralKind.STRING, value, since(start));
    }

    Literal number() {
        LiteralKind kind =
                at(MySqlTokenKind.INTEGER)
                        ? LiteralKind.INTEGER
                        : at(MySqlTokenKind.NUMERIC) ? LiteralKind.NUMERIC : LiteralKind.BIT_STRING;
        if (kind == LiteralKind.BIT_STRING && !at(MySqlTokenKind.HEX) && !at(MySqlTokenKind.BIT))
            throw error("a number");
        var literal = new Literal(kind, tokens.text(at), tokens.span(at));
        at++;
        return literal;
    }

    boolean atNumber() {
        return at(MySqlTokenKind.INTEGER) || at(MySqlTokenKind.NUMERIC);
    }

    // ---------------------------------------------------------------- errors

    Refusal error(String expected) {
        return new Refusal(
                ParseResult.Code.SYNTAX,
                "syntax error at " + describe() + ": expected " + expected,
                here());
    }

    /// For what the grammar would have and is refused nevertheless.
    Refusal refuse(String reason, Span span) {
        return new Refusal(ParseResult.Code.SYNTAX, reason, span);
    }

    /// What stands here, without its text unless that is a reserved word or a symbol: behind a
    /// stray quote even words are a literal's inside.
    private String describe() {
        return switch (kind()) {
            case WORD -> reserved.contains(tokens.upper(at)) ? tokens.upper(at) : "an identifier";
            case OPERATOR -> "\"" + tokens.text(at) + "\"";
            case NAME,
                    QUOTED_IDENTIFIER,
                    STRING,
                    HEX,
                    BIT,
                    INTEGER,
                    NUMERIC,
                    PARAMETER,
                    USER_VARIABLE,
                    AT_AT,
                    INTRODUCER,
                    NULL,
                    LEFT_PAREN,
                    RIGHT_PAREN,
                    LEFT_BRACE,
                    RIGHT_BRACE,
                    COMMA,
                    SEMICOLON,
                    DOT,
                    COLON,
                    END ->
                    describe(kind());
        };
    }

    private static String describe(MySqlTokenKind kind) {
        return switch (kind) {
            case NAME, QUOTED_IDENTIFIER, WORD -> "an identifier";
            case STRING -> "a string";
            case HEX, BIT -> "a bit string";
            case INTEGER, NUMERIC -> "a number";
            case PARAMETER -> "\"?\"";
            case USER_VARIABLE -> "a variable";
            case AT_AT -> "\"@@\"";
            case INTRODUCER -> "a character set";
            case NULL -> "\\N";
            case OPERATOR -> "an operator";
            case LEFT_PAREN -> "\"(\"";
            case RIGHT_PAREN -> "\")\"";
            case LEFT_BRACE -> "\"{\"";
            case RIGHT_BRACE -> "\"}\"";
            case COMMA -> "\",\"";
            case SEMICOLON -> "\";\"";
            case DOT -> "\".\"";
            case COLON -> "\":\"";
            case END -> "the end of the statement";
        };
    }
}
