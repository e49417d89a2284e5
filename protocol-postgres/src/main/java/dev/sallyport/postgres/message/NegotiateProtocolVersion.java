package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// The server speaks less than the client asked for: the newest version it knows, and the `_pq_.`
/// options it doesn't.
///
/// PostgreSQL sends the whole version, major included, though the manual speaks of the minor.
public record NegotiateProtocolVersion(ProtocolVersion version, List<String> unrecognizedOptions)
        implements BackendMessage {
    public NegotiateProtocolVersion {
        unrecognizedOptions = List.copyOf(unrecognizedOptions);
    }

    static NegotiateProtocolVersion decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "NegotiateProtocolVersion", ClientEncoding.UTF8);
        ProtocolVersion version = new ProtocolVersion(in.int32());
        int count = in.int32();
        if (count < 0) throw in.violation("has a negative number of options");
        in.need(count);
        List<String> options = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) options.add(in.text());
        in.end();
        return new NegotiateProtocolVersion(version, options);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer =
                BodyWriter.begin(out, BackendType.NEGOTIATE_PROTOCOL_VERSION, ClientEncoding.UTF8)
                        .int32(version.value())
                        .int32(unrecognizedOptions.size());
        for (String option : unrecognizedOptions) writer.text(option);
        writer.end();
    }
}
