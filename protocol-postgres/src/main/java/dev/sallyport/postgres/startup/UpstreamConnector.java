package dev.sallyport.postgres.startup;

import dev.sallyport.config.GatewayConfig.Database;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.ClientEncoding;
import io.netty.channel.EventLoop;
import java.util.Map;

/// Connections to upstreams: one for each session, and a short one for each cancel.
interface UpstreamConnector {
    /// Connects and logs in on `loop`. The listener hears exactly once unless the attempt is
    /// abandoned.
    Attempt logIn(
            EventLoop loop,
            Database database,
            Map<String, String> settings,
            ClientEncoding encoding,
            UpstreamLogin.Listener listener);

    /// Sends a CancelRequest with the server's own key.
    ///
    /// @param done run on `loop` when the server has closed the connection, which is its answer, or
    ///   could not be reached
    void cancel(EventLoop loop, Database database, BackendKeyData key, Runnable done);

    interface Attempt {
        /// Closes what there is; the listener hears no more.
        void abandon();
    }
}
