package dev.sallyport.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String VERIFIER =
            "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA="
                + ":dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=";

    @Test
    void aPasswordIsReadAnewEachTime(@TempDir Path dir) throws IOException {
        var file = dir.resolve("password");
        Files.writeString(file, "first\n");
        var secret = new Secret.InFile(file);
        assertThat(secret.read()).isEqualTo("first");
        Files.writeString(file, "second one");
        assertThat(secret.read()).isEqualTo("second one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "two\nlines", "two\rlines"})
    void whatIsNoPasswordIsRefusedWithoutShowingIt(String content, @TempDir Path dir)
            throws IOException {
        var file = dir.resolve("password");
        Files.writeString(file, content);
        assertThatThrownBy(() -> new Secret.InFile(file).read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("lines\n");
    }

    @Test
    void verifiersRoundTripAndNeverPrint() {
        var verifier = ScramVerifier.parse(VERIFIER).orElseThrow();
        assertThat(verifier.text()).isEqualTo(VERIFIER);
        assertThat(verifier.iterations()).isEqualTo(4096);
        assertThat(verifier.salt()).hasSize(16);
        assertThat(verifier.storedKey()).hasSize(32);
        var at = new Position(Path.of("users.yaml"), 1, 1);
        var user =
                new UsersFile.User(
                        new Located<>("dana", at),
                        List.of(new Located<>("developer", at)),
                        verifier,
                        MySqlVerifiers.NONE.withNativePassword(new byte[20]),
                        Map.of("k", "v"),
                        false);
        var file = new UsersFile(Path.of("users.yaml"), List.of(user));
        assertThat(file.toString())
                .contains("dana")
                .doesNotContain("JFEb", "qBpZ", "dkDF", "SCRAM-SHA-256$", "MySqlVerifiers");
        assertThat(verifier.toString()).isEqualTo("ScramVerifier[...]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "md5d41d8cd98f00b204e9800998ecf8427e",
                "SCRAM-SHA-256$4095:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=",
                "SCRAM-SHA-256$999999999:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=",
                "SCRAM-SHA-256$4096:$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=",
                "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$AAAA:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=",
                "SCRAM-SHA-256$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4=x",
                "SCRAM-SHA-1$4096:JFEb4kX4+Dltm3zYyA2h5w==$qBpZjSnZS8bQVSGdG/5Yf6up8wA6WRR3p8pFjbe3psA=:dkDFpSL2xTefC07MUTEMd7mX1LFObI9jBZtQDkRv3e4="
            })
    void whatIsNoVerifierIsRefused(String text) {
        assertThat(ScramVerifier.parse(text)).isEmpty();
    }
}
