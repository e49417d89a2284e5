package dev.sallyport.audit.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An entry's own members, read where they lie, without making anything: for whoever walks over
/// millions of entries. Holds the entry it has read last; not for several threads.
///
/// Since the members and their order are fixed, `{"epoch":` begins an entry, the event follows, and
/// the rest is found from the end. {@link #parse} and {@link #checkEvent} together accept exactly
/// what {@link Entry#parse} accepts.
public final class Envelope {
    private static final byte[] EPOCH = Leaf.ascii("{\"epoch\":");
    private static final byte[] EVENT = Leaf.ascii(",\"event\":");
    private static final byte[] PREV = Leaf.ascii(",\"prev\":\"");
    private static final byte[] SEQ = Leaf.ascii("\",\"seq\":");
    private static final byte[] TIME = Leaf.ascii(",\"time\":\"");
    private static final byte[] TYPE = Leaf.ascii("\",\"type\":\"");
    private static final byte[] WRITER = Leaf.ascii("\",\"writer\":\"");
    private static final byte[] END = Leaf.ascii("\"}");
    private static final byte[] TIME_FORM = Leaf.ascii("dddd-dd-ddTdd:dd:dd.ddddddZ");
    private static final int MAX_NUMBER_DIGITS = 16;

    private byte[] bytes = new byte[0];
    private int at;
    private long epoch;
    private long sequence;
    private int eventBegin;
    private int eventEnd;
    private int prev;
    private int timeBegin;
    private int typeBegin;
    private int typeEnd;
    private int writerBegin;
    private int writerEnd;

    /// @throws FormatException the bytes are no entry
    public void parse(byte[] entry, int offset, int length) throws FormatException {
        if (length > Entry.MAX_BYTES) throw new FormatException("entry longer than 65535 bytes");
        bytes = entry;
        at = offset;
        int end = offset + length;
        skip(EPOCH, end);
        epoch = number(end);
        skip(EVENT, end);
        eventBegin = at;
        // From the end, whose lengths are bounded: writer, type, time, sequence, prev.
        writerEnd = before(END, end);
        writerBegin = backTo((byte) '"', writerEnd, 128);
        for (int i = writerBegin; i < writerEnd; i++)
            if (bytes[i] <= ' ' || bytes[i] > '~' || bytes[i] == '\\')
                throw flaw("member writer is not of its form");
        if (writerBegin == writerEnd) throw flaw("member writer is not of its form");
        typeEnd = before(WRITER, writerBegin);
        typeBegin = backTo((byte) '"', typeEnd, length);
        checkType();
        int timeEnd = before(TYPE, typeBegin);
        int time = timeEnd - TIME_FORM.length;
        checkTime(time);
        timeBegin = time;
        int sequenceEnd = before(TIME, time);
        at = backTo((byte) ':', sequenceEnd, MAX_NUMBER_DIGITS);
        int sequenceBegin = at;
        sequence = number(sequenceEnd);
        if (at != sequenceEnd) throw flaw("member seq is no positive integer");
        int prevEnd = before(SEQ, sequenceBegin);
        prev = prevEnd - 2 * Leaf.HASH_BYTES;
        if (prev < eventBegin) throw flaw("no entry");
        for (int i = prev; i < prevEnd; i++)
            if (!(bytes[i] >= '0' && bytes[i] <= '9' || bytes[i] >= 'a' && bytes[i] <= 'f'))
                throw flaw("member prev is not of its form");
        eventEnd = before(PREV, prev);
        if (eventEnd <= eventBegin) throw flaw("no entry");
    }

    /// @throws FormatException the event is no object of canonical JSON
    public void checkEvent() throws FormatException {
        JsonReader.check(bytes, eventBegin, eventEnd - eventBegin, 1);
    }

    public long epoch() {
        return epoch;
    }

    public long sequence() {
        return sequence;
    }

