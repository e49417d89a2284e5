package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.FirstUse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// A person uses a table that they never used. What was denied is no use.
final class FirstUses implements Detector {
    private static final int MOST_PERSONS = 5_000;

    /// More tables of one person than these: those that were first used longest ago are forgotten.
    private static final int MOST_TABLES = 2_000;

    private static final int MOST_NAMED = 20;

    private final FirstUse kind;
    private final Remembered<SequencedSet<String>> used = new Remembered<>(MOST_PERSONS);

    FirstUses(FirstUse kind) {
        this.kind = kind;
    }

    @Override
    public List<Finding> see(Happened happened) {
        if (!happened.isPermitted() || happened.user().isEmpty()) return List.of();
        var tables = Happened.tables(happened.entry(), "");
        if (tables.isEmpty()) return List.of();
        var known = used.computeIfAbsent(happened.user(), _ -> new LinkedHashSet<>());
        var database = happened.entry().text("database");
        var fresh = new ArrayList<String>();
        for (var table : tables) if (known.add(database + "/" + table)) fresh.add(table);
        while (known.size() > MOST_TABLES) known.removeFirst();
        if (fresh.isEmpty() || happened.at().isBefore(happened.began().plus(kind.learn())))
            return List.of();
        var named = fresh.subList(0, Math.min(fresh.size(), MOST_NAMED));
        return List.of(
                Finding.of(
                        happened.user(),
                        "%s: first use of %s in %s"
                                .formatted(
                                        happened.user(),
                                        String.join(", ", named)
                                                + (named.size() < fresh.size() ? ", ..." : ""),
                                        database),
                        Map.of("database", database, "tables", List.copyOf(named))));
    }

    @Override
    public Map<String, Object> state() {
        return Map.of("used", used.state(List::copyOf));
    }

    @Override
    public void restore(Map<?, ?> state) {
        used.restore(
                state.get("used"),
                v -> {
                    var tables = new LinkedHashSet<String>();
                    if (v instanceof List<?> list) for (var t : list) tables.add("" + t);
                    return tables;
                });
    }
}
