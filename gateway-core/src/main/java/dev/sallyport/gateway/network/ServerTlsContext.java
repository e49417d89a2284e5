package dev.sallyport.gateway.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;

/// How a listener speaks TLS with clients.
///
/// @param certificate the leaf: SCRAM's `tls-server-end-point` channel binding is its hash
/// @param required a client that doesn't ask for TLS is refused
public record ServerTlsContext(SslContext context, X509Certificate certificate, boolean required) {

    /// A new handler for one connection. With ALPN, `applicationProtocol()` of the handler is what
    /// was agreed, or null: whoever needs it has to check.
    public SslHandler newHandler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }
}
