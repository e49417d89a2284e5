package dev.sallyport.app.report;

import dev.sallyport.audit.search.EntryFilter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A report, before it has a form.
///
/// @param preface what it is about, and what it does not say
public record Report(String title, List<String> preface, List<Section> sections) {
    public enum Status {
        /// The log or the configuration shows it.
        MET,
        /// They show that it is not so.
        NOT_MET,
        /// Somebody else's part: the database's, the disk's, the organisation's.
        INHERITED,
        /// Nothing here tells.
        NOT_TESTED;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// @param references of the rule, as `45 CFR 164.312(b)`; may be empty
    /// @param status empty where nothing is judged
    public record Section(
            String title,
            String references,
            Optional<Status> status,
            String says,
            List<Figure> figures) {}

    /// Which of the totals that `audit search --totals` prints.
    public enum Total {
        ENTRIES("entries"),
        ROWS("rows"),
        RESULT_ROWS("resultRows");

        private final String member;

        Total(String member) {
            this.member = member;
        }

        /// Its name in the JSON of `audit search --totals --json`.
        public String member() {
            return member;
        }
    }

    /// A number, and the search that yields it.
    ///
    /// @param note what else the entries say, as when the last one was
    public record Figure(String label, long value, Total total, EntryFilter search, String note) {}
}
