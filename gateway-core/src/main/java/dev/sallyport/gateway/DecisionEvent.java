package dev.sallyport.gateway;

import java.util.List;

/// One decision as it happens, for a live display. Holds no literals: the statement is redacted.
///
/// @param kind as `SELECT`; empty when not understood
/// @param sql literals replaced by `?`; empty when not understood
/// @param accesses as the policy words them
/// @param reason why it was denied; empty for a permit
public record DecisionEvent(
        String session,
        long statement,
        String user,
        String database,
        String kind,
        String sql,
        List<String> accesses,
        boolean permitted,
        List<String> rules,
        String reason) {}
