/// From an accepted connection to a session with both sides logged in (PostgreSQL manual, Message
/// Flow: Start-up).
///
/// {@link dev.sallyport.postgres.startup.ClientLogins} is the entry point: it puts the first
/// handler before a client's connection. That negotiates TLS and protocol version, checks the
/// startup parameters, lets the client prove who it is, connects and logs in to the upstream on the
/// same event loop, and then leaves both channels to a {@link
/// dev.sallyport.postgres.startup.SessionStarter}. Until then the client learns nothing about the
/// upstream, and the upstream nothing that the client sent except allow-listed parameters of
/// somebody who logged in.
///
/// Everything belongs to the client channel's event loop; what costs (PBKDF2, reading a password's
/// file) runs on another executor and comes back to it.
@NullMarked
package dev.sallyport.postgres.startup;

import org.jspecify.annotations.NullMarked;
