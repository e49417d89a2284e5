package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// Opens a session: the protocol version the client wishes and its parameters, in order, duplicates
/// and all. What may stand in them is decided by whoever reads it. For an unknown major version
/// none are read.
public record StartupMessage(ProtocolVersion version, List<Parameter> parameters)
        implements InitialRequest {
    public record Parameter(String name, String value) {}

    public StartupMessage {
        parameters = List.copyOf(parameters);
    }

    static StartupMessage decodeAfterVersion(ProtocolVersion version, ByteBuf body) {
        if (version.major() != 3) {
            body.skipBytes(body.readableBytes());
            return new StartupMessage(version, List.of());
        }
        BodyReader in = new BodyReader(body, "StartupMessage", ClientEncoding.UTF8);
        List<Parameter> parameters = new ArrayList<>();
        while (true) {
            String name = in.text();
            if (name.isEmpty()) break;
            parameters.add(new Parameter(name, in.text()));
        }
        in.end();
        return new StartupMessage(version, parameters);
    }

    @Override
    public void encode(ByteBuf out) {
        BodyWriter writer = BodyWriter.beginUntyped(out).int32(version.value());
        for (Parameter parameter : parameters) {
            if (parameter.name().isEmpty())
                throw new IllegalArgumentException("a parameter has a name");
            writer.text(parameter.name()).text(parameter.value());
        }
        writer.int8(0).end();
    }
}
