package dev.sallyport.mysql.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.LimitExceeded;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.mysql.codec.PacketReader;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.BodyReader;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.EofPacket;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.Errors;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.packet.ServerStatus;
import dev.sallyport.mysql.startup.TextResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Follows the server's answer to one command after the other. What ends a result is read and
/// recorded before it is released; definitions and rows pass as slices of what came, with nothing
/// changed but, where the client counts otherwise, their sequence ids.
///
/// What isn't an answer to the command that was sent is a violation: a server that asks for a file
/// of the client's (LOCAL INFILE) most of all.
final class Answer {
    /// Packets that are read whole: ends of results, counts. Information of OK packets is short.
    private static final int MAX_READ_BYTES = 1 << 20;

    /// LOCAL INFILE's request, where a count of columns would be.
    private static final int LOCAL_INFILE = 0xFB;

    private static final int PREPARE_OK_BYTES = 12;
    private static final long LONGER_THAN_ANY = Integer.MAX_VALUE;

    private enum State {
        /// The first packet of an answer or of one of its results.
        FIRST,
        DEFINITIONS,
        /// The EOF behind the definitions, where there is one.
        END_OF_DEFINITIONS,
        ROWS,
        PARAMETERS,
        END_OF_PARAMETERS,
        COLUMNS,
        END_OF_COLUMNS,
        /// Of COM_FIELD_LIST.
        FIELDS
    }

    private final MySqlSession session;
    private final Enforcement enforcement;
    private final ReleaseQueue release;
    private final ByteBufAllocator alloc;
    private final boolean deprecatesEof;
    private final boolean clientTracks;
    private final boolean serverTracks;
    private final PacketReader packets = new PacketReader(Long.MAX_VALUE);

    private @Nullable Running running;

    /// In place of the client: takes the packets of a query of the gateway's own.
    private @Nullable TextResult own;

    private State state = State.FIRST;
    private long left;
    private int parameters;
    private int columns;

    /// What the client's packets have more than the server's.
    private int shift;

    /// The current packet is read whole.
    private boolean gathering;

    /// The current packet has been looked at, and its header sent.
    private boolean begun;

    /// What comes of the answer is not for the client any more: a limit has been told instead, or
    /// will be.
    private boolean dropping;

    /// Of the current packet, in the chunk that is being read; -1 when it came with an earlier one.
    private int headerAt = -1;

    /// First byte of the chunk that has not been sent.
    private int unsent;

    private int status;
    private boolean noBackslashEscapes;

    /// Sequence id of the last packet that the client was sent.
    private int lastSequence;

    Answer(
            MySqlSession session,
            Enforcement enforcement,
            ReleaseQueue release,
            Channel client,
            long clientCapabilities,
            long serverCapabilities,
            int status) {
        this.session = session;
        this.enforcement = enforcement;
        this.release = release;
        this.alloc = client.alloc();
        this.deprecatesEof = Capabilities.has(serverCapabilities, Capabilities.DEPRECATE_EOF);
        this.clientTracks = Capabilities.has(clientCapabilities, Capabilities.SESSION_TRACK);
        this.serverTracks = Capabilities.has(serverCapabilities, Capabilities.SESSION_TRACK);
        this.status = status;
    }

    boolean isRunning() {
        return running != null || own != null;
    }

    @Nullable Running running() {
        return running;
    }

    int status() {
        return status;
    }

    /// The command is about to be sent.
    ///
    /// @param clientSequence of the client's first packet
    /// @param upstreamSequence of the server's
    void expect(Running command, int clientSequence, int upstreamSequence) {
        running = command;
        begin(command.expected, upstreamSequence);
        shift = clientSequence - upstreamSequence;
        lastSequence = clientSequence - 1;
        dropping = false;
    }

    /// A query of the gateway's own is about to be sent.
    void expectOwn(TextResult result) {
        own = result;
        packets.expect(1);
        packets.limit(MAX_READ_BYTES * 64L);
    }

