package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Expression.Literal;
import dev.sallyport.sql.ast.Expression.LiteralKind;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.MySqlStatement.VariableKind;
import dev.sallyport.sql.ast.MySqlStatement.VariableSetting;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.TransactionKind;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.With;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which statement this is; and those that concern the session and its transactions.
final class Statements {
    private final Grammar grammar;
    private final Cursor in;
    private final Shows shows;
    private final Definitions definitions;
    private final Accounts accounts;
    private final Commands commands;

    Statements(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.shows = new Shows(grammar);
        this.accounts = new Accounts(grammar);
        this.definitions = new Definitions(grammar, accounts);
        this.commands = new Commands(grammar, accounts);
    }

    Statement statement() {
        in.enter();
        Statement statement = dispatch();
        in.leave();
        return statement;
    }

    private Statement dispatch() {
        if (in.at(MySqlTokenKind.LEFT_PAREN)) return grammar.queries.statement();
        if (!in.at(MySqlTokenKind.WORD)) throw in.error("a statement");
        int start = in.start();
        return switch (in.tokens.upper(in.index())) {
            case "SELECT", "VALUES" -> grammar.queries.statement();
            case "TABLE" -> grammar.queries.statement();
            case "WITH" -> with(start);
            case "INSERT", "REPLACE" -> grammar.dml.insert();
            case "UPDATE" -> grammar.dml.update(null, start);
            case "DELETE" -> grammar.dml.delete(null, start);
            case "LOAD" -> in.at("LOAD", "INDEX") ? commands.command() : grammar.dml.loadData();
            case "HANDLER" -> grammar.dml.handler();
            case "CALL" -> call(start);
            case "DO" -> evaluate(start);
            case "SET" -> set(start);
            case "SHOW" -> shows.show();
            case "EXPLAIN", "DESCRIBE", "DESC" -> explain(start);
            case "ANALYZE" -> isAnalyzeTable() ? commands.command() : explain(start);
            case "HELP" -> help(start);
            case "USE" -> use(start);
            case "BEGIN" -> begin(start);
            case "START" ->
                    in.at("START", "TRANSACTION") ? startTransaction(start) : commands.command();
            case "COMMIT" -> transactionEnd(TransactionKind.COMMIT, start);
            case "ROLLBACK" -> rollback(start);
            case "SAVEPOINT" -> {
                in.skip();
                yield transaction(TransactionKind.SAVEPOINT, in.identifier(), List.of(), start);
            }
            case "RELEASE" -> {
                in.skip();
                in.expect("SAVEPOINT");
                yield transaction(TransactionKind.RELEASE, in.identifier(), List.of(), start);
            }
            case "XA" -> xa(start);
            case "LOCK", "UNLOCK" -> lock(start);
            case "PREPARE" -> prepare(start);
            case "EXECUTE" -> execute(start);
            case "DEALLOCATE" -> deallocate(start);
            case "DROP" -> in.at("DROP", "PREPARE") ? deallocate(start) : definitions.drop(start);
            case "CREATE" -> definitions.create(start);
            case "ALTER" -> definitions.alter(start);
            case "RENAME" -> definitions.rename(start);
            case "TRUNCATE" -> truncate(start);
            case "GRANT", "REVOKE" -> accounts.grant(start);
            case "SIGNAL", "RESIGNAL" -> grammar.programs.signal(start);
            case "GET" -> grammar.programs.getDiagnostics(start);
            case String _ -> commands.command();
        };
    }

    private Statement with(int start) {
        With with = grammar.queries.with();
        if (in.at("UPDATE")) return grammar.dml.update(with, start);
        if (in.at("DELETE")) return grammar.dml.delete(with, start);
        return grammar.queries.statement(with, start);
    }

    private Statement call(int start) {
        in.skip();
        QualifiedName name = in.qualifiedName();
        if (in.at(MySqlTokenKind.DOT)) throw in.error("no routine of a package");
        int calls = name.span().start();
        Expression call =
                in.at(MySqlTokenKind.LEFT_PAREN)
                        ? grammar.specialForms.call(name, calls)
                        : new Expression.FunctionCall(
                                name,
                                List.of(),
                                false,
                                false,
                                List.of(),
                                List.of(),
                                null,
                                null,
                                in.since(calls));
        if (!(call instanceof Expression.FunctionCall function))
            throw in.refuse("this is no procedure", name.span());
        return new Statement.Call(function, in.since(start));
    }

