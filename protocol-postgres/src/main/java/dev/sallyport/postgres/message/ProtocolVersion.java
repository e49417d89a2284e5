package dev.sallyport.postgres.message;

/// A version of the wire protocol: the major in the upper 16 bits, the minor in the lower.
public record ProtocolVersion(int value) {
    public static final ProtocolVersion V3_0 = of(3, 0);

    /// PostgreSQL 18: cancel keys of 4 to 256 bytes. 3.1 was never used.
    public static final ProtocolVersion V3_2 = of(3, 2);

    public static ProtocolVersion of(int major, int minor) {
        return new ProtocolVersion(major << 16 | minor);
    }

    public int major() {
        return value >>> 16;
    }

    public int minor() {
        return value & 0xFFFF;
    }

    @Override
    public String toString() {
        return major() + "." + minor();
    }
}
