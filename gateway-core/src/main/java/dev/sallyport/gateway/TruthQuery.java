package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.ExistsQuery;
import dev.sallyport.sql.catalog.SessionContextQuery;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import dev.sallyport.sql.catalog.Sought;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A question to the server, asked on the session's own upstream connection because only it knows:
/// the real search path and role, and, if need be, whether an object exists, or the catalog with
/// the objects that this session alone can see. Belongs to the session's event loop. Not audited as
/// a statement: it reads the server's own catalogs only, with every name qualified.
public final class TruthQuery {
    private static final String NAMES = SessionContextQuery.SQL;
    private static final String NAMES_AND_CATALOG =
            NAMES + ";\n" + String.join(";\n", CatalogQueries.all());

    private final NameContext asking;
    private final About about;
    private final CatalogBuilder builder = new CatalogBuilder();
    private @Nullable SessionContext names;
    private @Nullable Boolean oneExists;
    private @Nullable String failure;

    /// What is asked, always beside path, role and lexing mode.
    sealed interface About {
        record Names() implements About {}

        /// Whether one of them exists, with {@link ExistsQuery}.
        record Objects(Set<Sought> objects) implements About {}

        record WholeCatalog(long epoch) implements About {}
    }

    TruthQuery(NameContext asking, About about) {
        this.asking = asking;
        this.about = about;
    }

    About about() {
        return about;
    }

    /// The text of one simple Query: SELECTs only, separated by `;`.
    public String sql() {
        return switch (about) {
            case About.Names _ -> NAMES;
            case About.Objects(var objects) -> NAMES + ";\n" + ExistsQuery.sql(objects);
            case About.WholeCatalog _ -> NAMES_AND_CATALOG;
        };
    }

    /// The same one by one, for a protocol that asks them so.
    public List<String> statements() {
        return switch (about) {
            case About.Names _ -> List.of(NAMES);
            case About.Objects(var objects) -> List.of(NAMES, ExistsQuery.sql(objects));
            case About.WholeCatalog _ -> {
                var all = new ArrayList<String>();
                all.add(NAMES);
                all.addAll(CatalogQueries.all());
                yield all;
            }
        };
    }

    /// One DataRow, in text format.
    ///
    /// @param resultIndex which SELECT of the text, from 0
    public void row(int resultIndex, List<@Nullable String> columns) {
        if (failure != null) return;
        try {
            if (resultIndex == 0) names = SessionContextQuery.decode(columns);
            else
                switch (about) {
                    case About.Names _ -> throw new IllegalArgumentException("no such result");
                    case About.Objects _ -> oneExists = ExistsQuery.decode(columns);
                    case About.WholeCatalog _ -> builder.add(resultIndex - 1, columns);
                }
        } catch (RuntimeException e) {
            failure = "row of result " + resultIndex + " not as expected: " + e.getClass();
        }
    }

    /// ReadyForQuery came without an error: installs the answer in the session.
    public void finish() {
        if (failure != null) {
            asking.truthFailed(failure);
            return;
        }
        if (names == null) {
            asking.truthFailed("no row for the session's names");
            return;
        }
        switch (about) {
            case About.Names _ -> asking.install(names);
            case About.Objects(var objects) -> {
                if (oneExists == null) asking.truthFailed("no row for the objects asked for");
                else asking.install(names, objects, oneExists);
            }
            case About.WholeCatalog(var epoch) -> {
                try {
                    asking.install(names, builder.build(epoch));
                } catch (RuntimeException e) {
                    asking.truthFailed("catalog rows not as expected: " + e.getClass());
                }
            }
        }
    }

    /// The server answered with an error, or not as expected: the next check denies.
    ///
    /// @param reason for the log; free of literals
    public void failed(String reason) {
        asking.truthFailed(reason);
    }
}