    private Statement evaluate(int start) {
        in.skip();
        List<Expression> expressions =
                in.separated(() -> {
                    Expression value = grammar.expressions.expression();
                    if (in.accept("AS")) in.identifierOrString();
                    return value;
                });
        return new MySqlStatement.Evaluate(expressions, in.since(start));
    }

    private Statement use(int start) {
        in.skip();
        return new MySqlStatement.Use(in.identifier(), in.since(start));
    }

    private Statement help(int start) {
        in.skip();
        in.identifierOrString();
        return new MySqlStatement.Show("help", List.of(), null, in.since(start));
    }

    private Statement truncate(int start) {
        in.skip();
        in.accept("TABLE");
        int nameStart = in.start();
        QualifiedName name = in.qualifiedName();
        var target =
                new Statement.Target(name, false, null, in.since(nameStart), in.since(nameStart));
        if (in.isMariaDb() && !in.acceptAny("NOWAIT") && in.accept("WAIT")) in.number();
        return new Statement.Truncate(List.of(target), false, false, in.since(start));
    }

    // ---------------------------------------------------------------- EXPLAIN

    private boolean isAnalyzeTable() {
        return in.at(1, "TABLE")
                || in.at(1, "TABLES")
                || in.at(1, "LOCAL")
                || in.at(1, "NO_WRITE_TO_BINLOG");
    }

    private Statement explain(int start) {
        boolean analyze = in.at("ANALYZE");
        if (analyze && !in.isMariaDb()) throw in.error("TABLE behind ANALYZE");
        boolean describe = !analyze;
        in.skip();
        boolean options = false;
        if (in.accept("ANALYZE")) {
            analyze = true;
            options = true;
        }
        while (in.at("EXTENDED") || in.at("PARTITIONS") || in.at("FORMAT")) {
            if (in.at("FORMAT") && !in.atOperator(1, "=")) break;
            // DESCRIBE of a table with such a name.
            if (!in.at("FORMAT") && in.kind(1) == MySqlTokenKind.END) break;
            options = true;
            if (in.accept("FORMAT")) {
                in.expectOperator("=");
                in.identifierOrString();
            } else {
                in.skip();
            }
        }
        if (in.at("INTO")) {
            in.skip();
            grammar.expressions.plainUserVariable();
            options = true;
        }
        if (in.accept("FOR", "CONNECTION")) {
            Expression id = grammar.expressions.simpleExpression();
            return new MySqlStatement.Command(
                    "explain for connection", List.of(), List.of(id), in.since(start));
        }
        if (in.accept("FOR")) {
            in.expectAny("SCHEMA", "DATABASE");
            throw in.refuse("EXPLAIN FOR SCHEMA is not taken: USE the database", in.here());
        }
        Span head = in.since(start);
        if (grammar.queries.atQuery()
                || in.atAny("INSERT", "REPLACE", "UPDATE", "DELETE", "TABLE")) {
            Statement statement = statement();
            return new Statement.Explain(
                    analyze, List.of(), false, statement, head, in.since(start));
        }
        if (!describe || options) throw in.error("a query or DML");
        QualifiedName table = in.qualifiedName();
        if (in.at(MySqlTokenKind.STRING)) in.string();
        else if (in.isIdentifier(0)) in.identifier();
        return new MySqlStatement.Show(
                "columns",
                List.of(new Mention(Use.REFERENCED, "relation", table, List.of(), table.span())),
                null,
                in.since(start));
    }

    // ---------------------------------------------------------------- transactions

    private Statement transaction(
            TransactionKind kind, @Nullable Identifier name, List<String> modes, int start) {
        return new Statement.Transaction(
                kind, name, modes, List.of(), null, false, in.since(start));
    }

    private Statement begin(int start) {
        if (in.isMariaDb() && in.at("BEGIN", "NOT") && in.at(2, "ATOMIC"))
            return grammar.programs.compound();
        in.skip();
        in.accept("WORK");
        return transaction(TransactionKind.BEGIN, null, List.of(), start);
    }

