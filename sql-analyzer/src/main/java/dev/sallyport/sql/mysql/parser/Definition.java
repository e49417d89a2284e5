package dev.sallyport.sql.mysql.parser;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.Statement.DdlExpression;
import dev.sallyport.sql.ast.Statement.Mention;
import dev.sallyport.sql.ast.Statement.Use;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a definition names, collected while it is parsed.
final class Definition {
    private final Statement.Verb verb;
    private final String objectType;
    boolean temporary;
    boolean ifExists;
    private final List<Mention> mentions = new ArrayList<>();
    private final List<DdlExpression> expressions = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();
    Statement.@Nullable Routine routine;
    final List<String> settings = new ArrayList<>();

    /// The table whose columns the expressions name.
    @Nullable QualifiedName relation;

    Definition(Statement.Verb verb, String objectType) {
        this.verb = verb;
        this.objectType = objectType;
    }

    void mention(Use use, String type, QualifiedName name) {
        mention(use, type, name, List.of());
    }

    void mention(Use use, String type, QualifiedName name, List<Identifier> columns) {
        mentions.add(new Mention(use, type, name, columns, name.span()));
    }

    void expression(String purpose, Expression expression) {
        expressions.add(new DdlExpression(purpose, relation, expression, expression.span()));
    }

    void statement(Statement statement) {
        statements.add(statement);
    }

    Statement.Ddl build(Span span) {
        return new Statement.Ddl(
                verb,
                objectType,
                temporary,
                ifExists,
                false,
                mentions,
                expressions,
                statements,
                routine,
                settings,
                false,
                span);
    }
}
