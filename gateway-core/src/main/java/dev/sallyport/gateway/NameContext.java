package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Sought;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the meaning of a session's next text depends on, and whether the gateway knows it for
/// certain. It never guesses: what a statement may have changed is asked for again.
///
/// Lexing mode and encoding are reported by the server whenever they change, so they are true as
/// soon as everything is answered. What names really mean and the objects that only this session
/// sees are asked for with a {@link TruthQuery}. What is the same for every dialect stands here;
/// {@link PostgresNames} and {@link MySqlNames} know what their servers report and answer. Belongs
/// to the session's event loop.
abstract sealed class NameContext permits PostgresNames, MySqlNames {
    private final CatalogService shared;
    private final AnalysisCache cache;

    private boolean namesStale = true;

    /// How many times the shared catalog had been read when names were asked for.
    private long askedAtLoad;

    private long askingAtLoad;

    /// Something was forwarded that can change names or lexing, and the answer is not here yet.
    private boolean changeUnanswered;

    /// Changed since the transaction began: its end may change them again.
    private boolean namesTouched;

    private boolean catalogTouched;

    /// The catalog as this session alone sees it; null: the shared one holds for it.
    private @Nullable Catalog own;

    private boolean ownStale;

    /// The shared catalog when {@link #own} was read: with another one, that is to be read again.
    private @Nullable Catalog ownBeside;

    /// When the shared catalog's load of this number is done, it holds what this session committed.
    private long sharedAfterLoad;

    /// The own catalog was read for the very message that is being checked.
    private boolean justRead;

    /// The server was asked for these for the very message that is being checked, and has none.
    private @Nullable Set<Sought> absent;

    /// It has one of these.
    private @Nullable Set<Sought> present;

    private @Nullable String failure;
    private @Nullable TextContext context;

    private long version;

    NameContext(CatalogService shared, AnalysisCache cache) {
        this.shared = shared;
        this.cache = cache;
    }

    /// Another number after everything that may have changed what names mean.
    long version() {
        return version;
    }

    /// What the server reports by itself.
    final void parameterStatus(String name, String value) {
        version++;
        reported(name, value);
    }

    /// @param name as the protocol calls it
    abstract void reported(String name, String value);

    /// What the server has reported or answered of it last, where that is followed here; null: it
    /// isn't.
    abstract @Nullable String known(String parameter);

    /// The names of now, as far as they depend on the session.
    abstract TextContext of(Catalog catalog);

    /// The names of now, for a text that was prepared under `then`.
    abstract TextContext preparedUnder(TextContext then);

    /// Whether the server has answered yet.
    abstract boolean answered();

    /// The session has objects that the shared catalog can't hold.
    abstract boolean hasObjectsOfItsOwn();

    /// Whether what names mean may be another thing once the shared catalog was read again.
    abstract boolean dependsOnOthers();

    /// Whether the server can be asked for just these.
    abstract boolean canAsk(Set<Sought> objects);

    abstract TruthQuery question(TruthQuery.About about);

    /// Names are to be asked for before the next text.
    final void unsettle() {
        namesStale = true;
    }

    /// What texts mean is another thing from now on.
    final void changed() {
        context = null;
    }

    /// The statement goes upstream: what may it change?
    void follow(Plan plan) {
        follow(plan.main());
        for (var facts : plan.held()) follow(facts);
    }

    private void follow(StatementFacts facts) {
        if (facts.unsettlesNames) {
            version++;
            namesTouched = true;
            namesStale = true;
            changeUnanswered = true;
        }
        if (facts.footprint.effects().contains(Effect.SCHEMA)) {
            catalogTouched = true;
            ownStale = true;
        }
        if (facts.kind() == StatementKind.TRANSACTION) {
            if (mayTakeBack(facts)) version++;
            if (namesTouched) {
                namesStale = true;
                changeUnanswered = true;
            }
            if (catalogTouched) {
                ownStale = true;
                changeUnanswered = true;
            }
        }
        justRead = false;
    }

    /// It ends the transaction, or a part of it, in which names were changed before: behind it, in
    /// the same text too, they may mean what they meant at its beginning.
    boolean mayTakeBack(StatementFacts facts) {
        return facts.kind() == StatementKind.TRANSACTION && (namesTouched || catalogTouched);
    }

    /// @param everything nothing that was forwarded is unanswered
    void readyForQuery(char transactionStatus, boolean everything) {
        if (everything) changeUnanswered = false;
        if (transactionStatus == 'T') return;
        // Committed, rolled back or failed: what was touched may be as it was before.
        if (namesTouched || catalogTouched) version++;
        if (namesTouched) namesStale = true;
        if (catalogTouched) {
            ownStale = true;
            namesStale = true;
        }
        if (transactionStatus != 'I' || !everything) return;
        namesTouched = false;
        if (catalogTouched) {
            catalogTouched = false;
            sharedAfterLoad = shared.refreshSoon();
        }
    }

