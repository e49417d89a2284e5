package dev.sallyport.postgres.startup;

import dev.sallyport.config.Secret;
import dev.sallyport.postgres.auth.ScramClient;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.auth.ScramKeys;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// The gateway's own password for one upstream, used where it may take its time: reading its place
/// and deriving keys from it happen on `worker`, what comes of it on the event loop. Shared by all
/// sessions of an upstream.
final class UpstreamCredential {
    private final Secret secret;
    private final ScramKeyCache cache;
    private final Executor worker;

    /// @param worker not an event loop; a single thread derives each key once even when many
    ///   sessions begin together
    UpstreamCredential(Secret secret, ScramKeyCache cache, Executor worker) {
        this.secret = secret;
        this.cache = cache;
        this.worker = worker;
    }

    /// What can be done with the password off the loop.
    interface Use<T> {
        T with(String password) throws IOException;
    }

    void keys(
            ScramClient.Challenge challenge,
            EventExecutor loop,
            Consumer<ScramKeys> then,
            Consumer<UpstreamFailure> onFailure) {
        use(password -> cache.derive(password, challenge), loop, then, onFailure);
    }

    /// One of the two runs on the loop.
    <T> void use(
            Use<T> use, EventExecutor loop, Consumer<T> then, Consumer<UpstreamFailure> onFailure) {
        try {
            worker.execute(() -> {
                Runnable result;
                try {
                    T value = use.with(secret.read());
                    result = () -> then.accept(value);
                } catch (IOException e) {
                    // The message names the place and never its content.
                    UpstreamFailure failure =
                            UpstreamFailure.credential(
                                    "password cannot be read: " + e.getMessage());
                    result = () -> onFailure.accept(failure);
                } catch (RuntimeException e) {
                    UpstreamFailure failure =
                            UpstreamFailure.credential(
                                    "password cannot be used: " + e.getClass().getName());
                    result = () -> onFailure.accept(failure);
                }
                loop.execute(result);
            });
        } catch (RejectedExecutionException _) {
            onFailure.accept(UpstreamFailure.credential("the gateway is stopping"));
        }
    }
}
