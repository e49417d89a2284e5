package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Confidential;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.Subject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every connection and session of the gateway: limits, cancel keys, ages, drain. Any thread; never
/// blocks, but for {@link #drain}.
public final class SessionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);

    private final GatewayConfig.Sessions limits;
    private final AuditLog audit;
    private final DecisionLog decisions;
    private final GatewayMetrics metrics;
    private final AnalysisCache cache;
    private final Map<String, CatalogService> catalogs;
    private final Function<String, @Nullable Subject> people;
    private final Supplier<PolicyDecisionPoint> policies;

    private final Map<String, Session> byId = new ConcurrentHashMap<>();
    private final Map<Integer, Session> byProcessId = new ConcurrentHashMap<>();
    private final Map<String, Integer> perUser = new ConcurrentHashMap<>();
    private final AtomicInteger unauthenticated = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /// Ids are unique across restarts, and say nothing.
    private final String idPrefix;

    private final AtomicLong lastId = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable CountDownLatch lastClosed;

    /// @param people who may be here now; null for somebody who is disabled or unknown
    SessionRegistry(
            String gateway,
            GatewayConfig.Sessions limits,
            AuditLog audit,
            DecisionLog decisions,
            GatewayMetrics metrics,
            AnalysisCache cache,
            Map<String, CatalogService> catalogs,
            Function<String, @Nullable Subject> people,
            Supplier<PolicyDecisionPoint> policies) {
        this.limits = limits;
        this.audit = audit;
        this.decisions = decisions;
        this.metrics = metrics;
        this.cache = cache;
        this.catalogs = catalogs;
        this.people = people;
        this.policies = policies;
        var random = new byte[5];
        new SecureRandom().nextBytes(random);
        this.idPrefix = gateway + "-" + HexFormat.of().formatHex(random) + "-";
        metrics.gauge("sallyport.sessions", "Sessions that are open", byId::size);
        metrics.gauge(
                "sallyport.connections.unauthenticated",
                "Connections that have not logged in",
                unauthenticated::get);
    }

    /// Takes one of the places for connections that have not logged in, and a session id; null when
    /// all are taken or the gateway stops (close the connection then). Give the place back with
    /// {@link Admission#close}.
    public @Nullable Admission admit() {
        return admitAgain(CancelKey.number());
    }

    /// For a connection whose session is over and that logs in once more: as {@link #admit}, with
    /// the number that the client was told before.
    public @Nullable Admission admitAgain(int connectionId) {
        if (stopping) return null;
        if (unauthenticated.incrementAndGet() > limits.maxUnauthenticated()) {
            unauthenticated.decrementAndGet();
            return null;
        }
        return new Place(idPrefix + lastId.incrementAndGet(), connectionId);
    }

    /// An accepted connection.
    public interface Admission extends AutoCloseable {
        /// Also the id of the session that it may become.
        String sessionId();

        /// For a protocol that tells the connection's number before anybody has logged in:
        /// positive, and says nothing. What the session has as {@link Session#processId} if {@link
        /// NewSession} holds it.
        int connectionId();

        /// Logged in, or gone. Idempotent.
        @Override
        void close();
    }

    private final class Place implements Admission {
        private final String sessionId;
        private final int connectionId;
        private final AtomicBoolean closed = new AtomicBoolean();

        Place(String sessionId, int connectionId) {
            this.sessionId = sessionId;
            this.connectionId = connectionId;
        }

        @Override
        public String sessionId() {
            return sessionId;
        }

        @Override
        public int connectionId() {
            return connectionId;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) unauthenticated.decrementAndGet();
        }
    }

    public sealed interface Opening {}

    /// @param ticket nothing is sent to the client as an authenticated session before it is durable
    public record Opened(Session session, long ticket) implements Opening {}

    /// @param ticket 0: nothing was recorded, don't wait
    public record Refused(Denial denial, long ticket) implements Opening {}

    /// After the login succeeded and before the upstream is connected.
    public Opening open(NewSession request) {
        if (stopping) return new Refused(Refusal.SHUTTING_DOWN.denial(), 0);
        var login = request.login();
        var user = login.subject().name();
        if (mayConnect(login.subject(), request.database().name()) instanceof Decision.Deny denied)
            return notPermitted(request, denied);
        if (open.incrementAndGet() > limits.max()) {
            open.decrementAndGet();
            return refused(
                    request,
                    Refusal.TOO_MANY_SESSIONS.denial(
                            "all " + limits.max() + " of the gateway are in use", ""));
        }
        if (perUser.merge(user, 1, Integer::sum) > limits.maxPerUser()) {
            release(user);
            return refused(
                    request,
                    Refusal.TOO_MANY_SESSIONS.denial(
                            "you have " + limits.maxPerUser() + " already", ""));
        }
        var catalog = catalogs.get(request.database().name());
        if (catalog == null) throw new IllegalArgumentException("unknown database");
        var session = create(request, catalog);
        if (session == null) {
            release(user);
            return refused(request, Refusal.TOO_MANY_SESSIONS.denial("connect again", ""));
        }
        session.neverRan(statement -> {
            if (statement.outcomeOwed())
                statement.outcomeTicket = decisions.outcome(session, statement, Outcome.skipped());
        });
        var program = ClientPrograms.known(session.applicationName());
        try {
            long ticket =
                    audit.append(
                            new AuditEvent.SessionStarted(
                                    session.id(),
                                    user,
                                    session.client(),
                                    session.upstream(),
                                    session.database().name(),
                                    program),
                            Confidential.names(
                                    program.equals(session.applicationName())
                                            ? Map.of()
                                            : Map.of(
                                                    "applicationName", session.applicationName())));
            var purpose = session.purpose();
            if (!purpose.isNone())
                ticket =
                        audit.append(
                                new AuditEvent.PurposeDeclared(
                                        session.id(), user, purpose.word(), purpose.ticket(), ""));
            byId.put(session.id(), session);
            metrics.sessionOpened();
            // The gateway may have begun to stop, or the user been disabled, in between.
            if (stopping) end(session, Refusal.SHUTTING_DOWN.denial(), "gateway stopping");
            refresh(session);
            return new Opened(session, ticket);
        } catch (AuditException e) {
            byProcessId.remove(session.processId(), session);
            release(user);
            metrics.auditRefused();
            LOG.warn("session refused, audit log: {}", e.getMessage());
            return new Refused(Refusal.AUDIT_UNAVAILABLE.denial(), 0);
        }
    }

    /// @return null when another session has the number that the client was told: connect again
    private @Nullable Session create(NewSession request, CatalogService catalog) {
        while (true) {
            int told = request.connectionId();
            if (told != 0 && byProcessId.containsKey(told)) return null;
            var key =
                    told == 0
                            ? CancelKey.random(request.cancelSecretBytes())
                            : CancelKey.random(told, request.cancelSecretBytes());
            var names =
                    switch (request.database().protocol()) {
                        case POSTGRES -> new PostgresNames(catalog, cache);
                        case MYSQL -> new MySqlNames(catalog, cache);
                    };
            var session =
                    new Session(
                            request, names, key, limits.maxPreparedStatements(), limits.maxAge());
            if (byProcessId.putIfAbsent(key.processId(), session) == null) return session;
        }
    }

    private Decision mayConnect(Subject subject, String database) {
        return policies.get().mayConnect(subject, database);
    }

    private Refused notPermitted(NewSession request, Decision.Deny denied) {
        return refused(
                request,
                new Denial(
                        Refusal.NOT_PERMITTED_HERE.sqlState(),
                        "sallyport: " + denied.reason(),
                        "",
                        denied.hint()));
    }

    /// The login was right, the session is not to be.
    private Refused refused(NewSession request, Denial denial) {
        var login = request.login();
        try {
            return new Refused(
                    denial,
                    audit.append(
                            new AuditEvent.SessionEnded(
                                    login.sessionId(),
                                    login.subject().name(),
                                    "refused, database "
                                            + request.database().name()
                                            + ": "
                                            + denial.message(),
                                    0,
                                    0,
                                    0)));
        } catch (AuditException _) {
            metrics.auditRefused();
            return new Refused(denial, 0);
        }
    }

    private void release(String user) {
        perUser.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
        if (open.decrementAndGet() == 0) {
            var waiting = lastClosed;
            if (waiting != null) waiting.countDown();
        }
    }

    /// Both connections are closed, on the session's loop. Outcomes still owed by permitted
    /// statements should have been given before. Idempotent.
    ///
    /// @param cause as `client closed`, `idle too long`, `upstream lost`, `protocol error`
    public void close(Session session, String cause) {
        if (!session.closed.compareAndSet(false, true)) return;
        session.cursorsClosed();
        byId.remove(session.id(), session);
        byProcessId.remove(session.processId(), session);
        metrics.sessionClosed(session.bytesToClient(), session.bytesFromClient());
        try {
            audit.append(
                    new AuditEvent.SessionEnded(
                            session.id(),
                            session.user(),
                            cause,
                            session.statementsNumbered(),
                            session.bytesToClient(),
                            Duration.between(session.startedAt(), Instant.now()).toSeconds()));
        } catch (AuditException _) {
            // Nothing of the session can be released any more; its start is on record.
            metrics.auditRefused();
        }
        release(session.user());
    }

    /// A CancelRequest: if the key is a session's, {@link SessionConnection#cancelUpstream} is
    /// called on its loop. Recorded either way.
    ///
    /// @param client address and port it came from
    public void cancel(int processId, byte[] secret, String client) {
        var session = byProcessId.get(processId);
        boolean matched = session != null && session.cancelKey().fits(secret);
        var id = matched && session != null ? session.id() : "";
        try {
            audit.append(new AuditEvent.CancelRequested(id, client, matched));
        } catch (AuditException _) {
            // Unrecorded, it is not done.
            metrics.auditRefused();
            return;
        }
        if (matched && session != null) onLoop(session, SessionConnection::cancelUpstream);
    }

    /// One session asks to cancel what another runs, by its number: possible for the same person
    /// only. Recorded either way.
    ///
    /// @param ends the other session is ended, too
    /// @return whether there is such a session and the wish is on record
    public boolean cancel(Session asking, int processId, boolean ends) {
        var session = byProcessId.get(processId);
        boolean matched = session != null && session.user().equals(asking.user());
        try {
            audit.append(
                    new AuditEvent.CancelRequested(
                            matched && session != null ? session.id() : "",
                            asking.client(),
                            matched));
        } catch (AuditException _) {
            metrics.auditRefused();
            return false;
        }
        if (!matched || session == null) return false;
        if (ends) end(session, ended("it was killed by its own user"), "killed by its user");
        else onLoop(session, SessionConnection::cancelUpstream);
        return true;
    }

    /// Sessions that are open now.
    public int size() {
        return byId.size();
    }

    // --- ends

    /// Called about once a second: ends what is too old or idle for too long.
    void sweep() {
        var now = Instant.now();
        for (var session : byId.values()) {
            var roles = session.subject().roles();
            var maxAge = limits.maxAge(roles);
            var idle = limits.idle(roles);
            if (Duration.between(session.startedAt(), now).compareTo(maxAge) > 0)
                end(session, ended("it was open for longer than " + inWords(maxAge)), "too old");
            else if (session.idleNanos() > idle.toNanos())
                onLoop(
                        session,
                        connection -> {
                            // Something may have begun since.
                            if (session.idleNanos() > idle.toNanos())
                                connection.end(
                                        ended("it was idle for longer than " + inWords(idle)),
                                        "idle too long");
                        });
        }
    }

    /// Policies or people changed: sessions of those who may not be here any more end.
    void refresh() {
        for (var session : byId.values()) refresh(session);
    }

    private void refresh(Session session) {
        var subject = people.apply(session.user());
        if (subject == null)
            end(session, ended("your account was disabled or removed"), "user disabled or removed");
        else if (mayConnect(subject, session.database().name()) instanceof Decision.Deny denied) {
            if (denied.ruleIds().isEmpty())
                end(
                        session,
                        ended("you have no role on this database any more"),
                        "roles taken away");
            else end(session, ended(denied.reason()), denied.reason());
        } else
            onLoop(
                    session,
                    _ -> {
                        if (!subject.equals(session.subject())) session.subject(subject);
                    });
    }

    /// Ends every session at once.
    void endAll(Denial reason, String cause) {
        for (var session : byId.values()) end(session, reason, cause);
    }

    /// Admits nobody any more, ends sessions that are idle, lets the others finish their statement.
    /// Blocks until all are gone; ends what is left after that time.
    void drain(Duration atMost) throws InterruptedException {
        var latch = new CountDownLatch(1);
        lastClosed = latch;
        stopping = true;
        var reason = Refusal.SHUTTING_DOWN.denial();
        for (var session : byId.values())
            onLoop(session, connection -> connection.endWhenIdle(reason, "gateway stopping"));
        if (open.get() == 0 || latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) return;
        endAll(reason, "gateway stopping");
        boolean _ = latch.await(5, TimeUnit.SECONDS);
    }

    private static void end(Session session, Denial reason, String cause) {
        onLoop(session, connection -> connection.end(reason, cause));
    }

    private static void onLoop(Session session, Consumer<SessionConnection> action) {
        try {
            session.loop()
                    .execute(() -> {
                        if (!session.closed.get()) action.accept(session.connection());
                    });
        } catch (RejectedExecutionException _) {
            // Its loop has ended, and the session with it.
        }
    }

    private static Denial ended(String why) {
        return Refusal.SESSION_ENDED.denial(why, "");
    }

    private static String inWords(Duration time) {
        if (time.toHoursPart() > 0 && time.toMinutesPart() == 0) return time.toHours() + " hours";
        if (time.toMinutes() > 0 && time.toSecondsPart() == 0) return time.toMinutes() + " minutes";
        return time.toSeconds() + " seconds";
    }
}
