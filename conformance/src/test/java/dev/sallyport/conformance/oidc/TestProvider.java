package dev.sallyport.conformance.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// A small OpenID Connect provider on loopback: its configuration, its keys, and the device flow.
/// It answers as RFC 8628 and OpenID Connect Core say; people confirm by a method instead of a
/// page.
public final class TestProvider implements AutoCloseable {
    public static final String AUDIENCE = "sallyport";

    private final HttpServer server;
    private volatile ECKey key = newKey("key-1");

    public TestProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/.well-known/openid-configuration", this::configuration);
        server.createContext("/keys", this::keys);
        server.start();
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// A new key; the one before is published no more.
    public void changeKey(String id) {
        key = newKey(id);
    }

    /// An ID token as the provider would give it, valid for ten minutes.
    public String idToken(String subject, String login, List<String> groups) {
        return signed(claims(person(subject, login, groups)), UnaryOperator.identity());
    }

    public String signed(
            JWTClaimsSet.Builder claims, UnaryOperator<JWTClaimsSet.Builder> otherwise) {
        return signed(otherwise.apply(claims).build(), key);
    }

    public JWTClaimsSet.Builder claims(Map<String, Object> person) {
        var now = Instant.now();
        var builder =
                new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .audience(AUDIENCE)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(600)));
        person.forEach((name, value) -> {
            if (name.equals("sub")) builder.subject((String) value);
            else builder.claim(name, value);
        });
        return builder;
    }

    public static Map<String, Object> person(String subject, String login, List<String> groups) {
        var person = new HashMap<String, Object>();
        person.put("sub", subject);
        person.put("preferred_username", login);
        person.put("groups", groups);
        return person;
    }

    /// By any key, not only the provider's own.
    public static String signed(JWTClaimsSet claims, ECKey by) {
        try {
            var jwt =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.ES256)
                                    .keyID(by.getKeyID())
                                    .type(JOSEObjectType.JWT)
                                    .build(),
                            claims);
            jwt.sign(new ECDSASigner(by));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static ECKey newKey(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void configuration(HttpExchange exchange) throws IOException {
        var base = issuer();
        json(
                exchange,
                200,
                """
                {"issuer": "%1$s", "authorization_endpoint": "%1$s/authorize",
                 "token_endpoint": "%1$s/token", "jwks_uri": "%1$s/keys",
                 "response_types_supported": ["code"], "subject_types_supported": ["public"],
                 "id_token_signing_alg_values_supported": ["ES256"]}
                """
                        .formatted(base));
    }

    private void keys(HttpExchange exchange) throws IOException {
        json(exchange, 200, new JWKSet(key.toPublicJWK()).toString());
    }

    private static void json(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
