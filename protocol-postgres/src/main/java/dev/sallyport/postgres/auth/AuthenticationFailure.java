package dev.sallyport.postgres.auth;

/// The other side didn't prove what it should have, or broke the exchange's rules. The message is
/// for our own log: it holds nothing secret, and no peer is ever told.
public final class AuthenticationFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public AuthenticationFailure(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
