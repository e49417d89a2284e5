package dev.sallyport.sql.parser;

import static dev.sallyport.sql.lexer.Keyword.*;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.FunctionCall;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Call;
import dev.sallyport.sql.ast.Statement.CloseCursor;
import dev.sallyport.sql.ast.Statement.Copy;
import dev.sallyport.sql.ast.Statement.Deallocate;
import dev.sallyport.sql.ast.Statement.DeclareCursor;
import dev.sallyport.sql.ast.Statement.Discard;
import dev.sallyport.sql.ast.Statement.DiscardKind;
import dev.sallyport.sql.ast.Statement.Do;
import dev.sallyport.sql.ast.Statement.Endpoint;
import dev.sallyport.sql.ast.Statement.Execute;
import dev.sallyport.sql.ast.Statement.Explain;
import dev.sallyport.sql.ast.Statement.Fetch;
import dev.sallyport.sql.ast.Statement.Listen;
import dev.sallyport.sql.ast.Statement.Load;
import dev.sallyport.sql.ast.Statement.Lock;
import dev.sallyport.sql.ast.Statement.Maintenance;
import dev.sallyport.sql.ast.Statement.MaintenanceKind;
import dev.sallyport.sql.ast.Statement.MaintenanceTarget;
import dev.sallyport.sql.ast.Statement.Notify;
import dev.sallyport.sql.ast.Statement.Option;
import dev.sallyport.sql.ast.Statement.Preparable;
import dev.sallyport.sql.ast.Statement.Prepare;
import dev.sallyport.sql.ast.Statement.ResetParameter;
import dev.sallyport.sql.ast.Statement.SetParameter;
import dev.sallyport.sql.ast.Statement.SetScope;
import dev.sallyport.sql.ast.Statement.ShowParameter;
import dev.sallyport.sql.ast.Statement.Target;
import dev.sallyport.sql.ast.Statement.Transaction;
import dev.sallyport.sql.ast.Statement.TransactionKind;
import dev.sallyport.sql.ast.Statement.Truncate;
import dev.sallyport.sql.ast.Statement.Unlisten;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.lexer.Keyword;
import dev.sallyport.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Statements that are neither DML nor definitions.
final class Utilities {
    private final Grammar grammar;
    private final Cursor in;

