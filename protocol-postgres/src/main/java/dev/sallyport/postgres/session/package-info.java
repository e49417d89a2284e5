/// What happens between a logged-in client and a logged-in upstream: every message of the client is
/// put to the {@link dev.sallyport.gateway.QueryGuard} before it goes up, every reply waits for the
/// audit record it depends on before it goes down.
///
/// {@link dev.sallyport.postgres.session.PostgresSession#start} is the entry point. One session is
/// four objects that share two channels:
///
/// * `Frontend` reads what the client sends: one state machine ({@link
///   dev.sallyport.postgres.session.FrontendState}), and at most one message on {@link
///   dev.sallyport.postgres.session.Hold}, behind which all others wait;
/// * `Replies` is the queue of messages the server still has to answer ({@link
///   dev.sallyport.postgres.session.Awaited}), so that an error made here takes its place in the
///   order;
/// * `Backend` reads what the server sends by message headers, and hands it on as slices;
/// * {@link dev.sallyport.gateway.network.ReleaseQueue} keeps what goes to the client until its
///   audit record is durable.
///
/// Both channels belong to one event loop and so does everything here: plain fields, no locks,
/// nothing blocks. Whatever cannot be accounted for ends the session.
@NullMarked
package dev.sallyport.postgres.session;

import org.jspecify.annotations.NullMarked;
