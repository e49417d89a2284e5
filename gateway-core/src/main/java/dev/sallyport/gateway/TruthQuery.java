package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.SessionContextQuery;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A question to the server, asked on the session's own upstream connection because only it knows:
/// the real search path and role, and, if need be, the catalog with the objects that this session
/// alone can see. Belongs to the session's event loop. Not audited as a statement: it reads the
/// server's own catalogs only, with every name qualified.
public final class TruthQuery {
    private static final String NAMES = SessionContextQuery.SQL;
    private static final String NAMES_AND_CATALOG =
            NAMES + ";\n" + String.join(";\n", CatalogQueries.all());

    private final NameContext asking;
    private final boolean withCatalog;
    private final long epoch;
    private final CatalogBuilder builder = new CatalogBuilder();
    private @Nullable SessionContext names;
    private @Nullable String failure;

    TruthQuery(NameContext asking, boolean withCatalog, long epoch) {
        this.asking = asking;
        this.withCatalog = withCatalog;
        this.epoch = epoch;
    }

    boolean withCatalog() {
        return withCatalog;
    }

    /// The text of one simple Query: SELECTs only, separated by `;`.
    public String sql() {
        return withCatalog ? NAMES_AND_CATALOG : NAMES;
    }

    /// One DataRow, in text format.
    ///
    /// @param resultIndex which SELECT of the text, from 0
    public void row(int resultIndex, List<@Nullable String> columns) {
        if (failure != null) return;
        try {
            if (resultIndex == 0) names = SessionContextQuery.decode(columns);
            else builder.add(resultIndex - 1, columns);
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
        if (!withCatalog) {
            asking.install(names);
            return;
        }
        try {
            asking.install(names, builder.build(epoch));
        } catch (RuntimeException e) {
            asking.truthFailed("catalog rows not as expected: " + e.getClass());
        }
    }

    /// The server answered with an error, or not as expected: the next check denies.
    ///
    /// @param reason for the log; free of literals
    public void failed(String reason) {
        asking.truthFailed(reason);
    }
}
