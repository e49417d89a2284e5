package dev.sallyport.identity.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.sallyport.config.GatewayConfig.Oidc;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// The organisation's OpenID Connect provider: what it publishes about itself, and whether a token
/// is its own and meant for us. The first question reads its configuration and keys over the
/// network, later ones only for a key not seen before. Any thread that may wait.
public final class IdentityProvider {
    /// Between its clock and ours.
    public static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

    /// Longest token that is looked at, in characters.
    public static final int MAX_TOKEN_CHARS = 16 * 1024;

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MAX_KEYS_BYTES = 256 * 1024;

    /// Signatures by a key pair only: with a shared secret whoever checks could also sign.
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private final Oidc settings;
    private final InstantSource clock;
    private final @Nullable SSLSocketFactory trust;
    private @Nullable DefaultJWTProcessor<SecurityContext> tokens;

    /// @throws IOException the `ca` can't be read
    public IdentityProvider(Oidc settings, InstantSource clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.trust = settings.ca().isPresent() ? TrustedCa.read(settings.ca().get()) : null;
    }

    /// Whose bearer that token is.
    ///
    /// @throws TokenRefused it is malformed, altered, expired, somebody else's or for somebody
    ///   else, or nobody can tell at the moment
    public Vouched judge(String token) throws TokenRefused {
        if (token.length() > MAX_TOKEN_CHARS) throw TokenRefused.because("the token is too long");
        JWTClaimsSet claims;
        try {
            claims = tokens().process(token, null);
        } catch (KeySourceException e) {
            throw TokenRefused.unjudged(e);
        } catch (ParseException e) {
            throw TokenRefused.because("the token is malformed", e);
        } catch (BadJOSEException e) {
            throw TokenRefused.because(
                    "the token is expired, altered, or not meant for this gateway", e);
        } catch (JOSEException e) {
            throw TokenRefused.because("the token's signature can't be checked", e);
        } catch (IOException e) {
            throw TokenRefused.unjudged(e);
        }
        return vouched(claims);
    }

    private Vouched vouched(JWTClaimsSet claims) throws TokenRefused {
        var now = clock.instant();
        checkTimes(claims, now);
        try {
            var login = claims.getStringClaim(settings.loginClaim());
            if (login == null || login.isBlank())
                throw TokenRefused.because("the token has no claim " + settings.loginClaim());
            // Anybody may be able to claim an address that nobody has confirmed.
            if (settings.loginClaim().equals("email")
                    && !Boolean.TRUE.equals(claims.getBooleanClaim("email_verified")))
                throw TokenRefused.because("the token's address is not verified");
            var name = claims.getStringClaim("name");
            return new Vouched(
                    settings.issuer() + "#" + claims.getSubject(),
                    login,
                    name == null ? "" : name,
                    roles(claims),
                    claims.getExpirationTime().toInstant(),
                    secondFactorAt(claims, now));
        } catch (ParseException e) {
            throw TokenRefused.because("a claim of the token has an unexpected type", e);
        }
    }

    /// Expiry and `nbf` are the library's to check, by the system's clock; these are ours.
    private static void checkTimes(JWTClaimsSet claims, Instant now) throws TokenRefused {
        if (claims.getSubject().isBlank()) throw TokenRefused.because("the token has no subject");
        if (claims.getIssueTime().toInstant().isAfter(now.plus(CLOCK_SKEW)))
            throw TokenRefused.because("the token is from the future: compare the clocks");
    }

    /// A role of the provider's that the configuration doesn't translate means nothing here.
    private Set<String> roles(JWTClaimsSet claims) throws TokenRefused {
        var roles = new HashSet<String>();
        for (var name : names(claims)) {
            var role = settings.roles().get(name);
            if (role != null) roles.add(role);
        }
        return roles;
    }

    /// The claim may lie within others, as Keycloak's `realm_access.roles`; a claim of just that
    /// name comes first.
    private List<String> names(JWTClaimsSet claims) throws TokenRefused {
        Object at = claims.getClaim(settings.rolesClaim());
        if (at == null) {
            at = claims.getClaims();
            for (var step : settings.rolesClaim().split("\\."))
                at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        if (at == null) return List.of();
        if (at instanceof String one) return List.of(one);
        if (!(at instanceof Collection<?> many)) throw rolesOfAnotherType();
        var names = new ArrayList<String>();
        for (var each : many) {
            if (!(each instanceof String name)) throw rolesOfAnotherType();
            names.add(name);
        }
        return names;
    }

    private static TokenRefused rolesOfAnotherType() {
        return TokenRefused.because("the token's roles are no list of names");
    }

    /// `amr` says that there was one (RFC 8176), `auth_time` when.
    private Optional<Instant> secondFactorAt(JWTClaimsSet claims, Instant now)
            throws ParseException {
        List<String> methods = claims.getStringListClaim("amr");
        Date at = claims.getDateClaim("auth_time");
        if (methods == null || at == null) return Optional.empty();
        if (methods.stream().noneMatch(settings.secondFactors()::contains)) return Optional.empty();
        return at.toInstant().isAfter(now.plus(CLOCK_SKEW))
                ? Optional.empty()
                : Optional.of(at.toInstant());
    }

    /// Where it publishes its configuration (OpenID Connect Discovery 4).
    public String configuration() {
        var issuer = settings.issuer();
        return (issuer.endsWith("/") ? issuer : issuer + "/") + ".well-known/openid-configuration";
    }

    /// With our time limits and trust.
    private HTTPRequest prepared(HTTPRequest request) {
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        request.setFollowRedirects(false);
        if (trust != null) request.setSSLSocketFactory(trust);
        return request;
    }

    /// Tried again at the next question when it fails.
    private synchronized DefaultJWTProcessor<SecurityContext> tokens() throws IOException {
        if (tokens == null) tokens = discover();
        return tokens;
    }

    private DefaultJWTProcessor<SecurityContext> discover() throws IOException {
        OIDCProviderMetadata metadata;
        try {
            // Checks that the document names the same issuer.
            metadata =
                    OIDCProviderMetadata.resolve(
                            new Issuer(settings.issuer()),
                            request -> {
                                var _ = prepared(request);
                            });
        } catch (GeneralException e) {
            throw new IOException("the identity provider's configuration: " + e.getMessage(), e);
        }
        if (metadata.getJWKSetURI() == null)
            throw new IOException("the identity provider publishes no keys");
        if (!metadata.getJWKSetURI().getScheme().equals(URI.create(settings.issuer()).getScheme()))
            throw new IOException("the identity provider's keys are not published over https");
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(
                                metadata.getJWKSetURI().toURL(),
                                new DefaultResourceRetriever(
                                        TIMEOUT_MILLIS,
                                        TIMEOUT_MILLIS,
                                        MAX_KEYS_BYTES,
                                        true,
                                        trust))
                        .retrying(true)
                        .build();
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        var verifier =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        settings.audience(),
                        new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                        Set.of("sub", "exp", "iat")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        verifier.setMaxClockSkew(Math.toIntExact(CLOCK_SKEW.toSeconds()));
        processor.setJWTClaimsSetVerifier(verifier);
        return processor;
    }
}
