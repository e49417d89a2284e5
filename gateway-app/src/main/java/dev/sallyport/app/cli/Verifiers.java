package dev.sallyport.app.cli;

import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.identity.Accounts.Password;
import dev.sallyport.identity.ScramPasswords;
import dev.sallyport.mysql.auth.Ed25519Password;
import dev.sallyport.mysql.auth.NativePassword;
import java.util.Base64;
import java.util.HexFormat;

/// Makes what the users' file keeps of a password (RFC 5802, section 3).
public final class Verifiers {
    private Verifiers() {}

    /// The text for `verifier:`, with a salt of its own.
    ///
    /// @param password portable
    /// @param iterations within {@link dev.sallyport.config.ScramVerifier}'s bounds
    public static String make(char[] password, int iterations) {
        return ScramPasswords.verifier(password, iterations).text();
    }

    /// What an account keeps of a password.
    ///
    /// @param mysql also what MariaDB's clients need that don't know caching_sha2_password
    static Password of(char[] password, int iterations, boolean mysql) {
        var others = MySqlVerifiers.NONE;
        if (mysql) {
            var text = new String(password);
            others =
                    others.withNativePassword(NativePassword.verifier(text))
                            .withEd25519(Ed25519Password.verifier(text));
        }
        return new Password(ScramPasswords.verifier(password, iterations), others);
    }

    /// The text for `mysql: native:`, as MariaDB and MySQL store it.
    public static String nativePassword(String password) {
        return "*" + HexFormat.of().withUpperCase().formatHex(NativePassword.verifier(password));
    }

    /// The text for `mysql: ed25519:`, as MariaDB stores it.
    public static String ed25519(String password) {
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(Ed25519Password.verifier(password));
    }
}
