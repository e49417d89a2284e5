package dev.sallyport.sql.access;

/// Where in a statement a column stands: what its value can influence or reveal.
public enum Place {
    /// Contributes to a value that the statement returns.
    OUTPUT,
    /// WHERE, HAVING, ON, FILTER, USING, LIMIT: decides which rows count.
    PREDICATE,
    JOIN,
    SORT,
    GROUP,
    /// Computed into another column (SET, VALUES, INSERT ... SELECT).
    SOURCE,
    /// Written: the target column of INSERT, UPDATE, MERGE or COPY FROM.
    TARGET
}