    /// As `2026-11-23T05:17:59.123456Z`. It has that form, but may name no day there is.
    public String time() {
        return new String(bytes, timeBegin, TIME_FORM.length, StandardCharsets.US_ASCII);
    }

    public boolean prevIs(byte[] hash) {
        for (int i = 0; i < hash.length; i++)
            if (bytes[prev + 2 * i] != Leaf.digit(hash[i] >> 4)
                    || bytes[prev + 2 * i + 1] != Leaf.digit(hash[i])) return false;
        return true;
    }

    public boolean typeIs(byte[] type) {
        return Arrays.equals(bytes, typeBegin, typeEnd, type, 0, type.length);
    }

    public boolean writerIs(byte[] origin) {
        return Arrays.equals(bytes, writerBegin, writerEnd, origin, 0, origin.length);
    }

    /// A string member of a statement's intent or outcome; empty when it was left out. Looks for
    /// its bytes: within a string every `"` is escaped, so `"session":"` stands nowhere else.
    public String eventText(String member) throws FormatException {
        byte[] begin = Leaf.ascii("\"" + member + "\":\"");
        int found = find(begin);
        return found < 0 ? "" : JsonReader.text(bytes, found - 1, eventEnd - found + 1);
    }

    /// An integer member of a statement's intent or outcome; -1 when there is none.
    public long eventNumber(String member) {
        int i = find(Leaf.ascii("\"" + member + "\":"));
        if (i < 0) return -1;
        long value = 0;
        while (i < eventEnd && bytes[i] >= '0' && bytes[i] <= '9')
            value = value * 10 + bytes[i++] - '0';
        return value;
    }

    /// The offset behind `wanted` in the event; -1 when it is not there.
    private int find(byte[] wanted) {
        for (int i = eventBegin; i <= eventEnd - wanted.length; i++)
            if (bytes[i] == '"'
                    && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length))
                return i + wanted.length;
        return -1;
    }

    private void skip(byte[] wanted, int end) throws FormatException {
        if (end - at < wanted.length
                || !Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length))
            throw flaw("no entry");
        at += wanted.length;
    }

    /// Where `wanted` begins that ends at `end`.
    private int before(byte[] wanted, int end) throws FormatException {
        int begin = end - wanted.length;
        if (begin < eventBegin || !Arrays.equals(bytes, begin, end, wanted, 0, wanted.length))
            throw flaw("no entry");
        return begin;
    }

    /// The offset behind the last `wanted` before `end`.
    private int backTo(byte wanted, int end, int most) throws FormatException {
        for (int i = end; i > eventBegin && end - i <= most; i--)
            if (bytes[i - 1] == wanted) return i;
        throw flaw("no entry");
    }

    private long number(int end) throws FormatException {
        int begin = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - begin <= MAX_NUMBER_DIGITS)
            value = value * 10 + bytes[at++] - '0';
        if (value < 1 || value > JsonWriter.MAX_INTEGER || bytes[begin] == '0')
            throw flaw("member epoch or seq is no positive integer");
        return value;
    }

    private void checkTime(int begin) throws FormatException {
        if (begin < eventBegin) throw flaw("no entry");
        for (int i = 0; i < TIME_FORM.length; i++) {
            byte c = bytes[begin + i];
            if (TIME_FORM[i] == 'd' ? c < '0' || c > '9' : c != TIME_FORM[i])
                throw flaw("member time is not of its form");
        }
    }

    /// Words of `a` to `z`, joined by single `-`.
    private void checkType() throws FormatException {
        boolean letter = false;
        for (int i = typeBegin; i < typeEnd; i++) {
            boolean isLetter = bytes[i] >= 'a' && bytes[i] <= 'z';
            if (!isLetter && !(bytes[i] == '-' && letter))
                throw flaw("member type is not of its form");
            letter = isLetter;
        }
        if (!letter) throw flaw("member type is not of its form");
    }

    private static FormatException flaw(String what) {
        return new FormatException(what);
    }
}
