package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.Sought;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A question to the server, asked on the session's own upstream connection because only it knows:
/// what names mean there now, and, if need be, whether an object exists, or the catalog with the
/// objects that this session alone can see. Belongs to the session's event loop. Not audited as a
/// statement: it reads the server's own catalogs only, with every name qualified.
public abstract sealed class TruthQuery permits PostgresTruth, MySqlTruth {
    private final NameContext asking;
    private final About about;
    private @Nullable String failure;

    /// What is asked, always beside what names mean.
    sealed interface About {
        record Names() implements About {}

        /// Whether one of them exists.
        record Objects(Set<Sought> objects) implements About {}

        record WholeCatalog(long epoch) implements About {}
    }

    TruthQuery(NameContext asking, About about) {
        this.asking = asking;
        this.about = about;
    }

    final About about() {
        return about;
    }

    /// SELECTs only, to be asked one after the other.
    public abstract List<String> statements();

    /// The same as the text of one message, separated by `;`.
    public final String sql() {
        return String.join(";\n", statements());
    }

    /// One row, in text format.
    ///
    /// @param resultIndex which one of the statements, from 0
    public final void row(int resultIndex, List<@Nullable String> columns) {
        if (failure != null) return;
        try {
            read(resultIndex, columns);
        } catch (RuntimeException e) {
            failure = "row of result " + resultIndex + " not as expected: " + e.getClass();
        }
    }

    /// @throws RuntimeException for a row that can't be one of these
    abstract void read(int resultIndex, List<@Nullable String> columns);

    /// Everything was answered without an error: installs the answer in the session.
    public final void finish() {
        if (failure == null)
            try {
                failure = install();
            } catch (RuntimeException e) {
                failure = "catalog rows not as expected: " + e.getClass();
            }
        if (failure != null) asking.truthFailed(failure);
    }

    /// @return why it can't be; null when it is done
    abstract @Nullable String install();

    /// The server answered with an error, or not as expected: the next check denies.
    ///
    /// @param reason for the log; free of literals
    public final void failed(String reason) {
        asking.truthFailed(reason);
    }
}
