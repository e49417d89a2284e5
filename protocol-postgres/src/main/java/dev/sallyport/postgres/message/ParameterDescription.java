package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// The types of a prepared statement's parameters.
///
/// @param types object ids, unsigned
public record ParameterDescription(List<Integer> types) implements BackendMessage {
    public ParameterDescription {
        types = List.copyOf(types);
    }

    static ParameterDescription decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "ParameterDescription", ClientEncoding.UTF8);
        int count = in.uint16();
        in.need(4L * count);
        List<Integer> types = new ArrayList<>(count);
        for (int i = 0; i < count; i++) types.add(in.int32());
        in.end();
        return new ParameterDescription(types);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer =
                BodyWriter.begin(out, BackendType.PARAMETER_DESCRIPTION, encoding)
                        .int16(types.size());
        for (int type : types) writer.int32(type);
        writer.end();
    }
}
