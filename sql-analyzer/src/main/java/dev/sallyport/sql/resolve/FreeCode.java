package dev.sallyport.sql.resolve;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Cast;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.catalog.Catalog.Rule;
import dev.sallyport.sql.catalog.Catalog.SetOff;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.functions.FunctionClasses;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.LexResult;
import dev.sallyport.sql.lexer.Lexer;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Whether a function that users wrote could change what names mean afterwards: the search path,
/// the role, which relations there are. A trigger that sets `updated_at` can't, and nobody should
/// have to send statements one at a time for it; one whose body is not seen through might.
///
/// A body is known to be harmless when it is SQL or PL/pgSQL, none of its statements is anything
/// but a query, a change of rows or control flow, it runs no text, and nothing that any of its
/// words names, in whatever schema, leads to anything else. Words are not resolved: a body runs
/// under the search path of then. Where a function has a SET clause, an ordinary SET inside it
/// lasts all the same (CREATE FUNCTION, Notes), so the clause is no promise.
///
/// Made once for a snapshot of the catalog; safe for any number of threads.
final class FreeCode {
    /// What a statement of a harmless body begins with.
    private static final Set<String> SQL_STATEMENTS =
            Set.of("select", "insert", "update", "delete", "merge", "with", "values", "return");

    private static final Set<String> PLPGSQL_STATEMENTS =
            Set.of(
                    "select",
                    "insert",
                    "update",
                    "delete",
                    "merge",
                    "with",
                    "values",
                    "return",
                    "perform",
                    "raise",
                    "assert",
                    "null",
                    "get",
                    "if",
                    "elsif",
                    "elseif",
                    "else",
                    "case",
                    "when",
                    "loop",
                    "for",
                    "foreach",
                    "while",
                    "exit",
                    "continue",
                    "open",
                    "fetch",
                    "move",
                    "close",
                    "declare",
                    "begin",
                    "exception",
                    "end");

    /// Operators that stand in a text without their symbols (IN, BETWEEN, LIKE, CASE x WHEN, ...).
    private static final List<String> UNWRITTEN =
            List.of(
                    "=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*",
                    "!~*");

    private final Catalog catalog;
    private final Map<String, List<Object>> byName = new HashMap<>();
    private final Set<Routine> anywhere = new HashSet<>();
    private boolean unknownAnywhere;
    private final Map<Routine, Boolean> answers = new ConcurrentHashMap<>();

    static FreeCode of(Catalog catalog) {
        return catalog.derived(FreeCode.class, () -> new FreeCode(catalog));
    }

    private FreeCode(Catalog catalog) {
        this.catalog = catalog;
        for (Routine routine : catalog.routines())
            if (!harmless(routine)) name(routine.name(), routine);
        for (Relation relation : catalog.relations())
            if (leadsOn(relation)) name(relation.name(), relation);
        // What conversions and comparisons call without being named.
        for (List<Cast> casts : catalog.casts())
            for (Cast cast : casts) if (cast.function() != null) anywhere(cast.function());
        for (Type type : catalog.types()) {
            anywhere.addAll(type.checkedBy());
            anywhere.addAll(type.comparedBy());
        }
        for (String symbol : UNWRITTEN)
            for (Operator operator : catalog.operators(symbol)) operator(operator);
    }

    private void name(String name, Object object) {
        byName.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(object);
    }

    private void operator(Operator operator) {
        Routine function = operator.function();
        if (function == null) unknownAnywhere = true;
        else anywhere(function);
    }

    private void anywhere(Routine routine) {
        if (!computes(routine)) anywhere.add(routine);
    }

    /// As the function of a cast or operator, which nobody has to name. Native code takes a
    /// superuser to install: as such it is trusted to convert and compare, and no more.
    private static boolean computes(Routine routine) {
        return harmless(routine) || routine.isNative();
    }

    private static boolean leadsOn(Relation relation) {
        return relation.view() != null
                || !relation.rules().isEmpty()
                || !relation.setsOff().isEmpty()
                || !relation.cascades().isEmpty()
                || !relation.children().isEmpty()
                || !relation.policies().routines().isEmpty()
                || !relation.policies().relations().isEmpty();
    }

