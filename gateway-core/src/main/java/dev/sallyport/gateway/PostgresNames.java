package dev.sallyport.gateway;

import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.ExistsQuery;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import dev.sallyport.sql.catalog.Sought;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What names mean to a PostgreSQL session: by search path, role, lexing mode and encoding.
final class PostgresNames extends NameContext {
    private boolean standardConformingStrings = true;
    private String clientEncoding = "UTF8";
    private @Nullable String reportedSearchPath;

    /// The server's last answer; null before the first.
    private @Nullable SessionContext names;

    PostgresNames(CatalogService shared, AnalysisCache cache) {
        super(shared, cache);
    }

    @Override
    void reported(String name, String value) {
        switch (name) {
            case "standard_conforming_strings" -> {
                standardConformingStrings = value.equals("on");
                changed();
            }
            case "client_encoding" -> {
                clientEncoding = value;
                changed();
            }
            case "search_path" -> {
                if (!value.equals(reportedSearchPath)) unsettle();
                reportedSearchPath = value;
            }
            case "session_authorization", "is_superuser" -> unsettle();
            default -> {
                // Nothing that names or literals depend on.
            }
        }
    }

    @Override
    @Nullable String known(String parameter) {
        return null;
    }

    @Override
    TextContext of(Catalog catalog) {
        return with(catalog, standardConformingStrings, clientEncoding);
    }

    private TextContext with(Catalog catalog, boolean conforming, String encoding) {
        var now = Objects.requireNonNull(names, "asked before it is known");
        return new TextContext.Postgres(
                new AnalysisContext(
                        catalog, now.searchPath(), now.currentRole(), conforming, encoding));
    }

    /// PostgreSQL plans a statement again when names may mean something else, from its text as it
    /// was lexed then.
    @Override
    TextContext preparedUnder(TextContext then) {
        return then instanceof TextContext.Postgres(var old)
                        && (old.standardConformingStrings() != standardConformingStrings
                                || !old.clientEncoding().equals(clientEncoding))
                ? interned(with(catalog(), old.standardConformingStrings(), old.clientEncoding()))
                : context();
    }

    @Override
    boolean answered() {
        return names != null;
    }

    @Override
    boolean hasObjectsOfItsOwn() {
        return names != null && names.searchPath().contains(Catalog.TEMP_SCHEMA);
    }

    @Override
    boolean dependsOnOthers() {
        return true;
    }

    @Override
    boolean canAsk(Set<Sought> objects) {
        return ExistsQuery.canAsk(objects, catalog());
    }

    @Override
    TruthQuery question(TruthQuery.About about) {
        return new PostgresTruth(this, about);
    }

    void install(SessionContext answer) {
        names = answer;
        standardConformingStrings = answer.standardConformingStrings();
        clientEncoding = answer.clientEncoding();
    }
}
