package dev.sallyport.postgres.startup;

import dev.sallyport.postgres.message.NegotiateProtocolVersion;
import dev.sallyport.postgres.message.ProtocolVersion;
import java.util.List;
import java.util.Optional;

/// Which version is spoken with a client (PostgreSQL manual, Protocol Versions).
///
/// @param answer to be sent once, before any authentication request; empty if the client gets all
///   it asked for
record ProtocolNegotiation(ProtocolVersion version, Optional<NegotiateProtocolVersion> answer) {
    /// Secret of a session's cancel key in 3.2: 256 bits, as PostgreSQL 18.
    private static final int WIDE_SECRET_BYTES = 32;

    private static final int NARROW_SECRET_BYTES = 4;

    /// Empty if the major version is not 3.
    static Optional<ProtocolNegotiation> of(ProtocolVersion wanted, List<String> unknownOptions) {
        if (wanted.major() != 3) return Optional.empty();
        // There is no 3.1: whoever asks for it gets 3.0.
        ProtocolVersion agreed = wanted.minor() >= 2 ? ProtocolVersion.V3_2 : ProtocolVersion.V3_0;
        boolean asWanted = agreed.equals(wanted) && unknownOptions.isEmpty();
        return Optional.of(
                new ProtocolNegotiation(
                        agreed,
                        asWanted
                                ? Optional.empty()
                                : Optional.of(
                                        new NegotiateProtocolVersion(agreed, unknownOptions))));
    }

    int cancelSecretBytes() {
        return version.equals(ProtocolVersion.V3_0) ? NARROW_SECRET_BYTES : WIDE_SECRET_BYTES;
    }
}
