package dev.sallyport.postgres.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.LimitExceeded;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.Outcome.Status;
import dev.sallyport.gateway.OwnAnswer;
import dev.sallyport.gateway.ResultMeter;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.CommandComplete;
import dev.sallyport.postgres.message.DataRow;
import dev.sallyport.postgres.message.Diagnostic;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.Format;
import dev.sallyport.postgres.message.NoticeResponse;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.PortalSuspended;
import dev.sallyport.postgres.message.ProtocolViolation;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.RowDescription;
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
import dev.sallyport.sql.rewrite.RewrittenText;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The messages that the server has yet to answer, in order, and what its answers do: end
/// statements in the audit log, put denials in their place, move the client's side on.
final class Replies {
    /// For the parts of an ErrorResponse that are ASCII in every encoding; the rest may hold any
    /// bytes.
    private static final ClientEncoding ANY_BYTES =
            ClientEncoding.of("LATIN1").orElseThrow(() -> new IllegalStateException("LATIN1"));

    private static final int TEXT_OID = 25;

    /// A client may send ahead this many messages; more aren't read before some are answered.
    static final int MANY = 4_096;

    private final ArrayDeque<Awaited> awaited = new ArrayDeque<>(4);
    private final PostgresSession session;
    private final Enforcement enforcement;
    private final ReleaseQueue release;

    /// What the server says may quote what is hidden from the client: a statement of this
    /// transaction touched such things, and a deferred constraint may fail as late as its end.
    private boolean scrubbing;

    Replies(PostgresSession session, Enforcement enforcement, ReleaseQueue release) {
        this.session = session;
        this.enforcement = enforcement;
        this.release = release;
    }

    void await(Awaited next) {
        scrubbing |= next.governed;
        awaited.addLast(next);
        if (next instanceof Running running && running.isLimited()) watch(running);
    }

    private void watch(Running running) {
        ResultMeter meter = running.meter;
        if (meter != null) {
            meter.time().ifPresent(time -> session.lookAgain(running, time.toNanos()));
        }
    }

    /// Ends a statement that has run for as long as it may.
    void checkTime(Running running) {
        ResultMeter meter = running.meter;
        if (running.exceeded != null || meter == null || meter.time().isEmpty()) return;
        if (!awaited.contains(running)) return;
        long left = meter.time().get().toNanos() - (System.nanoTime() - running.begunNanos);
        // What is behind others hasn't begun.
        if (running != awaited.peekFirst()) left = meter.time().get().toNanos();
        if (left > 0) session.lookAgain(running, left);
        else end(running, meter.timeOver());
    }

    /// No more of the result goes to the client, and what the message does is to fail.
    private void end(Running running, LimitExceeded limit) {
        running.exceeded = limit;
        running.culprit = running.current();
        session.cancelUpstream();
    }

    /// Everything sent has been answered.
    boolean isEmpty() {
        return awaited.isEmpty();
    }

    boolean areMany() {
        return awaited.size() >= MANY;
    }

    boolean isProbing() {
        return awaited.peekFirst() instanceof Probe;
    }

    /// Results are counted, row by row.
    boolean isMetering() {
        return awaited.peekFirst() instanceof Running running && running.meter != null;
    }

    /// Notices have to be here as a whole: some of each is left out, or it is kept for auditors.
    boolean readsNotices() {
        return scrubbing
                || enforcement.keepsMessages()
                        && awaited.peekFirst() instanceof Running running
                        && running.hears();
    }

    /// Something of the client's is with the server.
    boolean isRunning() {
        return !awaited.isEmpty() && !isProbing();
    }

    /// The last message sent is a Close, which the server answers when something flushes.
    boolean endWithClose() {
        return awaited.peekLast() instanceof Closing;
    }

    /// The last message sent has a COPY FROM STDIN that the server hasn't answered.
    boolean expectsCopyIn() {
        return awaited.peekLast() instanceof Running running && running.expectsCopyIn();
    }

    boolean isOver() {
        return session.isOver();
    }

