package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.postgres.message.Diagnostic;

/// The server answered the login with an error.
final class RefusedLogin {
    private RefusedLogin() {}

    static UpstreamFailure of(Diagnostic diagnostic) {
        String sqlState = diagnostic.sqlState();
        String reason =
                "server refused the login: "
                        + sqlState
                        + " "
                        + UpstreamFailure.quoted(diagnostic.message());
        return switch (sqlState) {
            case "53300" ->
                    UpstreamFailure.of(
                            sqlState,
                            "the database accepts no more connections",
                            "Try again later.",
                            reason);
            case "57P03" ->
                    UpstreamFailure.of(
                            sqlState,
                            "the database is starting up or shutting down",
                            "Try again later.",
                            reason);
            case "22023", "42704", "22P02" ->
                    UpstreamFailure.of(
                            "22023",
                            "the database does not accept a startup parameter",
                            "Check the connection's parameters, as TimeZone or client_encoding.",
                            reason);
            default -> {
                UpstreamFailure failure = UpstreamFailure.credential(reason);
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
}
