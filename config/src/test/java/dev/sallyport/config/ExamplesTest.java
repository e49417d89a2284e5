package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files that people copy load as they are, once the certificates and passwords that they name
/// are there.
class ExamplesTest {
    @Test
    void theExamplesLoad(@TempDir Path dir) throws IOException {
        copyExamples(dir);

        var result = ConfigLoader.load(dir.resolve("sallyport.yaml"));

        assertThat(result).isInstanceOf(ConfigLoader.Loaded.class);
        var loaded = (ConfigLoader.Loaded) result;
        assertThat(loaded.config().databases()).extracting(d -> d.name()).containsExactly("clinic");
        assertThat(loaded.users().users()).hasSize(6);
        assertThat(loaded.policies()).hasSize(1);
        assertThat(loaded.policies().getFirst().roles())
                .extracting(r -> r.name().value())
                .containsExactly("developer", "physician", "billing", "security", "auditor");
    }

    @Test
    void theExampleShowsTheDefaults(@TempDir Path dir) throws IOException {
        copyExamples(dir);
        var config =
                ((ConfigLoader.Loaded) ConfigLoader.load(dir.resolve("sallyport.yaml"))).config();

        assertThat(config.sessions()).isEqualTo(GatewayConfig.Sessions.DEFAULTS);
        assertThat(config.login()).isEqualTo(GatewayConfig.Login.DEFAULTS);
        assertThat(config.admin()).isEqualTo(GatewayConfig.Admin.DEFAULTS);
        assertThat(config.audit().segmentBytes()).isEqualTo(64L << 20);
    }

    static void copyExamples(Path dir) throws IOException {
        var examples = Path.of("examples");
        for (var name : List.of("sallyport.yaml", "users.yaml", "policies/clinic.yaml")) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.copy(examples.resolve(name), dir.resolve(name));
        }
        for (var name :
                List.of(
                        "tls/gateway.crt",
                        "tls/gateway.key",
                        "tls/ca.crt",
                        "secrets/upstream",
                        "secrets/catalog")) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.writeString(dir.resolve(name), "stand-in for " + name + "\n");
        }
    }
}
