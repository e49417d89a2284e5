package dev.sallyport.gateway.identity;

import dev.sallyport.identity.Account;
import dev.sallyport.identity.Changed;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.oidc.IdentityProvider;
import dev.sallyport.identity.oidc.ProviderAccounts;
import dev.sallyport.identity.oidc.TokenRefused;
import dev.sallyport.identity.oidc.Vouched;
import java.time.Instant;
import java.util.Optional;

/// Logins by a token of the organisation's identity provider. Waits for the network: not for event
/// loops.
public final class TokenLogins {
    private final IdentityProvider provider;
    private final ProviderAccounts accounts;

    public TokenLogins(IdentityProvider provider, ProviderAccounts accounts) {
        this.provider = provider;
        this.accounts = accounts;
    }

    public sealed interface Judgement {}

    /// The bearer is that account's person, which exists now and has the token's roles.
    public record Right(String accountId, Optional<Instant> secondFactorAt) implements Judgement {}

    /// As a wrong password.
    ///
    /// @param reason for the log
    public record Wrong(String reason) implements Judgement {}

    /// It may be a good one.
    ///
    /// @param reason for the log
    public record NotNow(String reason, String toThem) implements Judgement {}

    /// The address of the provider's configuration (OpenID Connect Discovery 4).
    public String configuration() {
        return provider.configuration();
    }

    /// @param login as the client gave it
    public Judgement judge(String login, String token) {
        try {
            var vouched = provider.judge(token);
            if (!accounts.belongsTo(login, vouched)) return new Wrong("token of somebody else");
            return inStep(vouched);
        } catch (TokenRefused e) {
            return e.isProviderMissing()
                    ? new NotNow(
                            "the token can't be judged: " + e.reason(),
                            "the identity provider does not answer: try again later")
                    : new Wrong(e.reason());
        } catch (StateException e) {
            return new NotNow(
                    "the account can't be kept in step with the token: " + e.getMessage(),
                    "the gateway's store of accounts does not answer: try again later");
        }
    }

    private Judgement inStep(Vouched vouched) throws StateException {
        return switch (accounts.of(vouched)) {
            case Changed.Done<Account>(var account, _) ->
                    new Right(account.id(), vouched.secondFactorAt());
            case Changed.Refused<Account>(var reason) -> new Wrong(reason);
        };
    }
}
