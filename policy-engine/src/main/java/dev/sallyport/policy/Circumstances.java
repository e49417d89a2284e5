package dev.sallyport.policy;

import java.time.Instant;
import java.util.Optional;

/// What conditions may read besides the subject and the statement.
///
/// @param now the decision's time
/// @param clientAddress where the session comes from, as `10.1.2.3`
/// @param application as the client calls itself: anybody can say anything here, so it may narrow
///   what is permitted and protects nothing
/// @param purpose as the person declared it
/// @param secondFactorAt when the person gave a second factor for this session; empty: never
public record Circumstances(
        Instant now,
        String clientAddress,
        String application,
        Purpose purpose,
        Optional<Instant> secondFactorAt) {
    /// Of a session without a second factor.
    public Circumstances(Instant now, String clientAddress, String application, Purpose purpose) {
        this(now, clientAddress, application, purpose, Optional.empty());
    }

    /// Of one that declared no purpose, either.
    public Circumstances(Instant now, String clientAddress, String application) {
        this(now, clientAddress, application, Purpose.NONE);
    }

    /// The address of a client that is written with its port, as `10.1.2.3:5000`.
    public static String address(String client) {
        int port = client.lastIndexOf(':');
        var address = port < 0 ? client : client.substring(0, port);
        // IPv6 in brackets, since a port follows.
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }
}