    /// A message whose body nobody reads has begun.
    ///
    /// @param start for {@link Backend#endRunBefore}
    /// @return whether it goes to the client
    /// @throws ProtocolViolation it's out of place
    boolean onMessage(BackendType type, int bodyLength, Backend backend, int start) {
        Awaited head = awaited.peekFirst();
        Reaction reaction =
                head == null ? Reaction.whenNothingIsAwaited(type) : Reaction.to(type, head);
        if (head != null) require(head.ticket, backend, start);
        checkLength(type, bodyLength);
        return switch (reaction) {
            case RELAY -> {
                if (head instanceof Running running) {
                    if (running.meter != null && !passes(running, type, bodyLength)) yield false;
                    running.bytes += bodyLength + 5;
                    if (type == BackendType.DATA_ROW) running.rows++;
                }
                yield true;
            }
            case OWN_CLOSE_ANSWERED -> {
                awaited.removeFirst();
                yield false;
            }
            case ANSWERED -> {
                awaited.removeFirst();
                if (head == null || head.own == null) yield true;
                instead(description(head.own), backend, start);
                yield false;
            }
            case PARSE_ANSWERED -> {
                awaited.removeFirst();
                enforcement.parseComplete();
                yield true;
            }
            case BIND_ANSWERED -> {
                awaited.removeFirst();
                enforcement.bindComplete();
                yield true;
            }
            case CLOSE_ANSWERED -> {
                awaited.removeFirst();
                enforcement.closeComplete();
                yield true;
            }
            case STATEMENT_DONE -> {
                Status status =
                        type == BackendType.PORTAL_SUSPENDED ? Status.SUSPENDED : Status.COMPLETED;
                yield statementDone(head, status, "", backend, start);
            }
            case COPY_IN_BEGINS -> {
                session.frontend().copyInBegins(head instanceof Execution);
                yield true;
            }
            case ASYNCHRONOUS -> true;
            case SWALLOW -> false;
            case FAILED, READY, PARAMETER, PROBE_ROW, PROBE_RESULT_DONE ->
                    throw new IllegalStateException("has a body to be read: " + type);
            case OUT_OF_PLACE -> throw outOfPlace(type);
        };
    }

    /// A message that is here as a whole.
    ///
    /// @param body stays the caller's
    /// @return whether it goes to the client
    /// @throws ProtocolViolation it's out of place or malformed
    boolean onBody(BackendType type, ByteBuf body, Backend backend, int start) {
        Awaited head = awaited.peekFirst();
        Reaction reaction =
                head == null ? Reaction.whenNothingIsAwaited(type) : Reaction.to(type, head);
        return switch (reaction) {
            case PROBE_ROW -> {
                if (head instanceof Probe probe) probeRow(probe, body);
                yield false;
            }
            case PROBE_RESULT_DONE -> {
                if (head instanceof Probe probe) probe.resultIndex++;
                yield false;
            }
            case PARAMETER -> {
                if (head != null) require(head.ticket, backend, start);
                if (decode(type, body, session.encoding()) instanceof ParameterStatus status) {
                    session.parameterStatus(status);
                }
                yield true;
            }
            case STATEMENT_DONE -> {
                if (!(decode(type, body, ANY_BYTES) instanceof CommandComplete complete)) {
                    throw outOfPlace(type);
                }
                yield statementDone(head, Status.COMPLETED, complete.tag(), backend, start);
            }
            case FAILED -> {
                if (!(decode(type, body, ANY_BYTES) instanceof ErrorResponse error)) {
                    throw outOfPlace(type);
                }
                yield failed(head, error, backend, start);
            }
            case READY -> {
                if (head == null
                        || !(decode(type, body, ANY_BYTES) instanceof ReadyForQuery ready)) {
                    throw outOfPlace(type);
                }
                yield ready(head, ready.status().code(), backend, start);
            }
            case ASYNCHRONOUS -> {
                if (!(decode(type, body, ANY_BYTES) instanceof NoticeResponse notice)) {
                    throw outOfPlace(type);
                }
                if (head != null) require(head.ticket, backend, start);
                if (head instanceof Running running) hear(running, notice.diagnostic());
                if (!scrubbing) yield true;
                RewrittenText text = head == null ? null : head.text;
                instead(new NoticeResponse(Scrubbed.of(notice.diagnostic(), text)), backend, start);
                yield false;
            }
            case RELAY -> {
                if (type != BackendType.COPY_OUT_RESPONSE || !(head instanceof Running running)) {
                    throw outOfPlace(type);
                }
                require(head.ticket, backend, start);
                checkLength(type, body.readableBytes());
                running.binaryCopy = body.getByte(body.readerIndex()) == 1;
                running.bytes += body.readableBytes() + 5;
                yield true;
            }
            case ANSWERED,
                    PARSE_ANSWERED,
                    BIND_ANSWERED,
                    CLOSE_ANSWERED,
                    OWN_CLOSE_ANSWERED,
                    COPY_IN_BEGINS,
                    OUT_OF_PLACE ->
                    throw outOfPlace(type);
            case SWALLOW -> false;
        };
    }

