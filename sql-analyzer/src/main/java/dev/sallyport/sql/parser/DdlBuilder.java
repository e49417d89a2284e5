package dev.sallyport.sql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.Ddl;
import dev.sallyport.sql.ast.Statement.DdlExpression;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Routine;
import dev.sallyport.sql.ast.Statement.Use;
import dev.sallyport.sql.ast.Statement.Verb;
import dev.sallyport.sql.ast.TypeName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects what a definition names while it is parsed.
final class DdlBuilder {
    final Verb verb;
    String objectType;
    boolean temporary;
    boolean ifExists;
    boolean cascades;
    boolean borrowsColumns;
    private final List<Mention> mentions = new ArrayList<>();
    private final List<DdlExpression> expressions = new ArrayList<>();
    final List<Statement> statements = new ArrayList<>();
    final List<String> settings = new ArrayList<>();
    @Nullable Routine routine;

    /// The relation whose columns the expressions that follow speak of.
    @Nullable QualifiedName relation;

    DdlBuilder(Verb verb, String objectType) {
        this.verb = verb;
        this.objectType = objectType;
    }

    Ddl build(Span span) {
        return new Ddl(
                verb,
                objectType,
                temporary,
                ifExists,
                cascades,
                mentions,
                expressions,
                statements,
                routine,
                settings,
                borrowsColumns,
                span);
    }

    void mention(Use use, String type, QualifiedName name) {
        mention(use, type, name, List.of());
    }

    void mention(Use use, String type, QualifiedName name, List<Identifier> columns) {
        mentions.add(new Mention(use, type, name, columns, name.span()));
    }

    void mention(Use use, String type, Identifier name) {
        mention(use, type, Cursor.unqualified(name));
    }

    /// A relation that the definition is about; its expressions speak of it.
    void subject(Use use, QualifiedName name) {
        mention(use, "relation", name);
        relation = name;
    }

    /// Columns of the relation that the definition is about.
    void columns(Use use, List<Identifier> columns) {
        QualifiedName name = relation;
        if (name != null && !columns.isEmpty()) mention(use, "relation", name, columns);
    }

    void type(TypeName type) {
        if (type.columnOfRelation())
            mention(
                    Use.REFERENCED,
                    "relation",
                    Types.relationOf(type),
                    List.of(type.name().last()));
        else mention(Use.REFERENCED, "type", type.name());
    }

    void collation(QualifiedName collation) {
        mention(Use.REFERENCED, "collation", collation);
    }

    /// What is in the column is converted to the type.
    void conversion(Identifier column, TypeName type) {
        var from = new Expression.ColumnRef(List.of(column), column.span());
        expression("conversion", new Expression.Cast(from, type, type.span()));
    }

    void expression(String purpose, Expression expression) {
        expressions.add(new DdlExpression(purpose, relation, expression, expression.span()));
    }
}
