package dev.sallyport.policy;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a session is for, as its person declared it. Conditions read it and the log has it in
/// clear, so both parts have a form that no sentence about a patient fits.
///
/// @param word as `treatment`; empty for none
/// @param ticket where it was asked for, as `INC-1`; empty for none
public record Purpose(String word, String ticket) {
    /// Nothing was declared.
    public static final Purpose NONE = new Purpose("", "");

    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]{0,39}");

    // With a digit, and not of digits only: a number alone could be a patient's.
    private static final Pattern TICKET =
            Pattern.compile("(?=.*[0-9])[A-Za-z#][A-Za-z0-9._/#-]{0,39}");

    public Purpose {
        var problem = problem(word, ticket);
        if (problem.isPresent()) throw new IllegalArgumentException(problem.get());
    }

    /// Why there is no such purpose; quotes nothing of it.
    public static Optional<String> problem(String word, String ticket) {
        if (word.isEmpty())
            return ticket.isEmpty()
                    ? Optional.empty()
                    : Optional.of("a ticket goes with a purpose, which is missing");
        if (!WORD.matcher(word).matches())
            return Optional.of(
                    "a purpose is one word of up to 40 lower-case letters, digits, '-' and '_', as"
                            + " treatment");
        if (!ticket.isEmpty() && !TICKET.matcher(ticket).matches())
            return Optional.of(
                    "a ticket begins with a letter or '#', holds a digit, and has up to 40 letters,"
                            + " digits and . _ / # -, as INC-1");
        return Optional.empty();
    }

    public boolean isNone() {
        return word.isEmpty();
    }
}
