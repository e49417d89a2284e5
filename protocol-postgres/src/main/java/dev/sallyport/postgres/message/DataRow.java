package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row, its columns in text format: for the gateway's own questions. A client's rows go by as
/// slices.
///
/// @param columns null for SQL's null
public record DataRow(List<@Nullable String> columns) implements BackendMessage {
    public DataRow {
        columns = Collections.unmodifiableList(new ArrayList<>(columns));
    }

    static DataRow decode(ByteBuf body, ClientEncoding encoding) {
        // A catalog has many rows: one look at the buffer for each is enough.
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        BodyReader in = new BodyReader(Unpooled.wrappedBuffer(bytes), "DataRow", encoding);
        int count = in.uint16();
        in.need(4L * count);
        List<@Nullable String> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.int32();
            columns.add(length == -1 ? null : encoding.decode(in.bytes(length)));
        }
        in.end();
        return new DataRow(columns);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer =
                BodyWriter.begin(out, BackendType.DATA_ROW, encoding).int16(columns.size());
        for (String column : columns) {
            if (column == null) {
                writer.int32(-1);
            } else {
                byte[] bytes = encoding.encode(column);
                writer.int32(bytes.length).bytes(bytes);
            }
        }
        writer.end();
    }

    @Override
    public String toString() {
        return "DataRow[" + columns.size() + " columns]";
    }
}
