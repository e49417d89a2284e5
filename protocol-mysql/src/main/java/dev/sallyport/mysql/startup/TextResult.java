package dev.sallyport.mysql.startup;

import dev.sallyport.mysql.packet.BodyReader;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.EofPacket;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.packet.ServerStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The answer to one query of the gateway's own, of one statement: rows as text, or none.
public final class TextResult {
    private static final int NULL_VALUE = 0xFB;
    private static final int MAX_COLUMNS = 4_096;

    private final boolean deprecatesEof;
    private final boolean tracks;
    private final Consumer<List<@Nullable String>> rows;
    private int columns = -1;
    private int definitionsLeft;
    private boolean inRows;
    private int status;
    private @Nullable ErrPacket error;
    private List<OkPacket.Changed> changes = List.of();

    /// @param capabilities agreed on with the server
    /// @param rows hears each, in order
    public TextResult(long capabilities, Consumer<List<@Nullable String>> rows) {
        this.deprecatesEof = Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
        this.tracks = Capabilities.has(capabilities, Capabilities.SESSION_TRACK);
        this.rows = rows;
    }

    /// @return whether the answer is whole
    /// @throws ProtocolViolation it is no such answer
    public boolean packet(ByteBuf payload) {
        if (!payload.isReadable()) throw new ProtocolViolation("empty packet");
        int first = payload.getUnsignedByte(payload.readerIndex());
        if (first == ErrPacket.HEADER) {
            error = ErrPacket.decode(payload);
            return true;
        }
        if (columns < 0) {
            if (first == OkPacket.HEADER) return end(payload);
            var in = new BodyReader(payload, "column count");
            if (first == NULL_VALUE)
                throw new ProtocolViolation("the server asked for a file of the gateway's");
            long count = in.lengthEncoded();
            in.end();
            if (count < 1 || count > MAX_COLUMNS) throw in.violation("is " + count);
            columns = (int) count;
            definitionsLeft = columns;
            return false;
        }
        if (definitionsLeft > 0) {
            definitionsLeft--;
            if (definitionsLeft == 0 && deprecatesEof) inRows = true;
            return false;
        }
        if (!inRows) {
            EofPacket.decode(payload);
            inRows = true;
            return false;
        }
        int end = deprecatesEof ? 0xFF_FFFF : EofPacket.MAX_BYTES + 1;
        if (first == EofPacket.HEADER && payload.readableBytes() < end) return end(payload);
        rows.accept(row(payload));
        return false;
    }

    private boolean end(ByteBuf payload) {
        int first = payload.getUnsignedByte(payload.readerIndex());
        if (first == EofPacket.HEADER && !deprecatesEof) {
            status = EofPacket.decode(payload).status();
        } else {
            var ok = OkPacket.decode(payload, tracks);
            status = ok.status();
            changes = ok.changes();
        }
        if (ServerStatus.has(status, ServerStatus.MORE_RESULTS_EXIST))
            throw new ProtocolViolation("one statement has several results");
        return true;
    }

    private List<@Nullable String> row(ByteBuf payload) {
        var in = new BodyReader(payload, "row");
        var values = new ArrayList<@Nullable String>(columns);
        for (int i = 0; i < columns; i++) {
            if (payload.isReadable()
                    && payload.getUnsignedByte(payload.readerIndex()) == NULL_VALUE) {
                payload.skipBytes(1);
                values.add(null);
            } else values.add(in.text(in.lengthEncodedBytes()));
        }
        in.end();
        return values;
    }

    /// Null when it worked.
    public @Nullable ErrPacket error() {
        return error;
    }

    public int status() {
        return status;
    }

    public List<OkPacket.Changed> changes() {
        return changes;
    }
}
