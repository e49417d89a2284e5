package dev.sallyport.config;

/// A value with the place where somebody wrote it, so that a later check can point there.
public record Located<T>(T value, Position at) {
    @Override
    public String toString() {
        return value.toString();
    }
}