    private Statement startTransaction(int start) {
        in.skip();
        in.skip();
        List<String> modes = new ArrayList<>();
        if (!in.atEnd())
            do {
                if (in.accept("READ")) modes.add("read " + in.expectAny("ONLY", "WRITE"));
                else {
                    in.expect("WITH", "CONSISTENT");
                    in.expect("SNAPSHOT");
                    modes.add("with consistent snapshot");
                }
            } while (in.accept(MySqlTokenKind.COMMA));
        return transaction(TransactionKind.BEGIN, null, modes, start);
    }

    private Statement transactionEnd(TransactionKind kind, int start) {
        in.skip();
        in.accept("WORK");
        boolean chain = false;
        if (in.accept("AND")) {
            chain = !in.accept("NO");
            in.expect("CHAIN");
        }
        if (in.accept("NO")) in.expect("RELEASE");
        else in.accept("RELEASE");
        return new Statement.Transaction(
                kind, null, List.of(), List.of(), null, chain, in.since(start));
    }

    private Statement rollback(int start) {
        if (in.at("ROLLBACK", "TO") || in.at("ROLLBACK", "WORK", "TO")) {
            in.skip();
            in.accept("WORK");
            in.expect("TO");
            in.accept("SAVEPOINT");
            return transaction(TransactionKind.ROLLBACK_TO, in.identifier(), List.of(), start);
        }
        return transactionEnd(TransactionKind.ROLLBACK, start);
    }

    private Statement xa(int start) {
        in.skip();
        String verb =
                in.expectAny("START", "BEGIN", "END", "PREPARE", "COMMIT", "ROLLBACK", "RECOVER");
        List<Literal> identifier = new ArrayList<>();
        if (verb.equals("recover")) {
            if (in.accept("CONVERT")) in.expect("XID");
            if (in.accept("FORMAT")) {
                in.expectOperator("=");
                in.string();
            }
        } else {
            identifier.add(part());
            while (in.accept(MySqlTokenKind.COMMA)) identifier.add(part());
        }
        if (in.accept("ONE")) in.expect("PHASE");
        if (in.accept("SUSPEND") && in.accept("FOR")) in.expect("MIGRATE");
        in.acceptAny("JOIN", "RESUME");
        return new MySqlStatement.Xa(verb, identifier, in.since(start));
    }

    private Literal part() {
        return in.at(MySqlTokenKind.STRING) ? in.string() : in.number();
    }

    // ---------------------------------------------------------------- LOCK TABLES

    private Statement lock(int start) {
        boolean lock = in.accept("LOCK");
        if (!lock) in.skip();
        if (in.at("INSTANCE")) {
            in.skip();
            if (lock) in.expect("FOR", "BACKUP");
            return new MySqlStatement.Command(
                    lock ? "lock instance" : "unlock instance",
                    List.of(),
                    List.of(),
                    in.since(start));
        }
        in.expectAny("TABLES", "TABLE");
        if (!lock) return new MySqlStatement.LockTables(List.of(), in.since(start));
        List<MySqlStatement.LockedTable> tables =
                in.separated(() -> {
                    int tableStart = in.start();
                    QualifiedName name = in.qualifiedName();
                    Identifier alias = null;
                    if (in.accept("AS") || in.isIdentifier(0)) alias = in.identifier();
                    boolean write;
                    if (in.accept("READ")) {
                        in.accept("LOCAL");
                        write = false;
                    } else {
                        in.acceptAny("LOW_PRIORITY", "CONCURRENT");
                        in.expect("WRITE");
                        write = true;
                        if (in.isMariaDb()) in.accept("CONCURRENT");
                    }
                    return new MySqlStatement.LockedTable(name, alias, write, in.since(tableStart));
                });
        if (in.isMariaDb() && !in.accept("NOWAIT") && in.accept("WAIT")) in.number();
        return new MySqlStatement.LockTables(tables, in.since(start));
    }

    // ---------------------------------------------------------------- prepared statements

