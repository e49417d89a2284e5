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
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.Totp;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may log in. Looks up SCRAM verifiers, slows down guessing, records every login and failure.
/// Any thread; never blocks. A client cannot tell an unknown user from a wrong password.
public final class Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

    private final Users users;
    private final LoginThrottle throttle;
    private final AuditLog audit;
    private final GatewayMetrics metrics;
    private final Optional<Accounts> accounts;
    private final boolean codeInPassword;
    private final Optional<TokenLogins> tokens;

    public Authenticator(
            Users users, GatewayConfig.Login limits, AuditLog audit, GatewayMetrics metrics) {
        this(users, limits, audit, metrics, System::nanoTime);
    }

    /// @param accounts of the store whose people are among `users`
    /// @param codeInPassword as {@link GatewayConfig.State#codeInPassword}
    /// @param tokens of the identity provider, if there is one
    public Authenticator(
            Users users,
            GatewayConfig.Login limits,
            AuditLog audit,
            GatewayMetrics metrics,
            Optional<Accounts> accounts,
            boolean codeInPassword,
            Optional<TokenLogins> tokens) {
        this(users, limits, audit, metrics, System::nanoTime, accounts, codeInPassword, tokens);
    }

    Authenticator(
            Users users,
            GatewayConfig.Login limits,
            AuditLog audit,
            GatewayMetrics metrics,
            LongSupplier nanoTime) {
        this(users, limits, audit, metrics, nanoTime, Optional.empty(), false, Optional.empty());
    }

    Authenticator(
            Users users,
            GatewayConfig.Login limits,
            AuditLog audit,
            GatewayMetrics metrics,
            LongSupplier nanoTime,
            Optional<Accounts> accounts,
            boolean codeInPassword,
            Optional<TokenLogins> tokens) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.codeInPassword = codeInPassword;
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
        var lock = throttle.check(person(user), client.getAddress());
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

    /// Who has several login names has as many guesses as others.
    private String person(String user) {
        var known = users.find(user);
        return known == null ? user : known.name();
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

    /// What tokens are good for in a login.
    public enum TokenUse {
        NOT_TAKEN,
        /// Besides the password that the account has.
        TAKEN,
        /// There is no password as far as the gateway knows: the first login of somebody makes
        /// their account.
        PREFERRED
    }

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

        /// The password itself is needed, for {@link #password}: somebody with a second factor
        /// types its code behind it. Only to be asked for in TLS. The same for an unknown user as
        /// for some known one.
        default boolean wantsPassword() {
            return false;
        }

        /// The client sent the password itself. Takes milliseconds, and with a second factor waits
        /// for the store: not for event loops.
        ///
        /// @param method as `password`
        /// @param tls as `TLSv1.3`; never empty
        Result password(char[] password, String method, String tls);

        /// Whether the client may bring a token of the identity provider instead. Not the same for
        /// every name: clients choose what comes first.
        default TokenUse tokens() {
            return TokenUse.NOT_TAKEN;
        }

        /// Where clients read which provider makes the tokens: the address of its configuration.
        /// Empty when none are taken.
        default String tokenConfiguration() {
            return "";
        }

        /// The client sent a token. Waits for the provider and the store: not for event loops.
        ///
        /// @param tls as `TLSv1.3`; never empty
        Result token(String token, String tls);

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
        private final boolean secondFactor;
        private final boolean hasPassword;
        private final AtomicBoolean over = new AtomicBoolean();

        Exchange(String sessionId, String user, InetSocketAddress client, String listener) {
            this.sessionId = sessionId;
            this.user = user;
            this.client = client;
            this.listener = listener;
            var known = users.find(user);
            this.hasPassword = known != null && known.hasPassword();
            this.verifier = known == null ? users.fake(user) : known.verifier();
            this.mysql = known == null ? users.fakeMySql(user) : known.mysql();
            this.secondFactor = known == null ? users.fakeSecondFactor(user) : known.secondFactor();
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
        public boolean wantsPassword() {
            return secondFactor;
        }

        @Override
        public Result succeeded(String method, String tls) {
            if (!over.compareAndSet(false, true))
                throw new IllegalStateException("this login is over");
            var locked = lockedMeanwhile();
            if (locked != null) return locked;
            // A proof of a password leaves no place for a code.
            if (secondFactor) return reject("no second factor");
            var known = asBefore();
            if (known == null) return reject("wrong password");
            var refused = refused(known);
            return refused == null ? accept(known, method, tls, Optional.empty()) : refused;
        }

        @Override
        public Result password(char[] password, String method, String tls) {
            if (!over.compareAndSet(false, true))
                throw new IllegalStateException("this login is over");
            var locked = lockedMeanwhile();
            if (locked != null) return locked;
            if (tls.isEmpty()) return reject("password in clear");
            int length = password.length - (secondFactor ? Totp.DIGITS : 0);
            var alone = Arrays.copyOf(password, Math.max(length, 1));
            boolean fits = PasswordCheck.fits(alone, verifier) && length > 0;
            Arrays.fill(alone, '\0');
            var known = asBefore();
            if (!fits || known == null) return reject("wrong password");
            var refused = refused(known);
            if (refused != null) return refused;
            if (!secondFactor) return accept(known, method, tls, Optional.empty());
            if (!codeInPassword)
                return refuse(
                        "codes in passwords are not allowed",
                        "accounts with a second factor can't log in by password here");
            var code = String.valueOf(password, length, Totp.DIGITS);
            try {
                return switch (accounts.orElseThrow().useCode(known.accountId(), code)) {
                    case RIGHT -> accept(known, method + "+totp", tls, Optional.of(Instant.now()));
                    case WRONG -> reject("wrong code");
                    case USED -> reject("code was used before");
                };
            } catch (StateException e) {
                return refuse(
                        "second factor could not be checked: " + e.getMessage(),
                        "your second factor can't be checked now: try again later");
            }
        }

        @Override
        public TokenUse tokens() {
            if (tokens.isEmpty()) return TokenUse.NOT_TAKEN;
            return hasPassword ? TokenUse.TAKEN : TokenUse.PREFERRED;
        }

        @Override
        public String tokenConfiguration() {
            return tokens.map(TokenLogins::configuration).orElse("");
        }

        @Override
        public Result token(String token, String tls) {
            if (!over.compareAndSet(false, true))
                throw new IllegalStateException("this login is over");
            var locked = lockedMeanwhile();
            if (locked != null) return locked;
            if (tokens.isEmpty() || tls.isEmpty()) return reject("token not taken here");
            switch (tokens.get().judge(user, token)) {
                case TokenLogins.Wrong(var reason) -> {
                    return reject(reason);
                }
                case TokenLogins.NotNow(var reason, var toThem) -> {
                    return refuse(reason, toThem);
                }
                case TokenLogins.Right(var accountId, var secondFactorAt) -> {
                    var known = users.find(user);
                    if (known == null || !known.accountId().equals(accountId))
                        return reject("token of somebody else");
                    var refused = refused(known);
                    return refused == null
                            ? accept(known, "oauthbearer", tls, secondFactorAt)
                            : refused;
                }
            }
        }

        /// As of now: the file or the store may have changed during the exchange.
        private Users.@Nullable Known asBefore() {
            var known = users.find(user);
            return known != null
                            && known.verifier().equals(verifier)
                            && known.mysql().equals(mysql)
                            && known.secondFactor() == secondFactor
                    ? known
                    : null;
        }

        /// Why somebody who proved to be this person doesn't come in; null when they do.
        private @Nullable Rejected refused(Users.Known known) {
            if (known.disabled()) return refuse("account is disabled", "your account is disabled");
            if (known.storeIsLost())
                return refuse(
                        "the store of accounts is lost",
                        "the gateway can't reach its store of accounts: try again later");
            return null;
        }

        private Rejected refuse(String reason, String toThem) {
            metrics.loginFailed();
            long ticket = recordFailure(sessionId, user, client, listener, reason);
            return new Rejected(Refusal.LOGIN_REFUSED.denial(toThem, ""), ticket);
        }

        private Result accept(
                Users.Known known, String method, String tls, Optional<Instant> secondFactorAt) {
            var subject = known.subject();
            try {
                long ticket =
                        audit.append(
                                new AuditEvent.LoginSucceeded(
                                        sessionId,
                                        known.name(),
                                        subject.roles().stream().sorted().toList(),
                                        describe(client),
                                        listener,
                                        method,
                                        tls));
                throttle.succeeded(known.name());
                metrics.loginSucceeded();
                note(known);
                return new Accepted(
                        new LoggedIn(sessionId, subject, describe(client), secondFactorAt), ticket);
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
            throttle.failed(person(user), client.getAddress());
            metrics.loginFailed();
            long ticket = recordFailure(sessionId, user, client, listener, reason);
            return new Rejected(Refusal.LOGIN_FAILED.denial(), ticket);
        }
    }

    /// That the account is in use, so that it doesn't become dormant. Nobody waits for it.
    private void note(Users.Known known) {
        var account = users.account(known.accountId());
        if (account == null || accounts.isEmpty() || !accounts.get().loginIsNews(account)) return;
        Thread.ofVirtual()
                .name("note-login")
                .start(() -> {
                    try {
                        accounts.get().noteLogin(account.id());
                    } catch (StateException e) {
                        LOG.warn("a login was not noted: {}", e.getMessage());
                    }
                });
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
