package dev.sallyport.gateway;

import java.security.MessageDigest;
import java.security.SecureRandom;

/// What a client has to present to cancel a session's statement: the gateway's own, never the
/// server's.
record CancelKey(int processId, byte[] secret) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static CancelKey random(int secretBytes) {
        return random(number(), secretBytes);
    }

    static int number() {
        // Clients show it as a process id: positive.
        return 1 + RANDOM.nextInt(Integer.MAX_VALUE);
    }

    static CancelKey random(int number, int secretBytes) {
        var secret = new byte[secretBytes];
        RANDOM.nextBytes(secret);
        return new CancelKey(number, secret);
    }

    boolean fits(byte[] presented) {
        return MessageDigest.isEqual(secret, presented);
    }

    @Override
    public String toString() {
        return "CancelKey[" + processId + "]";
    }
}
