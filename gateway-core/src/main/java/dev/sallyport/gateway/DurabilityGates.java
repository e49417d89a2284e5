package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.DurabilityListener;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/// The {@link DurabilityGate} of each event loop. Hears of every batch that became durable on the
/// thread that wrote it, and wakes the loops that wait for it.
public final class DurabilityGates {
    private final AuditLog log;
    private final GatewayMetrics metrics;
    private final BiConsumer<Executor, Runnable> nextRound;
    private final Map<Executor, DurabilityGate> gates = new ConcurrentHashMap<>();

    /// @param nextRound runs a task on the loop, from which it is called, when that has looked at
    ///   its channels once more; just later where there are none
    DurabilityGates(
            AuditLog log, GatewayMetrics metrics, BiConsumer<Executor, Runnable> nextRound) {
        this.log = log;
        this.metrics = metrics;
        this.nextRound = nextRound;
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
        return gates.computeIfAbsent(loop, l -> new DurabilityGate(log, l, nextRound, metrics));
    }
}
