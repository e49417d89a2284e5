package dev.sallyport.postgres.startup;

import dev.sallyport.gateway.Session;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.ProtocolVersion;
import io.netty.channel.Channel;

/// Both sides logged in.
///
/// @param client autoRead off
/// @param upstream on the same event loop, autoRead off
/// @param version what was agreed with the client
/// @param encoding of text in both directions at the start; later as ParameterStatus
///   `client_encoding` says
/// @param canceller asks the upstream to cancel what this session runs, over a connection of its
///   own
public record EstablishedSession(
        Session session,
        Channel client,
        Channel upstream,
        ProtocolVersion version,
        ClientEncoding encoding,
        UpstreamCanceller canceller) {}
