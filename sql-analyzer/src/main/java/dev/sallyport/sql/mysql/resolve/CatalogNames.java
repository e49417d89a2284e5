package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.MySqlFacts;
import dev.sallyport.sql.catalog.Sought;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The objects that names mean in one snapshot, by the server's rules for their case. Any thread.
final class CatalogNames {
    final Catalog catalog;
    final MySqlFacts facts;

    /// By folded name, where case doesn't count.
    private final Map<String, Catalog.Schema> schemas = new HashMap<>();

    private final Map<String, Map<String, Catalog.Relation>> relations = new HashMap<>();

    private CatalogNames(Catalog catalog) {
        this.catalog = catalog;
        this.facts = Objects.requireNonNull(catalog.mySql());
        for (Catalog.Schema schema : catalog.schemas()) {
            schemas.put(fold(schema.name()), schema);
            Map<String, Catalog.Relation> own = new HashMap<>();
            for (Catalog.Relation relation : schema.relations())
                own.put(
                        schema.name().equals("information_schema")
                                ? Folding.lower(relation.name())
                                : fold(relation.name()),
                        relation);
            relations.put(schema.name(), own);
        }
    }

    static CatalogNames of(Catalog catalog) {
        return catalog.derived(CatalogNames.class, () -> new CatalogNames(catalog));
    }

    private String fold(String name) {
        return facts.tableCaseCounts() ? name : Folding.lower(name);
    }

    /// Whether two names of tables, or aliases of tables, are the same.
    boolean sameTable(String a, String b) {
        return facts.tableCaseCounts() ? a.equals(b) : Folding.same(a, b);
    }

    /// Not the same, but perhaps to some version of the server.
    boolean confusableTables(String a, String b) {
        return !facts.tableCaseCounts() && Folding.confusable(a, b);
    }

    Catalog.@Nullable Schema schema(String name) {
        // Its case never counts.
        if (Folding.same(name, "information_schema")) return catalog.schema("information_schema");
        return schemas.get(fold(name));
    }

    Catalog.@Nullable Relation relation(String schemaName, String name) {
        Catalog.Schema schema = schema(schemaName);
        if (schema == null) return null;
        Map<String, Catalog.Relation> own = relations.get(schema.name());
        if (own == null) return null;
        return own.get(
                schema.name().equals("information_schema") ? Folding.lower(name) : fold(name));
    }

    /// Stored routines of that name in a schema.
    List<Catalog.Routine> routines(String schemaName, String name) {
        Catalog.Schema schema = schema(schemaName);
        if (schema == null) return List.of();
        return catalog.routines(schema.name(), Folding.lower(name));
    }

    /// The schema that an unqualified name is in.
    ///
    /// @param current empty for none
    String schemaOf(QualifiedName name, String current) {
        List<Identifier> parts = name.parts();
        if (parts.size() == 2) return parts.getFirst().name();
        if (parts.size() > 2) throw Refusal.unsupported("a name of more than two parts", name);
        if (current.isEmpty())
            throw Refusal.unknown(
                    "no database is selected: write its name before "
                            + name.last().name()
                            + ", or USE it",
                    name);
        return current;
    }

    Catalog.Relation known(QualifiedName name, String current) {
        String schema = schemaOf(name, current);
        Catalog.Relation relation = relation(schema, name.last().name());
        if (relation == null)
            throw Refusal.unknown(
                    "table " + schema + "." + name.last().name() + " is not known",
                    name,
                    Set.of(new Sought.Relation(schema, name.last().name())));
        return relation;
    }

    /// How footprints name a schema that is written so.
    String written(String schema) {
        Catalog.Schema known = schema(schema);
        return known == null ? schema : known.name();
    }
}
