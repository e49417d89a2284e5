package dev.sallyport.mysql.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.gateway.GatewayServices;
import dev.sallyport.gateway.SessionRegistry;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.PasswordCheck;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.gateway.network.ConnectionInitializer;
import dev.sallyport.mysql.auth.CachingSha2;
import dev.sallyport.mysql.auth.FastLogins;
import dev.sallyport.mysql.codec.CompressionMethod;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Puts a {@link ClientLogin} in front of every accepted connection, and holds what all logins
/// share. Any thread.
public final class LoginServer implements ConnectionInitializer {
    private final GatewayServices gateway;
    private final Upstreams upstreams;
    private final SessionStarter starter;
    private final Executor worker;
    private final FastLogins fastLogins = new FastLogins();

    /// Made by the worker when first asked for.
    private @Nullable KeyPair keys;

    /// @param worker for what takes milliseconds: passwords are checked one after the other there,
    ///   so that a flood of logins takes one core at most
    public LoginServer(
            GatewayServices gateway, Upstreams upstreams, SessionStarter starter, Executor worker) {
        this.gateway = gateway;
        this.upstreams = upstreams;
        this.starter = starter;
        this.worker = worker;
        // Before somebody waits for it.
        worker.execute(() -> {
            long _ = CompressionMethod.offered();
        });
    }

    @Override
    public void initialize(Channel channel, BoundListener listener) {
        SessionRegistry.Admission admission = gateway.sessions().admit();
        var database = database(listener);
        if (admission == null || database.isEmpty()) {
            if (admission != null) admission.close();
            channel.close();
            return;
        }
        channel.pipeline().addLast(new ClientLogin(this, listener, database.get(), admission));
    }

    private Optional<Database> database(BoundListener listener) {
        var name = listener.configured().database();
        return gateway.config().databases().stream()
                .filter(d -> name.isPresent() && d.name().equals(name.get()))
                .findFirst();
    }

    GatewayServices gateway() {
        return gateway;
    }

    Upstreams upstreams() {
        return upstreams;
    }

    SessionStarter starter() {
        return starter;
    }

    FastLogins fastLogins() {
        return fastLogins;
    }

    /// Whether the password fits; the answer comes on the loop. A right one is remembered.
    void check(
            EventLoop loop,
            String user,
            byte[] password,
            ScramVerifier verifier,
            Consumer<Boolean> then) {
        work(
                loop,
                () -> {
                    var text = new String(password, StandardCharsets.UTF_8).toCharArray();
                    boolean fits = PasswordCheck.fits(text, verifier);
                    if (fits) fastLogins.remember(user, verifier, password);
                    return () -> then.accept(fits);
                },
                () -> then.accept(false));
    }

    /// The same for somebody with a second factor; nothing is remembered. The answer comes on the
    /// loop.
    void checkWithCode(
            EventLoop loop,
            Authenticator.Attempt attempt,
            byte[] password,
            String method,
            String tls,
            Consumer<Authenticator.Result> then,
            Runnable onFailure) {
        work(
                loop,
                () -> {
                    var text = new String(password, StandardCharsets.UTF_8).toCharArray();
                    var result = attempt.password(text, method, tls);
                    return () -> then.accept(result);
                },
                onFailure);
    }

    /// The key of this run of the gateway, as servers send it.
    void publicKey(EventLoop loop, Consumer<byte[]> then, Runnable onFailure) {
        work(
                loop,
                () -> {
                    byte[] pem = CachingSha2.pem(keys().getPublic());
                    return () -> then.accept(pem);
                },
                onFailure);
    }

    /// @param then hears empty when it was not encrypted for this login
    void decrypt(EventLoop loop, byte[] encrypted, byte[] nonce, Consumer<Optional<byte[]>> then) {
        work(
                loop,
                () -> {
                    var password = CachingSha2.decrypt(encrypted, nonce, keys());
                    return () -> then.accept(password);
                },
                () -> then.accept(Optional.empty()));
    }

    /// Only the worker asks, which is one thread.
    private KeyPair keys() {
        KeyPair pair = keys;
        if (pair == null) keys = pair = CachingSha2.newKeyPair();
        return pair;
    }

    private interface Work {
        /// @return what to do on the loop
        Runnable run();
    }

    private void work(EventLoop loop, Work work, Runnable onFailure) {
        try {
            worker.execute(() -> {
                Runnable result;
                try {
                    result = work.run();
                } catch (RuntimeException _) {
                    // It can hold the password. What could not be checked is not right.
                    result = onFailure;
                }
                loop.execute(result);
            });
        } catch (RejectedExecutionException _) {
            onFailure.run();
        }
    }
}