    /// Whether its class alone says that it changes no setting.
    private static boolean harmless(Routine routine) {
        return switch (FunctionClasses.of(routine)) {
            case COMPUTES,
                    READS_CATALOG,
                    READS_DATA,
                    READS_FILES,
                    CHANGES_DATA,
                    AFFECTS_OTHER_SESSIONS,
                    NETWORK,
                    SLEEPS ->
                    true;
            case RUNS_SQL, CHANGES_SETTINGS, USER_DEFINED, UNCLASSIFIED -> false;
        };
    }

    /// Whether running it may change what names mean.
    boolean mayUnsettle(Routine routine) {
        Boolean known = answers.get(routine);
        if (known != null) return known;
        boolean answer = !harmless(routine) && new Search().finds(routine);
        answers.put(routine, answer);
        return answer;
    }

    /// Everything that running one function may lead to.
    private final class Search {
        private final Set<Object> seen = new HashSet<>();
        private final Deque<Object> toDo = new ArrayDeque<>();
        private boolean unknown = unknownAnywhere;

        boolean finds(Routine start) {
            add(start);
            for (Routine routine : anywhere) add(routine);
            while (!unknown && !toDo.isEmpty())
                switch (toDo.remove()) {
                    case Routine routine -> routine(routine);
                    case Relation relation -> relation(relation);
                    case Object other -> throw new IllegalStateException("what is " + other);
                }
            return unknown;
        }

        private void add(Object object) {
            if (seen.add(object)) toDo.add(object);
        }

        private void routine(Routine routine) {
            if (harmless(routine)) return;
            if (FunctionClasses.of(routine) != FunctionClass.USER_DEFINED
                    || routine.kind() != RoutineKind.FUNCTION
                    || routine.body().text().isEmpty()) {
                unknown = true;
                return;
            }
            words(routine.body().defaults());
            switch (routine.language()) {
                case "sql" -> body(routine.body().text(), SQL_STATEMENTS);
                case "plpgsql" -> body(routine.body().text(), PLPGSQL_STATEMENTS);
                case String _ -> unknown = true;
            }
        }

        private void relation(Relation relation) {
            for (SetOff setOff : relation.setsOff()) add(setOff.routine());
            relation.policies().routines().forEach(this::add);
            relation.policies().relations().forEach(this::add);
            relation.children().forEach(this::add);
            for (Catalog.ForeignKey key : relation.cascades()) add(key.referring());
            if (relation.view() != null) words(relation.view().text().sql());
            for (Rule rule : relation.rules()) words(rule.text().sql());
        }

        private Tokens tokens(String text) {
            LexResult lexed = Lexer.lex(new SqlText(text), LexMode.STANDARD);
            if (lexed instanceof LexResult.Lexed(var tokens)) return tokens;
            unknown = true;
            return tokens("");
        }

