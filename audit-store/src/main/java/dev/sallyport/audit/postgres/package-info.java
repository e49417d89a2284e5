/// The copy of logs in PostgreSQL: many gateways, one origin each, in the same tables.
///
/// {@link dev.sallyport.audit.postgres.LogCopy} streams one journal, on a thread of its own and
/// from the disk; {@link dev.sallyport.audit.postgres.CopySchema} makes the tables, once, for their
/// owner; {@link dev.sallyport.audit.postgres.CopyVerifier} says whether what is there is what was
/// written. The journal is the log of record and knows nothing of this package. Tables, functions
/// and views are `schema-1.sql` and `views-1.sql` beside these classes.
@NullMarked
package dev.sallyport.audit.postgres;

import org.jspecify.annotations.NullMarked;
