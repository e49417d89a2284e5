package dev.sallyport.policy;

import java.time.Instant;

/// What conditions may read besides the subject and the statement.
///
/// @param now the decision's time
/// @param clientAddress where the session comes from, as `10.1.2.3`
/// @param application as the client calls itself: anybody can say anything here, so it may narrow
///   what is permitted and protects nothing
/// @param purpose as the person declared it
public record Circumstances(
        Instant now, String clientAddress, String application, Purpose purpose) {
    /// Of a session that declared no purpose.
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
