package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/// The answer to one question to a store, as `sallyport audit search` gives it: first which entries
/// match, then, read from the log itself, what they say.
///
/// With a folder for the index, entries that were read once need not be read again to know whether
/// they match. With and without it the answer has the same bytes.
public final class LogSearch {
    /// What an index is good for is proven by the entry itself, as far as it says so.
    private static final String STALE = "the index says that sequence %d matches, the log doesn't";

    private final Path store;
    private final Path index;
    private final EntryFilter filter;
    private final List<Chunk> chunks = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    /// What matches in one chunk.
    private record Part(Chunk chunk, MutableRoaringBitmap documents) {
        boolean contains(long sequence) {
            long document = sequence - chunk.header().first();
            return document >= 0
                    && document < chunk.header().count()
                    && documents.contains((int) document);
        }

        long sequence(int document) {
            return chunk.header().first() + document;
        }
    }

    /// @param entries that match
    /// @param rows of the table: statements, and entries that are of none
    /// @param resultRows how many rows the matching statements returned or changed, together
    public record Totals(long entries, long rows, long resultRows) {}

    private LogSearch(Path store, Path index, EntryFilter filter) {
        this.store = store;
        this.index = index;
        this.filter = filter;
    }

    /// Finds what matches up to the log's present end.
    ///
    /// @param index folder of the index, made when missing and brought up to date; null to read the
    ///   whole log
    /// @param progress told which sequence was reached while entries are read for the index
    public static LogSearch ask(
            Path store, @Nullable Path index, EntryFilter filter, LongConsumer progress)
            throws AuditException, IOException {
        if (index != null) return new LogSearch(store, index, filter).ask(progress);
        Path folder = Files.createTempDirectory("sallyport-index");
        try {
            return new LogSearch(store, folder, filter).ask(progress);
        } finally {
            LogIndex.delete(folder);
        }
    }

    private LogSearch ask(LongConsumer progress) throws AuditException, IOException {
        try {
            find(progress);
        } catch (FormatException _) {
            // The index is damaged: it is made anew, from the log alone.
            new LogIndex(store, index, progress).forget();
            try {
                find(progress);
            } catch (FormatException e) {
                throw unusable(e);
            }
        }
        return this;
    }

    private static IOException unusable(FormatException e) {
        return new IOException("the index cannot be used: " + e.getMessage(), e);
    }

    private void find(LongConsumer progress) throws AuditException, IOException, FormatException {
        chunks.clear();
        new LogIndex(store, index, progress).visit(chunks::add);
        match();
    }

    /// Asks something else of the same entries, without looking for newer ones.
    public LogSearch again(EntryFilter other) throws AuditException, IOException {
        LogSearch search = new LogSearch(store, index, other);
        search.chunks.addAll(chunks);
        try {
            search.match();
            return search;
        } catch (FormatException e) {
            throw stale(e);
        }
    }

    private void match() throws AuditException, IOException, FormatException {
        parts.clear();
        for (Chunk chunk : chunks) {
            MutableRoaringBitmap documents = chunk.statements(filter);
            Part part = new Part(chunk, documents);
            if (filter.asksForOutcome()) addIntents(part);
            if (filter.asksForOutcome() || !documents.isEmpty()) parts.add(part);
        }
        try (EntryFetcher log = new EntryFetcher(store)) {
            for (Part part : parts) bound(part, log);
        }
        parts.removeIf(part -> part.documents.isEmpty());
        for (Part part : parts) part.chunk.check();
    }

    /// An outcome that was asked for brings its intent along.
    private void addIntents(Part part) throws FormatException {
        part.chunk.outcomes((document, intent, _) -> {
            if (!part.documents.contains(document)) return;
            Part of = intent < part.chunk.header().first() ? partOf(intent) : part;
            if (of != null) of.documents.add((int) (intent - of.chunk.header().first()));
        });
    }