    private Statement prepare(int start) {
        in.skip();
        if (in.inPrepared) throw in.error("no PREPARE inside a prepared text");
        Identifier name = in.identifier();
        in.expect("FROM");
        return prepared(name, List.of(), start);
    }

    private Statement prepared(@Nullable Identifier name, List<Expression> using, int start) {
        Expression text = grammar.expressions.expression();
        List<Expression> arguments = new ArrayList<>(using);
        Statement statement = null;
        if (text instanceof Literal literal && literal.kind() == LiteralKind.STRING)
            statement = grammar.inner(literal);
        else {
            arguments.add(text);
            // Whatever it turns out to be.
            grammar.lexingChanged |= name == null;
        }
        if (name == null && in.accept("USING"))
            arguments.addAll(in.separated(grammar.expressions::expression));
        return new MySqlStatement.Prepared(name, statement, arguments, in.since(start));
    }

    private Statement execute(int start) {
        in.skip();
        if (in.isMariaDb() && in.accept("IMMEDIATE")) return prepared(null, List.of(), start);
        if (in.inPrepared) throw in.error("no EXECUTE inside a prepared text");
        Identifier name = in.identifier();
        List<Expression> arguments =
                in.accept("USING") ? in.separated(grammar.expressions::expression) : List.of();
        return new Statement.Execute(name, arguments, in.since(start));
    }

    private Statement deallocate(int start) {
        in.skip();
        in.expect("PREPARE");
        return new Statement.Deallocate(in.identifier(), in.since(start));
    }

    // ---------------------------------------------------------------- SET

    private static final Set<String> SCOPES =
            Set.of("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY");

    private Statement set(int start) {
        in.skip();
        if (in.at("PASSWORD") && !in.atOperator(1, ".")) return accounts.setPassword(start);
        if (in.at("ROLE") && !in.atOperator(1, "=") && !in.atOperator(1, ":="))
            return accounts.setRole(start);
        if (in.at("DEFAULT", "ROLE")) return accounts.setRole(start);
        if (in.at("RESOURCE", "GROUP")) {
            in.skip();
            in.skip();
            in.identifier();
            if (in.accept("FOR")) in.separated(in::number);
            return new MySqlStatement.Command(
                    "set resource group", List.of(), List.of(), in.since(start));
        }
        if (in.isMariaDb() && in.at("STATEMENT")) {
            in.skip();
            List<VariableSetting> settings = in.separated(this::setting);
            in.expect("FOR");
            return new MySqlStatement.SetStatement(settings, statement(), in.since(start));
        }
        if (in.at("TRANSACTION")) return setTransaction(TransactionKind.SET_MODES, start);
        if ((in.at("SESSION") || in.at("LOCAL")) && in.at(1, "TRANSACTION")) {
            in.skip();
            return setTransaction(TransactionKind.SET_SESSION_MODES, start);
        }
        if (in.at("GLOBAL", "TRANSACTION")) {
            in.skip();
            Span name = in.here();
            transactionModes();
            return new MySqlStatement.SetVariables(
                    List.of(
                            new VariableSetting(
                                    VariableKind.SYSTEM,
                                    "global",
                                    "transaction_isolation",
                                    new Literal(LiteralKind.STRING, "", name),
                                    name)),
                    in.since(start));
        }
        List<VariableSetting> settings = in.separated(this::setting);
        return new MySqlStatement.SetVariables(settings, in.since(start));
    }

    private Statement setTransaction(TransactionKind kind, int start) {
        return transaction(kind, null, transactionModes(), start);
    }

    private List<String> transactionModes() {
        in.expect("TRANSACTION");
        return in.separated(() -> {
            if (in.accept("READ")) return "read " + in.expectAny("ONLY", "WRITE");
            in.expect("ISOLATION", "LEVEL");
            if (in.accept("READ"))
                return "isolation level read " + in.expectAny("COMMITTED", "UNCOMMITTED");
            if (in.accept("REPEATABLE")) {
                in.expect("READ");
                return "isolation level repeatable read";
            }
            in.expect("SERIALIZABLE");
            return "isolation level serializable";
        });
    }