    /// Nothing more will be answered: the statements end as unknown.
    ///
    /// @return ticket of the last outcome, 0 if there is none
    long abandon() {
        long ticket = 0;
        for (Awaited lost = awaited.pollFirst(); lost != null; lost = awaited.pollFirst()) {
            switch (lost) {
                case SimpleQuery query -> {
                    Outcome outcome = Outcome.unknown(query.bytes, query.micros());
                    for (AuditedStatement left = query.current();
                            left != null;
                            left = query.current()) {
                        ticket = Math.max(ticket, enforcement.outcome(left, outcome));
                        query.advance();
                    }
                }
                case Execution execution -> {
                    Outcome outcome = Outcome.unknown(execution.bytes, execution.micros());
                    ticket = Math.max(ticket, enforcement.outcome(execution.statement, outcome));
                }
                case Binding binding -> {
                    for (AuditedStatement statement : binding.statements) {
                        ticket =
                                Math.max(
                                        ticket,
                                        enforcement.outcome(statement, Outcome.unknown(0, 0)));
                    }
                }
                case Probe probe -> probe.truth.failed("the connection to the server ended");
                case Preparation _,
                        StatementDescription _,
                        PortalDescription _,
                        Closing _,
                        Synchronization _,
                        DeniedMessage _,
                        DeniedQuery _ -> {}
            }
        }
        return ticket;
    }

    /// Whether the message may be released. Only its type and length are looked at.
    private boolean passes(Running running, BackendType type, int bodyLength) {
        ResultMeter meter = running.meter;
        boolean row =
                type == BackendType.DATA_ROW
                        // What ends a COPY in binary is no row.
                        || type == BackendType.COPY_DATA
                                && !(running.binaryCopy && bodyLength == 2);
        if (meter == null || !row) return true;
        LimitExceeded limit = meter.take(bodyLength + 5L);
        if (limit == null) return true;
        end(running, limit);
        return false;
    }

    /// @return whether the message that says so goes to the client
    private boolean statementDone(
            @Nullable Awaited head, Status status, String tag, Backend backend, int start) {
        if (!(head instanceof Running running)) throw new IllegalStateException();
        if (running.exceeded != null) {
            doneBeyondLimit(running, backend, start);
            return false;
        }
        if (running instanceof SimpleQuery query && query.stepwise) {
            // It is not committed yet.
            query.complete = new CommandComplete(tag);
            session.frontend().commitStepwise();
            return false;
        }
        if (running.own != null) {
            answer(running, running.own, backend, start);
            return false;
        }
        AuditedStatement statement = running.current();
        if (statement != null) {
            long rows = status == Status.SUSPENDED ? running.rows : rowsOf(tag);
            Outcome outcome = new Outcome(status, "", tag, rows, running.bytes, running.micros());
            require(enforcement.outcome(statement, outcome.saying(running.said())), backend, start);
        }
        switch (running) {
            case SimpleQuery query -> {
                query.advance();
                watch(query);
            }
            case Execution _ -> awaited.removeFirst();
        }
        return true;
    }

    /// The server had finished before it heard of the cancel: it has to fail by other means.
    private void doneBeyondLimit(Running running, Backend backend, int start) {
        require(endWith(running, LimitExceeded.SQL_STATE), backend, start);
        switch (running) {
            case SimpleQuery query -> {
                if (query.stepwise) session.frontend().failStepwise();
            }
            case Execution _ -> {
                awaited.removeFirst();
                session.frontend().failBatch(denial(running), running.ticket);
            }
        }
    }

