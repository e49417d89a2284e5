/// A session that is logged in on both sides. MySQL's protocol takes turns: one command, its whole
/// answer, the next command. So does everything here.
///
/// * {@link dev.sallyport.mysql.session.MySqlSession} holds both channels and how all of it ends.
/// * `Commands` reads what the client asks, puts it to the guard and sends up what is permitted.
/// * `Answer` follows what the server says to it, relays rows as slices without decoding them, and
///   knows which result is which statement's.
/// * {@link dev.sallyport.gateway.network.ReleaseQueue} keeps what goes to the client until its
///   audit record is durable.
///
/// Everything belongs to the event loop of both channels.
@NullMarked
package dev.sallyport.mysql.session;

import org.jspecify.annotations.NullMarked;
