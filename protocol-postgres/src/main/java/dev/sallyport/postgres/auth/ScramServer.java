package dev.sallyport.postgres.auth;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The server's end of one SCRAM-SHA-256 exchange. Call {@link #first} with the client's first
/// message, then {@link #last} with its second. Does the same work whether the user exists or not:
/// the verifier decides, and an unknown user has one that no password fits. Used once.
///
/// The user name inside of the SCRAM message is ignored, as in PostgreSQL: the startup message's
/// counts.
public final class ScramServer {
    private enum Expecting {
        FIRST,
        LAST,
        NOTHING
    }

    private final ScramVerifier verifier;
    private final Optional<byte[]> endPoint;
    private final String serverNonce;
    private Expecting expecting = Expecting.FIRST;
    private byte[] channelBinding = {};
    private String nonce = "";
    private String authMessageStart = "";

    /// @param endPoint the `tls-server-end-point` channel binding of this connection; empty without
    ///   TLS
    public ScramServer(ScramVerifier verifier, Optional<byte[]> endPoint) {
        this(verifier, endPoint, Scram.newNonce());
    }

    ScramServer(ScramVerifier verifier, Optional<byte[]> endPoint, String serverNonce) {
        this.verifier = verifier;
        this.endPoint = endPoint;
        this.serverNonce = serverNonce;
    }

    /// What to offer, best first.
    public List<String> mechanisms() {
        List<String> mechanisms = new ArrayList<>(2);
        if (endPoint.isPresent()) mechanisms.add(ScramMechanism.SCRAM_SHA_256_PLUS);
        mechanisms.add(ScramMechanism.SCRAM_SHA_256);
        return mechanisms;
    }

    /// @return the server's first message
    public String first(String mechanism, String clientFirst) throws AuthenticationFailure {
        expect(Expecting.FIRST);
        if (!mechanisms().contains(mechanism))
            throw new AuthenticationFailure("SASL mechanism was not offered");
        // gs2-header: "<flag>,<authzid>," then the bare message.
        int flagEnd = clientFirst.indexOf(',');
        int headerEnd = clientFirst.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) throw malformed();
        String header = clientFirst.substring(0, headerEnd + 1);
        checkBindingFlag(mechanism, clientFirst.substring(0, flagEnd));
        if (headerEnd != flagEnd + 1)
            throw new AuthenticationFailure("SCRAM authorization identity is not supported");
        channelBinding = header.getBytes(StandardCharsets.UTF_8);
        if (mechanism.equals(ScramMechanism.SCRAM_SHA_256_PLUS)) {
            channelBinding = concat(channelBinding, endPoint.orElseThrow());
        }

        String bare = clientFirst.substring(headerEnd + 1);
        String[] parts = bare.split(",", -1);
        // A mandatory extension would come first, as m=; extensions after the nonce may be ignored.
        if (parts.length < 2) throw malformed();
        String _ = Scram.attribute(parts[0], 'n');
        String clientNonce = Scram.attribute(parts[1], 'r');
        if (!Scram.isNonce(clientNonce))
            throw new AuthenticationFailure("SCRAM client nonce is not valid");
        nonce = clientNonce + serverNonce;
        String serverFirst =
                "r="
                        + nonce
                        + ",s="
                        + Scram.base64(verifier.salt())
                        + ",i="
                        + verifier.iterations();
        authMessageStart = bare + "," + serverFirst + ",";
        expecting = Expecting.LAST;
        return serverFirst;
    }

    /// @return the server's last message, to be sent with AuthenticationOk
    /// @throws AuthenticationFailure if the client doesn't know the password, or anything else is
    ///   wrong
    public String last(String clientFinal) throws AuthenticationFailure {
        expect(Expecting.LAST);
        int proofStart = clientFinal.lastIndexOf(",p=");
        if (proofStart < 0) throw malformed();
        String withoutProof = clientFinal.substring(0, proofStart);
        String[] parts = withoutProof.split(",", -1);
        if (parts.length < 2) throw malformed();
        byte[] binding = Scram.unbase64(Scram.attribute(parts[0], 'c'));
        if (!MessageDigest.isEqual(binding, channelBinding)) {
            throw new AuthenticationFailure("SCRAM channel binding check failed");
        }
        if (!MessageDigest.isEqual(ascii(Scram.attribute(parts[1], 'r')), ascii(nonce))) {
            throw new AuthenticationFailure("SCRAM nonce does not match");
        }
        byte[] proof = Scram.unbase64(clientFinal.substring(proofStart + 3));
        if (proof.length != Scram.KEY_BYTES) throw malformed();

        byte[] authMessage = (authMessageStart + withoutProof).getBytes(StandardCharsets.UTF_8);
        byte[] storedKey = verifier.storedKey();
        byte[] clientKey = Scram.xor(proof, Scram.hmac(storedKey, authMessage));
        if (!MessageDigest.isEqual(Scram.sha256(clientKey), storedKey)) {
            throw new AuthenticationFailure("wrong password");
        }
        return "v=" + Scram.base64(Scram.hmac(verifier.serverKey(), authMessage));
    }

    private void checkBindingFlag(String mechanism, String flag) throws AuthenticationFailure {
        boolean plus = mechanism.equals(ScramMechanism.SCRAM_SHA_256_PLUS);
        switch (flag) {
            case "n" -> {
                if (plus)
                    throw new AuthenticationFailure("SCRAM channel binding chosen but not used");
            }
            case "y" -> {
                if (plus)
                    throw new AuthenticationFailure("SCRAM channel binding chosen but not used");
                // The client could bind but believes that we cannot: somebody took -PLUS out of our
                // offer.
                if (endPoint.isPresent())
                    throw new AuthenticationFailure("SCRAM channel binding was downgraded");
            }
            case "p=tls-server-end-point" -> {
                if (!plus)
                    throw new AuthenticationFailure("SCRAM channel binding used but not chosen");
            }
            default ->
                    throw new AuthenticationFailure("SCRAM channel binding type is not supported");
        }
    }

    private void expect(Expecting now) throws AuthenticationFailure {
        boolean asExpected = expecting == now;
        expecting = Expecting.NOTHING;
        if (!asExpected) throw new AuthenticationFailure("SCRAM message out of order");
    }

    private static AuthenticationFailure malformed() {
        return new AuthenticationFailure("malformed SCRAM message");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
