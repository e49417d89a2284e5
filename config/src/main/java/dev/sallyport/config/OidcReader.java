package dev.sallyport.config;

import dev.sallyport.config.GatewayConfig.Oidc;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Decodes the section `oidc`.
final class OidcReader {
    private static final Pattern AUDIENCE = Pattern.compile("[!-~]{1,255}");
    private static final Pattern CLAIM = Pattern.compile("[A-Za-z0-9_:/.-]{1,255}");
    private static final Pattern METHOD = Pattern.compile("[a-z0-9_-]{1,32}");
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");

    private final Places places;

    OidcReader(Places places) {
        this.places = places;
    }

    Oidc read(Fields f) {
        // Only judged as a URL: tokens name it to the letter, a final '/' included.
        var issuer = f.require("issuer");
        var url = places.url(issuer, "https://id.clinic.example/realms/clinic");
        var roles = f.require("roles").fields("'roles'", OidcReader::roles);
        return new Oidc(
                url.toString(),
                f.require("audience").matching(AUDIENCE, "printable ASCII without blanks"),
                f.optional("ca").map(places::existing),
                f.optional("login").map(OidcReader::claim).orElse(Oidc.DEFAULT_LOGIN_CLAIM),
                roles.claim(),
                roles.map(),
                f.optional("secondFactors")
                        .map(OidcReader::methods)
                        .orElse(Oidc.DEFAULT_SECOND_FACTORS),
                f.optional("create").map(Value::yesOrNo).orElse(true));
    }

    private record Roles(String claim, Map<String, String> map) {}

    private static Roles roles(Fields f) {
        var map = new HashMap<String, String>();
        var given = f.require("map");
        for (var entry : given.mapping("the provider's names to roles")) {
            var role =
                    new Value(entry.key().text(), entry.value(), given.problems())
                            .matching(ROLE, "a role of the policies");
            map.put(entry.key().text(), role);
        }
        return new Roles(claim(f.require("claim")), map);
    }

    private static Set<String> methods(Value v) {
        return new HashSet<>(v.list(m -> m.matching(METHOD, "a value of 'amr', as otp")));
    }

    private static String claim(Value v) {
        return v.matching(CLAIM, "the name of a claim");
    }
}
