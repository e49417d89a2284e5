package dev.sallyport.mysql.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/// MariaDB's `client_ed25519` (MariaDB manual, Authentication Plugin: ed25519): Ed25519 signatures
/// (RFC 8032, 5.1) of the server's nonce, with the password in place of the 32 bytes of secret key.
///
/// The JDK checks signatures; it can't make them with a secret of another length, so that part is
/// here, in arithmetic that takes a time that depends on the secret: used for the gateway's own
/// password on a thread of its own, whose time nobody outside can measure well, and for making
/// verifiers.
public final class Ed25519Password {
    public static final String PLUGIN = "client_ed25519";
    public static final int NONCE_BYTES = 32;

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /// Of the field, RFC 8032's p.
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    /// Order of the base point, RFC 8032's L.
    private static final BigInteger L =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger D =
            BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

    private static final Point BASE = base();

    private Ed25519Password() {}

    /// What the server stores: the public key.
    public static byte[] verifier(String password) {
        return encode(BASE.times(scalar(hash(password))));
    }

    /// @return the signature of the nonce
    public static byte[] prove(String password, byte[] nonce) {
        byte[] hash = hash(password);
        BigInteger secret = scalar(hash);
        byte[] publicKey = encode(BASE.times(secret));
        byte[] prefix = Arrays.copyOfRange(hash, KEY_BYTES, 2 * KEY_BYTES);
        BigInteger r = littleEndian(Digests.of("SHA-512", prefix, nonce)).mod(L);
        byte[] point = encode(BASE.times(r));
        BigInteger k = littleEndian(Digests.of("SHA-512", point, publicKey, nonce)).mod(L);
        BigInteger s = r.add(k.multiply(secret)).mod(L);
        byte[] signature = Arrays.copyOf(point, SIGNATURE_BYTES);
        System.arraycopy(littleEndian(s), 0, signature, KEY_BYTES, KEY_BYTES);
        return signature;
    }

    public static boolean isProof(byte[] proof, byte[] nonce, byte[] verifier) {
        if (proof.length != SIGNATURE_BYTES || verifier.length != KEY_BYTES) return false;
        try {
            byte[] y = verifier.clone();
            boolean odd = y[KEY_BYTES - 1] < 0;
            y[KEY_BYTES - 1] &= 0x7F;
            var key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(
                                    new EdECPublicKeySpec(
                                            NamedParameterSpec.ED25519,
                                            new EdECPoint(odd, littleEndian(y))));
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(nonce);
            return signature.verify(proof);
        } catch (GeneralSecurityException _) {
            // No point of the curve, or no signature.
            return false;
        }
    }

    private static byte[] hash(String password) {
        return Digests.of("SHA-512", password.getBytes(StandardCharsets.UTF_8));
    }

    /// RFC 8032, 5.1.5: the lower half with some bits set and cleared.
    private static BigInteger scalar(byte[] hash) {
        byte[] lower = Arrays.copyOf(hash, KEY_BYTES);
        lower[0] &= (byte) 0xF8;
        lower[KEY_BYTES - 1] &= 0x7F;
        lower[KEY_BYTES - 1] |= 0x40;
        return littleEndian(lower);
    }

    /// In extended coordinates (RFC 8032, 5.1.4): x = X/Z, y = Y/Z, xy = T/Z.
    private record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
        static final Point NEUTRAL =
                new Point(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);

        Point plus(Point other) {
            BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(P);
            BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(P);
            BigInteger c = t.multiply(other.t).multiply(D).shiftLeft(1).mod(P);
            BigInteger d = z.multiply(other.z).shiftLeft(1).mod(P);
            BigInteger e = b.subtract(a);
            BigInteger f = d.subtract(c);
            BigInteger g = d.add(c);
            BigInteger h = b.add(a);
            return new Point(
                    e.multiply(f).mod(P),
                    g.multiply(h).mod(P),
                    f.multiply(g).mod(P),
                    e.multiply(h).mod(P));
        }

        Point times(BigInteger n) {
            Point sum = NEUTRAL;
            for (int bit = n.bitLength() - 1; bit >= 0; bit--) {
                sum = sum.plus(sum);
                if (n.testBit(bit)) sum = sum.plus(this);
            }
            return sum;
        }
    }

    /// RFC 8032, 5.1: y is 4/5, x the even root.
    private static Point base() {
        BigInteger y = BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P);
        BigInteger yy = y.multiply(y);
        BigInteger xx =
                yy.subtract(BigInteger.ONE)
                        .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
                        .mod(P);
        BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).subtract(xx).mod(P).equals(BigInteger.ZERO))
            x =
                    x.multiply(BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P))
                            .mod(P);
        if (x.testBit(0)) x = P.subtract(x);
        return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(P));
    }

    private static byte[] encode(Point point) {
        BigInteger inverse = point.z.modInverse(P);
        BigInteger x = point.x.multiply(inverse).mod(P);
        byte[] bytes = littleEndian(point.y.multiply(inverse).mod(P));
        if (x.testBit(0)) bytes[KEY_BYTES - 1] |= (byte) 0x80;
        return bytes;
    }

    private static BigInteger littleEndian(byte[] bytes) {
        var reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) reversed[i] = bytes[bytes.length - 1 - i];
        return new BigInteger(1, reversed);
    }

    private static byte[] littleEndian(BigInteger number) {
        var bytes = new byte[KEY_BYTES];
        byte[] big = number.toByteArray();
        for (int i = 0; i < big.length && i < KEY_BYTES; i++) bytes[i] = big[big.length - 1 - i];
        return bytes;
    }
}
