package dev.sallyport.mysql.startup;

import dev.sallyport.gateway.Session;
import dev.sallyport.mysql.packet.ComChangeUser;
import dev.sallyport.mysql.packet.HandshakeV10;
import io.netty.channel.Channel;

/// Both sides logged in, and the client not told yet.
///
/// @param client autoRead off
/// @param upstream on the same event loop, autoRead off
/// @param clientCapabilities agreed on with the client
/// @param upstreamCapabilities agreed on with the server: the same where packets depend on it, but
///   for SESSION_TRACK
/// @param greeting of the server
/// @param status of the server
/// @param characterSet of the client's texts at first, as `utf8mb4`
/// @param schema that the client asked for, not yet decided about; empty for none
/// @param sequence of the packet that ends the client's login
/// @param relogin lets the client log in once more, when this session is over
/// @param canceller asks the upstream to cancel what this session runs, over another connection
public record EstablishedSession(
        Session session,
        Channel client,
        Channel upstream,
        long clientCapabilities,
        long upstreamCapabilities,
        HandshakeV10 greeting,
        int status,
        String characterSet,
        String schema,
        int sequence,
        Relogin relogin,
        Canceller canceller) {
    /// Asks a server to say what changes in the session; so it was at the login.
    public static final String TRACK =
            "SET SESSION session_track_schema = 1, session_track_system_variables ="
                    + " 'autocommit,character_set_client,character_set_connection,"
                    + "character_set_results,sql_mode,time_zone'";

    /// Takes the client's channel, which has no handler of the session's any more.
    @FunctionalInterface
    public interface Relogin {
        /// @param sequence of the packet that the client is told next
        void begin(ComChangeUser wish, int sequence);
    }

    /// Does so, and runs `done` on the loop when the server has answered or could not be reached.
    @FunctionalInterface
    public interface Canceller {
        void cancel(Runnable done);
    }
}