    private void begin(Expected expected, int sequence) {
        packets.expect(sequence);
        packets.limit(Long.MAX_VALUE);
        state =
                switch (expected) {
                    case OK, TEXT, RESULTS, PREPARED -> State.FIRST;
                    case ROWS -> State.ROWS;
                    case DEFINITIONS -> State.FIELDS;
                };
    }

    /// @param chunk stays the caller's
    void read(ByteBuf chunk) {
        headerAt = -1;
        unsent = chunk.readerIndex();
        while (!session.isOver()) {
            if (own != null) {
                if (!readOwn(chunk)) return;
                unsent = chunk.readerIndex();
                continue;
            }
            var command = running;
            if (command == null) {
                if (!chunk.isReadable()) return;
                throw new ProtocolViolation("the server sent what nobody asked for");
            }
            if (!packets.inBody()) {
                int at = chunk.readerIndex();
                if (!packets.readHeader(chunk)) {
                    // What there is of a header is kept by the reader.
                    sendRange(chunk, at, true);
                    return;
                }
                headerAt = chunk.readerIndex() - at == PacketReader.HEADER_BYTES ? at : -1;
                if (headerAt < 0) unsent = chunk.readerIndex();
                begun = false;
            }
            if (!begun && !gathering && !look(command, chunk)) {
                // The header is known and not sent: the chunk ends with it.
                sendRange(chunk, packetAt(chunk), true);
                return;
            }
            if (gathering) {
                ByteBuf payload = packets.readPayload(chunk);
                unsent = chunk.readerIndex();
                if (payload == null) return;
                gathering = false;
                try {
                    payload(command, payload);
                } finally {
                    payload.release();
                }
                continue;
            }
            packets.skipBody(chunk);
            boolean whole = !packets.inBody();
            if (whole && !packets.goesOn()) passed();
            if (!whole || !chunk.isReadable())
                sendRange(chunk, chunk.readerIndex(), whole && !packets.goesOn());
            if (!whole) return;
        }
    }

    /// @return false: its first byte has not come
    private boolean look(Running command, ByteBuf chunk) {
        if (!packets.continues()) {
            if (packets.bodyLength() == 0) throw new ProtocolViolation("empty packet");
            if (!chunk.isReadable()) return false;
            int first = chunk.getUnsignedByte(chunk.readerIndex());
            if (isRead(first)) {
                if (packets.bodyLength() > MAX_READ_BYTES)
                    throw new ProtocolViolation("packet is too long for what it is");
                // What passed before goes first.
                sendRange(chunk, packetAt(chunk), true);
                gathering = true;
                return true;
            }
            if (state == State.ROWS) row(command);
            if (command.exceeded != null && !dropping) {
                sendRange(chunk, packetAt(chunk), true);
                dropping = true;
            }
        }
        begun = true;
        if (dropping) return true;
        int sequence = packets.sequence() + shift & 0xFF;
        lastSequence = sequence;
        if (headerAt >= 0) {
            if (shift != 0) chunk.setByte(headerAt + 3, sequence);
        } else {
            release.send(PacketWriter.header(alloc, packets.bodyLength(), sequence), false);
            unsent = chunk.readerIndex();
        }
        return true;
    }

    /// Whether the current packet says something that the gateway has to know; else it is a
    /// definition or a row.
    private boolean isRead(int first) {
        return switch (state) {
            case FIRST, END_OF_DEFINITIONS, END_OF_PARAMETERS, END_OF_COLUMNS -> true;
            case DEFINITIONS, PARAMETERS, COLUMNS -> first == ErrPacket.HEADER;
            // A row's first value may be as long as to begin with the same byte, then it takes more
            // than one packet.
            case ROWS ->
                    first == ErrPacket.HEADER
                            || first == EofPacket.HEADER
                                    && packets.bodyLength()
                                            < (deprecatesEof
                                                    ? PacketReader.MAX_BODY_BYTES
                                                    : EofPacket.MAX_BYTES + 1);
            case FIELDS ->
                    first == ErrPacket.HEADER
                            // A definition begins with the length of its catalog's name.
                            || first == EofPacket.HEADER;
        };
    }