    /// The gateway's own answer, where the server answered an empty statement.
    private void answer(Running running, OwnAnswer own, Backend backend, int start) {
        ByteBuf encoded = backend.allocate();
        if (running instanceof SimpleQuery) {
            description(own).encode(encoded, session.encoding());
        }
        for (List<String> row : own.rows()) encode(row, encoded);
        BackendMessage end = own.more() ? new PortalSuspended() : new CommandComplete(own.tag());
        end.encode(encoded, session.encoding());
        AuditedStatement statement = running.current();
        if (statement != null) {
            Outcome outcome =
                    new Outcome(
                            own.more() ? Status.SUSPENDED : Status.COMPLETED,
                            "",
                            own.more() ? "" : own.tag(),
                            own.rows().size(),
                            encoded.readableBytes(),
                            running.micros());
            require(enforcement.outcome(statement, outcome), backend, start);
        }
        backend.endRunBefore(start);
        release.send(encoded, true);
        switch (running) {
            case SimpleQuery query -> query.advance();
            case Execution _ -> awaited.removeFirst();
        }
    }

    /// All columns are `text`, which is the same in both formats.
    private static RowDescription description(OwnAnswer own) {
        return new RowDescription(
                own.columns().stream()
                        .map(name ->
                                new RowDescription.Column(
                                        name, 0, (short) 0, TEXT_OID, (short) -1, -1, Format.TEXT))
                        .toList());
    }

    /// Without what the session's encoding has no character for.
    private void encode(List<String> row, ByteBuf into) {
        int begin = into.writerIndex();
        try {
            new DataRow(new ArrayList<>(row)).encode(into, session.encoding());
        } catch (IllegalArgumentException _) {
            into.writerIndex(begin);
            List<@Nullable String> sayable = new ArrayList<>();
            for (String value : row) sayable.add(value.replaceAll("[^ -~\\n]", "?"));
            new DataRow(sayable).encode(into, session.encoding());
        }
    }

    private Denial denial(Running running) {
        LimitExceeded limit = running.exceeded;
        AuditedStatement culprit = running.culprit;
        if (limit == null || culprit == null) throw new IllegalStateException("no limit exceeded");
        return limit.denial(session.id(), culprit);
    }

    private boolean failed(
            @Nullable Awaited head, ErrorResponse error, Backend backend, int start) {
        String severity = error.diagnostic().severity();
        boolean fatal = severity.equals("FATAL") || severity.equals("PANIC");
        String sqlState = error.diagnostic().sqlState();
        if (head == null && !fatal) {
            throw new ProtocolViolation("the server sent an error that answers nothing");
        }
        if (head != null) require(head.ticket, backend, start);
        if (fatal) session.upstreamSaidFatal();
        if (head instanceof Running running) hear(running, error.diagnostic());
        boolean relays =
                switch (head) {
                    case null -> true;
                    case SimpleQuery query -> {
                        if (query.failed && !fatal) throw outOfPlace(BackendType.ERROR_RESPONSE);
                        boolean committing = query.complete != null;
                        query.complete = null;
                        require(endWith(query, sqlState), backend, start);
                        query.failed = true;
                        session.frontend().queryFailed();
                        if (query.stepwise && !committing && !fatal) {
                            session.frontend().commitStepwise();
                        }
                        if (query.exceeded == null || fatal) yield true;
                        insteadOfError(denial(query), backend, start);
                        yield false;
                    }
                    case Execution execution -> {
                        require(endWith(execution, sqlState), backend, start);
                        boolean relaysError = execution.exceeded == null || fatal;
                        if (!relaysError) insteadOfError(denial(execution), backend, start);
                        failBatch();
                        yield relaysError;
                    }
                    case Binding binding -> {
                        for (AuditedStatement statement : binding.statements) {
                            Outcome outcome =
                                    Outcome.failed(sqlState, -1, 0, 0)
                                            .saying(words(error.diagnostic()));
                            require(enforcement.outcome(statement, outcome), backend, start);
                        }
                        failBatch();
                        yield true;
                    }
                    case Preparation _, StatementDescription _, PortalDescription _, Closing _ -> {
                        failBatch();
                        yield true;
                    }
                    case Synchronization synchronization -> {
                        if (synchronization.failed && !fatal) {
                            throw outOfPlace(BackendType.ERROR_RESPONSE);
                        }
                        synchronization.failed = true;
                        yield true;
                    }
                    case DeniedMessage denied -> {
                        insteadOfError(denied.denial, backend, start);
                        failBatch();
                        yield false;
                    }
                    case DeniedQuery denied -> {
                        if (denied.failed && !fatal) throw outOfPlace(BackendType.ERROR_RESPONSE);
                        insteadOfError(denied.denial, backend, start);
                        denied.failed = true;
                        yield false;
                    }
                    case Probe probe -> {
                        probe.failure = "the server answered " + sqlState;
                        yield false;
                    }
                };
        enforcement.errorResponse(head != null && skipsUntilSync(head));
        if (!relays && !fatal) return false;
        if (!scrubbing) return true;
        RewrittenText text = head == null ? null : head.text;
        instead(new ErrorResponse(Scrubbed.of(error.diagnostic(), text)), backend, start);
        return false;
    }

