package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import dev.sallyport.audit.DurabilityListener;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.postgres.LogCopy;
import dev.sallyport.audit.reads.ReadSocket;
import dev.sallyport.audit.retention.Retention;
import dev.sallyport.audit.sealed.Recipient;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.audit.subject.SubjectKey;
import dev.sallyport.audit.witness.WitnessClient;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.admin.AdminServer;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.gateway.alert.AlertService;
import dev.sallyport.gateway.identity.Authenticator;
import dev.sallyport.gateway.identity.TokenLogins;
import dev.sallyport.gateway.identity.Users;
import dev.sallyport.gateway.network.BoundListener;
import dev.sallyport.gateway.network.Network;
import dev.sallyport.gateway.signed.PolicySigning;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Recorder;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.oidc.IdentityProvider;
import dev.sallyport.identity.oidc.ProviderAccounts;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running gateway. {@link #start} builds everything that the configuration asks for.
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long CACHE_BYTES = 32L << 20;
    private static final long POLL_MILLIS = 500;
    private static final long DORMANT_MILLIS = 60_000;
    private static final Duration RECORD_STOP = Duration.ofSeconds(5);
    private static final double MILLIS = 1_000;

    private final ConfigLoader.Loaded loaded;
    private final Consumer<AuditException> onFatal;
    private final GatewayMetrics metrics = new GatewayMetrics();
    private static final Duration CATALOG_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final AnalysisCache cache = new AnalysisCache(CACHE_BYTES);
    private final Map<String, CatalogService> catalogs = new LinkedHashMap<>();
    private final List<BoundListener> listeners = new ArrayList<>();
    private volatile Set<String> usersInForce = Set.of();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();

    /// What has been begun, last first: undone in that order.
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private final AuditLog audit;
    private Optional<WitnessClient> witness = Optional.empty();
    private Optional<LogCopy> copy = Optional.empty();
    private Optional<AlertService> alerts = Optional.empty();
    private Optional<Accounts> accounts = Optional.empty();
    private final DecisionLog decisions;
    private final SessionRegistry sessions;
    private final Network network;
    private final AdminServer admin;

    /// Returns when every listener accepts connections. The catalogs may still be loading:
    /// statements are refused until they are there.
    ///
    /// @param onFatal the audit log is poisoned: statements are refused from now on, sessions get
    ///   57P03, and the process has to end with an error. Called once, on a thread of its own.
    /// @throws GatewayException what cannot be started and why; everything begun is undone
    public static Gateway start(
            ConfigLoader.Loaded configuration,
            List<ProtocolFactory> protocols,
            Consumer<AuditException> onFatal)
            throws GatewayException {
        return new Gateway(configuration, protocols, onFatal);
    }

    private Gateway(
            ConfigLoader.Loaded loaded,
            List<ProtocolFactory> protocols,
            Consumer<AuditException> onFatal)
            throws GatewayException {
        this.loaded = loaded;
        this.onFatal = onFatal;
        boolean done = false;
        try {
            var config = loaded.config();
            var compiled = compile(loaded);
            network = new Network(config);
            undo.push(network::close);
            startCatalogs(config, protocols);
            audit = openAudit(config);
            alerts = startAlerts(config);
            decisions = new DecisionLog(audit, metrics);
            accounts = openState(config);
            var users = users(accounts);
            var signing = signing(config);
            var policies =
                    new PoliciesInForce(
                            loaded,
                            compiled,
                            users,
                            audit,
                            signing,
                            signing.isEmpty()
                                    ? PolicySigning.Last.NONE
                                    : PolicySigning.last(config.audit().store(), Instant.now()));
            sessions =
                    new SessionRegistry(
                            config.gateway(),
                            config.sessions(),
                            audit,
                            decisions,
                            metrics,
                            cache,
                            catalogs,
                            users::subject,
                            policies);
            var registry = sessions;
            policies.onChange(() -> {
                usersInForce = policies.userNames();
                cache.wantSelections(SubjectIndex.concernsAny(policies.get().policies()));
                registry.refresh();
            });
            accounts.ifPresent(a -> a.store().onChange(_ -> registry.refresh()));
            cache.wantSelections(SubjectIndex.concernsAny(compiled));
            var budgets = new Budgets(System::currentTimeMillis);
            if (compiled.limitsPersons()) recall(budgets, config.audit().store());
            var subjects = subjects(config);
            var settings = settings(config);
            settings.put("subject key", subjects.keyId());
            // Who takes the demand out of the file, or another key in, is seen here.
            settings.put(
                    "policy signatures",
                    signing.map(PolicySigning::describe).orElse("not demanded"));
            record(new AuditEvent.GatewayStarted(config.gateway(), softwareVersion(), settings));
            policies.recordStart();

            var hashKeys = HashKeys.read(config);
            var services =
                    new GatewayServices(
                            config,
                            new QueryGuard(
                                    cache,
                                    policies,
                                    decisions,
                                    metrics,
                                    budgets,
                                    Optional.of(subjects)),
                            new Authenticator(
                                    users,
                                    config.login(),
                                    audit,
                                    metrics,
                                    accounts,
                                    config.state()
                                            .map(GatewayConfig.State::codeInPassword)
                                            .orElse(false),
                                    tokenLogins(config)),
                            sessions,
                            new DurabilityGates(audit, metrics, Network::nextRound),
                            network,
                            hashKeys,
                            metrics);
            admin =
                    new AdminServer(
                            config.admin(),
                            new AdminServer.Health(this::deadly, this::problems, this::warnings),
                            metrics);
            undo.push(admin::close);
            listen(config, protocols, services);
            startTimers(config, policies);
            done = true;
        } catch (AuditException e) {
            throw new GatewayException("audit log: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new GatewayException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!done) while (!undo.isEmpty()) undo.pop().run();
        }
    }

    private static Optional<PolicySigning> signing(GatewayConfig config) throws GatewayException {
        if (config.signing().isEmpty()) return Optional.empty();
        try {
            return Optional.of(PolicySigning.of(config.signing().get()));
        } catch (FormatException e) {
            throw new GatewayException("signing: " + e.getMessage(), e);
        }
    }

    private static PolicySet compile(ConfigLoader.Loaded loaded) throws GatewayException {
        return switch (PolicyCompiler.compile(loaded.policies(), loaded.users())) {
            case PolicyCompiler.Compiled(var policies) -> {
                var unmet = PolicyDemands.unmet(loaded.config(), policies);
                if (unmet.isPresent()) throw new GatewayException(unmet.get());
                yield policies;
            }
            case PolicyCompiler.Rejected(var errors) ->
                    throw new GatewayException(
                            "the policies have errors:\n"
                                    + errors.stream()
                                            .map(ConfigError::toString)
                                            .collect(Collectors.joining("\n")));
        };
    }

    private void startCatalogs(GatewayConfig config, List<ProtocolFactory> protocols) {
        for (var database : config.databases()) {
            var questions =
                    protocols.stream()
                            .filter(p -> p.protocol() == database.protocol())
                            .findFirst()
                            .flatMap(p -> p.upstreamQueries(network, CATALOG_CONNECT_TIMEOUT));
            var catalog = new CatalogService(database, questions, cache::clear);
            catalogs.put(database.name(), catalog);
            undo.push(catalog::close);
            catalog.start();
            metrics.gauge(
                    "sallyport.catalog.epoch",
                    "Counts the changes of a database's catalog",
                    database.name(),
                    () -> {
                        var current = catalog.current();
                        return current == null ? 0 : current.epoch();
                    });
        }
    }

    /// The log as configured, recovered if need be.
    static AuditLog openLog(GatewayConfig config) throws AuditException {
        int segmentBytes = Math.toIntExact(config.audit().segmentBytes());
        int queueBytes = AuditOptions.DEFAULTS.queueBytes();
        // What is queued when space runs out still has to fit.
        long reserveBytes =
                Math.max(
                        config.audit().reserveBytes(),
                        AuditOptions.minReserveBytes(segmentBytes, queueBytes));
        return AuditLog.openSealed(
                config.audit().store(),
                config.gateway(),
                new AuditOptions(
                        segmentBytes, queueBytes, reserveBytes, AuditOptions.DEFAULTS.heartbeat()),
                config.audit().key(),
                recipients(config.audit()));
    }

    private AuditLog openAudit(GatewayConfig config) throws AuditException {
        var log = openLog(config);
        // After the log, so that the last entries and their checkpoint are copied, too.
        undo.push(() -> copy.ifPresent(LogCopy::close));
        undo.push(() -> alerts.ifPresent(AlertService::close));
        undo.push(log::close);
        listenToReaders(config.audit(), log);
        witness = startWitness(config.audit());
        copy = startCopy(config, log);
        metrics.gauge(
                "sallyport.audit.queued.bytes",
                "Bytes that wait to be written to the audit log",
                log::queuedBytes);
        metrics.gauge(
                "sallyport.audit.durable.sequence",
                "Number of the last durable audit record",
                log::durableSequence);
        metrics.gauge(
                "sallyport.audit.sealed.sequence",
                "Number of the last audit record that a signed checkpoint covers",
                log::sealedSequence);
        log.addListener(
                new DurabilityListener() {
                    @Override
                    public void durable(long sequence) {
                        // The gates of the event loops hear it themselves.
                    }

                    @Override
                    public void poisoned(AuditException cause) {
                        if (!failed.compareAndSet(false, true)) return;
                        Thread.ofPlatform().name("audit-failed").start(() -> fail(cause));
                    }
                });
        return log;
    }

    private Optional<Accounts> openState(GatewayConfig config) throws GatewayException {
        if (config.state().isEmpty()) return Optional.empty();
        try {
            var opened =
                    StateAccess.open(config.state().get(), Recorder.of(audit), this::isInUsersFile);
            undo.push(opened.store()::close);
            return Optional.of(opened);
        } catch (StateException e) {
            throw new GatewayException(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<TokenLogins> tokenLogins(GatewayConfig config) throws IOException {
        var oidc = config.state().flatMap(GatewayConfig.State::oidc);
        if (oidc.isEmpty() || accounts.isEmpty()) return Optional.empty();
        var clock = InstantSource.system();
        return Optional.of(
                new TokenLogins(
                        new IdentityProvider(oidc.get(), clock),
                        new ProviderAccounts(
                                accounts.get().store(),
                                this::isInUsersFile,
                                oidc.get().create(),
                                clock)));
    }

    private boolean isInUsersFile(String login) {
        return usersInForce.stream().anyMatch(login::equalsIgnoreCase);
    }

    private Users users(Optional<Accounts> accounts) throws GatewayException {
        var users =
                accounts.map(a -> new Users(loaded.users(), a.store()::state))
                        .orElseGet(() -> new Users(loaded.users()));
        usersInForce = StateAccess.names(loaded.users());
        var taken = PoliciesInForce.taken(users, loaded.users());
        if (!taken.isEmpty())
            throw new GatewayException(
                    taken.stream().map(ConfigError::toString).collect(Collectors.joining("\n")));
        return users;
    }

    /// Where `sallyport audit` on this machine says that it reads the log. Without it that is
    /// possible as well, and said to the reader.
    private void listenToReaders(GatewayConfig.Audit config, AuditLog log) {
        var retention =
                new Retention(
                        config.store(), log, config.retentionMonths(), InstantSource.system());
        try {
            undo.push(ReadSocket.listen(config.store(), log, retention)::close);
        } catch (IOException e) {
            LOG.warn("reads of the audit log cannot be recorded: {}", e.getMessage());
        }
    }

    /// Its key is made when there is none: what it makes tokens of, the policy says.
    private static SubjectIndex subjects(GatewayConfig config) throws IOException {
        var file = config.audit().subjectKey();
        try {
            if (!Files.exists(file)) {
                LOG.info("made a key for the audit log's subject index: {}", file);
                return new SubjectIndex(SubjectKey.create(file), config.gateway());
            }
            return new SubjectIndex(SubjectKey.read(file).getFirst(), config.gateway());
        } catch (FormatException e) {
            throw new IOException("audit.subjectKey: " + e.getMessage(), e);
        }
    }

    private static List<Recipient> recipients(GatewayConfig.Audit config) throws AuditException {
        var recipients = new ArrayList<Recipient>();
        try {
            for (var text : config.seal().recipients()) recipients.add(Recipient.parse(text));
            return recipients;
        } catch (FormatException e) {
            throw new AuditException(
                    AuditException.Reason.WRONG_KEY, "audit.seal: " + e.getMessage(), e);
        }
    }

    /// Beside the log, never in its way.
    private Optional<WitnessClient> startWitness(GatewayConfig.Audit config) throws AuditException {
        if (config.witness().isEmpty()) return Optional.empty();
        var witness = config.witness().get();
        try {
            var client =
                    WitnessClient.start(
                            config.store(), witness.url(), VerifierKey.parse(witness.key()));
            undo.push(client::close);
            return Optional.of(client);
        } catch (FormatException | IllegalArgumentException e) {
            throw new AuditException(
                    AuditException.Reason.WRONG_KEY, "the witness's key: " + e.getMessage(), e);
        }
    }

    /// Beside the log as well: it reads what is on the disk.
    private Optional<LogCopy> startCopy(GatewayConfig config, AuditLog log) {
        if (config.audit().postgres().isEmpty()) return Optional.empty();
        var started =
                LogCopy.start(
                        config.audit().store(),
                        config.gateway(),
                        log::durableSequence,
                        AuditDatabaseAccess.writer(config.audit().postgres().get()));
        metrics.gauge(
                "sallyport.audit.copy.sequence",
                "Number of the last audit record that is in PostgreSQL, -1 while unknown",
                () -> started.status().copied());
        metrics.gauge(
                "sallyport.audit.copy.lag.entries",
                "Durable audit records that are not in PostgreSQL yet, -1 while unknown",
                () -> started.status().lagEntries());
        metrics.gauge(
                "sallyport.audit.copy.lag.seconds",
                "For how long the copy in PostgreSQL has not had all durable audit records",
                () -> started.status().lag().toMillis() / MILLIS);
        return Optional.of(started);
    }

    /// Beside the log, too. What it saw before it was recovered, it is told of now.
    private Optional<AlertService> startAlerts(GatewayConfig config) throws IOException {
        if (loaded.alerts().isEmpty()) return Optional.empty();
        var store = config.audit().store();
        var started =
                AlertService.start(
                        store,
                        config.gateway(),
                        AlertService.folderBeside(store),
                        loaded.alerts().get(),
                        audit::durableSequence,
                        this::logTroubles);
        metrics.gauge(
                "sallyport.alerts.waiting", "Alerts that wait for a receiver", started::waiting);
        return Optional.of(started);
    }

    /// What keeps the log from being written, sealed, witnessed or copied, by what stays the same
    /// while the words change.
    private Map<String, String> logTroubles() {
        var troubles = new TreeMap<String, String>();
        try {
            audit.checkAccepting();
        } catch (AuditException e) {
            troubles.put("refused", "audit log: " + e.getMessage());
        }
        audit.sealProblem().ifPresent(problem -> troubles.put("seal", problem));
        witness.flatMap(WitnessClient::problem).ifPresent(p -> troubles.put("witness", p));
        copy.flatMap(running -> running.status().warning())
                .ifPresent(warning -> troubles.put("copy", warning));
        return troubles;
    }

    /// Nothing can be recorded any more, so nothing may happen any more.
    private void fail(AuditException cause) {
        LOG.error("the audit log failed, the gateway stops: {}", cause.getMessage());
        network.stopListening();
        sessions.endAll(Refusal.AUDIT_LOST.denial(), "audit log failed");
        alerts.ifPresent(running -> running.logFailed("the audit log failed, the gateway stops"));
        onFatal.accept(cause);
    }

    private void listen(
            GatewayConfig config, List<ProtocolFactory> protocols, GatewayServices services)
            throws IOException, GatewayException {
        for (var listener : config.listeners()) {
            var protocol =
                    protocols.stream()
                            .filter(p -> p.protocol() == listener.protocol())
                            .findFirst()
                            .orElseThrow(() ->
                                    new GatewayException(
                                            "listener "
                                                    + listener.describe()
                                                    + ": this gateway doesn't speak "
                                                    + listener.protocol().word()
                                                    + " yet"));
            var bound =
                    network.listen(
                            listener,
                            protocol.applicationProtocol(),
                            protocol.connections(services));
            listeners.add(bound);
            LOG.info("listening: {}", bound.describe());
        }
    }

    private void startTimers(GatewayConfig config, PoliciesInForce policies) {
        var timers =
                new ScheduledThreadPoolExecutor(
                        2, Thread.ofPlatform().daemon().name("timer-", 0).factory());
        undo.push(timers::shutdownNow);
        long sweepMillis =
                Math.clamp(
                        Math.min(
                                        config.sessions().idle().toMillis(),
                                        config.sessions().maxAge().toMillis())
                                / 4,
                        50,
                        1_000);
        schedule(timers, "sweep of sessions", sessions::sweep, sweepMillis);
        schedule(timers, "watch over policies", policies::poll, POLL_MILLIS);
        var dormantAfter = config.state().flatMap(GatewayConfig.State::dormantAfter);
        if (accounts.isPresent() && dormantAfter.isPresent())
            schedule(
                    timers,
                    "search for dormant accounts",
                    () -> disableDormant(accounts.get(), dormantAfter.get()),
                    DORMANT_MILLIS);
    }

    private void disableDormant(Accounts accounts, Duration after) {
        try {
            var names = accounts.disableDormant("gateway " + loaded.config().gateway(), after);
            if (!names.isEmpty()) LOG.info("dormant accounts were disabled: {}", names);
        } catch (StateException e) {
            LOG.error("dormant accounts could not be disabled: {}", e.getMessage());
        }
    }

    private static void schedule(
            ScheduledThreadPoolExecutor timers, String name, Runnable task, long periodMillis) {
        var _ =
                timers.scheduleWithFixedDelay(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException e) {
                                LOG.error("{} failed, it goes on", name, e);
                            }
                        },
                        periodMillis,
                        periodMillis,
                        TimeUnit.MILLISECONDS);
    }

    /// With their real ports.
    public List<BoundListener> listeners() {
        return List.copyOf(listeners);
    }

    /// Port of the health and metrics endpoint.
    public int adminPort() {
        return admin.port();
    }

    /// Waits until every database's catalog is loaded, or the time is over.
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (var catalog : catalogs.values())
            if (!catalog.await(Duration.ofNanos(Math.max(0, end - System.nanoTime()))))
                return false;
        return true;
    }

    /// Waits until everything that is durable now is in the log's copy, too, or the time is over.
    /// Without a copy that is at once.
    public boolean awaitCopied(Duration atMost) throws InterruptedException {
        if (copy.isEmpty()) return true;
        return copy.get().await(audit.durableSequence(), atMost);
    }

    /// Every decision from now on, in the order of each session, on the sessions' event loops:
    /// return at once.
    public void onDecision(Consumer<DecisionEvent> listener) {
        decisions.watch(listener);
    }

    /// What keeps statements from being answered, or their records from being sealed, for people;
    /// empty when nothing does.
    public List<String> problems() {
        var problems = new ArrayList<>(deadly());
        if (stopped.get()) problems.add("the gateway is stopping");
        try {
            audit.checkAccepting();
        } catch (AuditException e) {
            problems.add("audit log: " + e.getMessage());
        }
        audit.sealProblem().ifPresent(problems::add);
        accounts.flatMap(a -> a.store().problem()).ifPresent(problems::add);
        witness.flatMap(WitnessClient::problem).ifPresent(problems::add);
        for (var catalog : catalogs.values()) {
            var problem = catalog.problem();
            if (problem != null) problems.add(problem);
        }
        return problems;
    }

    /// What somebody should look at although it keeps nothing from being answered or recorded.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        copy.flatMap(running -> running.status().warning()).ifPresent(warnings::add);
        alerts.ifPresent(running -> warnings.addAll(running.warnings()));
        return warnings;
    }

    private List<String> deadly() {
        return failed.get() ? List.of("the audit log failed: restart needed") : List.of();
    }

    /// Accepts no more, ends sessions that are idle, lets running statements finish for `drain` at
    /// most, records the stop, closes everything. Idempotent; blocks.
    public void stop(Duration drain) {
        if (!stopped.compareAndSet(false, true)) return;
        network.stopListening();
        try {
            sessions.drain(failed.get() ? Duration.ZERO : drain);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        network.close();
        try {
            if (!failed.get())
                audit.commit(new AuditEvent.GatewayStopped(loaded.config().gateway(), "stopped"))
                        .get(RECORD_STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("the stop could not be recorded: {}", e.toString());
        }
        while (!undo.isEmpty()) undo.pop().run();
    }

    private void record(AuditEvent event) throws AuditException {
        try {
            long _ = audit.commit(event).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditException cause) throw cause;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException(AuditException.Reason.CLOSED, "interrupted", e);
        }
    }

    /// What persons got before this start counts on.
    private static void recall(Budgets budgets, Path store) throws AuditException, IOException {
        var since = Instant.now().minus(Budgets.REMEMBERED);
        try (var log = LogReader.openSince(store, since.toString())) {
            for (var entry = log.next(); entry != null; entry = log.next()) {
                if (!entry.type().equals("result-counted")) continue;
                long at = Instant.parse(entry.time()).toEpochMilli();
                for (var rule : entry.list("rules"))
                    budgets.of(entry.text("user"), rule)
                            .recall(at, entry.number("rows", 0), entry.number("bytes", 0));
            }
        }
    }

    /// For the audit log: what shapes this run, no secrets.
    private static TreeMap<String, String> settings(GatewayConfig config) {
        var settings = new TreeMap<String, String>();
        settings.put("config", config.file().toString());
        settings.put("users", config.users().toString());
        config.state().ifPresent(state -> settings.put("state", StateAccess.describe(state)));
        var sealedTo = config.audit().seal().recipients();
        settings.put("retention", config.audit().retentionMonths() + " months");
        if (!sealedTo.isEmpty()) settings.put("sealed to", String.join(" ", sealedTo));
        for (var listener : config.listeners())
            settings.put(
                    "listener " + listener.describe(),
                    listener.tls()
                            .map(tls -> tls.required() ? "TLS required" : "TLS offered")
                            .orElse("clear text"));
        for (var database : config.databases())
            settings.put(
                    "database " + database.name(),
                    database.user()
                            + "@"
                            + database.host()
                            + ":"
                            + database.port()
                            + "/"
                            + database.database()
                            + ", TLS "
                            + database.tls().mode().word());
        return settings;
    }

    private static String softwareVersion() {
        return Objects.requireNonNullElse(
                Gateway.class.getPackage().getImplementationVersion(), "development");
    }
}