        private Tokens words(String text) {
            Tokens tokens = tokens(text);
            for (int i = 0; i < tokens.size() && !unknown; i++)
                switch (tokens.kind(i)) {
                    case WORD, QUOTED_IDENTIFIER ->
                            byName.getOrDefault(tokens.name(i), List.of()).forEach(this::add);
                    case OPERATOR -> {
                        for (Operator operator : catalog.operators(tokens.text(i))) {
                            Routine function = operator.function();
                            if (function == null) unknown = true;
                            else if (!computes(function)) add(function);
                        }
                    }
                    // Where it ends depends on a setting.
                    case STRING -> unknown |= tokens.text(i).indexOf('\\') >= 0;
                    case BIT_STRING,
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
            return tokens;
        }

        private void body(String text, Set<String> statements) {
            boolean plpgsql = statements == PLPGSQL_STATEMENTS;
            Tokens tokens = words(text);
            boolean declaring = false;
            boolean returning = false;
            for (int i = 0; i < tokens.size() && !unknown; i++) {
                boolean first = i == 0 || tokens.kind(i - 1) == TokenKind.SEMICOLON;
                if (first) returning = false;
                String word = tokens.kind(i) == TokenKind.WORD ? tokens.name(i) : "";
                switch (word) {
                    case "execute" -> unknown = true;
                    case "begin" -> declaring = false;
                    case "return" -> returning = true;
                    // In SQL, INTO of a SELECT makes a table; in PL/pgSQL it names variables.
                    case "into" ->
                            unknown |=
                                    !isWord(tokens, i - 1, "insert", "merge")
                                            && (!plpgsql || returning);
                    case String _ -> {}
                }
                if (!declaring && startsStatement(tokens, i))
                    unknown |= !mayStart(tokens, i, statements);
                // Elsewhere it may be a column's name.
                if (first && plpgsql && word.equals("declare")) declaring = true;
            }
        }

        private static boolean startsStatement(Tokens tokens, int index) {
            if (index == 0) return true;
            return switch (tokens.kind(index - 1)) {
                case SEMICOLON -> true;
                case OPERATOR -> tokens.is(index - 1, ">>");
                case WORD ->
                        switch (tokens.name(index - 1)) {
                            case "begin", "atomic", "then", "else", "loop" -> true;
                            case String _ -> false;
                        };
                case QUOTED_IDENTIFIER,
                        STRING,
                        BIT_STRING,
                        INTEGER,
                        NUMERIC,
                        PARAMETER,
                        LEFT_PAREN,
                        RIGHT_PAREN,
                        LEFT_BRACKET,
                        RIGHT_BRACKET,
                        COMMA,
                        DOT,
                        COLON,
                        TYPECAST,
                        DOT_DOT,
                        COLON_EQUALS,
                        EQUALS_GREATER,
                        END ->
                        false;
            };
        }

        /// A statement of that kind, an assignment, or no statement at all but an expression behind
        /// the THEN or ELSE of a CASE.
        private static boolean mayStart(Tokens tokens, int index, Set<String> statements) {
            if (tokens.kind(index) != TokenKind.WORD) return true;
            String word = tokens.name(index);
            if (statements.contains(word)) return true;
            if (index == 0 || !isWord(tokens, index - 1, "then", "else", "begin", "atomic"))
                return word.equals("begin") || word.equals("end") || assigns(tokens, index);
            if (word.equals("atomic") || word.equals("begin") || word.equals("end")) return true;
            return assigns(tokens, index)
                    || isWord(tokens, index + 1, "when", "else", "end")
                    || switch (tokens.kind(index + 1)) {
                        case OPERATOR, LEFT_PAREN, RIGHT_PAREN, COMMA, TYPECAST -> true;
                        case WORD,
                                QUOTED_IDENTIFIER,
                                STRING,
                                BIT_STRING,
                                INTEGER,
                                NUMERIC,
                                PARAMETER,
                                LEFT_BRACKET,
                                RIGHT_BRACKET,
                                SEMICOLON,
                                DOT,
                                COLON,
                                DOT_DOT,
                                COLON_EQUALS,
                                EQUALS_GREATER,
                                END ->
                                false;
                    };
        }

        private static boolean assigns(Tokens tokens, int index) {
            return switch (tokens.kind(index + 1)) {
                case COLON_EQUALS, DOT, LEFT_BRACKET -> true;
                case OPERATOR -> tokens.is(index + 1, "=");
                case WORD,
                        QUOTED_IDENTIFIER,
                        STRING,
                        BIT_STRING,
                        INTEGER,
                        NUMERIC,
                        PARAMETER,
                        LEFT_PAREN,
                        RIGHT_PAREN,
                        RIGHT_BRACKET,
                        COMMA,
                        SEMICOLON,
                        COLON,
                        TYPECAST,
                        DOT_DOT,
                        EQUALS_GREATER,
                        END ->
                        false;
            };
        }

        private static boolean isWord(Tokens tokens, int index, String... words) {
            if (index < 0 || tokens.kind(index) != TokenKind.WORD) return false;
            return List.of(words).contains(tokens.name(index));
        }
    }
}
