package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.Keyword.Category;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The place in the tokens where a parse stands: looking, taking, names, limits, errors.
///
/// `at...` looks, `accept...` takes if it is there, `expect...` takes or refuses.
final class Cursor {
    /// Recursion of the parser; parentheses, calls, CASEs and sub-selects count twice or more. Fits
    /// into the 512 KB that the gateway's threads have even before anything is compiled.
    static final int MAX_DEPTH = 300;

    /// Height of the tree: what consumers recurse over. Left-associative chains count here.
    static final int MAX_HEIGHT = 1_000;

    final Tokens tokens;
    private int at;
    private int depth;

    /// The greatest height of the expressions and queries parsed so far inside the one being
    /// parsed.
    int height;

    Cursor(Tokens tokens) {
        this.tokens = tokens;
    }

    // ---------------------------------------------------------------- limits

    void enter() {
        if (++depth > MAX_DEPTH) throw tooDeep();
    }

    void leave() {
        depth--;
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
        return new Span(start, Math.max(start, tokens.end(at - 1)));
    }

    TokenKind kind() {
        return tokens.kind(at);
    }

    TokenKind kind(int ahead) {
        return tokens.kind(at + ahead);
    }

    @Nullable Keyword keyword() {
        return tokens.keyword(at);
    }

    @Nullable Keyword keyword(int ahead) {
        return tokens.keyword(at + ahead);
    }

    boolean at(Keyword keyword) {
        return tokens.keyword(at) == keyword;
    }

    boolean at(Keyword first, Keyword second) {
        return tokens.keyword(at) == first && tokens.keyword(at + 1) == second;
    }

    boolean at(TokenKind kind) {
        return tokens.kind(at) == kind;
    }

    boolean at(Keyword keyword, TokenKind next) {
        return tokens.keyword(at) == keyword && tokens.kind(at + 1) == next;
    }

    boolean atOperator(String symbol) {
        return tokens.kind(at) == TokenKind.OPERATOR && tokens.is(at, symbol);
    }

    boolean atOperator(int ahead, String symbol) {
        return tokens.kind(at + ahead) == TokenKind.OPERATOR && tokens.is(at + ahead, symbol);
    }

    /// An unquoted word that is no keyword, as `TRUSTED` or `VERBOSE` in option lists.
    boolean atWord(String word) {
        return tokens.kind(at) == TokenKind.WORD && tokens.name(at).equals(word);
    }

    // ---------------------------------------------------------------- taking

    void skip() {
        at++;
    }

    boolean accept(Keyword keyword) {
        if (!at(keyword)) return false;
        at++;
        return true;
    }

    boolean accept(Keyword first, Keyword second) {
        if (!at(first, second)) return false;
        at += 2;
        return true;
    }

    boolean accept(Keyword first, Keyword second, Keyword third) {
        if (!at(first, second) || keyword(2) != third) return false;
        at += 3;
        return true;
    }

    boolean acceptAny(Keyword first, Keyword second) {
        return accept(first) || accept(second);
    }

    boolean accept(TokenKind kind) {
        if (!at(kind)) return false;
        at++;
        return true;
    }

    boolean acceptOperator(String symbol) {
        if (!atOperator(symbol)) return false;
        at++;
        return true;
    }

    boolean acceptWord(String word) {
        if (!atWord(word)) return false;
        at++;
        return true;
    }

    void expect(Keyword keyword) {
        if (!accept(keyword)) throw error(keyword.name());
    }

    void expect(Keyword first, Keyword second) {
        expect(first);
        expect(second);
    }

    void expect(Keyword first, Keyword second, Keyword third) {
        expect(first);
        expect(second);
        expect(third);
    }

    void expect(TokenKind kind) {
        if (!accept(kind)) throw error(describe(kind));
    }

    void expectOperator(String symbol) {
        if (!acceptOperator(symbol)) throw error("\"" + symbol + "\"");
    }

    // ---------------------------------------------------------------- names

    /// PostgreSQL's ColId: names of columns, tables, aliases.
    Identifier colId() {
        if (!isColId(0)) throw error("a name");
        return take();
    }

