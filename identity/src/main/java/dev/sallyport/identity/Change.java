package dev.sallyport.identity;

import dev.sallyport.audit.AuditEvent;
import java.util.List;

/// Says what a change comes to, given what is. Called while nobody else changes anything, on this
/// gateway or another, so what it checks still holds when the change is made; may be called more
/// than once, so it does nothing but answer.
@FunctionalInterface
public interface Change<R> {
    Answer<R> on(State now);

    sealed interface Answer<R> {}

    /// @param records written to the audit log, durably, before the edits are made. None only for
    ///   what a record tells already, as the time of a login
    /// @param result for whoever asked
    record Accept<R>(List<AuditEvent> records, List<Edit> edits, R result) implements Answer<R> {
        public Accept {
            records = List.copyOf(records);
            edits = List.copyOf(edits);
        }
    }

    /// Nothing changes; that it was refused is recorded.
    ///
    /// @param reason for people
    record Refuse<R>(String reason) implements Answer<R> {}
}
