/// Methods of proving who one is, for both sides: `caching_sha2_password`, `mysql_native_password`
/// and MariaDB's `client_ed25519`. Mathematics only: no channels, no state but {@link
/// dev.sallyport.mysql.auth.FastLogins}.
@NullMarked
package dev.sallyport.mysql.auth;

import org.jspecify.annotations.NullMarked;
