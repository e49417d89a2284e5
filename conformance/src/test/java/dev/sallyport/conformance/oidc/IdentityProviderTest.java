package dev.sallyport.conformance.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.config.GatewayConfig.Oidc;
import dev.sallyport.identity.oidc.IdentityProvider;
import dev.sallyport.identity.oidc.TokenRefused;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Tokens of a real provider, and all that somebody may bring instead.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdentityProviderTest {
    private static final List<String> GROUPS = List.of("db-developers", "canteen");

    private TestProvider there;
    private IdentityProvider provider;

    @BeforeAll
    void start() throws IOException {
        there = new TestProvider();
        provider = new IdentityProvider(settings(there.issuer()), InstantSource.system());
    }

    @AfterAll
    void stop() {
        there.close();
    }

    static Oidc settings(String issuer) {
        return new Oidc(
                issuer,
                TestProvider.AUDIENCE,
                Optional.empty(),
                "preferred_username",
                "groups",
                Map.of("db-developers", "developer"),
                Oidc.DEFAULT_SECOND_FACTORS,
                true);
    }

    private String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return there.signed(there.claims(TestProvider.person("u-1", "dana", GROUPS)), change);
    }

    @Test
    void aTokenSaysWhoSomebodyIsAndWhatTheyMayBeHere() throws TokenRefused {
        var dana = provider.judge(there.idToken("u-1", "dana", GROUPS));
        assertThat(dana.subject()).isEqualTo(there.issuer() + "#u-1");
        assertThat(dana.login()).isEqualTo("dana");
        assertThat(dana.roles()).containsExactly("developer");
        assertThat(dana.secondFactorAt()).isEmpty();
        assertThat(dana.expires()).isAfter(Instant.now());
    }

    @Test
    void theSecondFactorCountsFromWhenItWasGiven() throws TokenRefused {
        var at = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 100);
        var both =
                provider.judge(
                        token(c ->
                                c.claim("amr", List.of("pwd", "otp"))
                                        .claim("auth_time", at.getEpochSecond())));
        assertThat(both.secondFactorAt()).contains(at);
        assertThat(
                        provider.judge(
                                        token(c ->
                                                c.claim("amr", List.of("pwd"))
                                                        .claim("auth_time", at.getEpochSecond())))
                                .secondFactorAt())
                .as("a password alone")
                .isEmpty();
        assertThat(provider.judge(token(c -> c.claim("amr", List.of("otp")))).secondFactorAt())
                .as("nobody knows when")
                .isEmpty();
        assertThat(
                        provider.judge(
                                        token(c ->
                                                c.claim("amr", List.of("otp"))
                                                        .claim(
                                                                "auth_time",
                                                                Instant.now().getEpochSecond()
                                                                        + 9_999)))
                                .secondFactorAt())
                .as("from the future")
                .isEmpty();
    }

    @Test
    void rolesMayLieWithinAnotherClaim() throws IOException, TokenRefused {
        var nested =
                new IdentityProvider(
                        new Oidc(
                                there.issuer(),
                                TestProvider.AUDIENCE,
                                Optional.empty(),
                                "preferred_username",
                                "realm_access.roles",
                                Map.of("db", "developer"),
                                Oidc.DEFAULT_SECOND_FACTORS,
                                true),
                        InstantSource.system());
        assertThat(
                        nested.judge(
                                        token(c ->
                                                c.claim(
                                                        "realm_access",
                                                        Map.of("roles", List.of("db", "x")))))
                                .roles())
                .containsExactly("developer");
        assertThat(nested.judge(token(UnaryOperator.identity())).roles()).isEmpty();
    }

    @Test
    void whateverElseIsBroughtIsRefused() throws JOSEException {
        var now = Instant.now();
        var claims = there.claims(TestProvider.person("u-1", "dana", GROUPS)).build();
        var good = TestProvider.signed(claims, TestProvider.newKey("key-1"));
        var parts = token(UnaryOperator.identity()).split("\\.");
        var attacks = new ArrayList<Map.Entry<String, String>>();
        attacks.add(Map.entry("another's signature under a known key's id", good));
        attacks.add(
                Map.entry(
                        "a key of nobody",
                        TestProvider.signed(claims, TestProvider.newKey("key-9"))));
        attacks.add(Map.entry("no signature", new PlainJWT(claims).serialize()));
        attacks.add(Map.entry("signature cut off", parts[0] + "." + parts[1] + "."));
        attacks.add(
                Map.entry(
                        "another's claims under this signature",
                        parts[0]
                                + "."
                                + there.idToken("u-2", "root", GROUPS).split("\\.")[1]
                                + "."
                                + parts[2]));
        var symmetric = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        symmetric.sign(new MACSigner(there.issuer().repeat(4)));
        attacks.add(Map.entry("a shared secret", symmetric.serialize()));
        attacks.add(Map.entry("expired", token(c -> c.expirationTime(date(now, -61)))));
        attacks.add(Map.entry("not yet valid", token(c -> c.notBeforeTime(date(now, 90)))));
        attacks.add(Map.entry("from the future", token(c -> c.issueTime(date(now, 90)))));
        attacks.add(Map.entry("without expiry", token(c -> c.expirationTime(null))));
        attacks.add(Map.entry("without time of issue", token(c -> c.issueTime(null))));
        attacks.add(Map.entry("for somebody else", token(c -> c.audience("payroll"))));
        attacks.add(Map.entry("for nobody", token(c -> c.audience((String) null))));
        attacks.add(Map.entry("another issuer", token(c -> c.issuer("https://elsewhere.example"))));
        attacks.add(Map.entry("issuer with a slash", token(c -> c.issuer(there.issuer() + "/"))));
        attacks.add(Map.entry("no subject", token(c -> c.subject(null))));
        attacks.add(Map.entry("empty subject", token(c -> c.subject(" "))));
        attacks.add(Map.entry("no name", token(c -> c.claim("preferred_username", null))));
        attacks.add(
                Map.entry("a list of names", token(c -> c.claim("preferred_username", GROUPS))));
        attacks.add(Map.entry("roles by number", token(c -> c.claim("groups", 7))));
        attacks.add(
                Map.entry(
                        "a list of more than names",
                        token(c -> c.claim("groups", List.of("db-developers", 7)))));
        attacks.add(Map.entry("nothing", ""));
        attacks.add(Map.entry("no token", "dana:secret"));
        attacks.add(Map.entry("too long", "a".repeat(IdentityProvider.MAX_TOKEN_CHARS + 1)));
        for (var attack : attacks)
            assertThatExceptionOfType(TokenRefused.class)
                    .as(attack.getKey())
                    .isThrownBy(() -> provider.judge(attack.getValue()))
                    .matches(e -> !e.isProviderMissing())
                    .satisfies(e -> assertThat(e.reason()).doesNotContain("dana", "eyJ"));
    }

    @Test
    void aClockThatIsAMinuteOffIsAllowedFor() throws TokenRefused {
        var now = Instant.now();
        assertThat(provider.judge(token(c -> c.expirationTime(date(now, -50)))).login())
                .isEqualTo("dana");
        assertThat(provider.judge(token(c -> c.issueTime(date(now, 50)))).login())
                .isEqualTo("dana");
    }

    @Test
    void anUnconfirmedAddressIsNobodysName() throws IOException, TokenRefused {
        var s = settings(there.issuer());
        var byMail =
                new IdentityProvider(
                        new Oidc(
                                s.issuer(),
                                s.audience(),
                                s.ca(),
                                "email",
                                s.rolesClaim(),
                                s.roles(),
                                s.secondFactors(),
                                true),
                        InstantSource.system());
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> byMail.judge(token(c -> c.claim("email", "dana@clinic.example"))))
                .withMessageContaining("not verified");
        assertThat(
                        byMail.judge(
                                        token(c ->
                                                c.claim("email", "dana@clinic.example")
                                                        .claim("email_verified", true)))
                                .login())
                .isEqualTo("dana@clinic.example");
    }

    @Test
    void aProviderThatIsMissingIsSaidToBe() throws IOException {
        var gone = new IdentityProvider(settings("http://127.0.0.1:1"), InstantSource.system());
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> gone.judge(token(UnaryOperator.identity())))
                .matches(TokenRefused::isProviderMissing);
    }

    @Test
    void aNewKeyIsFoundWhenATokenNamesIt() throws IOException, TokenRefused {
        try (var other = new TestProvider()) {
            var reader = new IdentityProvider(settings(other.issuer()), InstantSource.system());
            assertThat(reader.judge(other.idToken("u-1", "dana", GROUPS)).login())
                    .isEqualTo("dana");
            other.changeKey("key-2");
            assertThat(reader.judge(other.idToken("u-1", "dana", GROUPS)).login())
                    .isEqualTo("dana");
        }
    }

    private static Date date(Instant now, long seconds) {
        return Date.from(now.plusSeconds(seconds));
    }
}
