package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.config.Secret;
import dev.sallyport.gateway.UpstreamFailure;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.ScramKeyCache;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.ClientEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Upstreams without a network: the real {@link UpstreamLogin} against a {@link ScriptedServer}.
final class FakeUpstreams implements UpstreamConnector {
    final List<String> events = new ArrayList<>();
    @Nullable UpstreamFailure failure;

    /// The listener is kept and nothing happens.
    boolean hang;

    @Nullable EmbeddedChannel channel;
    UpstreamLogin.@Nullable Listener waiting;

    @Override
    public Attempt logIn(
            EventLoop loop,
            Database database,
            Map<String, String> settings,
            ClientEncoding encoding,
            UpstreamLogin.Listener listener) {
        events.add("log in: " + database.database() + " " + settings);
        if (hang) {
            waiting = listener;
        } else if (failure != null) {
            listener.failed(failure);
        } else {
            logIn(database, settings, encoding, listener);
        }
        return () -> events.add("abandoned");
    }

    @Override
    public void cancel(EventLoop loop, Database database, BackendKeyData key, Runnable done) {
        events.add("cancel: " + key.processId());
        done.run();
    }

    private void logIn(
            Database database,
            Map<String, String> settings,
            ClientEncoding encoding,
            UpstreamLogin.Listener listener) {
        var server = new ScriptedServer(ScriptedServer.Method.TRUST, "", FakeGateway.ADA);
        var login =
                new UpstreamLogin(
                        new UpstreamLogin.Request(
                                database.user(),
                                database.database(),
                                settings,
                                encoding,
                                new UpstreamCredential(
                                        new Secret.InEnvironment("none"),
                                        new ScramKeyCache(),
                                        Runnable::run),
                                Optional.empty(),
                                false),
                        listener);
        var upstream = new EmbeddedChannel(login);
        channel = upstream;
        ByteBuf sent = upstream.readOutbound();
        try {
            upstream.writeInbound(server.answer(sent));
        } catch (AuthenticationFailure e) {
            throw new AssertionError(e);
        } finally {
            sent.release();
        }
    }
}
