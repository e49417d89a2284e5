/// Finds packets in a stream (MySQL internals manual, Protocol Basics: MySQL Packets). Every class
/// belongs to one event loop.
@NullMarked
package dev.sallyport.mysql.codec;

import org.jspecify.annotations.NullMarked;
