package dev.sallyport.sql.resolve;

import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.ParseResult.ParsedStatement;
import dev.sallyport.sql.parser.PostgresParser;
import dev.sallyport.sql.rewrite.Reference;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Views;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Views' queries for a session's own context. The server stores a view as what it means and prints
/// it as text; here the text has to mean the same again, under another search path, beside names of
/// the client's. What isn't certain to is refused.
///
/// Three things could change the meaning: a name that another schema of the path gives one too, a
/// literal that is read by the session's settings, and rights (the view's owner's are used for what
/// the view reads, the session's for what stands in the statement). Relations' names are written
/// out whole by the rewriter, so that no CTE of the client's can take their place.
record ViewTexts(AnalysisContext context) implements Views {
    private static final int MAX_CHARS = 200_000;

    /// What syntax looks up by name without an operator in the text: IN, BETWEEN, LIKE, CASE x
    /// WHEN, NULLIF, IS DISTINCT FROM, USING.
    private static final List<String> IMPLIED =
            List.of("=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*");

    /// Types whose literals mean the same under every setting.
    private static final Set<String> PLAIN_TYPES =
            Set.of(
                    "text",
                    "character",
                    "varchar",
                    "bpchar",
                    "name",
                    "integer",
                    "bigint",
                    "smallint",
                    "numeric",
                    "boolean",
                    "double",
                    "real",
                    "uuid",
                    "json",
                    "jsonb");

    private static final Pattern ISO_DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern ISO_TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?");
    private static final Pattern ISO_INSTANT =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?[+-]\\d\\d(:\\d\\d)?");

    /// Without a sign, which styles of intervals read differently.
    private static final Pattern LONG_INTERVAL =
            Pattern.compile("\\d+ (days?|mons?|years?)( \\d+ (days?|mons?))*|\\d\\d:\\d\\d:\\d\\d");

    @Override
    public Expansion expand(Catalog.Relation view) {
        var key =
                "expansion "
                        + context.standardConformingStrings()
                        + " "
                        + context.clientEncoding()
                        + " "
                        + context.searchPath();
        return view.remember(key, Expansion.class, () -> read(view));
    }

    @Override
    public @Nullable Below below(Catalog.Relation view) {
        if (view.view() == null || !view.rules().isEmpty() || !view.setsOff().isEmpty())
            return null;
        Findings none = new Findings(new BitSet());
        Resolver resolver = new Resolver(context.catalog(), context.searchPath(), none);
        try {
            return resolver.relations().lineage(view, () -> new Span(0, 0)).updatable();
        } catch (Refusal _) {
            return null;
        }
    }

    private Expansion read(Catalog.Relation view) {
        Catalog.ViewDefinition definition = view.view();
        if (definition == null || view.kind() != RelationKind.VIEW)
            return new Expansion.Refused("what it holds was computed before");
        Catalog.Printed printed = definition.text();
        String text = printed.sql();
        if (text.length() > MAX_CHARS) return new Expansion.Refused("its definition is too long");
        if (printed.standardConformingStrings() != context.standardConformingStrings()
                && text.indexOf('\\') >= 0)
            return new Expansion.Refused("standard_conforming_strings changes its literals");
        if (!context.clientEncoding().equalsIgnoreCase("UTF8")
                && text.chars().anyMatch(c -> c >= 0x80))
            return new Expansion.Refused("client_encoding is not UTF8");
        ParseResult parsed =
                PostgresParser.parse(
                        new SqlText(text),
                        context.catalog().lexMode(context.standardConformingStrings(), MAX_CHARS));
        if (!(parsed instanceof ParseResult.Parsed(var statements, var tokens))
                || statements.size() != 1
                || !(statements.getFirst().statement() instanceof Query query))
            return new Expansion.Refused("its definition is not understood");
        try {
            return resolved(view, text, statements.getFirst(), query, tokens, printed.path());
        } catch (Refusal refusal) {
            return new Expansion.Refused(refusal.answer().reason());
        }
    }

    private Expansion resolved(
            Catalog.Relation view,
            String text,
            ParsedStatement statement,
            Query query,
            Tokens tokens,
            List<String> printedUnder) {
        BitSet accounted = new BitSet();
        Findings inside = new Findings(accounted);
        Resolver resolver = new Resolver(context.catalog(), printedUnder, inside);
        Queries.Result result = resolver.queries().resolve(query, Scope.empty());
        if (result.columns().size() != view.columns().size())
            return new Expansion.Refused("its definition has changed meanwhile");
        if (SecondNet.unaccounted(tokens, context.catalog(), accounted).isPresent())
            return new Expansion.Refused("not every name in its definition is accounted for");
        String moved = ambiguous(tokens, printedUnder);
        if (!moved.isEmpty())
            return new Expansion.Refused("the search path gives another meaning to " + moved);
        String literal = unsettled(tokens);
        if (!literal.isEmpty())
            return new Expansion.Refused(
                    "how its " + literal + " is read depends on the session's settings");
        References references = inside.references(this);
        for (Reference reference : references.all()) {
            Catalog.Relation read = reference.relation();
            if (read.rowSecurity())
                return new Expansion.Refused(
                        "row security of "
                                + read.resource().describe()
                                + " goes by the view's owner");
            if (isForeign(read))
                return new Expansion.Refused(
                        read.resource().describe() + " is read with the view's owner's account");
        }
        String sql = text.substring(0, statement.span().end());
        return new Expansion.Text(sql, references);
    }

    /// Or some of its rows are.
    private static boolean isForeign(Catalog.Relation relation) {
        if (relation.kind() == RelationKind.FOREIGN_TABLE) return true;
        for (Catalog.Relation child : Catalog.descendants(relation))
            if (child.kind() == RelationKind.FOREIGN_TABLE) return true;
        return false;
    }

