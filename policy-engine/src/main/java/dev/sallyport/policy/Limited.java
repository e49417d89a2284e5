package dev.sallyport.policy;

/// A limit that counts for a statement, and the rule that sets it: counters go by its id.
public record Limited(String ruleId, Limits limits) {}
