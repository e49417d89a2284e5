package dev.sallyport.identity.oidc;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What a valid token says of its bearer.
///
/// @param subject `ISSUER#SUB`: never given to another person (OpenID Connect Core 5.7)
/// @param login the name to log in with
/// @param displayName empty if the token has none
/// @param roles those of the provider's that mean something here, in this gateway's words
/// @param expires of the token
/// @param secondFactorAt when the person gave a second factor to the provider; empty: not, as far
///   as the token says
public record Vouched(
        String subject,
        String login,
        String displayName,
        Set<String> roles,
        Instant expires,
        Optional<Instant> secondFactorAt) {
    public Vouched {
        roles = Set.copyOf(roles);
    }
}
