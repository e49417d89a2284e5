package dev.sallyport.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A journal whose clock a test sets. In this package, since the product has no use for that.
public final class ClockedLog {
    private ClockedLog() {}

    /// Without a key, so that nothing is signed.
    public static AuditLog open(Path store, String origin, InstantSource clock)
            throws AuditException, IOException {
        return open(store, origin, clock, null);
    }

    public static AuditLog openSealed(Path store, String origin, InstantSource clock, Path key)
            throws AuditException, IOException {
        return open(store, origin, clock, new Sealer(store, origin, key));
    }

    private static AuditLog open(
            Path store, String origin, InstantSource clock, @Nullable Sealer sealer)
            throws AuditException, IOException {
        return new AuditLog(
                new DiskStorage(store),
                origin,
                AuditOptions.DEFAULTS.withSegmentBytes(128 * 1024).withReserveBytes(64 << 20),
                clock,
                Runnable::run,
                true,
                sealer,
                new PartSealer(origin, List.of()));
    }
}