    /// The part with this sequence; null when none has matches.
    private @Nullable Part partOf(long sequence) {
        int low = 0;
        int high = parts.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Part part = parts.get(middle);
            if (sequence < part.chunk.header().first()) high = middle - 1;
            else if (sequence > part.chunk.header().lastSequence()) low = middle + 1;
            else return part;
        }
        return null;
    }

    /// What each entry says for itself: type, sequence, time.
    private void bound(Part part, EntryFetcher log) throws FormatException, AuditException {
        MutableRoaringBitmap documents = part.documents;
        Chunk.Header header = part.chunk.header();
        if (!filter.wanted(Criterion.TYPE).isEmpty())
            documents.and(part.chunk.having(Criterion.TYPE, filter::matchesType));
        if (filter.firstSequence() > header.first())
            documents.remove(0L, Math.min(filter.firstSequence() - header.first(), header.count()));
        if (filter.lastSequence() < header.lastSequence())
            documents.remove(
                    Math.max(0, filter.lastSequence() + 1 - header.first()), (long) header.count());
        if (filter.isWithin(header.earliest()) && filter.isWithin(header.latest())) return;
        if (header.latest().compareTo(filter.fromText()) < 0
                || header.earliest().compareTo(filter.toText()) >= 0) documents.clear();
        for (PeekableIntIterator each = documents.clone().getIntIterator(); each.hasNext(); ) {
            int document = each.next();
            if (!filter.isWithin(fetch(part, document, log).entry())) documents.remove(document);
        }
    }

    private static EntryFetcher.Found fetch(Part part, int document, EntryFetcher log)
            throws FormatException, AuditException {
        return log.fetch(part.chunk.place(document), part.sequence(document));
    }

    /// How many entries match.
    public long entries() {
        return parts.stream().mapToLong(part -> part.documents.getLongCardinality()).sum();
    }

    /// How much matches.
    public Totals totals() throws IOException {
        long[] paired = {0};
        long[] resultRows = {0};
        try {
            for (Part part : parts)
                part.chunk.outcomes((document, intent, rows) -> {
                    if (!part.documents.contains(document)) return;
                    if (rows > 0) resultRows[0] += rows;
                    if (matches(part, intent)) paired[0]++;
                });
        } catch (FormatException e) {
            throw unusable(e);
        }
        return new Totals(entries(), entries() - paired[0], resultRows[0]);
    }

    private boolean matches(Part near, long sequence) {
        Part part = sequence < near.chunk.header().first() ? partOf(sequence) : near;
        return part != null && part.contains(sequence);
    }

    /// What values of a criterion the matching entries have; tables come as `schema.name`.
    public SortedSet<String> values(Criterion criterion) throws IOException {
        SortedSet<String> values = new TreeSet<>();
        try {
            for (Part part : parts)
                for (String value : part.chunk.values(criterion))
                    if (MutableRoaringBitmap.intersects(
                            part.chunk.having(criterion, value::equals), part.documents))
                        values.add(criterion == Criterion.TABLE ? value.split("\t", -1)[1] : value);
        } catch (FormatException e) {
            throw stale(e);
        }
        return values;
    }

    /// The first matching entry; empty when none matches.
    public Optional<Entry> first() throws AuditException, IOException {
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(at(parts.getFirst(), parts.getFirst().documents.first()));
    }

    /// The last matching entry.
    public Optional<Entry> last() throws AuditException, IOException {
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(at(parts.getLast(), parts.getLast().documents.last()));
    }

    private Entry at(Part part, int document) throws AuditException, IOException {
        try (EntryFetcher log = new EntryFetcher(store)) {
            Entry entry = fetch(part, document, log).entry();
            check(entry);
            return entry;
        } catch (FormatException e) {
            throw stale(e);
        }
    }

    /// Every matching entry, a line each: its bytes as they are in the log.
    public void writeJson(Appendable out) throws AuditException, IOException {
        forEach((_, raw, _) -> out.append(new String(raw, StandardCharsets.UTF_8)).append('\n'));
    }

    /// What is done with each matching entry.
    public interface Each {
        /// @param raw the entry's bytes
        /// @param person whom the entry is about; empty for nobody
        void entry(Entry entry, byte[] raw, String person) throws IOException;
    }

    /// Reads every matching entry from the log.
    public void forEach(Each each) throws AuditException, IOException {
        try (EntryFetcher log = new EntryFetcher(store)) {
            for (Part part : parts)
                for (PeekableIntIterator i = part.documents.getIntIterator(); i.hasNext(); ) {
                    int document = i.next();
                    EntryFetcher.Found found = fetch(part, document, log);
                    check(found.entry());
                    each.entry(found.entry(), found.raw(), person(part, document, found.entry()));
                }
        } catch (FormatException e) {
            throw stale(e);
        }
    }

    private void check(Entry entry) throws FormatException {
        if (!filter.matchesType(entry.type())
                || !filter.isWithin(entry)
                || entry.type().equals(EntryFilter.INTENT) && !filter.matchesStatement(entry, ""))
            throw new FormatException(STALE.formatted(entry.sequence()));
    }

    /// The index's folder is emptied, so that the next question is answered from the log.
    private IOException stale(FormatException e) throws IOException {
        new LogIndex(store, index, _ -> {}).forget();
        return new IOException(
                "the index did not fit the log ("
                        + e.getMessage()
                        + ") and was removed: ask again; run `sallyport audit verify`",
                e);
    }

    private static String person(Part part, int document, Entry entry) throws FormatException {
        String user = entry.text("user");
        return user.isEmpty() ? part.chunk.person(document) : user;
    }

    /// A table with a row per statement or other event, the latest `limit` of them.
    ///
    /// @param width of the screen; 0 for as wide as it gets
    public void writeTable(int limit, int width, Appendable out)
            throws AuditException, IOException {
        try {
            long found = totals().rows();
            EntryTable table = new EntryTable();
            for (EntryTable.Row row : latest(limit)) table.add(row);
            table.print(width, out);
            out.append(
                    found <= limit
                            ? found + (found == 1 ? " row\n" : " rows\n")
                            : "the last " + limit + " of " + found + " rows\n");
        } catch (FormatException e) {
            throw stale(e);
        }
    }

    private List<EntryTable.Row> latest(int limit)
            throws AuditException, IOException, FormatException {
        List<EntryTable.Row> rows = new ArrayList<>();
        try (EntryFetcher log = new EntryFetcher(store)) {
            for (int i = parts.size() - 1; i >= 0 && rows.size() < limit; i--) {
                Part part = parts.get(i);
                MutableRoaringBitmap paired = new MutableRoaringBitmap();
                part.chunk.outcomes((document, intent, _) -> {
                    if (part.documents.contains(document) && matches(part, intent))
                        paired.add(document);
                });
                MutableRoaringBitmap own = MutableRoaringBitmap.andNot(part.documents, paired);
                for (var each = own.getReverseIntIterator();
                        each.hasNext() && rows.size() < limit; ) {
                    int document = each.next();
                    Entry entry = fetch(part, document, log).entry();
                    check(entry);
                    rows.add(new EntryTable.Row(entry, person(part, document, entry)));
                }
            }
        }
        addOutcomes(rows);
        return rows.reversed();
    }

    /// Looks for the outcomes of the rows that are statements. They come soon after the intent as a
    /// rule, but may be anywhere behind it, also where nothing matches.
    private void addOutcomes(List<EntryTable.Row> rows)
            throws AuditException, IOException, FormatException {
        Map<Long, EntryTable.Row> waiting = new HashMap<>();
        for (EntryTable.Row row : rows)
            if (row.entry().type().equals(EntryFilter.INTENT)
                    && !row.entry().text("decision").equals("deny"))
                waiting.put(row.entry().sequence(), row);
        if (waiting.isEmpty()) return;
        long first = waiting.keySet().stream().mapToLong(Long::longValue).min().orElseThrow();
        try (EntryFetcher log = new EntryFetcher(store)) {
            for (Chunk chunk : chunks) {
                if (waiting.isEmpty()) return;
                if (chunk.header().lastSequence() < first) continue;
                Map<Integer, EntryTable.Row> here = new HashMap<>();
                chunk.outcomes((document, intent, _) -> {
                    EntryTable.Row row = waiting.remove(intent);
                    if (row != null) here.put(document, row);
                });
                for (var each : here.entrySet()) {
                    int document = each.getKey();
                    long sequence = chunk.header().first() + document;
                    each.getValue().outcome(log.fetch(chunk.place(document), sequence).entry());
                }
            }
        }
    }
}
