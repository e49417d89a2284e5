package dev.sallyport.gateway;

import dev.sallyport.policy.Purpose;
import java.util.Optional;

/// What a client says, when it connects, that its session is for. Protocols hand it on; what it
/// comes to is not theirs to know.
public final class DeclaredPurpose {
    public static final DeclaredPurpose NONE = new DeclaredPurpose(Purpose.NONE);

    private final Purpose purpose;

    private DeclaredPurpose(Purpose purpose) {
        this.purpose = purpose;
    }

    /// Why there is no such purpose, for the client; quotes nothing of it.
    public static Optional<String> problem(String word, String ticket) {
        return Purpose.problem(word, ticket);
    }

    /// @throws IllegalArgumentException there is a {@link #problem}
    public static DeclaredPurpose of(String word, String ticket) {
        return new DeclaredPurpose(new Purpose(word, ticket));
    }

    Purpose purpose() {
        return purpose;
    }
}
