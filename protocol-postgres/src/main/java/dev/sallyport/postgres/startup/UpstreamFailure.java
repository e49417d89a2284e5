package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.Denial;
import dev.sallyport.postgres.message.Diagnostic;

/// Why there is no session with the upstream. What the server said before the login was through
/// stays in our own log: the client gets our words, at most with the server's SQLSTATE
/// (CVE-2024-10977).
///
/// @param denial for the client
/// @param reason for our log, one line, nothing secret
record UpstreamFailure(Denial denial, String reason) {
    private static final int MAX_QUOTED_CHARS = 200;

    /// No connection came to be.
    static UpstreamFailure unreachable(String reason) {
        return of(
                "08001",
                "the database cannot be reached",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// The server did not answer in time.
    static UpstreamFailure timedOut(String reason) {
        return of(
                "08001",
                "the database did not answer in time",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// There is a connection, but it isn't as safe as configured.
    static UpstreamFailure insecure(String reason) {
        return of(
                "08001",
                "no secure connection to the database is possible",
                "Tell who runs the gateway; its log says more.",
                reason);
    }

    /// The connection was lost, or carried what is no login.
    static UpstreamFailure broken(String reason) {
        return of(
                "08006",
                "the connection to the database broke during the login",
                "Try again later, or tell who runs the gateway.",
                reason);
    }

    /// The gateway's own credential doesn't work, or couldn't be read.
    static UpstreamFailure credential(String reason) {
        return of(
                "08004",
                "the gateway could not log in to the database",
                "Tell who runs the gateway; its log says more.",
                reason);
    }

    /// The server answered with an error.
    static UpstreamFailure refused(Diagnostic diagnostic) {
        String sqlState = diagnostic.sqlState();
        String reason =
                "server refused the login: " + sqlState + " " + quoted(diagnostic.message());
        return switch (sqlState) {
            case "53300" ->
                    of(
                            sqlState,
                            "the database accepts no more connections",
                            "Try again later.",
                            reason);
            case "57P03" ->
                    of(
                            sqlState,
                            "the database is starting up or shutting down",
                            "Try again later.",
                            reason);
            case "22023", "42704", "22P02" ->
                    of(
                            "22023",
                            "the database does not accept a startup parameter",
                            "Check the connection's parameters, as TimeZone or client_encoding.",
                            reason);
            default -> {
                UpstreamFailure failure = credential(reason);
                Denial denial = failure.denial();
                yield new UpstreamFailure(
                        new Denial(
                                denial.sqlState(),
                                denial.message(),
                                "The database refused with SQLSTATE " + sqlState + ".",
                                denial.hint()),
                        reason);
            }
        };
    }

    /// What somebody not yet known said, made fit for a log.
    static String quoted(String text) {
        String start =
                text.length() > MAX_QUOTED_CHARS
                        ? text.substring(0, MAX_QUOTED_CHARS) + "..."
                        : text;
        return "\"" + start.replaceAll("[\\p{Cntrl}\"]", "?") + "\"";
    }

    private static UpstreamFailure of(String sqlState, String message, String hint, String reason) {
        return new UpstreamFailure(new Denial(sqlState, "sallyport: " + message, "", hint), reason);
    }
}
