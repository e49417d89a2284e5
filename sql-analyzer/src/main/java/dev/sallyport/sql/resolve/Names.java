package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.TypeName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Catalog.Operator;
import dev.sallyport.sql.catalog.Catalog.Relation;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.Type;
import dev.sallyport.sql.catalog.Sought;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks names up as the server does: by schema, or along the search path.
final class Names {
    private static final String PG_CATALOG = "pg_catalog";

    final Catalog catalog;

    /// The schemas searched, in order, implicit ones included.
    private final List<String> path;

    /// The same for functions and operators: never the temporary schema.
    private final List<String> callablePath;

    private final Findings findings;
    private @Nullable NewSchema newSchema;

    Names(Catalog catalog, List<String> path, Findings findings) {
        this.catalog = catalog;
        this.path = path;
        this.callablePath =
                path.contains(Catalog.TEMP_SCHEMA)
                        ? path.stream().filter(s -> !s.equals(Catalog.TEMP_SCHEMA)).toList()
                        : path;
        this.findings = findings;
    }

    /// The schema written before the last part, null when none is.
    ///
    /// @throws Refusal for another database's name
    @Nullable String schemaOf(QualifiedName name) {
        List<Identifier> parts = name.parts();
        return switch (parts.size()) {
            case 1 -> null;
            case 2 -> parts.get(0).name();
            case 3 -> {
                if (!parts.get(0).name().equals(catalog.database()))
                    throw Refusal.unknown(
                            "another database: " + parts.get(0).name(), name, Set.of());
                yield parts.get(1).name();
            }
            default -> throw Refusal.unknown("too many parts: " + name, name, Set.of());
        };
    }

    /// The relation of that name, null when there is none.
    @Nullable Relation find(QualifiedName name) {
        findings.account(name);
        String schema = schemaOf(name);
        String last = name.last().name();
        Relation made = made(schema, last, name);
        if (made != null) return made;
        if (schema != null) return catalog.relation(schema, last);
        for (String searched : path) {
            Relation found = catalog.relation(searched, last);
            if (found != null) return found;
        }
        return null;
    }

    /// What the same CREATE SCHEMA has made: the server searches the new schema before all that the
    /// path names, behind what it searches unnamed. Whether the path names the temporary schema and
    /// the system's isn't known here.
    private @Nullable Relation made(@Nullable String schema, String last, QualifiedName name) {
        if (newSchema == null || schema != null && !schema.equals(newSchema.name)) return null;
        Relation made = newSchema.relation(last);
        if (made == null || schema != null) return made;
        for (String perhapsBefore : List.of(Catalog.TEMP_SCHEMA, PG_CATALOG))
            if (path.contains(perhapsBefore) && catalog.relation(perhapsBefore, last) != null)
                throw Refusal.ambiguous(
                        "whether " + last + " is the new one is not known here: write its schema",
                        name);
        return made;
    }

    Relation relation(QualifiedName name) {
        Relation found = find(name);
        if (found == null) throw unknownRelation(name);
        return found;
    }

    Refusal unknownRelation(QualifiedName name) {
        return Refusal.unknown(
                "relation " + name + " is not known",
                name,
                Set.of(new Sought.Relation(schemaOf(name), name.last().name())));
    }

    /// A column is in sight through the relations that the statement reads or writes itself.
    Refusal unknownColumn(String name, Node where) {
        return unknownColumn(name, where, Set.of());
    }

    /// @param orElse what else would do
    Refusal unknownColumn(String name, Node where, Set<Sought> orElse) {
        String reason = "column " + name + " is not known";
        if (findings.showsUsersColumns) return Refusal.unknown(reason, where);
        Set<Sought> sought = new HashSet<>(orElse);
        for (Accesses.Entry entry : findings.accesses.entries())
            if (entry.via == null && entry.resource instanceof Resource.Relation relation)
                sought.add(new Sought.Column(relation.schema(), relation.name(), name));
        return Refusal.unknown(reason, where, sought);
    }

    /// @param what as `function`
    Refusal unknownRoutine(String what, QualifiedName name) {
        return Refusal.unknown(
                what + " " + name + " is not known",
                name,
                Set.of(new Sought.Routine(schemaOf(name), name.last().name())));
    }

    Refusal unknownType(QualifiedName name) {
        return Refusal.unknown(
                "type " + name + " is not known",
                name,
                Set.of(new Sought.Type(schemaOf(name), name.last().name())));
    }

    /// The schema in which an unqualified new object is created; as the server, the first one that
    /// was named in the search path.
    String creationSchema(QualifiedName where) {
        if (newSchema != null) return newSchema.name;
        boolean systemSeen = false;
        for (String schema : path) {
            if (schema.equals(PG_CATALOG)) systemSeen = true;
            // Before pg_catalog, it stands there only because the path doesn't name it.
            else if (!schema.equals(Catalog.TEMP_SCHEMA) || systemSeen) return schema;
        }
        throw Refusal.unknown("no schema in the search path to create " + where + " in", where);
    }

    /// Inside CREATE SCHEMA, what has no schema belongs to the new one.
    void createIn(NewSchema schema) {
        newSchema = schema;
    }

    @Nullable NewSchema newSchema() {
        return newSchema;
    }

    /// Every function that a call by that name could mean, whatever its arguments.
    List<Routine> routines(QualifiedName name) {
        findings.account(name);
        String schema = schemaOf(name);
        String last = name.last().name();
        if (schema != null) return catalog.routines(schema, last);
        List<Routine> found = List.of();
        for (String searched : callablePath) {
            List<Routine> here = catalog.routines(searched, last);
            if (here.isEmpty()) continue;
            if (found.isEmpty()) found = here;
            else {
                found = new ArrayList<>(found);
                found.addAll(here);
            }
        }
        return found;
    }

    /// Every operator of that symbol that the statement can mean.
    List<Operator> operators(@Nullable String schema, String symbol) {
        List<Operator> all = catalog.operators(symbol);
        if (schema == null && callablePath.containsAll(catalog.schemasOfOperators(symbol)))
            return all;
        List<Operator> visible = all;
        for (int i = 0; i < all.size(); i++) {
            String home = all.get(i).schema();
            boolean seen = schema != null ? home.equals(schema) : callablePath.contains(home);
            if (!seen && visible == all) visible = new ArrayList<>(all.subList(0, i));
            else if (seen && visible != all) visible.add(all.get(i));
        }
        return visible;
    }

    /// The type's oid.
    long type(TypeName name) {
        long type = element(name);
        if (name.arrayDimensions() == 0 || type == Types.ANY) return type;
        return catalog.arrayOf(type);
    }

    private long element(TypeName name) {
        if (name.columnOfRelation()) {
            findings.account(name.name());
            return Types.ANY;
        }
        Type found = findType(name.name());
        if (found == null) throw unknownType(name.name());
        return found.oid();
    }

    @Nullable Type findType(QualifiedName name) {
        findings.account(name);
        String schema = schemaOf(name);
        String last = name.last().name();
        if (made(schema, last, name) != null)
            throw Refusal.unsupported(
                    "the type of the rows of " + last + " is not there yet: send this apart", name);
        if (schema != null) return catalog.type(schema, last);
        for (String searched : path) {
            Type found = catalog.type(searched, last);
            if (found != null) return found;
        }
        return null;
    }

    /// The schemas in which a relation of that name may lie, for statements about relations that
    /// the snapshot doesn't hold: everything searched but the system's.
    List<String> userSchemas() {
        return callablePath.stream().filter(s -> !s.equals(PG_CATALOG)).toList();
    }
}
