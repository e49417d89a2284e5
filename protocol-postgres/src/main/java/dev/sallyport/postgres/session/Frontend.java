package dev.sallyport.postgres.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.LongAnalysis;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.postgres.codec.FrameLimits;
import dev.sallyport.postgres.codec.FrameReader;
import dev.sallyport.postgres.message.Bind;
import dev.sallyport.postgres.message.BindReader;
import dev.sallyport.postgres.message.BindValues;
import dev.sallyport.postgres.message.Close;
import dev.sallyport.postgres.message.CopyDone;
import dev.sallyport.postgres.message.CopyFail;
import dev.sallyport.postgres.message.Describe;
import dev.sallyport.postgres.message.Execute;
import dev.sallyport.postgres.message.Flush;
import dev.sallyport.postgres.message.FrontendMessage;
import dev.sallyport.postgres.message.FrontendType;
import dev.sallyport.postgres.message.Parse;
import dev.sallyport.postgres.message.ProtocolViolation;
import dev.sallyport.postgres.message.Query;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.Sync;
import dev.sallyport.postgres.message.Target;
import dev.sallyport.postgres.message.Terminate;
import dev.sallyport.postgres.message.TransactionStatus;
import dev.sallyport.postgres.session.Awaited.Binding;
import dev.sallyport.postgres.session.Awaited.Closing;
import dev.sallyport.postgres.session.Awaited.DeniedMessage;
import dev.sallyport.postgres.session.Awaited.DeniedQuery;
import dev.sallyport.postgres.session.Awaited.Execution;
import dev.sallyport.postgres.session.Awaited.PortalDescription;
import dev.sallyport.postgres.session.Awaited.Preparation;
import dev.sallyport.postgres.session.Awaited.Probe;
import dev.sallyport.postgres.session.Awaited.Running;
import dev.sallyport.postgres.session.Awaited.SimpleQuery;
import dev.sallyport.postgres.session.Awaited.StatementDescription;
import dev.sallyport.postgres.session.Awaited.Synchronization;
import dev.sallyport.postgres.session.FrontendState.Between;
import dev.sallyport.postgres.session.FrontendState.CopyingIn;
import dev.sallyport.postgres.session.FrontendState.Ended;
import dev.sallyport.postgres.session.FrontendState.InBatch;
import dev.sallyport.postgres.session.FrontendState.Skipping;
import dev.sallyport.postgres.session.Hold.UntilAnalysed;
import dev.sallyport.postgres.session.Hold.UntilAnswered;
import dev.sallyport.postgres.session.Hold.UntilAtRest;
import dev.sallyport.postgres.session.Hold.UntilCancelled;
import dev.sallyport.postgres.session.Hold.UntilCopyAnswered;
import dev.sallyport.postgres.session.Hold.UntilDurable;
import dev.sallyport.postgres.session.Hold.UntilTruth;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.rewrite.RewrittenText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the client sends, message by message: each is put to the guard and goes upstream byte for
/// byte as it came, with another text where masks or row filters apply, or is denied in its place.
///
/// **Denial in place.** The client takes a denial for an error of the server's, so the server has
/// to be in the state that such an error leaves: a transaction failed, an implicit one rolled back
/// at its Sync, the rest of a pipeline ignored. Therefore something that is sure to fail goes
/// upstream in the denied message's place, and the denial replaces the server's error where that
/// comes out. Only a Query outside of any transaction, with nothing before it unanswered, is
/// answered here: there is nothing that could have to fail.
final class Frontend {
    /// No statement in any dialect or setting: a syntax error, raised before the server looks at
    /// anything else, also in a failed transaction. Readable, since it shows up in the server's
    /// log.
    static final SqlText SURE_TO_FAIL = new SqlText("sallyport denied this statement");

    private static final SqlText NOTHING = new SqlText("");

    /// Name for a Parse of ours, which never comes to be; the unnamed statement stays untouched.
    private static final String NEVER_PREPARED = "sallyport_denied";

    /// PostgreSQL's NAMEDATALEN - 1: it cuts names of statements and portals there without a word,
    /// so that two names could mean one statement.
    private static final int MAX_NAME_BYTES = 63;

    /// Longer Binds go up as they come.
    private static final int STREAMED_BIND_BYTES = 64 * 1024;

    /// What is read of a client whose messages are on hold.
    private static final int MAX_WAITING_BYTES = 64 * 1024;

    /// The guard asks for one thing at a time, but not for ever.
    private static final int MAX_TRUTH_ROUNDS = 4;

    private static final int BEFORE_THIS_CHUNK = -1;

    private static final FrameLimits LIMITS = FrameLimits.client(FrameLimits.LARGE_BYTES);

    /// A message that has come, as a whole or as far as it takes to decide.
    ///
    /// @param body owned
    /// @param bodyLength of the message; more than `body` has if the rest is to be passed on as it
    ///   comes
    record Frame(FrontendType type, ByteBuf body, int bodyLength) {
        boolean isWhole() {
            return body.readableBytes() == bodyLength;
        }
    }

