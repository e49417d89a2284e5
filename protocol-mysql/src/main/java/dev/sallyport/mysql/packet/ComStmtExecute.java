package dev.sallyport.mysql.packet;

import dev.sallyport.audit.Confidential.Parameter;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The parameters of a COM_STMT_EXECUTE, for the log: a copy of what is there of them (MySQL
/// internals manual, Command Phase: COM_STMT_EXECUTE, Binary Protocol Value). The server reads them
/// by itself, and refuses what is malformed; so nothing here is a reason to end a session, and what
/// can't be told for certain isn't told at all.
///
/// @param values one for each parameter of the statement, those that are not there as a whole, or
///   not understood, {@link Parameter.Passed}
/// @param types that the server goes by from now on, where the next execution declares none; empty
///   when they aren't known
public record ComStmtExecute(List<Parameter> values, Optional<int[]> types) {
    /// Up to the parameters: command, number, flags, iterations.
    public static final int HEAD_BYTES = 10;

    private static final int FLAGS_AT = 5;
    private static final int PARAMETER_COUNT_AVAILABLE = 0x08;
    private static final int UNSIGNED = 0x8000;
    private static final int MAX_PARAMETERS = 65_535;

    public ComStmtExecute {
        values = List.copyOf(values);
    }

    /// What the parameters of one statement are known by.
    ///
    /// @param count of its parameters
    /// @param types declared by an earlier execution; empty when they aren't known
    /// @param sentBefore the value of a parameter that came by COM_STMT_SEND_LONG_DATA, so that the
    ///   command itself has none; null for the others
    /// @param attributes whether {@link Capabilities#QUERY_ATTRIBUTES} is agreed on
    /// @param utf8 whether text is in UTF-8; kept as bytes otherwise
    public record Statement(
            int count,
            Optional<int[]> types,
            IntFunction<@Nullable Parameter> sentBefore,
            boolean attributes,
            boolean utf8) {}

    /// @param begin the payload from its command byte, perhaps not all of it; stays the caller's
    public static ComStmtExecute read(ByteBuf begin, Statement of) {
        if (of.count == 0) return new ComStmtExecute(List.of(), of.types);
        var in = new BodyReader(begin.slice(), "COM_STMT_EXECUTE");
        try {
            return read(in, begin.getByte(begin.readerIndex() + FLAGS_AT), of);
        } catch (ProtocolViolation _) {
            return unknown(of.count);
        }
    }

    private static ComStmtExecute unknown(int count) {
        return new ComStmtExecute(passed(count), Optional.empty());
    }

    private static List<Parameter> passed(int count) {
        return Collections.nCopies(count, new Parameter.Passed(-1));
    }

    private static ComStmtExecute read(BodyReader in, int flags, Statement of) {
        in.skip(HEAD_BYTES);
        long sent = of.count;
        if (of.attributes && (flags & PARAMETER_COUNT_AVAILABLE) != 0) sent = in.lengthEncoded();
        if (sent < of.count || sent > MAX_PARAMETERS) return unknown(of.count);
        byte[] nulls = in.bytes((sent + 7) / 8);
        int[] types;
        if (in.int1() == 1) {
            types = new int[(int) sent];
            for (int i = 0; i < sent; i++) {
                types[i] = in.int2();
                if (of.attributes) in.skip(in.lengthEncoded());
            }
        } else {
            if (of.types.isEmpty()) return unknown(of.count);
            types = of.types.get();
        }
        if (types.length < of.count) return unknown(of.count);
        return new ComStmtExecute(values(in, nulls, types, of), Optional.of(types));
    }

    private static List<Parameter> values(BodyReader in, byte[] nulls, int[] types, Statement of) {
        var values = new ArrayList<Parameter>(of.count);
        try {
            while (values.size() < of.count) {
                int i = values.size();
                var before = of.sentBefore.apply(i);
                if (before != null) values.add(sentBefore(before, types[i], of.utf8));
                else if ((nulls[i / 8] >> (i % 8) & 1) != 0) values.add(new Parameter.Null());
                else values.add(value(in, types[i], of.utf8));
            }
        } catch (ProtocolViolation _) {
            // Cut short, here or by the client: where the next one begins isn't known either.
            values.addAll(passed(of.count - values.size()));
        }
        return values;
    }

    private static Parameter value(BodyReader in, int type, boolean utf8) {
        boolean unsigned = (type & UNSIGNED) != 0;
        return switch (type & 0xFF) {
            case BinaryTypes.NULL -> new Parameter.Null();
            case BinaryTypes.TINY -> {
                int value = in.int1();
                yield number(unsigned ? value : (byte) value);
            }
            case BinaryTypes.SHORT, BinaryTypes.YEAR -> {
                int value = in.int2();
                yield number(unsigned ? value : (short) value);
            }
            case BinaryTypes.LONG, BinaryTypes.INT24 -> {
                long value = in.int4();
                yield number(unsigned ? value : (int) value);
            }
            case BinaryTypes.LONGLONG -> {
                long value = in.int8();
                yield unsigned ? new Parameter.Text(Long.toUnsignedString(value)) : number(value);
            }
            case BinaryTypes.FLOAT ->
                    new Parameter.Text(Float.toString(Float.intBitsToFloat((int) in.int4())));
            case BinaryTypes.DOUBLE ->
                    new Parameter.Text(Double.toString(Double.longBitsToDouble(in.int8())));
            case BinaryTypes.DATE, BinaryTypes.DATETIME, BinaryTypes.TIMESTAMP -> moment(in);
            case BinaryTypes.TIME -> duration(in);
            case BinaryTypes.TINY_BLOB,
                    BinaryTypes.MEDIUM_BLOB,
                    BinaryTypes.LONG_BLOB,
                    BinaryTypes.BLOB,
                    BinaryTypes.BIT,
                    BinaryTypes.GEOMETRY ->
                    new Parameter.Binary(in.lengthEncodedBytes());
            case BinaryTypes.DECIMAL,
                    BinaryTypes.NEWDECIMAL,
                    BinaryTypes.VARCHAR,
                    BinaryTypes.VAR_STRING,
                    BinaryTypes.STRING,
                    BinaryTypes.ENUM,
                    BinaryTypes.SET,
                    BinaryTypes.JSON -> {
                byte[] bytes = in.lengthEncodedBytes();
                yield utf8 ? text(bytes) : new Parameter.Binary(bytes);
            }
            default -> throw in.violation("has a parameter of type " + (type & 0xFF));
        };
    }

    private static Parameter sentBefore(Parameter value, int type, boolean utf8) {
        boolean isText =
                switch (type & 0xFF) {
                    case BinaryTypes.VARCHAR, BinaryTypes.VAR_STRING, BinaryTypes.STRING -> utf8;
                    default -> false;
                };
        return isText && value instanceof Parameter.Binary(byte[] bytes) ? text(bytes) : value;
    }

    private static Parameter number(long value) {
        return new Parameter.Text(Long.toString(value));
    }

    /// Text that is none in UTF-8 is kept as bytes.
    static Parameter text(byte[] bytes) {
        try {
            return new Parameter.Text(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            return new Parameter.Binary(bytes);
        }
    }

    private static Parameter moment(BodyReader in) {
        int length = in.int1();
        if (length != 0 && length != 4 && length != 7 && length != 11)
            throw in.violation("has a malformed date");
        int year = length >= 4 ? in.int2() : 0;
        int month = length >= 4 ? in.int1() : 0;
        int day = length >= 4 ? in.int1() : 0;
        var text = new StringBuilder("%04d-%02d-%02d".formatted(year, month, day));
        if (length >= 7) text.append(" %02d:%02d:%02d".formatted(in.int1(), in.int1(), in.int1()));
        if (length == 11) text.append(".%06d".formatted(in.int4()));
        return new Parameter.Text(text.toString());
    }

    private static Parameter duration(BodyReader in) {
        int length = in.int1();
        if (length != 0 && length != 8 && length != 12) throw in.violation("has a malformed time");
        if (length == 0) return new Parameter.Text("00:00:00");
        boolean negative = in.int1() != 0;
        long hours = in.int4() * 24 + in.int1();
        var text = new StringBuilder(negative ? "-" : "");
        text.append("%02d:%02d:%02d".formatted(hours, in.int1(), in.int1()));
        if (length == 12) text.append(".%06d".formatted(in.int4()));
        return new Parameter.Text(text.toString());
    }

    @Override
    public String toString() {
        return "ComStmtExecute[" + values.size() + " parameters]";
    }
}
