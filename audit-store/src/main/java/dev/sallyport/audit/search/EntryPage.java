package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Segment;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.sealed.PartOpener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One entry with all it has, for `sallyport audit show`; its sealed part opened for whoever has
/// the key.
public final class EntryPage {
    private final Path store;
    private final Entry entry;
    private final byte[] raw;

    private EntryPage(Path store, Entry entry, byte[] raw) {
        this.store = store;
        this.entry = entry;
        this.raw = raw;
    }

    /// Empty when the log has no such entry.
    public static Optional<EntryPage> read(Path store, long sequence)
            throws AuditException, IOException {
        try (LogReader reader = LogReader.open(store, sequence)) {
            Entry entry = reader.next();
            return entry == null || entry.sequence() != sequence
                    ? Optional.empty()
                    : Optional.of(new EntryPage(store, entry, reader.raw()));
        }
    }

    /// The entry on one line, for people.
    public static String line(Entry entry) {
        return new EntryText().line(entry);
    }

    public boolean isSealed() throws FormatException {
        return PartOpener.keyOf(entry).isPresent();
    }

    /// The members of its sealed part.
    ///
    /// @throws AuditException it was not sealed to this key
    /// @throws FormatException what is sealed is not this entry's
    public Map<String, Object> open(AuditorKey key)
            throws AuditException, FormatException, IOException {
        PartOpener opener = new PartOpener(key);
        Optional<Entry> announced = announced();
        if (announced.isPresent()) opener.follow(announced.get());
        return opener.open(entry);
    }

    /// The `seal-key` that its part is sealed under. It comes a while before, so the segments are
    /// gone through from the entry's own back.
    private Optional<Entry> announced() throws AuditException, FormatException, IOException {
        Optional<String> id = PartOpener.keyOf(entry);
        if (id.isEmpty()) return Optional.empty();
        long end = entry.sequence();
        for (long first : segmentsBefore(end).reversed()) {
            try (LogReader reader = LogReader.open(store, first)) {
                for (Entry at = reader.next();
                        at != null && at.sequence() < end;
                        at = reader.next())
                    if (at.type().equals(PartOpener.SEAL_KEY) && at.text("key").equals(id.get()))
                        return Optional.of(at);
            }
            end = first;
        }
        return Optional.empty();
    }

    private List<Long> segmentsBefore(long sequence) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> Segment.firstSequence(String.valueOf(file.getFileName())))
                    .flatMap(first -> first.isPresent() ? Stream.of(first.getAsLong()) : null)
                    .filter(first -> first <= sequence)
                    .sorted()
                    .toList();
        }
    }

    /// The entry's own bytes; with what was opened, an object of both.
    public String json(Optional<Map<String, Object>> opened) {
        String own = new String(raw, StandardCharsets.UTF_8);
        return opened.map(part ->
                        "{\"entry\":"
                                + own
                                + ",\"opened\":"
                                + new String(
                                        new JsonWriter(1024).value(part).toByteArray(),
                                        StandardCharsets.UTF_8)
                                + "}")
                .orElse(own);
    }

    /// For people: a member a line.
    public String text(Optional<Map<String, Object>> opened)
            throws AuditException, FormatException, IOException {
        StringBuilder text = new StringBuilder();
        text.append("entry ").append(entry.sequence()).append(" of the log ");
        text.append(entry.writer()).append('\n');
        text.append("  ").append(EntryText.time(entry)).append("  ").append(entry.type());
        text.append('\n');
        members(entry.event(), text);
        if (isSealed()) {
            text.append("sealed to ").append(recipients());
            text.append(opened.isPresent() ? "; opened:\n" : "; --open --key FILE shows it\n");
        }
        opened.ifPresent(part -> members(part, text));
        return text.toString();
    }

    private String recipients() throws AuditException, FormatException, IOException {
        Optional<Entry> announced = announced();
        if (announced.isEmpty()
                || !(announced.get().event().get("recipients") instanceof Map<?, ?> recipients))
            return "nobody (its seal-key is missing)";
        return recipients.keySet().stream()
                .map(recipient -> EntryText.printable(String.valueOf(recipient).split(":")[1]))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static void members(Map<String, Object> members, StringBuilder text) {
        for (Map.Entry<String, Object> member : new TreeMap<>(members).entrySet()) {
            if (member.getKey().equals(PartOpener.MEMBER)) continue;
            String name = EntryText.printable(member.getKey());
            if (member.getValue() instanceof List<?> items)
                for (Object item : items) line(name, item, text);
            else line(name, member.getValue(), text);
        }
    }

    /// Lines of a text stay lines, further in; nothing else that could move the cursor stays.
    private static void line(String name, Object value, StringBuilder text) {
        String shown =
                value instanceof String words
                        ? words.lines()
                                .map(EntryText::printable)
                                .collect(Collectors.joining("\n" + " ".repeat(20)))
                        : EntryText.printable(
                                new String(
                                        new JsonWriter(64).value(value).toByteArray(),
                                        StandardCharsets.UTF_8));
        text.append("  ").append(name);
        text.append(" ".repeat(Math.max(1, 18 - name.length()))).append(shown).append('\n');
    }
}
