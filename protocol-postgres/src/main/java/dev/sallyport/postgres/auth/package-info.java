/// Proving who one is: SCRAM-SHA-256 and -PLUS from both ends (RFC 5802, RFC 7677, PostgreSQL
/// manual, SASL Authentication), PostgreSQL's MD5 response.
///
/// {@link dev.sallyport.postgres.auth.ScramServer} checks a client against a stored verifier,
/// {@link dev.sallyport.postgres.auth.ScramClient} logs the gateway in to an upstream. Both are
/// state machines over text: no I/O, no threads. Only {@link
/// dev.sallyport.postgres.auth.ScramKeys#derive} is slow and has no place on an event loop; {@link
/// dev.sallyport.postgres.auth.ScramKeyCache} remembers its results.
@NullMarked
package dev.sallyport.postgres.auth;

import org.jspecify.annotations.NullMarked;
