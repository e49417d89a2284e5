package dev.sallyport.gateway;

/// What one statement has returned so far: shared by every Execute of a portal and every FETCH from
/// a cursor. Belongs to its session's event loop.
final class Tally {
    /// Something of it was asked for.
    boolean begun;

    long rows;
    long bytes;
}
