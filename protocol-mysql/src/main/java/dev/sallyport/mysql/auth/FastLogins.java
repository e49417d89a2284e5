package dev.sallyport.mysql.auth;

import dev.sallyport.config.ScramVerifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is remembered of passwords that were right, so that the next login of the same person takes
/// neither the password nor PBKDF2. In memory only, and gone when the person's verifier is another.
/// Any thread.
///
/// A stranger learns nothing: who isn't in here is asked for the password like somebody whose quick
/// proof is wrong.
public final class FastLogins {
    private static final int MAX_REMEMBERED = 10_000;

    private final Map<String, Remembered> byUser =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    private static final class Remembered {
        final ScramVerifier verifier;
        final byte[] hash;

        Remembered(ScramVerifier verifier, byte[] hash) {
            this.verifier = verifier;
            this.hash = hash;
        }
    }

    /// @param password that fits the verifier
    public void remember(String user, ScramVerifier verifier, byte[] password) {
        var entry = new Remembered(verifier, CachingSha2.remembered(password));
        synchronized (byUser) {
            byUser.put(user, entry);
        }
    }

    /// @param verifier the person's of now
    public Optional<byte[]> of(String user, ScramVerifier verifier) {
        synchronized (byUser) {
            var entry = byUser.get(user);
            return entry == null || !entry.verifier.equals(verifier)
                    ? Optional.empty()
                    : Optional.of(entry.hash.clone());
        }
    }
}
