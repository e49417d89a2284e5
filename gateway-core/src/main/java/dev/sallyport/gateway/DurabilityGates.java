package dev.sallyport.gateway;

import dev.sallyport.audit.AuditLog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// The {@link DurabilityGate} of each event loop.
public final class DurabilityGates {
    private final Map<Executor, DurabilityGate> gates = new ConcurrentHashMap<>();

    public DurabilityGates(AuditLog log) {
        throw new UnsupportedOperationException("being built" + log);
    }

    /// @param loop a single thread that runs what it is given in order
    public DurabilityGate on(Executor loop) {
        return gates.computeIfAbsent(loop, _ -> new DurabilityGate());
    }
}