    /// The current statement failed, those behind it in the text never ran.
    private long endWith(Running running, String sqlState) {
        long ticket = 0;
        AuditedStatement statement = running.current();
        if (statement != null) {
            String state = running.exceeded == null ? sqlState : LimitExceeded.SQL_STATE;
            Outcome outcome =
                    Outcome.failed(state, running.rows, running.bytes, running.micros())
                            .saying(running.said());
            ticket = enforcement.outcome(statement, outcome);
        }
        switch (running) {
            case SimpleQuery query -> {
                query.advance();
                // What the server did of the rest, before it heard, nobody has seen.
                skip(query);
            }
            case Execution _ -> {}
        }
        return ticket;
    }

    private void hear(Running running, Diagnostic said) {
        if (running.hears()) words(said).forEach(running::hear);
    }

    /// One, or none where nobody may read it.
    private List<String> words(Diagnostic said) {
        return enforcement.keepsMessages()
                ? List.of(said.words(ANY_BYTES, session.encoding()))
                : List.of();
    }

    /// Whether the server, having failed this message, ignores everything up to the next Sync.
    private static boolean skipsUntilSync(Awaited failed) {
        return switch (failed) {
            case Execution _,
                    Binding _,
                    Preparation _,
                    StatementDescription _,
                    PortalDescription _,
                    Closing _,
                    DeniedMessage _ ->
                    true;
            case SimpleQuery _, Synchronization _, DeniedQuery _, Probe _ -> false;
        };
    }

    /// In a batch the server now ignores everything up to the next Sync, and so do we: what of it
    /// has been sent already will not be answered.
    private void failBatch() {
        awaited.removeFirst();
        for (Awaited next = awaited.peekFirst(); next != null; next = awaited.peekFirst()) {
            switch (next) {
                case Synchronization _ -> {
                    return;
                }
                case SimpleQuery query -> skip(query);
                case Execution execution -> skip(execution.statement);
                case Binding binding -> binding.statements.forEach(this::skip);
                case Preparation _,
                        StatementDescription _,
                        PortalDescription _,
                        Closing _,
                        DeniedMessage _,
                        DeniedQuery _,
                        Probe _ -> {}
            }
            awaited.removeFirst();
        }
        session.frontend().batchFailed();
    }

    private void skip(SimpleQuery query) {
        for (AuditedStatement left = query.current(); left != null; left = query.current()) {
            skip(left);
            query.advance();
        }
    }

    private void skip(AuditedStatement statement) {
        long _ = enforcement.outcome(statement, Outcome.skipped());
    }

    private void instead(BackendMessage message, Backend backend, int start) {
        backend.endRunBefore(start);
        ByteBuf encoded = backend.allocate();
        message.encode(encoded, ANY_BYTES);
        release.send(encoded, true);
    }

    private void insteadOfError(Denial denial, Backend backend, int start) {
        backend.endRunBefore(start);
        release.send(session.encode(denial), true);
    }

