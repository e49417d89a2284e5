package dev.sallyport.postgres.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// PostgreSQL's MD5 response: `md5` and the hex digest of (hex digest of password and user) and
/// salt. Only ever towards an upstream that has nothing better; clients are never asked for it.
public final class Md5Password {
    private Md5Password() {}

    public static String respond(String user, String password, byte[] salt) {
        String inner = hex(md5((password + user).getBytes(StandardCharsets.UTF_8), new byte[0]));
        return "md5" + hex(md5(inner.getBytes(StandardCharsets.US_ASCII), salt));
    }

    private static byte[] md5(byte[] first, byte[] second) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(first);
            return md5.digest(second);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
