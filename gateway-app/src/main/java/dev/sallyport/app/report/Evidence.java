package dev.sallyport.app.report;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.Criterion;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.search.LogSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/// Counts what the log holds up to where it was when the report was begun. The whole log is read
/// once for each report.
public final class Evidence {
    private final LogSearch all;
    private final EntryFilter period;

    private Evidence(LogSearch all, EntryFilter period) {
        this.all = all;
        this.period = period;
    }

    public static Evidence of(Path store, Instant from, Instant to)
            throws AuditException, IOException {
        var last = Math.max(1, LogReader.reached(store));
        var period = EntryFilter.ALL.within(from, to).between(1, last);
        return new Evidence(LogSearch.ask(store, null, period, _ -> {}), period);
    }

    /// Everything that the report is about.
    EntryFilter period() {
        return period;
    }

    EntryFilter type(String type) {
        return period.with(Criterion.TYPE, type);
    }

    LogSearch ask(EntryFilter filter) throws AuditException, IOException {
        return all.again(filter);
    }

    /// How many entries match.
    Report.Figure entries(String label, EntryFilter filter) throws AuditException, IOException {
        var found = ask(filter);
        return new Report.Figure(
                label, found.entries(), Report.Total.ENTRIES, filter, between(found));
    }

    /// How many rows the matching statements returned or changed.
    Report.Figure resultRows(String label, EntryFilter filter) throws AuditException, IOException {
        return new Report.Figure(
                label, ask(filter).totals().resultRows(), Report.Total.RESULT_ROWS, filter, "");
    }

    SortedSet<String> values(Criterion criterion, EntryFilter filter)
            throws AuditException, IOException {
        return ask(filter).values(criterion);
    }

    Optional<Entry> last(EntryFilter filter) throws AuditException, IOException {
        return ask(filter).last();
    }

    private static String between(LogSearch found) throws AuditException, IOException {
        var first = found.first();
        var last = found.last();
        if (first.isEmpty() || last.isEmpty()) return "";
        return first.get().sequence() == last.get().sequence()
                ? at(last.get())
                : at(first.get()) + " to " + at(last.get());
    }

    private static String at(Entry entry) {
        return entry.time().substring(0, 19).replace('T', ' ') + "Z (#" + entry.sequence() + ")";
    }
}
