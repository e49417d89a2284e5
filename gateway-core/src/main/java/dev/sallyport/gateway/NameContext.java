package dev.sallyport.gateway;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.access.Effect;
import dev.sallyport.sql.access.StatementKind;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.ExistsQuery;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import dev.sallyport.sql.catalog.Sought;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the meaning of a session's next text depends on, and whether the gateway knows it for
/// certain. It never guesses: what a statement may have changed is asked for again.
///
/// Lexing mode and encoding are reported by the server whenever they change, so they are true as
/// soon as everything is answered. The real search path, the role and the objects that only this
/// session sees are asked for with a {@link TruthQuery}. Belongs to the session's event loop.
final class NameContext {
    private final CatalogService shared;
    private final AnalysisCache cache;

    private boolean standardConformingStrings = true;
    private String clientEncoding = "UTF8";
    private @Nullable String reportedSearchPath;

    /// The server's last answer; null before the first.
    private @Nullable SessionContext names;

    private boolean namesStale = true;

    /// How many times the shared catalog had been read when {@link #names} was asked for.
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
    private @Nullable AnalysisContext context;

    private long version;

    NameContext(CatalogService shared, AnalysisCache cache) {
        this.shared = shared;
        this.cache = cache;
    }

    /// Another number after everything that may have changed what names mean.
    long version() {
        return version;
    }

    void parameterStatus(String name, String value) {
        version++;
        switch (name) {
            case "standard_conforming_strings" -> {
                standardConformingStrings = value.equals("on");
                context = null;
            }
            case "client_encoding" -> {
                clientEncoding = value;
                context = null;
            }
            case "search_path" -> {
                if (!value.equals(reportedSearchPath)) namesStale = true;
                reportedSearchPath = value;
            }
            case "session_authorization", "is_superuser" -> namesStale = true;
            default -> {
                // Nothing that names or literals depend on.
            }
        }
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
        if (atRest && shared.loads() != askedAtLoad) namesStale = true;
        giveUpOwnCatalogIfSharedWillDo();
        return namesStale || catalogStale();
    }

    private boolean catalogStale() {
        if (ownStale) return true;
        if (own != null) return shared.current() != ownBeside;
        // The session has temporary objects that the shared catalog can't hold.
        return names != null && names.searchPath().contains(Catalog.TEMP_SCHEMA);
    }

    /// Whether a text can be analysed at all, if only as far as names don't matter.
    boolean known() {
        return names != null && shared.current() != null;
    }

    boolean catalogAvailable() {
        return shared.current() != null;
    }

    AnalysisContext context() {
        giveUpOwnCatalogIfSharedWillDo();
        var catalog = catalog();
        var known = context;
        if (known != null && known.catalog() == catalog) return known;
        var fresh = with(standardConformingStrings, clientEncoding);
        context = fresh;
        return fresh;
    }

    /// The names of now, for a text that was lexed under another mode.
    AnalysisContext with(boolean conforming, String encoding) {
        var now = Objects.requireNonNull(names, "asked before it is known");
        var fresh =
                new AnalysisContext(
                        catalog(), now.searchPath(), now.currentRole(), conforming, encoding);
        return own == null ? cache.intern(fresh) : fresh;
    }

    boolean standardConformingStrings() {
        return standardConformingStrings;
    }

    String clientEncoding() {
        return clientEncoding;
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

    /// Everything is as at the session's beginning: asked for again.
    void connectionReset() {
        version++;
        namesStale = true;
        ownStale = true;
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
                if (objects.equals(present) || !ExistsQuery.canAsk(objects, catalog()))
                    yield Optional.of(askForCatalog());
                yield Optional.of(ask(new TruthQuery.About.Objects(objects)));
            }
        };
    }

    private TruthQuery askForCatalog() {
        return ask(new TruthQuery.About.WholeCatalog(catalogEpoch()));
    }

    private TruthQuery ask(TruthQuery.About about) {
        askingAtLoad = shared.loads();
        return new TruthQuery(this, about);
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

    void install(SessionContext answer) {
        version++;
        names = answer;
        namesStale = false;
        askedAtLoad = askingAtLoad;
        standardConformingStrings = answer.standardConformingStrings();
        clientEncoding = answer.clientEncoding();
        context = null;
    }

    void install(SessionContext answer, Set<Sought> objects, boolean oneExists) {
        install(answer);
        absent = oneExists ? null : objects;
        present = oneExists ? objects : null;
    }

    void install(SessionContext answer, Catalog read) {
        install(answer);
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
