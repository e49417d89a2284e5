package dev.sallyport.audit.postgres;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.verify.EntryVerifier;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.Position;
import dev.sallyport.audit.verify.VerifyResult;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads copies of logs out of PostgreSQL and says whether they are what was written: every entry's
/// bytes, place and link, the Merkle tree, the signatures, the columns beside the bytes, and what
/// guards the tables. Trusts nothing that the database computed. One snapshot, read only; gateways
/// may be writing.
public final class CopyVerifier {
    /// Rows that are in memory at a time.
    private static final int PORTION = 500;

    /// A copy whose gateway runs gets a checkpoint much more often.
    private static final Duration UNSIGNED = Duration.ofMinutes(10);

    private final Connection connection;
    private final Evidence evidence;

    private CopyVerifier(Connection connection, Evidence evidence) {
        this.connection = connection;
        this.evidence = evidence;
    }

    /// What was found about one log, or about the database as a whole.
    ///
    /// @param origin empty for the database as a whole
    /// @param badSequence the first that is not as it was written, or that is missing; 0 when that
    ///   can't be said
    /// @param begin the first entry that is here; more than 1 when older ones were retired
    public record Finding(
            String origin,
            Outcome outcome,
            long begin,
            long last,
            String leafHash,
            long badSequence,
            String reason,
            VerifyResult.Seal seal) {

        /// A sentence or two for people.
        public String describe() {
            String log = origin.isEmpty() ? "the database" : origin;
            return switch (outcome) {
                case SOUND ->
                        origin.isEmpty()
                                ? log + ": sound: every table is guarded"
                                : log + ": sound: " + entries() + signed() + noteElsewhere();
                case ALTERED, TORN_TAIL -> log + ": ALTERED: " + where() + before();
                case CANNOT_TELL -> log + ": cannot tell: " + where();
            };
        }

        private String entries() {
            if (last < begin) return "no entries";
            return "entries " + begin + " to " + last + (begin > 1 ? ", older ones retired" : "");
        }

        private String signed() {
            if (last < begin) return "";
            if (seal.key().isEmpty()) return "\n  not signed: the log names no key";
            return "\n  signed: the newest checkpoint covers all up to "
                    + seal.entries()
                    + ", by "
                    + (seal.trusted()
                            ? "a trusted key"
                            : "the key the log itself names (see --keys)")
                    + ": "
                    + seal.key();
        }

        private String noteElsewhere() {
            return last < begin
                    ? ""
                    : "\n  note this elsewhere, to prove the log later: "
                            + new Position(last, leafHash);
        }

        private String where() {
            return (badSequence > 0 ? "sequence " + badSequence + ": " : "") + reason;
        }

        private String before() {
            return last < begin ? "" : "; sound up to " + last;
        }
    }

    /// All logs in the database, and the database itself; never empty.
    ///
    /// @param only of this origin; empty: of all
    /// @param evidence of that one log; its keys may be of several
    public static List<Finding> verify(Connection connection, Evidence evidence, String only) {
        try {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            List<Finding> findings = verifyHere(connection, evidence, only);
            connection.rollback();
            return findings;
        } catch (SQLException | IOException e) {
            return List.of(cannotTell("", "reading failed: " + e.getMessage()));
        }
    }

    /// The same within the caller's transaction.
    static List<Finding> verifyHere(Connection connection, Evidence evidence, String only)
            throws SQLException, IOException {
        return new CopyVerifier(connection, evidence).run(only);
    }

    /// Of several findings the worst: altered before cannot tell before sound.
    public static Outcome worst(List<Finding> findings) {
        Outcome worst = Outcome.SOUND;
        for (Finding finding : findings) {
            if (finding.outcome == Outcome.ALTERED) return Outcome.ALTERED;
            if (finding.outcome != Outcome.SOUND) worst = finding.outcome;
        }
        return worst;
    }

