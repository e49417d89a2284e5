package dev.sallyport.audit.format;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// The first 256 bytes of a segment file: magic `SALLYSG1`, first sequence (u64), leaf hash of the
/// entry before (32 bytes), length of the origin (u16), the origin, zeros, CRC-32C (u32) of the 252
/// bytes before. Frames follow, and zeros to the end of the file.
///
/// @param firstSequence of the first entry that the segment holds or will hold
/// @param prev leaf hash of the entry before that; zeros for the first segment
public record Segment(long firstSequence, byte[] prev, String origin) {
    public static final int HEADER_BYTES = 256;

    private static final byte[] MAGIC = Leaf.ascii("SALLYSG1");
    private static final int ORIGIN_AT = 50;
    private static final int CRC_AT = HEADER_BYTES - 4;
    private static final Pattern NAME = Pattern.compile("segment-(\\d{20})");

    public static String name(long firstSequence) {
        return "segment-%020d".formatted(firstSequence);
    }

    /// The first sequence that a file name speaks of; empty when it names no segment.
    public static OptionalLong firstSequence(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(matcher.group(1)));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    public byte[] header() {
        byte[] header = new byte[HEADER_BYTES];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        Bytes.putLong(header, 8, firstSequence);
        System.arraycopy(prev, 0, header, 16, Leaf.HASH_BYTES);
        byte[] name = Leaf.ascii(origin);
        header[48] = (byte) (name.length >> 8);
        header[49] = (byte) name.length;
        System.arraycopy(name, 0, header, ORIGIN_AT, name.length);
        Bytes.putInt(header, CRC_AT, crc(header));
        return header;
    }

    /// @throws FormatException the bytes are no header
    public static Segment parse(byte[] header, int length) throws FormatException {
        if (length < HEADER_BYTES) throw new FormatException("segment shorter than its header");
        if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length))
            throw new FormatException("segment header does not begin with SALLYSG1");
        if (Bytes.getInt(header, CRC_AT) != crc(header))
            throw new FormatException("segment header does not match its CRC");
        int originLength = (header[48] & 0xFF) << 8 | header[49] & 0xFF;
        if (originLength > 128) throw new FormatException("segment header: origin too long");
        String origin =
                new String(
                        header,
                        ORIGIN_AT,
                        originLength,
                        java.nio.charset.StandardCharsets.ISO_8859_1);
        if (!Entry.isOrigin(origin)) throw new FormatException("segment header: bad origin");
        for (int i = ORIGIN_AT + originLength; i < CRC_AT; i++)
            if (header[i] != 0) throw new FormatException("segment header: padding is not zero");
        long first = Bytes.getLong(header, 8);
        if (first < 1) throw new FormatException("segment header: bad first sequence");
        return new Segment(first, Arrays.copyOfRange(header, 16, 48), origin);
    }

    private static int crc(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CRC_AT);
        return (int) crc.getValue();
    }
}
