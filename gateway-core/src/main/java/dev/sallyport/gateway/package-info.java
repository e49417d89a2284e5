/// The gateway between the protocols and the parts that decide: sessions, and the {@link
/// dev.sallyport.gateway.QueryGuard}, the one place where analysis, policy and audit meet.
///
/// {@link dev.sallyport.gateway.Gateway#start} builds and runs everything; a protocol gets {@link
/// dev.sallyport.gateway.GatewayServices}. A {@link dev.sallyport.gateway.Session} belongs to one
/// event loop; guard, registry and gates may be called from any of them, and none of their methods
/// blocks.
@NullMarked
package dev.sallyport.gateway;

import org.jspecify.annotations.NullMarked;