    Utilities(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- EXPLAIN and COPY

    Explain explain() {
        int start = in.start();
        in.expect(EXPLAIN);
        List<Option> options = List.of();
        boolean analyze = false;
        boolean verbose = false;
        if (in.at(TokenKind.LEFT_PAREN) && !grammar.queries.atQuery()) {
            options = new ArrayList<>(new Options(grammar).utilityList());
            for (Option option : options)
                analyze |=
                        (option.name().equals("analyze") || option.name().equals("analyse"))
                                && !isOff(option);
        } else {
            analyze = in.acceptAny(ANALYZE, ANALYSE);
            verbose = in.accept(VERBOSE);
        }
        Span head = in.since(start);
        Statement statement = explainable();
        return new Explain(analyze, options, verbose, statement, head, in.since(start));
    }

    private static boolean isOff(Option option) {
        if (option.values().size() != 1 || !(option.values().get(0) instanceof Literal literal))
            return false;
        return switch (literal.text().toLowerCase(Locale.ROOT)) {
            case "false", "off", "0" -> true;
            default -> false;
        };
    }

    private Statement explainable() {
        if (grammar.dml.atPreparable()) return grammar.dml.preparable();
        Keyword keyword = in.keyword();
        if (keyword == DECLARE) return declare();
        if (keyword == EXECUTE) return execute();
        if (keyword == CREATE) {
            Statement statement = new Definitions(grammar).create();
            if (statement instanceof Statement.CreateTableAs) return statement;
            if (statement instanceof Statement.CreateView view && view.materialized())
                return statement;
            throw in.refuse("syntax error: EXPLAIN of another kind of CREATE", statement.span());
        }
        if (in.at(REFRESH)) return new Definitions(grammar).refresh();
        throw in.error("a statement that can be explained");
    }

    Copy copy() {
        int start = in.start();
        in.expect(COPY);
        int at = in.start();
        if (in.at(TokenKind.LEFT_PAREN)) {
            in.skip();
            Preparable query = grammar.dml.preparable();
            in.expect(TokenKind.RIGHT_PAREN);
            Span reference = in.since(at);
            in.expect(TO);
            return copyTail(null, List.of(), query, reference, false, new ArrayList<>(), start);
        }
        var options = new ArrayList<Option>();
        if (in.at(BINARY)) options.add(flag("binary"));
        at = in.start();
        QualifiedName table = in.qualifiedName();
        List<Identifier> columns = in.optionalNameList();
        Span reference = in.since(at);
        boolean from = in.accept(FROM);
        if (!from) in.expect(TO);
        return copyTail(table, columns, null, reference, from, options, start);
    }

    private Copy copyTail(
            @Nullable QualifiedName table,
            List<Identifier> columns,
            @Nullable Preparable query,
            Span reference,
            boolean from,
            List<Option> options,
            int start) {
        Endpoint endpoint;
        Literal location = null;
        if (in.accept(PROGRAM)) {
            endpoint = Endpoint.PROGRAM;
            location = in.string();
        } else if (in.acceptAny(STDIN, STDOUT)) {
            endpoint = Endpoint.CLIENT;
        } else {
            endpoint = Endpoint.FILE;
            location = in.string();
        }
        var forceColumns = new ArrayList<Identifier>();
        if (table != null && (in.at(DELIMITERS) || in.at(USING, DELIMITERS))) {
            int optionStart = in.start();
            in.accept(USING);
            in.skip();
            Literal value = in.string();
            options.add(new Option("delimiter", List.of(value), in.since(optionStart)));
        }
        in.accept(WITH);
        if (in.accept(TokenKind.LEFT_PAREN)) {
            do copyOption(options, forceColumns);
            while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        } else {
            while (oldCopyOption(options, forceColumns)) {
                // Each call takes one.
            }
        }
        Expression where = from ? grammar.dml.where() : null;
        return new Copy(
                table,
                columns,
                query,
                reference,
                from,
                endpoint,
                location,
                options,
                forceColumns,
                where,
                in.since(start));
    }

    private Option flag(String name) {
        var option = new Option(name, List.of(), in.here());
        in.skip();
        return option;
    }

    private void copyOption(List<Option> options, List<Identifier> forceColumns) {
        int start = in.start();
        String name = in.colLabel().name().toLowerCase(Locale.ROOT);
        List<Expression> values = List.of();
        boolean force =
                name.equals("force_quote")
                        || name.equals("force_not_null")
                        || name.equals("force_null");
        if (force && in.at(TokenKind.LEFT_PAREN)) {
            in.skip();
            do {
                if (in.at(TokenKind.STRING)) {
                    Literal literal = in.string();
                    forceColumns.add(new Identifier(literal.text(), true, literal.span()));
                } else {
                    forceColumns.add(in.nonReservedWord());
                }
            } while (in.accept(TokenKind.COMMA));
            in.expect(TokenKind.RIGHT_PAREN);
        } else if (in.accept(TokenKind.LEFT_PAREN)) {
            values = in.separated(new Options(grammar)::booleanOrString);
            in.expect(TokenKind.RIGHT_PAREN);
        } else if (in.atSignedNumber()) {
            values = List.of(in.signedNumber());
        } else if (!in.acceptOperator("*")
                && !in.accept(DEFAULT)
                && !in.at(TokenKind.COMMA)
                && !in.at(TokenKind.RIGHT_PAREN)) {
            values = List.of(new Options(grammar).booleanOrString());
        }
        options.add(new Option(name, values, in.since(start)));
    }

    private boolean oldCopyOption(List<Option> options, List<Identifier> forceColumns) {
        int start = in.start();
        Keyword keyword = in.keyword();
        if (keyword == null) return false;
        switch (keyword) {
            case BINARY, FREEZE, CSV, HEADER -> options.add(flag(keyword.word()));
            case DELIMITER, NULL, QUOTE, ESCAPE, ENCODING -> {
                in.skip();
                if (keyword != ENCODING) in.accept(AS);
                Literal value = in.string();
                options.add(new Option(keyword.word(), List.of(value), in.since(start)));
            }
            case FORCE -> {
                in.skip();
                String name;
                if (in.accept(QUOTE)) name = "force_quote";
                else if (in.accept(NOT, NULL)) name = "force_not_null";
                else {
                    in.expect(NULL);
                    name = "force_null";
                }
                if (!in.acceptOperator("*")) forceColumns.addAll(in.separated(in::colId));
                options.add(new Option(name, List.of(), in.since(start)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    // ---------------------------------------------------------------- prepared statements, cursors

    Statement prepare() {
        int start = in.start();
        in.expect(PREPARE);
        if (in.at(TRANSACTION, TokenKind.STRING)) {
            in.skip();
            Literal id = in.string();
            return transaction(TransactionKind.PREPARE_TRANSACTION, null, List.of(), id, start);
        }
        Identifier name = in.colId();
        List<TypeName> types = List.of();
        if (in.accept(TokenKind.LEFT_PAREN)) {
            types = in.separated(grammar.types::type);
            in.expect(TokenKind.RIGHT_PAREN);
        }
        in.expect(AS);
        Preparable statement = grammar.dml.preparable();
        return new Prepare(name, types, statement, in.since(start));
    }

    Execute execute() {
        int start = in.start();
        in.expect(EXECUTE);
        Identifier name = in.colId();
        List<Expression> arguments = List.of();
        if (in.accept(TokenKind.LEFT_PAREN)) {
            arguments = grammar.expressions.expressions();
            in.expect(TokenKind.RIGHT_PAREN);
        }
        return new Execute(name, arguments, in.since(start));
    }

    Deallocate deallocate() {
        int start = in.start();
        in.expect(DEALLOCATE);
        if (in.at(PREPARE) && (in.isColId(1) || in.keyword(1) == ALL)) in.skip();
        Identifier name = in.accept(ALL) ? null : in.colId();
        return new Deallocate(name, in.since(start));
    }

    DeclareCursor declare() {
        int start = in.start();
        in.expect(DECLARE);
        Identifier name = in.colId();
        while (!in.at(CURSOR)) {
            if (in.accept(NO)) in.expect(SCROLL);
            else if (!in.accept(SCROLL)
                    && !in.accept(BINARY)
                    && !in.accept(ASENSITIVE)
                    && !in.accept(INSENSITIVE)) throw in.error("CURSOR");
        }
        in.expect(CURSOR);
        boolean hold = in.accept(WITH, HOLD);
        if (!hold) in.accept(WITHOUT, HOLD);
        in.expect(FOR);
        Query query = grammar.queries.query();
        return new DeclareCursor(name, hold, query, in.since(start));
    }

    Fetch fetch() {
        int start = in.start();
        boolean move = in.accept(MOVE);
        if (!move) in.expect(FETCH);
        // A word that could be a direction is the cursor's name when nothing follows it.
        boolean bareName =
                in.isColId(0) && (in.kind(1) == TokenKind.END || in.kind(1) == TokenKind.SEMICOLON);
        if (!bareName) direction();
        in.acceptAny(FROM, IN);
        Identifier cursor = in.colId();
        return new Fetch(cursor, move, in.since(start));
    }

    private void direction() {
        Keyword keyword = in.keyword();
        if (in.atSignedNumber()) {
            in.signedNumber();
        } else if (keyword == NEXT
                || keyword == PRIOR
                || keyword == FIRST
                || keyword == LAST
                || keyword == ALL) {
            in.skip();
        } else if (keyword == ABSOLUTE || keyword == RELATIVE) {
            in.skip();
            in.signedNumber();
        } else if (keyword == FORWARD || keyword == BACKWARD) {
            in.skip();
            if (in.atSignedNumber()) in.signedNumber();
            else in.accept(ALL);
        }
    }

    CloseCursor close() {
        int start = in.start();
        in.expect(CLOSE);
        Identifier cursor = in.accept(ALL) ? null : in.colId();
        return new CloseCursor(cursor, in.since(start));
    }

    // ---------------------------------------------------------------- transactions

    Statement transaction(Keyword first) {
        int start = in.start();
        in.skip();
        switch (first) {
            case BEGIN -> {
                in.acceptAny(WORK, TRANSACTION);
                return transaction(TransactionKind.BEGIN, null, optionalModes(), null, start);
            }
            case START -> {
                in.expect(TRANSACTION);
                return transaction(TransactionKind.BEGIN, null, optionalModes(), null, start);
            }
            case COMMIT -> {
                if (in.accept(PREPARED))
                    return transaction(
                            TransactionKind.COMMIT_PREPARED, null, List.of(), in.string(), start);
                return end(TransactionKind.COMMIT, start);
            }
            case END -> {
                return end(TransactionKind.COMMIT, start);
            }
            case ABORT -> {
                return end(TransactionKind.ROLLBACK, start);
            }
            case ROLLBACK -> {
                if (in.accept(PREPARED))
                    return transaction(
                            TransactionKind.ROLLBACK_PREPARED, null, List.of(), in.string(), start);
                if (in.at(TO) || ((in.at(WORK) || in.at(TRANSACTION)) && in.keyword(1) == TO)) {
                    in.acceptAny(WORK, TRANSACTION);
                    in.expect(TO);
                    savepointWord();
                    return transaction(
                            TransactionKind.ROLLBACK_TO, in.colId(), List.of(), null, start);
                }
                return end(TransactionKind.ROLLBACK, start);
            }
            case SAVEPOINT -> {
                return transaction(TransactionKind.SAVEPOINT, in.colId(), List.of(), null, start);
            }
            case RELEASE -> {
                savepointWord();
                return transaction(TransactionKind.RELEASE, in.colId(), List.of(), null, start);
            }
            default -> throw in.error("a statement");
        }
    }

    private void savepointWord() {
        if (in.at(SAVEPOINT) && in.isColId(1)) in.skip();
    }

    private Transaction end(TransactionKind kind, int start) {
        in.acceptAny(WORK, TRANSACTION);
        boolean chain = false;
        if (in.accept(AND)) {
            chain = !in.accept(NO);
            in.expect(CHAIN);
        }
        return new Transaction(kind, null, List.of(), List.of(), null, chain, in.since(start));
    }

    private Transaction transaction(
            TransactionKind kind,
            @Nullable Identifier name,
            List<String> modes,
            @Nullable Literal literal,
            int start) {
        return new Transaction(kind, name, modes, List.of(), literal, false, in.since(start));
    }

    private List<String> optionalModes() {
        return atMode() ? modes() : List.of();
    }

    private boolean atMode() {
        return in.at(ISOLATION) || in.at(READ) || in.at(DEFERRABLE) || in.at(NOT, DEFERRABLE);
    }

    private List<String> modes() {
        var modes = new ArrayList<String>();
        do modes.add(mode());
        while (in.accept(TokenKind.COMMA) || atMode());
        return modes;
    }

    private String mode() {
        if (in.accept(DEFERRABLE)) return "deferrable";
        if (in.accept(NOT)) {
            in.expect(DEFERRABLE);
            return "not deferrable";
        }
        if (in.accept(READ)) {
            if (in.accept(ONLY)) return "read only";
            in.expect(WRITE);
            return "read write";
        }
        in.expect(ISOLATION, LEVEL);
        if (in.accept(SERIALIZABLE)) return "isolation level serializable";
        if (in.accept(REPEATABLE)) {
            in.expect(READ);
            return "isolation level repeatable read";
        }
        in.expect(READ);
        if (in.accept(COMMITTED)) return "isolation level read committed";
        in.expect(UNCOMMITTED);
        return "isolation level read uncommitted";
    }

    // ---------------------------------------------------------------- SET, SHOW, RESET

    Statement set() {
        int start = in.start();
        in.expect(SET);
        if (in.accept(CONSTRAINTS)) return setConstraints(start);
        SetScope scope = SetScope.DEFAULT;
        if (in.at(LOCAL)) {
            in.skip();
            scope = SetScope.LOCAL;
        } else if (in.at(SESSION) && in.keyword(1) != AUTHORIZATION) {
            if (in.accept(SESSION, CHARACTERISTICS)) {
                in.expect(AS, TRANSACTION);
                return transaction(TransactionKind.SET_SESSION_MODES, null, modes(), null, start);
            }
            in.skip();
            scope = SetScope.SESSION;
        }
        if (in.at(TRANSACTION) && !in.atOperator(1, "=") && in.keyword(1) != TO) {
            in.skip();
            if (in.accept(SNAPSHOT))
                return transaction(TransactionKind.SET_MODES, null, List.of(), in.string(), start);
            return transaction(TransactionKind.SET_MODES, null, modes(), null, start);
        }
        return setParameter(scope, start);
    }

    private Transaction setConstraints(int start) {
        List<QualifiedName> constraints =
                in.accept(ALL) ? List.of() : in.separated(in::qualifiedName);
        String mode = in.at(DEFERRED) ? "deferred" : "immediate";
        if (!in.acceptAny(DEFERRED, IMMEDIATE)) throw in.error("DEFERRED or IMMEDIATE");
        return new Transaction(
                TransactionKind.SET_CONSTRAINTS,
                null,
                List.of(mode),
                constraints,
                null,
                false,
                in.since(start));
    }

    /// PostgreSQL's set_rest_more: behind SET and its scope, also in definitions of functions.
    SetParameter setParameter(SetScope scope, int start) {
        if (in.accept(TIME, ZONE)) return parameter(scope, "timezone", zone(), start);
        if (in.at(SCHEMA, TokenKind.STRING)) {
            in.skip();
            return parameter(scope, "search_path", List.of(in.string()), start);
        }
        if (in.at(NAMES) && !in.atOperator(1, "=") && in.keyword(1) != TO) {
            in.skip();
            List<Expression> values = List.of();
            if (in.at(TokenKind.STRING)) values = List.of(in.string());
            else in.accept(DEFAULT);
            return parameter(scope, "client_encoding", values, start);
        }
        if (in.at(ROLE) && !in.atOperator(1, "=") && in.keyword(1) != TO) {
            in.skip();
            return parameter(scope, "role", List.of(wordOrString()), start);
        }
        if (in.accept(SESSION, AUTHORIZATION)) {
            List<Expression> values = in.accept(DEFAULT) ? List.of() : List.of(wordOrString());
            return parameter(scope, "session_authorization", values, start);
        }
        if (in.accept(XML, OPTION)) {
            if (!in.at(DOCUMENT) && !in.at(CONTENT)) throw in.error("DOCUMENT or CONTENT");
            return parameter(scope, "xmloption", List.of(in.wordLiteral()), start);
        }
        String name = parameterName();
        if (in.accept(FROM)) {
            in.expect(CURRENT);
            return parameter(scope, name, List.of(), start);
        }
        if (!in.acceptOperator("=")) in.expect(TO);
        List<Expression> values =
                in.accept(DEFAULT) ? List.of() : in.separated(this::parameterValue);
        return parameter(scope, name, values, start);
    }

    private SetParameter parameter(
            SetScope scope, String name, List<Expression> values, int start) {
        return new SetParameter(scope, name, values, in.since(start));
    }

    private List<Expression> zone() {
        if (in.acceptAny(DEFAULT, LOCAL)) return List.of();
        if (in.at(INTERVAL)) {
            TypeName type = grammar.types.keywordType();
            Literal value = in.string();
            if (type != null && type.modifiers().isEmpty()) grammar.types.intervalQualifier();
            return List.of(value);
        }
        if (in.atSignedNumber()) return List.of(in.signedNumber());
        if (in.at(TokenKind.STRING)) return List.of(in.string());
        boolean word =
                in.at(TokenKind.QUOTED_IDENTIFIER)
                        || (in.at(TokenKind.WORD) && in.keyword() == null);
        if (!word) throw in.error("a time zone");
        return List.of(in.wordLiteral());
    }

    private Expression wordOrString() {
        if (in.at(TokenKind.STRING)) return in.string();
        if (!in.isNonReservedWord()) throw in.error("a name");
        return in.wordLiteral();
    }

    private Expression parameterValue() {
        return in.atSignedNumber() ? in.signedNumber() : new Options(grammar).booleanOrString();
    }

    /// Names of parameters are looked up without regard to case.
    String parameterName() {
        var name = new StringBuilder(in.colId().name());
        while (in.accept(TokenKind.DOT)) name.append('.').append(in.colId().name());
        return name.toString().toLowerCase(Locale.ROOT);
    }

    ResetParameter reset() {
        int start = in.start();
        in.expect(RESET);
        String name = shownName();
        return new ResetParameter(name, in.since(start));
    }

    ShowParameter show() {
        int start = in.start();
        in.expect(SHOW);
        String name = shownName();
        return new ShowParameter(name, in.since(start));
    }

    @Nullable String shownName() {
        if (in.accept(ALL)) return null;
        if (in.accept(TIME, ZONE)) return "timezone";
        if (in.accept(TRANSACTION, ISOLATION)) {
            in.expect(LEVEL);
            return "transaction_isolation";
        }
        if (in.accept(SESSION, AUTHORIZATION)) return "session_authorization";
        return parameterName();
    }

    Discard discard() {
        int start = in.start();
        in.expect(DISCARD);
        DiscardKind kind;
        if (in.accept(ALL)) kind = DiscardKind.ALL;
        else if (in.accept(PLANS)) kind = DiscardKind.PLANS;
        else if (in.accept(SEQUENCES)) kind = DiscardKind.SEQUENCES;
        else if (in.acceptAny(TEMP, TEMPORARY)) kind = DiscardKind.TEMPORARY;
        else throw in.error("ALL, PLANS, SEQUENCES or TEMPORARY");
        return new Discard(kind, in.since(start));
    }

    // ---------------------------------------------------------------- channels, locks, code

    Listen listen() {
        int start = in.start();
        in.expect(LISTEN);
        Identifier channel = in.colId();
        return new Listen(channel, in.since(start));
    }

    Unlisten unlisten() {
        int start = in.start();
        in.expect(UNLISTEN);
        Identifier channel = in.acceptOperator("*") ? null : in.colId();
        return new Unlisten(channel, in.since(start));
    }

    Notify notification() {
        int start = in.start();
        in.expect(NOTIFY);
        Identifier channel = in.colId();
        Literal payload = in.accept(TokenKind.COMMA) ? in.string() : null;
        return new Notify(channel, payload, in.since(start));
    }

    private Target target() {
        Relation.Table table = grammar.queries.relations().bareTable();
        return new Target(table.name(), table.only(), null, table.reference(), table.span());
    }

    Lock lock() {
        int start = in.start();
        in.expect(LOCK);
        in.accept(TABLE);
        List<Target> relations = in.separated(this::target);
        String mode = "access exclusive";
        if (in.accept(IN)) {
            mode = lockMode();
            in.expect(MODE);
        }
        boolean nowait = in.accept(NOWAIT);
        return new Lock(relations, mode, nowait, in.since(start));
    }

    private String lockMode() {
        if (in.accept(ACCESS)) {
            if (in.accept(SHARE)) return "access share";
            in.expect(EXCLUSIVE);
            return "access exclusive";
        }
        if (in.accept(ROW)) {
            if (in.accept(SHARE)) return "row share";
            in.expect(EXCLUSIVE);
            return "row exclusive";
        }
        if (in.accept(SHARE)) {
            if (in.accept(UPDATE)) {
                in.expect(EXCLUSIVE);
                return "share update exclusive";
            }
            if (in.accept(ROW)) {
                in.expect(EXCLUSIVE);
                return "share row exclusive";
            }
            return "share";
        }
        in.expect(EXCLUSIVE);
        return "exclusive";
    }

    Truncate truncate() {
        int start = in.start();
        in.expect(TRUNCATE);
        in.accept(TABLE);
        List<Target> relations = in.separated(this::target);
        boolean restart = in.accept(RESTART, IDENTITY);
        if (!restart) in.accept(CONTINUE, IDENTITY);
        boolean cascade = in.accept(CASCADE);
        if (!cascade) in.accept(RESTRICT);
        return new Truncate(relations, restart, cascade, in.since(start));
    }

    Call call() {
        int start = in.start();
        in.expect(CALL);
        int callStart = in.start();
        Expression call = grammar.expressions.call(in.functionName(), callStart, false);
        if (!(call instanceof FunctionCall function)) throw in.error("a procedure");
        return new Call(function, in.since(start));
    }

    Do doBlock() {
        int start = in.start();
        in.expect(DO);
        Identifier language = null;
        boolean code = false;
        while (true) {
            if (!code && in.at(TokenKind.STRING)) {
                in.string();
                code = true;
            } else if (language == null && in.accept(LANGUAGE)) {
                if (in.at(TokenKind.STRING)) {
                    Literal name = in.string();
                    language = new Identifier(name.text(), true, name.span());
                } else {
                    language = in.nonReservedWord();
                }
            } else {
                break;
            }
        }
        if (!code) throw in.error("a string");
        return new Do(language, in.since(start));
    }

    Load load() {
        int start = in.start();
        in.expect(LOAD);
        Literal library = in.string();
        return new Load(library, in.since(start));
    }

    // ---------------------------------------------------------------- maintenance

    Maintenance vacuum() {
        int start = in.start();
        in.expect(VACUUM);
        List<Option> options = new ArrayList<>();
        if (in.at(TokenKind.LEFT_PAREN)) {
            options = new ArrayList<>(new Options(grammar).utilityList());
        } else {
            if (in.at(FULL)) options.add(flag("full"));
            if (in.at(FREEZE)) options.add(flag("freeze"));
            if (in.at(VERBOSE)) options.add(flag("verbose"));
            if (in.at(ANALYZE) || in.at(ANALYSE)) options.add(flag("analyze"));
        }
        List<MaintenanceTarget> targets = maintained();
        return maintenance(MaintenanceKind.VACUUM, "table", options, targets, null, start);
    }

    Maintenance analyze() {
        int start = in.start();
        in.skip();
        List<Option> options = new ArrayList<>();
        if (in.at(TokenKind.LEFT_PAREN))
            options = new ArrayList<>(new Options(grammar).utilityList());
        else if (in.at(VERBOSE)) options.add(flag("verbose"));
        List<MaintenanceTarget> targets = maintained();
        return maintenance(MaintenanceKind.ANALYZE, "table", options, targets, null, start);
    }

    private Maintenance maintenance(
            MaintenanceKind kind,
            String object,
            List<Option> options,
            List<MaintenanceTarget> targets,
            @Nullable Identifier index,
            int start) {
        return new Maintenance(kind, object, options, targets, index, in.since(start));
    }

    private List<MaintenanceTarget> maintained() {
        if (in.at(TokenKind.END) || in.at(TokenKind.SEMICOLON)) return List.of();
        return in.separated(() -> {
            int start = in.start();
            QualifiedName name = grammar.queries.relations().bareTable().name();
            List<Identifier> columns = in.optionalNameList();
            return new MaintenanceTarget(name, columns, in.since(start));
        });
    }

    Maintenance cluster() {
        int start = in.start();
        in.expect(CLUSTER);
        List<Option> options = new ArrayList<>();
        if (in.at(TokenKind.LEFT_PAREN))
            options = new ArrayList<>(new Options(grammar).utilityList());
        else if (in.at(VERBOSE)) options.add(flag("verbose"));
        List<MaintenanceTarget> targets = List.of();
        Identifier index = null;
        if (in.isColId(0)) {
            QualifiedName name = in.qualifiedName();
            if (in.accept(ON)) {
                // Before 8.3: CLUSTER index ON table.
                index = name.last();
                name = in.qualifiedName();
            } else if (in.accept(USING)) {
                index = in.colId();
            }
            targets = List.of(new MaintenanceTarget(name, List.of(), name.span()));
        }
        return maintenance(MaintenanceKind.CLUSTER, "table", options, targets, index, start);
    }

    Maintenance reindex() {
        int start = in.start();
        in.expect(REINDEX);
        List<Option> options = new ArrayList<>();
        if (in.at(TokenKind.LEFT_PAREN))
            options = new ArrayList<>(new Options(grammar).utilityList());
        Keyword object = in.keyword();
        if (object != INDEX
                && object != TABLE
                && object != SCHEMA
                && object != SYSTEM
                && object != DATABASE) throw in.error("INDEX, TABLE, SCHEMA, DATABASE or SYSTEM");
        in.skip();
        if (in.at(CONCURRENTLY)) options.add(flag("concurrently"));
        List<MaintenanceTarget> targets = List.of();
        boolean optional = object == SYSTEM || object == DATABASE;
        if (!optional || in.isColId(0)) {
            QualifiedName name = in.qualifiedName();
            targets = List.of(new MaintenanceTarget(name, List.of(), name.span()));
        }
        return maintenance(MaintenanceKind.REINDEX, object.word(), options, targets, null, start);
    }

    Maintenance checkpoint() {
        int start = in.start();
        in.expect(CHECKPOINT);
        return maintenance(MaintenanceKind.CHECKPOINT, "table", List.of(), List.of(), null, start);
    }
}
