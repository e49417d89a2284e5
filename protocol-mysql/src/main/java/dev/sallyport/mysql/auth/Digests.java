package dev.sallyport.mysql.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

final class Digests {
    private Digests() {}

    static byte[] of(String algorithm, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) digest.update(part);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    static byte[] xor(byte[] a, byte[] b) {
        var result = new byte[a.length];
        for (int i = 0; i < a.length; i++) result[i] = (byte) (a[i] ^ b[i]);
        return result;
    }
}
