package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// CREATE TABLE and ALTER TABLE: columns, keys, options, partitions.
final class Tables {
    private static final Set<String> OWN_ENGINES =
            Set.of(
                    "innodb",
                    "aria",
                    "myisam",
                    "memory",
                    "heap",
                    "archive",
                    "csv",
                    "blackhole",
                    "rocksdb",
                    "columnstore",
                    "ndb",
                    "ndbcluster",
                    "rapid");

    private final Grammar grammar;
    private final Cursor in;

    Tables(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    // ---------------------------------------------------------------- CREATE TABLE

    Statement create(boolean temporary, int start) {
        in.acceptIfNotExists();
        var definition = new Definition(Verb.CREATE, "table");
        definition.temporary = temporary;
        QualifiedName name = in.qualifiedName();
        definition.relation = name;
        definition.mention(Use.CREATED, "relation", name);
        if (in.accept("LIKE")) {
            definition.mention(Use.REFERENCED, "relation", in.qualifiedName());
            return definition.build(in.since(start));
        }
        if (in.at(MySqlTokenKind.LEFT_PAREN) && !grammar.queries.atQuery()) {
            in.skip();
            if (in.accept("LIKE")) {
                definition.mention(Use.REFERENCED, "relation", in.qualifiedName());
                in.expect(MySqlTokenKind.RIGHT_PAREN);
                return definition.build(in.since(start));
            }
            in.separated(() -> {
                element(definition);
                return true;
            });
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        }
        options(definition);
        if (in.at("PARTITION")) partitionBy(definition);
        in.acceptAny("IGNORE", "REPLACE");
        boolean as = in.accept("AS");
        if (as || grammar.queries.atQuery()) definition.statement(grammar.queries.query());
        return definition.build(in.since(start));
    }

    /// A column, key, constraint or period.
    private void element(Definition definition) {
        if (atKey()) {
            key(definition);
        } else if (in.at("PERIOD", "FOR")) {
            in.skip();
            in.skip();
            in.identifier();
            in.nameList();
        } else {
            column(definition);
        }
    }

    private boolean atKey() {
        return in.atAny(
                        "CONSTRAINT",
                        "PRIMARY",
                        "UNIQUE",
                        "FOREIGN",
                        "CHECK",
                        "INDEX",
                        "KEY",
                        "FULLTEXT",
                        "SPATIAL")
                || (in.at("VECTOR") && (in.at(1, "INDEX") || in.at(1, "KEY")));
    }

    /// CONSTRAINT, PRIMARY KEY, UNIQUE, FOREIGN KEY, CHECK, INDEX.
    private void key(Definition definition) {
        if (in.accept("CONSTRAINT")) {
            in.acceptIfNotExists();
            if (!in.atAny("PRIMARY", "UNIQUE", "FOREIGN", "CHECK")) in.identifier();
        }
        if (in.accept("CHECK")) {
            check(definition);
            return;
        }
        if (in.accept("FOREIGN", "KEY")) {
            in.acceptIfNotExists();
            if (in.isIdentifier(0)) in.identifier();
            in.nameList();
            references(definition);
            return;
        }
        if (in.accept("PRIMARY")) {
            in.expect("KEY");
        } else {
            boolean kind = in.acceptAny("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR");
            if (!in.acceptAny("INDEX", "KEY") && !kind) throw in.error("KEY");
        }
        in.acceptIfNotExists();
        if (in.isIdentifier(0)) in.identifier();
        acceptIndexType();
        indexParts(definition);
        indexOptions();
    }

    private void check(Definition definition) {
        in.expect(MySqlTokenKind.LEFT_PAREN);
        definition.expression("check", grammar.expressions.expression());
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        if (in.at("NOT", "ENFORCED")) {
            in.skip();
            in.skip();
        } else {
            in.accept("ENFORCED");
        }
    }

    private void references(Definition definition) {
        in.expect("REFERENCES");
        QualifiedName table = in.qualifiedName();
        List<Identifier> columns = in.at(MySqlTokenKind.LEFT_PAREN) ? in.nameList() : List.of();
        definition.mention(Use.REFERENCED, "relation", table, columns);
        while (true) {
            if (in.accept("MATCH")) in.expectAny("FULL", "PARTIAL", "SIMPLE");
            else if (in.at("ON") && (in.at(1, "DELETE") || in.at(1, "UPDATE"))) {
                in.skip();
                in.skip();
                if (in.accept("SET")) in.expectAny("NULL", "DEFAULT");
                else if (in.accept("NO")) in.expect("ACTION");
                else in.expectAny("RESTRICT", "CASCADE");
            } else return;
        }
    }

    // ---------------------------------------------------------------- indexes

    void acceptIndexType() {
        if (in.acceptAny("USING", "TYPE")) in.expectAny("BTREE", "HASH", "RTREE");
    }

    void indexParts(Definition definition) {
        in.parenthesised(() -> {
            if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
                definition.expression("index", grammar.expressions.expression());
                in.expect(MySqlTokenKind.RIGHT_PAREN);
            } else {
                in.identifier();
                if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
                    in.number();
                    in.expect(MySqlTokenKind.RIGHT_PAREN);
                }
                if (in.accept("WITHOUT")) in.expect("OVERLAPS");
            }
            in.acceptAny("ASC", "DESC");
            return true;
        });
    }

    void indexOptions() {
        while (true) {
            if (in.at("USING") || (in.at("TYPE") && !in.atOperator(1, "="))) acceptIndexType();
            else if (in.accept("COMMENT")) {
                in.acceptOperator("=");
                in.string();
            } else if (in.at("WITH", "PARSER")) {
                in.skip();
                in.skip();
                in.identifier();
            } else if (in.at("NOT", "IGNORED")) {
                in.skip();
                in.skip();
            } else if (in.acceptAny(
                    "KEY_BLOCK_SIZE",
                    "ENGINE_ATTRIBUTE",
                    "SECONDARY_ENGINE_ATTRIBUTE",
                    "CLUSTERING",
                    "DISTANCE",
                    "M")) {
                in.acceptOperator("=");
                attribute();
            } else if (!in.acceptAny("VISIBLE", "INVISIBLE", "IGNORED")) {
                if (!atEngineAttribute()) return;
                in.identifier();
                in.skip();
                attribute();
            }
        }
    }

    /// `name = value` of a storage engine, as MariaDB has them.
    private boolean atEngineAttribute() {
        return in.isMariaDb()
                && in.isIdentifier(0)
                && in.atOperator(1, "=")
                && !in.at("ALGORITHM")
                && !in.at("LOCK");
    }

    private void attribute() {
        if (in.at(MySqlTokenKind.STRING)) in.string();
        else if (in.atNumber() || in.at(MySqlTokenKind.HEX)) in.number();
        else if (!in.accept("DEFAULT")) in.identifier();
    }

    // ---------------------------------------------------------------- columns

    private void column(Definition definition) {
        grammar.expressions.column();
        if (in.accept("SERIAL")) {
            attributes(definition);
            return;
        }
        // A column of a CREATE ... SELECT may have its type from the query.
        if (grammar.types.atType()) grammar.types.type();
        attributes(definition);
    }

    private void attributes(Definition definition) {
        while (attribute(definition)) {
            // One after another.
        }
    }

    private boolean attribute(Definition definition) {
        if (in.accept("NOT")) {
            if (!in.accept("SECONDARY")) in.expect("NULL");
            return true;
        }
        if (in.accept("DEFAULT")) {
            defaultValue(definition);
            return true;
        }
        if (in.accept("ON", "UPDATE")) {
            definition.expression("default", grammar.expressions.simpleExpression());
            return true;
        }
        if (in.at("COMMENT") || in.at("COLUMN_FORMAT") || in.at("STORAGE")) {
            in.skip();
            in.acceptOperator("=");
            attribute();
            return true;
        }
        if (in.accept("COLLATE")) {
            in.acceptOperator("=");
            grammar.types.collationName();
            return true;
        }
        if (grammar.types.acceptCharacterSet()) return true;
        if (in.at("REFERENCES")) {
            references(definition);
            return true;
        }
        if (in.accept("CONSTRAINT")) {
            if (!in.at("CHECK")) in.identifier();
            if (in.at("REFERENCES")) {
                references(definition);
                return true;
            }
            in.expect("CHECK");
            check(definition);
            return true;
        }
        if (in.accept("CHECK")) {
            check(definition);
            return true;
        }
        if (in.accept("GENERATED")) {
            if (in.accept("BY")) in.expect("DEFAULT");
            else in.expect("ALWAYS");
            generated(definition);
            return true;
        }
        if (in.at("AS")) {
            generated(definition);
            return true;
        }
        if (in.at("WITH") || in.at("WITHOUT")) {
            if (!in.at(1, "SYSTEM")) return false;
            in.skip();
            in.skip();
            in.expect("VERSIONING");
            return true;
        }
        if (in.at("SRID")) {
            in.skip();
            in.number();
            return true;
        }
        if (in.at("REF_SYSTEM_ID")
                || in.at("ENGINE_ATTRIBUTE")
                || in.at("SECONDARY_ENGINE_ATTRIBUTE")) {
            in.skip();
            in.acceptOperator("=");
            attribute();
            return true;
        }
        if (in.accept("PRIMARY")) {
            in.accept("KEY");
            return true;
        }
        if (in.accept("UNIQUE")) {
            in.accept("KEY");
            return true;
        }
        if (in.at("SERIAL")) {
            in.skip();
            in.expect("DEFAULT", "VALUE");
            return true;
        }
        if (atEngineAttribute()) {
            in.identifier();
            in.skip();
            attribute();
            return true;
        }
        return in.acceptAny(
                "NULL",
                "AUTO_INCREMENT",
                "KEY",
                "VISIBLE",
                "INVISIBLE",
                "VIRTUAL",
                "STORED",
                "PERSISTENT",
                "COMPRESSED");
    }

    private void defaultValue(Definition definition) {
        if (in.accept("VALUE")) return;
        definition.expression("default", grammar.expressions.simpleExpression());
        if (in.at("ON", "UPDATE")) {
            in.skip();
            in.skip();
            definition.expression("default", grammar.expressions.simpleExpression());
        }
    }

    private void generated(Definition definition) {
        in.expect("AS");
        if (in.accept("ROW")) {
            in.expectAny("START", "END");
            in.accept("HIDDEN");
            return;
        }
        in.expect(MySqlTokenKind.LEFT_PAREN);
        definition.expression("generated", grammar.expressions.expression());
        in.expect(MySqlTokenKind.RIGHT_PAREN);
        in.acceptAny("VIRTUAL", "STORED", "PERSISTENT");
    }

    // ---------------------------------------------------------------- options

    /// Table options, with commas between or without. UNION names other tables.
    void options(Definition definition) {
        while (option(definition)) in.accept(MySqlTokenKind.COMMA);
    }

    private boolean option(Definition definition) {
        if (in.at("UNION")) {
            if (!in.atOperator(1, "=") && in.kind(1) != MySqlTokenKind.LEFT_PAREN) return false;
            // UNION (SELECT ...) continues a query; there is none before it here.
            in.skip();
            in.acceptOperator("=");
            in.expect(MySqlTokenKind.LEFT_PAREN);
            if (!in.at(MySqlTokenKind.RIGHT_PAREN))
                in.separated(() -> {
                    definition.mention(Use.REFERENCED, "relation", in.qualifiedName());
                    return true;
                });
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            return true;
        }
        if (in.at("CONNECTION")) {
            definition.mention(Use.REFERENCED, "server", Cursor.unqualified(in.take()));
            in.acceptOperator("=");
            in.string();
            return true;
        }
        if (in.at("WITH", "SYSTEM") || in.at("WITHOUT", "SYSTEM")) {
            in.skip();
            in.skip();
            in.expect("VERSIONING");
            return true;
        }
        if (in.at("START", "TRANSACTION")) {
            in.skip();
            in.skip();
            return true;
        }
        if (in.at("DEFAULT")
                && !in.at(1, "CHARACTER")
                && !in.at(1, "CHARSET")
                && !in.at(1, "COLLATE")) return false;
        in.accept("DEFAULT");
        if (in.accept("CHARACTER")) {
            in.expect("SET");
            in.acceptOperator("=");
            grammar.types.characterSetName();
            return true;
        }
        if (in.accept("CHARSET")) {
            in.acceptOperator("=");
            grammar.types.characterSetName();
            return true;
        }
        if (in.accept("COLLATE")) {
            in.acceptOperator("=");
            grammar.types.collationName();
            return true;
        }
        if (in.at("DATA", "DIRECTORY") || in.at("INDEX", "DIRECTORY")) {
            definition.mention(Use.REFERENCED, "server directory", Cursor.unqualified(in.take()));
            in.skip();
            in.acceptOperator("=");
            in.string();
            return true;
        }
        if (in.acceptAny("ENGINE", "TYPE", "SECONDARY_ENGINE")) {
            engine(definition);
            return true;
        }
        if (in.acceptAny(
                "AUTO_INCREMENT",
                "AUTOEXTEND_SIZE",
                "AVG_ROW_LENGTH",
                "CHECKSUM",
                "TABLE_CHECKSUM",
                "COMMENT",
                "COMPRESSION",
                "DELAY_KEY_WRITE",
                "ENCRYPTION",
                "ENGINE_ATTRIBUTE",
                "SECONDARY_ENGINE_ATTRIBUTE",
                "INSERT_METHOD",
                "KEY_BLOCK_SIZE",
                "MAX_ROWS",
                "MIN_ROWS",
                "PACK_KEYS",
                "PAGE_CHECKSUM",
                "PASSWORD",
                "ROW_FORMAT",
                "SEQUENCE",
                "STATS_AUTO_RECALC",
                "STATS_PERSISTENT",
                "STATS_SAMPLE_PAGES",
                "STORAGE",
                "TABLESPACE",
                "TRANSACTIONAL")) {
            in.acceptOperator("=");
            attribute();
            return true;
        }
        if (!atEngineAttribute()) return false;
        in.identifier();
        in.skip();
        attribute();
        return true;
    }

    /// Any engine but those that keep a table's rows in the server's own files may reach for files,
    /// other servers and programs (CONNECT, FEDERATED, SPIDER).
    private void engine(Definition definition) {
        in.acceptOperator("=");
        if (in.accept("DEFAULT")) return;
        Identifier name = in.identifierOrString();
        if (!OWN_ENGINES.contains(name.name().toLowerCase(Locale.ROOT)))
            definition.mention(Use.REFERENCED, "storage engine", Cursor.unqualified(name));
    }

    // ---------------------------------------------------------------- partitions

    void partitionBy(Definition definition) {
        in.expect("PARTITION", "BY");
        method(definition);
        if (in.accept("PARTITIONS")) in.number();
        if (in.accept("SUBPARTITION", "BY")) {
            method(definition);
            if (in.accept("SUBPARTITIONS")) in.number();
        }
        if (in.at(MySqlTokenKind.LEFT_PAREN)) partitions(definition);
    }

    private void method(Definition definition) {
        in.accept("LINEAR");
        if (in.accept("SYSTEM_TIME")) {
            if (in.at("INTERVAL")) {
                definition.expression("partition", grammar.expressions.intervalOrFunction(false));
                if (in.accept("STARTS"))
                    definition.expression("partition", grammar.expressions.bitExpression());
            }
            if (in.accept("LIMIT")) in.number();
            in.accept("AUTO");
            return;
        }
        String method = in.expectAny("HASH", "KEY", "RANGE", "LIST");
        if (method.equals("key")) {
            if (in.accept("ALGORITHM")) {
                in.expectOperator("=");
                in.number();
            }
            in.expect(MySqlTokenKind.LEFT_PAREN);
            if (!in.at(MySqlTokenKind.RIGHT_PAREN)) in.separated(in::identifier);
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        } else if (in.acceptAny("COLUMNS", "FIELDS")) {
            in.nameList();
        } else {
            in.expect(MySqlTokenKind.LEFT_PAREN);
            definition.expression("partition", grammar.expressions.expression());
            in.expect(MySqlTokenKind.RIGHT_PAREN);
        }
    }

    private void partitions(Definition definition) {
        in.parenthesised(() -> {
            in.expect("PARTITION");
            in.identifier();
            if (in.accept("VALUES")) {
                if (in.accept("LESS")) {
                    in.expect("THAN");
                    if (!in.accept("MAXVALUE")) bounds(definition);
                } else {
                    in.expect("IN");
                    bounds(definition);
                }
            }
            in.acceptAny("DEFAULT", "HISTORY", "CURRENT");
            partitionOptions(definition);
            if (in.at(MySqlTokenKind.LEFT_PAREN))
                in.parenthesised(() -> {
                    in.expect("SUBPARTITION");
                    in.identifierOrString();
                    partitionOptions(definition);
                    return true;
                });
            return true;
        });
    }

    private void bounds(Definition definition) {
        in.enter();
        in.parenthesised(() -> {
            if (in.accept("MAXVALUE")) return true;
            if (in.at(MySqlTokenKind.LEFT_PAREN)) bounds(definition);
            else definition.expression("partition", grammar.expressions.expression());
            return true;
        });
        in.leave();
    }

    private void partitionOptions(Definition definition) {
        while (true) {
            in.accept("STORAGE");
            if (in.at("DATA", "DIRECTORY") || in.at("INDEX", "DIRECTORY")) {
                definition.mention(
                        Use.REFERENCED, "server directory", Cursor.unqualified(in.take()));
                in.skip();
            } else if (in.accept("ENGINE")) {
                engine(definition);
                continue;
            } else if (!in.acceptAny(
                    "COMMENT", "MAX_ROWS", "MIN_ROWS", "TABLESPACE", "NODEGROUP")) {
                if (!atEngineAttribute()) return;
                in.identifier();
            }
            in.acceptOperator("=");
            attribute();
        }
    }

    // ---------------------------------------------------------------- ALTER TABLE

    Statement alter(int start) {
        boolean ifExists = in.acceptIfExists();
        var definition = new Definition(Verb.ALTER, "table");
        definition.ifExists = ifExists;
        QualifiedName name = in.qualifiedName();
        definition.relation = name;
        definition.mention(Use.ALTERED, "relation", name);
        waitOption();
        if (!in.atEnd()) {
            action(definition);
            while (in.accept(MySqlTokenKind.COMMA)) action(definition);
            if (in.at("PARTITION", "BY")) partitionBy(definition);
            if (in.accept("REMOVE")) in.expect("PARTITIONING");
        }
        return definition.build(in.since(start));
    }

    void waitOption() {
        if (!in.isMariaDb()) return;
        if (!in.accept("NOWAIT") && in.accept("WAIT")) in.number();
    }

    void algorithmAndLock() {
        while (in.at("ALGORITHM") || in.at("LOCK")) {
            in.skip();
            in.acceptOperator("=");
            if (!in.accept("DEFAULT")) in.identifier();
        }
    }

    private void action(Definition definition) {
        if (in.at("PARTITION", "BY")) {
            partitionBy(definition);
            return;
        }
        if (!in.at(MySqlTokenKind.WORD)) throw in.error("what to alter");
        switch (in.tokens.upper(in.index())) {
            case "ADD" -> add(definition);
            case "DROP" -> drop();
            case "MODIFY" -> {
                in.skip();
                in.accept("COLUMN");
                in.acceptIfExists();
                column(definition);
                position();
            }
            case "CHANGE" -> {
                in.skip();
                in.accept("COLUMN");
                in.acceptIfExists();
                in.identifier();
                column(definition);
                position();
            }
            case "ALTER" -> alterColumn(definition);
            case "RENAME" -> rename(definition);
            case "CONVERT" -> {
                in.skip();
                if (in.accept("PARTITION")) {
                    in.identifier();
                    in.expect("TO", "TABLE");
                    definition.mention(Use.CREATED, "relation", in.qualifiedName());
                } else if (in.accept("TABLE")) {
                    definition.mention(Use.ALTERED, "relation", in.qualifiedName());
                    in.expect("TO");
                    partitionDefinition(definition);
                    withValidation();
                } else {
                    in.expect("TO");
                    if (!grammar.types.acceptCharacterSet()) throw in.error("CHARACTER SET");
                    if (in.accept("COLLATE")) grammar.types.collationName();
                }
            }
            case "ORDER" -> grammar.queries.orderBy();
            case "DISABLE", "ENABLE" -> {
                in.skip();
                in.expect("KEYS");
            }
            case "DISCARD", "IMPORT" -> {
                in.skip();
                if (in.accept("PARTITION")) partitionNames();
                in.expect("TABLESPACE");
            }
            case "FORCE" -> in.skip();
            case "ALGORITHM", "LOCK" -> algorithmAndLock();
            case "WITH", "WITHOUT" -> {
                if (in.at(1, "VALIDATION")) withValidation();
                else if (!option(definition)) throw in.error("what to alter");
            }
            case "COALESCE" -> {
                in.skip();
                in.expect("PARTITION");
                in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
                in.number();
            }
            case "REORGANIZE" -> {
                in.skip();
                in.expect("PARTITION");
                in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
                if (in.isIdentifier(0)) {
                    in.separated(in::identifier);
                    in.expect("INTO");
                    partitions(definition);
                }
            }
            case "EXCHANGE" -> {
                in.skip();
                in.expect("PARTITION");
                in.identifier();
                in.expect("WITH", "TABLE");
                definition.mention(Use.ALTERED, "relation", in.qualifiedName());
                withValidation();
            }
            case "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "TRUNCATE" -> {
                in.skip();
                in.expect("PARTITION");
                in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
                partitionNames();
                while (in.acceptAny("QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM")) {
                    // How thoroughly.
                }
            }
            case "REMOVE" -> {
                in.skip();
                in.expect("PARTITIONING");
            }
            case "SECONDARY_LOAD", "SECONDARY_UNLOAD" -> in.skip();
            case String _ -> {
                if (!option(definition)) throw in.error("what to alter");
                options(definition);
            }
        }
    }

    private void withValidation() {
        if (in.acceptAny("WITH", "WITHOUT")) in.expect("VALIDATION");
    }

    private void partitionNames() {
        if (!in.accept("ALL")) in.separated(in::identifier);
    }

    private void partitionDefinition(Definition definition) {
        in.expect("PARTITION");
        in.identifier();
        if (in.accept("VALUES")) {
            if (in.accept("LESS")) {
                in.expect("THAN");
                if (!in.accept("MAXVALUE")) bounds(definition);
            } else {
                in.expect("IN");
                bounds(definition);
            }
        }
        partitionOptions(definition);
    }

    private void add(Definition definition) {
        in.skip();
        if (in.accept("PARTITION")) {
            in.acceptIfNotExists();
            in.acceptAny("LOCAL", "NO_WRITE_TO_BINLOG");
            if (in.accept("PARTITIONS")) in.number();
            else partitions(definition);
            return;
        }
        if (in.at("SYSTEM", "VERSIONING")) {
            in.skip();
            in.skip();
            return;
        }
        if (in.at("PERIOD", "FOR")) {
            element(definition);
            return;
        }
        if (atKey()) {
            key(definition);
            return;
        }
        in.accept("COLUMN");
        in.acceptIfNotExists();
        if (in.accept(MySqlTokenKind.LEFT_PAREN)) {
            in.separated(() -> {
                element(definition);
                return true;
            });
            in.expect(MySqlTokenKind.RIGHT_PAREN);
            return;
        }
        if (in.at("PERIOD", "FOR")) {
            element(definition);
            return;
        }
        column(definition);
        position();
    }

    private void position() {
        if (in.accept("FIRST")) return;
        if (in.accept("AFTER")) in.identifier();
    }

    private void drop() {
        in.skip();
        if (in.accept("PRIMARY")) {
            in.expect("KEY");
            return;
        }
        if (in.accept("PARTITION")) {
            in.acceptIfExists();
            in.separated(in::identifier);
            return;
        }
        if (in.accept("SYSTEM")) {
            in.expect("VERSIONING");
            return;
        }
        if (in.at("PERIOD", "FOR")) {
            in.skip();
            in.skip();
        } else if (in.accept("FOREIGN")) {
            in.expect("KEY");
        } else {
            in.acceptAny("INDEX", "KEY", "CONSTRAINT", "CHECK", "COLUMN");
        }
        in.acceptIfExists();
        if (in.at("PRIMARY")) in.take();
        else in.identifier();
        in.acceptAny("RESTRICT", "CASCADE");
    }

    private void alterColumn(Definition definition) {
        in.skip();
        if (in.acceptAny("INDEX", "KEY")) {
            in.acceptIfExists();
            in.identifier();
            if (in.accept("NOT")) in.expect("IGNORED");
            else in.expectAny("VISIBLE", "INVISIBLE", "IGNORED");
            return;
        }
        if (in.acceptAny("CHECK", "CONSTRAINT")) {
            in.identifier();
            in.accept("NOT");
            in.expect("ENFORCED");
            return;
        }
        in.accept("COLUMN");
        in.acceptIfExists();
        in.identifier();
        if (in.accept("DROP")) {
            in.expect("DEFAULT");
            return;
        }
        in.expect("SET");
        if (in.acceptAny("VISIBLE", "INVISIBLE")) return;
        in.expect("DEFAULT");
        definition.expression("default", grammar.expressions.simpleExpression());
    }

    private void rename(Definition definition) {
        in.skip();
        if (in.atAny("INDEX", "KEY", "COLUMN")) {
            in.skip();
            in.acceptIfExists();
            in.identifier();
            in.expect("TO");
            in.identifier();
            return;
        }
        if (!in.acceptOperator("=")) in.acceptAny("TO", "AS");
        definition.mention(Use.CREATED, "relation", in.qualifiedName());
    }
}
