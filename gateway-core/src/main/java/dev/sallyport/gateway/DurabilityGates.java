package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.DurabilityListener;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// The {@link DurabilityGate} of each event loop. Hears of every batch that became durable on the
/// thread that wrote it, and wakes the loops that wait for it.
public final class DurabilityGates {
    private final AuditLog log;
    private final GatewayMetrics metrics;
    private final Map<Executor, DurabilityGate> gates = new ConcurrentHashMap<>();

    DurabilityGates(AuditLog log, GatewayMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
        log.addListener(
                new DurabilityListener() {
                    @Override
                    public void durable(long sequence) {
                        for (var gate : gates.values()) gate.durable(sequence);
                    }

                    @Override
                    public void poisoned(AuditException cause) {
                        for (var gate : gates.values()) gate.poisoned(cause);
                    }
                });
    }

    /// @param loop a single thread that runs what it is given in order
    public DurabilityGate on(Executor loop) {
        return gates.computeIfAbsent(loop, l -> new DurabilityGate(log, l, metrics));
    }
}
