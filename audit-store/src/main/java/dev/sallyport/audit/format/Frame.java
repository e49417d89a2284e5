package dev.sallyport.audit.format;

import java.util.zip.CRC32C;

/// How an entry lies in a segment: length (u32), batch start (u32), CRC-32C (u32) of the eight
/// bytes before and the entry, then the entry's bytes. All integers big-endian.
///
/// The batch start is the offset of the first frame that was made durable with the same force. A
/// batch is begun only after the one before it was forced, so an invalid frame followed by a valid
/// one of a *later* batch was whole once and was altered, while one followed by its own batch only
/// may be torn by a crash.
public final class Frame {
    public static final int HEADER_BYTES = 12;

    private Frame() {}

    /// Fills in the header in front of the entry at `offset + HEADER_BYTES`.
    public static void seal(byte[] bytes, int offset, int entryLength, int batchStart) {
        Bytes.putInt(bytes, offset, entryLength);
        Bytes.putInt(bytes, offset + 4, batchStart);
        Bytes.putInt(bytes, offset + 8, crc(bytes, offset, entryLength));
    }

    /// CRC-32C of the first eight bytes at `offset` and of the entry behind the header.
    static int crc(byte[] bytes, int offset, int entryLength) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, 8);
        crc.update(bytes, offset + HEADER_BYTES, entryLength);
        return (int) crc.getValue();
    }
}
