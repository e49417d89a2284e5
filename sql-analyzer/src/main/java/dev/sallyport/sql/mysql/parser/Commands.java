package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What acts on the server, on other sessions, or on tables as a whole.
final class Commands {
    private final Grammar grammar;
    private final Cursor in;
    private final Accounts accounts;

    private final List<Mention> mentions = new ArrayList<>();
    private final List<Expression> expressions = new ArrayList<>();

    Commands(Grammar grammar, Accounts accounts) {
        this.grammar = grammar;
        this.in = grammar.in;
        this.accounts = accounts;
    }

    Statement command() {
        int start = in.start();
        mentions.clear();
        expressions.clear();
        String command = words();
        return new MySqlStatement.Command(command, mentions, expressions, in.since(start));
    }

    private String words() {
        String first = in.tokens.upper(in.index());
        switch (first) {
            case "CHECK", "REPAIR", "OPTIMIZE", "ANALYZE", "CHECKSUM" -> {
                return table(first);
            }
            case "KILL" -> {
                return kill();
            }
            case "FLUSH" -> {
                return flush();
            }
            case "CACHE" -> {
                in.skip();
                in.expect("INDEX");
                in.separated(this::indexes);
                in.expect("IN");
                if (!in.accept("DEFAULT")) in.identifier();
                return "cache index";
            }
            case "LOAD" -> {
                in.skip();
                in.expect("INDEX", "INTO");
                in.expect("CACHE");
                in.separated(this::indexes);
                return "load index";
            }
            case "RESET", "CHANGE", "STOP", "START" -> {
                return replication(first);
            }
            case "PURGE" -> {
                in.skip();
                in.expectAny("BINARY", "MASTER");
                in.expect("LOGS");
                if (in.accept("TO")) in.string();
                else {
                    in.expect("BEFORE");
                    expressions.add(grammar.expressions.expression());
                }
                return "purge binary logs";
            }
            case "INSTALL" -> {
                return install();
            }
            case "UNINSTALL" -> {
                return uninstall();
            }
            case "SHUTDOWN" -> {
                in.skip();
                if (in.accept("WAIT")) {
                    in.expect("FOR", "ALL");
                    in.expectAny("SLAVES", "REPLICAS");
                }
                return "shutdown";
            }
            case "RESTART" -> {
                in.skip();
                return "restart";
            }
            case "CLONE" -> {
                return cloning();
            }
            case "IMPORT" -> {
                in.skip();
                in.expect("TABLE", "FROM");
                in.separated(in::string);
                return "import table";
            }
            case "BINLOG" -> {
                in.skip();
                in.separated(grammar.expressions::textLiteral);
                return "binlog";
            }
            case "BACKUP" -> {
                return backup();
            }
            case String _ -> throw in.error("a statement");
        }
    }

    private void relation(Use use) {
        QualifiedName name = in.qualifiedName();
        mentions.add(new Mention(use, "relation", name, List.of(), name.span()));
    }

    // ---------------------------------------------------------------- tables as a whole

    private String table(String first) {
        in.skip();
        in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
        if (in.isMariaDb() && first.equals("CHECK") && in.accept("VIEW")) {
            in.separated(this::altered);
            in.accept("FOR", "UPGRADE");
            return "check view";
        }
        if (in.isMariaDb() && first.equals("REPAIR") && in.accept("VIEW")) {
            in.separated(this::altered);
            in.accept("FROM", "MYSQL");
            return "repair view";
        }
        in.expectAny("TABLE", "TABLES");
        in.separated(this::maintained);
        tableOptions();
        return first.toLowerCase(Locale.ROOT) + " table";
    }

    private boolean altered() {
        relation(Use.ALTERED);
        return true;
    }

    private boolean maintained() {
        relation(Use.ALTERED);
        if (in.isMariaDb() && in.accept("PERSISTENT")) {
            in.expect("FOR");
            if (!in.accept("ALL")) {
                in.expect("COLUMNS");
                listOrAll();
                in.expect("INDEXES");
                listOrAll();
            }
        }
        return true;
    }

    private void listOrAll() {
        if (in.accept("ALL")) return;
        in.expect(MySqlTokenKind.LEFT_PAREN);
        if (!in.at(MySqlTokenKind.RIGHT_PAREN))
            in.separated(() -> in.at("PRIMARY") ? in.take() : in.identifier());
        in.expect(MySqlTokenKind.RIGHT_PAREN);
    }

    private void tableOptions() {
        while (true) {
            if (in.accept("FOR")) in.expect("UPGRADE");
            else if (in.accept("UPDATE")) {
                in.expect("HISTOGRAM", "ON");
                in.separated(in::identifier);
                if (in.accept("WITH")) {
                    in.number();
                    in.expect("BUCKETS");
                }
                if (in.accept("USING")) {
                    in.expect("DATA");
                    in.string();
                }
                if (in.acceptAny("AUTO", "MANUAL")) in.expect("UPDATE");
            } else if (in.accept("DROP")) {
                in.expect("HISTOGRAM", "ON");
                in.separated(in::identifier);
            } else if (in.isMariaDb() && (in.accept("NOWAIT") || in.at("WAIT"))) {
                if (in.accept("WAIT")) in.number();
            } else if (!in.acceptAny(
                    "QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM", "FORCE")) return;
        }
    }

