package dev.sallyport.gateway;

import dev.sallyport.audit.AuditException;
import java.util.function.Consumer;

/// One event loop's view of the audit log: is a ticket durable yet? The loop is woken once per
/// fsync batch, not once per statement. All methods are called on the loop.
public final class DurabilityGate {
    DurabilityGate() {}

    /// A plain read; true for ticket 0.
    public boolean isDurable(long ticket) {
        throw new UnsupportedOperationException("being built" + ticket);
    }

    /// Runs one of the two on the loop, later (never inside this call). Waiters are woken in the
    /// order of their tickets, among equal ones in the order in which they came.
    ///
    /// @param onFailure the log will never acknowledge the ticket: nothing may be released
    public void whenDurable(long ticket, Runnable onLoop, Consumer<AuditException> onFailure) {
        throw new UnsupportedOperationException("being built" + ticket + onLoop + onFailure);
    }
}