    private enum Passage {
        /// Looked at when all of it is there.
        WHOLE,
        /// A long Bind: looked at when its names are there.
        LONG_BIND,
        /// Goes up as it comes.
        STREAM,
        /// Goes nowhere.
        DROP
    }

    private final PostgresSession session;
    private final Enforcement enforcement;
    private final Replies replies;
    private final ReleaseQueue release;
    private final Channel upstream;
    private final long maxStatementBytes;
    private final long maxMessageBytes;
    private final FrameReader frames = FrameReader.typed(LIMITS);

    private FrontendState state = FrontendState.BETWEEN;
    private @Nullable Hold hold;

    /// Of the message whose body is being consumed.
    private Passage passage = Passage.WHOLE;

    private @Nullable BindReader bindReader;
    private @Nullable ByteBuf bindPrefix;

    /// What has come and isn't consumed; null when there is nothing.
    private @Nullable ByteBuf in;

    private int runStart;
    private int truthRounds;
    private boolean unflushed;
    private boolean flushDemanded;

    Frontend(
            PostgresSession session,
            Enforcement enforcement,
            Replies replies,
            ReleaseQueue release,
            Channel upstream,
            long maxStatementBytes,
            long maxMessageBytes) {
        this.session = session;
        this.enforcement = enforcement;
        this.replies = replies;
        this.release = release;
        this.upstream = upstream;
        this.maxStatementBytes = maxStatementBytes;
        this.maxMessageBytes = maxMessageBytes;
    }

