package dev.sallyport.sql.parser;

import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Query;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.ast.Statement;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.ast.With;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A syntactic walk over a tree, by reflection so that it cannot forget a part: the last names of
/// relations (CTEs in scope left out) and of called functions.
final class Mentioned {
    final Set<String> relations = new TreeSet<>();
    final Set<String> functions = new TreeSet<>();
    int literals;

    /// Everything named, as `relation s.patients`, `role bob`.
    final Set<String> names = new TreeSet<>();

    static Mentioned in(List<? extends Node> statements) {
        var mentioned = new Mentioned();
        for (Node statement : statements) mentioned.walk(statement, Set.of());
        return mentioned;
    }

    /// Without a look at scopes: references to CTEs count.
    static Mentioned raw(List<? extends Node> statements) {
        var mentioned = new Mentioned();
        mentioned.raw = true;
        for (Node statement : statements) mentioned.walk(statement, Set.of());
        return mentioned;
    }

    private boolean raw;

    private void walk(@Nullable Object value, Set<String> ctes) {
        if (value instanceof List<?> list) {
            for (Object item : list) walk(item, ctes);
            return;
        }
        if (!(value instanceof Record record)) return;
        Set<String> scope = ctes;
        if (record instanceof Statement.Preparable preparable && preparable.with() != null)
            scope = with(preparable.with(), ctes);
        name(record, scope);
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object part = component(record, component);
            if (!(part instanceof With)) walk(part, scope);
        }
    }

    private Set<String> with(With with, Set<String> ctes) {
        var scope = new HashSet<>(ctes);
        if (with.recursive()) for (var table : with.tables()) scope.add(table.name().name());
        for (var table : with.tables()) {
            walk(table, Set.copyOf(scope));
            scope.add(table.name().name());
        }
        return scope;
    }

    private void name(Record record, Set<String> ctes) {
        switch (record) {
            case Relation.Table table -> {
                boolean cte =
                        !raw
                                && table.name().parts().size() == 1
                                && ctes.contains(table.name().last().name());
                if (!cte) relation(table.name());
            }
            case Statement.Target target -> relation(target.name());
            case Query.IntoTable into -> relation(into.name());
            case Statement.Copy copy -> {
                if (copy.table() != null) relation(copy.table());
            }
            case Statement.CreateView view -> relation(view.name());
            case Statement.CreateTableAs table -> relation(table.name());
            case Statement.MaintenanceTarget target -> relation(target.name());
            case TypeName type -> names.add("type " + type.name());
            case Statement.Mention mention -> {
                names.add(mention.type() + " " + mention.name());
                // A composite type is a relation to PostgreSQL's parser, a constraint's name too.
                if (mention.type().equals("relation")
                        || mention.type().equals("foreign relation")
                        || mention.type().equals("type"))
                    relations.add(mention.name().last().name());
                if (mention.type().equals("function")) functions.add(mention.name().toString());
            }
            case Expression.FunctionCall call -> {
                functions.add(call.name().toString());
                names.add("function " + call.name());
            }
            case Expression.Like like -> {
                if (like.kind() == Expression.LikeKind.SIMILAR_TO)
                    functions.add("pg_catalog.similar_to_escape");
                else if (like.escape() != null) functions.add("pg_catalog.like_escape");
            }
            case Statement.Transaction transaction ->
                    transaction
                            .constraints()
                            .forEach(constraint -> relations.add(constraint.last().name()));
            case Expression.Literal _ -> literals++;
            default -> {}
        }
    }

    private void relation(QualifiedName name) {
        relations.add(name.last().name());
        names.add("relation " + name);
    }

    private static @Nullable Object component(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
