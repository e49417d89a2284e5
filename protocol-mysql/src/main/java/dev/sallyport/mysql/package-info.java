/// MySQL's and MariaDB's wire protocol, terminated on both sides: {@link
/// dev.sallyport.mysql.MySqlProtocol} is what the gateway starts.
///
/// The order of the packages is the order in which a connection meets them: `codec` cuts the stream
/// into packets, `packet` gives them meaning, `auth` holds the methods of proving who one is,
/// `startup` logs in on both sides, `session` relays what the guard permits.
@NullMarked
package dev.sallyport.mysql;

import org.jspecify.annotations.NullMarked;
