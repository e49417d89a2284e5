/// The append-only, hash-chained record of every decision.
///
/// {@link dev.sallyport.audit.AuditLog} is the one entry point for writers: its `append` completes
/// only when the entry is durable. The journal part needs only the JDK and SLF4J.
@NullMarked
package dev.sallyport.audit;

import org.jspecify.annotations.NullMarked;
