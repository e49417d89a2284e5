package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// SHOW in all its forms (MySQL manual, 15.7.7; MariaDB's SHOW statements).
final class Shows {
    /// Of a whole database: `FROM db`, then LIKE or WHERE.
    private static final Set<String> OF_DATABASE =
            Set.of(
                    "TABLES",
                    "TABLE STATUS",
                    "OPEN TABLES",
                    "TRIGGERS",
                    "EVENTS",
                    "PACKAGE STATUS",
                    "PACKAGE BODY STATUS");

    /// Nothing but LIKE, WHERE or LIMIT follows.
    private static final Set<String> PLAIN =
            Set.of(
                    "DATABASES",
                    "SCHEMAS",
                    "VARIABLES",
                    "STATUS",
                    "PROCESSLIST",
                    "ENGINES",
                    "STORAGE ENGINES",
                    "PLUGINS",
                    "PRIVILEGES",
                    "WARNINGS",
                    "ERRORS",
                    "CHARACTER SET",
                    "CHARSET",
                    "COLLATION",
                    "MASTER STATUS",
                    "BINARY LOGS",
                    "BINARY LOG STATUS",
                    "BINLOG STATUS",
                    "MASTER LOGS",
                    "SLAVE STATUS",
                    "REPLICA STATUS",
                    "REPLICAS",
                    "SLAVE HOSTS",
                    "REPLICA HOSTS",
                    "ALL SLAVES STATUS",
                    "ALL REPLICAS STATUS",
                    "PROCEDURE STATUS",
                    "FUNCTION STATUS",
                    "PROFILES",
                    "AUTHORS",
                    "CONTRIBUTORS",
                    "USER_STATISTICS",
                    "INDEX_STATISTICS",
                    "CLIENT_STATISTICS",
                    "TABLE_STATISTICS",
                    "LOCALES",
                    "PARSE_TREE",
                    "QUERY_RESPONSE_TIME",
                    "WSREP_MEMBERSHIP",
                    "WSREP_STATUS");

    private static final Set<String> CREATED =
            Set.of(
                    "TABLE",
                    "VIEW",
                    "SEQUENCE",
                    "DATABASE",
                    "SCHEMA",
                    "PROCEDURE",
                    "FUNCTION",
                    "TRIGGER",
                    "EVENT",
                    "USER",
                    "SERVER",
                    "LIBRARY");

    private final Grammar grammar;
    private final Cursor in;

