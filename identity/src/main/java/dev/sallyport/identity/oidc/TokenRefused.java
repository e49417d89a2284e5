package dev.sallyport.identity.oidc;

import org.jspecify.annotations.Nullable;

/// A token that proves nothing here.
public final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean providerMissing;

    private TokenRefused(String reason, boolean providerMissing, @Nullable Throwable cause) {
        super(reason, cause);
        this.providerMissing = providerMissing;
    }

    /// @param reason for people, free of what the token holds
    static TokenRefused because(String reason) {
        return new TokenRefused(reason, false, null);
    }

    static TokenRefused because(String reason, Throwable cause) {
        return new TokenRefused(reason, false, cause);
    }

    static TokenRefused unjudged(Throwable cause) {
        return new TokenRefused("the identity provider does not answer", true, cause);
    }

    /// Whether it may be a good one: the provider could not be asked.
    public boolean isProviderMissing() {
        return providerMissing;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