    private List<Finding> run(String only) throws SQLException, IOException {
        Optional<Integer> version = CopySchema.version(connection);
        if (version.isEmpty())
            return List.of(cannotTell("", "there is no copy of a log in this database"));
        if (version.get() != CopySchema.VERSION)
            return List.of(
                    cannotTell(
                            "",
                            "the schema has version "
                                    + version.get()
                                    + ", this program knows "
                                    + CopySchema.VERSION));
        List<Finding> findings = new ArrayList<>();
        TreeSet<String> registered = origins("SELECT origin FROM log.source");
        TreeSet<String> all = new TreeSet<>(registered);
        all.addAll(
                origins(
                        "WITH RECURSIVE o (origin) AS (SELECT min(origin) FROM log.entry UNION ALL"
                            + " SELECT (SELECT min(e.origin) FROM log.entry e WHERE e.origin >"
                            + " o.origin) FROM o WHERE o.origin IS NOT NULL) SELECT origin FROM o"
                            + " WHERE origin IS NOT NULL"));
        all.addAll(
                origins("SELECT origin FROM log.checkpoint UNION SELECT origin FROM log.retired"));
        if (!only.isEmpty()) {
            if (!all.contains(only))
                findings.add(cannotTell(only, "there is no log of this name here"));
            all.retainAll(List.of(only));
        }
        for (String origin : all)
            findings.add(
                    registered.contains(origin)
                            ? log(origin)
                            : altered(origin, 1, "nobody ever registered this log"));
        List<String> missing = Guards.missing(connection);
        findings.add(
                missing.isEmpty()
                        ? new Finding("", Outcome.SOUND, 1, 0, "", 0, "", VerifyResult.Seal.NONE)
                        : altered("", 0, String.join("\n  ", missing)));
        return findings;
    }

