package dev.sallyport.postgres.message;

import dev.sallyport.audit.Confidential.Parameter;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// The values of a Bind, for the log's sealed part: a copy of what is there of them.
public final class BindValues {
    private BindValues() {}

    /// @param body from its begin, perhaps not all of it; {@link BindReader} has read it
    /// @return one for each parameter, those that are not there as a whole {@link Parameter.Passed}
    public static List<Parameter> read(ByteBuf body, Bind bind, ClientEncoding encoding) {
        ByteBuf in = body.slice();
        // Names, formats, number of parameters.
        in.skipBytes(in.bytesBefore((byte) 0) + 1);
        in.skipBytes(in.bytesBefore((byte) 0) + 1);
        in.skipBytes(2 + 2 * bind.parameterFormats().size() + 2);
        List<Parameter> values = new ArrayList<>(bind.parameterCount());
        while (values.size() < bind.parameterCount()) {
            if (in.readableBytes() < 4) {
                in.skipBytes(in.readableBytes());
                values.add(new Parameter.Passed(-1));
                continue;
            }
            int length = in.readInt();
            if (length < 0) {
                values.add(new Parameter.Null());
            } else if (length > in.readableBytes()) {
                in.skipBytes(in.readableBytes());
                values.add(new Parameter.Passed(length));
            } else {
                byte[] value = new byte[length];
                in.readBytes(value);
                values.add(value(value, format(bind, values.size()), encoding));
            }
        }
        return values;
    }

    private static Format format(Bind bind, int parameter) {
        List<Format> formats = bind.parameterFormats();
        return switch (formats.size()) {
            case 0 -> Format.TEXT;
            case 1 -> formats.getFirst();
            default -> formats.get(parameter);
        };
    }

    /// Text that is none in the session's encoding, which the server will refuse, is kept as bytes.
    private static Parameter value(byte[] value, Format format, ClientEncoding encoding) {
        return switch (format) {
            case BINARY -> new Parameter.Binary(value);
            case TEXT -> {
                try {
                    yield new Parameter.Text(encoding.decode(value));
                } catch (ProtocolViolation _) {
                    yield new Parameter.Binary(value);
                }
            }
        };
    }
}
