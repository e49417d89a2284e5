/// The append-only, hash-chained record of every decision.
///
/// {@link dev.sallyport.audit.AuditLog} is the one entry point for writers. Events are encoded on
/// the caller's thread and queued ({@link dev.sallyport.audit.PendingEntries}); one thread at a
/// time chains, writes and forces them in batches ({@link dev.sallyport.audit.Journal}); at start
/// {@link dev.sallyport.audit.Recovery} finds where the log ends. The bytes are in `format`;
/// `verify` and `search` read them and know nothing of the writer. Needs only the JDK and SLF4J.
@NullMarked
package dev.sallyport.audit;

import org.jspecify.annotations.NullMarked;
