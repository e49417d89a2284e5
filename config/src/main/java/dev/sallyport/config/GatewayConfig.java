package dev.sallyport.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The gateway's main file, `sallyport.yaml`. Paths are absolute: in the file they are relative to
/// it. `config/examples/sallyport.yaml` explains each key.
///
/// @param gateway this gateway's name: the origin of its audit log and a part of session ids;
///   `[a-z0-9][a-z0-9.-]*`, up to 63 characters
/// @param databases at least one; names differ
/// @param policies at least one policy file; each is about one of the databases
/// @param users the users' file
/// @param signing whose signatures policies need; empty: nobody's
public record GatewayConfig(
        Path file,
        String gateway,
        List<Listener> listeners,
        List<Database> databases,
        List<Path> policies,
        Path users,
        Audit audit,
        Sessions sessions,
        Login login,
        Masks masks,
        Admin admin,
        Optional<State> state,
        Optional<Signing> signing) {
    public GatewayConfig {
        listeners = List.copyOf(listeners);
        databases = List.copyOf(databases);
        policies = List.copyOf(policies);
    }

    /// Without accounts besides those of the users' file, with policies taken as they are in
    /// theirs.
    public GatewayConfig(
            Path file,
            String gateway,
            List<Listener> listeners,
            List<Database> databases,
            List<Path> policies,
            Path users,
            Audit audit,
            Sessions sessions,
            Login login,
            Masks masks,
            Admin admin) {
        this(
                file,
                gateway,
                listeners,
                databases,
                policies,
                users,
                audit,
                sessions,
                login,
                masks,
                admin,
                Optional.empty(),
                Optional.empty());
    }

    /// Where accounts are kept and what holds for them.
    ///
    /// @param place a folder of this machine, or a database that gateways share
    /// @param key the file of the key that seals second factors' secrets; made at the first start.
    ///   Gateways that share a database share it, too
    /// @param codeInPassword somebody with a second factor may type its code behind the password,
    ///   over TLS. Otherwise they can't log in by password
    /// @param dormantAfter accounts without a login for this long are disabled; 1 d to 3,650 d
    /// @param oidc who vouches for people besides their passwords
    public record State(
            StatePlace place,
            Path key,
            boolean codeInPassword,
            Optional<Duration> dormantAfter,
            Optional<Oidc> oidc) {}

    public sealed interface StatePlace {}

    public record StateFolder(Path dir) implements StatePlace {}

    public record StatePostgres(
            String host, int port, String database, UpstreamTls tls, String user, Secret password)
            implements StatePlace {}

    /// Policies, users and alerts take effect only as two people signed them.
    ///
    /// @param file where the signed set is
    /// @param signers as `policy-signer:NAME:KEY`, two at least
    public record Signing(Path file, List<String> signers) {
        public Signing {
            signers = List.copyOf(signers);
        }
    }

    /// @param hashKey of the mask `hash`; without it, policies may not use that mask. At least
    ///   {@link #MIN_KEY_CHARS} characters, read once, at the start.
    public record Masks(Optional<Secret> hashKey) {
        public static final Masks DEFAULTS = new Masks(Optional.empty());
        public static final int MIN_KEY_CHARS = 32;
    }

    /// Where clients connect.
    ///
    /// @param host a name or address to bind
    /// @param port 0 binds any free port
    /// @param tls present unless `host` is a loopback address
    /// @param database the one that clients get here: for MySQL, whose servers speak before the
    ///   client has said what it wants; empty for PostgreSQL
    public record Listener(
            Protocol protocol,
            String host,
            int port,
            Optional<ServerTls> tls,
            Optional<String> database) {
        /// For a protocol whose clients name the database.
        public Listener(Protocol protocol, String host, int port, Optional<ServerTls> tls) {
            this(protocol, host, port, tls, Optional.empty());
        }

        /// As audit entries name it: `postgres 127.0.0.1:15432`.
        public String describe() {
            return protocol.word() + " " + host + ":" + port;
        }
    }

    /// @param certificate PEM, leaf first
    /// @param key PEM, PKCS #8, not encrypted
    /// @param required false only on loopback: clients may then speak in clear
    public record ServerTls(Path certificate, Path key, boolean required) {}

    /// A database behind the gateway.
    ///
    /// @param name what clients call it, and policies
    /// @param database its name on the server; `name` unless given
    /// @param user the role that clients' sessions use upstream
    /// @param catalog the connection that reads the catalog
    public record Database(
            String name,
            Protocol protocol,
            String host,
            int port,
            String database,
            String user,
            Secret password,
            UpstreamTls tls,
            CatalogReader catalog) {}

    /// @param ca PEM bundle that must have issued the server's certificate; empty: the JDK's
    ///   trusted authorities. Always present for {@link TlsMode#VERIFY_CA}.
    public record UpstreamTls(TlsMode mode, Optional<Path> ca) {}

    /// How the upstream's certificate is judged, in libpq's words. There is no `prefer`: a
    /// connection never falls back to clear text silently.
    public enum TlsMode {
        /// Clear text; only for loopback addresses.
        DISABLE,
        /// Encrypted, with whoever answers.
        REQUIRE,
        /// The certificate comes from `ca`.
        VERIFY_CA,
        /// And names the host.
        VERIFY_FULL;

        /// As written in the configuration.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// The gateway's own least-privileged connection for reading the catalog.
    ///
    /// @param refresh how often it is read anew when nothing is known to have changed; 1 s to 1 h
    public record CatalogReader(String user, Secret password, Duration refresh) {}

    /// The journal.
    ///
    /// @param store the directory of the log; created when missing
    /// @param segmentBytes size of one journal file, allocated ahead; 1 MiB to 1 GiB
    /// @param reserveBytes free disk space below which statements are refused, so that what has
    ///   begun can still be recorded; 1 MiB to 1 TiB
    /// @param key the file of the private keys that sign the log's checkpoints; made at the first
    ///   start. Not in the store, so that no copy of it holds them
    /// @param witness that cosigns the log's checkpoints
    /// @param postgres where the log is copied to
    /// @param seal who may read raw texts and values
    /// @param subjectKey the file of the subject index's keys; made at the first start. Not in the
    ///   store, as `key`
    /// @param retentionMonths nothing younger is ever pruned; 1 to 1200
    public record Audit(
            Path store,
            long segmentBytes,
            long reserveBytes,
            Path key,
            Optional<Witness> witness,
            Optional<AuditDatabase> postgres,
            Seal seal,
            Path subjectKey,
            int retentionMonths) {
        /// Six years, as 45 CFR 164.316(b)(2)(i) asks for.
        public static final int RETENTION_MONTHS = 72;

        /// With the keys beside the store, no witness, no copy, and sealed to nobody.
        public Audit(Path store, long segmentBytes, long reserveBytes) {
            this(
                    store,
                    segmentBytes,
                    reserveBytes,
                    keyBeside(store),
                    Optional.empty(),
                    Optional.empty(),
                    Seal.TO_NOBODY,
                    subjectKeyBeside(store),
                    RETENTION_MONTHS);
        }

        /// `audit.subject-key` for the store `audit`.
        static Path subjectKeyBeside(Path store) {
            return store.resolveSibling(store.getFileName() + ".subject-key");
        }

        /// Where the key is unless the file says otherwise: `audit.key` for the store `audit`.
        static Path keyBeside(Path store) {
            return store.resolveSibling(store.getFileName() + ".key");
        }
    }

    /// To whom the log seals what only auditors may read: texts as they came, values, the server's
    /// messages, unknown names. Without recipients none of that is kept.
    ///
    /// @param recipients `seal:NAME:KEY`, as `audit keygen --auditor` prints them; each once
    public record Seal(List<String> recipients) {
        public static final Seal TO_NOBODY = new Seal(List.of());

        /// Each takes 180 bytes of the log whenever a secret is made.
        public static final int MAX_RECIPIENTS = 64;

        public Seal {
            recipients = List.copyOf(recipients);
        }
    }

    /// A program of somebody else's that remembers how far the log was (C2SP tlog-witness).
    ///
    /// @param url its submission prefix; https, unless on loopback
    /// @param key `NAME+ID+BASE64`, as the witness prints it
    public record Witness(URI url, String key) {}

    /// The database that holds a copy of the log, of this gateway's and of others'.
    ///
    /// @param user the role that adds to it and can do nothing else there
    /// @param reader the role that verifies it, another one; needed by `audit verify --config` only
    public record AuditDatabase(
            String host,
            int port,
            String database,
            UpstreamTls tls,
            String user,
            Secret password,
            Optional<DatabaseLogin> reader) {}

    /// A role of a database, and where its password is kept.
    public record DatabaseLogin(String user, Secret password) {}

    /// Limits on sessions.
    ///
    /// @param idle a session without a statement for this long ends; 1 s to 24 h
    /// @param maxAge every session ends after this long; 1 s to 7 d
    /// @param handshake from accepting the connection to the startup message, TLS included; 100 ms
    ///   to 5 min
    /// @param authentication from the startup message to being logged in; 100 ms to 10 min
    /// @param connect to reach the upstream and log in there; 100 ms to 5 min
    /// @param maxPerUser sessions of one person at a time; 1 to 100,000
    /// @param max sessions of all; 1 to 1,000,000
    /// @param maxUnauthenticated connections that have not logged in yet; 1 to 100,000
    /// @param drain how long running statements may finish when the gateway stops; 0 s to 1 h
    /// @param maxStatementBytes longest statement text; 1 KiB to 1 GiB
    /// @param maxMessageBytes longest protocol message; 64 KiB to 1 GiB
    /// @param maxPreparedStatements of one session; 1 to 1,000,000
    /// @param roles shorter times for people with these roles: the shortest of theirs counts
    public record Sessions(
            Duration idle,
            Duration maxAge,
            Duration handshake,
            Duration authentication,
            Duration connect,
            int maxPerUser,
            int max,
            int maxUnauthenticated,
            Duration drain,
            long maxStatementBytes,
            long maxMessageBytes,
            int maxPreparedStatements,
            Map<String, RoleTimes> roles) {
        public Sessions {
            roles = Map.copyOf(roles);
        }

        /// The same times for every role.
        public Sessions(
                Duration idle,
                Duration maxAge,
                Duration handshake,
                Duration authentication,
                Duration connect,
                int maxPerUser,
                int max,
                int maxUnauthenticated,
                Duration drain,
                long maxStatementBytes,
                long maxMessageBytes,
                int maxPreparedStatements) {
            this(
                    idle,
                    maxAge,
                    handshake,
                    authentication,
                    connect,
                    maxPerUser,
                    max,
                    maxUnauthenticated,
                    drain,
                    maxStatementBytes,
                    maxMessageBytes,
                    maxPreparedStatements,
                    Map.of());
        }

        /// For somebody with these roles.
        public Duration idle(Set<String> of) {
            return shortest(idle, of, RoleTimes::idle);
        }

        /// For somebody with these roles.
        public Duration maxAge(Set<String> of) {
            return shortest(maxAge, of, RoleTimes::maxAge);
        }

        private Duration shortest(
                Duration shortest, Set<String> of, Function<RoleTimes, Optional<Duration>> time) {
            if (roles.isEmpty()) return shortest;
            for (var role : of) {
                var times = roles.get(role);
                if (times == null) continue;
                var own = time.apply(times);
                if (own.isPresent() && own.get().compareTo(shortest) < 0) shortest = own.get();
            }
            return shortest;
        }

        public static final Sessions DEFAULTS =
                new Sessions(
                        Duration.ofMinutes(30),
                        Duration.ofHours(12),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        50,
                        1_000,
                        200,
                        Duration.ofSeconds(30),
                        64L << 20,
                        1L << 30,
                        10_000);
    }

    /// What a role makes shorter; at least one of them.
    public record RoleTimes(Optional<Duration> idle, Optional<Duration> maxAge) {}

    /// Slows down guessing.
    ///
    /// @param failuresBeforeDelay failed logins of one user, or from one address, that are answered
    ///   at once; 1 to 1,000
    /// @param lockFor how long further attempts are then refused; 1 s to 24 h
    /// @param forgetAfter failures older than this don't count; 1 s to 7 d
    public record Login(int failuresBeforeDelay, Duration lockFor, Duration forgetAfter) {
        public static final Login DEFAULTS =
                new Login(5, Duration.ofMinutes(1), Duration.ofMinutes(15));
    }

    /// The organisation's OpenID Connect provider, which says who people are and what they may be.
    ///
    /// @param issuer exactly as its tokens name it; https, unless on loopback
    /// @param audience that a token must be for
    /// @param ca PEM bundle that must have issued the provider's certificate; empty: the JDK's
    ///   trusted authorities
    /// @param loginClaim the claim that is the login name
    /// @param rolesClaim the claim that lists roles or groups; steps into objects divided by dots
    /// @param roles the provider's names to roles of the policies
    /// @param secondFactors values of the claim `amr` (RFC 8176) that count as a second factor
    /// @param create whether somebody without an account gets one at the first login
    public record Oidc(
            String issuer,
            String audience,
            Optional<Path> ca,
            String loginClaim,
            String rolesClaim,
            Map<String, String> roles,
            Set<String> secondFactors,
            boolean create) {
        public static final String DEFAULT_LOGIN_CLAIM = "preferred_username";
        public static final Set<String> DEFAULT_SECOND_FACTORS =
                Set.of("mfa", "otp", "hwk", "swk", "sc", "fpt", "face");

        public Oidc {
            roles = Map.copyOf(roles);
            secondFactors = Set.copyOf(secondFactors);
        }
    }

    /// Health and metrics over HTTP, on loopback only.
    ///
    /// @param port 0 binds any free port
    public record Admin(String host, int port) {
        public static final Admin DEFAULTS = new Admin("127.0.0.1", 0);
    }
}
