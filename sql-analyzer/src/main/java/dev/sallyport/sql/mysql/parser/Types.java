package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Data types of columns, parameters and casts.
final class Types {
    private static final Set<String> NAMES =
            Set.of(
                    "BIT",
                    "BOOL",
                    "BOOLEAN",
                    "TINYINT",
                    "SMALLINT",
                    "MEDIUMINT",
                    "MIDDLEINT",
                    "INT",
                    "INT1",
                    "INT2",
                    "INT3",
                    "INT4",
                    "INT8",
                    "INTEGER",
                    "BIGINT",
                    "SERIAL",
                    "DEC",
                    "DECIMAL",
                    "NUMERIC",
                    "FIXED",
                    "NUMBER",
                    "FLOAT",
                    "FLOAT4",
                    "FLOAT8",
                    "REAL",
                    "DOUBLE",
                    "DATE",
                    "TIME",
                    "DATETIME",
                    "TIMESTAMP",
                    "YEAR",
                    "CHAR",
                    "CHARACTER",
                    "NCHAR",
                    "NATIONAL",
                    "VARCHAR",
                    "VARCHAR2",
                    "VARCHARACTER",
                    "NVARCHAR",
                    "BINARY",
                    "VARBINARY",
                    "RAW",
                    "TINYBLOB",
                    "BLOB",
                    "MEDIUMBLOB",
                    "LONGBLOB",
                    "TINYTEXT",
                    "TEXT",
                    "MEDIUMTEXT",
                    "LONGTEXT",
                    "LONG",
                    "CLOB",
                    "ENUM",
                    "SET",
                    "JSON",
                    "UUID",
                    "INET4",
                    "INET6",
                    "XMLTYPE",
                    "VECTOR",
                    "GEOMETRY",
                    "POINT",
                    "LINESTRING",
                    "POLYGON",
                    "MULTIPOINT",
                    "MULTILINESTRING",
                    "MULTIPOLYGON",
                    "GEOMETRYCOLLECTION",
                    "GEOMCOLLECTION",
                    "SIGNED",
                    "UNSIGNED",
                    "INTERVAL");

    private final Grammar grammar;
    private final Cursor in;

    Types(Grammar grammar) {
        this.grammar = grammar;
        this.in = grammar.in;
    }

    boolean atType() {
        return in.at(MySqlTokenKind.WORD) && NAMES.contains(in.tokens.upper(in.index()));
    }

    /// A type with everything that belongs to it: length, sign, character set.
    TypeName type() {
        int start = in.start();
        if (!atType()) throw in.error("a data type");
        String word = in.tokens.upper(in.index());
        Identifier name = new Identifier(word.toLowerCase(Locale.ROOT), false, in.here());
        in.skip();
        switch (word) {
            case "INTERVAL" -> grammar.expressions.unit();
            case "DOUBLE" -> in.accept("PRECISION");
            case "NATIONAL" -> {
                in.expectAny("CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER");
                in.accept("VARYING");
            }
            case "CHAR", "CHARACTER", "NCHAR" -> {
                if (!in.accept("VARYING")) in.acceptAny("VARCHAR", "VARCHARACTER");
            }
            case "LONG" -> {
                if (in.acceptAny("CHAR", "CHARACTER")) in.expect("VARYING");
                else in.acceptAny("VARBINARY", "VARCHAR", "VARCHARACTER");
            }
            case "SIGNED", "UNSIGNED" -> in.acceptAny("INTEGER", "INT");
            case String _ -> {}
        }
        List<Expression> modifiers = new ArrayList<>();
        if (in.at(MySqlTokenKind.LEFT_PAREN)) {
            boolean values = word.equals("ENUM") || word.equals("SET");
            modifiers.addAll(
                    in.parenthesised(
                            () -> values ? grammar.expressions.textLiteral() : in.number()));
        }
        boolean more = true;
        while (more) {
            more =
                    in.acceptAny(
                                    "UNSIGNED",
                                    "SIGNED",
                                    "ZEROFILL",
                                    "BINARY",
                                    "ASCII",
                                    "UNICODE",
                                    "BYTE")
                            || acceptCharacterSet()
                            || acceptCompressed();
        }
        return new TypeName(
                new QualifiedName(List.of(name), name.span()),
                modifiers,
                false,
                false,
                0,
                in.since(start));
    }

    private boolean acceptCompressed() {
        if (!in.accept("COMPRESSED")) return false;
        if (in.acceptOperator("=")) in.identifier();
        return true;
    }

    /// `CHARACTER SET utf8mb4`, `CHARSET utf8mb4`.
    boolean acceptCharacterSet() {
        if (!in.accept("CHARACTER", "SET") && !in.accept("CHAR", "SET") && !in.accept("CHARSET"))
            return false;
        characterSetName();
        return true;
    }

    void characterSetName() {
        if (in.acceptAny("BINARY", "ASCII", "DEFAULT")) return;
        in.identifierOrString();
    }

    Identifier collationName() {
        if (in.at("BINARY") || in.at("DEFAULT")) return in.take();
        return in.identifierOrString();
    }
}
