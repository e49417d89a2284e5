package dev.sallyport.audit.search;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Writes logs as a busy clinic's gateway would, of any length, the same for the same seed: people
/// come and go, statements run beside each other, some fail, some are denied.
final class LargeLog {
    private static final int PEOPLE = 200;
    private static final int SESSIONS_AT_A_TIME = 40;
    private static final List<String> TABLES =
            List.of(
                    "public.patients",
                    "public.encounters",
                    "clinical.notes",
                    "clinical.observations",
                    "billing.claims",
                    "billing.invoices");
    private static final List<String> COLUMNS =
            List.of("id", "patient_id", "ssn", "birth_date", "state", "note", "amount");
    private static final List<String> STATES = List.of("23505", "42P01", "57014", "22P02");

    private final Random random;
    private final List<Session> sessions = new ArrayList<>();
    private long count;

    private static final class Session {
        private final String id;
        private final String user;
        private final String client;
        private long statement;
        private final List<Long> running = new ArrayList<>();

        Session(String id, String user, String client) {
            this.id = id;
            this.user = user;
            this.client = client;
        }
    }

    LargeLog(long seed) {
        random = new Random(seed);
    }

    /// Appends `entries` entries and waits until they are durable.
    void write(AuditLog log, int entries) throws AuditException {
        for (int i = 0; i < entries; i++) {
            append(log, next());
            count++;
        }
    }

    private static void append(AuditLog log, AuditEvent event) throws AuditException {
        while (true) {
            try {
                long _ = log.append(event);
                return;
            } catch (AuditException e) {
                if (e.reason() != AuditException.Reason.QUEUE_FULL) throw e;
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private AuditEvent next() {
        if (sessions.size() < SESSIONS_AT_A_TIME && (sessions.isEmpty() || random.nextInt(4) == 0))
            return begin();
        int dice = random.nextInt(1_000);
        if (dice == 0)
            return new AuditEvent.LoginFailed(
                    "s" + count, random.nextBoolean() ? "" : person(), client(), "pg", "refused");
        Session session = sessions.get(random.nextInt(sessions.size()));
        if (dice == 1) return new AuditEvent.CancelRequested(session.id, client(), true);
        if (!session.running.isEmpty() && random.nextInt(100) < 80) return outcome(session);
        if (dice < 8 && session.running.isEmpty()) {
            sessions.remove(session);
            return new AuditEvent.SessionEnded(
                    session.id, session.user, "client closed", session.statement, 0, 1);
        }
        return intent(session);
    }

    private AuditEvent begin() {
        Session session = new Session("s" + count, person(), client());
        sessions.add(session);
        return new AuditEvent.SessionStarted(
                session.id, session.user, session.client, "clinic", "clinic", "psql");
    }

    private AuditEvent intent(Session session) {
        String table = TABLES.get(skewed(TABLES.size()));
        String first = COLUMNS.get(random.nextInt(COLUMNS.size()));
        String second = COLUMNS.get(random.nextInt(COLUMNS.size()));
        boolean write = random.nextInt(8) == 0;
        boolean denied = random.nextInt(20) == 0;
        long statement = ++session.statement;
        if (!denied) session.running.add(statement);
        String action = write ? "update" : "select";
        return new AuditEvent.StatementIntent(
                session.id,
                session.user,
                session.client,
                "clinic",
                "clinic",
                statement,
                "Query",
                write ? "UPDATE" : "SELECT",
                write
                        ? "UPDATE " + table + " SET " + first + " = ? WHERE " + second + " = ?"
                        : "SELECT " + first + " FROM " + table + " WHERE " + second + " = ?",
                List.of(action + " " + table + " (" + first + ", " + second + ")"),
                denied ? "deny" : "permit",
                List.of("rule-" + skewed(12)),
                denied ? "not granted" : "",
                List.of(),
                "v" + count / 50_000,
                1,
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    private AuditEvent outcome(Session session) {
        long statement = session.running.remove(random.nextInt(session.running.size()));
        boolean failed = random.nextInt(30) == 0;
        return new AuditEvent.StatementOutcome(
                session.id,
                statement,
                failed ? "failed" : "completed",
                failed ? STATES.get(random.nextInt(STATES.size())) : "",
                failed ? "" : "SELECT",
                failed ? -1 : random.nextInt(100),
                1_000,
                900);
    }

    private String person() {
        return "person-" + skewed(PEOPLE);
    }

    private String client() {
        return "10.0." + random.nextInt(4) + "." + random.nextInt(250) + ":" + 40_000;
    }

    /// Small numbers far more often than large ones.
    private int skewed(int below) {
        double x = random.nextDouble();
        return (int) (x * x * x * below);
    }

    /// One to three conditions, of values that occur.
    static EntryFilter randomFilter(Random random, int entries, Instant middle) {
        EntryFilter filter = EntryFilter.ALL;
        for (int i = 1 + random.nextInt(3); i > 0; i--)
            filter =
                    switch (random.nextInt(14)) {
                        case 0 -> filter.with(Criterion.USER, "person-" + random.nextInt(20));
                        case 1 -> filter.with(Criterion.TABLE, pick(random, TABLES));
                        case 2 -> filter.with(Criterion.TABLE, "notes");
                        case 3 ->
                                filter.with(Criterion.COLUMN, "patients." + pick(random, COLUMNS));
                        case 4 -> filter.with(Criterion.COLUMN, pick(random, COLUMNS));
                        case 5 ->
                                filter.with(
                                        Criterion.VERDICT,
                                        random.nextBoolean() ? "deny" : "permit");
                        case 6 -> filter.with(Criterion.RULE, "rule-" + random.nextInt(12));
                        case 7 -> filter.with(Criterion.SQLSTATE, pick(random, STATES));
                        case 8 -> filter.with(Criterion.STATUS, "failed");
                        case 9 ->
                                filter.with(
                                        Criterion.SOURCE, "10.0." + random.nextInt(4) + ".0/24");
                        case 10 ->
                                filter.with(
                                        Criterion.TYPE,
                                        pick(
                                                random,
                                                List.of(
                                                        "statement-intent",
                                                        "statement-outcome",
                                                        "login-failed",
                                                        "cancel-requested",
                                                        "session-ended")));
                        case 11 -> filter.with(Criterion.TEXT, "set " + pick(random, COLUMNS));
                        case 12 -> {
                            long first = 1 + random.nextInt(entries);
                            yield filter.between(first, first + random.nextInt(entries));
                        }
                        default ->
                                random.nextBoolean()
                                        ? filter.within(middle, Instant.MAX)
                                        : filter.within(
                                                middle.minus(Duration.ofMillis(200)),
                                                middle.plus(Duration.ofMillis(100)));
                    };
        return filter;
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
