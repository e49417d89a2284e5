package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.policy.Circumstances;
import dev.sallyport.policy.Purpose;
import dev.sallyport.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One authenticated client connection and its upstream connection. Opened by {@link
/// SessionRegistry#open}, owned by one event loop: plain fields, no locks.
///
/// The protocol tells it what the server answers, in order: {@link #parameterStatus}, {@link
/// #parseComplete}, {@link #bindComplete}, {@link #closeComplete}, {@link #errorResponse} and
/// {@link #readyForQuery}. So that answers find their questions, it also says when it sends a
/// simple Query of its own, a {@link TruthQuery} or one meant to fail: {@link #ownQuery}. Answers
/// to a Parse, Bind or Close that the guard never saw are not told.
public final class Session {
    /// One analysis is enough unless names change while it is made.
    private static final int MAX_LONG_ROUNDS = 3;

    private final String id;
    private final GatewayConfig.Database database;
    private final String client;
    private final Optional<Instant> secondFactorAt;
    private final String upstream;
    private final String applicationName;
    private final Executor loop;
    private @Nullable LongAnalysis longAnalysis;
    private int longRounds;
    private final SessionConnection connection;
    private final CancelKey cancelKey;
    private final Instant startedAt = Instant.now();
    private final NameContext names;
    private final HeldNames<HeldStatement> statements = new HeldNames<>(_ -> {});
    private final HeldNames<HeldPortal> portals = new HeldNames<>(this::orphan);

    /// What ran code in this transaction that may have opened cursors, by what it is.
    private final Map<Plan, Opener> openers = new LinkedHashMap<>(0);

    private boolean tooManyOpeners;

    /// Cursors that SQL declared have been forgotten: an unknown name may be one of theirs.
    private boolean forgotCursors;

    private final Map<String, String> parameters = new HashMap<>();
    private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
    private final int maxHeld;
    final AtomicBoolean closed = new AtomicBoolean();

    private final Instant endsAt;
    private String transport = "";
    private Subject subject;
    private Standing standing;
    private final Purpose firstPurpose;
    private Purpose purpose;

    /// Of what is remembered for this session alone: see {@link #scope}.
    private String scope;

    private int purposesDeclared;
    private List<String> roles;
    private char transactionStatus = 'I';
    private long segment;
    private boolean pipelineOpen;
    private long statementsNumbered;
    private long bytesToClient;
    private long bytesFromClient;

    /// Of the message that the guard is at.
    private Heard heard = Heard.NOTHING;

    /// Records that a bound portal was never executed.
    private Consumer<AuditedStatement> neverRan = _ -> {};

    /// Read by the timer thread.
    private volatile long lastActivityNanos = System.nanoTime();

    private volatile int running;

    /// A forwarded message whose answer settles something.
    private sealed interface Sent {
        record Parse(String name, HeldStatement statement) implements Sent {}

        record Bind(String name, HeldPortal portal) implements Sent {}

        record CloseStatement(String name) implements Sent {}

        record ClosePortal(String name) implements Sent {}

        /// ReadyForQuery answers it, and everything of its segment.
        record Query(long segment) implements Sent {}

        record Sync(long segment) implements Sent {}
    }

    Session(
            NewSession request,
            NameContext names,
            CancelKey cancelKey,
            int maxHeld,
            Duration maxAge) {
        this.id = request.login().sessionId();
        this.client = request.login().client();
        this.secondFactorAt = request.login().secondFactorAt();
        this.database = request.database();
        this.upstream =
                database.user()
                        + "@"
                        + database.host()
                        + ":"
                        + database.port()
                        + "/"
                        + database.database();
        this.applicationName = request.applicationName();
        this.loop = request.loop();
        this.connection = request.connection();
        this.subject = request.login().subject();
        this.firstPurpose = request.purpose().purpose();
        this.purpose = firstPurpose;
        this.standing = Standing.of(subject, purpose);
        this.scope = id;
        this.roles = inOrder(subject.roles());
        this.names = names;
        this.cancelKey = cancelKey;
        this.maxHeld = maxHeld;
        this.endsAt = startedAt.plus(maxAge);
    }

    public String id() {
        return id;
    }

    public String user() {
        return subject.name();
    }

    /// Address and port of the client, as `10.0.0.7:51234`.
    public String client() {
        return client;
    }

    /// The upstream that the client asked for.
    public GatewayConfig.Database database() {
        return database;
    }

    /// Where statements run, as whom: `app@db.internal:5432/clinic`.
    String upstream() {
        return upstream;
    }

    public String applicationName() {
        return applicationName;
    }

    public Executor loop() {
        return loop;
    }

    /// Made for the message that is being checked; null: none.
    @Nullable LongAnalysis longAnalysis() {
        return longAnalysis;
    }

    /// @return false: the message was put back for its length often enough
    boolean needsLong(LongAnalysis analysis) {
        longAnalysis = analysis;
        return ++longRounds <= MAX_LONG_ROUNDS;
    }

    /// The message is decided.
    void longDone() {
        longAnalysis = null;
        longRounds = 0;
    }

    /// How the client is connected, as `TLSv1.3 TLS_AES_256_GCM_SHA384`.
    public void transport(String words) {
        transport = words;
    }

    String transport() {
        return transport;
    }

    /// When it is ended for its age.
    Instant endsAt() {
        return endsAt;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /// For BackendKeyData.
    public int processId() {
        return cancelKey.processId();
    }

    /// For BackendKeyData; as long as {@link NewSession#cancelSecretBytes} said.
    public byte[] cancelSecret() {
        return cancelKey.secret().clone();
    }

    /// `I`, `T` or `E`, as of the last ReadyForQuery.
    public char transactionStatus() {
        return transactionStatus;
    }

    /// The last value that the server reported, as for `client_encoding`.
    public @Nullable String parameter(String name) {
        var known = names.known(name);
        return known != null ? known : parameters.get(name);
    }

    // --- what the server says

    /// Every ParameterStatus that the server sends, from its first: keeps the lexing mode true.
    public void parameterStatus(String name, String value) {
        parameters.put(name, value);
        names.parameterStatus(name, value);
    }

    /// @throws IllegalStateException the server answered what nobody asked: end the session
    public void parseComplete() {
        if (!(unanswered.poll() instanceof Sent.Parse(var name, var statement)))
            throw new IllegalStateException("ParseComplete without Parse");
        statements.settle(name, statement);
    }

    /// @throws IllegalStateException the server answered what nobody asked: end the session
    public void bindComplete() {
        if (!(unanswered.poll() instanceof Sent.Bind(var name, var portal)))
            throw new IllegalStateException("BindComplete without Bind");
        var replaced = portals.settled(name);
        if (replaced != null) orphan(replaced);
        portals.settle(name, portal);
    }

    /// @throws IllegalStateException the server answered what nobody asked: end the session
    public void closeComplete() {
        switch (unanswered.poll()) {
            case Sent.CloseStatement(var name) -> statements.remove(name);
            case Sent.ClosePortal(var name) -> removePortals((n, _) -> n.equals(name));
            case null, default -> throw new IllegalStateException("CloseComplete without Close");
        }
    }

    /// Told after the failed statement's {@link QueryGuard#outcome}.
    ///
    /// @param skipsUntilSync the message that failed belongs to the extended protocol: the server
    ///   answers nothing up to the next Sync
    public void errorResponse(boolean skipsUntilSync) {
        if (!skipsUntilSync) return;
        while (unanswered.peek() != null && !(unanswered.peek() instanceof Sent.Sync))
            unanswered.remove();
    }

    /// ReadyForQuery: settles what the messages before it did.
    ///
    /// @param status `I`, `T` or `E`
    public void readyForQuery(char status) {
        transactionStatus = status;
        long upTo = -1;
        for (var sent = unanswered.poll(); sent != null; sent = unanswered.poll()) {
            long answered =
                    switch (sent) {
                        case Sent.Query(var last) -> last;
                        case Sent.Sync(var last) -> last;
                        case Sent.Parse _, Sent.Bind _, Sent.CloseStatement _, Sent.ClosePortal _ ->
                                -1;
                    };
            if (answered < 0) continue;
            statements.answeredUpTo(answered);
            portals.answeredUpTo(answered);
            upTo = answered;
            break;
        }
        if (status == 'I') transactionEnded(upTo);
        names.readyForQuery(status, unanswered.isEmpty() && !pipelineOpen);
    }

    private void transactionEnded(long answered) {
        openers.values().removeIf(opener -> opener.segment <= answered);
        if (openers.isEmpty()) tooManyOpeners = false;
        if (portals.size() == 0) return;
        // Cursors WITH HOLD stay. Which they are isn't known, so all that SQL declared are kept,
        // until they are too many: FETCH from a forgotten one is refused.
        boolean forget = portals.size() > maxHeld / 2;
        forgotCursors |= forget;
        removePortals((_, portal) -> !portal.bySql || forget);
    }

    private void removePortals(HeldNames.Filter<HeldPortal> filter) {
        portals.removeAll((name, portal) -> {
            if (!filter.matches(name, portal)) return false;
            orphan(portal);
            return true;
        });
    }

    /// The portal is gone: if nobody executed it, its outcome is due.
    private void orphan(HeldPortal portal) {
        var bound = portal.bound;
        portal.bound = null;
        if (bound != null && bound.outcomeOwed()) neverRan.accept(bound);
    }

    /// MySQL's COM_RESET_CONNECTION worked: nothing of the session is left but who it is of.
    public void connectionReset() {
        statements.removeAll((_, _) -> true);
        removePortals((_, _) -> true);
        names.connectionReset();
        purposeForgotten();
    }

    // --- what the protocol sends by itself

    /// Called before the gateway sends a simple Query of its own.
    public void ownQuery() {
        sentQuery();
    }

    /// Bytes of results released to the client, for the session's record and the metrics.
    public void addBytesToClient(long bytes) {
        bytesToClient += bytes;
    }

    public void addBytesFromClient(long bytes) {
        bytesFromClient += bytes;
    }

    long bytesToClient() {
        return bytesToClient;
    }

    long bytesFromClient() {
        return bytesFromClient;
    }

    // --- for the guard

    Subject subject() {
        return subject;
    }

    /// What conditions may read about the session, and the time.
    Circumstances circumstances() {
        return new Circumstances(
                Instant.now(),
                Circumstances.address(client),
                applicationName,
                purpose,
                secondFactorAt);
    }

    Standing standing() {
        return standing;
    }

    /// The person's roles or attributes changed.
    void subject(Subject changed) {
        subject = changed;
        standing = Standing.of(changed, purpose);
        roles = inOrder(changed.roles());
    }

    /// What the person said that the session is for.
    Purpose purpose() {
        return purpose;
    }

    /// What was decided for this session counts no more.
    void purpose(Purpose declared) {
        purpose = declared;
        standing = Standing.of(subject, declared);
        scope = id + " " + ++purposesDeclared;
    }

    /// The session is as it was at its start.
    void purposeForgotten() {
        if (!purpose.equals(firstPurpose)) purpose(firstPurpose);
    }

    /// Of decisions that hold for this session only: another one after each change of what they may
    /// depend on.
    String scope() {
        return scope;
    }

    /// The person's, in alphabetical order.
    List<String> roles() {
        return roles;
    }

    private static List<String> inOrder(Set<String> names) {
        return names.stream().sorted().toList();
    }

    SessionConnection connection() {
        return connection;
    }

    CancelKey cancelKey() {
        return cancelKey;
    }

    NameContext names() {
        return names;
    }

    void neverRan(Consumer<AuditedStatement> recorder) {
        neverRan = recorder;
    }

    Heard heard() {
        return heard;
    }

    void heard(Heard message) {
        heard = message;
    }

    long nextStatement() {
        return ++statementsNumbered;
    }

    long statementsNumbered() {
        return statementsNumbered;
    }

    /// Messages of the extended protocol were forwarded since the last Sync.
    boolean pipelineOpen() {
        return pipelineOpen;
    }

    void extendedMessage() {
        pipelineOpen = true;
    }

    void sentQuery() {
        unanswered.add(new Sent.Query(segment++));
        pipelineOpen = false;
    }

    void sentSync() {
        unanswered.add(new Sent.Sync(segment++));
        pipelineOpen = false;
    }

    boolean holdsTooMany() {
        return statements.size() >= maxHeld || portals.size() >= maxHeld;
    }

    /// @param segment of the message that ran it
    /// @param cursors as one for all that it may have opened
    private record Opener(long segment, HeldPortal cursors) {}

    /// A statement is forwarded that runs code which may open cursors. Theirs end with the
    /// transaction, since only a cursor that SQL declares can outlive it.
    void ranUnseenCode(Plan plan) {
        if (openers.size() >= maxHeld) tooManyOpeners = true;
        else openers.put(plan, new Opener(segment, HeldPortal.declaredBySql(plan)));
    }

    /// What may have opened a cursor that the session didn't declare; empty when nothing can have.
    List<HeldPortal> mayHaveOpened() {
        if (forgotCursors || tooManyOpeners) return List.of();
        return openers.values().stream().map(Opener::cursors).toList();
    }

    List<HeldStatement> statement(String name) {
        return statements.mayBe(name, segment);
    }

    List<HeldPortal> portal(String name) {
        return portals.mayBe(name, segment);
    }

    void sentParse(String name, HeldStatement statement) {
        pipelineOpen = true;
        statements.declare(name, statement, segment);
        unanswered.add(new Sent.Parse(name, statement));
    }

    void sentBind(String name, HeldPortal portal) {
        pipelineOpen = true;
        portals.declare(name, portal, segment);
        unanswered.add(new Sent.Bind(name, portal));
    }

    // A Close opens no transaction: what comes behind it can still be asked about. pgJDBC sends one
    // before the Bind of its next statement.
    void sentCloseStatement(String name) {
        unanswered.add(new Sent.CloseStatement(name));
    }

    void sentClosePortal(String name) {
        unanswered.add(new Sent.ClosePortal(name));
    }

    /// A name declared by SQL, as a part of the message that is about to be forwarded.
    void declare(String name, HeldStatement statement) {
        statements.declare(name, statement, segment);
    }

    void declare(String name, HeldPortal cursor) {
        portals.declare(name, cursor, segment);
    }

    void settle(String name, HeldStatement statement, boolean worked) {
        if (worked) statements.settle(name, statement);
        else statements.giveUp(name, statement);
    }

    void settle(String name, HeldPortal cursor, boolean worked) {
        if (worked) portals.settle(name, cursor);
        else portals.giveUp(name, cursor);
    }

    void deallocated(String name) {
        statements.remove(name);
    }

    void deallocatedAll() {
        statements.removeAll((_, _) -> true);
    }

    void cursorClosed(String name) {
        removePortals((n, _) -> n.equals(name));
    }

    void cursorsClosed() {
        forgotCursors = false;
        removePortals((_, _) -> true);
    }

    /// A statement begins or ends; the idle timer doesn't count while one runs.
    void running(int more) {
        // Only the loop writes it.
        running = Math.max(0, running + more);
        lastActivityNanos = System.nanoTime();
    }

    boolean idle() {
        return running == 0;
    }

    long idleNanos() {
        return running > 0 ? 0 : System.nanoTime() - lastActivityNanos;
    }

    @Override
    public String toString() {
        return "Session[" + id + " " + user() + "]";
    }
}
