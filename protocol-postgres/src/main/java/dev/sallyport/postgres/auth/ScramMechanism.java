package dev.sallyport.postgres.auth;

/// The SASL mechanisms PostgreSQL knows besides OAUTHBEARER.
public final class ScramMechanism {
    public static final String SCRAM_SHA_256 = "SCRAM-SHA-256";

    /// With channel binding: the proof holds only for the TLS connection it was made on.
    public static final String SCRAM_SHA_256_PLUS = "SCRAM-SHA-256-PLUS";

    private ScramMechanism() {}
}