    private TreeSet<String> origins(String sql) throws SQLException {
        TreeSet<String> origins = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) origins.add(rows.getString(1));
        }
        return origins;
    }

    private Finding log(String origin) throws SQLException {
        EntryVerifier.Start start = EntryVerifier.Start.OF_LOG;
        EntryVerifier verifier = null;
        try {
            List<Checkpoint> checkpoints = checkpoints(origin);
            start = retired(connection, origin);
            verifier = new EntryVerifier(origin, start, evidenceOf(origin), checkpoints);
            Instant unsigned = entries(origin, verifier, newest(checkpoints));
            verifier.end();
            return finding(origin, verifier, start, unsigned);
        } catch (EntryVerifier.Flaw flaw) {
            return found(
                    origin, Outcome.ALTERED, verifier, start, flaw.sequence(), flaw.getMessage());
        } catch (FormatException e) {
            return found(origin, Outcome.ALTERED, verifier, start, 0, e.getMessage());
        }
    }

    /// Checkpoints from outside may be of several logs.
    private Evidence evidenceOf(String origin) {
        return new Evidence(
                evidence.entries(),
                evidence.checkpoints().stream().filter(c -> c.origin().equals(origin)).toList(),
                evidence.keys());
    }

    private static long newest(List<Checkpoint> checkpoints) {
        return checkpoints.isEmpty() ? 0 : checkpoints.getLast().size();
    }

    private Finding finding(
            String origin,
            EntryVerifier verifier,
            EntryVerifier.Start start,
            @Nullable Instant unsigned)
            throws SQLException {
        boolean lost = verifier.seal().entries() == 0 && !verifier.seal().key().isEmpty();
        if (unsigned != null && (lost || unsigned.isBefore(now().minus(UNSIGNED))))
            return found(
                    origin,
                    Outcome.CANNOT_TELL,
                    verifier,
                    start,
                    Math.max(verifier.seal().entries(), start.sequence()) + 1,
                    "no signed checkpoint covers the entries from "
                            + unsigned
                            + " on: the gateway is still copying old ones, or its checkpoints"
                            + " were removed");
        if (isKeptOfRetired(origin, start.sequence()))
            return found(
                    origin,
                    Outcome.CANNOT_TELL,
                    verifier,
                    start,
                    0,
                    "what was kept outside is about entries up to "
                            + start.sequence()
                            + ", which were retired");
        return found(origin, Outcome.SOUND, verifier, start, 0, "");
    }

    private boolean isKeptOfRetired(String origin, long begin) {
        return evidenceOf(origin).checkpoints().stream().anyMatch(c -> c.size() <= begin)
                || evidence.entries().stream().anyMatch(e -> e.sequence() <= begin);
    }

    private Instant now() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private List<Checkpoint> checkpoints(String origin) throws SQLException, FormatException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT size, note FROM log.checkpoint WHERE origin = ? ORDER BY size")) {
            query.setFetchSize(PORTION);
            query.setString(1, origin);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    Checkpoint checkpoint = Checkpoint.parse(rows.getBytes(2));
                    if (checkpoint.size() != rows.getLong(1) || !checkpoint.origin().equals(origin))
                        throw new FormatException(
                                "the checkpoint "
                                        + rows.getLong(1)
                                        + " is not the one that its columns say");
                    checkpoints.add(checkpoint);
                }
            }
        }
        return checkpoints;
    }

    /// Where the copy begins.
    static EntryVerifier.Start retired(Connection connection, String origin)
            throws SQLException, FormatException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT sequence, leaf_hash, edge, key FROM log.retired WHERE origin ="
                                + " ? ORDER BY sequence DESC LIMIT 1")) {
            query.setString(1, origin);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) return EntryVerifier.Start.OF_LOG;
                String key = row.getString(4);
                if (!key.isEmpty()) VerifierKey.parse(key);
                return new EntryVerifier.Start(
                        row.getLong(1), row.getBytes(2), row.getBytes(3), key);
            }
        }
    }

    /// Shows every entry to the verifier; when the first one was written that no checkpoint covers,
    /// null when all are covered.
    private @Nullable Instant entries(String origin, EntryVerifier verifier, long covered)
            throws SQLException, EntryVerifier.Flaw {
        Instant unsigned = null;
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT entry, sequence, time, leaf_hash = sha256('\\x00'::bytea || entry)
                          AND document IS NOT DISTINCT FROM d
                          AND type IS NOT DISTINCT FROM left(d ->> 'type', 255)
                          AND person IS NOT DISTINCT FROM left(d #>> '{event,user}', 255)
                          AND session IS NOT DISTINCT FROM left(d #>> '{event,session}', 255)
                          AND statement IS NOT DISTINCT FROM log.number(d #> '{event,statement}')
                          AND time IS NOT DISTINCT FROM log.instant(d ->> 'time')
                          AND sequence IS NOT DISTINCT FROM log.number(d -> 'seq')
                        FROM (SELECT *, log.document_or_null(entry) AS d FROM log.entry WHERE origin = ? OFFSET 0) e
                        ORDER BY sequence, time
                        """)) {
            query.setFetchSize(PORTION);
            query.setString(1, origin);
            try (ResultSet rows = query.executeQuery()) {
                byte[] entry = null;
                boolean columns = true;
                Instant time = Instant.MAX;
                while (true) {
                    boolean more = rows.next();
                    byte[] next = more ? rows.getBytes(1) : null;
                    if (entry != null) {
                        verifier.entry(entry, next);
                        if (!columns)
                            throw verifier.flaw("the columns beside the entry are not the entry's");
                        if (verifier.sequence() > covered && unsigned == null) unsigned = time;
                    }
                    if (next == null) return unsigned;
                    entry = next;
                    columns = rows.getBoolean(4);
                    time = rows.getObject(3, OffsetDateTime.class).toInstant();
                }
            }
        }
    }

    private static Finding found(
            String origin,
            Outcome outcome,
            @Nullable EntryVerifier verifier,
            EntryVerifier.Start start,
            long badSequence,
            @Nullable String reason) {
        return new Finding(
                origin,
                outcome,
                start.sequence() + 1,
                verifier == null ? 0 : verifier.sequence(),
                verifier == null ? "" : verifier.leafHash(),
                badSequence,
                String.valueOf(reason),
                verifier == null ? VerifyResult.Seal.NONE : verifier.seal());
    }

    private static Finding altered(String origin, long badSequence, String reason) {
        return new Finding(
                origin, Outcome.ALTERED, 1, 0, "", badSequence, reason, VerifyResult.Seal.NONE);
    }

    private static Finding cannotTell(String origin, String reason) {
        return new Finding(
                origin, Outcome.CANNOT_TELL, 1, 0, "", 0, reason, VerifyResult.Seal.NONE);
    }
}
