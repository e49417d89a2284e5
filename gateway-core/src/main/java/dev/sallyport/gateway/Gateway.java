package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.network.BoundListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// A running gateway. {@link #start} builds everything that the configuration asks for.
public final class Gateway {
    private Gateway() {}

    /// Returns when every listener accepts connections. The catalogs may still be loading:
    /// statements are refused until they are there.
    ///
    /// @param onFatal the audit log is poisoned: statements are refused from now on, sessions get
    ///   57P03, and the process has to end with an error. Called once, on a thread of its own.
    /// @throws GatewayException what cannot be started and why; everything begun is undone
    public static Gateway start(
            ConfigLoader.Loaded configuration,
            List<ProtocolFactory> protocols,
            Consumer<AuditException> onFatal)
            throws GatewayException {
        throw new UnsupportedOperationException(
                "being built" + configuration + protocols + onFatal);
    }

    /// With their real ports.
    public List<BoundListener> listeners() {
        throw new UnsupportedOperationException("being built");
    }

    /// Port of the health and metrics endpoint.
    public int adminPort() {
        throw new UnsupportedOperationException("being built");
    }

    /// Waits until every database's catalog is loaded, or the time is over.
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        throw new UnsupportedOperationException("being built" + atMost);
    }

    /// Every decision from now on, in the order of each session, on the sessions' event loops:
    /// return at once.
    public void onDecision(Consumer<DecisionEvent> listener) {
        throw new UnsupportedOperationException("being built" + listener);
    }

    /// Accepts no more, ends sessions that are idle, lets running statements finish for `drain` at
    /// most, records the stop, closes everything. Idempotent; blocks.
    public void stop(Duration drain) {
        throw new UnsupportedOperationException("being built" + drain);
    }
}