    boolean isColId(int ahead) {
        TokenKind kind = kind(ahead);
        if (kind == TokenKind.QUOTED_IDENTIFIER) return true;
        if (kind != TokenKind.WORD) return false;
        Keyword keyword = keyword(ahead);
        return keyword == null
                || keyword.category() == Category.UNRESERVED
                || keyword.category() == Category.COLUMN_NAME;
    }

    /// PostgreSQL's type_function_name.
    boolean isTypeFunctionName(int ahead) {
        TokenKind kind = kind(ahead);
        if (kind == TokenKind.QUOTED_IDENTIFIER) return true;
        if (kind != TokenKind.WORD) return false;
        Keyword keyword = keyword(ahead);
        return keyword == null
                || keyword.category() == Category.UNRESERVED
                || keyword.category() == Category.TYPE_OR_FUNCTION_NAME;
    }

    Identifier typeFunctionName() {
        if (!isTypeFunctionName(0)) throw error("a name");
        return take();
    }

    /// PostgreSQL's ColLabel: any word.
    Identifier colLabel() {
        if (!isColLabel(0)) throw error("a name");
        return take();
    }

    boolean isColLabel(int ahead) {
        TokenKind kind = kind(ahead);
        return kind == TokenKind.WORD || kind == TokenKind.QUOTED_IDENTIFIER;
    }

    /// PostgreSQL's NonReservedWord.
    boolean isNonReservedWord() {
        if (at(TokenKind.QUOTED_IDENTIFIER)) return true;
        Keyword keyword = keyword();
        return at(TokenKind.WORD) && (keyword == null || keyword.category() != Category.RESERVED);
    }

    Identifier nonReservedWord() {
        if (!isNonReservedWord()) throw error("a name");
        return take();
    }

    /// The word here, whatever it is, as a name.
    Identifier take() {
        var identifier =
                new Identifier(tokens.name(at), at(TokenKind.QUOTED_IDENTIFIER), tokens.span(at));
        at++;
        return identifier;
    }

    /// PostgreSQL's any_name and qualified_name: ColId, then any labels behind dots.
    QualifiedName qualifiedName() {
        return qualified(colId());
    }

    QualifiedName qualified(Identifier first) {
        if (!at(TokenKind.DOT)) return new QualifiedName(List.of(first), first.span());
        List<Identifier> parts = List.of(first);
        while (accept(TokenKind.DOT)) parts = and(parts, colLabel());
        return new QualifiedName(parts, since(first.span().start()));
    }

    /// Most names have two parts at most: those come to no list that grows, and none is copied.
    static List<Identifier> and(List<Identifier> parts, Identifier next) {
        if (parts.size() == 1) return List.of(parts.getFirst(), next);
        var more = new ArrayList<>(parts);
        more.add(next);
        return List.copyOf(more);
    }

    /// PostgreSQL's func_name: an unqualified one may be a word that no column may have.
    QualifiedName functionName() {
        if (kind(1) == TokenKind.DOT) return qualifiedName();
        Identifier name = typeFunctionName();
        return new QualifiedName(List.of(name), name.span());
    }

    static QualifiedName unqualified(Identifier name) {
        return new QualifiedName(List.of(name), name.span());
    }

    /// Where TEMPORARY puts an object whose schema isn't written.
    static QualifiedName temporary(QualifiedName name) {
        if (name.parts().size() > 1) return name;
        int start = name.span().start();
        return new QualifiedName(
                List.of(new Identifier("pg_temp", false, new Span(start, start)), name.last()),
                name.span());
    }

    /// A name that the text doesn't hold: of the system function or type that a syntax stands for.
    static QualifiedName system(String name, Span span) {
        return new QualifiedName(
                List.of(
                        new Identifier("pg_catalog", false, span),
                        new Identifier(name, false, span)),
                span);
    }

    /// `(a, b)`.
    List<Identifier> nameList() {
        expect(TokenKind.LEFT_PAREN);
        List<Identifier> names = separated(this::colId);
        expect(TokenKind.RIGHT_PAREN);
        return names;
    }

    List<Identifier> optionalNameList() {
        return at(TokenKind.LEFT_PAREN) ? nameList() : List.of();
    }

    /// One or more items with commas between.
    <T> List<T> separated(Supplier<T> item) {
        T first = item.get();
        if (!at(TokenKind.COMMA)) return List.of(first);
        var items = new ArrayList<T>();
        items.add(first);
        while (accept(TokenKind.COMMA)) items.add(item.get());
        return items;
    }

