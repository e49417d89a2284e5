package dev.sallyport.audit.postgres;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/// Entries of one batch, as rows in COPY's binary format (PostgreSQL manual, COPY, File Formats:
/// Binary Format). What is added is a whole batch or nothing.
final class EntryRows {
    private static final String COPY =
            "COPY log.entry (origin, sequence, time, entry) FROM STDIN (FORMAT binary)";
    private static final byte[] SIGNATURE =
            "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final short COLUMNS = 4;
    private static final short END = -1;

    /// From which `timestamptz` counts microseconds.
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final byte[] origin;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final Set<YearMonth> months = new TreeSet<>();
    private int count;

    EntryRows(String origin) {
        this.origin = Leaf.ascii(origin);
        clear();
    }

    void clear() {
        bytes.reset();
        months.clear();
        count = 0;
        try {
            out.write(SIGNATURE);
            out.writeInt(0);
            out.writeInt(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param time as the entry has it
    /// @throws FormatException the time is none
    void add(long sequence, String time, byte[] entry) throws FormatException {
        try {
            Instant instant = Instant.parse(time);
            months.add(YearMonth.from(instant.atOffset(ZoneOffset.UTC)));
            out.writeShort(COLUMNS);
            value(origin);
            out.writeInt(Long.BYTES);
            out.writeLong(sequence);
            out.writeInt(Long.BYTES);
            out.writeLong(ChronoUnit.MICROS.between(EPOCH, instant));
            value(entry);
            count++;
        } catch (DateTimeException e) {
            throw new FormatException(
                    "the entry of sequence " + sequence + " has no time: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void value(byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    int count() {
        return count;
    }

    int size() {
        return bytes.size();
    }

    /// Months in UTC, for each of which there has to be a partition.
    Set<YearMonth> months() {
        return months;
    }

    /// Sends the rows; the transaction is the caller's.
    void send(CopyManager copies) throws SQLException {
        try {
            out.writeShort(END);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] all = bytes.toByteArray();
        CopyIn copy = copies.copyIn(COPY);
        try {
            copy.writeToCopy(all, 0, all.length);
            copy.endCopy();
        } finally {
            if (copy.isActive()) copy.cancelCopy();
        }
    }
}
