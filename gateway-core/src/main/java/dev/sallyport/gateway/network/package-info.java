/// Everything of the core that touches Netty: event loops, binding listeners, TLS contexts, the
/// queue of what waits to be released.
///
/// {@link dev.sallyport.gateway.network.Network} is the entry point. Contexts are immutable and
/// shared by all event loops; nothing here blocks on one.
@NullMarked
package dev.sallyport.gateway.network;

import org.jspecify.annotations.NullMarked;
