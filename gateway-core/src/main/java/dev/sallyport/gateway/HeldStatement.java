package dev.sallyport.gateway;

import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prepared statement that the server holds, or may hold, for a session. PostgreSQL plans it
/// again when names may mean something else, from the text as it was parsed: so the text is kept,
/// and the lexing mode that it was parsed under.
final class HeldStatement {
    final SqlText sql;

    /// Which statement of the text it is: a Query may PREPARE several.
    final int index;

    /// Prepared by SQL: what runs is the statement inside the PREPARE.
    final boolean bySql;

    final boolean standardConformingStrings;
    final String clientEncoding;

    /// OIDs as the client gave them.
    final List<String> parameterTypes;

    /// The last check, and the context it holds for.
    private @Nullable CheckedText checked;

    private @Nullable AnalysisContext checkedUnder;

    HeldStatement(
            SqlText sql,
            int index,
            boolean bySql,
            boolean standardConformingStrings,
            String clientEncoding,
            List<String> parameterTypes) {
        this.sql = sql;
        this.index = index;
        this.bySql = bySql;
        this.standardConformingStrings = standardConformingStrings;
        this.clientEncoding = clientEncoding;
        this.parameterTypes = parameterTypes;
    }

    /// Its text is a PREPARE, which is executed: the statement inside gets a name of its own.
    HeldStatement asPreparedBySql() {
        return new HeldStatement(
                sql, index, true, standardConformingStrings, clientEncoding, List.of());
    }

    /// What it means to the server now.
    CheckedText check(NameContext names, AnalysisCache cache) {
        var now = names.context();
        if (now.standardConformingStrings() != standardConformingStrings
                || !now.clientEncoding().equals(clientEncoding))
            now = names.with(standardConformingStrings, clientEncoding);
        var known = checked;
        if (known != null && checkedUnder == now) return known;
        var fresh = names.shares() ? cache.check(sql, now) : cache.checkUncached(sql, now);
        checked = fresh;
        checkedUnder = now;
        return fresh;
    }

    void checkedAtParse(CheckedText result, AnalysisContext under) {
        checked = result;
        checkedUnder = under;
    }

    @Override
    public String toString() {
        return "HeldStatement[" + sql + "]";
    }
}
