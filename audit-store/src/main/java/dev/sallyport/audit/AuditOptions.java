package dev.sallyport.audit;

import java.time.Duration;

/// Sizes and intervals of a log. {@link #DEFAULTS} suit a gateway; tests make them small.
///
/// @param segmentBytes size of a segment file, 128 KiB to 1 GiB
/// @param queueBytes most that may wait to be written; beyond it {@link AuditLog#append} refuses
/// @param reserveBytes free disk space below which {@link AuditLog#append} refuses new work; at
///   half of it also what ends work begun (outcomes, session ends). What is queued then still fits:
///   at least twice a segment and the queue
/// @param heartbeat an idle log says this often that it lives; zero for never
public record AuditOptions(
        int segmentBytes, int queueBytes, long reserveBytes, Duration heartbeat) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public static final AuditOptions DEFAULTS =
            new AuditOptions(16 * MIB, 16 * MIB, 128L * MIB, Duration.ofMinutes(1));

    public AuditOptions {
        if (segmentBytes < 128 * KIB || segmentBytes > 1024 * MIB)
            throw new IllegalArgumentException(
                    "segmentBytes must be 128 KiB to 1 GiB, got: " + segmentBytes);
        if (queueBytes < 128 * KIB || queueBytes > 1024 * MIB)
            throw new IllegalArgumentException(
                    "queueBytes must be 128 KiB to 1 GiB, got: " + queueBytes);
        if (reserveBytes < minReserveBytes(segmentBytes, queueBytes))
            throw new IllegalArgumentException(
                    "reserveBytes must be at least twice a segment and the queue ("
                            + minReserveBytes(segmentBytes, queueBytes)
                            + "), got: "
                            + reserveBytes);
        if (heartbeat.isNegative())
            throw new IllegalArgumentException("heartbeat must not be negative: " + heartbeat);
    }

    /// The least reserve with which everything queued still fits when new work is refused.
    public static long minReserveBytes(int segmentBytes, int queueBytes) {
        return 2L * segmentBytes + 2L * queueBytes;
    }

    public AuditOptions withSegmentBytes(int bytes) {
        return new AuditOptions(bytes, queueBytes, reserveBytes, heartbeat);
    }

    public AuditOptions withQueueBytes(int bytes) {
        return new AuditOptions(segmentBytes, bytes, reserveBytes, heartbeat);
    }

    public AuditOptions withReserveBytes(long bytes) {
        return new AuditOptions(segmentBytes, queueBytes, bytes, heartbeat);
    }

    public AuditOptions withHeartbeat(Duration interval) {
        return new AuditOptions(segmentBytes, queueBytes, reserveBytes, interval);
    }
}