    private boolean ready(Awaited head, char status, Backend backend, int start) {
        awaited.removeFirst();
        if (head instanceof SimpleQuery query) {
            committed(query, backend, start);
            // Empty statements have no end of their own.
            for (AuditedStatement left = query.current(); left != null; left = query.current()) {
                Outcome outcome = Outcome.completed("", -1, 0, query.micros());
                long _ = enforcement.outcome(left, outcome);
                query.advance();
            }
        }
        if (status == 'I') {
            scrubbing = false;
            for (Awaited next : awaited) scrubbing |= next.governed;
        }
        enforcement.readyForQuery(status);
        if (head instanceof SimpleQuery query && query.exceeded != null && !query.failed) {
            if (status == 'T') {
                session.frontend().failQuery(denial(query), query.ticket);
                return false;
            }
            insteadOfError(denial(query), backend, start);
        }
        if (!(head instanceof Probe probe)) return true;
        String failure = probe.failure;
        if (failure == null) probe.truth.finish();
        else probe.truth.failed(failure);
        return false;
    }

    private void committed(SimpleQuery query, Backend backend, int start) {
        CommandComplete complete = query.complete;
        AuditedStatement statement = query.current();
        if (complete == null || statement == null) return;
        String tag = complete.tag();
        Outcome outcome =
                new Outcome(Status.COMPLETED, "", tag, rowsOf(tag), query.bytes, query.micros());
        require(enforcement.outcome(statement, outcome), backend, start);
        query.advance();
        instead(complete, backend, start);
    }

    private void probeRow(Probe probe, ByteBuf body) {
        if (probe.failure != null) return;
        try {
            BackendMessage row =
                    BackendMessage.decode(BackendType.DATA_ROW, body, session.encoding());
            if (row instanceof DataRow data) probe.truth.row(probe.resultIndex, data.columns());
        } catch (ProtocolViolation e) {
            // Text in an encoding that the gateway doesn't take.
            if (!e.sqlState().equals(ProtocolViolation.INVALID_ENCODING)) throw e;
            probe.failure = "the server's names can't be read in the session's encoding";
        }
    }

    private void require(long ticket, Backend backend, int start) {
        if (release.holdsBack(ticket)) backend.endRunBefore(start);
        release.require(ticket);
    }

    private static BackendMessage decode(BackendType type, ByteBuf body, ClientEncoding encoding) {
        return BackendMessage.decode(type, body, encoding);
    }

    private static long rowsOf(String tag) {
        char last = tag.isEmpty() ? ' ' : tag.charAt(tag.length() - 1);
        return last >= '0' && last <= '9' ? new CommandComplete(tag).rows() : -1;
    }

    private static void checkLength(BackendType type, int bodyLength) {
        boolean fits =
                switch (type) {
                    case BIND_COMPLETE,
                            CLOSE_COMPLETE,
                            COPY_DONE,
                            EMPTY_QUERY_RESPONSE,
                            NO_DATA,
                            PARSE_COMPLETE,
                            PORTAL_SUSPENDED ->
                            bodyLength == 0;
                    case DATA_ROW, ROW_DESCRIPTION, PARAMETER_DESCRIPTION -> bodyLength >= 2;
                    case COPY_IN_RESPONSE, COPY_OUT_RESPONSE -> bodyLength >= 3;
                    case AUTHENTICATION,
                            BACKEND_KEY_DATA,
                            COMMAND_COMPLETE,
                            COPY_BOTH_RESPONSE,
                            COPY_DATA,
                            ERROR_RESPONSE,
                            FUNCTION_CALL_RESPONSE,
                            NEGOTIATE_PROTOCOL_VERSION,
                            NOTICE_RESPONSE,
                            NOTIFICATION_RESPONSE,
                            PARAMETER_STATUS,
                            READY_FOR_QUERY ->
                            true;
                };
        if (!fits) {
            throw new ProtocolViolation(type + " message has an invalid length " + bodyLength);
        }
    }

    private static ProtocolViolation outOfPlace(BackendType type) {
        return new ProtocolViolation("the server sent " + type + " where it means nothing");
    }
}
