package dev.sallyport.postgres.startup;

import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.gateway.UpstreamPassword;
import dev.sallyport.postgres.auth.ScramClient;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.auth.ScramKeys;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The gateway's own password for one upstream, and the keys that SCRAM derives from it.
final class UpstreamCredential {
    private final UpstreamPassword password;
    private final ScramKeyCache cache;

    /// @param worker see {@link UpstreamPassword}
    UpstreamCredential(Secret secret, ScramKeyCache cache, Executor worker) {
        this.password = new UpstreamPassword(secret, worker);
        this.cache = cache;
    }

    void keys(
            ScramClient.Challenge challenge,
            EventExecutor loop,
            Consumer<ScramKeys> then,
            Consumer<UpstreamFailure> onFailure) {
        use(text -> cache.derive(text, challenge), loop, then, onFailure);
    }

    /// One of the two runs on the loop.
    <T> void use(
            UpstreamPassword.Use<T> use,
            EventExecutor loop,
            Consumer<T> then,
            Consumer<UpstreamFailure> onFailure) {
        password.use(use, loop, then, onFailure);
    }
}
