package dev.sallyport.gateway;

import dev.sallyport.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/// A main file in a temporary folder, read as in earnest. Nothing answers at its database.
final class TestConfig {
    private TestConfig() {}

    static ConfigLoader.Loaded load(Path folder, Path policy, Path users) throws Exception {
        var secret = Files.writeString(folder.resolve("secret"), "nothing\n");
        var main =
                Files.writeString(
                        folder.resolve("sallyport.yaml"),
                        """
                        gateway: test
                        listeners:
                          - protocol: postgres
                            host: 127.0.0.1
                            port: 0
                        databases:
                          - name: clinic
                            protocol: postgres
                            host: 127.0.0.1
                            port: 1
                            user: app
                            password: { file: %1$s }
                            tls: { mode: disable }
                            catalog: { user: reader, password: { file: %1$s }, refresh: 1s }
                        policies: [%2$s]
                        users: %3$s
                        audit:
                          store: %4$s
                          segmentSize: 1MiB
                          reserve: 4MiB
                        """
                                .formatted(secret, policy, users, folder.resolve("store")));
        return switch (ConfigLoader.load(main)) {
            case ConfigLoader.Loaded loaded -> loaded;
            case ConfigLoader.Errors(var errors) -> throw new AssertionError(errors.toString());
        };
    }
}
