package dev.sallyport.audit.format;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// How far the log had got, from the file `head`: a lower bound after a crash, exact after a clean
/// close. It lies outside the chain and anyone who can write the store can write it, so it finds a
/// lost tail, a lost segment and a careless cut, not a careful forger.
///
/// The file has two slots, at 0 and at 4096, of which the greater valid one counts. The writer
/// forces the first when it opens and when it closes the log, and rewrites the second after each
/// batch without forcing it. A slot is `SALLYHD1`, epoch (u64), last durable sequence (u64), its
/// leaf hash (32 bytes), state (u8: 0 open, 1 closed), 7 zeros, CRC-32C (u32) of the 64 bytes
/// before.
public record Head(long epoch, long sequence, byte[] leafHash, boolean closed)
        implements Comparable<Head> {
    public static final String FILE_NAME = "head";
    public static final int FILE_BYTES = 8192;
    public static final int FIRST_SLOT = 0;
    public static final int SECOND_SLOT = 4096;
    public static final int SLOT_BYTES = 68;

    private static final byte[] MAGIC = Leaf.ascii("SALLYHD1");

    public byte[] slot() {
        byte[] slot = new byte[SLOT_BYTES];
        write(slot, epoch, sequence, leafHash, closed);
        return slot;
    }

    /// {@link #slot()} into an array that is reused.
    public static void write(
            byte[] slot, long epoch, long sequence, byte[] leafHash, boolean closed) {
        System.arraycopy(MAGIC, 0, slot, 0, MAGIC.length);
        Bytes.putLong(slot, 8, epoch);
        Bytes.putLong(slot, 16, sequence);
        System.arraycopy(leafHash, 0, slot, 24, Leaf.HASH_BYTES);
        slot[56] = (byte) (closed ? 1 : 0);
        Bytes.putInt(slot, SLOT_BYTES - 4, crc(slot));
    }

    /// The greater valid slot of the file's bytes; empty when neither is valid.
    public static Optional<Head> parse(byte[] file, int length) {
        Optional<Head> first = slot(file, FIRST_SLOT, length);
        Optional<Head> second = slot(file, SECOND_SLOT, length);
        if (first.isEmpty()) return second;
        if (second.isEmpty()) return first;
        return first.get().compareTo(second.get()) >= 0 ? first : second;
    }

    private static Optional<Head> slot(byte[] file, int offset, int length) {
        if (length < offset + SLOT_BYTES) return Optional.empty();
        byte[] slot = Arrays.copyOfRange(file, offset, offset + SLOT_BYTES);
        if (!Arrays.equals(slot, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || Bytes.getInt(slot, SLOT_BYTES - 4) != crc(slot)
                || (slot[56] & 0xFF) > 1) return Optional.empty();
        return Optional.of(
                new Head(
                        Bytes.getLong(slot, 8),
                        Bytes.getLong(slot, 16),
                        Arrays.copyOfRange(slot, 24, 56),
                        slot[56] == 1));
    }

    private static int crc(byte[] slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot, 0, SLOT_BYTES - 4);
        return (int) crc.getValue();
    }

    @Override
    public int compareTo(Head other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        if (byEpoch != 0) return byEpoch;
        int bySequence = Long.compare(sequence, other.sequence);
        return bySequence != 0 ? bySequence : Boolean.compare(closed, other.closed);
    }
}
