package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// The columns of the rows that follow.
public record RowDescription(List<Column> columns) implements BackendMessage {
    /// @param tableOid unsigned; 0 if the column is no table's
    /// @param attributeNumber 0 if the column is no table's; negative for system columns
    /// @param typeOid unsigned
    /// @param typeSize negative for variable width
    public record Column(
            String name,
            int tableOid,
            short attributeNumber,
            int typeOid,
            short typeSize,
            int typeModifier,
            Format format) {}

    public RowDescription {
        columns = List.copyOf(columns);
    }

    static RowDescription decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "RowDescription", encoding);
        int count = in.uint16();
        in.need(19L * count);
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            columns.add(
                    new Column(
                            in.text(),
                            in.int32(),
                            in.int16(),
                            in.int32(),
                            in.int16(),
                            in.int32(),
                            in.format()));
        }
        in.end();
        return new RowDescription(columns);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer =
                BodyWriter.begin(out, BackendType.ROW_DESCRIPTION, encoding).int16(columns.size());
        for (Column column : columns) {
            writer.text(column.name())
                    .int32(column.tableOid())
                    .int16(column.attributeNumber())
                    .int32(column.typeOid())
                    .int16(column.typeSize())
                    .int32(column.typeModifier())
                    .int16(column.format().code());
        }
        writer.end();
    }
}
