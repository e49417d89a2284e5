package dev.sallyport.gateway;

/// A refusal as the client sees it: the fields of a PostgreSQL error that tools show. Free of
/// literals, parameters and rows.
///
/// @param sqlState five characters, as {@link Refusal} maps them
/// @param message what was refused, one sentence starting with `sallyport: `
/// @param detail which rule, which object, and the audit record; may be empty
/// @param hint what to do next; may be empty
/// @param position where in the client's text, in characters from 1; 0 for nowhere in particular
public record Denial(String sqlState, String message, String detail, String hint, int position) {
    public Denial {
        if (sqlState.length() != 5)
            throw new IllegalArgumentException("an SQLSTATE has five characters: " + sqlState);
    }

    public Denial(String sqlState, String message, String detail, String hint) {
        this(sqlState, message, detail, hint, 0);
    }
}
