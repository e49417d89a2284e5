/// PostgreSQL's protocol for the gateway: {@link dev.sallyport.postgres.PostgresProtocol} is what
/// `gateway-app` plugs in.
///
/// `message` and `codec` know bytes, `auth` proves identities, `startup` brings a connection to the
/// point where both sides are logged in, `session` runs it from there: guard, relay, release once
/// durable. Each connection's state belongs to one event loop.
@NullMarked
package dev.sallyport.postgres;

import org.jspecify.annotations.NullMarked;
