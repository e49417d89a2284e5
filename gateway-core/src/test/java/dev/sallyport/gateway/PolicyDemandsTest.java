package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Protocol;
import dev.sallyport.config.Secret;
import dev.sallyport.policy.PolicySet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyDemandsTest {
    private static final Optional<Secret> KEY = Optional.of(new Secret.InEnvironment("NONE"));

    @Test
    void aHashNeedsAKey() {
        var hashes = policies("mask: { ssn: hash }");
        assertThat(PolicyDemands.unmet(config(Optional.empty()), hashes)).isPresent();
        assertThat(PolicyDemands.unmet(config(KEY), hashes)).isEmpty();
        assertThat(PolicyDemands.unmet(config(Optional.empty()), policies("mask: redact")))
                .isEmpty();
    }

    /// On MySQL there is no place for its key: whether there is one or not.
    @Test
    void mySqlHasNoHash() {
        var hashes = policies("mask: { ssn: hash }");
        assertThat(PolicyDemands.unmet(config(KEY, MYSQL), hashes))
                .hasValueSatisfying(why -> assertThat(why).contains("database clinic", "redact"));
        assertThat(PolicyDemands.unmet(config(KEY, MYSQL), policies("mask: redact"))).isEmpty();
    }

    private static final GatewayConfig.Database MYSQL =
            new GatewayConfig.Database(
                    "clinic",
                    Protocol.MYSQL,
                    "127.0.0.1",
                    3306,
                    "",
                    "app",
                    new Secret.InEnvironment("NONE"),
                    TestSessions.DATABASE.tls(),
                    TestSessions.DATABASE.catalog());

    private static PolicySet policies(String what) {
        var text =
                "database: clinic\nroles: { r: { grants: [{ id: a, allow: [select], on: [public.t],"
                        + " %s }] } }".formatted(what);
        return TestPolicies.of(text, TestUsers.of("dana: r")).policies();
    }

    private static GatewayConfig config(Optional<Secret> key) {
        return config(key, TestSessions.DATABASE);
    }

    private static GatewayConfig config(Optional<Secret> key, GatewayConfig.Database database) {
        var folder = Path.of("folder");
        return new GatewayConfig(
                folder.resolve("sallyport.yaml"),
                "test",
                List.of(),
                List.of(database),
                List.of(),
                folder.resolve("users.yaml"),
                new GatewayConfig.Audit(folder, 1 << 20, 1 << 20),
                GatewayConfig.Sessions.DEFAULTS,
                GatewayConfig.Login.DEFAULTS,
                new GatewayConfig.Masks(key),
                GatewayConfig.Admin.DEFAULTS);
    }
}