    VariableSetting setting() {
        int start = in.start();
        if (in.at("NAMES") && !in.atOperator(1, "=") && !in.atOperator(1, ":=")) {
            in.skip();
            Expression value = characterSet();
            if (in.accept("COLLATE")) grammar.types.collationName();
            return system("", "names", value, start);
        }
        if (in.at("CHARACTER", "SET") || in.at("CHAR", "SET") || in.at("CHARSET")) {
            if (!in.accept("CHARSET")) {
                in.skip();
                in.skip();
            }
            return system("", "character set", characterSet(), start);
        }
        if (in.at(MySqlTokenKind.USER_VARIABLE)) {
            String name = grammar.expressions.plainUserVariable().name();
            assign();
            return new VariableSetting(
                    VariableKind.USER, "", name, grammar.expressions.expression(), in.since(start));
        }
        if (in.at(MySqlTokenKind.AT_AT)) {
            Expression.SystemVariable variable = grammar.expressions.systemVariable();
            assign();
            return system(variable.scope(), variable.name(), word(value()), start);
        }
        String scope = "";
        if (in.at(MySqlTokenKind.WORD)
                && SCOPES.contains(in.tokens.upper(in.index()))
                && in.isAnyWord(1)) {
            scope = in.tokens.upper(in.index()).toLowerCase(Locale.ROOT);
            in.skip();
        }
        Expression.ColumnRef name = name();
        assign();
        String written = String.join(".", name.parts().stream().map(Identifier::name).toList());
        Expression value = value();
        boolean local = scope.isEmpty() && grammar.programs.isVariable(name.parts());
        return local
                ? new VariableSetting(VariableKind.LOCAL, "", written, value, in.since(start))
                : system(scope, written.toLowerCase(Locale.ROOT), word(value), start);
    }

    /// `SET sql_mode = ANSI`: the word is the value.
    private @Nullable Expression word(@Nullable Expression value) {
        return value instanceof Expression.ColumnRef(var parts, Span span)
                        && parts.size() == 1
                        && !grammar.programs.isVariable(parts)
                ? new Literal(LiteralKind.STRING, parts.getFirst().name(), span)
                : value;
    }

    /// A system variable may be called by a reserved word, as `SET system_versioning...` or
    /// `default.key_buffer_size`.
    private Expression.ColumnRef name() {
        int start = in.start();
        List<Identifier> parts = new ArrayList<>(2);
        parts.add(in.at("DEFAULT") ? in.take() : in.identifier());
        while (in.accept(MySqlTokenKind.DOT)) parts.add(in.anyWord());
        return new Expression.ColumnRef(parts, in.since(start));
    }

    private void assign() {
        if (!in.acceptOperator(":=")) in.expectOperator("=");
    }

    /// What decides how a text is read.
    private static final Set<String> LEXING =
            Set.of("sql_mode", "names", "character set", "character_set_client");

    private VariableSetting system(
            String scope, String name, @Nullable Expression value, int start) {
        grammar.lexingChanged |= LEXING.contains(name);
        return new VariableSetting(VariableKind.SYSTEM, scope, name, value, in.since(start));
    }

    private @Nullable Expression characterSet() {
        if (in.accept("DEFAULT")) return null;
        if (in.at(MySqlTokenKind.STRING)) return in.string();
        if (!in.at("BINARY") && !in.at("ASCII") && !in.isIdentifier(0))
            throw in.error("a character set");
        Identifier name = in.take();
        return new Literal(LiteralKind.STRING, name.name(), name.span());
    }

    /// An expression, DEFAULT, or one of the words that stand for themselves.
    private @Nullable Expression value() {
        if (in.at("DEFAULT") && in.kind(1) != MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            return null;
        }
        if (in.at("ON") || in.at("ALL") || in.at("BINARY") || in.at("ROW") || in.at("SYSTEM")) {
            MySqlTokenKind next = in.kind(1);
            if (next == MySqlTokenKind.END
                    || next == MySqlTokenKind.SEMICOLON
                    || next == MySqlTokenKind.COMMA
                    || in.at(1, "FOR")) {
                Identifier word = in.take();
                return new Literal(LiteralKind.STRING, word.name(), word.span());
            }
        }
        return grammar.expressions.expression();
    }
}
