package dev.sallyport.postgres.auth;

/// The SASL mechanism OAUTHBEARER (RFC 7628), as libpq speaks it since PostgreSQL 18: the client
/// brings a token, or asks with an empty one which provider makes them.
public final class OAuthBearer {
    public static final String MECHANISM = "OAUTHBEARER";

    /// What a client says to the answer that it can't log in like this (RFC 7628 3.2.3).
    public static final String ACKNOWLEDGED = "\u0001";

    private static final char SEPARATOR = '\u0001';
    private static final String SCHEME = "Bearer ";

    private OAuthBearer() {}

    /// The token of a client's first message; empty: it asks where to get one.
    ///
    /// RFC 7628 3.1, the grammar of `client-resp`; of the header, only that the client doesn't want
    /// to act for somebody else.
    public static String token(String message) throws AuthenticationFailure {
        int header = message.indexOf(SEPARATOR);
        if (header < 0) throw malformed();
        switch (message.substring(0, header)) {
            case "n,,", "y,," -> {}
            default -> throw new AuthenticationFailure("OAUTHBEARER header is not supported");
        }
        String auth = null;
        int at = header + 1;
        while (true) {
            int end = message.indexOf(SEPARATOR, at);
            if (end < 0) throw malformed();
            if (end == at) break;
            int equals = message.indexOf('=', at);
            if (equals < 0 || equals > end) throw malformed();
            if (message.substring(at, equals).equals("auth")) {
                if (auth != null) throw malformed();
                auth = message.substring(equals + 1, end);
            }
            at = end + 1;
        }
        if (at + 1 != message.length() || auth == null) throw malformed();
        if (auth.isEmpty()) return "";
        if (!auth.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) throw malformed();
        String token = auth.substring(SCHEME.length()).strip();
        if (token.isEmpty() || !token.chars().allMatch(OAuthBearer::isOfToken)) throw malformed();
        return token;
    }

    /// What the server says to a client without a token (RFC 7628 3.2.2).
    public static String askAt(String configuration) {
        return "{\"status\":\"invalid_token\",\"openid-configuration\":\""
                + configuration
                + "\",\"scope\":\"openid profile email\"}";
    }

    /// RFC 6750 2.1: `b64token`.
    private static boolean isOfToken(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-._~+/=".indexOf(c) >= 0;
    }

    private static AuthenticationFailure malformed() {
        return new AuthenticationFailure("malformed OAUTHBEARER message");
    }
}
