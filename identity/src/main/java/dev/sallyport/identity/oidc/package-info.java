/// People whom the organisation's own OpenID Connect provider vouches for. {@link IdentityProvider}
/// judges a token, {@link ProviderAccounts} keeps the account in step with it. Both wait for the
/// network: not for event loops.
@NullMarked
package dev.sallyport.identity.oidc;

import org.jspecify.annotations.NullMarked;
