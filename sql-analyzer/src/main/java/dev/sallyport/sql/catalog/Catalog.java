package dev.sallyport.sql.catalog;

/// An immutable snapshot of what the database holds: schemas, relations, columns, views, functions.
public final class Catalog {}
