package dev.sallyport.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// `mysql_native_password` (MySQL internals manual, Authentication Methods: Secure Password
/// Authentication): the server holds SHA-1 of SHA-1 of the password, the client proves that it
/// knows SHA-1 of it.
public final class NativePassword {
    public static final String PLUGIN = "mysql_native_password";
    private static final int PROOF_BYTES = 20;

    private NativePassword() {}

    /// What the server stores.
    public static byte[] verifier(String password) {
        return sha1(sha1(password.getBytes(StandardCharsets.UTF_8)));
    }

    /// @return empty for an empty password
    public static byte[] prove(String password, byte[] nonce) {
        if (password.isEmpty()) return new byte[0];
        byte[] once = sha1(password.getBytes(StandardCharsets.UTF_8));
        return Digests.xor(once, sha1(nonce, sha1(once)));
    }

    /// False also for the empty proof of an empty password: nobody has one here.
    public static boolean isProof(byte[] proof, byte[] nonce, byte[] verifier) {
        if (proof.length != PROOF_BYTES) return false;
        byte[] once = Digests.xor(proof, sha1(nonce, verifier));
        return MessageDigest.isEqual(sha1(once), verifier);
    }

    private static byte[] sha1(byte[]... parts) {
        return Digests.of("SHA-1", parts);
    }
}
