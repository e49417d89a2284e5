package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.BulkRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A person reads more rows in a day than usual. The usual is the median of the latest days on
/// which they read anything: one large day before does not make a second one usual, as it would
/// with the average.
final class BulkReads implements Detector {
    private static final int MOST_PERSONS = 10_000;

    private final BulkRead kind;
    private final Remembered<Reader> readers = new Remembered<>(MOST_PERSONS);

    /// A person's days.
    private static final class Reader {
        private long day;
        private long rows;

        /// Said at so many rows of the day; 0 for not yet.
        private long said;

        /// Rows of the days before, oldest first.
        private final List<Long> before = new ArrayList<>();
    }

    BulkReads(BulkRead kind) {
        this.kind = kind;
    }

    @Override
    public List<Finding> see(Happened happened) {
        long rows = happened.entry().number("rows", -1);
        if (!happened.isType("statement-outcome")
                || !happened.reads()
                || rows <= 0
                || happened.user().isEmpty()) return List.of();
        var reader = readers.computeIfAbsent(happened.user(), _ -> new Reader());
        long day = happened.at().atZone(kind.zone()).toLocalDate().toEpochDay();
        if (day > reader.day) {
            if (reader.rows > 0) reader.before.add(reader.rows);
            if (reader.before.size() > kind.days()) reader.before.removeFirst();
            reader.day = day;
            reader.rows = 0;
            reader.said = 0;
        }
        reader.rows += rows;
        boolean hasUsual = reader.before.size() >= kind.days();
        long usual = hasUsual ? median(reader.before) : 0;
        long most =
                Math.max(
                        Math.max(kind.minimumRows(), usual * kind.factor()),
                        // Once, and again when it has doubled.
                        2 * reader.said - 1);
        if (reader.rows <= most) return List.of();
        reader.said = reader.rows;
        return List.of(
                Finding.of(
                        happened.user(),
                        "%s: %d rows read today, %s"
                                .formatted(
                                        happened.user(),
                                        reader.rows,
                                        hasUsual
                                                ? "usually " + usual
                                                : "and too few days before to know the usual"),
                        hasUsual
                                ? Map.of("rows", reader.rows, "usualRows", usual)
                                : Map.of("rows", reader.rows)));
    }

    private static long median(List<Long> values) {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    @Override
    public Map<String, Object> state() {
        return Map.of(
                "readers",
                readers.state(r -> {
                    var all = new ArrayList<>(List.of(r.day, r.rows, r.said));
                    all.addAll(r.before);
                    return all;
                }));
    }

    @Override
    public void restore(Map<?, ?> state) {
        readers.restore(
                state.get("readers"),
                v -> {
                    var all = new ArrayList<>(Remembered.longs(v));
                    var reader = new Reader();
                    if (all.size() < 3) return reader;
                    reader.day = all.removeFirst();
                    reader.rows = all.removeFirst();
                    reader.said = all.removeFirst();
                    reader.before.addAll(all);
                    return reader;
                });
    }
}
