package dev.sallyport.conformance.regress;

import dev.sallyport.conformance.Wire;
import dev.sallyport.conformance.Wire.Message;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One of the two sessions that a script runs in, with psql's variables of that session.
///
/// Not thread-safe.
final class RegressSide implements AutoCloseable {
    /// How a session is opened.
    @FunctionalInterface
    interface Login {
        Wire open() throws IOException;
    }

    /// What came back for one step, as lines that can be compared, and what psql would remember of
    /// it.
    ///
    /// @param lines one a message, `Z T` at last
    /// @param refusal the gateway's own words, if it refused: `SQLSTATE message`
    /// @param rows of the last result, as psql's \gset and \gexec need them
    record Answer(
            List<String> lines,
            @Nullable String refusal,
            List<String> columns,
            List<List<@Nullable String>> rows) {}

    /// PostgreSQL's `FirstNormalObjectId`.
    private static final int FIRST_NORMAL_OID = 16384;

    private static final Pattern TEMPORARY_SCHEMA = Pattern.compile("pg_temp_\\d+");
    private static final String NOT_IN_TRANSACTIONS = "C=25001";
    private static final String DIAGNOSTIC_FIELDS = "VCMDHPpqWstcdn";

    final Map<String, String> variables = new HashMap<>();
    private final Login login;
    private Wire wire;
    private char status = 'I';

    RegressSide(Login login) throws IOException {
        this.login = login;
        wire = login.open();
    }

    char status() {
        return status;
    }

    /// psql's `\c`.
    void reconnect() throws IOException {
        wire.close();
        wire = login.open();
        status = 'I';
    }

    /// @param copyData lines, asked for when the server wants them
    Answer query(String sql, Supplier<List<String>> copyData) throws IOException {
        wire.raw(Wire.query(sql));
        return answer(copyData);
    }

    Answer parse(String name, String sql) throws IOException {
        wire.raw(Wire.concat(Wire.parse(name, sql), Wire.sync()));
        return answer(List::of);
    }

    Answer describe(String sql) throws IOException {
        wire.raw(Wire.concat(Wire.parse("", sql), Wire.describe('S', ""), Wire.sync()));
        return answer(List::of);
    }

    Answer closePrepared(String name) throws IOException {
        wire.raw(Wire.concat(Wire.close('S', name), Wire.sync()));
        return answer(List::of);
    }

    /// @param sql null: the statement is prepared already
    Answer bind(String name, @Nullable String sql, List<String> parameters) throws IOException {
        var values = new ArrayList<byte[]>();
        for (var parameter : parameters) {
            var bytes = parameter.getBytes(StandardCharsets.UTF_8);
            values.add(Wire.intBytes(bytes.length));
            values.add(bytes);
        }
        var bind =
                Wire.message(
                        'B',
                        Wire.cString(""),
                        Wire.cString(name),
                        Wire.shortBytes(0),
                        Wire.shortBytes(parameters.size()),
                        Wire.concat(values.toArray(new byte[0][])),
                        Wire.shortBytes(0));
        wire.raw(
                Wire.concat(
                        sql == null ? new byte[0] : Wire.parse(name, sql),
                        bind,
                        Wire.describe('P', ""),
                        Wire.execute("", 0),
                        Wire.sync()));
        return answer(List::of);
    }

    /// Whether the server takes the statement; nothing of it stays. Leaves a transaction failed.
    boolean takes(Exchange exchange) throws IOException {
        if (status == 'E') return false;
        boolean inside = status == 'T';
        silently(inside ? "SAVEPOINT sallyport_probe" : "BEGIN");
        var answer = exchange.with(this);
        boolean taken =
                answer.lines().stream()
                        .noneMatch(l -> l.startsWith("E ") && !l.contains(NOT_IN_TRANSACTIONS));
        silently(inside ? "ROLLBACK TO SAVEPOINT sallyport_probe" : "ROLLBACK");
        if (inside) {
            silently("RELEASE SAVEPOINT sallyport_probe");
            failTransaction();
        }
        return taken;
    }

    private void silently(String sql) throws IOException {
        wire.raw(Wire.query(sql));
        answer(List::of);
    }

    /// What a step sends.
    @FunctionalInterface
    interface Exchange {
        Answer with(RegressSide side) throws IOException;
    }

