package dev.sallyport.postgres.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers derived keys, so that a session's login costs no PBKDF2 unless its credential, salt or
/// iterations are new. Holds keys, never passwords: an entry is found by a keyed digest of the
/// password. Any thread.
public final class ScramKeyCache {
    /// Databases times a few rotations.
    private static final int MAX_ENTRIES = 256;

    /// @param password digest of it under {@link #digestKey}: a changed password never finds old
    ///   keys
    private record Key(byte[] password, byte[] salt, int iterations) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key(byte[] otherPassword, byte[] otherSalt, int otherIterations)
                    && iterations == otherIterations
                    && Arrays.equals(salt, otherSalt)
                    && Arrays.equals(password, otherPassword);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(password) + Arrays.hashCode(salt);
        }
    }

    private final byte[] digestKey = Scram.newNonce().getBytes(StandardCharsets.US_ASCII);

    private final Map<Key, ScramKeys> entries =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, ScramKeys> eldest) {
                    return size() > MAX_ENTRIES;
                }
            };

    /// Null when it has to be derived.
    public @Nullable ScramKeys get(String password, ScramClient.Challenge challenge) {
        Key key = key(password, challenge);
        synchronized (entries) {
            return entries.get(key);
        }
    }

    /// Derives if need be: not on an event loop.
    public ScramKeys derive(String password, ScramClient.Challenge challenge) {
        ScramKeys known = get(password, challenge);
        if (known != null) return known;
        ScramKeys derived = ScramKeys.derive(password, challenge.salt(), challenge.iterations());
        Key key = key(password, challenge);
        synchronized (entries) {
            entries.put(key, derived);
        }
        return derived;
    }

    private Key key(String password, ScramClient.Challenge challenge) {
        return new Key(Scram.hmac(digestKey, password), challenge.salt(), challenge.iterations());
    }
}
