package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/// Takes {@link Chunk#ENTRIES} entries in order and makes a {@link Chunk} of them.
final class ChunkBuilder {
    private final long first;
    private final byte[] prev;
    private final Map<String, MutableRoaringBitmap> terms = new HashMap<>();
    private final List<LogReader.Place> places = new ArrayList<>();
    private final ByteArrayOutputStream outcomeBytes = new ByteArrayOutputStream();
    private final DataOutputStream outcomes = new DataOutputStream(outcomeBytes);
    private byte[] last;
    private String earliest = "~";
    private String latest = "";

    /// @param first sequence of the first entry
    /// @param prev leaf hash of the entry before it
    ChunkBuilder(long first, byte[] prev) {
        this.first = first;
        this.prev = prev.clone();
        this.last = this.prev;
    }

    int count() {
        return places.size();
    }

    /// @param intent of the statement whose outcome the entry is
    void add(
            Entry entry,
            @Nullable Entry intent,
            String person,
            LogReader.Place place,
            byte[] leafHash) {
        int document = places.size();
        if (entry.sequence() != first + document)
            throw new IllegalArgumentException("sequence out of order: " + entry.sequence());
        places.add(place);
        last = leafHash;
        if (entry.time().compareTo(earliest) < 0) earliest = entry.time();
        if (entry.time().compareTo(latest) > 0) latest = entry.time();
        Entry statement = intent == null ? entry : intent;
        for (Criterion criterion : Criterion.values()) {
            Entry of = criterion.isOfStatement() ? statement : entry;
            for (String value : criterion.values(of, person)) add(criterion, value, document);
        }
        for (String access : statement.list("accesses")) {
            Access parsed = Access.parse(access);
            String head = parsed.action() + "\t" + parsed.relation() + "\t";
            add(Criterion.TABLE, head, document);
            for (String column : parsed.columns()) add(Criterion.TABLE, head + column, document);
        }
        if (intent != null) addOutcome(document, entry, intent);
    }

    private void add(Criterion family, String value, int document) {
        terms.computeIfAbsent(
                        (char) (family.ordinal() + Chunk.FIRST_FAMILY) + value,
                        _ -> new MutableRoaringBitmap())
                .add(document);
    }

    private void addOutcome(int document, Entry entry, Entry intent) {
        try {
            outcomes.writeShort(document);
            outcomes.writeLong(intent.sequence());
            outcomes.writeLong(entry.number("rows", -1));
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
    }

    Chunk build() {
        try {
            var body = new ByteArrayOutputStream();
            var out = new DataOutputStream(body);
            int[] sections = new int[Chunk.SECTIONS + 1];

            writePlaces(out);
            sections[1] = body.size();
            outcomes.flush();
            out.write(outcomeBytes.toByteArray());
            sections[2] = body.size();

            var bitmaps = new ByteArrayOutputStream();
            for (var term : new TreeMap<>(terms).entrySet()) {
                byte[] name = term.getKey().getBytes(StandardCharsets.UTF_8);
                int begin = bitmaps.size();
                term.getValue().runOptimize();
                ByteBuffer bitmap = ByteBuffer.allocate(term.getValue().serializedSizeInBytes());
                term.getValue().serialize(bitmap);
                bitmaps.write(bitmap.array());
                out.writeInt(name.length);
                out.write(name);
                out.writeInt(begin);
                out.writeInt(bitmaps.size() - begin);
                out.writeInt(Chunk.checksum(bitmap.flip()));
            }
            out.flush();
            sections[3] = body.size();
            out.write(bitmaps.toByteArray());
            out.flush();
            sections[4] = body.size();
            return Chunk.of(
                    new Chunk.Header(first, places.size(), prev, last, earliest, latest, sections),
                    body.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
    }

    private void writePlaces(DataOutputStream out) throws IOException {
        for (LogReader.Place place : places) {
            out.writeLong(place.segment());
            out.writeInt(Math.toIntExact(place.offset()));
        }
    }
}
