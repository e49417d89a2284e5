package dev.sallyport.sql.access;

/// What a statement does to the names that the session itself holds, so that the gateway can follow
/// a later EXECUTE or FETCH back to the text that was analysed.
public sealed interface SessionChange {
    /// PREPARE name AS inner.
    record Prepares(String name, Footprint inner) implements SessionChange {}

    /// EXECUTE name: what runs is the prepared statement, whose footprint the session holds; the
    /// statement's own footprint covers the arguments only.
    record Executes(String name) implements SessionChange {}

    record Deallocates(String name) implements SessionChange {}

    record DeallocatesAll() implements SessionChange {}

    /// DECLARE name CURSOR FOR query; the query's accesses are in the declaring statement's own
    /// footprint too.
    record DeclaresCursor(String name, Footprint query) implements SessionChange {}

    /// FETCH or MOVE from a cursor or portal, or WHERE CURRENT OF.
    record UsesCursor(String name) implements SessionChange {}

    record ClosesCursor(String name) implements SessionChange {}

    record ClosesAllCursors() implements SessionChange {}

    /// DISCARD ALL: prepared statements, cursors, settings and temporary tables go.
    record DiscardsAll() implements SessionChange {}
}
