package dev.sallyport.audit.verify;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.Envelope;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.Leaf;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What a log says about how long it is kept: legal holds, and what was pruned. Holds each record
/// against those before it: nothing may go that a hold keeps, or before its time. Not for several
/// threads.
public final class RetentionRecords {
    public static final String HOLD_ADDED = "hold-added";
    public static final String HOLD_RELEASED = "hold-released";
    public static final String LOG_PRUNED = "log-pruned";

    private static final List<byte[]> TYPES =
            List.of(Leaf.ascii(HOLD_ADDED), Leaf.ascii(HOLD_RELEASED), Leaf.ascii(LOG_PRUNED));
    private static final Pattern MONTH = Pattern.compile("\\d{4}-(0[1-9]|1[0-2])");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,15}");
    private static final Pattern HOLD = Pattern.compile("[1-9]\\d{0,15}( \\d{4}-(0[1-9]|1[0-2]))?");

    /// In force.
    ///
    /// @param number sequence of its `hold-added`
    /// @param from the first month that it keeps; empty: all
    public record Hold(long number, String from, String reason, String user, String time) {
        /// As records of pruning list it.
        public String text() {
            return from.isEmpty() ? "" + number : number + " " + from;
        }

        /// Whether it keeps something of before this month.
        public boolean keepsBefore(String month) {
            return from.compareTo(month) < 0;
        }
    }

    /// A record that entries may be missing.
    ///
    /// @param sequence of the record
    /// @param last sequence of the last entry that may be
    /// @param kept those up to it that must be there in full
    /// @param keepMonths the retention period that it names
    public record Pruned(long sequence, String before, long last, Set<Long> kept, long keepMonths) {
        public Pruned {
            kept = Set.copyOf(kept);
        }
    }

    private final boolean whole;
    private final TreeMap<Long, Hold> holds = new TreeMap<>();
    private final List<Pruned> pruned = new ArrayList<>();

    /// Sequences of the log's records of these kinds.
    private final TreeSet<Long> records = new TreeSet<>();

    /// @param whole every record of the log is going to be shown, from the first on
    public RetentionRecords(boolean whole) {
        this.whole = whole;
    }

    public static boolean isOne(Envelope entry) {
        for (byte[] type : TYPES) if (entry.typeIs(type)) return true;
        return false;
    }

    /// The next record; entries of other types say nothing here.
    ///
    /// @throws FormatException it is not one that a gateway may have written
    public void follow(byte[] bytes, int offset, int length) throws FormatException {
        follow(Entry.parse(bytes, offset, length));
    }

    /// The same.
    public void follow(Entry entry) throws FormatException {
        switch (entry.type()) {
            case HOLD_ADDED -> add(entry);
            case HOLD_RELEASED -> release(entry);
            case LOG_PRUNED -> prune(entry);
            default -> {
                return;
            }
        }
        records.add(entry.sequence());
    }

    private void add(Entry entry) throws FormatException {
        String from = entry.text("from");
        if (!from.isEmpty() && !MONTH.matcher(from).matches())
            throw new FormatException("the hold names no month");
        holds.put(
                entry.sequence(),
                new Hold(
                        entry.sequence(),
                        from,
                        entry.text("reason"),
                        entry.text("user"),
                        entry.time()));
    }

    private void release(Entry entry) throws FormatException {
        boolean was = holds.remove(entry.number("hold", 0)) != null;
        if (!was && whole) throw new FormatException("the entry releases no hold that is in force");
    }

    private void prune(Entry entry) throws FormatException {
        String before = month(entry, "before");
        checkMayGo(entry, before);
        long last = entry.number("last", 0);
        if (last < 1 || last >= entry.sequence())
            throw new FormatException("the record prunes what does not come before it");
        TreeSet<Long> kept = new TreeSet<>();
        for (String number : entry.list("kept")) {
            if (!NUMBER.matcher(number).matches())
                throw new FormatException("the record keeps no entry");
            kept.add(Long.parseLong(number));
        }
        // What a record before kept, or what is a record itself, has to stay.
        for (long record : records)
            if (record <= last && !kept.contains(record))
                throw new FormatException("the record does not keep the record " + record);
        long keepMonths = entry.number("keepMonths", 0);
        pruned.add(new Pruned(entry.sequence(), before, last, kept, keepMonths));
    }

    private static String month(Entry entry, String member) throws FormatException {
        String month = entry.text(member);
        if (!MONTH.matcher(month).matches()) throw new FormatException("the record names no month");
        return month;
    }

    /// Whether something of before this month may have gone when the entry was written.
    private void checkMayGo(Entry entry, String before) throws FormatException {
        TreeMap<Long, String> listed = new TreeMap<>();
        for (String hold : entry.list("holds")) {
            if (!HOLD.matcher(hold).matches())
                throw new FormatException("the record lists no holds");
            listed.put(Long.parseLong(hold.split(" ")[0]), hold);
        }
        for (Hold hold : holds.values())
            if (!hold.text().equals(listed.remove(hold.number())))
                throw new FormatException("the record leaves out the hold " + hold.number());
        if (!listed.isEmpty() && whole)
            throw new FormatException("the record lists a hold that is not in force");
        for (String hold : listed.values()) {
            long number = Long.parseLong(hold.split(" ")[0]);
            String from = hold.contains(" ") ? hold.substring(hold.indexOf(' ') + 1) : "";
            holds.put(number, new Hold(number, from, "", "", ""));
        }
        for (Hold hold : holds.values())
            if (hold.keepsBefore(before))
                throw new FormatException("the hold " + hold.number() + " keeps what it lets go");
        if (before.compareTo(latest(entry.time(), entry.number("keepMonths", 0))) > 0)
            throw new FormatException("what it lets go is younger than the retention period");
    }

    /// The first month that has to stay, at that time.
    static String latest(String time, long keepMonths) throws FormatException {
        if (keepMonths < 1) throw new FormatException("the record names no retention period");
        try {
            return YearMonth.parse(time.substring(0, 7)).minusMonths(keepMonths).toString();
        } catch (DateTimeException e) {
            throw new FormatException("the record has no time");
        }
    }

    /// Holds what is missing against the records.
    ///
    /// @param begin sequence of the last entry that is missing; 0: none
    /// @param sealed how many entries a signed checkpoint covers
    /// @param there those of the missing ones that were kept
    /// @return the record that lets them be missing; empty when nothing is
    /// @throws FormatException there is none
    public Optional<Pruned> check(long begin, long sealed, Collection<Long> there)
            throws FormatException {
        if (begin == 0) return Optional.empty();
        Pruned allows = null;
        for (Pruned each : pruned) if (each.last >= begin && each.sequence <= sealed) allows = each;
        if (allows == null)
            throw new FormatException(
                    "entries are missing up to "
                            + begin
                            + ", and no record that a checkpoint covers lets them be");
        for (long number : new TreeSet<>(allows.kept))
            if (number <= begin && !there.contains(number))
                throw new FormatException(
                        "the entry " + number + " is missing, which had to be kept");
        return Optional.of(allows);
    }

    /// Those in force, by number.
    public List<Hold> holds() {
        return List.copyOf(holds.values());
    }

    /// In the order of the log.
    public List<Pruned> pruned() {
        return List.copyOf(pruned);
    }

    /// Sequences of all records that were shown.
    public Set<Long> records() {
        return Set.copyOf(records);
    }
}
