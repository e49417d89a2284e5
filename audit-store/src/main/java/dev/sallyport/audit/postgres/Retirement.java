package dev.sallyport.audit.postgres;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.verify.EntryVerifier;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Takes old months out of the copy: their partitions are detached, not dropped, and `log.retired`
/// keeps what the rest is verified by. Everything is verified first; in one transaction, as the
/// owner.
public final class Retirement {
    private static final int PORTION = 500;

    private Retirement() {}

    /// @param before the first month that stays
    /// @param keys that are trusted; empty: those that the logs name
    /// @return what was done, in words for people
    /// @throws SQLException also when something is not sound, or a month can't go; nothing is
    ///   changed
    public static List<String> retire(
            Connection owner, YearMonth before, String reason, Evidence keys)
            throws SQLException, IOException {
        owner.setAutoCommit(false);
        try (Statement statement = owner.createStatement()) {
            // No entries come while this looks and detaches; gateways wait, and so do their
            // journals.
            statement.execute("SET lock_timeout = '30s'");
            statement.execute("LOCK TABLE log.entry IN SHARE ROW EXCLUSIVE MODE");
            List<CopyVerifier.Finding> findings = CopyVerifier.verifyHere(owner, keys, "");
            for (CopyVerifier.Finding finding : findings)
                if (finding.outcome() != Outcome.SOUND)
                    throw new SQLException("nothing is taken out: " + finding.describe());
            List<String> months = months(owner, before);
            if (months.isEmpty()) {
                owner.rollback();
                return List.of();
            }
            List<String> done = new ArrayList<>();
            for (Map.Entry<String, Long> log : lastSequences(owner, months).entrySet()) {
                EntryVerifier.Start reached = walk(owner, log.getKey(), log.getValue());
                record(owner, log.getKey(), reached, months, reason);
                done.add(log.getKey() + ": entries up to " + reached.sequence() + " taken out");
            }
            for (String month : months) {
                statement.execute("ALTER TABLE log.entry DETACH PARTITION log." + month);
                done.add("log." + month + " is a table of its own now: keep a copy, then drop it");
            }
            owner.commit();
            return done;
        } catch (SQLException | IOException | RuntimeException e) {
            owner.rollback();
            throw e;
        }
    }

    private static List<String> months(Connection owner, YearMonth before) throws SQLException {
        List<String> months = new ArrayList<>();
        try (Statement statement = owner.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid ="
                                    + " i.inhrelid WHERE i.inhparent = 'log.entry'::regclass AND"
                                    + " c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$' ORDER BY 1")) {
            while (rows.next()) {
                String name = rows.getString(1);
                YearMonth month =
                        YearMonth.parse(name.substring("entry_".length()).replace('_', '-'));
                if (month.isBefore(before)) months.add(name);
            }
        }
        return months;
    }

    /// Of each log that has entries there, the last of them. None that stays may come before it.
    private static Map<String, Long> lastSequences(Connection owner, List<String> months)
            throws SQLException {
        String list = "'log." + String.join("'::regclass, 'log.", months) + "'::regclass";
        Map<String, Long> last = new LinkedHashMap<>();
        try (Statement statement = owner.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT origin, max(sequence) FILTER (WHERE tableoid IN ("
                                        + list
                                        + ")), min(sequence) FILTER (WHERE tableoid NOT IN ("
                                        + list
                                        + ")) FROM log.entry GROUP BY origin ORDER BY origin")) {
            while (rows.next()) {
                long goes = rows.getLong(2);
                if (rows.wasNull()) continue;
                long stays = rows.getLong(3);
                if (!rows.wasNull() && stays < goes)
                    throw new SQLException(
                            "the clock of "
                                    + rows.getString(1)
                                    + " was set back: its entry "
                                    + stays
                                    + " of a later month comes before its entry "
                                    + goes
                                    + "; choose another month");
                last.put(rows.getString(1), goes);
            }
        }
        return last;
    }

    private static EntryVerifier.Start walk(Connection owner, String origin, long last)
            throws SQLException {
        try (PreparedStatement query =
                owner.prepareStatement(
                        "SELECT entry FROM log.entry WHERE origin = ? AND sequence <= ? ORDER BY"
                                + " sequence")) {
            query.setFetchSize(PORTION);
            query.setString(1, origin);
            query.setLong(2, last);
            EntryVerifier verifier =
                    new EntryVerifier(
                            origin, CopyVerifier.retired(owner, origin), Evidence.NONE, List.of());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) verifier.entry(rows.getBytes(1), null);
            }
            return verifier.reached();
        } catch (EntryVerifier.Flaw | FormatException e) {
            throw new SQLException("the log " + origin + ": " + e.getMessage(), e);
        }
    }

    private static void record(
            Connection owner,
            String origin,
            EntryVerifier.Start reached,
            List<String> months,
            String reason)
            throws SQLException {
        try (PreparedStatement insert =
                owner.prepareStatement(
                        "INSERT INTO log.retired (origin, sequence, leaf_hash, edge, key,"
                                + " partitions, reason) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, origin);
            insert.setLong(2, reached.sequence());
            insert.setBytes(3, reached.leafHash());
            insert.setBytes(4, reached.edge());
            insert.setString(5, reached.key());
            insert.setArray(6, owner.createArrayOf("text", months.toArray()));
            insert.setString(7, reason);
            insert.executeUpdate();
        }
    }
}
