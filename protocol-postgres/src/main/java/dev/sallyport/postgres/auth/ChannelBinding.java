package dev.sallyport.postgres.auth;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;

/// `tls-server-end-point` (RFC 5929, section 4.1): the hash of the server's certificate, by the
/// hash function of the certificate's signature, and SHA-256 in place of MD5 and SHA-1.
public final class ChannelBinding {
    private ChannelBinding() {}

    /// Empty where the RFC defines none, as for Ed25519: channel binding isn't possible then.
    public static Optional<byte[]> tlsServerEndPoint(X509Certificate certificate) {
        Optional<String> hash = hashFunction(certificate);
        if (hash.isEmpty()) return Optional.empty();
        try {
            return Optional.of(
                    MessageDigest.getInstance(hash.get()).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> hashFunction(X509Certificate certificate) {
        String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (name.equals("RSASSA-PSS")) return pssHash(certificate);
        int with = name.indexOf("WITH");
        if (with < 0) return Optional.empty();
        return atLeastSha256(name.substring(0, with));
    }

    private static Optional<String> atLeastSha256(String hash) {
        return switch (hash.replace("-", "")) {
            case "MD5", "SHA1", "SHA256" -> Optional.of("SHA-256");
            case "SHA224" -> Optional.of("SHA-224");
            case "SHA384" -> Optional.of("SHA-384");
            case "SHA512" -> Optional.of("SHA-512");
            default -> Optional.empty();
        };
    }

    private static Optional<String> pssHash(X509Certificate certificate) {
        byte[] encoded = certificate.getSigAlgParams();
        // RFC 4055: without parameters it is SHA-1.
        if (encoded == null) return Optional.of("SHA-256");
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            return atLeastSha256(
                    parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
        } catch (GeneralSecurityException | java.io.IOException _) {
            return Optional.empty();
        }
    }
}
