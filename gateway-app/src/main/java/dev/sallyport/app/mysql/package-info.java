/// A real MariaDB for the demo, with TLS from the start, or a MySQL or MariaDB that somebody else
/// runs: {@link dev.sallyport.app.mysql.MySqlServer} is both.
///
/// MariaDB is GPL software: it isn't part of Sallyport. The launcher fetches its programs from
/// Maven Central, and they run as processes of their own; no class of a MySQL driver is linked.
/// Statements for setting up go through the gateway's own client ({@link
/// dev.sallyport.app.mysql.Administrator}).
///
/// Calls block; not for event loops.
@NullMarked
package dev.sallyport.app.mysql;

import org.jspecify.annotations.NullMarked;