    // ---------------------------------------------------------------- literals

    Literal string() {
        if (!at(TokenKind.STRING)) throw error("a string");
        return takeString();
    }

    @Nullable Literal acceptString() {
        return at(TokenKind.STRING) ? takeString() : null;
    }

    private Literal takeString() {
        var literal = new Literal(LiteralKind.STRING, tokens.value(at), tokens.span(at));
        at++;
        return literal;
    }

    /// A number without sign.
    Literal number() {
        if (!at(TokenKind.INTEGER) && !at(TokenKind.NUMERIC)) throw error("a number");
        LiteralKind kind = at(TokenKind.INTEGER) ? LiteralKind.INTEGER : LiteralKind.NUMERIC;
        var literal = new Literal(kind, tokens.text(at), tokens.span(at));
        at++;
        return literal;
    }

    Literal integer() {
        if (!at(TokenKind.INTEGER)) throw error("an integer");
        return number();
    }

    /// PostgreSQL's NumericOnly.
    Literal signedNumber() {
        int start = start();
        boolean negative = atOperator("-");
        if (negative || atOperator("+")) skip();
        Literal number = number();
        return negative ? new Literal(number.kind(), "-" + number.text(), since(start)) : number;
    }

    boolean atSignedNumber() {
        return at(TokenKind.INTEGER)
                || at(TokenKind.NUMERIC)
                || ((atOperator("-") || atOperator("+"))
                        && (kind(1) == TokenKind.INTEGER || kind(1) == TokenKind.NUMERIC));
    }

    /// A word as a value.
    Literal wordLiteral() {
        var literal = new Literal(LiteralKind.STRING, tokens.name(at), tokens.span(at));
        at++;
        return literal;
    }

    /// One of `words`, keyword or not.
    String oneOf(Set<String> words) {
        if (at(TokenKind.WORD)) {
            String word = tokens.name(at);
            if (words.contains(word)) {
                at++;
                return word;
            }
        }
        throw error("one of " + String.join(", ", words.stream().sorted().toList()));
    }

    // ---------------------------------------------------------------- errors

    Refusal error(String expected) {
        return new Refusal(
                ParseResult.Code.SYNTAX,
                "syntax error at " + describe() + ": expected " + expected,
                here());
    }

    /// For what PostgreSQL itself refuses although its grammar would have it.
    Refusal refuse(String reason, Span span) {
        return new Refusal(ParseResult.Code.SYNTAX, reason, span);
    }

    /// What stands here, without its text unless that is a keyword or a symbol: behind a stray
    /// quote even words are a literal's inside.
    private String describe() {
        Keyword keyword = keyword();
        if (keyword != null) return keyword.name();
        return switch (kind()) {
            case WORD, QUOTED_IDENTIFIER -> "an identifier";
            case PARAMETER, OPERATOR -> "\"" + tokens.text(at) + "\"";
            case STRING,
                    BIT_STRING,
                    INTEGER,
                    NUMERIC,
                    LEFT_PAREN,
                    RIGHT_PAREN,
                    LEFT_BRACKET,
                    RIGHT_BRACKET,
                    COMMA,
                    SEMICOLON,
                    DOT,
                    COLON,
                    TYPECAST,
                    DOT_DOT,
                    COLON_EQUALS,
                    EQUALS_GREATER,
                    END ->
                    describe(kind());
        };
    }

    private static String describe(TokenKind kind) {
        return switch (kind) {
            case STRING -> "a string";
            case BIT_STRING -> "a bit string";
            case INTEGER, NUMERIC -> "a number";
            case LEFT_PAREN -> "\"(\"";
            case RIGHT_PAREN -> "\")\"";
            case LEFT_BRACKET -> "\"[\"";
            case RIGHT_BRACKET -> "\"]\"";
            case COMMA -> "\",\"";
            case SEMICOLON -> "\";\"";
            case DOT -> "\".\"";
            case COLON -> "\":\"";
            case TYPECAST -> "\"::\"";
            case DOT_DOT -> "\"..\"";
            case COLON_EQUALS -> "\":=\"";
            case EQUALS_GREATER -> "\"=>\"";
            case END -> "the end of the statement";
            case WORD, QUOTED_IDENTIFIER, PARAMETER, OPERATOR ->
                    kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }
}
