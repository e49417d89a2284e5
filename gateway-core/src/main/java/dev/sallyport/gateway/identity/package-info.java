/// Who is there: users, their verifiers, throttling of logins. {@link
/// dev.sallyport.gateway.identity.Authenticator} is the entry point, safe for any thread.
@NullMarked
package dev.sallyport.gateway.identity;

import org.jspecify.annotations.NullMarked;
