package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.policy.HashKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The settings that each database's upstream sessions begin with, so that the mask `hash` finds
/// its key there: see {@link HashKey}. Immutable.
public final class HashKeys {
    private final Map<String, Map<String, String>> settingsByDatabase;

    private HashKeys(Map<String, Map<String, String>> settingsByDatabase) {
        this.settingsByDatabase = Map.copyOf(settingsByDatabase);
    }

    /// Reads the key; blocks.
    ///
    /// @throws IOException when there is one and it can't be read or is too short; the message
    ///   names the place, never the content
    static HashKeys read(GatewayConfig config) throws IOException {
        var secret = config.masks().hashKey();
        if (secret.isEmpty()) return new HashKeys(Map.of());
        var key = secret.get().read();
        if (key.length() < GatewayConfig.Masks.MIN_KEY_CHARS)
            throw new IOException(
                    "masks.hashKey is shorter than "
                            + GatewayConfig.Masks.MIN_KEY_CHARS
                            + " characters: write one with `openssl rand -hex 32`");
        var settings = new TreeMap<String, Map<String, String>>();
        for (var database : config.databases())
            settings.put(
                    database.name(),
                    HashKey.settings(key.getBytes(StandardCharsets.UTF_8), database.name()));
        return new HashKeys(settings);
    }

    /// What the upstream's StartupMessage gets, by name; nothing without a key.
    public Map<String, String> settings(GatewayConfig.Database database) {
        return settingsByDatabase.getOrDefault(database.name(), Map.of());
    }

    @Override
    public String toString() {
        return "HashKeys[" + settingsByDatabase.keySet() + "]";
    }
}
