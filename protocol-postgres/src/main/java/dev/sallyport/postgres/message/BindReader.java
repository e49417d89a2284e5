package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads a Bind message piece by piece as its bytes come in, and checks that its parts add up to
/// exactly its frame.
///
/// Feed every slice of the body to {@link #read}. From {@link #hasBind()} on the names are known;
/// all before that has to be kept by the caller, all after it may be passed on as it comes: a
/// server acts only on a whole frame, so a violation found later still stops the message if the
/// connection is then closed. Keeps at most the names and formats.
public final class BindReader {
    /// For each of the two names. PostgreSQL has no limit of its own below the message's.
    public static final int MAX_NAME_BYTES = 8_192;

    private enum Expecting {
        PORTAL,
        STATEMENT,
        FORMAT_COUNT,
        FORMAT,
        PARAMETER_COUNT,
        VALUE_LENGTH,
        VALUE,
        RESULT_FORMAT_COUNT,
        RESULT_FORMAT,
        NOTHING
    }

    private final ClientEncoding encoding;
    private Expecting expecting = Expecting.PORTAL;
    private long bodyBytesLeft;

    /// The number being read, big endian, and how many bytes of it have come.
    private long number;

    private int numberBytes;

    private byte[] name = new byte[64];
    private int nameLength;
    private String portal = "";
    private String statement = "";
    private List<Format> formats = List.of();
    private int formatsLeft;
    private int parameterCount;
    private int valuesLeft;
    private long valueBytesLeft;
    private int resultFormatsLeft;
    private boolean hasBind;

    public BindReader(int bodyLength, ClientEncoding encoding) {
        this.bodyBytesLeft = bodyLength;
        this.encoding = encoding;
    }

    /// Reads all of `slice`, which must be no longer than what is left of the body. Moves its
    /// reader index, does not release it.
    public void read(ByteBuf slice) {
        if (slice.readableBytes() > bodyBytesLeft)
            throw new IllegalArgumentException("more than the message's body");
        bodyBytesLeft -= slice.readableBytes();
        while (slice.isReadable()) {
            switch (expecting) {
                case PORTAL, STATEMENT -> readName(slice);
                case VALUE -> {
                    int take = (int) Math.min(valueBytesLeft, slice.readableBytes());
                    slice.skipBytes(take);
                    valueBytesLeft -= take;
                    if (valueBytesLeft == 0) nextValue();
                }
                case VALUE_LENGTH -> {
                    if (readNumber(slice, 4)) valueLength((int) number, slice);
                }
                case FORMAT_COUNT, FORMAT, PARAMETER_COUNT, RESULT_FORMAT_COUNT, RESULT_FORMAT -> {
                    if (readNumber(slice, 2)) shortNumber((int) number, slice);
                }
                case NOTHING ->
                        throw new ProtocolViolation(
                                "Bind message has trailing bytes after its last format code");
            }
        }
    }

    /// Whether names, formats and the number of parameters are known.
    public boolean hasBind() {
        return hasBind;
    }

    public Bind bind() {
        if (!hasBind) throw new IllegalStateException("not read far enough");
        return new Bind(portal, statement, formats, parameterCount);
    }

    /// To be called when the whole body has been read.
    public void end() {
        if (expecting != Expecting.NOTHING || bodyBytesLeft != 0)
            throw new ProtocolViolation("Bind message is cut short");
    }

    private void readName(ByteBuf slice) {
        int untilNul = slice.bytesBefore((byte) 0);
        int take = untilNul < 0 ? slice.readableBytes() : untilNul;
        if (nameLength + (long) take > MAX_NAME_BYTES) {
            throw new ProtocolViolation(
                    "Bind message has a name of more than " + MAX_NAME_BYTES + " bytes");
        }
        if (nameLength + take > name.length) {
            name = Arrays.copyOf(name, Math.max(2 * name.length, nameLength + take));
        }
        slice.readBytes(name, nameLength, take);
        nameLength += take;
        if (untilNul < 0) return;
        slice.skipBytes(1);
        String text = encoding.decode(Arrays.copyOf(name, nameLength));
        nameLength = 0;
        if (expecting == Expecting.PORTAL) {
            portal = text;
            expecting = Expecting.STATEMENT;
        } else {
            statement = text;
            expecting = Expecting.FORMAT_COUNT;
        }
    }

    /// True when all bytes of the number have come; it's then in {@link #number}.
    private boolean readNumber(ByteBuf slice, int length) {
        if (numberBytes == 0) number = 0;
        while (numberBytes < length && slice.isReadable()) {
            number = number << 8 | slice.readUnsignedByte();
            numberBytes++;
        }
        if (numberBytes < length) return false;
        numberBytes = 0;
        return true;
    }

    private void shortNumber(int value, ByteBuf slice) {
        switch (expecting) {
            case FORMAT_COUNT -> {
                fits(2L * value, slice);
                formats = new ArrayList<>(Math.min(value, 64));
                formatsLeft = value;
                expecting = value > 0 ? Expecting.FORMAT : Expecting.PARAMETER_COUNT;
            }
            case FORMAT -> {
                formats.add(Format.of(value, "Bind"));
                if (--formatsLeft == 0) expecting = Expecting.PARAMETER_COUNT;
            }
            case PARAMETER_COUNT -> {
                if (formats.size() > 1 && formats.size() != value) {
                    throw new ProtocolViolation(
                            "Bind message has "
                                    + formats.size()
                                    + " parameter formats but "
                                    + value
                                    + " parameters");
                }
                fits(4L * value, slice);
                parameterCount = value;
                valuesLeft = value + 1;
                hasBind = true;
                nextValue();
            }
            case RESULT_FORMAT_COUNT -> {
                fits(2L * value, slice);
                resultFormatsLeft = value;
                expecting = value > 0 ? Expecting.RESULT_FORMAT : Expecting.NOTHING;
            }
            case RESULT_FORMAT -> {
                Format _ = Format.of(value, "Bind");
                if (--resultFormatsLeft == 0) expecting = Expecting.NOTHING;
            }
            case PORTAL, STATEMENT, VALUE_LENGTH, VALUE, NOTHING ->
                    throw new IllegalStateException();
        }
    }

    private void valueLength(int length, ByteBuf slice) {
        if (length < -1)
            throw new ProtocolViolation("Bind message has a negative parameter length");
        fits(length, slice);
        if (length <= 0) {
            nextValue();
        } else {
            valueBytesLeft = length;
            expecting = Expecting.VALUE;
        }
    }

    private void nextValue() {
        valuesLeft--;
        expecting = valuesLeft > 0 ? Expecting.VALUE_LENGTH : Expecting.RESULT_FORMAT_COUNT;
    }

    /// Refuses a count or length that the rest of the frame cannot hold as soon as it is read.
    private void fits(long bytes, ByteBuf slice) {
        if (bytes > bodyBytesLeft + slice.readableBytes()) {
            throw new ProtocolViolation("Bind message has a length that exceeds its frame");
        }
    }
}
