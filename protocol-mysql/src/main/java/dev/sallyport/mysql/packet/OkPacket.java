package dev.sallyport.mysql.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/// A command worked (MySQL internals manual, Generic Response Packets: OK_Packet); with {@link
/// #END_OF_ROWS} also the end of rows where {@link Capabilities#DEPRECATE_EOF} is agreed on.
///
/// @param header {@link #HEADER} or {@link #END_OF_ROWS}
/// @param info as `Rows matched: 1 Changed: 1 Warnings: 0`
/// @param sessionState what changed in the session, not decoded; empty where it isn't tracked
public record OkPacket(
        int header,
        long affectedRows,
        long lastInsertId,
        int status,
        int warnings,
        byte[] info,
        byte[] sessionState) {
    public static final int HEADER = 0x00;
    public static final int END_OF_ROWS = 0xFE;

    private static final byte[] NOTHING = {};
    private static final int SYSTEM_VARIABLES = 0;
    private static final int SCHEMA = 1;

    /// @param tracks whether {@link Capabilities#SESSION_TRACK} is agreed on
    public static OkPacket decode(ByteBuf body, boolean tracks) {
        var in = new BodyReader(body, "OK_Packet");
        int header = in.int1();
        if (header != HEADER && header != END_OF_ROWS) throw in.violation("has another header");
        long affected = in.lengthEncoded();
        long insertId = unsigned(in);
        int status = in.int2();
        int warnings = in.int2();
        byte[] info = in.hasMore() ? in.lengthEncodedBytes() : NOTHING;
        boolean changed = tracks && ServerStatus.has(status, ServerStatus.SESSION_STATE_CHANGED);
        byte[] state = changed && in.hasMore() ? in.lengthEncodedBytes() : NOTHING;
        in.end();
        return new OkPacket(header, affected, insertId, status, warnings, info, state);
    }

    /// LAST_INSERT_ID may take all 64 bits.
    private static long unsigned(BodyReader in) {
        int first = in.int1();
        return switch (first) {
            case 0xFB, 0xFF -> throw in.violation("has a malformed number");
            case 0xFC -> in.int2();
            case 0xFD -> in.int3();
            case 0xFE -> in.int8();
            default -> first;
        };
    }

    /// The end of the gateway's own answer, or of a command that it carried out itself.
    public static OkPacket own(int header, int status) {
        return new OkPacket(header, 0, 0, status, 0, NOTHING, NOTHING);
    }

    /// @param tracks whether the receiver agreed to {@link Capabilities#SESSION_TRACK}
    public void encode(ByteBuf out, boolean tracks) {
        out.writeByte(header);
        BodyWriter.lengthEncoded(out, affectedRows);
        if (lastInsertId < 0) out.writeByte(0xFE).writeLongLE(lastInsertId);
        else BodyWriter.lengthEncoded(out, lastInsertId);
        boolean told = tracks && sessionState.length > 0;
        out.writeShortLE(told ? status : status & ~ServerStatus.SESSION_STATE_CHANGED);
        out.writeShortLE(warnings);
        if (info.length > 0 || told) BodyWriter.lengthEncodedBytes(out, info);
        if (told) BodyWriter.lengthEncodedBytes(out, sessionState);
    }

    /// What the server says has changed.
    ///
    /// @param name of a system variable, or `schema`
    public record Changed(String name, String value) {}

    /// @throws ProtocolViolation malformed
    public List<Changed> changes() {
        if (sessionState.length == 0) return List.of();
        var changes = new ArrayList<Changed>();
        var in = new BodyReader(Unpooled.wrappedBuffer(sessionState), "session state");
        while (in.hasMore()) {
            int type = in.int1();
            byte[] data = in.lengthEncodedBytes();
            var inner = new BodyReader(Unpooled.wrappedBuffer(data), "session state");
            switch (type) {
                case SYSTEM_VARIABLES -> {
                    while (inner.hasMore()) {
                        String name = inner.text(inner.lengthEncodedBytes());
                        changes.add(new Changed(name, inner.text(inner.lengthEncodedBytes())));
                    }
                }
                case SCHEMA -> {
                    changes.add(new Changed("schema", inner.text(inner.lengthEncodedBytes())));
                    inner.end();
                }
                // State, GTIDs, transaction: nothing that a text's meaning depends on.
                default -> {}
            }
        }
        return changes;
    }

    @Override
    public String toString() {
        return "OkPacket[affected " + affectedRows + ", status " + status + "]";
    }
}
