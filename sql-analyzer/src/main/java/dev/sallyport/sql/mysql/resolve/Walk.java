package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.Node;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.ast.Relation;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.resolve.Accesses;
import dev.sallyport.sql.rewrite.Reference;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Views;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the walk over one statement has found so far, and the parts that walk it.
final class Walk {
    /// Queries, sub-selects and views inside each other.
    private static final int MAX_DEPTH = 200;

    final MySqlContext context;
    final CatalogNames names;

    /// The text that the statement's spans are offsets into.
    final String text;

    /// Where in the text an identifier starts whose meaning was found.
    final BitSet accounted;

    /// The same of each prepared text in the statement, in the order of the parser.
    final List<BitSet> prepared;

    final Accesses accesses = new Accesses();
    final Set<Effect> effects = EnumSet.noneOf(Effect.class);

    /// Effects of functions, which EXPLAIN may call though it doesn't execute.
    final Set<Effect> functionEffects = EnumSet.noneOf(Effect.class);

    final List<SessionChange> sessionChanges = new ArrayList<>();

    /// Names that mean a stored program's variables where no column has them.
    List<Identifier> variables = List.of();

    /// What every statement sees besides its own: OLD and NEW of a trigger. Null for nothing.
    @Nullable Level outside;

    /// Every place that names a relation.
    final List<Named> named = new ArrayList<>();

    /// In what the places that are walked stand, where nothing can take their place; null where
    /// something can.
    @Nullable String fixedIn;

    /// It has something in it that tells how often it was evaluated, whatever it is computed from.
    boolean tells;

    private final Map<Source, Named> bySource = new IdentityHashMap<>();

    /// An UPDATE or DELETE without a condition.
    boolean everyRow;

    final Expressions expressions = new Expressions(this);
    final Queries queries = new Queries(this);
    final Relations relations = new Relations(this);
    final Dml dml = new Dml(this);

    private int depth;

    Walk(MySqlContext context, String text, BitSet accounted, List<BitSet> prepared) {
        this.context = context;
        this.names = CatalogNames.of(context.catalog());
        this.text = text;
        this.accounted = accounted;
        this.prepared = prepared;
    }

    /// Of a text behind this one, as a view's or a prepared one; it counts on with the depth.
    Walk nested(MySqlContext its, String itsText, BitSet itsAccounted) {
        var nested = new Walk(its, itsText, itsAccounted, prepared);
        nested.depth = depth + 1;
        return nested;
    }

    /// @param span of the name
    /// @param table as it stands in FROM; null elsewhere
    Named name(
            Catalog.Relation relation,
            Span span,
            String name,
            Relation.@Nullable Table table,
            @Nullable String fixed) {
        // A recursive WITH query's first part is come to twice.
        for (Named known : named) if (table != null && known.isAt(relation, span)) return known;
        var place = new Named(relation, span, name, table, fixedIn == null ? fixed : fixedIn);
        named.add(place);
        return place;
    }

    void fixAll(String what) {
        for (Named place : named) if (place.fixed == null) place.fixed = what;
    }

    void named(Source source, Named place) {
        bySource.put(source, place);
    }

    @Nullable Named named(Source source) {
        return bySource.get(source);
    }

    /// At the statement's own level: what is in the select list is computed for its result only.
    boolean isOutermost() {
        return depth <= 1;
    }

    References references() {
        List<Reference> all = new ArrayList<>(named.size());
        for (Named place : named) all.add(place.reference(text, tells));
        return all.isEmpty() ? References.NONE : new References(all, explained, false, Views.NONE);
    }

    /// Of an EXPLAIN.
    References.@Nullable Explain explained;

    void account(Identifier identifier) {
        accounted.set(identifier.span().start());
    }

    void account(List<Identifier> identifiers) {
        for (Identifier identifier : identifiers) account(identifier);
    }

    void account(QualifiedName name) {
        account(name.parts());
    }

    /// @throws Refusal when too deep
    void enter(Node where) {
        if (++depth > MAX_DEPTH) throw Refusal.tooComplex(where);
    }

    void leave() {
        depth--;
    }

    /// Adds all that the walk of a text inside this one found, where nothing can be replaced. What
    /// it shows to the client doesn't count as shown here.
    void include(Walk other) {
        for (Access access : other.accesses.toList()) {
            var entry =
                    accesses.add(
                            access.action(), access.resource(), access.via().orElse(null), true);
            for (var column : access.columns())
                for (Place place : column.places()) entry.column(column.column()).mark(place);
        }
        functionEffects.addAll(other.functionEffects);
        for (Named place : other.named)
            name(
                    place.relation,
                    new Span(0, 0),
                    place.relation.name(),
                    null,
                    "a statement that is prepared from a text: prepare it by the protocol");
        everyRow |= other.everyRow;
    }

    void admin(String type, String name) {
        accesses.add(Action.ADMIN, new Resource.Other(type, "", name));
        effects.add(Effect.OUTSIDE);
    }
}
