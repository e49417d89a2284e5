package dev.sallyport.audit.search;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/// The index over {@link #ENTRIES} entries that follow each other: for each value of each {@link
/// Criterion} the set of entries that have it, where each entry lies, and which intent each outcome
/// belongs to. Every part has a checksum that is looked at before the part is used.
///
/// Entries are numbered from 0 within the chunk: documents.
final class Chunk {
    /// So that the rest, which is read anew at each question, stays small.
    static final int ENTRIES = 16_384;

    /// Places, outcomes, terms, bitmaps.
    static final int SECTIONS = 4;

    static final char FIRST_FAMILY = 'A';

    private static final long MAGIC = 0x53414c4c59495833L;
    private static final int TIME_BYTES = 27;
    private static final int PLACE_BYTES = 12;
    private static final int TERM_TAIL_BYTES = 12;
    private static final int MAX_BODY_BYTES = 1 << 30;

    /// Magic, first, count, two hashes, two times, sections with their checksums, checksum.
    static final int HEADER_BYTES =
            8 + 8 + 4 + 2 * Leaf.HASH_BYTES + 2 * TIME_BYTES + SECTIONS * 8 + 4;

    /// @param prev leaf hash of the entry before the first
    /// @param last leaf hash of the last
    /// @param sections where in the body each begins, and the body's length
    record Header(
            long first,
            int count,
            byte[] prev,
            byte[] last,
            String earliest,
            String latest,
            int[] sections) {
        long lastSequence() {
            return first + count - 1;
        }
    }

    private final Header header;
    private final int[] checksums;
    private final ByteBuffer body;
    private final boolean[] checked = new boolean[SECTIONS];

    private Chunk(Header header, int[] checksums, ByteBuffer body) {
        this.header = header;
        this.checksums = checksums;
        this.body = body;
    }

    static Chunk of(Header header, byte[] body) {
        int[] checksums = new int[SECTIONS];
        for (int i = 0; i < SECTIONS; i++)
            checksums[i] =
                    checksum(
                            ByteBuffer.wrap(body)
                                    .position(header.sections[i])
                                    .limit(header.sections[i + 1]));
        return new Chunk(header, checksums, ByteBuffer.wrap(body));
    }

    Header header() {
        return header;
    }

    int totalBytes() {
        return HEADER_BYTES + header.sections[SECTIONS];
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(totalBytes());
        out.putLong(MAGIC).putLong(header.first).putInt(header.count);
        out.put(header.prev).put(header.last);
        out.put(header.earliest.getBytes(StandardCharsets.US_ASCII));
        out.put(header.latest.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < SECTIONS; i++) out.putInt(header.sections[i + 1]).putInt(checksums[i]);
        out.putInt(checksum(out.duplicate().flip()));
        out.put(body.duplicate().rewind());
        return out.flip();
    }

    /// How long the body is that follows this header.
    ///
    /// @throws FormatException it is no chunk's header
    static int bodyBytes(ByteBuffer headerBytes) throws FormatException {
        int end = headerBytes.position() + HEADER_BYTES - 4;
        if (headerBytes.getInt(end) != checksum(headerBytes.duplicate().limit(end))
                || headerBytes.getLong(headerBytes.position()) != MAGIC)
            throw new FormatException("no chunk of this version");
        int bytes = headerBytes.getInt(end - 8);
        if (bytes < 0 || bytes > MAX_BODY_BYTES) throw new FormatException("impossible length");
        return bytes;
    }

    /// @param headerBytes one for which {@link #bodyBytes} has answered
    static Chunk parse(ByteBuffer headerBytes, ByteBuffer body) {
        ByteBuffer in = headerBytes.duplicate();
        long _ = in.getLong();
        long first = in.getLong();
        int count = in.getInt();
        byte[] prev = new byte[Leaf.HASH_BYTES];
        byte[] last = new byte[Leaf.HASH_BYTES];
        in.get(prev).get(last);
        byte[] earliest = new byte[TIME_BYTES];
        byte[] latest = new byte[TIME_BYTES];
        in.get(earliest).get(latest);
        int[] sections = new int[SECTIONS + 1];
        int[] checksums = new int[SECTIONS];
        for (int i = 0; i < SECTIONS; i++) {
            sections[i + 1] = in.getInt();
            checksums[i] = in.getInt();
        }
        return new Chunk(
                new Header(
                        first,
                        count,
                        prev,
                        last,
                        new String(earliest, StandardCharsets.US_ASCII),
                        new String(latest, StandardCharsets.US_ASCII),
                        sections),
                checksums,
                body);
    }

