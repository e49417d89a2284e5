package dev.sallyport.app.analyze;

import dev.sallyport.app.analyze.Answer.NotUnderstood;
import dev.sallyport.app.analyze.Answer.Touched;
import dev.sallyport.app.analyze.AnswerWriter.Start;
import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.lexer.StatementSplitter;
import dev.sallyport.sql.lexer.StatementSplitter.Piece;
import dev.sallyport.sql.mysql.MySqlAnalyzer;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.lexer.ScriptSplitter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a stream of statements to a line of JSON for each.
public final class Analyze {
    /// Kinds that mean the same whatever names mean.
    private static final Set<String> WITHOUT_NAMES =
            Set.of("SET", "SHOW", "TRANSACTION", "DEALLOCATE", "LISTEN", "CLOSE CURSOR");

    private final Analyst analyst;
    private final AnswerWriter out;

    /// Whose clients' rules cut a script; PostgreSQL's when empty.
    private final Optional<Dialect> mySql;

    private boolean allUnderstood = true;

    /// @param catalog what names are resolved by; empty: names as written
    public Analyze(Optional<AnalysisContext> catalog, PrintWriter out) throws IOException {
        this.analyst =
                catalog.<Analyst>map(context ->
                                new Analyst.Resolving(
                                        sql -> new SqlAnalyzer().analyze(sql, context)))
                        .orElseGet(Analyst.AsWritten::new);
        this.out = new AnswerWriter(out);
        this.mySql = Optional.empty();
    }

    /// For MySQL or MariaDB: names as written.
    public Analyze(Dialect dialect, PrintWriter out) throws IOException {
        Dialect limited = dialect.withMaxLength(SqlAnalyzer.MAX_STATEMENT_CHARS);
        this.analyst = new Analyst.MySqlAsWritten(limited);
        this.out = new AnswerWriter(out);
        this.mySql = Optional.of(limited);
    }

    /// For MySQL or MariaDB, with a catalog.
    public Analyze(MySqlContext context, PrintWriter out) throws IOException {
        this.analyst = new Analyst.Resolving(sql -> new MySqlAnalyzer().analyze(sql, context));
        this.out = new AnswerWriter(out);
        this.mySql = Optional.of(context.dialect().withMaxLength(SqlAnalyzer.MAX_STATEMENT_CHARS));
    }

    private void answer(Answer answer, @Nullable Start start) throws IOException {
        allUnderstood &= answer instanceof Answer.Understood;
        out.write(answer, start);
    }

    // ---------------------------------------------------------------- one text a line

    /// Each line is `{"sql": ...}` and a session of its own.
    ///
    /// @return whether every text was understood, and every answer taken
    public boolean jsonLines(InputStream in) throws IOException {
        var lines = new JsonLines(in);
        while (!out.isBroken()) {
            if (lines.wouldWait()) out.flush();
            JsonLines.Line line = lines.next();
            if (line == null) break;
            answer(
                    switch (line) {
                        case JsonLines.Line.Sql(var sql) -> analyst.analyze(sql);
                        case JsonLines.Line.Wrong(var code, var reason) ->
                                new NotUnderstood(code, reason, 1, 1);
                    },
                    null);
        }
        out.flush();
        return allUnderstood && !out.isBroken();
    }

    // ---------------------------------------------------------------- a script

    /// What changed the meaning of names, or of the text itself: nothing behind it is certain.
    private @Nullable Start changed;

    /// Statements as psql takes them, one session from beginning to end.
    ///
    /// @return whether every statement was understood, and every answer taken
    public boolean script(InputStream in) throws IOException {
        if (mySql.isPresent()) return mySqlScript(in, mySql.get());
        var text = new Utf8(in);
        var splitter =
                new StatementSplitter(
                        Analyst.MODE.standardConformingStrings(), Analyst.MODE.maxLength());
        boolean goesOn = true;
        boolean ended = false;
        while (goesOn && !ended && !out.isBroken()) {
            if (text.wouldWait()) out.flush();
            CharSequence more = text.read();
            ended = more == null;
            if (more == null) splitter.end();
            else splitter.add(more);
            goesOn = pieces(splitter, text);
        }
        out.flush();
        return allUnderstood && !out.isBroken();
    }

