package dev.sallyport.config;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the gateway keeps of a password for clients of MariaDB that log in without sending it: by
/// `mysql_native_password`, or `client_ed25519`. Clients that know `caching_sha2_password` need
/// neither: they are checked by the {@link ScramVerifier}.
///
/// Both are unsalted and quick to compute, as these methods want it, so that a stolen one tells
/// more about a weak password than a SCRAM verifier does.
public final class MySqlVerifiers {
    public static final MySqlVerifiers NONE = new MySqlVerifiers(null, null);

    private static final int NATIVE_BYTES = 20;
    private static final int KEY_BYTES = 32;
    private static final Pattern NATIVE = Pattern.compile("\\*[0-9A-Fa-f]{40}");
    private static final Pattern ED25519 = Pattern.compile("[A-Za-z0-9+/]{43}");

    private final byte @Nullable [] nativePassword;
    private final byte @Nullable [] ed25519;

    private MySqlVerifiers(byte @Nullable [] nativePassword, byte @Nullable [] ed25519) {
        this.nativePassword = nativePassword;
        this.ed25519 = ed25519;
    }

    /// @param sha1Twice of the password
    public MySqlVerifiers withNativePassword(byte[] sha1Twice) {
        if (sha1Twice.length != NATIVE_BYTES) throw new IllegalArgumentException("20 bytes");
        return new MySqlVerifiers(sha1Twice.clone(), ed25519);
    }

    /// @param publicKey of the pair that the password is the secret of
    public MySqlVerifiers withEd25519(byte[] publicKey) {
        if (publicKey.length != KEY_BYTES) throw new IllegalArgumentException("32 bytes");
        return new MySqlVerifiers(nativePassword, publicKey.clone());
    }

    /// As MariaDB's `mysql.global_priv` and MySQL's `mysql.user` hold it: `*` and 40 hex digits.
    public static Optional<byte[]> parseNativePassword(String text) {
        return NATIVE.matcher(text).matches()
                ? Optional.of(HexFormat.of().parseHex(text.substring(1)))
                : Optional.empty();
    }

    /// As MariaDB's `mysql.global_priv` holds it: base64 of 32 bytes without padding.
    public static Optional<byte[]> parseEd25519(String text) {
        return ED25519.matcher(text).matches()
                ? Optional.of(Base64.getDecoder().decode(text))
                : Optional.empty();
    }

    /// SHA-1 of SHA-1 of the password.
    public Optional<byte[]> nativePassword() {
        return Optional.ofNullable(nativePassword).map(byte[]::clone);
    }

    public Optional<byte[]> ed25519() {
        return Optional.ofNullable(ed25519).map(byte[]::clone);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof MySqlVerifiers v
                && Arrays.equals(nativePassword, v.nativePassword)
                && Arrays.equals(ed25519, v.ed25519);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nativePassword) ^ Arrays.hashCode(ed25519);
    }

    @Override
    public String toString() {
        return "MySqlVerifiers[...]";
    }
}
