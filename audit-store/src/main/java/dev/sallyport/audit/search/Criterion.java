package dev.sallyport.audit.search;

import dev.sallyport.audit.format.Entry;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// What an entry can be asked for, apart from its time and sequence. Each has an option of the
/// command line, and a form in which the entry's values are compared (and kept by the index).
public enum Criterion {
    /// Whose session it was.
    USER("--user"),
    SESSION("--session"),
    DATABASE("--database"),
    /// Address of the client, without its port; or a network, as `10.1.0.0/16`.
    SOURCE("--source"),
    PURPOSE("--purpose"),
    /// Table or view, with or without its schema.
    TABLE("--table"),
    /// Alone, or behind its table as `patients.ssn`.
    COLUMN("--column"),
    /// What was done with the table or column, as `select`.
    ACTION("--action"),
    /// `permit` or `deny`.
    VERDICT("--verdict"),
    RULE("--rule"),
    /// As `SELECT`.
    KIND("--kind"),
    /// A part of the redacted statement, upper and lower case alike.
    TEXT("--text"),
    /// As `statement-intent`.
    TYPE("--type"),
    /// Of the statement's outcome, as `failed`.
    STATUS("--status"),
    /// Of the statement's outcome.
    SQLSTATE("--sqlstate");

    private final String option;

    Criterion(String option) {
        this.option = option;
    }

    /// As the command line has it.
    public String option() {
        return option;
    }

    /// Whether it is the statement's outcome that says so.
    boolean isOfOutcome() {
        return this == STATUS || this == SQLSTATE;
    }

    /// Whether an outcome has it from its intent.
    boolean isOfStatement() {
        return switch (this) {
            case TYPE, STATUS, SQLSTATE -> false;
            case USER,
                    SESSION,
                    DATABASE,
                    SOURCE,
                    PURPOSE,
                    TABLE,
                    COLUMN,
                    ACTION,
                    VERDICT,
                    RULE,
                    KIND,
                    TEXT ->
                    true;
        };
    }

    /// Whether it is asked of one {@link Access}, together with the others of these.
    boolean isOfAccess() {
        return this == TABLE || this == COLUMN || this == ACTION;
    }

    /// The entry's own values; of accesses none.
    ///
    /// @param person whose session the entry belongs to, where the entry does not say itself
    List<String> values(Entry entry, String person) {
        return switch (this) {
            case USER -> one(entry.text("user").isEmpty() ? person : entry.text("user"));
            case SESSION -> one(entry.text("session"));
            case DATABASE -> one(entry.text("database"));
            case SOURCE -> one(host(entry.text("client")));
            case PURPOSE -> one(entry.text("purpose"));
            case TABLE, COLUMN, ACTION -> List.of();
            case VERDICT -> one(entry.text("decision"));
            case RULE -> entry.list("rules");
            case KIND -> one(lower(entry.text("kind")));
            case TEXT -> one(lower(entry.text("sql")));
            case TYPE -> List.of(entry.type());
            case STATUS -> one(entry.text("status"));
            case SQLSTATE -> one(entry.text("sqlState"));
        };
    }

    /// Whether a value of {@link #values} is what is wanted.
    Predicate<String> test(String wanted) {
        return switch (this) {
            case KIND -> lower(wanted)::equals;
            case TEXT -> {
                String part = lower(wanted);
                yield value -> value.contains(part);
            }
            case SOURCE -> source(wanted);
            case USER,
                    SESSION,
                    DATABASE,
                    PURPOSE,
                    VERDICT,
                    RULE,
                    TYPE,
                    STATUS,
                    SQLSTATE,
                    TABLE,
                    COLUMN,
                    ACTION ->
                    wanted::equals;
        };
    }

    private static List<String> one(String value) {
        return value.isEmpty() ? List.of() : List.of(value);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// `10.0.0.5` of `10.0.0.5:4711`, `0:0:0:0:0:0:0:1` of `[0:0:0:0:0:0:0:1]:4711`.
    static String host(String client) {
        int colon = client.lastIndexOf(':');
        String host = colon < 0 ? client : client.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    private static Predicate<String> source(String wanted) {
        int slash = wanted.indexOf('/');
        Optional<byte[]> network = address(slash < 0 ? wanted : wanted.substring(0, slash));
        if (network.isEmpty()) return wanted::equals;
        int width = network.get().length * Byte.SIZE;
        int bits = slash < 0 ? width : prefix(wanted.substring(slash + 1), width);
        if (bits < 0) return _ -> false;
        return value -> address(value).map(a -> isWithin(a, network.get(), bits)).orElse(false);
    }

    /// Whether it can be asked for as a source: an address, or a network.
    public static boolean isSource(String text) {
        int slash = text.indexOf('/');
        Optional<byte[]> address = address(slash < 0 ? text : text.substring(0, slash));
        return address.isPresent()
                && (slash < 0
                        || prefix(text.substring(slash + 1), address.get().length * Byte.SIZE)
                                >= 0);
    }

    private static int prefix(String digits, int width) {
        if (!digits.matches("[0-9]{1,3}")) return -1;
        int bits = Integer.parseInt(digits);
        return bits <= width ? bits : -1;
    }

    /// A literal only: a name is never looked up.
    private static Optional<byte[]> address(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal).getAddress());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static boolean isWithin(byte[] address, byte[] network, int bits) {
        if (address.length != network.length) return false;
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % Byte.SIZE);
            if (((address[i / Byte.SIZE] ^ network[i / Byte.SIZE]) & mask) != 0) return false;
        }
        return true;
    }
}
