package dev.sallyport.postgres.auth;

import dev.sallyport.config.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The client's end of one SCRAM-SHA-256 exchange: {@link #first}, {@link #challenge}, derive the
/// keys it asks for off the event loop, {@link #last}, {@link #verify}. The login counts only when
/// {@link #isVerified()}: a server that skips its proof doesn't know the password. Used once.
public final class ScramClient {
    /// Above it a server could keep us deriving keys for long (CVE-2026-42198). PostgreSQL's
    /// default is 4,096.
    public static final int MAX_ITERATIONS = 600_000;

    private static final int MAX_SALT_BYTES = 1_024;

    private enum Expecting {
        CHALLENGE,
        KEYS,
        SIGNATURE,
        NOTHING
    }

    /// What the server asks the keys to be derived with.
    ///
    /// @param salt not to be changed
    public record Challenge(byte[] salt, int iterations) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Challenge(byte[] otherSalt, int otherIterations)
                    && iterations == otherIterations
                    && Arrays.equals(salt, otherSalt);
        }

        @Override
        public int hashCode() {
            return 31 * iterations + Arrays.hashCode(salt);
        }

        @Override
        public String toString() {
            return "Challenge[iterations=" + iterations + "]";
        }
    }

    private final String mechanism;
    private final String gs2Header;
    private final Optional<byte[]> endPoint;
    private final String firstBare;
    private final String clientNonce;
    private Expecting expecting = Expecting.CHALLENGE;
    private String nonce = "";
    private String serverFirst = "";
    private byte[] serverSignature = {};
    private boolean verified;

    private ScramClient(
            String mechanism,
            String gs2Header,
            Optional<byte[]> endPoint,
            String user,
            String clientNonce) {
        this.mechanism = mechanism;
        this.gs2Header = gs2Header;
        this.endPoint = endPoint;
        this.clientNonce = clientNonce;
        this.firstBare = "n=" + user + ",r=" + clientNonce;
    }

    /// Chooses the best of what the server offers: with channel binding whenever it is possible on
    /// both sides.
    ///
    /// @param endPoint the `tls-server-end-point` channel binding of this connection; empty without
    ///   TLS
    public static ScramClient choose(List<String> mechanisms, Optional<byte[]> endPoint)
            throws AuthenticationFailure {
        // PostgreSQL ignores the name here: the startup message's counts.
        return choose(mechanisms, endPoint, "", Scram.newNonce());
    }

    static ScramClient choose(
            List<String> mechanisms, Optional<byte[]> endPoint, String user, String nonce)
            throws AuthenticationFailure {
        if (endPoint.isPresent() && mechanisms.contains(ScramMechanism.SCRAM_SHA_256_PLUS)) {
            return new ScramClient(
                    ScramMechanism.SCRAM_SHA_256_PLUS,
                    "p=tls-server-end-point,,",
                    endPoint,
                    user,
                    nonce);
        }
        if (!mechanisms.contains(ScramMechanism.SCRAM_SHA_256)) {
            throw new AuthenticationFailure(
                    "server offers no SASL mechanism that the gateway speaks");
        }
        // "y" lets a server that did offer -PLUS notice that somebody took it out of the offer.
        String header = endPoint.isPresent() ? "y,," : "n,,";
        return new ScramClient(ScramMechanism.SCRAM_SHA_256, header, Optional.empty(), user, nonce);
    }

    public String mechanism() {
        return mechanism;
    }

    public String first() {
        return gs2Header + firstBare;
    }

    /// Reads the server's first message.
    public Challenge challenge(String message) throws AuthenticationFailure {
        expect(Expecting.CHALLENGE);
        String[] parts = message.split(",", -1);
        if (parts.length < 3) throw new AuthenticationFailure("malformed SCRAM message");
        nonce = Scram.attribute(parts[0], 'r');
        if (!Scram.isNonce(nonce)
                || !nonce.startsWith(clientNonce)
                || nonce.length() == clientNonce.length()) {
            throw new AuthenticationFailure("SCRAM nonce of the server is not valid");
        }
        byte[] salt = Scram.unbase64(Scram.attribute(parts[1], 's'));
        if (salt.length == 0 || salt.length > MAX_SALT_BYTES) {
            throw new AuthenticationFailure("SCRAM salt of " + salt.length + " bytes");
        }
        int iterations = iterations(Scram.attribute(parts[2], 'i'));
        serverFirst = message;
        expecting = Expecting.KEYS;
        return new Challenge(salt, iterations);
    }

    /// @param keys for the challenge's salt and iterations
    /// @return the client's last message
    public String last(ScramKeys keys) throws AuthenticationFailure {
        expect(Expecting.KEYS);
        byte[] header = gs2Header.getBytes(StandardCharsets.UTF_8);
        byte[] end = endPoint.orElse(new byte[0]);
        byte[] binding = Arrays.copyOf(header, header.length + end.length);
        System.arraycopy(end, 0, binding, header.length, end.length);
        String withoutProof = "c=" + Scram.base64(binding) + ",r=" + nonce;
        byte[] authMessage =
                (firstBare + "," + serverFirst + "," + withoutProof)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] clientSignature = Scram.hmac(Scram.sha256(keys.clientKey()), authMessage);
        serverSignature = Scram.hmac(keys.serverKey(), authMessage);
        expecting = Expecting.SIGNATURE;
        return withoutProof + ",p=" + Scram.base64(Scram.xor(keys.clientKey(), clientSignature));
    }

    /// Checks the server's last message.
    public void verify(String serverFinal) throws AuthenticationFailure {
        expect(Expecting.SIGNATURE);
        // "e=" would be an error; PostgreSQL sends an ErrorResponse instead.
        String[] parts = serverFinal.split(",", -1);
        byte[] signature = Scram.unbase64(Scram.attribute(parts[0], 'v'));
        if (!MessageDigest.isEqual(signature, serverSignature)) {
            throw new AuthenticationFailure(
                    "server does not know the password: its SCRAM signature is wrong");
        }
        verified = true;
    }

    public boolean isVerified() {
        return verified;
    }

    private static int iterations(String text) throws AuthenticationFailure {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 9
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int iterations = digits ? Integer.parseInt(text) : -1;
        if (iterations < ScramVerifier.MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new AuthenticationFailure(
                    "server asks for "
                            + (digits ? iterations : "an invalid number of")
                            + " SCRAM iterations, accepted are "
                            + ScramVerifier.MIN_ITERATIONS
                            + " to "
                            + MAX_ITERATIONS);
        }
        return iterations;
    }

    private void expect(Expecting now) throws AuthenticationFailure {
        boolean asExpected = expecting == now;
        expecting = Expecting.NOTHING;
        if (!asExpected) throw new AuthenticationFailure("SCRAM message out of order");
    }
}
