package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.search.LogReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A real audit log in a temporary folder, and what was written there.
public final class TestLog implements AutoCloseable {
    private static final int MIB = 1 << 20;

    private final Path store;
    public final AuditLog log;

    public TestLog(Path store) throws AuditException {
        this.store = store;
        this.log =
                AuditLog.open(
                        store,
                        "test",
                        AuditOptions.DEFAULTS
                                .withSegmentBytes(MIB)
                                .withQueueBytes(MIB)
                                .withReserveBytes(4L * MIB));
    }

    /// Durable entries of one type, in order.
    public List<Entry> entries(String type) throws Exception {
        // What is durable now is everything appended before.
        long _ = log.commit(new dev.sallyport.audit.AuditEvent.LogRead("test", "read", 0)).get();
        var found = new ArrayList<Entry>();
        try (var reader = LogReader.open(store, 1)) {
            for (var entry = reader.next(); entry != null; entry = reader.next())
                if (entry.type().equals(type)) found.add(entry);
        }
        return found;
    }

    @Override
    public void close() {
        log.close();
    }
}
