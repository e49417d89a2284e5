package dev.sallyport.identity;

/// What became of a {@link Change}.
public sealed interface Changed<R> {
    /// It is durable and in force here; on other gateways within a second.
    record Done<R>(R result, State state) implements Changed<R> {}

    /// Nothing changed.
    record Refused<R>(String reason) implements Changed<R> {}
}
