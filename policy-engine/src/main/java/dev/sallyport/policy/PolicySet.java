package dev.sallyport.policy;

/// Validated rules of all policy files. Immutable.
///
/// @param version SHA-256 (hex) of the canonical content: same rules, same version, whatever the
///   files' layout
public record PolicySet(String version) {}
