package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.ast.Expression;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.resolve.Value.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a name to the column, or the whole row, that it means: the nearest level that knows it
/// wins; two answers at one level are none.
final class Columns {
    private final Names names;
    private final Findings findings;

    Columns(Names names, Findings findings) {
        this.names = names;
        this.findings = findings;
    }

    /// Null when the qualifier is a FROM item that has no such column: the name may be a function.
    ///
    /// @throws Refusal when there is neither
    @Nullable Value find(Expression.ColumnRef ref, Scope scope) {
        List<Identifier> parts = ref.parts();
        String last = parts.getLast().name();
        if (parts.size() > 1) {
            Source source = source(parts, parts.size() - 1, ref, scope);
            Value found = column(source, last, ref);
            // Qualified, so it may come from outside of a scalar sub-select that it stands in.
            if (found != null && !findings.outsideScalars.isEmpty() && !isOf(scope, source))
                found.flow().tell();
            return found;
        }
        boolean crossed = false;
        for (Scope level = scope; level != null; level = level.outer) {
            crossed |= findings.outsideScalars.contains(level);
            Value found = null;
            for (Source source : level.sources) {
                if (!source.columnsVisible) continue;
                Value here = unqualified(source, last, ref);
                if (here == null) continue;
                if (found != null) throw Refusal.ambiguous("column " + last + " is ambiguous", ref);
                found = here;
            }
            if (found != null) {
                if (crossed) found.flow().tell();
                return found;
            }
        }
        // No column of that name: a whole row, if a FROM item has it.
        Source source = findSource(parts, parts.size(), ref, scope);
        return source == null ? null : row(source, scope);
    }

    /// See {@link Source#beside}.
    @Nullable Flow beside(
            Expression.ColumnRef ref, Scope scope, Catalog.ColumnOf expected, String beside) {
        List<Identifier> parts = ref.parts();
        String last = parts.getLast().name();
        if (parts.size() > 1) {
            Source source = findSource(parts, parts.size() - 1, ref, scope);
            return source == null ? null : source.beside(last, expected, beside);
        }
        for (Scope level = scope; level != null; level = level.outer)
            for (Source source : level.sources)
                if (source.columnsVisible && source.unqualifiedNames().contains(last))
                    return source.beside(last, expected, beside);
        return null;
    }

    /// Whether the name is a column of this level itself.
    boolean isLocal(Expression.ColumnRef ref, Scope scope) {
        String name = ref.parts().getFirst().name();
        for (Source source : scope.sources)
            if (source.columnsVisible && source.unqualifiedNames().contains(name)) return true;
        return false;
    }

    private static @Nullable Value column(Source source, String name, Node where) {
        try {
            return source.column(name);
        } catch (Source.Duplicate _) {
            throw Refusal.ambiguous("column " + name + " is ambiguous", where);
        }
    }

    private static @Nullable Value unqualified(Source source, String name, Node where) {
        try {
            return source.unqualified(name);
        } catch (Source.Duplicate _) {
            throw Refusal.ambiguous("column " + name + " is ambiguous", where);
        }
    }

    /// Every column of a FROM item as one value.
    Value wholeRow(List<Identifier> qualifier, Node where, Scope scope) {
        if (qualifier.isEmpty())
            throw Refusal.unsupported("* without a table is not understood here", where);
        return row(source(qualifier, qualifier.size(), where, scope), scope);
    }

    private static boolean isOf(Scope scope, Source source) {
        return scope.sources.contains(source);
    }

    private Value row(Source source, Scope scope) {
        List<Field> fields = source.columns();
        if (!findings.outsideScalars.isEmpty() && !isOf(scope, source))
            for (Field field : fields) field.flow().tell();
        return new Value(
                Flow.of(fields.stream().map(Field::flow).toList()), source.rowType(), fields);
    }

    /// What `*` or `t.*` stands for.
    List<Field> star(Expression.Star star, Scope scope) {
        List<Identifier> qualifier = star.qualifier();
        if (!qualifier.isEmpty())
            return source(qualifier, qualifier.size(), star, scope).starColumns();
        List<Field> all = new ArrayList<>();
        boolean any = false;
        for (Source source : scope.sources)
            if (source.columnsVisible) {
                all.addAll(source.unqualifiedColumns());
                any = true;
            }
        if (!any) throw Refusal.unknown("* without a table to take columns from", star, Set.of());
        return all;
    }

    private Source source(List<Identifier> parts, int qualifying, Node where, Scope scope) {
        Source source = findSource(parts, qualifying, where, scope);
        if (source != null) return source;
        throw Refusal.unknown(
                "table " + qualifier(parts, qualifying, where) + " is not in FROM here",
                where,
                Set.of());
    }

    private static QualifiedName qualifier(List<Identifier> parts, int qualifying, Node where) {
        return new QualifiedName(parts.subList(0, qualifying), where.span());
    }

    /// @param qualifying how many of the parts, from the first, name the FROM item
    private @Nullable Source findSource(
            List<Identifier> parts, int qualifying, Node where, Scope scope) {
        Identifier last = parts.get(qualifying - 1);
        String name = last.name();
        Catalog.Relation relation = null;
        if (qualifying > 1) {
            String schema = names.schemaOf(qualifier(parts, qualifying, where));
            relation = schema == null ? null : names.catalog.relation(schema, name);
            if (relation == null) return null;
        }
        for (Scope level = scope; level != null; level = level.outer) {
            Source found = null;
            for (Source source : level.sources) {
                if (!source.relationVisible) continue;
                if (relation == null ? !source.name.equals(name) : !source.isRelation(relation))
                    continue;
                if (found != null)
                    throw Refusal.ambiguous("table reference " + name + " is ambiguous", where);
                found = source;
            }
            if (found != null) {
                if (relation != null)
                    found.qualified(new Span(parts.getFirst().span().start(), last.span().start()));
                return found;
            }
        }
        return null;
    }
}
