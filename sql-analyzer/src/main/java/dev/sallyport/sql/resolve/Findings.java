package dev.sallyport.sql.resolve;

import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.Resource.RelationKind;
import dev.sallyport.sql.access.SessionChange;
import dev.sallyport.sql.ast.Identifier;
import dev.sallyport.sql.ast.QualifiedName;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.rewrite.Reference;
import dev.sallyport.sql.rewrite.References;
import dev.sallyport.sql.rewrite.Views;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the walk over one statement has found so far.
final class Findings {
    /// Sub-selects, CTEs, joins and expressions inside each other, all counted: what fits into the
    /// 512 KB that the gateway's threads have.
    private static final int MAX_DEPTH = 400;

    final Accesses accesses = new Accesses();
    final Set<Effect> effects = EnumSet.noneOf(Effect.class);

    /// Effects of functions, which EXPLAIN may call though it doesn't execute.
    final Set<Effect> functionEffects = EnumSet.noneOf(Effect.class);

    final List<SessionChange> sessionChanges = new ArrayList<>();

    /// Where in the text an identifier starts whose meaning was found.
    final BitSet accounted;

    /// The places that name relations, in the order met; views' and rules' own texts aside.
    final List<Referring> references = new ArrayList<>();

    References.@Nullable Explain explain;

    /// Counts computations that are not leakproof, so that whoever resolves an expression knows
    /// whether there was one in it.
    int tellings;

    /// Values that are neither constants nor come from columns.
    final List<Flow> varying = new ArrayList<>(0);

    /// A parameter is converted explicitly.
    boolean castsParameters;

    /// Tables that the text names with ONLY, or where that goes without saying.
    private Set<Catalog.Relation> namedAlone = Set.of();

    /// Tables that it names with all that inherits from them.
    private Set<Catalog.Relation> namedWhole = Set.of();

    /// Sub-selects inside expressions round the place at hand. What they compute is evaluated for
    /// each row of the query outside, perhaps before its conditions.
    int expressionQueries;

    /// What is outside of the scalar ones among them, which fail if there are two rows.
    final List<Scope> outsideScalars = new ArrayList<>(0);

    /// A FROM item's columns are those of a function that users wrote, or of the type it returns.
    boolean showsUsersColumns;

    private int depth;

    /// The text is a view's or a rule's, as the server prints it.
    private boolean printed;

    Findings(BitSet accounted) {
        this.accounted = accounted;
    }

    /// Of a statement inside this one; it counts on with the depth.
    Findings nested(BitSet itsAccounted) {
        Findings nested = new Findings(itsAccounted);
        nested.depth = depth;
        return nested;
    }

    /// Of a view's or rule's text behind this one.
    Findings ofPrinted() {
        Findings nested = nested(new BitSet());
        nested.printed = true;
        return nested;
    }

    boolean isPrinted() {
        return printed;
    }

    void account(Identifier identifier) {
        accounted.set(identifier.span().start());
    }

    void account(QualifiedName name) {
        account(name.parts());
    }

    void account(List<Identifier> identifiers) {
        for (int i = 0; i < identifiers.size(); i++) account(identifiers.get(i));
    }

    /// A value that is computed anew when the statement runs.
    Flow varying() {
        Flow flow = Flow.varying();
        varying.add(flow);
        return flow;
    }

    /// The text names a relation whose rows it reads or changes.
    void named(Catalog.Relation relation, boolean only) {
        if (relation.children().isEmpty()) return;
        Set<Catalog.Relation> named = new HashSet<>(only ? namedAlone : namedWhole);
        named.add(relation);
        if (only) namedAlone = named;
        else namedWhole = named;
    }

    /// Whether nothing of what inherits from the table is touched through it. What isn't known to
    /// be so isn't: no row of a partitioned table is its own.
    boolean isAlone(Catalog.Relation relation) {
        return relation.kind() == RelationKind.TABLE
                && namedAlone.contains(relation)
                && !namedWhole.contains(relation);
    }

    Referring refer(Catalog.Relation relation, Referring.Kind kind) {
        Referring referring = new Referring(relation, kind);
        references.add(referring);
        return referring;
    }

    /// Everything noted from `first` on is part of something that is stored.
    void fixReferences(int first, String what) {
        for (Referring reference : references.subList(first, references.size()))
            reference.fixedIn(what);
    }

    /// @param views what the views in it stand for
    References references(Views views) {
        if (references.isEmpty() && explain == null) return References.NONE;
        boolean allTell = false;
        for (Flow flow : varying) allTell |= flow.tells();
        List<Reference> all = new ArrayList<>(references.size());
        for (Referring referring : references) all.add(referring.reference(allTell));
        return new References(all, explain, castsParameters, views);
    }

    /// @throws Refusal when too deep
    void enter() {
        if (++depth > MAX_DEPTH) throw Refusal.tooComplex();
    }

    void leave() {
        depth--;
    }
}
