package dev.sallyport.app.report;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.Criterion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// For each table: who read it, when, and how many rows they got.
public final class Disclosures {
    private Disclosures() {}

    /// @param only this table; empty for all
    public static Report of(Evidence log, String only) throws AuditException, IOException {
        var reads =
                log.period()
                        .with(Criterion.VERDICT, "permit")
                        .with(Criterion.ACTION, "select")
                        .with(Criterion.TABLE, only);
        List<Report.Section> sections = new ArrayList<>();
        for (var table : log.values(Criterion.TABLE, reads)) {
            // What else the same statements touched is not asked for.
            if (!only.isEmpty() && !table.equals(only) && !table.endsWith("." + only)) continue;
            var of = reads.with(Criterion.TABLE, table);
            var readers = log.values(Criterion.USER, of);
            List<Report.Figure> figures = new ArrayList<>();
            for (var person : readers) {
                var own = of.with(Criterion.USER, person);
                figures.add(
                        log.entries(
                                person + ": statements",
                                own.with(Criterion.TYPE, "statement-intent")));
                figures.add(log.resultRows(person + ": rows", own));
            }
            if (log.ask(of.with(Criterion.TYPE, "statement-intent")).entries() > 0)
                sections.add(
                        new Report.Section(
                                table,
                                "",
                                Optional.empty(),
                                readers.size() == 1
                                        ? "Read by one person."
                                        : "Read by " + readers.size() + " people.",
                                figures));
        }
        return new Report(
                "Disclosures",
                List.of(
                        "Statements that were permitted to read, by table and person.",
                        "Rows are those that the statements returned or changed; a statement on"
                                + " several tables counts for each, and one that groups or counts"
                                + " returns fewer rows than it read. Whose data it was, the rows'"
                                + " subjects, is not told."),
                sections);
    }
}
