package dev.sallyport.audit;

/// Hears what became durable, once per batch and not once per entry: one listener per event loop
/// then wakes the loop's waiting sessions.
///
/// Both methods run on the thread that wrote, one at a time: the log's own, or an event loop in
/// {@link AuditLog#force}. So they must return at once and never block: hand over to the loop
/// (`loop.execute`) and leave.
public interface DurabilityListener {

    /// Every entry up to and including `sequence` is on disk. Comes in increasing order; an entry
    /// appended before the listener was added may be durable already (ask {@link
    /// AuditLog#durableSequence()} after adding).
    void durable(long sequence);

    /// The log is poisoned: entries beyond {@link AuditLog#durableSequence()} will never be
    /// acknowledged. Comes once and last. Whoever waits is to be refused, and the gateway to stop.
    void poisoned(AuditException cause);
}
