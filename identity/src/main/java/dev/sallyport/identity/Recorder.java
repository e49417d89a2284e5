package dev.sallyport.identity;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Writes down what is about to change.
@FunctionalInterface
public interface Recorder {
    long SECONDS = 10;

    /// Returns when it is durable.
    ///
    /// @throws AuditException it is not, or nobody knows
    void record(AuditEvent event) throws AuditException;

    static Recorder of(AuditLog log) {
        return event -> {
            try {
                long _ = log.commit(event).get(SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuditException cause) throw cause;
                throw new IllegalStateException(e.getCause());
            } catch (TimeoutException e) {
                throw new AuditException(
                        AuditException.Reason.INPUT_OUTPUT,
                        "the audit log took longer than " + SECONDS + " s",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AuditException(AuditException.Reason.CLOSED, "interrupted", e);
            }
        };
    }
}
