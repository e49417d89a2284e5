/// The packets whose content the gateway reads or writes, one record each, named as in MySQL's and
/// MariaDB's manuals. A decoder uses up every byte or throws {@link
/// dev.sallyport.mysql.packet.ProtocolViolation}; what can hold secrets or text of the client's
/// doesn't print it.
@NullMarked
package dev.sallyport.mysql.packet;

import org.jspecify.annotations.NullMarked;
