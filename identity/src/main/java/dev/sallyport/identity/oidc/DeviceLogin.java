package dev.sallyport.identity.oidc;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationGrantError;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Logs somebody in who sits at a terminal: they confirm a code in a browser, on this machine or
/// any other (RFC 8628). Blocks until they did.
public final class DeviceLogin {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

    /// RFC 8628 3.5: what `slow_down` adds.
    private static final Duration SLOWER = Duration.ofSeconds(5);

    private final IdentityProvider provider;
    private final String client;
    private final boolean accessToken;
    private final Pause pause;

    /// What is shown to the person.
    ///
    /// @param page where the code is typed
    /// @param pageWithCode the same with the code filled in
    /// @param lifetime of the code
    public record Prompt(URI page, Optional<URI> pageWithCode, String code, Duration lifetime) {}

    /// Waits; shortened by tests.
    @FunctionalInterface
    public interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /// @param accessToken whether the gateway wants that or the ID token
    public DeviceLogin(IdentityProvider provider, String client, boolean accessToken, Pause pause) {
        this.provider = provider;
        this.client = client;
        this.accessToken = accessToken;
        this.pause = pause;
    }

    /// @return the token for the gateway: a secret until it expires
    /// @throws IOException the provider refused, the person did, or the code has expired; the
    ///   message says what
    public String token(Consumer<Prompt> show) throws IOException, InterruptedException {
        var endpoints = provider.metadata();
        var device = endpoints.getDeviceAuthorizationEndpointURI();
        if (device == null)
            throw new IOException(
                    "the identity provider has no device flow: ask its administrators to allow it"
                            + " for the client "
                            + client);
        var begun = begin(device);
        var lifetime = Duration.ofSeconds(begun.getLifetime());
        show.accept(
                new Prompt(
                        begun.getVerificationURI(),
                        Optional.ofNullable(begun.getVerificationURIComplete()),
                        begun.getUserCode().getValue(),
                        lifetime));
        return poll(endpoints.getTokenEndpointURI(), begun, lifetime);
    }

    private DeviceAuthorizationSuccessResponse begin(URI endpoint) throws IOException {
        var request =
                new DeviceAuthorizationRequest.Builder(new ClientID(client))
                        .endpointURI(endpoint)
                        .scope(new Scope("openid", "profile", "email"))
                        .build();
        try {
            var response =
                    DeviceAuthorizationResponse.parse(
                            provider.prepared(request.toHTTPRequest()).send());
            if (!response.indicatesSuccess())
                throw refused(response.toErrorResponse().getErrorObject());
            return response.toSuccessResponse();
        } catch (ParseException e) {
            throw new IOException("the identity provider's answer: " + e.getMessage(), e);
        }
    }

    private String poll(URI endpoint, DeviceAuthorizationSuccessResponse begun, Duration lifetime)
            throws IOException, InterruptedException {
        AuthorizationGrant grant = new DeviceCodeGrant(begun.getDeviceCode());
        var interval = Duration.ofSeconds(begun.getInterval());
        if (interval.compareTo(MIN_INTERVAL) < 0) interval = MIN_INTERVAL;
        var waited = Duration.ZERO;
        while (waited.compareTo(lifetime) < 0) {
            pause.sleep(interval);
            waited = waited.plus(interval);
            var request = new TokenRequest.Builder(endpoint, new ClientID(client), grant).build();
            try {
                var response =
                        OIDCTokenResponseParser.parse(
                                provider.prepared(request.toHTTPRequest()).send());
                if (response.indicatesSuccess())
                    return token((OIDCTokenResponse) response.toSuccessResponse());
                var error = response.toErrorResponse().getErrorObject();
                if (DeviceAuthorizationGrantError.SLOW_DOWN.equals(error))
                    interval = interval.plus(SLOWER);
                else if (!DeviceAuthorizationGrantError.AUTHORIZATION_PENDING.equals(error))
                    throw refused(error);
            } catch (ParseException e) {
                throw new IOException("the identity provider's answer: " + e.getMessage(), e);
            }
        }
        throw new IOException("nobody confirmed the code in time: run it again");
    }

    private String token(OIDCTokenResponse response) throws IOException {
        var tokens = response.getOIDCTokens();
        if (accessToken) return tokens.getAccessToken().getValue();
        var id = tokens.getIDTokenString();
        if (id == null) throw new IOException("the identity provider sent no ID token");
        return id;
    }

    private static IOException refused(ErrorObject error) {
        if (error == null || error.getCode() == null)
            return new IOException("the identity provider refused without a reason");
        return new IOException(
                switch (error.getCode()) {
                    case "access_denied" -> "the login was denied";
                    case "expired_token" -> "nobody confirmed the code in time: run it again";
                    default ->
                            "the identity provider refused: "
                                    + error.getCode()
                                    + (error.getDescription() == null
                                            ? ""
                                            : " (" + error.getDescription() + ")");
                });
    }
}
