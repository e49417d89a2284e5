package dev.sallyport.gateway.identity;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Confidential;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who may log in. Looks up SCRAM verifiers, slows down guessing, records every login and failure.
/// Any thread; never blocks. A client cannot tell an unknown user from a wrong password.
public final class Authenticator {
    private final Users users;
    private final LoginThrottle throttle;
    private final AuditLog audit;
    private final GatewayMetrics metrics;

    public Authenticator(
            Users users, GatewayConfig.Login limits, AuditLog audit, GatewayMetrics metrics) {
        this(users, limits, audit, metrics, System::nanoTime);
    }

    Authenticator(
            Users users,
            GatewayConfig.Login limits,
            AuditLog audit,
            GatewayMetrics metrics,
            LongSupplier nanoTime) {
        this.users = users;
        this.throttle = new LoginThrottle(limits, nanoTime);
        this.audit = audit;
        this.metrics = metrics;
    }

    public sealed interface Start {}

    /// Go on with the exchange.
    public record Challenge(Attempt attempt) implements Start {}

    /// Too many failures: `denial` is sent once `ticket` is durable (0: nothing was recorded, don't
    /// wait), then the connection closed.
    public record Throttled(Denial denial, long ticket) implements Start {}

    /// The startup message named a user (not empty).
    ///
    /// @param listener as {@link dev.sallyport.gateway.network.BoundListener#describe} has it
    public Start begin(String sessionId, String user, InetSocketAddress client, String listener) {
        var throttled = throttled(sessionId, user, client, listener);
        return throttled == null
                ? new Challenge(new Exchange(sessionId, user, client, listener))
                : throttled;
    }

    private @Nullable Throttled throttled(
            String sessionId, String user, InetSocketAddress client, String listener) {
        var lock = throttle.check(user, client.getAddress());
        if (!lock.holds()) return null;
        metrics.loginThrottled();
        var denial =
                Refusal.LOGIN_THROTTLED.denial(
                        "try again in " + lock.secondsLeft() + " seconds", "");
        // One record per lock: whoever is locked out could otherwise fill the log.
        long ticket =
                lock.reportIt()
                        ? recordFailure(sessionId, user, client, listener, "too many failures")
                        : 0;
        return new Throttled(denial, ticket);
    }

    /// A login that came to nothing before a user was known, or for a reason of its own (malformed
    /// startup, unknown database, time-out): recorded. Returns its ticket, 0 if it can't be.
    public long failedBefore(
            String sessionId, InetSocketAddress client, String listener, String reason) {
        metrics.loginFailed();
        return recordFailure(sessionId, "", client, listener, reason);
    }

    public sealed interface Result {}

    /// @param ticket AuthenticationOk waits until it is durable
    public record Accepted(LoggedIn login, long ticket) implements Result {}

    /// `denial` is sent once `ticket` is durable (0: could not be recorded, don't wait), then the
    /// connection closed.
    public record Rejected(Denial denial, long ticket) implements Result {}

    /// One client's login. Belongs to its event loop.
    public interface Attempt {
        /// What the client's proof is checked against; for an unknown user one that looks alike and
        /// that no password fits.
        ScramVerifier verifier();

        /// What else a client of MariaDB's can be checked against; for an unknown user as for some
        /// known one.
        default MySqlVerifiers mysql() {
            return MySqlVerifiers.NONE;
        }

        /// The proof is right. Still refused when the user is unknown or disabled, or the log
        /// doesn't take the record.
        ///
        /// @param method as `scram-sha-256-plus`
        /// @param tls as `TLSv1.3`; empty in clear
        Result succeeded(String method, String tls);

        /// The proof is wrong, or the exchange was broken off.
        ///
        /// @param reason as `wrong password`, `malformed SCRAM message`
        Rejected failed(String reason);
    }

    private final class Exchange implements Attempt {
        private final String sessionId;
        private final String user;
        private final InetSocketAddress client;
        private final String listener;
        private final ScramVerifier verifier;
        private final MySqlVerifiers mysql;
        private final AtomicBoolean over = new AtomicBoolean();

        Exchange(String sessionId, String user, InetSocketAddress client, String listener) {
            this.sessionId = sessionId;
            this.user = user;
            this.client = client;
            this.listener = listener;
            var known = users.find(user);
            this.verifier = known == null ? users.fake(user) : known.verifier();
            this.mysql = known == null ? users.fakeMySql(user) : known.mysql();
        }

        @Override
        public ScramVerifier verifier() {
            return verifier;
        }

        @Override
        public MySqlVerifiers mysql() {
            return mysql;
        }

        @Override
        public Result succeeded(String method, String tls) {
            if (!over.compareAndSet(false, true))
                throw new IllegalStateException("this login is over");
            var locked = lockedMeanwhile();
            if (locked != null) return locked;
            var known = users.find(user);
            // As of now: the file may have changed during the exchange.
            if (known == null || !known.verifier().equals(verifier) || !known.mysql().equals(mysql))
                return reject("wrong password");
            if (known.disabled()) {
                metrics.loginFailed();
                long ticket =
                        recordFailure(sessionId, user, client, listener, "account is disabled");
                return new Rejected(
                        Refusal.LOGIN_REFUSED.denial("your account is disabled", ""), ticket);
            }
            var subject = Users.subject(known);
            try {
                long ticket =
                        audit.append(
                                new AuditEvent.LoginSucceeded(
                                        sessionId,
                                        user,
                                        subject.roles().stream().sorted().toList(),
                                        describe(client),
                                        listener,
                                        method,
                                        tls));
                throttle.succeeded(user);
                metrics.loginSucceeded();
                return new Accepted(new LoggedIn(sessionId, subject, describe(client)), ticket);
            } catch (AuditException _) {
                metrics.auditRefused();
                return new Rejected(Refusal.AUDIT_UNAVAILABLE.denial(), 0);
            }
        }

        @Override
        public Rejected failed(String reason) {
            if (!over.compareAndSet(false, true))
                throw new IllegalStateException("this login is over");
            var locked = lockedMeanwhile();
            return locked == null ? reject(reason) : locked;
        }

        /// Many exchanges begun at once would be as many guesses before the first one counted.
        /// Right and wrong get the same answer.
        private @Nullable Rejected lockedMeanwhile() {
            var throttled = throttled(sessionId, user, client, listener);
            return throttled == null ? null : new Rejected(throttled.denial(), throttled.ticket());
        }

        private Rejected reject(String reason) {
            throttle.failed(user, client.getAddress());
            metrics.loginFailed();
            long ticket = recordFailure(sessionId, user, client, listener, reason);
            return new Rejected(Refusal.LOGIN_FAILED.denial(), ticket);
        }
    }

    /// @param user as the client gave it: only a known one is recorded in clear, an unknown one may
    ///   be a mistyped password
    private long recordFailure(
            String sessionId,
            String user,
            InetSocketAddress client,
            String listener,
            String reason) {
        var known = users.find(user) == null ? "" : user;
        try {
            return audit.append(
                    new AuditEvent.LoginFailed(
                            sessionId, known, describe(client), listener, reason),
                    Confidential.names(known.equals(user) ? Map.of() : Map.of("user", user)));
        } catch (AuditException _) {
            metrics.auditRefused();
            return 0;
        }
    }

    private static String describe(InetSocketAddress client) {
        var host = client.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + client.getPort();
    }
}