    /// The first name of a function, type or operator in the text for which the session's path
    /// finds something else than the path under which it was printed; empty if there is none.
    /// Whatever could be such a name is looked up as one, columns' names, too. Relations are looked
    /// up under the path of then, and written out with their schemas.
    private String ambiguous(Tokens tokens, List<String> printedUnder) {
        Names here = new Names(context.catalog(), context.searchPath(), new Findings(new BitSet()));
        Names there = new Names(context.catalog(), printedUnder, new Findings(new BitSet()));
        boolean samePath =
                withoutTemporary(context.searchPath()).equals(withoutTemporary(printedUnder));
        for (String symbol : IMPLIED)
            if (!samePath && differs(symbol, here, there, printedUnder))
                return "operator " + symbol;
        for (int i = 0; i < tokens.size(); i++)
            switch (tokens.kind(i)) {
                case WORD, QUOTED_IDENTIFIER -> {
                    if (tokens.keyword(i) == Keyword.COLLATE && !samePath) return "a collation";
                    String name = tokens.name(i);
                    if (mayBeType(tokens, i)
                                    && type(name, context.searchPath()) != type(name, printedUnder)
                            || !samePath
                                    && !routines(name, context.searchPath())
                                            .equals(routines(name, printedUnder))) return name;
                }
                case OPERATOR -> {
                    if (!samePath && differs(tokens.text(i), here, there, printedUnder))
                        return "operator " + tokens.text(i);
                }
                case STRING,
                        BIT_STRING,
                        INTEGER,
                        NUMERIC,
                        PARAMETER,
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
                        END -> {}
            }
        return "";
    }

    /// Relations' names are types, too. No type follows one of these, or stands before a dot.
    private static boolean mayBeType(Tokens tokens, int index) {
        if (tokens.kind(index + 1) == TokenKind.DOT) return false;
        if (index == 0) return true;
        TokenKind before = tokens.kind(index - 1);
        if (before == TokenKind.LEFT_PAREN || before == TokenKind.COMMA || before == TokenKind.DOT)
            return false;
        Keyword keyword = tokens.keyword(index - 1);
        return keyword == null || !BEFORE_NO_TYPE.contains(keyword);
    }

    private static final Set<Keyword> BEFORE_NO_TYPE =
            EnumSet.of(
                    Keyword.FROM,
                    Keyword.JOIN,
                    Keyword.ONLY,
                    Keyword.SELECT,
                    Keyword.DISTINCT,
                    Keyword.WHERE,
                    Keyword.AND,
                    Keyword.OR,
                    Keyword.NOT,
                    Keyword.ON);

    private static List<String> withoutTemporary(List<String> path) {
        return path.stream().filter(schema -> !schema.equals(Catalog.TEMP_SCHEMA)).toList();
    }

    private long type(String name, List<String> path) {
        for (String schema : path) {
            Catalog.Type found = context.catalog().type(schema, name);
            if (found != null) return found.oid();
        }
        return 0;
    }

    private List<Catalog.Routine> routines(String name, List<String> path) {
        return withoutTemporary(path).stream()
                .flatMap(schema -> context.catalog().routines(schema, name).stream())
                .toList();
    }

    /// Operators in the order in which the paths come to them: of equal ones the first counts.
    private boolean differs(String symbol, Names here, Names there, List<String> printedUnder) {
        return !inOrder(here.operators(null, symbol), context.searchPath())
                .equals(inOrder(there.operators(null, symbol), printedUnder));
    }

    private static List<Catalog.Operator> inOrder(
            List<Catalog.Operator> operators, List<String> path) {
        return operators.stream()
                .sorted(Comparator.comparingInt(operator -> path.indexOf(operator.schema())))
                .toList();
    }

    /// A kind of literal in the text that settings decide how to read; empty if there is none.
    private String unsettled(Tokens tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.kind(i) == TokenKind.BIT_STRING) return "bit string";
            if (tokens.kind(i) != TokenKind.STRING) continue;
            if (tokens.kind(i + 1) != TokenKind.TYPECAST) return "literal";
            String type = tokens.name(i + 2);
            boolean schema = tokens.kind(i + 3) == TokenKind.DOT;
            boolean zoned = tokens.keyword(i + 3) == Keyword.WITH;
            if (mayHoldNull(tokens.value(i)) && !type.startsWith("json")) return "array";
            if (schema
                    ? !isEnum(type, tokens.name(i + 4))
                    : !isSettled(type, zoned, tokens.value(i))) return "literal of type " + type;
        }
        return "";
    }

    /// array_nulls says whether `{NULL}` holds a null or the word.
    private static boolean mayHoldNull(String value) {
        return value.startsWith("{") && value.toUpperCase(Locale.ROOT).contains("NULL");
    }

    private boolean isSettled(String type, boolean zoned, String value) {
        if (PLAIN_TYPES.contains(type)) return true;
        return switch (type) {
            case "date" -> ISO_DATE.matcher(value).matches();
            case "timestamp" -> (zoned ? ISO_INSTANT : ISO_TIME).matcher(value).matches();
            case "interval" -> LONG_INTERVAL.matcher(value).matches();
            default -> {
                for (String schema : context.searchPath())
                    if (context.catalog().type(schema, type) != null) yield isEnum(schema, type);
                yield false;
            }
        };
    }

    private boolean isEnum(String schema, String name) {
        Catalog.Type type = context.catalog().type(schema, name);
        return type != null && type.kind() == 'e';
    }
}