    /// Brings a transaction to where the gateway's is after it refused a statement.
    void failTransaction() throws IOException {
        if (status != 'T') return;
        wire.raw(Wire.query("sallyport denied this statement"));
        answer(List::of);
    }

    private Answer answer(Supplier<List<String>> copyData) throws IOException {
        var lines = new ArrayList<String>();
        String refusal = null;
        var columns = new ArrayList<String>();
        var rows = new ArrayList<List<@Nullable String>>();
        while (true) {
            var message = wire.receive();
            switch (message.type()) {
                case 'T' -> {
                    columns.clear();
                    rows.clear();
                    lines.add("T " + description(message, columns));
                }
                case 'D' -> {
                    var row = row(message);
                    rows.add(row);
                    lines.add("D " + String.join("|", row.stream().map(String::valueOf).toList()));
                }
                case 'E', 'N' -> {
                    if (message.type() == 'E' && message.field('M').startsWith("sallyport: "))
                        refusal = message.field('C') + " " + message.field('M');
                    lines.add(message.type() + " " + diagnostic(message));
                }
                // The process differs; channel and payload do not.
                case 'A' ->
                        lines.add(
                                "A "
                                        + text(message.body(), 4, message.body().length - 4)
                                                .replace('\0', ' '));
                case 'G' -> {
                    lines.add("G " + HexFormat.of().formatHex(message.body()));
                    var data = new StringBuilder();
                    for (var line : copyData.get()) data.append(line).append('\n');
                    if (!data.isEmpty())
                        wire.send('d', data.toString().getBytes(StandardCharsets.UTF_8));
                    wire.send('c');
                }
                case 't', 'H', '1', '2', '3', 'n', 'I', 's', 'c' ->
                        lines.add(message.type() + " " + HexFormat.of().formatHex(message.body()));
                case 'C', 'S', 'd' ->
                        lines.add(
                                message.type()
                                        + " "
                                        + text(message.body(), 0, message.body().length)
                                                .replace('\0', ' '));
                case 'Z' -> {
                    status = (char) message.body()[0];
                    lines.add("Z " + status);
                    lines.replaceAll(l -> TEMPORARY_SCHEMA.matcher(l).replaceAll("pg_temp"));
                    return new Answer(lines, refusal, columns, rows);
                }
                default ->
                        throw new IOException("unexpected message " + message.type() + " " + lines);
            }
        }
    }

    private static String diagnostic(Message message) {
        var fields = new StringBuilder();
        for (char code : DIAGNOSTIC_FIELDS.toCharArray()) {
            var value = message.field(code);
            if (!value.isEmpty())
                fields.append(fields.isEmpty() ? "" : " ").append(code).append('=').append(value);
        }
        return fields.toString();
    }

    /// Name, type, typmod, format and where it comes from, for each column.
    private static String description(Message message, List<String> columns) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(message.body()));
        int count = in.readUnsignedShort();
        var all = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var name = new java.io.ByteArrayOutputStream();
            for (int b = in.readUnsignedByte(); b != 0; b = in.readUnsignedByte()) name.write(b);
            var column = name.toString(StandardCharsets.UTF_8);
            columns.add(column);
            int table = in.readInt();
            int attribute = in.readUnsignedShort();
            int type = in.readInt();
            int length = in.readShort();
            int typmod = in.readInt();
            int format = in.readUnsignedShort();
            all.add(
                    column
                            + ":"
                            + oid(table)
                            + "."
                            + attribute
                            + ":"
                            + oid(type)
                            + "/"
                            + length
                            + "/"
                            + typmod
                            + "/"
                            + format);
        }
        return String.join(", ", all);
    }

    /// What the suite creates has other OIDs in the two databases.
    private static String oid(int oid) {
        return oid < FIRST_NORMAL_OID ? Integer.toString(oid) : "created";
    }

    private static List<@Nullable String> row(Message message) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(message.body()));
        int count = in.readUnsignedShort();
        var values = new ArrayList<@Nullable String>();
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            values.add(length < 0 ? null : text(in.readNBytes(length), 0, length));
        }
        return values;
    }

    private static String text(byte[] bytes, int from, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException _) {
            return HexFormat.of().formatHex(bytes, from, from + length);
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
