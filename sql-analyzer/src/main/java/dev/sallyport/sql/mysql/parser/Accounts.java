package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.MySqlStatement;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Users, roles and their privileges.
final class Accounts {
    private final Grammar grammar;
    private final Cursor in;

    Accounts(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    /// `user`, `'user'@'host'`, CURRENT_USER, PUBLIC; the host is left out.
    QualifiedName account() {
        if (in.at("CURRENT_USER") || in.at("CURRENT_ROLE")) {
            Identifier current = in.take();
            if (in.accept(MySqlTokenKind.LEFT_PAREN)) in.expect(MySqlTokenKind.RIGHT_PAREN);
            return Cursor.unqualified(current);
        }
        Identifier user = emptyOrName();
        if (in.at(MySqlTokenKind.USER_VARIABLE)) in.skip();
        return Cursor.unqualified(user);
    }

    private Identifier emptyOrName() {
        return in.identifierOrString();
    }

    // ---------------------------------------------------------------- CREATE, ALTER, DROP, RENAME

    /// Behind USER or ROLE.
    Statement define(Verb verb, Use use, String type, int start) {
        var definition = new Definition(verb, type);
        in.acceptIfNotExists();
        in.acceptIfExists();
        do {
            // A host of one's own: ALTER USER USER() IDENTIFIED BY ...
            if (in.at("USER") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
                definition.mention(use, "role", Cursor.unqualified(in.take()));
                in.skip();
                in.expect(MySqlTokenKind.RIGHT_PAREN);
            } else {
                definition.mention(use, "role", account());
            }
            authentication();
        } while (in.accept(MySqlTokenKind.COMMA));
        options(definition);
        return definition.build(in.since(start));
    }

    Statement rename(int start) {
        in.skip();
        in.skip();
        var definition = new Definition(Verb.ALTER, "user");
        in.separated(() -> {
            definition.mention(Use.ALTERED, "role", account());
            in.expect("TO");
            definition.mention(Use.CREATED, "role", account());
            return true;
        });
        return definition.build(in.since(start));
    }

    private void authentication() {
        if (!in.accept("IDENTIFIED")) {
            factors();
            discard();
            return;
        }
        do {
            if (in.accept("BY")) {
                in.accept("PASSWORD");
                if (!in.accept("RANDOM", "PASSWORD")) in.string();
            } else {
                in.expectAny("WITH", "VIA");
                in.identifierOrString();
                if (in.accept("BY")) {
                    if (!in.accept("RANDOM", "PASSWORD")) in.string();
                } else if (in.acceptAny("AS", "USING")) {
                    password();
                }
            }
        } while (in.accept("OR") || (in.at("AND", "IDENTIFIED") && skipTwo()));
        if (in.accept("REPLACE")) in.string();
        if (in.accept("RETAIN", "CURRENT")) in.expect("PASSWORD");
    }

    private boolean skipTwo() {
        in.skip();
        in.skip();
        return true;
    }

    private void password() {
        if (in.at("PASSWORD") && in.kind(1) == MySqlTokenKind.LEFT_PAREN) {
            in.skip();
            in.skip();
            in.string();
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        } else {
            grammar.expressions.textLiteral();
        }
    }

    private void factors() {
        while (in.atAny("ADD", "MODIFY", "DROP") && in.kind(1) == MySqlTokenKind.INTEGER) {
            in.skip();
            in.skip();
            in.expect("FACTOR");
            if (in.at("IDENTIFIED")) authentication();
        }
    }

    private void discard() {
        if (in.accept("DISCARD", "OLD")) in.expect("PASSWORD");
    }

    private void options(Definition definition) {
        if (in.accept("DEFAULT", "ROLE")) roles(definition);
        if (in.accept("REQUIRE")) requirements();
        if (in.accept("WITH")) {
            do {
                if (in.accept("ADMIN")) definition.mention(Use.REFERENCED, "role", account());
                else if (!in.accept("GRANT", "OPTION")) {
                    in.identifier();
                    grammar.expressions.simpleExpression();
                }
            } while (!in.atEnd()
                    && !in.atAny(
                            "PASSWORD",
                            "ACCOUNT",
                            "COMMENT",
                            "ATTRIBUTE",
                            "FAILED_LOGIN_ATTEMPTS"));
        }
        while (in.atAny(
                "PASSWORD",
                "ACCOUNT",
                "COMMENT",
                "ATTRIBUTE",
                "FAILED_LOGIN_ATTEMPTS",
                "PASSWORD_LOCK_TIME")) {
            switch (in.expectAny(
                    "PASSWORD",
                    "ACCOUNT",
                    "COMMENT",
                    "ATTRIBUTE",
                    "FAILED_LOGIN_ATTEMPTS",
                    "PASSWORD_LOCK_TIME")) {
                case "password" -> passwordOption();
                case "account" -> in.expectAny("LOCK", "UNLOCK");
                case "comment", "attribute" -> in.string();
                case String _ -> {
                    if (!in.accept("UNBOUNDED")) in.number();
                }
            }
        }
    }

    private void passwordOption() {
        switch (in.expectAny("EXPIRE", "HISTORY", "REUSE", "REQUIRE")) {
            case "expire" -> {
                if (in.acceptAny("DEFAULT", "NEVER")) return;
                if (!in.accept("INTERVAL")) return;
                grammar.expressions.simpleExpression();
                in.expect("DAY");
            }
            case "history" -> {
                if (!in.accept("DEFAULT")) in.number();
            }
            case "reuse" -> {
                in.expect("INTERVAL");
                if (in.accept("DEFAULT")) return;
                in.number();
                in.expect("DAY");
            }
            case String _ -> {
                in.expect("CURRENT");
                in.acceptAny("DEFAULT", "OPTIONAL");
            }
        }
    }

    private void requirements() {
        if (in.acceptAny("NONE", "SSL", "X509")) return;
        do {
            in.expectAny("SUBJECT", "ISSUER", "CIPHER");
            in.string();
            in.accept("AND");
        } while (in.atAny("SUBJECT", "ISSUER", "CIPHER"));
    }

    // ---------------------------------------------------------------- SET

    Statement setPassword(int start) {
        in.expect("PASSWORD");
        var definition = new Definition(Verb.ALTER, "user");
        if (in.accept("FOR")) definition.mention(Use.ALTERED, "role", account());
        if (in.accept("TO")) {
            in.expect("RANDOM");
        } else {
            if (!in.acceptOperator(":=")) in.expectOperator("=");
            if (in.at("OLD_PASSWORD") || in.at("PASSWORD")) {
                in.skip();
                in.expect(MySqlTokenKind.LEFT_PAREN);
                in.string();
                in.expect(MySqlTokenKind.RIGHT_PAREN);
            } else {
                in.string();
            }
        }
        if (in.accept("REPLACE")) in.string();
        if (in.accept("RETAIN", "CURRENT")) in.expect("PASSWORD");
        return definition.build(in.since(start));
    }

    /// SET ROLE changes the session's own privileges; SET DEFAULT ROLE an account's.
    Statement setRole(int start) {
        if (in.accept("DEFAULT")) {
            in.expect("ROLE");
            var definition = new Definition(Verb.ALTER, "user");
            roles(definition);
            if (in.acceptAny("TO", "FOR"))
                in.separated(() -> {
                    definition.mention(Use.ALTERED, "role", account());
                    return true;
                });
            return definition.build(in.since(start));
        }
        in.expect("ROLE");
        var definition = new Definition(Verb.ALTER, "session role");
        roles(definition);
        return new MySqlStatement.SetVariables(
                List.of(
                        new MySqlStatement.VariableSetting(
                                MySqlStatement.VariableKind.SYSTEM,
                                "",
                                "role",
                                null,
                                in.since(start))),
                in.since(start));
    }

    private void roles(Definition definition) {
        if (in.acceptAny("NONE", "DEFAULT")) return;
        if (in.accept("ALL") && !in.accept("EXCEPT")) return;
        in.separated(() -> {
            definition.mention(Use.REFERENCED, "role", account());
            return true;
        });
    }

    // ---------------------------------------------------------------- GRANT and REVOKE

    private record Privilege(
            String words, List<Identifier> columns, @Nullable QualifiedName role) {}

    Statement grant(int start) {
        boolean grant = in.accept("GRANT");
        if (!grant) in.expect("REVOKE");
        in.acceptIfExists();
        Verb verb = grant ? Verb.GRANT : Verb.REVOKE;
        if (in.accept("ADMIN", "OPTION", "FOR")) {
            // Of a role.
        }
        if (in.accept("PROXY")) {
            in.expect("ON");
            var definition = new Definition(verb, "proxy");
            definition.mention(Use.ALTERED, "role", account());
            return grantees(definition, grant, start);
        }
        List<Privilege> privileges = in.separated(this::privilege);
        if (!in.accept("ON")) {
            var definition = new Definition(verb, "role");
            for (Privilege privilege : privileges)
                if (privilege.role != null) definition.mention(Use.ALTERED, "role", privilege.role);
            return grantees(definition, grant, start);
        }
        String type = "table";
        if ((in.at("TABLE") || in.at("FUNCTION") || in.at("PROCEDURE") || in.at("LIBRARY"))
                && !in.at(1, "TO")) {
            type = in.tokens.upper(in.index()).toLowerCase(Locale.ROOT);
            in.skip();
        }
        var definition = new Definition(verb, type);
        object(definition, type, privileges);
        return grantees(definition, grant, start);
    }

    /// `SELECT (a, b)`, `CREATE TEMPORARY TABLES`, or a role.
    private Privilege privilege() {
        int start = in.start();
        if (in.at(MySqlTokenKind.STRING) || in.at(MySqlTokenKind.QUOTED_IDENTIFIER))
            return new Privilege("", List.of(), account());
        Identifier first = in.anyWord();
        if (in.at(MySqlTokenKind.USER_VARIABLE)) {
            in.skip();
            return new Privilege("", List.of(), Cursor.unqualified(first));
        }
        var words = new StringBuilder(first.name());
        while (in.isAnyWord(0) && !in.atAny("ON", "TO", "FROM")) {
            words.append(' ').append(in.anyWord().name());
        }
        List<Identifier> columns = in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        return new Privilege(
                words.toString().toUpperCase(Locale.ROOT),
                columns,
                new QualifiedName(List.of(first), in.since(start)));
    }

    private void object(Definition definition, String type, List<Privilege> privileges) {
        List<Identifier> columns = new ArrayList<>();
        for (Privilege privilege : privileges) columns.addAll(privilege.columns);
        if (in.acceptOperator("*")) {
            if (in.accept(MySqlTokenKind.DOT)) in.expectOperator("*");
            return;
        }
        Identifier first = in.identifier();
        if (in.at(MySqlTokenKind.DOT)) {
            in.skip();
            if (in.acceptOperator("*")) {
                definition.mention(Use.ALTERED, "database", Cursor.unqualified(first));
                return;
            }
            Identifier second = in.anyWord();
            var name = new QualifiedName(List.of(first, second), in.since(first.span().start()));
            definition.mention(Use.ALTERED, relationOrFunction(type), name, columns);
            return;
        }
        definition.mention(
                Use.ALTERED, relationOrFunction(type), Cursor.unqualified(first), columns);
    }

    private static String relationOrFunction(String type) {
        return switch (type) {
            case "table" -> "relation";
            case "function", "procedure" -> "function";
            case String other -> other;
        };
    }

    private Statement grantees(Definition definition, boolean grant, int start) {
        // REVOKE ALL PRIVILEGES, GRANT OPTION FROM user has no object.
        in.expect(grant ? "TO" : "FROM");
        do {
            definition.mention(Use.REFERENCED, "role", account());
            authentication();
        } while (in.accept(MySqlTokenKind.COMMA));
        if (in.accept("REQUIRE")) requirements();
        if (in.accept("WITH")) {
            do {
                if (in.accept("GRANT", "OPTION") || in.accept("ADMIN", "OPTION")) continue;
                in.identifier();
                in.number();
            } while (!in.atEnd() && !in.at("AS"));
        }
        if (in.accept("AS")) {
            definition.mention(Use.REFERENCED, "role", account());
            if (in.accept("WITH")) {
                in.expect("ROLE");
                roles(definition);
            }
        }
        if (in.accept("IGNORE")) in.expect("UNKNOWN", "USER");
        return definition.build(in.since(start));
    }

    Mention userMention() {
        QualifiedName name = account();
        return new Mention(Use.REFERENCED, "role", name, List.of(), name.span());
    }
}
