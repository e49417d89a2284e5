package dev.sallyport.gateway;

import dev.sallyport.config.Secret;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// The gateway's own password for one upstream, used where it may take its time: reading its place
/// and deriving keys from it happen on `worker`, what comes of it on the event loop. Shared by all
/// sessions of an upstream.
public final class UpstreamPassword {
    private final Secret secret;
    private final Executor worker;

    /// @param worker not an event loop; a single thread derives each key once even when many
    ///   sessions begin together
    public UpstreamPassword(Secret secret, Executor worker) {
        this.secret = secret;
        this.worker = worker;
    }

    /// What can be done with the password off the loop.
    public interface Use<T> {
        T with(String password) throws IOException;
    }

    /// One of the two runs on the loop.
    public <T> void use(
            Use<T> use, Executor loop, Consumer<T> then, Consumer<UpstreamFailure> onFailure) {
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
