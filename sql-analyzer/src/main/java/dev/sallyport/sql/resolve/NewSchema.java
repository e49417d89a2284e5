package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Column;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A schema that CREATE SCHEMA makes, with its elements as far as they are there: later ones may
/// speak of earlier ones, and no snapshot holds them.
final class NewSchema {
    /// What a relation of it is made of.
    private sealed interface Made {
        Relation relation();

        record Table(Relation relation) implements Made {}

        /// Of columns that are another relation's or a type's.
        record LikeAnother(Relation relation) implements Made {}

        /// @param below what each column is computed from
        record View(Relation relation, Map<String, Flow> below) implements Made {}
    }

    private static final int LAST_TURN = 5;

    final String name;
    private final Map<String, Made> relations = new HashMap<>();

    NewSchema(String name) {
        this.name = name;
    }

    /// In the order in which the server makes them, whatever their place in the text: sequences,
    /// tables, views, indexes, triggers, grants (`transformCreateSchemaStmtElements`, PostgreSQL 15
    /// to 18).
    ///
    /// @throws Refusal for what is no element of CREATE SCHEMA
    static List<Statement> inTurn(List<Statement> elements) {
        List<List<Statement>> turns = new ArrayList<>();
        for (int i = 0; i <= LAST_TURN; i++) turns.add(new ArrayList<>(0));
        for (Statement element : elements) turns.get(turn(element)).add(element);
        return turns.stream().flatMap(List::stream).toList();
    }

    private static int turn(Statement element) {
        if (element instanceof Statement.CreateView view && !view.materialized()) return 2;
        if (element instanceof Statement.Ddl ddl) {
            if (ddl.verb() == Statement.Verb.GRANT) return LAST_TURN;
            if (ddl.verb() == Statement.Verb.CREATE)
                switch (ddl.objectType()) {
                    case "sequence" -> {
                        return 0;
                    }
                    case "table" -> {
                        return 1;
                    }
                    case "index" -> {
                        return 3;
                    }
                    case "trigger" -> {
                        return 4;
                    }
                    case String _ -> {}
                }
        }
        throw Refusal.unsupported("this is no element of CREATE SCHEMA: send it apart", element);
    }

    @Nullable Relation relation(String relationName) {
        Made made = relations.get(relationName);
        return made == null ? null : made.relation();
    }

    void table(String tableName, RelationKind kind, List<Column> columns, boolean borrowsColumns) {
        Relation relation = Relation.inTheMaking(name, tableName, kind, columns);
        relations.put(
                tableName,
                borrowsColumns ? new Made.LikeAnother(relation) : new Made.Table(relation));
    }

    /// @param renamed the names of its first columns, as behind the view's own name
    void view(String viewName, List<String> renamed, List<Field> result) {
        List<Column> columns = new ArrayList<>(result.size());
        Map<String, Flow> below = new HashMap<>();
        for (int i = 0; i < result.size(); i++) {
            String column = i < renamed.size() ? renamed.get(i) : result.get(i).name();
            columns.add(new Column(column, result.get(i).value().type()));
            below.put(column, result.get(i).flow());
        }
        Relation relation = Relation.inTheMaking(name, viewName, RelationKind.VIEW, columns);
        relations.put(viewName, new Made.View(relation, below));
    }

    /// @throws Refusal when its columns aren't known
    void checkReadable(Relation relation, Node where) {
        if (relations.get(relation.name()) instanceof Made.LikeAnother(var made)
                && made == relation)
            throw Refusal.unsupported(
                    "the columns of "
                            + relation.resource().describe()
                            + " come from elsewhere: create it before what reads it",
                    where);
    }

    /// What a column of a view in the making is computed from; null for any other column.
    @Nullable Flow below(Relation relation, Catalog.Column column) {
        return relations.get(relation.name()) instanceof Made.View(var made, var below)
                        && made == relation
                ? below.get(column.name())
                : null;
    }
}
