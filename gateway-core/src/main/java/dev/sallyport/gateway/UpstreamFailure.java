package dev.sallyport.gateway;

/// Why there is no session with the upstream. What the server said before the login was through
/// stays in our own log: the client gets our words, at most with the server's code
/// (CVE-2024-10977).
///
/// @param denial for the client
/// @param reason for our log, one line, nothing secret
public record UpstreamFailure(Denial denial, String reason) {
    private static final int MAX_QUOTED_CHARS = 200;

    /// No connection came to be.
    public static UpstreamFailure unreachable(String reason) {
        return of(
                "08001",
                "the database cannot be reached",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// The server did not answer in time.
    public static UpstreamFailure timedOut(String reason) {
        return of(
                "08001",
                "the database did not answer in time",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// There is a connection, but it isn't as safe as configured.
    public static UpstreamFailure insecure(String reason) {
        return of(
                "08001",
                "no secure connection to the database is possible",
                "Tell who runs the gateway; its log says more.",
                reason);
    }

    /// The connection was lost, or carried what is no login.
    public static UpstreamFailure broken(String reason) {
        return of(
                "08006",
                "the connection to the database broke during the login",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// The gateway's own credential doesn't work, or couldn't be read.
    public static UpstreamFailure credential(String reason) {
        return of(
                "08004",
                "the gateway could not log in to the database",
                "Tell who runs the gateway; its log says more.",
                reason);
    }

    /// What somebody not yet known said, made fit for a log.
    public static String quoted(String text) {
        String start =
                text.length() > MAX_QUOTED_CHARS
                        ? text.substring(0, MAX_QUOTED_CHARS) + "..."
                        : text;
        return "\"" + start.replaceAll("[\\p{Cntrl}\"]", "?") + "\"";
    }

    /// What the server refused with, in our words.
    ///
    /// @param message without the gateway's name
    public static UpstreamFailure of(String sqlState, String message, String hint, String reason) {
        return new UpstreamFailure(new Denial(sqlState, "sallyport: " + message, "", hint), reason);
    }
}
