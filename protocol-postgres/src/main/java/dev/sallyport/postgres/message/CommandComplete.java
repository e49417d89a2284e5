package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;

/// A statement is done.
///
/// @param tag as `SELECT 5`, `INSERT 0 1`, `BEGIN`
public record CommandComplete(String tag) implements BackendMessage {
    static CommandComplete decode(ByteBuf body, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, "CommandComplete", encoding);
        String tag = in.text();
        in.end();
        return new CommandComplete(tag);
    }

    @Override
    public void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter.begin(out, BackendType.COMMAND_COMPLETE, encoding).text(tag).end();
    }

    /// The rows the tag counts; 0 if it counts none.
    public long rows() {
        int start = tag.length();
        while (start > 0 && tag.charAt(start - 1) >= '0' && tag.charAt(start - 1) <= '9') start--;
        int digits = tag.length() - start;
        if (digits == 0 || digits > 18 || start == 0 || tag.charAt(start - 1) != ' ') return 0;
        return Long.parseLong(tag, start, tag.length(), 10);
    }
}
