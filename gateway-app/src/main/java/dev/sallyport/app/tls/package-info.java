/// Certificates for the demo and the tests, where nobody else issues any: {@link
/// dev.sallyport.app.tls.CertificateAuthority} makes an authority, issues server certificates and
/// then forgets its own key. Values only, any thread. A gateway in production gets its certificates
/// from the configuration and never comes here.
@NullMarked
package dev.sallyport.app.tls;

import org.jspecify.annotations.NullMarked;