    /// A definition or a row is over.
    private void passed() {
        switch (state) {
            case DEFINITIONS -> {
                if (--left == 0) state = deprecatesEof ? State.ROWS : State.END_OF_DEFINITIONS;
            }
            case PARAMETERS -> {
                if (--left > 0) return;
                if (deprecatesEof) columnsNext();
                else state = State.END_OF_PARAMETERS;
            }
            case COLUMNS -> {
                if (--left > 0) return;
                if (deprecatesEof) ended(status);
                else state = State.END_OF_COLUMNS;
            }
            case ROWS, FIELDS -> {}
            case FIRST, END_OF_DEFINITIONS, END_OF_PARAMETERS, END_OF_COLUMNS ->
                    throw new IllegalStateException("passed in state " + state);
        }
    }

    private void row(Running command) {
        command.rows++;
        command.bytes += packets.bodyLength();
        var meter = command.meter();
        if (meter == null || command.exceeded != null) return;
        // How long a row is that takes several packets isn't known before all of it has come.
        var exceeded = meter.take(packets.goesOn() ? LONGER_THAN_ANY : packets.bodyLength());
        if (exceeded != null) exceed(command, exceeded);
    }

    /// The statement has come to a limit: nothing of it from here on is released.
    void exceed(Running command, LimitExceeded exceeded) {
        if (command.exceeded != null) return;
        command.exceeded = exceeded;
        command.limited = command.statement();
        session.cancelUpstream();
    }

    /// Where the current packet begins, as far as it is in this chunk.
    private int packetAt(ByteBuf chunk) {
        return headerAt < 0 ? chunk.readerIndex() : headerAt;
    }

    /// What passed and has not been sent goes; from `end` on there may be more to send.
    private void sendRange(ByteBuf chunk, int end, boolean atBoundary) {
        if (!dropping && unsent < end)
            release.send(chunk.retainedSlice(unsent, end - unsent), atBoundary);
        unsent = chunk.readerIndex();
    }

    // What says something.

    private void payload(Running command, ByteBuf payload) {
        int first = payload.getUnsignedByte(payload.readerIndex());
        if (command.expected == Expected.TEXT && first != ErrPacket.HEADER) {
            send(whole(payload));
            ended(status);
            return;
        }
        if (first == ErrPacket.HEADER) {
            error(command, ErrPacket.decode(payload));
            return;
        }
        switch (state) {
            case FIRST -> first(command, first, payload);
            case END_OF_DEFINITIONS -> {
                var eof = EofPacket.decode(payload);
                if (ServerStatus.has(eof.status(), ServerStatus.CURSOR_EXISTS)) {
                    result(command, eof.status(), -1, whole(payload));
                } else {
                    state = State.ROWS;
                    send(whole(payload));
                }
            }
            case ROWS -> end(command, payload);
            case END_OF_PARAMETERS -> {
                EofPacket.decode(payload);
                send(whole(payload));
                columnsNext();
            }
            case END_OF_COLUMNS ->
                    result(command, EofPacket.decode(payload).status(), -1, whole(payload));
            case FIELDS -> end(command, payload);
            case DEFINITIONS, PARAMETERS, COLUMNS ->
                    throw new IllegalStateException("read in state " + state);
        }
    }

    /// An EOF packet, or the OK packet that stands for one.
    private void end(Running command, ByteBuf payload) {
        if (deprecatesEof) {
            var ok = OkPacket.decode(payload, serverTracks);
            told(ok);
            result(command, ok.status(), -1, encoded(ok));
        } else {
            result(command, EofPacket.decode(payload).status(), -1, whole(payload));
        }
    }

    private static ByteBuf whole(ByteBuf payload) {
        return payload.readerIndex(0).retainedSlice();
    }