    Shows(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    Statement show() {
        int start = in.start();
        in.expect("SHOW");
        while (in.acceptAny("FULL", "EXTENDED", "GLOBAL", "SESSION", "LOCAL")) {
            // They say how much, not what.
        }
        if (in.at("COUNT") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            in.skip();
            in.expectOperator("*");
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            return show(in.expectAny("WARNINGS", "ERRORS"), List.of(), null, start);
        }
        if (in.at("COLUMNS") || in.at("FIELDS")) return ofTable("columns", start);
        if (in.at("INDEX") || in.at("INDEXES") || in.at("KEYS")) return ofTable("index", start);
        if (in.accept("CREATE")) return created(start);
        if (in.accept("GRANTS")) return grants(start);
        if (in.at("EXPLAIN") || in.at("ANALYZE")) {
            String what = in.expectAny("EXPLAIN", "ANALYZE");
            if (in.accept("FORMAT")) {
                in.expectOperator("=");
                in.identifierOrString();
            }
            in.expect("FOR");
            Expression id = grammar.expressions.simpleExpression();
            return new MySqlStatement.Command(
                    what + " for connection", List.of(), List.of(id), in.since(start));
        }
        if (in.accept("ENGINE")) {
            in.identifierOrString();
            String what = "engine " + in.expectAny("STATUS", "MUTEX", "LOGS");
            return show(what, List.of(), null, start);
        }
        if (in.at("PROCEDURE", "CODE") || in.at("FUNCTION", "CODE")) {
            String what = in.tokens.upper(in.index()).toLowerCase(Locale.ROOT) + " code";
            in.skip();
            in.skip();
            return show(what, List.of(mention("function", in.qualifiedName())), null, start);
        }
        if (in.accept("BINLOG", "EVENTS") || in.accept("RELAYLOG", "EVENTS")) {
            if (in.accept("IN")) in.string();
            if (in.accept("FROM")) in.number();
            limit();
            if (in.accept("FOR")) {
                in.expect("CHANNEL");
                in.string();
            }
            return show("binlog events", List.of(), null, start);
        }
        if (in.accept("PROFILE")) {
            while (in.isAnyWord(0) && !in.at("FOR") && !in.at("LIMIT")) {
                in.skip();
                in.accept(MySqlTokenKind.COMMA);
            }
            if (in.accept("FOR")) {
                in.expect("QUERY");
                in.number();
            }
            limit();
            return show("profile", List.of(), null, start);
        }
        if (in.accept("PLUGINS", "SONAME")) {
            in.string();
            return show("plugins", List.of(), null, start);
        }
        return byWords(start);
    }

    private Statement show(
            String what, List<Mention> mentions, @Nullable Expression where, int start) {
        return new MySqlStatement.Show(what, mentions, where, in.since(start));
    }

    private static Mention mention(String type, QualifiedName name) {
        return new Mention(Use.REFERENCED, type, name, List.of(), name.span());
    }

    private Statement byWords(int start) {
        int first = in.index();
        var words = new StringBuilder();
        while (in.at(MySqlTokenKind.WORD)
                && !in.atAny("LIKE", "WHERE", "FROM", "IN", "LIMIT", "FOR")) {
            if (!words.isEmpty()) words.append(' ');
            words.append(in.tokens.upper(in.index()));
            in.skip();
            // MariaDB names the connection: SHOW SLAVE 'name' STATUS.
            if (in.at(MySqlTokenKind.STRING)) in.string();
        }
        String what = words.toString();
        List<Mention> mentions = new ArrayList<>();
        if (OF_DATABASE.contains(what)) {
            if (in.acceptAny("FROM", "IN"))
                mentions.add(mention("database", Cursor.unqualified(in.identifier())));
        } else if (!PLAIN.contains(what)) {
            throw in.refuse(
                    "this SHOW is not known",
                    new Span(in.tokens.start(first), in.tokens.end(in.index() - 1)));
        }
        if (in.accept("FOR")) {
            in.expect("CHANNEL");
            in.string();
        }
        Expression where = filter();
        limit();
        return show(what.toLowerCase(Locale.ROOT), mentions, where, start);
    }

    private @Nullable Expression filter() {
        if (in.accept("LIKE")) return grammar.expressions.textLiteral();
        return in.accept("WHERE") ? grammar.expressions.expression() : null;
    }

    private void limit() {
        if (!in.accept("LIMIT")) return;
        in.number();
        if (in.accept(MySqlTokenKind.COMMA) || in.accept("OFFSET")) in.number();
    }

    /// `COLUMNS FROM t FROM db`.
    private Statement ofTable(String what, int start) {
        in.skip();
        in.expectAny("FROM", "IN");
        QualifiedName name = in.qualifiedName();
        if (in.acceptAny("FROM", "IN")) {
            Identifier database = in.identifier();
            name = new QualifiedName(List.of(database, name.last()), name.span());
        }
        Expression where = filter();
        return show(what, List.of(mention("relation", name)), where, start);
    }

    private Statement created(int start) {
        if (!in.at(MySqlTokenKind.WORD) || !CREATED.contains(in.tokens.upper(in.index())))
            throw in.error("what to show");
        String what = in.tokens.upper(in.index()).toLowerCase(Locale.ROOT);
        in.skip();
        in.acceptIfNotExists();
        List<Mention> mentions =
                switch (what) {
                    case "table", "view", "sequence" ->
                            List.of(mention("relation", in.qualifiedName()));
                    case "procedure", "function" ->
                            List.of(mention("function", in.qualifiedName()));
                    case "user" -> List.of(mention("role", account()));
                    case String type -> List.of(mention(type, in.qualifiedName()));
                };
        return show("create " + what, mentions, null, start);
    }

    private QualifiedName account() {
        if (in.at("CURRENT_USER")) {
            QualifiedName name = Cursor.unqualified(in.take());
            if (in.accept(MySqlTokenKind.LEFT_PAREN)) in.expect(MySqlTokenKind.RIGHT_PAREN);
            return name;
        }
        Identifier user = in.at("CURRENT_ROLE") ? in.take() : in.identifierOrString();
        if (in.at(MySqlTokenKind.USER_VARIABLE)) in.skip();
        return Cursor.unqualified(user);
    }

    private Statement grants(int start) {
        List<Mention> mentions = new ArrayList<>();
        if (in.accept("FOR")) {
            mentions.add(mention("role", account()));
            if (in.accept("USING")) in.separated(this::account);
        }
        return show("grants", mentions, null, start);
    }
}