    /// Takes ownership of `bytes`.
    ///
    /// @throws ProtocolViolation the client sent what it must not: the session can't go on
    void read(ByteBuf bytes) {
        enforcement.addBytesFromClient(bytes.readableBytes());
        ByteBuf before = in;
        in =
                before == null
                        ? bytes
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                                bytes.alloc(), before, bytes);
        process();
    }

    /// Called when something has changed that messages on hold may wait for.
    void resume() {
        switch (hold) {
            case null -> {}
            case UntilDurable _ -> {}
            case UntilAtRest(Frame frame) -> {
                if (replies.isEmpty()) again(frame);
            }
            case UntilTruth(Frame frame) -> {
                if (replies.isEmpty()) again(frame);
            }
            case UntilAnalysed(Frame frame, LongAnalysis analysis) -> {
                if (analysis.isDone()) again(frame);
            }
            case UntilCopyAnswered() -> {
                if (!replies.expectsCopyIn()) hold = null;
            }
            case UntilCancelled(Frame frame) -> {
                if (!session.isCancelling()) again(frame);
            }
            case UntilAnswered() -> {
                if (replies.isEmpty() && !session.isCancelling()) hold = null;
            }
        }
        process();
        flush();
    }

    /// Sends on what has been written upstream, unless more is sure to follow within moments.
    void flush() {
        if (!unflushed || hold instanceof UntilDurable && !flushDemanded) return;
        unflushed = false;
        flushDemanded = false;
        upstream.flush();
    }

    boolean wantsToRead() {
        ByteBuf waiting = in;
        return upstream.isWritable()
                && !replies.areMany()
                && (hold == null || waiting == null || waiting.readableBytes() < MAX_WAITING_BYTES);
    }

    /// Nothing of the client's is unfinished: no message on hold, no batch without its Sync.
    boolean isAtRest() {
        return hold == null && state instanceof Between && replies.isEmpty();
    }

    /// Whether a message of the gateway's could be written upstream now.
    boolean isAtBoundary() {
        return !(frames.inBody() && passage == Passage.STREAM);
    }

    /// The server answered COPY FROM STDIN and now reads its data.
    void copyInBegins(boolean extended) {
        if (state instanceof Ended) return;
        state = new CopyingIn(extended ? FrontendState.IN_BATCH : FrontendState.BETWEEN, false);
        hold = null;
    }

    /// The server failed a Query.
    void queryFailed() {
        if (state instanceof CopyingIn(Between then, _)) state = then;
    }

    /// The server failed a message of a batch whose Sync has not been sent.
    void batchFailed() {
        if (state instanceof Ended) return;
        Hold dropped = hold;
        hold = null;
        if (dropped != null) release(dropped);
        if (state instanceof CopyingIn copying && copying.syncIgnored()) {
            write(encode(new Sync()));
            sync();
        } else {
            state = FrontendState.SKIPPING;
        }
    }

    /// Statements whose message never went up end as skipped; what is kept is released.
    void end() {
        state = FrontendState.ENDED;
        Hold dropped = hold;
        hold = null;
        if (dropped != null) release(dropped);
        ByteBuf waiting = in;
        in = null;
        if (waiting != null) waiting.release();
        dropBindPrefix();
        frames.close();
    }

    private void process() {
        ByteBuf bytes = in;
        if (bytes == null) return;
        runStart = bytes.readerIndex();
        while (hold == null
                && !session.isOver()
                && (frames.inBody() ? body(bytes, BEFORE_THIS_CHUNK) : message(bytes))) {}
        // The session may have ended on the way.
        if (in != bytes) return;
        endRun(bytes.readerIndex());
        if (!bytes.isReadable()) {
            in = null;
            bytes.release();
        }
    }

    /// @return whether there may be more in the chunk
    private boolean message(ByteBuf bytes) {
        int start = frames.inMessage() ? BEFORE_THIS_CHUNK : bytes.readerIndex();
        if (!frames.readHeader(bytes)) {
            leaveRun(start);
            return false;
        }
        bindReader = null;
        FrontendType type = FrontendType.of(frames.type());
        passage = passage(type, frames.bodyLength(), start);
        return switch (passage) {
            case WHOLE -> body(bytes, start);
            case LONG_BIND -> {
                leaveRun(start);
                bindReader = new BindReader(frames.bodyLength(), session.encoding());
                bindPrefix = bytes.alloc().buffer(Math.max(256, bytes.readableBytes()));
                yield body(bytes, BEFORE_THIS_CHUNK);
            }
            case STREAM -> {
                if (start == BEFORE_THIS_CHUNK) {
                    ByteBuf header = bytes.alloc().buffer(FrameReader.HEADER_BYTES);
                    frames.writeHeader(header);
                    write(header);
                    runStart = bytes.readerIndex();
                }
                yield body(bytes, start);
            }
            case DROP -> {
                leaveRun(start);
                yield body(bytes, BEFORE_THIS_CHUNK);
            }
        };
    }

    private boolean body(ByteBuf bytes, int start) {
        switch (passage) {
            case WHOLE -> {
                ByteBuf body = frames.readBody(bytes);
                if (body == null) {
                    leaveRun(start);
                    return false;
                }
                Frame frame = new Frame(FrontendType.of(frames.type()), body, frames.bodyLength());
                handle(frame, start);
            }
            case LONG_BIND -> {
                longBind(bytes);
            }
            case STREAM -> {
                int from = bytes.readerIndex();
                int count = frames.skipBody(bytes);
                BindReader reader = bindReader;
                if (reader != null) {
                    reader.read(bytes.slice(from, count));
                    if (!frames.inBody()) {
                        reader.end();
                        bindReader = null;
                    }
                }
            }
            case DROP -> {
                frames.skipBody(bytes);
                runStart = bytes.readerIndex();
            }
        }
        return bytes.isReadable();
    }

    private void longBind(ByteBuf bytes) {
        BindReader reader = bindReader;
        ByteBuf prefix = bindPrefix;
        if (reader == null || prefix == null) throw new IllegalStateException();
        int from = bytes.readerIndex();
        int count = frames.skipBody(bytes);
        runStart = bytes.readerIndex();
        prefix.writeBytes(bytes, from, count);
        reader.read(bytes.slice(from, count));
        if (!frames.inBody()) {
            reader.end();
            bindReader = null;
        }
        if (!reader.hasBind()) return;
        // What is kept of the values must not hang on how they came.
        if (frames.inBody()
                && enforcement.wantsValues()
                && prefix.readableBytes() < STREAMED_BIND_BYTES) return;
        bindPrefix = null;
        // Until it's decided, nothing more of it is read; then it goes on from here.
        passage = Passage.DROP;
        handle(new Frame(FrontendType.BIND, prefix, frames.bodyLength()), BEFORE_THIS_CHUNK);
    }

    /// How a message is taken whose header has come. Messages that need no body to be refused are.
    ///
    /// @throws ProtocolViolation it must not come now
    private Passage passage(FrontendType type, int bodyLength, int start) {
        return switch (state) {
            case Between _, InBatch _ ->
                    switch (type) {
                        case QUERY, PARSE -> {
                            if (bodyLength <= maxStatementBytes) yield Passage.WHOLE;
                            tooLong(type, start);
                            yield Passage.DROP;
                        }
                        case FUNCTION_CALL -> {
                            leaveRun(start);
                            denied(
                                    enforcement.refuse(Refusal.FUNCTION_CALL, word(type)),
                                    type,
                                    NEVER_PREPARED);
                            yield Passage.DROP;
                        }
                        case BIND -> {
                            if (bodyLength <= STREAMED_BIND_BYTES) yield Passage.WHOLE;
                            if (bodyLength <= maxMessageBytes) yield Passage.LONG_BIND;
                            tooLong(type, start);
                            yield Passage.DROP;
                        }
                        case DESCRIBE, EXECUTE, CLOSE, FLUSH, SYNC, TERMINATE -> Passage.WHOLE;
                        // The rest of a COPY that has failed; a server ignores it, too.
                        case COPY_DATA, COPY_DONE, COPY_FAIL -> Passage.DROP;
                        case AUTHENTICATION_RESPONSE -> throw outOfPlace(type);
                    };
            case Skipping _ ->
                    switch (type) {
                        case SYNC, TERMINATE -> Passage.WHOLE;
                        case QUERY,
                                PARSE,
                                BIND,
                                DESCRIBE,
                                EXECUTE,
                                CLOSE,
                                FLUSH,
                                FUNCTION_CALL,
                                COPY_DATA,
                                COPY_DONE,
                                COPY_FAIL ->
                                Passage.DROP;
                        case AUTHENTICATION_RESPONSE -> throw outOfPlace(type);
                    };
            case CopyingIn _ ->
                    switch (type) {
                        case COPY_DATA -> {
                            syncIgnored(false);
                            yield Passage.STREAM;
                        }
                        case COPY_DONE, COPY_FAIL, FLUSH, SYNC, TERMINATE -> Passage.WHOLE;
                        case QUERY,
                                PARSE,
                                BIND,
                                DESCRIBE,
                                EXECUTE,
                                CLOSE,
                                FUNCTION_CALL,
                                AUTHENTICATION_RESPONSE ->
                                throw outOfPlace(type);
                    };
            case Ended _ -> Passage.DROP;
        };
    }

    /// Takes ownership of `frame`.
    private void handle(Frame frame, int start) {
        switch (state) {
            case Between _, InBatch _ -> accept(frame, start);
            case Skipping _ -> skip(frame, start);
            case CopyingIn copying -> copy(copying, frame, start);
            case Ended _ -> drop(frame, start);
        }
    }

    private void accept(Frame frame, int start) {
        switch (frame.type) {
            case QUERY, PARSE, BIND, EXECUTE, DESCRIBE, CLOSE -> {
                if (state instanceof Between && session.isCancelling()) {
                    holdBack(new UntilCancelled(frame), start);
                } else {
                    statement(frame, start);
                }
            }
            case FLUSH -> {
                Flush _ = decode(frame, Flush.class);
                enforcement.otherExtendedMessage();
                forward(frame, start);
                state = FrontendState.IN_BATCH;
                flushDemanded = true;
            }
            case SYNC -> forwardSync(frame, start);
            case TERMINATE -> terminate(frame, start);
            case COPY_DATA, COPY_DONE, COPY_FAIL -> drop(frame, start);
            case FUNCTION_CALL, AUTHENTICATION_RESPONSE -> violate(frame);
        }
    }

    private void skip(Frame frame, int start) {
        switch (frame.type) {
            case SYNC -> forwardSync(frame, start);
            case TERMINATE -> terminate(frame, start);
            case QUERY,
                    PARSE,
                    BIND,
                    DESCRIBE,
                    EXECUTE,
                    CLOSE,
                    FLUSH,
                    FUNCTION_CALL,
                    COPY_DATA,
                    COPY_DONE,
                    COPY_FAIL ->
                    drop(frame, start);
            case AUTHENTICATION_RESPONSE -> violate(frame);
        }
    }

    private void copy(CopyingIn copying, Frame frame, int start) {
        switch (frame.type) {
            case COPY_DONE -> {
                CopyDone _ = decode(frame, CopyDone.class);
                endCopy(copying, frame, start);
            }
            case COPY_FAIL -> {
                checkCopyFail(frame);
                endCopy(copying, frame, start);
            }
            case SYNC -> {
                Sync _ = decode(frame, Sync.class);
                syncIgnored(true);
                drop(frame, start);
            }
            case FLUSH -> {
                Flush _ = decode(frame, Flush.class);
                drop(frame, start);
            }
            case TERMINATE -> terminate(frame, start);
            case QUERY,
                    PARSE,
                    BIND,
                    DESCRIBE,
                    EXECUTE,
                    CLOSE,
                    FUNCTION_CALL,
                    COPY_DATA,
                    AUTHENTICATION_RESPONSE ->
                    violate(frame);
        }
    }

    /// A message that was on hold, put to the guard once more.
    private void again(Frame frame) {
        hold = null;
        handle(frame, BEFORE_THIS_CHUNK);
    }

    private void statement(Frame frame, int start) {
        switch (decodeOrNull(frame)) {
            case null ->
                    apply(enforcement.refuse(Refusal.ENCODING, word(frame.type)), frame, start, "");
            case Query query -> apply(enforcement.simpleQuery(query.sql()), frame, start, "");
            case Parse parse -> {
                String name = parse.statement();
                if (isTooLong(name)) {
                    refuseName(frame, start);
                } else {
                    apply(
                            enforcement.parse(name, parse.sql(), oids(parse.parameterTypes())),
                            frame,
                            start,
                            name);
                }
            }
            case Bind bind -> {
                if (isTooLong(bind.portal()) || isTooLong(bind.statement())) {
                    refuseName(frame, start);
                } else {
                    apply(
                            enforcement.bind(bind.portal(), bind.statement(), values(bind, frame)),
                            frame,
                            start,
                            "");
                }
            }
            case Execute execute -> {
                if (isTooLong(execute.portal())) {
                    refuseName(frame, start);
                } else {
                    // PostgreSQL takes a negative limit as none.
                    long maxRows = Math.max(0, execute.maxRows());
                    apply(enforcement.execute(execute.portal(), maxRows), frame, start, "");
                }
            }
            case Describe describe -> {
                if (isTooLong(describe.name())) {
                    refuseName(frame, start);
                } else {
                    switch (describe.target()) {
                        case STATEMENT ->
                                apply(
                                        enforcement.describeStatement(describe.name()),
                                        frame,
                                        start,
                                        "");
                        case PORTAL -> {
                            PortalDescription description = new PortalDescription();
                            description.own = enforcement.describePortal(describe.name());
                            replies.await(description);
                            forward(frame, start);
                            state = FrontendState.IN_BATCH;
                        }
                    }
                }
            }
            case Close close -> {
                if (isTooLong(close.name())) {
                    refuseName(frame, start);
                } else {
                    switch (close.target()) {
                        case STATEMENT -> enforcement.closeStatement(close.name());
                        case PORTAL -> enforcement.closePortal(close.name());
                    }
                    replies.await(new Closing(false));
                    forward(frame, start);
                }
            }
            case FrontendMessage _ -> violate(frame);
        }
    }

    private void apply(Verdict verdict, Frame frame, int start, String parsedName) {
        switch (verdict) {
            case Verdict.Permit permit -> {
                truthRounds = 0;
                List<Awaited> awaited = awaited(permit, frame.type);
                if (permit.own() != null
                        && (frame.type == FrontendType.QUERY || frame.type == FrontendType.PARSE)) {
                    frame = emptied(frame, parsedName, start);
                    start = BEFORE_THIS_CHUNK;
                }
                RewrittenText text = permit.text();
                if (text != null
                        && (frame.type == FrontendType.QUERY || frame.type == FrontendType.PARSE)) {
                    frame = rewritten(frame, text, start);
                    start = BEFORE_THIS_CHUNK;
                }
                if (permit.waitBeforeForwarding() && !enforcement.isDurable(permit.ticket())) {
                    UntilDurable waiting = new UntilDurable(frame, awaited);
                    holdBack(waiting, start);
                    enforcement.whenDurable(
                            permit.ticket(), () -> durable(waiting), session::auditFailed);
                } else {
                    permitted(frame, awaited, start);
                }
            }
            case Verdict.Deny deny -> {
                truthRounds = 0;
                drop(frame, start);
                denied(deny, frame.type, parsedName.isEmpty() ? nameFor(frame) : parsedName);
            }
            case Verdict.NeedsTime(var analysis) -> {
                holdBack(new UntilAnalysed(frame, analysis), start);
                enforcement.analyse(analysis, session::frontendAdvanced);
            }
            case Verdict.NeedsTruth(var truth) -> {
                if (!(state instanceof Between)
                        || truthRounds >= MAX_TRUTH_ROUNDS
                        || replies.isEmpty() && enforcement.transactionStatus() == 'E') {
                    // Asking would end the client's implicit transaction, or can't help.
                    drop(frame, start);
                    denied(
                            enforcement.refuse(Refusal.STALE_CONTEXT, word(frame.type)),
                            frame.type,
                            parsedName.isEmpty() ? nameFor(frame) : parsedName);
                } else if (replies.isEmpty()) {
                    truthRounds++;
                    holdBack(new UntilTruth(frame), start);
                    enforcement.ownQuery();
                    replies.await(new Probe(truth));
                    ByteBuf query = upstream.alloc().buffer();
                    new Query(new SqlText(truth.sql())).encode(query, session.encoding());
                    write(query);
                } else {
                    holdBack(new UntilAtRest(frame), start);
                    if (replies.endWithClose()) {
                        // Nothing makes the server answer it: no Sync need come.
                        write(encodeFlush());
                        flushDemanded = true;
                    }
                }
            }
        }
    }

    /// A Parse of ours in place of a denied one for the unnamed statement must be for that one,
    /// too: a server drops what had that name.
    private static String nameFor(Frame frame) {
        return frame.type == FrontendType.PARSE ? "" : NEVER_PREPARED;
    }

    /// The message without a statement: of what the gateway answers itself the server sees nothing.
    private Frame emptied(Frame frame, String parsedName, int start) {
        ByteBuf message = upstream.alloc().buffer();
        if (frame.type == FrontendType.QUERY) {
            new Query(NOTHING).encode(message, session.encoding());
        } else {
            new Parse(parsedName, NOTHING, List.of()).encode(message, session.encoding());
        }
        message.skipBytes(FrameReader.HEADER_BYTES);
        FrontendType type = frame.type;
        drop(frame, start);
        return new Frame(type, message, message.readableBytes());
    }

    /// The message with the text that was permitted in place of the client's.
    private Frame rewritten(Frame frame, RewrittenText text, int start) {
        ByteBuf message = upstream.alloc().buffer();
        try {
            switch (decodeOrNull(frame)) {
                case Query _ -> new Query(text.text()).encode(message, session.encoding());
                case Parse parse ->
                        new Parse(parse.statement(), text.text(), parse.parameterTypes())
                                .encode(message, session.encoding());
                case null, default -> throw new IllegalStateException("no text in it");
            }
        } catch (IllegalArgumentException e) {
            // A column has a name that can't be said in the session's encoding.
            message.release();
            drop(frame, start);
            throw new ProtocolViolation(
                    ProtocolViolation.INVALID_ENCODING,
                    "the statement as permitted can't be said in the session's encoding");
        }
        message.skipBytes(FrameReader.HEADER_BYTES);
        FrontendType type = frame.type;
        drop(frame, start);
        return new Frame(type, message, message.readableBytes());
    }

    private static List<Awaited> awaited(Verdict.Permit permit, FrontendType type) {
        List<Awaited> awaited = answersTo(permit, type);
        for (Awaited next : awaited) {
            next.text = permit.text();
            next.governed = permit.governed();
            next.own = permit.own();
        }
        return awaited;
    }

    private static List<Awaited> answersTo(Verdict.Permit permit, FrontendType type) {
        List<AuditedStatement> statements = permit.statements();
        long ticket = permit.ticket();
        return switch (type) {
            case QUERY -> {
                SimpleQuery query = new SimpleQuery(statements, ticket);
                query.stepwise =
                        permit.waitBeforeForwarding()
                                && statements.size() == 1
                                && query.isLimited();
                yield List.of(query);
            }
            case PARSE -> List.of(new Preparation(ticket));
            case BIND -> List.of(new Binding(statements, ticket));
            case EXECUTE -> List.of(new Execution(statements.getFirst(), ticket));
            case DESCRIBE -> List.of(new StatementDescription());
            case CLOSE,
                    FLUSH,
                    SYNC,
                    TERMINATE,
                    FUNCTION_CALL,
                    COPY_DATA,
                    COPY_DONE,
                    COPY_FAIL,
                    AUTHENTICATION_RESPONSE ->
                    throw new IllegalStateException("not put to the guard: " + type);
        };
    }

    private void durable(UntilDurable waiting) {
        // The message may have been dropped meanwhile.
        if (hold != waiting) return;
        hold = null;
        permitted(waiting.frame(), waiting.awaited(), BEFORE_THIS_CHUNK);
        session.frontendAdvanced();
    }

    private void permitted(Frame frame, List<Awaited> awaited, int start) {
        for (Awaited next : awaited) replies.await(next);
        FrontendType type = frame.type;
        state = type == FrontendType.QUERY ? FrontendState.BETWEEN : FrontendState.IN_BATCH;
        if (awaited.getLast() instanceof Running running && running.isLimited()) {
            limited(running, frame, start);
            return;
        }
        forward(frame, start);
        if (replies.expectsCopyIn()) hold = new UntilCopyAnswered();
    }

    /// Nothing goes up behind it before it is known how it ended.
    private void limited(Running running, Frame frame, int start) {
        switch (running) {
            case SimpleQuery query -> {
                if (query.stepwise) runStepwise(frame, start);
                else forward(frame, start);
            }
            case Execution _ -> {
                // A server keeps its answers until a Flush or Sync: what was before is out of the
                // way when the statement begins, and its own answer comes when it is done.
                leaveRun(start);
                write(encodeFlush());
                forward(frame, BEFORE_THIS_CHUNK);
                write(encodeFlush());
                flushDemanded = true;
            }
        }
        hold = new UntilAnswered();
    }

    private ByteBuf encodeFlush() {
        ByteBuf flush = upstream.alloc().buffer(FrameReader.HEADER_BYTES);
        new Flush().encode(flush);
        return flush;
    }

    /// A Query that changes something, by messages of the extended protocol up to, but without, its
    /// Sync: what it did is undone if its result comes to a limit. It uses the unnamed statement
    /// and portal, which a Query would destroy.
    private void runStepwise(Frame frame, int start) {
        if (!(decodeOrNull(frame) instanceof Query query)) throw new IllegalStateException();
        drop(frame, start);
        ByteBuf messages = upstream.alloc().buffer();
        new Parse("", query.sql(), List.of()).encode(messages, session.encoding());
        messages.writeByte(FrontendType.BIND.code()).writeInt(12).writeZero(8);
        new Describe(Target.PORTAL, "").encode(messages, session.encoding());
        new Execute("", 0).encode(messages, session.encoding());
        new Flush().encode(messages);
        write(messages);
        flushDemanded = true;
    }

    /// The statement is done, or has failed.
    void commitStepwise() {
        ByteBuf messages = upstream.alloc().buffer();
        new Sync().encode(messages);
        new Close(Target.PORTAL, "").encode(messages, session.encoding());
        new Close(Target.STATEMENT, "").encode(messages, session.encoding());
        new Flush().encode(messages);
        write(messages);
        replies.await(new Closing(true));
        replies.await(new Closing(true));
        flushDemanded = true;
    }

    /// The statement is done, and must not be: its error makes the Sync take it back.
    void failStepwise() {
        ByteBuf parse = upstream.alloc().buffer();
        new Parse(NEVER_PREPARED, SURE_TO_FAIL, List.of()).encode(parse, session.encoding());
        write(parse);
        write(encodeFlush());
        flushDemanded = true;
    }

    /// An Execute is done, and must not be. Nothing behind it has gone up.
    void failBatch(Denial denial, long ticket) {
        ByteBuf parse = upstream.alloc().buffer();
        new Parse(NEVER_PREPARED, SURE_TO_FAIL, List.of()).encode(parse, session.encoding());
        write(parse);
        replies.await(new DeniedMessage(denial, ticket));
        flushDemanded = true;
    }

    /// A Query is done within a transaction, and must not be.
    void failQuery(Denial denial, long ticket) {
        ByteBuf query = upstream.alloc().buffer();
        new Query(SURE_TO_FAIL).encode(query, session.encoding());
        write(query);
        enforcement.ownQuery();
        replies.await(new DeniedQuery(denial, ticket));
        flushDemanded = true;
    }

    private void denied(Verdict.Deny deny, FrontendType type, String parseName) {
        Denial denial = deny.denial();
        boolean simple = type == FrontendType.QUERY || type == FrontendType.FUNCTION_CALL;
        if (!simple) {
            ByteBuf parse = upstream.alloc().buffer();
            new Parse(parseName, SURE_TO_FAIL, List.of()).encode(parse, session.encoding());
            write(parse);
            replies.await(new DeniedMessage(denial, deny.ticket()));
            state = FrontendState.SKIPPING;
            // The client may wait for the error before it sends its Sync.
            flushDemanded = true;
            return;
        }
        char status = enforcement.transactionStatus();
        if (state instanceof Between && replies.isEmpty() && status != 'T') {
            release.require(deny.ticket());
            release.send(session.encode(denial), true);
            ByteBuf ready = upstream.alloc().buffer();
            new ReadyForQuery(status == 'E' ? TransactionStatus.FAILED : TransactionStatus.IDLE)
                    .encode(ready, session.encoding());
            release.send(ready, true);
            session.answeredLocally();
        } else {
            ByteBuf query = upstream.alloc().buffer();
            new Query(SURE_TO_FAIL).encode(query, session.encoding());
            write(query);
            enforcement.ownQuery();
            replies.await(new DeniedQuery(denial, deny.ticket()));
        }
        state = FrontendState.BETWEEN;
    }

    private void tooLong(FrontendType type, int start) {
        leaveRun(start);
        denied(enforcement.refuse(Refusal.TOO_LONG, word(type)), type, NEVER_PREPARED);
    }

    private void refuseName(Frame frame, int start) {
        drop(frame, start);
        denied(
                enforcement.refuse(Refusal.NAME_TOO_LONG, word(frame.type)),
                frame.type,
                NEVER_PREPARED);
    }

    private void forwardSync(Frame frame, int start) {
        Sync _ = decode(frame, Sync.class);
        forward(frame, start);
        sync();
    }

    private void sync() {
        enforcement.syncReached();
        replies.await(new Synchronization());
        state = FrontendState.BETWEEN;
    }

    private void terminate(Frame frame, int start) {
        Terminate _ = decode(frame, Terminate.class);
        drop(frame, start);
        session.clientSaidGoodbye();
    }

    private void endCopy(CopyingIn copying, Frame frame, int start) {
        forward(frame, start);
        state = copying.then();
        // The text may have another COPY FROM STDIN.
        if (replies.expectsCopyIn()) hold = new UntilCopyAnswered();
    }

    private void syncIgnored(boolean ignored) {
        if (state instanceof CopyingIn copying && copying.syncIgnored() != ignored) {
            state = new CopyingIn(copying.then(), ignored);
        }
    }

    private void checkCopyFail(Frame frame) {
        try {
            CopyFail _ = decode(frame, CopyFail.class);
        } catch (ProtocolViolation e) {
            // Its reason is for the server's log only.
            if (!e.sqlState().equals(ProtocolViolation.INVALID_ENCODING)) throw e;
        }
    }

    /// Upstream, as it came: as part of the run if it lies in this chunk.
    private void forward(Frame frame, int start) {
        if (start != BEFORE_THIS_CHUNK) {
            unflushed = true;
            frame.body.release();
            return;
        }
        ByteBuf header = upstream.alloc().buffer(FrameReader.HEADER_BYTES);
        header.writeByte(frame.type.code()).writeInt(frame.bodyLength + 4);
        if (!frame.isWhole()) passage = Passage.STREAM;
        write(header);
        write(frame.body);
        leaveRun(BEFORE_THIS_CHUNK);
    }

    private void drop(Frame frame, int start) {
        leaveRun(start);
        frame.body.release();
    }

    private void holdBack(Hold next, int start) {
        leaveRun(start);
        hold = next;
    }

    private void release(Hold dropped) {
        switch (dropped) {
            case UntilDurable(Frame frame, List<Awaited> awaited) -> {
                frame.body.release();
                for (Awaited never : awaited) neverRan(never);
            }
            case UntilAtRest(Frame frame) -> frame.body.release();
            case UntilTruth(Frame frame) -> frame.body.release();
            case UntilAnalysed(Frame frame, _) -> frame.body.release();
            case UntilCancelled(Frame frame) -> frame.body.release();
            case UntilCopyAnswered() -> {}
            case UntilAnswered() -> {}
        }
    }

    private void neverRan(Awaited never) {
        List<AuditedStatement> statements =
                switch (never) {
                    case SimpleQuery query -> query.statements;
                    case Execution execution -> List.of(execution.statement);
                    case Binding binding -> binding.statements;
                    case Preparation _,
                            StatementDescription _,
                            PortalDescription _,
                            Closing _,
                            Synchronization _,
                            DeniedMessage _,
                            DeniedQuery _,
                            Probe _ ->
                            List.of();
                };
        for (AuditedStatement statement : statements) {
            long _ = enforcement.outcome(statement, Outcome.skipped());
        }
    }

    private void dropBindPrefix() {
        ByteBuf prefix = bindPrefix;
        bindPrefix = null;
        if (prefix != null) prefix.release();
    }

    /// What has been read before the current message goes up; the message itself doesn't go with
    /// it.
    private void leaveRun(int start) {
        ByteBuf bytes = in;
        if (bytes == null) return;
        if (start != BEFORE_THIS_CHUNK) endRun(start);
        runStart = bytes.readerIndex();
    }

    private void endRun(int end) {
        ByteBuf bytes = in;
        if (bytes == null || end <= runStart) return;
        ByteBuf run = bytes.retainedSlice(runStart, end - runStart);
        runStart = end;
        unflushed = true;
        upstream.write(run, upstream.voidPromise());
    }

    /// Takes ownership of `message`. What has been read and permitted before has to have gone.
    private void write(ByteBuf message) {
        unflushed = true;
        upstream.write(message, upstream.voidPromise());
    }

    private ByteBuf encode(Sync sync) {
        ByteBuf message = upstream.alloc().buffer(FrameReader.HEADER_BYTES);
        sync.encode(message);
        return message;
    }

    private <M extends FrontendMessage> M decode(Frame frame, Class<M> message) {
        try {
            return message.cast(
                    FrontendMessage.decode(frame.type, frame.body.duplicate(), session.encoding()));
        } catch (ProtocolViolation e) {
            frame.body.release();
            throw e;
        }
    }

    /// @return null if its text isn't valid in the session's encoding
    private @Nullable FrontendMessage decodeOrNull(Frame frame) {
        try {
            if (frame.isWhole()) {
                return FrontendMessage.decode(
                        frame.type, frame.body.duplicate(), session.encoding());
            }
            BindReader reader = new BindReader(frame.bodyLength, session.encoding());
            reader.read(frame.body.duplicate());
            return reader.bind();
        } catch (ProtocolViolation e) {
            if (e.sqlState().equals(ProtocolViolation.INVALID_ENCODING)) return null;
            frame.body.release();
            throw e;
        }
    }

    private BoundValues values(Bind bind, Frame frame) {
        if (bind.parameterCount() == 0 || !enforcement.wantsValues())
            return BoundValues.unread(bind.parameterCount());
        ByteBuf body =
                frame.body.slice(
                        frame.body.readerIndex(),
                        Math.min(frame.body.readableBytes(), STREAMED_BIND_BYTES));
        return new BoundValues(
                bind.parameterCount(), BindValues.read(body, bind, session.encoding()));
    }

    private static boolean isTooLong(String name) {
        return name.length() * 3 > MAX_NAME_BYTES
                && name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES;
    }

    private static int[] oids(List<Integer> types) {
        int[] oids = new int[types.size()];
        for (int i = 0; i < oids.length; i++) oids[i] = types.get(i);
        return oids;
    }

    /// The message's name in the manual.
    private static String word(FrontendType type) {
        return switch (type) {
            case BIND -> "Bind";
            case CLOSE -> "Close";
            case COPY_DATA -> "CopyData";
            case COPY_DONE -> "CopyDone";
            case COPY_FAIL -> "CopyFail";
            case DESCRIBE -> "Describe";
            case EXECUTE -> "Execute";
            case FLUSH -> "Flush";
            case FUNCTION_CALL -> "FunctionCall";
            case PARSE -> "Parse";
            case AUTHENTICATION_RESPONSE -> "PasswordMessage";
            case QUERY -> "Query";
            case SYNC -> "Sync";
            case TERMINATE -> "Terminate";
        };
    }

    private static void violate(Frame frame) {
        frame.body.release();
        throw outOfPlace(frame.type);
    }

    private static ProtocolViolation outOfPlace(FrontendType type) {
        return new ProtocolViolation("unexpected message " + word(type));
    }
}