    /// Read to its end before the first answer.
    private boolean mySqlScript(InputStream in, Dialect dialect) throws IOException {
        var text = new Utf8(in);
        var script = new StringBuilder();
        for (CharSequence more = text.read(); more != null; more = text.read()) {
            if (script.length() + more.length() > SqlAnalyzer.MAX_STATEMENT_CHARS) {
                answer(
                        NotUnderstood.of(
                                Code.TOO_COMPLEX,
                                "the script is longer than "
                                        + SqlAnalyzer.MAX_STATEMENT_CHARS
                                        + " characters: cut it, or use --jsonl",
                                1,
                                1),
                        null);
                out.flush();
                return false;
            }
            script.append(more);
        }
        for (Piece piece : ScriptSplitter.split(script.toString(), dialect)) {
            if (out.isBroken()) return false;
            statement(piece, new Start(piece.line(), piece.column()));
        }
        out.flush();
        return allUnderstood && !out.isBroken();
    }

    /// @return false when nothing can be said of what follows
    private boolean pieces(StatementSplitter splitter, Utf8 text) throws IOException {
        for (Piece piece = splitter.next(); piece != null; piece = splitter.next()) {
            if (out.isBroken()) return false;
            var start = new Start(piece.line(), piece.column());
            switch (piece.kind()) {
                case META_COMMAND ->
                        answer(
                                NotUnderstood.of(
                                        Code.UNSUPPORTED,
                                        "a command of psql's own is no SQL",
                                        piece.line(),
                                        piece.column()),
                                start);
                case TOO_LONG -> {
                    answer(
                            NotUnderstood.of(
                                    Code.TOO_COMPLEX,
                                    "the statement is longer than "
                                            + SqlAnalyzer.MAX_STATEMENT_CHARS
                                            + " characters; what follows it was not read",
                                    piece.line(),
                                    piece.column()),
                            start);
                    return false;
                }
                case STATEMENT -> {
                    statement(piece, start);
                    if (CopyData.follows(piece.text(), Analyst.MODE)
                            && !skipCopyData(splitter, text, start)) return false;
                }
            }
        }
        return true;
    }

    private void statement(Piece piece, Start start) throws IOException {
        Answer answer = analyst.analyze(piece.text());
        switch (answer) {
            case NotUnderstood(var code, var reason, var line, var column) ->
                    answer(
                            new NotUnderstood(
                                    code,
                                    reason,
                                    piece.line() + line - 1,
                                    line == 1 ? piece.column() + column - 1 : column),
                            start);
            case Answer.Understood understood -> {
                boolean affected = false;
                for (Touched touched : understood.statements())
                    affected |= !understood.resolved() || !WITHOUT_NAMES.contains(touched.kind());
                Start before = changed;
                if (before != null && affected) {
                    answer(
                            NotUnderstood.of(
                                    Code.STALE_CONTEXT,
                                    "the statement at line "
                                            + before.line()
                                            + " may change what this one means: ask about it"
                                            + " alone, or with --jsonl",
                                    piece.line(),
                                    piece.column()),
                            start);
                    return;
                }
                for (Touched touched : understood.statements())
                    if (touched.changesNames() && changed == null) changed = start;
                answer(understood, start);
            }
        }
    }

    /// The rows of COPY ... FROM STDIN stand behind it in a script, up to a line `\.`.
    ///
    /// @return false when their end isn't found, so that nothing can be said of what follows
    private boolean skipCopyData(StatementSplitter splitter, Utf8 text, Start start)
            throws IOException {
        String rest = splitter.restOfLine();
        while (rest == null) {
            more(splitter, text);
            rest = splitter.restOfLine();
        }
        if (!rest.isBlank() && !rest.strip().startsWith("--")) {
            lost(start, "more statements on the line of a COPY FROM STDIN, before its rows");
            return false;
        }
        boolean rows = !splitter.isDrained();
        while (!splitter.skipCopyData()) {
            boolean more = more(splitter, text);
            rows |= more;
            // The last statement of all may stand without rows.
            if (!more && !rows) return true;
            if (!more) {
                lost(start, "the rows of COPY FROM STDIN do not end with a line \\.");
                return false;
            }
        }
        return true;
    }

    private boolean more(StatementSplitter splitter, Utf8 text) throws IOException {
        if (text.wouldWait()) out.flush();
        CharSequence more = text.read();
        if (more == null) splitter.end();
        else splitter.add(more);
        return more != null;
    }

    private void lost(Start start, String reason) throws IOException {
        answer(
                NotUnderstood.of(
                        Code.UNSUPPORTED,
                        reason + ": what follows was not analysed",
                        start.line(),
                        start.column()),
                start);
    }
}
