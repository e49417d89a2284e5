package dev.sallyport.sql.access;

/// Where in a statement a column stands: what its value can influence or reveal.
public enum Place {
    /// Contributes to a value that the statement returns.
    OUTPUT,
    /// WHERE, HAVING, FILTER, LIMIT, INTERSECT and EXCEPT: decides which rows count. A join written
    /// in WHERE is one of these.
    PREDICATE,
    /// ON, USING, NATURAL; MERGE's ON.
    JOIN,
    SORT,
    /// GROUP BY, DISTINCT (of an aggregate, too), UNION, PARTITION BY: which values are equal.
    GROUP,
    /// Computed into another column (SET, VALUES, INSERT ... SELECT).
    SOURCE,
    /// Written: the target column of INSERT, UPDATE, MERGE or COPY FROM.
    TARGET
}