    private boolean indexes() {
        relation(Use.ALTERED);
        if (in.accept("PARTITION")) {
            in.expect(MySqlTokenKind.LEFT_PAREN);
            if (!in.accept("ALL")) in.separated(in::identifier);
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        }
        if (in.acceptAny("INDEX", "KEY")) listOrAll();
        else if (in.at(MySqlTokenKind.LEFT_PAREN)) listOrAll();
        if (in.accept("IGNORE")) in.expect("LEAVES");
        return true;
    }

    // ---------------------------------------------------------------- sessions and server

    private String kill() {
        in.skip();
        in.acceptAny("HARD", "SOFT");
        in.acceptAny("CONNECTION", "QUERY");
        if (in.isMariaDb() && in.accept("USER")) {
            mentions.add(accounts.userMention());
            return "kill user";
        }
        if (in.isMariaDb()) in.accept("ID");
        expressions.add(grammar.expressions.expression());
        return "kill";
    }

    private String flush() {
        in.skip();
        in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
        if (in.acceptAny("TABLES", "TABLE")) {
            if (in.isIdentifier(0)) in.separated(this::altered);
            if (in.accept("WITH", "READ", "LOCK")) {
                if (in.accept("AND")) in.expect("DISABLE", "CHECKPOINT");
            } else if (in.accept("FOR")) {
                in.expect("EXPORT");
            }
            return "flush tables";
        }
        do {
            String what = in.anyWord().name();
            if (what.equalsIgnoreCase("relay") || in.atAny("LOGS", "CACHE", "HOSTS", "STATUS"))
                while (in.isAnyWord(0) && !in.at("FOR")) in.skip();
            while (in.atAny("LOGS", "CACHE", "SLOW", "TABLES")) in.skip();
            if (in.accept("FOR")) {
                in.expect("CHANNEL");
                in.string();
            }
            if (in.at(MySqlTokenKind.STRING)) in.string();
        } while (in.accept(MySqlTokenKind.COMMA));
        return "flush";
    }

    private String replication(String first) {
        in.skip();
        if (first.equals("RESET") && in.accept("QUERY", "CACHE")) return "reset query cache";
        if (first.equals("RESET") && in.accept("PERSIST")) {
            in.acceptIfExists();
            if (in.isIdentifier(0)) {
                in.identifier();
                if (in.accept(MySqlTokenKind.DOT)) in.anyWord();
            }
            return "reset persist";
        }
        in.acceptAny("ALL");
        String what =
                in.expectAny(
                        "MASTER",
                        "BINARY",
                        "SLAVE",
                        "REPLICA",
                        "SLAVES",
                        "REPLICAS",
                        "REPLICATION",
                        "GROUP_REPLICATION");
        rest();
        return first.toLowerCase(Locale.ROOT) + " " + what;
    }

    /// Words, numbers, strings and lists of them: the options of replication, which hold no
    /// expression and name no table that is read.
    private void rest() {
        while (!in.atEnd()) {
            if (in.at("SELECT") || in.at("TABLE")) throw in.error("an option");
            switch (in.kind()) {
                case WORD,
                        NAME,
                        QUOTED_IDENTIFIER,
                        STRING,
                        INTEGER,
                        NUMERIC,
                        COMMA,
                        DOT,
                        LEFT_PAREN,
                        RIGHT_PAREN,
                        USER_VARIABLE ->
                        in.skip();
                case OPERATOR -> in.expectOperator("=");
                case HEX,
                        BIT,
                        PARAMETER,
                        AT_AT,
                        INTRODUCER,
                        NULL,
                        LEFT_BRACE,
                        RIGHT_BRACE,
                        SEMICOLON,
                        COLON,
                        END ->
                        throw in.error("an option");
            }
        }
    }

    private String install() {
        in.skip();
        if (in.accept("COMPONENT")) {
            in.separated(in::string);
            if (in.accept("SET")) in.separated(grammar.dml::assignment);
            return "install component";
        }
        if (in.accept("PLUGIN")) {
            in.acceptIfNotExists();
            in.identifier();
        }
        in.expect("SONAME");
        in.string();
        return "install plugin";
    }

    private String uninstall() {
        in.skip();
        if (in.accept("COMPONENT")) {
            in.separated(in::string);
            return "uninstall component";
        }
        if (in.accept("PLUGIN")) {
            in.acceptIfExists();
            in.identifier();
        } else {
            in.expect("SONAME");
            in.acceptIfExists();
            in.string();
        }
        return "uninstall plugin";
    }

    private String cloning() {
        in.skip();
        if (in.accept("LOCAL")) {
            in.expect("DATA", "DIRECTORY");
            in.acceptOperator("=");
            in.string();
            return "clone local";
        }
        in.expect("INSTANCE", "FROM");
        accounts.account();
        in.expect(MySqlTokenKind.COLON);
        in.number();
        in.expect("IDENTIFIED", "BY");
        in.string();
        if (in.accept("DATA", "DIRECTORY")) {
            in.acceptOperator("=");
            in.string();
        }
        if (in.accept("REQUIRE")) {
            in.accept("NO");
            in.expect("SSL");
        }
        return "clone instance";
    }

    private String backup() {
        in.skip();
        if (in.accept("STAGE")) {
            in.expectAny("START", "FLUSH", "BLOCK_DDL", "BLOCK_COMMIT", "END");
            return "backup stage";
        }
        if (in.accept("UNLOCK")) return "backup unlock";
        in.expect("LOCK");
        relation(Use.ALTERED);
        return "backup lock";
    }
}