    private void first(Running command, int first, ByteBuf payload) {
        switch (command.expected) {
            case OK -> {
                if (first == OkPacket.HEADER) ok(command, payload);
                else if (first == EofPacket.HEADER) end(command, payload);
                else throw new ProtocolViolation("packet that is no answer to the command");
            }
            case RESULTS -> {
                if (first == OkPacket.HEADER) {
                    ok(command, payload);
                    return;
                }
                if (first == LOCAL_INFILE)
                    throw new ProtocolViolation("the server asked for a file of the client's");
                var in = new BodyReader(payload, "column count");
                left = in.lengthEncoded();
                in.end();
                if (left == 0) throw new ProtocolViolation("a result without columns");
                state = State.DEFINITIONS;
                command.rows = 0;
                send(whole(payload));
            }
            case PREPARED -> prepared(command, payload);
            case TEXT, ROWS, DEFINITIONS ->
                    throw new IllegalStateException("first packet of " + command.expected);
        }
    }

    private void prepared(Running command, ByteBuf payload) {
        var in = new BodyReader(payload, "COM_STMT_PREPARE_OK");
        if (in.int1() != 0 || payload.readableBytes() != PREPARE_OK_BYTES - 1)
            throw in.violation("is malformed");
        long id = in.int4();
        columns = in.int2();
        parameters = in.int2();
        session.commands().prepared(id, parameters);
        send(whole(payload));
        if (parameters > 0) {
            state = State.PARAMETERS;
            left = parameters;
        } else columnsNext();
    }

    private void columnsNext() {
        if (columns > 0) {
            state = State.COLUMNS;
            left = columns;
        } else ended(status);
    }

    private void ok(Running command, ByteBuf payload) {
        var ok = OkPacket.decode(payload, serverTracks);
        told(ok);
        result(command, ok.status(), ok.affectedRows(), encoded(ok));
    }

    private ByteBuf encoded(OkPacket ok) {
        ByteBuf body = alloc.buffer(64);
        ok.encode(body, clientTracks);
        return body;
    }

    private void told(OkPacket ok) {
        for (var change : ok.changes()) enforcement.parameterStatus(change.name(), change.value());
    }

    /// One result is over. Its statement's outcome is recorded before that is told.
    ///
    /// @param affected rows as the server counts them; -1: those that passed
    /// @param packet that says so; owned
    private void result(Running command, int now, long affected, ByteBuf packet) {
        boolean more = ServerStatus.has(now, ServerStatus.MORE_RESULTS_EXIST);
        var statement = command.statement();
        boolean lastStatement = command.current >= command.statements.size() - 1;
        // The last one has all the results that are left: a procedure has any number.
        if (statement != null && (!more || !lastStatement)) {
            record(command, statement, affected >= 0 ? affected : command.rows);
            command.current++;
        }
        send(packet);
        command.rows = 0;
        status(now);
        if (more) state = State.FIRST;
        else ended(now);
    }

    private void record(Running command, AuditedStatement statement, long rows) {
        var exceeded = command.exceeded;
        var outcome =
                exceeded == null
                        ? Outcome.completed(
                                statement.kind().word() + " " + rows,
                                rows,
                                command.bytes,
                                command.micros())
                        : Outcome.failed(
                                LimitExceeded.SQL_STATE,
                                command.rows,
                                command.bytes,
                                command.micros());
        release.require(enforcement.outcome(statement, outcome));
        command.bytes = 0;
    }