    /// Looks at the checksum of every part that showing an entry needs.
    void check() throws FormatException {
        for (int i = 0; i < SECTIONS - 1; i++) {
            var _ = section(i);
        }
        var _ = having(Criterion.USER, _ -> true);
    }

    LogReader.Place place(int document) throws FormatException {
        ByteBuffer places = section(0);
        int at = document * PLACE_BYTES;
        return new LogReader.Place(places.getLong(at), places.getInt(at + 8));
    }

    interface Outcomes {
        /// @param intent sequence of the statement's intent
        /// @param rows of its result, or -1
        void outcome(int document, long intent, long rows);
    }

    /// Every outcome whose intent is known, in order.
    void outcomes(Outcomes each) throws FormatException {
        ByteBuffer outcomes = section(1);
        while (outcomes.hasRemaining()) {
            int document = Short.toUnsignedInt(outcomes.getShort());
            each.outcome(document, outcomes.getLong(), outcomes.getLong());
        }
    }

    /// The documents that have what is asked for, apart from type, time and sequence.
    MutableRoaringBitmap statements(EntryFilter filter) throws FormatException {
        MutableRoaringBitmap found = MutableRoaringBitmap.bitmapOfRange(0, header.count);
        for (var wanted : filter.wanted().entrySet()) {
            Criterion criterion = wanted.getKey();
            if (criterion == Criterion.TYPE || criterion.isOfAccess() || found.isEmpty()) continue;
            found.and(having(criterion, criterion.test(wanted.getValue())));
        }
        if (filter.asksForAccess() && !found.isEmpty())
            found.and(having(Criterion.TABLE, value -> filter.isAccess(access(value))));
        return found;
    }

    private static Access access(String value) {
        String[] parts = value.split("\t", -1);
        return new Access(parts[0], parts[1], parts[2].isEmpty() ? List.of() : List.of(parts[2]));
    }

    /// The documents with a value of this family that passes the test.
    MutableRoaringBitmap having(Criterion family, Predicate<String> test) throws FormatException {
        ByteBuffer terms = section(2);
        byte wanted = (byte) (family.ordinal() + FIRST_FAMILY);
        MutableRoaringBitmap found = new MutableRoaringBitmap();
        while (terms.hasRemaining()) {
            int length = terms.getInt();
            byte is = terms.get(terms.position());
            if (is > wanted) break;
            if (is == wanted) {
                byte[] value = new byte[length - 1];
                terms.get(terms.position() + 1, value);
                if (test.test(new String(value, StandardCharsets.UTF_8)))
                    found.or(bitmap(terms.position() + length, terms));
            }
            terms.position(terms.position() + length + TERM_TAIL_BYTES);
        }
        return found;
    }

    private ImmutableRoaringBitmap bitmap(int at, ByteBuffer terms) throws FormatException {
        ByteBuffer bitmap = body.slice(header.sections[3] + terms.getInt(at), terms.getInt(at + 4));
        if (checksum(bitmap.duplicate()) != terms.getInt(at + 8)) throw damaged();
        return new ImmutableRoaringBitmap(bitmap);
    }

    /// @throws FormatException its bytes are not those that were written
    private ByteBuffer section(int number) throws FormatException {
        ByteBuffer section =
                body.slice(
                        header.sections[number],
                        header.sections[number + 1] - header.sections[number]);
        if (!checked[number]) {
            if (checksum(section.duplicate()) != checksums[number]) throw damaged();
            checked[number] = true;
        }
        return section;
    }

    private FormatException damaged() {
        return new FormatException("a part of the index at " + header.first + " is damaged");
    }

    /// Who the document is about, as the builder knew it; empty when about nobody.
    String person(int document) throws FormatException {
        for (String user : values(Criterion.USER))
            if (having(Criterion.USER, user::equals).contains(document)) return user;
        return "";
    }

    /// What values of a family there are.
    Set<String> values(Criterion family) throws FormatException {
        Set<String> values = new TreeSet<>();
        var _ =
                having(
                        family,
                        value -> {
                            values.add(value);
                            return false;
                        });
        return values;
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return "Chunk["
                + header.first
                + ".."
                + header.lastSequence()
                + ", "
                + Arrays.toString(header.sections)
                + "]";
    }
}
