package dev.sallyport.postgres.message;

import dev.sallyport.sql.SqlText;
import io.netty.buffer.ByteBuf;

/// The simple protocol: one text with any number of statements.
public record Query(SqlText sql) implements FrontendMessage {
    public static Query decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "Query", encoding);
        String sql = in.text();
        in.end();
        return new Query(new SqlText(sql));
    }

    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, FrontendType.QUERY, encoding).text(sql.text()).end();
    }
}
