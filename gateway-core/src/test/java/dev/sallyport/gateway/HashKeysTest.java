package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Secret;
import dev.sallyport.policy.HashKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashKeysTest {
    @TempDir Path folder;

    @Test
    void sessionsBeginWithTheKeysPads() throws IOException {
        var keys = HashKeys.read(config(Optional.of("0123456789abcdef0123456789abcdef")));
        assertThat(keys.settings(TestSessions.DATABASE))
                .containsOnlyKeys(HashKey.INNER_SETTING, HashKey.OUTER_SETTING)
                .allSatisfy((_, value) -> assertThat(value).matches("[0-9a-f]{128}"));
        assertThat(keys.toString()).doesNotContain("0123");
    }

    @Test
    void aShortKeyIsNone() throws IOException {
        var config = config(Optional.of("secret"));
        assertThatThrownBy(() -> HashKeys.read(config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shorter than 32 characters")
                .hasMessageNotContaining("secret");
    }

    @Test
    void withoutAKeySessionsBeginAsClientsAsk() throws IOException {
        assertThat(HashKeys.read(config(Optional.empty())).settings(TestSessions.DATABASE))
                .isEmpty();
    }

    private GatewayConfig config(Optional<String> key) throws IOException {
        var file = folder.resolve("hash");
        if (key.isPresent()) Files.writeString(file, key.get());
        return new GatewayConfig(
                folder.resolve("sallyport.yaml"),
                "test",
                List.of(),
                List.of(TestSessions.DATABASE),
                List.of(),
                folder.resolve("users.yaml"),
                new GatewayConfig.Audit(folder, 1 << 20, 1 << 20),
                GatewayConfig.Sessions.DEFAULTS,
                GatewayConfig.Login.DEFAULTS,
                new GatewayConfig.Masks(key.map(_ -> new Secret.InFile(file))),
                GatewayConfig.Admin.DEFAULTS);
    }
}
