package dev.sallyport.policy;

/// For whom and how long a decision about a statement holds, as long as the policies do. From the
/// widest to the narrowest.
public enum Reuse {
    /// Everybody with the same roles, attributes and purpose.
    STANDING,
    /// The same person, with the same roles, attributes and purpose.
    PERSON,
    /// The same session of theirs, until it declares another purpose.
    SESSION,
    /// Nobody: it depends on the time.
    NEVER;

    Reuse narrower(Reuse other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
