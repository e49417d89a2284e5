package dev.sallyport.postgres.message;

import dev.sallyport.sql.SqlText;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// Prepares one statement.
///
/// @param statement empty for the unnamed statement
/// @param parameterTypes object ids, unsigned; 0 leaves the type to the server. May be fewer than
///   the parameters.
public record Parse(String statement, SqlText sql, List<Integer> parameterTypes)
        implements FrontendMessage {
    public Parse {
        parameterTypes = List.copyOf(parameterTypes);
    }

    public static Parse decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "Parse", encoding);
        String statement = in.text();
        SqlText sql = new SqlText(in.text());
        int count = in.uint16();
        in.need(4L * count);
        List<Integer> types = new ArrayList<>(count);
        for (int i = 0; i < count; i++) types.add(in.int32());
        in.end();
        return new Parse(statement, sql, types);
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer =
                BodyWriter.begin(out, FrontendType.PARSE, encoding)
                        .text(statement)
                        .text(sql.text())
                        .int16(parameterTypes.size());
        for (int type : parameterTypes) writer.int32(type);
        writer.end();
    }
}
