package dev.sallyport.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A question to the server, asked on the session's own upstream connection because only it knows:
/// the real search path, or the objects that this session alone can see. Belongs to the session's
/// event loop. Not audited as a statement: it reads the server's own catalogs only, with every name
/// qualified.
public abstract sealed class TruthQuery permits NamesTruth, CatalogTruth {
    TruthQuery() {}

    /// The text of one simple Query: SELECTs only, separated by `;`.
    public abstract String sql();

    /// One DataRow, in text format.
    ///
    /// @param resultIndex which SELECT of the text, from 0
    public abstract void row(int resultIndex, List<@Nullable String> columns);

    /// ReadyForQuery came without an error: installs the answer in the session.
    public abstract void finish();

    /// The server answered with an error, or not as expected: the next check denies.
    ///
    /// @param reason for the log; free of literals
    public abstract void failed(String reason);
}
