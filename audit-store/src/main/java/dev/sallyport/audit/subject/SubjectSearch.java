package dev.sallyport.audit.subject;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.EntryPage;
import dev.sallyport.audit.search.LogReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// `sallyport audit search --subject`: the statements that named somebody, and those that may have
/// touched the same person's rows without a name. Reads the whole log.
public final class SubjectSearch {
    private static final int SHOWN_KEYS = 8;

    private SubjectSearch() {}

    /// @param named statements with the subject's token
    /// @param possible statements about rows that they did not choose by value
    /// @param unknownKeys ids of keys that the log was written with and that weren't given
    /// @param indexed whether anything of the log is in the index, whoever it is about
    public record Result(long named, long possible, Set<String> unknownKeys, boolean indexed) {}

    /// @param values the spellings that the subject's identifier can have, by kind
    /// @param also what else has to hold for an intent
    /// @param json entries byte for byte, those that named the subject only
    public static Result search(
            Path store,
            List<SubjectKey> keys,
            List<Map.Entry<String, String>> values,
            Predicate<Entry> also,
            boolean json,
            Appendable out)
            throws AuditException, IOException {
        Set<String> known = new HashSet<>();
        for (SubjectKey key : keys) known.add(key.id());
        Set<String> wanted = new HashSet<>();
        Set<String> unknown = new TreeSet<>();
        String origin = "";
        long named = 0;
        long possible = 0;
        boolean indexed = false;
        try (LogReader reader = LogReader.open(store, 1)) {
            for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                if (!entry.writer().equals(origin)) {
                    origin = entry.writer();
                    for (SubjectKey key : keys)
                        for (Map.Entry<String, String> value : values)
                            wanted.add(key.token(origin, value.getKey(), value.getValue()));
                }
                if (entry.type().equals("gateway-started")
                        && entry.event().get("settings") instanceof Map<?, ?> settings
                        && settings.get("subject key") instanceof String id
                        && !known.contains(id)
                        && unknown.size() < SHOWN_KEYS) unknown.add(id);
                indexed |=
                        !entry.list("subjects").isEmpty() || !entry.list("subjectsOpen").isEmpty();
                if (!entry.type().equals("statement-intent") || !also.test(entry)) continue;
                boolean hit = false;
                for (String token : entry.list("subjects")) hit |= wanted.contains(token);
                List<String> open = entry.list("subjectsOpen");
                // Tokens that the entry had no room for.
                boolean cut =
                        entry.event().get("cut") instanceof Map<?, ?> cuts
                                && (cuts.containsKey("subjects")
                                        || cuts.containsKey("subjectsOpen"));
                if (hit) named++;
                else if (!open.isEmpty() || cut) possible++;
                else continue;
                if (json) {
                    if (hit) out.append(new String(reader.raw(), StandardCharsets.UTF_8));
                    if (hit) out.append('\n');
                } else {
                    out.append(hit ? "named       " : "may touch   ");
                    out.append(EntryPage.line(entry));
                    if (!hit)
                        out.append("  {")
                                .append(cut ? "more than could be kept" : String.join(", ", open))
                                .append('}');
                    out.append('\n');
                }
            }
        }
        return new Result(named, possible, unknown, indexed);
    }
}