    /// Not even literals can be told for certain before the server has answered.
    boolean changeUnanswered() {
        return changeUnanswered;
    }

    /// Names have to be asked for before they can be relied on.
    ///
    /// Which schemas a path really leads to, others can change: they create one that it lists, or
    /// give or take the right to use it, or the server's configuration is read again. So the answer
    /// holds no longer than the catalog that was read before it.
    ///
    /// @param atRest the server could be asked without disturbing anything
    boolean stale(boolean atRest) {
        if (atRest && dependsOnOthers() && shared.loads() != askedAtLoad) namesStale = true;
        giveUpOwnCatalogIfSharedWillDo();
        return namesStale || catalogStale();
    }

    private boolean catalogStale() {
        if (ownStale) return true;
        if (own != null) return shared.current() != ownBeside;
        return hasObjectsOfItsOwn();
    }

    /// Whether a text can be analysed at all, if only as far as names don't matter.
    boolean known() {
        return answered() && shared.current() != null;
    }

    boolean catalogAvailable() {
        return shared.current() != null;
    }

    TextContext context() {
        giveUpOwnCatalogIfSharedWillDo();
        var catalog = catalog();
        var known = context;
        if (known != null && known.catalog() == catalog) return known;
        var fresh = interned(of(catalog));
        context = fresh;
        return fresh;
    }

    final TextContext interned(TextContext fresh) {
        return own == null ? cache.intern(fresh) : fresh;
    }

    /// Whether the analysis of a text is worth sharing.
    boolean shares() {
        return own == null;
    }

    Catalog catalog() {
        return own != null ? own : Objects.requireNonNull(shared.current(), "asked before loaded");
    }

    long catalogEpoch() {
        var catalog = own != null ? own : shared.current();
        return catalog == null ? 0 : catalog.epoch();
    }

    /// Everything is as at the session's beginning: asked for again. What the session has changed
    /// of the catalog stays; objects of its own it has none.
    void connectionReset() {
        version++;
        namesStale = true;
        if (own != null || catalogTouched) ownStale = true;
    }

    TruthQuery ask() {
        return catalogStale() ? askForCatalog() : ask(new TruthQuery.About.Names());
    }

    /// Something is not known: perhaps it is there by now, or only this session sees it. Whether it
    /// is, the server can tell at once; the whole catalog is read only when it is. An object that
    /// is wrongly said not to be there is refused, so nothing is permitted because of that answer.
    ///
    /// @return empty when the server can't know it either
    Optional<TruthQuery> askFor(Analysis.Absence absence) {
        if (justRead) return Optional.empty();
        return switch (absence) {
            case Analysis.Absence.Untold _ -> Optional.of(askForCatalog());
            case Analysis.Absence.Of(var objects) -> {
                if (objects.isEmpty() || objects.equals(absent)) yield Optional.empty();
                if (objects.equals(present) || !canAsk(objects)) yield Optional.of(askForCatalog());
                yield Optional.of(ask(new TruthQuery.About.Objects(objects)));
            }
        };
    }

    private TruthQuery askForCatalog() {
        return ask(new TruthQuery.About.WholeCatalog(catalogEpoch()));
    }

    private TruthQuery ask(TruthQuery.About about) {
        askingAtLoad = shared.loads();
        return question(about);
    }

    /// The message was answered: the next one asks for itself.
    void checked() {
        justRead = false;
        absent = null;
        present = null;
    }

    /// Why the last question to the server failed, once; null if it didn't.
    @Nullable String takeFailure() {
        var reason = failure;
        failure = null;
        return reason;
    }

    void truthFailed(String reason) {
        failure = reason;
    }

    /// The server has answered what names mean.
    final void installed() {
        version++;
        namesStale = false;
        askedAtLoad = askingAtLoad;
        context = null;
    }

    final void installed(Set<Sought> objects, boolean oneExists) {
        installed();
        absent = oneExists ? null : objects;
        present = oneExists ? objects : null;
    }

    final void installed(Catalog read) {
        installed();
        own = read;
        ownBeside = shared.current();
        ownStale = false;
        justRead = true;
        // Anew each time: a load that was asked for before this reading may not hold what it found,
        // and giving the own catalog up for it would forget a name in the middle of a pipeline.
        if (!catalogTouched) sharedAfterLoad = shared.refreshSoon();
    }

    /// The shared catalog is used again as soon as it holds what this session committed.
    private void giveUpOwnCatalogIfSharedWillDo() {
        if (own == null && !ownStale) return;
        if (catalogTouched || justRead) return;
        if (sharedAfterLoad == 0 || shared.loads() < sharedAfterLoad) return;
        if (own != null && own.schema(Catalog.TEMP_SCHEMA) != null) return;
        own = null;
        ownBeside = null;
        ownStale = false;
        sharedAfterLoad = 0;
        context = null;
    }
}
