package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// Binds parameter values to a prepared statement. This is what the gateway reads of it: the values
/// may be huge, are nobody's business, and go on as slices once {@link BindReader} has checked that
/// they fit their frame.
///
/// @param portal empty for the unnamed portal
/// @param statement empty for the unnamed statement
/// @param parameterFormats none (all text), one (for all), or one for each
/// @param parameterCount 0 to 65,535
public record Bind(
        String portal, String statement, List<Format> parameterFormats, int parameterCount)
        implements FrontendMessage {
    public Bind {
        parameterFormats = List.copyOf(parameterFormats);
    }

    /// Decodes a body that is there as a whole.
    public static Bind decode(ByteBuf body, ClientEncoding encoding) {
        BindReader reader = new BindReader(body.readableBytes(), encoding);
        reader.read(body);
        reader.end();
        return reader.bind();
    }
}
