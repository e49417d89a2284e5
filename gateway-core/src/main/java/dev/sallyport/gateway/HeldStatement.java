package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A prepared statement that the server holds, or may hold, for a session. PostgreSQL plans it
/// again when names may mean something else, from the text as it was parsed: so the text is kept,
/// and the lexing mode that it was parsed under.
final class HeldStatement {
    private static final int MAX_MEANINGS = 16;

    final SqlText sql;

    /// Which statement of the text it is: a Query may PREPARE several.
    final int index;

    /// Prepared by SQL: what runs is the statement inside the PREPARE.
    final boolean bySql;

    /// What it was understood under; null for what the gateway answers itself.
    private final @Nullable TextContext preparedUnder;

    /// OIDs as the client gave them.
    final List<String> parameterTypes;

    /// What the gateway answers itself; the server has an empty statement in its place.
    @Nullable OwnStatement own;

    /// The same as numbers, 0 where it left one to the server.
    int[] parameterOids = {};

    /// The last check, and the context it holds for.
    private @Nullable CheckedText checked;

    private @Nullable TextContext checkedUnder;

    /// Whatever the server may have understood it as since it was parsed, each once. PostgreSQL
    /// keeps what it understood while the search path is the same, even when a new object now has
    /// the name in an earlier schema: so what was meant before may be what still runs.
    private final List<Meaning> meanings = new ArrayList<>(1);

    /// The last answer of {@link #mayMean}, and what it holds for.
    private List<StatementFacts> mayMean = List.of();

    private @Nullable CheckedText mayMeanText;
    private @Nullable TextContext mayMeanUnder;

    /// What was changed in the text before it went to the server.
    private List<Edit> edits = List.of();

    private @Nullable RewrittenText rewritten;
    private boolean harmless = true;

    private record Meaning(List<String> searchPath, List<StatementFacts> statements) {
        boolean equals(List<String> path, List<StatementFacts> others) {
            return searchPath.equals(path)
                    && statements.stream()
                            .map(facts -> facts.footprint)
                            .toList()
                            .equals(others.stream().map(facts -> facts.footprint).toList());
        }
    }

    HeldStatement(
            SqlText sql,
            int index,
            boolean bySql,
            @Nullable TextContext preparedUnder,
            List<String> parameterTypes) {
        this.sql = sql;
        this.index = index;
        this.bySql = bySql;
        this.preparedUnder = preparedUnder;
        this.parameterTypes = parameterTypes;
    }

    /// Its text is a PREPARE, which is executed: the statement inside gets a name of its own.
    ///
    /// @param statementEdits those of the PREPARE
    HeldStatement asPreparedBySql(List<Edit> statementEdits) {
        var prepared = new HeldStatement(sql, index, true, preparedUnder, List.of());
        prepared.sentAs(statementEdits, null, true);
        return prepared;
    }

    /// @param text null when it goes as it came, or as a part of another one
    /// @param harmlessParameters whether the parameters' types are, see {@link
    ///   StatementFacts#fencedEdits}
    void sentAs(List<Edit> textEdits, @Nullable RewrittenText text, boolean harmlessParameters) {
        edits = textEdits;
        rewritten = text;
        harmless = harmlessParameters;
    }

    boolean harmless() {
        return harmless;
    }

    List<Edit> edits() {
        return edits;
    }

    /// What the server has in the place of {@link #sql}; null when it has that.
    @Nullable RewrittenText rewritten() {
        return rewritten;
    }

    /// How a text is understood under the names of a moment.
    interface Reader<E extends Exception> {
        CheckedText read(SqlText sql, TextContext context) throws E;
    }

    /// What it means to the server now.
    <E extends Exception> CheckedText check(NameContext names, Reader<E> reader) throws E {
        var then = preparedUnder;
        var now = then == null ? names.context() : names.preparedUnder(then);
        var known = checked;
        if (known != null && checkedUnder == now) return known;
        var fresh = reader.read(sql, now);
        checked = fresh;
        checkedUnder = now;
        return fresh;
    }

    void checkedAtParse(CheckedText.Understood result, TextContext under) {
        checked = result;
        checkedUnder = under;
        note(result.statements(), under);
    }

    /// Its PREPARE is about to run.
    void preparedAs(StatementFacts inner, TextContext under) {
        note(List.of(inner), under);
    }

    /// Everything that may run when the server is told to run it now; what it means by the names of
    /// now comes last. Empty when that is too much to follow.
    ///
    /// @param text what {@link #check} said
    /// @param now of the text
    Optional<List<StatementFacts>> mayMean(
            CheckedText text, List<StatementFacts> now, TextContext under) {
        if (text == mayMeanText && under == mayMeanUnder) return Optional.of(mayMean);
        note(now, under);
        if (meanings.size() > MAX_MEANINGS) return Optional.empty();
        var all = new ArrayList<StatementFacts>();
        for (var meaning : meanings)
            // Under another search path, the server has to understand it again.
            if (meaning.searchPath.equals(under.searchPath())
                    && !meaning.equals(under.searchPath(), now)) all.addAll(meaning.statements);
        all.addAll(now);
        mayMean = List.copyOf(all);
        mayMeanText = text;
        mayMeanUnder = under;
        return Optional.of(mayMean);
    }

    private void note(List<StatementFacts> statements, TextContext under) {
        for (var meaning : meanings) if (meaning.equals(under.searchPath(), statements)) return;
        if (meanings.size() <= MAX_MEANINGS)
            meanings.add(new Meaning(under.searchPath(), statements));
    }

    @Override
    public String toString() {
        return "HeldStatement[" + sql + "]";
    }
}