    private void error(Running command, ErrPacket error) {
        command.error = error;
        var statement = command.statement();
        if (statement != null && statement.outcomeOwed()) {
            var state =
                    command.exceeded != null
                            ? LimitExceeded.SQL_STATE
                            : error.code() == 1317 || error.code() == 1969 || error.code() == 3024
                                    ? "57014"
                                    : error.sqlState();
            release.require(
                    enforcement.outcome(
                            statement,
                            Outcome.failed(state, command.rows, command.bytes, command.micros())
                                    .saying(words(error))));
        }
        if (command.exceeded == null)
            send(encoded(command.governed ? Scrubbed.governed(error) : Scrubbed.account(error)));
        enforcement.failed(
                switch (command.expected) {
                    case PREPARED -> true;
                    case OK, TEXT, RESULTS, ROWS, DEFINITIONS -> false;
                });
        // An error ends the answer, whatever else the text holds.
        ended(status & ~ServerStatus.MORE_RESULTS_EXIST);
    }

    private List<String> words(ErrPacket error) {
        return enforcement.keepsMessages()
                ? List.of(error.code() + " (" + error.sqlState() + "): " + error.message())
                : List.of();
    }

    private ByteBuf encoded(ErrPacket error) {
        ByteBuf body = alloc.buffer(128);
        error.encode(body);
        return body;
    }

    /// @param payload owned
    private void send(ByteBuf payload) {
        var command = running;
        if (command != null && (command.exceeded != null || command.silent)) {
            payload.release();
            return;
        }
        lastSequence = packets.sequence() + shift & 0xFF;
        release.send(PacketWriter.frame(alloc, lastSequence, payload), true);
    }

    private void status(int now) {
        status = now;
        boolean without = ServerStatus.has(now, ServerStatus.NO_BACKSLASH_ESCAPES);
        if (without == noBackslashEscapes) return;
        noBackslashEscapes = without;
        enforcement.parameterStatus("status.no_backslash_escapes", without ? "1" : "0");
    }

    /// The answer is whole.
    private void ended(int now) {
        var command = running;
        if (command == null) return;
        running = null;
        state = State.FIRST;
        status(now);
        for (var statement : command.statements)
            if (statement.outcomeOwed())
                release.require(enforcement.outcome(statement, Outcome.skipped()));
        var exceeded = command.exceeded;
        if (exceeded != null) {
            var limited = command.limited;
            if (limited == null) throw new IllegalStateException("a limit on no statement");
            ByteBuf body = encoded(Errors.of(exceeded.denial(enforcement.sessionId(), limited)));
            release.send(PacketWriter.frame(alloc, lastSequence + 1, body), true);
        }
        enforcement.ready(transactionStatus());
        session.answered(command.error);
    }

    /// @param otherwise where the server is not answering
    int nextSequence(int otherwise) {
        return running == null ? otherwise : lastSequence + 1;
    }

    char transactionStatus() {
        return ServerStatus.has(
                        status, ServerStatus.IN_TRANSACTION | ServerStatus.IN_TRANSACTION_READONLY)
                ? 'T'
                : 'I';
    }

    // Of the gateway's own queries.

    private boolean readOwn(ByteBuf chunk) {
        var result = own;
        if (result == null) return false;
        if (!packets.inBody() && !packets.readHeader(chunk)) return false;
        ByteBuf payload = packets.readPayload(chunk);
        if (payload == null) return false;
        boolean done;
        try {
            done = result.packet(payload);
        } finally {
            payload.release();
        }
        if (!done) return true;
        own = null;
        status(result.status());
        for (var change : result.changes())
            enforcement.parameterStatus(change.name(), change.value());
        enforcement.ready(transactionStatus());
        session.ownAnswered(result);
        return true;
    }

    /// The upstream is lost, or the session over: what was running has its outcome.
    ///
    /// @return ticket of the last
    long abandon() {
        packets.close();
        var command = running;
        running = null;
        own = null;
        long ticket = 0;
        if (command == null) return ticket;
        boolean first = true;
        for (var statement : command.statements) {
            if (!statement.outcomeOwed()) continue;
            ticket =
                    Math.max(
                            ticket,
                            enforcement.outcome(
                                    statement,
                                    first
                                            ? Outcome.unknown(command.bytes, command.micros())
                                            : Outcome.skipped()));
            first = false;
        }
        return ticket;
    }
}
