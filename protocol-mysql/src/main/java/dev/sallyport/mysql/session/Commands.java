package dev.sallyport.mysql.session;

import dev.sallyport.gateway.AuditedStatement;
import dev.sallyport.gateway.BoundValues;
import dev.sallyport.gateway.Outcome;
import dev.sallyport.gateway.OwnAnswer;
import dev.sallyport.gateway.Refusal;
import dev.sallyport.gateway.Verdict;
import dev.sallyport.gateway.network.ReleaseQueue;
import dev.sallyport.mysql.codec.PacketReader;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.BodyReader;
import dev.sallyport.mysql.packet.BodyWriter;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.ColumnDefinition41;
import dev.sallyport.mysql.packet.ComChangeUser;
import dev.sallyport.mysql.packet.ComQuery;
import dev.sallyport.mysql.packet.ComStmtExecute;
import dev.sallyport.mysql.packet.Command;
import dev.sallyport.mysql.packet.EofPacket;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.Errors;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.packet.ProtocolViolation;
import dev.sallyport.mysql.startup.EstablishedSession;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.ClientText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the client asks, one command at a time: read, decided, sent up or answered here. Behind a
/// command that is not answered yet nothing is read; what has come with it is kept.
final class Commands {
    /// Of a command other than a text or parameters.
    private static final int MAX_SHORT_BYTES = 64 * 1024;

    /// Of a COM_STMT_EXECUTE, kept for the log's sealed part; what is behind goes up as it comes.
    private static final int EXECUTE_KEPT_BYTES = 64 * 1024;

    /// COM_STMT_SEND_LONG_DATA up to the data: number, parameter.
    private static final int LONG_DATA_HEAD = 7;

    /// What a client may send ahead: reading is off by then, so that it is one read's worth or two.
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private static final int MAX_PREPARED = 65_535;

    private static final Pattern KILL =
            Pattern.compile(
                    "\\s*KILL\\s+(?:(QUERY|CONNECTION)\\s+)?([0-9]{1,10})\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private enum State {
        /// For the next command.
        READY,
        /// A command has been decided about, or is about to be.
        BUSY,
        /// The rest of a command goes up as it comes.
        PASSING,
        /// The rest of a command that was refused is dropped.
        DROPPING
    }

    private static final class Prepared {
        /// That the guard knows it by.
        final String name;

        final int parameters;

        /// Of the parameters, as the server knows them from the last execution that declared some.
        Optional<int[]> types = Optional.empty();

        Prepared(String name, int parameters) {
            this.name = name;
            this.parameters = parameters;
        }
    }

    private final MySqlSession session;
    private final Enforcement enforcement;
    private final Answer answer;
    private final ReleaseQueue release;
    private final Channel client;
    private final Channel upstream;
    private final long capabilities;
    private final long serverCapabilities;
    private final long maxStatementBytes;
    private final long maxMessageBytes;
    private final PacketReader packets;
    private final Map<Long, Prepared> prepared = new HashMap<>();
    private final LongData longData = new LongData();

    private State state = State.BUSY;
    private @Nullable Command command;

    /// Of a command whose rest isn't read before it is decided about.
    private byte[] head = {};

    private int headRead;
    private int headLength;

    /// What happens when a command that is dropped has come to its end.
    private @Nullable Runnable dropped;

    private @Nullable ByteBuf kept;
    private long namesGiven;
    private String preparing = "";

    Commands(
            MySqlSession session,
            Enforcement enforcement,
            Answer answer,
            ReleaseQueue release,
            Channel client,
            Channel upstream,
            long capabilities,
            long serverCapabilities,
            long maxStatementBytes,
            long maxMessageBytes) {
        this.session = session;
        this.enforcement = enforcement;
        this.answer = answer;
        this.release = release;
        this.client = client;
        this.upstream = upstream;
        this.capabilities = capabilities;
        this.serverCapabilities = serverCapabilities;
        this.maxStatementBytes = maxStatementBytes;
        this.maxMessageBytes = maxMessageBytes;
        this.packets = new PacketReader(maxMessageBytes);
    }

    // --- reading

    /// Takes ownership of `bytes`.
    void read(ByteBuf bytes) {
        ByteBuf before = kept;
        kept = null;
        ByteBuf chunk = bytes;
        if (before != null) {
            chunk = client.alloc().buffer(before.readableBytes() + bytes.readableBytes());
            chunk.writeBytes(before).writeBytes(bytes);
            before.release();
            bytes.release();
        }
        try {
            readAll(chunk);
        } finally {
            chunk.release();
        }
    }

    private void readAll(ByteBuf chunk) {
        while (!session.isOver()) {
            switch (state) {
                case BUSY -> {
                    if (command == Command.COM_CHANGE_USER && chunk.isReadable())
                        throw new ProtocolViolation("client sends ahead of its change of user");
                    keep(chunk);
                    return;
                }
                case READY -> {
                    if (!readCommand(chunk)) return;
                }
                case PASSING, DROPPING -> {
                    if (!readRest(chunk)) return;
                }
            }
        }
    }

    private void keep(ByteBuf chunk) {
        if (!chunk.isReadable()) return;
        if (chunk.readableBytes() > MAX_KEPT_BYTES)
            throw new ProtocolViolation("client sends without waiting for answers");
        kept = chunk.readRetainedSlice(chunk.readableBytes());
    }

    /// @return false: more is needed
    private boolean readCommand(ByteBuf chunk) {
        if (!packets.inBody()) {
            if (!packets.readHeader(chunk)) return false;
            if (command == null && packets.bodyLength() == 0)
                throw new ProtocolViolation("empty command");
        }
        var current = command;
        if (current == null) {
            if (!chunk.isReadable()) return false;
            int code = chunk.getUnsignedByte(chunk.readerIndex());
            current =
                    Command.of(code)
                            .orElseThrow(() -> new ProtocolViolation("unknown command " + code));
            command = current;
            begin(current);
        }
        if (headLength > 0) {
            int take = Math.min(headLength - headRead, chunk.readableBytes());
            chunk.getBytes(chunk.readerIndex(), head, headRead, take);
            headRead += take;
            // The reader must not end the packet here: a head without a rest has one of no bytes.
            if (headRead < headLength) {
                skip(chunk, take);
                return false;
            }
            skip(chunk, take);
            state = State.BUSY;
            decideHead(current);
            return true;
        }
        ByteBuf payload = packets.readPayload(chunk);
        if (payload == null) return false;
        try {
            state = State.BUSY;
            enforcement.addBytesFromClient(payload.readableBytes());
            run(current, payload);
        } finally {
            payload.release();
        }
        return true;
    }

    private void skip(ByteBuf chunk, int count) {
        // At most `count` bytes of the current packet, which holds them all.
        int skipped = packets.skipBody(chunk.slice(chunk.readerIndex(), count));
        chunk.skipBytes(skipped);
    }

    private void begin(Command current) {
        headRead = 0;
        headLength = 0;
        long limit =
                switch (current) {
                    case COM_QUERY, COM_STMT_PREPARE -> maxStatementBytes;
                    case COM_STMT_EXECUTE -> {
                        head(current, ComStmtExecute.HEAD_BYTES);
                        if (enforcement.wantsValues())
                            headLength = Math.min(packets.bodyLength(), EXECUTE_KEPT_BYTES);
                        head = new byte[headLength];
                        yield maxMessageBytes;
                    }
                    case COM_STMT_SEND_LONG_DATA -> {
                        head(current, LONG_DATA_HEAD);
                        head = new byte[headLength];
                        yield maxMessageBytes;
                    }
                    default -> MAX_SHORT_BYTES;
                };
        if (packets.bodyLength() > limit) tooLong(current, limit);
        packets.limit(limit);
    }

    private void head(Command current, int length) {
        if (packets.bodyLength() < length) throw new ProtocolViolation(current + " is cut short");
        headLength = length;
    }

    private void tooLong(Command current, long limit) {
        enforcement.refuse(Refusal.TOO_LONG, current.name());
        throw new ProtocolViolation(current + " is longer than the limit of " + limit + " bytes");
    }

    /// The rest of a command whose head has been decided about.
    private boolean readRest(ByteBuf chunk) {
        boolean passes = state == State.PASSING;
        if (!packets.inBody() && packets.goesOn()) {
            if (!packets.readHeader(chunk)) return false;
            if (passes)
                upstream.write(
                        PacketWriter.header(
                                upstream.alloc(), packets.bodyLength(), packets.sequence()),
                        upstream.voidPromise());
        }
        if (packets.inBody()) {
            int from = chunk.readerIndex();
            int count = packets.skipBody(chunk);
            enforcement.addBytesFromClient(count);
            if (passes && command == Command.COM_STMT_SEND_LONG_DATA)
                longData.add(chunk, from, count, enforcement.wantsValues());
            if (passes && count > 0) {
                upstream.write(chunk.retainedSlice(from, count), upstream.voidPromise());
                session.upstreamWritten();
            }
            if (packets.inBody()) return false;
        }
        if (packets.goesOn()) return true;
        wholeCommandRead();
        return true;
    }

    private void wholeCommandRead() {
        var current = command;
        state = State.BUSY;
        if (current == Command.COM_STMT_SEND_LONG_DATA) {
            next();
            return;
        }
        Runnable then = dropped;
        dropped = null;
        if (then != null) then.run();
    }

    // --- running

    private void run(Command current, ByteBuf payload) {
        switch (current.treatment()) {
            case REFUSED -> deny(current, enforcement.refuse(Refusal.COMMAND, current.name()));
            case LOCAL -> local(current, payload);
            case RELAYED -> relay(current, payload);
            case GUARDED -> guarded(current, payload);
        }
    }

    private void local(Command current, ByteBuf payload) {
        switch (current) {
            case COM_QUIT -> session.clientSaidGoodbye();
            case COM_CHANGE_USER -> {
                // The connection's own agreement: what the client doesn't know it doesn't send.
                var wish = ComChangeUser.decode(payload, capabilities);
                session.changeUser(wish, packets.expected());
            }
            case COM_PROCESS_KILL -> {
                var in = new BodyReader(payload, current.name());
                in.skip(1);
                long id = in.int4();
                in.end();
                kill(id, true);
            }
            default -> throw new IllegalStateException(current + " is not the gateway's");
        }
    }

    private void relay(Command current, ByteBuf payload) {
        switch (current) {
            case COM_PING -> forward(current, payload, Expected.OK);
            case COM_STATISTICS -> forward(current, payload, Expected.TEXT);
            case COM_RESET_CONNECTION -> forward(current, payload, Expected.OK);
            case COM_SET_OPTION -> {
                if (payload.readableBytes() != 3)
                    throw new ProtocolViolation("COM_SET_OPTION is malformed");
                forward(current, payload, Expected.OK);
            }
            case COM_STMT_RESET -> {
                long id = number(payload, current);
                if (prepared.containsKey(id)) {
                    longData.forget(id);
                    forward(current, payload, Expected.OK);
                } else unknownStatement();
            }
            case COM_STMT_CLOSE -> {
                long id = number(payload, current);
                var gone = prepared.remove(id);
                if (gone != null) {
                    longData.forget(id);
                    enforcement.closed(gone.name, true);
                    sendUp(payload.readerIndex(0).retainedSlice());
                }
                next();
            }
            default -> throw new IllegalStateException(current + " is not relayed");
        }
    }

    /// The number of a statement, and nothing behind it.
    private static long number(ByteBuf payload, Command current) {
        var in = new BodyReader(payload, current.name());
        in.skip(1);
        long id = in.int4();
        in.end();
        return id;
    }

    private void guarded(Command current, ByteBuf payload) {
        switch (current) {
            case COM_QUERY -> {
                var query =
                        ComQuery.decode(
                                payload,
                                Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES));
                if (killed(query)) return;
                ByteBuf whole = payload.readerIndex(0).retainedSlice();
                decide(
                        new Question(
                                current,
                                Expected.RESULTS,
                                query.text(),
                                whole,
                                query.textOffset()));
            }
            case COM_STMT_PREPARE -> {
                if (prepared.size() >= MAX_PREPARED) {
                    deny(current, enforcement.refuse(Refusal.TOO_MANY_HELD, current.name()));
                    return;
                }
                payload.skipBytes(1);
                var text = new byte[payload.readableBytes()];
                payload.readBytes(text);
                preparing = "statement-" + ++namesGiven;
                decide(
                        new Question(
                                current,
                                Expected.PREPARED,
                                text,
                                payload.readerIndex(0).retainedSlice(),
                                1));
            }
            case COM_INIT_DB -> {
                payload.skipBytes(1);
                var name = new byte[payload.readableBytes()];
                payload.readBytes(name);
                decide(
                        new Question(
                                current,
                                Expected.OK,
                                quoted("USE ", name, ""),
                                payload.readerIndex(0).retainedSlice(),
                                -1));
            }
            case COM_FIELD_LIST -> {
                var in = new BodyReader(payload, current.name());
                in.skip(1);
                byte[] table = in.terminatedBytes();
                decide(
                        new Question(
                                current,
                                Expected.DEFINITIONS,
                                quoted("SHOW COLUMNS FROM ", table, ""),
                                payload.readerIndex(0).retainedSlice(),
                                -1));
            }
            case COM_STMT_FETCH -> {
                var in = new BodyReader(payload, current.name());
                in.skip(1);
                long id = in.int4();
                in.skip(4);
                in.end();
                var statement = prepared.get(id);
                if (statement == null) {
                    unknownStatement();
                    return;
                }
                var question =
                        new Question(
                                current,
                                Expected.ROWS,
                                new byte[0],
                                payload.readerIndex(0).retainedSlice(),
                                -1);
                question.statement = statement;
                decide(question);
            }
            default -> throw new IllegalStateException(current + " is not put to the guard");
        }
    }

    /// A name as the statement that means the same has it.
    private static byte[] quoted(String before, byte[] name, String behind) {
        var text = new StringBuilder(before).append('`');
        for (byte b : name) {
            if (b == '`') text.append('`');
            text.append((char) (b & 0xFF));
        }
        // Bytes stay what they were: one character each, and back.
        return text.append('`').append(behind).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void decideHead(Command current) {
        long id =
                head[1] & 0xFFL
                        | (head[2] & 0xFFL) << 8
                        | (head[3] & 0xFFL) << 16
                        | (head[4] & 0xFFL) << 24;
        var statement = prepared.get(id);
        if (current == Command.COM_STMT_SEND_LONG_DATA) {
            // Nothing answers it, not even an error.
            if (statement == null) state = State.DROPPING;
            else {
                longData.begin(id, head[5] & 0xFF | (head[6] & 0xFF) << 8);
                pass();
            }
            afterHead();
            return;
        }
        if (statement == null) {
            drop(this::unknownStatement);
            return;
        }
        var question = new Question(current, Expected.RESULTS, new byte[0], null, -1);
        question.statement = statement;
        question.values = values(id, statement);
        decide(question);
    }

    /// What the execution whose head has come gives to its parameters. The types that it declares
    /// are the server's once it goes up.
    private BoundValues values(long id, Prepared statement) {
        var given =
                ComStmtExecute.read(
                        Unpooled.wrappedBuffer(head, 0, headLength),
                        new ComStmtExecute.Statement(
                                statement.parameters,
                                statement.types,
                                parameter -> longData.value(id, parameter),
                                Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES),
                                isUtf8()));
        executing =
                () -> {
                    statement.types = given.types();
                    longData.forget(id);
                };
        refusing = longData.isGiven(id) ? id : NOTHING_GIVEN;
        return longData.isComplete() && enforcement.wantsValues()
                ? new BoundValues(statement.parameters, given.values())
                : BoundValues.unread(statement.parameters);
    }

    private boolean isUtf8() {
        var characterSet = enforcement.parameter("character_set_client");
        return characterSet != null && ClientText.isUtf8(characterSet);
    }

    private static final long NOTHING_GIVEN = -1;

    /// What is so once the execution that is being decided about goes up.
    private Runnable executing = () -> {};

    /// The statement that the server has long data for, which it must not keep when the execution
    /// that was to use it is refused: the next one's would come behind it.
    private long refusing = NOTHING_GIVEN;

    /// The head goes up, and the rest will as it comes.
    private void pass() {
        upstream.write(
                PacketWriter.header(upstream.alloc(), packets.bodyLength(), 0),
                upstream.voidPromise());
        upstream.write(
                upstream.alloc().buffer(headLength).writeBytes(head, 0, headLength),
                upstream.voidPromise());
        session.upstreamWritten();
        state = State.PASSING;
    }

    private void drop(Runnable then) {
        dropped = then;
        state = State.DROPPING;
        afterHead();
    }

    /// A command that is all head is over.
    private void afterHead() {
        if (!packets.inBody() && !packets.goesOn()) wholeCommandRead();
    }

    // --- deciding

    /// One command for the guard, kept until it has been answered for good.
    private final class Question {
        final Command command;
        final Expected expected;
        final byte[] text;

        /// Owned; null for one whose rest is still to come.
        @Nullable ByteBuf payload;

        /// The rest of the command goes up, or is dropped, as it comes.
        final boolean streams;

        /// Where in the payload the text begins that the guard may replace; -1 where it may not.
        final int textOffset;

        /// What goes up in the text's place; null: the text itself.
        byte @Nullable [] replacement;

        /// Runs, instead of a text.
        @Nullable Prepared statement;

        @Nullable BoundValues values;

        Question(
                Command command,
                Expected expected,
                byte[] text,
                @Nullable ByteBuf payload,
                int textOffset) {
            this.command = command;
            this.expected = expected;
            this.text = text;
            this.payload = payload;
            this.streams = payload == null;
            this.textOffset = textOffset;
        }

        /// @return false: the session's character set can't hold what would go up
        boolean replace(Verdict.Permit permit, @Nullable String characterSet) {
            var text = permit.text();
            if (text == null || textOffset < 0) return true;
            replacement =
                    characterSet == null
                            ? null
                            : ClientText.encode(text.text(), characterSet).orElse(null);
            return replacement != null;
        }

        void release() {
            ByteBuf bytes = payload;
            payload = null;
            if (bytes != null) bytes.release();
        }
    }

    private void decide(Question question) {
        Verdict verdict;
        var statement = question.statement;
        if (statement != null) {
            var values = question.values;
            verdict =
                    enforcement.execute(
                            statement.name,
                            values == null ? BoundValues.unread(statement.parameters) : values);
        } else {
            var text = text(question.text);
            if (text.isEmpty())
                verdict = enforcement.refuse(Refusal.ENCODING, question.command.name());
            else if (question.command == Command.COM_STMT_PREPARE)
                verdict = enforcement.prepare(preparing, text.get());
            else verdict = enforcement.query(text.get());
        }
        switch (verdict) {
            case Verdict.Deny denied -> {
                question.release();
                if (question.streams) drop(() -> denyExecution(question.command, denied));
                else deny(question.command, denied);
            }
            case Verdict.NeedsTime(var analysis) -> {
                enforcement.analyse(
                        analysis,
                        () -> {
                            if (session.isOver()) {
                                question.release();
                                return;
                            }
                            decide(question);
                            session.advanced();
                        });
            }
            case Verdict.NeedsTruth(var truth) ->
                    session.ask(
                            truth,
                            () -> {
                                if (session.isOver()) question.release();
                                else decide(question);
                            });
            case Verdict.Permit permit -> permitted(question, permit);
        }
    }

    private Optional<SqlText> text(byte[] bytes) {
        var characterSet = enforcement.parameter("character_set_client");
        return characterSet == null ? Optional.empty() : ClientText.decode(bytes, characterSet);
    }

    private void permitted(Question question, Verdict.Permit permit) {
        var own = permit.own();
        if (own != null) {
            question.release();
            answerOwn(question, permit, own);
            return;
        }
        // Whether the others ran before the limit was reached could not be taken back.
        if (permit.statements().size() > 1
                && permit.statements().stream().anyMatch(s -> s.meter() != null)) {
            refuseAfterAll(question, permit, Refusal.LIMITED_AMONG_OTHERS);
            return;
        }
        if (!question.replace(permit, enforcement.parameter("character_set_client"))) {
            refuseAfterAll(question, permit, Refusal.ENCODING);
            return;
        }
        release.require(permit.ticket());
        if (!permit.waitBeforeForwarding() || enforcement.isDurable(permit.ticket())) {
            sendUp(question, permit);
            return;
        }
        enforcement.whenDurable(
                permit.ticket(),
                () -> {
                    if (session.isOver()) {
                        question.release();
                        return;
                    }
                    sendUp(question, permit);
                    session.advanced();
                },
                cause -> {
                    question.release();
                    session.auditFailed(cause);
                });
    }

    /// What was permitted can't go up: nothing of it runs.
    private void refuseAfterAll(Question question, Verdict.Permit permit, Refusal refusal) {
        question.release();
        for (var statement : permit.statements())
            release.require(enforcement.outcome(statement, Outcome.skipped()));
        if (question.command == Command.COM_STMT_PREPARE) enforcement.failed(true);
        enforcement.ready(answer.transactionStatus());
        deny(question.command, enforcement.refuse(refusal, question.command.name()));
    }

    private void sendUp(Question question, Verdict.Permit permit) {
        var running =
                new Running(
                        question.expected, permit.statements(), permit.governed(), opening != null);
        timeLimit(running);
        if (question.streams) {
            streaming = running;
            executing.run();
            pass();
            // Both sides' packets are the same.
            dropped =
                    () -> {
                        streaming = null;
                        answer.expect(running, packets.expected(), packets.expected());
                    };
            afterHead();
            return;
        }
        ByteBuf body = body(question);
        answer.expect(running, packets.expected(), PacketWriter.packets(body.readableBytes()));
        sendUp(body);
    }

    /// A command that is still going up: its statement has an outcome whatever becomes of it.
    private @Nullable Running streaming;

    private void timeLimit(Running running) {
        var meter = running.meter();
        if (meter == null || meter.time().isEmpty()) return;
        session.lookAgain(running, meter.time().get().toNanos());
    }

    private ByteBuf body(Question question) {
        ByteBuf whole = question.payload;
        question.payload = null;
        if (whole == null) throw new IllegalStateException("nothing to send");
        byte[] bytes = question.replacement;
        if (bytes == null) return whole;
        ByteBuf replaced = upstream.alloc().buffer(question.textOffset + bytes.length);
        replaced.writeBytes(whole, whole.readerIndex(), question.textOffset).writeBytes(bytes);
        whole.release();
        return replaced;
    }

    /// Takes ownership.
    private void sendUp(ByteBuf payload) {
        upstream.write(PacketWriter.frame(upstream.alloc(), 0, payload), upstream.voidPromise());
        session.upstreamWritten();
    }

    private void forward(Command current, ByteBuf payload, Expected expected) {
        ByteBuf body = payload.readerIndex(0).retainedSlice();
        answer.expect(
                new Running(expected, List.of(), false, false),
                packets.expected(),
                PacketWriter.packets(body.readableBytes()));
        sendUp(body);
    }

    // --- answers of the gateway's own

    private void deny(Command current, Verdict.Deny denied) {
        release.require(denied.ticket());
        answerError(
                current == Command.COM_INIT_DB
                        ? Errors.ofDatabase(denied.denial())
                        : Errors.of(denied.denial()));
    }

    private void denyExecution(Command current, Verdict.Deny denied) {
        long id = refusing;
        if (id == NOTHING_GIVEN) {
            deny(current, denied);
            return;
        }
        longData.forget(id);
        ByteBuf reset = upstream.alloc().buffer(5).writeByte(Command.COM_STMT_RESET.code());
        silently(reset.writeIntLE((int) id), () -> deny(current, denied));
    }

    /// Asks the server in the client's name, which hears nothing of it.
    ///
    /// @param then when it has answered, well or not
    private void silently(ByteBuf payload, Runnable then) {
        afterSilent = then;
        answer.expect(new Running(Expected.OK, List.of(), false, true), packets.expected(), 1);
        sendUp(payload);
    }

    private @Nullable Runnable afterSilent;

    private void unknownStatement() {
        answerError(
                new ErrPacket(
                        Errors.UNKNOWN_STATEMENT,
                        "HY000",
                        "sallyport: no such prepared statement. Hint: prepare it first."));
    }

    private void answerError(ErrPacket error) {
        var failed = opening;
        if (failed != null) {
            opening = null;
            failed.refused(error);
            return;
        }
        ByteBuf body = client.alloc().buffer(256);
        error.encode(body);
        release.send(PacketWriter.frame(client.alloc(), packets.expected(), body), true);
        next();
        session.answeredLocally();
    }

    private void answerOk() {
        ByteBuf body = client.alloc().buffer(16);
        OkPacket.own(OkPacket.HEADER, answer.status()).encode(body, false);
        release.send(PacketWriter.frame(client.alloc(), packets.expected(), body), true);
        next();
        session.answeredLocally();
    }

    private void answerOwn(Question question, Verdict.Permit permit, OwnAnswer own) {
        release.require(permit.ticket());
        for (AuditedStatement statement : permit.statements())
            release.require(
                    enforcement.outcome(
                            statement, Outcome.completed(own.tag(), own.rows().size(), 0, 0)));
        if (question.command == Command.COM_STMT_PREPARE) {
            enforcement.prepared();
            enforcement.ready(answer.transactionStatus());
            enforcement.closed(preparing, true);
            answerError(
                    new ErrPacket(
                            1295,
                            "HY000",
                            "sallyport: the gateway's own statements cannot be prepared. Hint: send"
                                    + " it as text."));
            return;
        }
        ByteBuf out = client.alloc().buffer(1_024);
        int sequence = packets.expected();
        int begun = PacketWriter.begin(out, sequence++);
        BodyWriter.lengthEncoded(out, own.columns().size());
        PacketWriter.end(out, begun);
        for (var column : own.columns()) {
            begun = PacketWriter.begin(out, sequence++);
            new ColumnDefinition41(column).encode(out);
            PacketWriter.end(out, begun);
        }
        boolean deprecatesEof = Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
        if (!deprecatesEof) {
            begun = PacketWriter.begin(out, sequence++);
            new EofPacket(0, answer.status()).encode(out);
            PacketWriter.end(out, begun);
        }
        for (var row : own.rows()) {
            begun = PacketWriter.begin(out, sequence++);
            for (var value : row) BodyWriter.lengthEncodedText(out, value);
            PacketWriter.end(out, begun);
        }
        begun = PacketWriter.begin(out, sequence);
        if (deprecatesEof) OkPacket.own(OkPacket.END_OF_ROWS, answer.status()).encode(out, false);
        else new EofPacket(0, answer.status()).encode(out);
        PacketWriter.end(out, begun);
        enforcement.ready(answer.transactionStatus());
        release.send(out, true);
        next();
        session.answeredLocally();
    }

    private boolean killed(ComQuery query) {
        if (!mayBeKill(query.text())) return false;
        var text = text(query.text());
        if (text.isEmpty()) return false;
        var matcher = KILL.matcher(text.get().text());
        if (!matcher.matches()) return false;
        kill(Long.parseLong(matcher.group(2)), !"query".equalsIgnoreCase(matcher.group(1)));
        return true;
    }

    private static boolean mayBeKill(byte[] text) {
        for (byte b : text) if (b > ' ') return b == 'k' || b == 'K';
        return false;
    }

    private void kill(long id, boolean ends) {
        if (id > 0 && id <= Integer.MAX_VALUE && enforcement.kill((int) id, ends)) answerOk();
        else
            answerError(
                    new ErrPacket(
                            Errors.NO_SUCH_THREAD,
                            "HY000",
                            "sallyport: you have no session with the number "
                                    + id
                                    + ". Hint: numbers are the gateway's, as the client was told"
                                    + " when it connected."));
    }

    // --- the opening: a schema that was named at the login

    /// What becomes of a login whose schema is decided about.
    interface Opening {
        void opened();

        void refused(ErrPacket error);
    }

    private @Nullable Opening opening;

    /// Called once, before anything is read.
    ///
    /// @param schema empty for none
    void open(String schema, Opening then) {
        if (schema.isEmpty()) {
            then.opened();
            next();
            return;
        }
        opening = then;
        byte[] name = schema.getBytes(StandardCharsets.UTF_8);
        ByteBuf payload = client.alloc().buffer().writeByte(Command.COM_INIT_DB.code());
        payload.writeBytes(name);
        command = Command.COM_INIT_DB;
        decide(
                new Question(
                        Command.COM_INIT_DB, Expected.OK, quoted("USE ", name, ""), payload, -1));
    }

    // --- what the answer tells

    void prepared(long id, int parameters) {
        enforcement.prepared();
        var before = prepared.put(id, new Prepared(preparing, parameters));
        if (before != null) throw new ProtocolViolation("two prepared statements of one number");
    }

    /// The server has answered.
    void answered(@Nullable ErrPacket error) {
        var after = afterSilent;
        if (after != null) {
            afterSilent = null;
            after.run();
            return;
        }
        var open = opening;
        if (open != null) {
            opening = null;
            if (error == null) open.opened();
            else {
                open.refused(error);
                return;
            }
        }
        if (command == Command.COM_RESET_CONNECTION && error == null) {
            prepared.clear();
            longData.forgetAll();
            enforcement.connectionReset();
            // What the gateway asked for at the login is reset as well.
            if (Capabilities.has(serverCapabilities, Capabilities.SESSION_TRACK)) {
                silently(
                        ComQuery.own(
                                upstream.alloc(), EstablishedSession.TRACK, serverCapabilities),
                        this::next);
                return;
            }
        }
        next();
    }

    /// The next command may come.
    private void next() {
        command = null;
        headLength = 0;
        packets.expect(0);
        packets.limit(maxMessageBytes);
        state = State.READY;
    }

    /// Goes on with what was kept.
    void resume() {
        ByteBuf bytes = kept;
        if (bytes == null || state == State.BUSY || session.isOver()) return;
        kept = null;
        try {
            readAll(bytes);
        } finally {
            bytes.release();
        }
    }

    /// Whether there's room for more of the client's bytes.
    boolean wantsToRead() {
        return kept == null
                && switch (state) {
                    case READY, DROPPING -> true;
                    case PASSING -> upstream.isWritable();
                    case BUSY -> false;
                };
    }

    boolean isAtRest() {
        return state == State.READY && command == null;
    }

    /// Whether the server has been sent whole commands only.
    boolean isAtBoundary() {
        return state != State.PASSING;
    }

    /// The sequence id of the packet that would be said next.
    int sequence() {
        return packets.expected();
    }

    /// What was going up when the session ended: nobody knows what the server made of it.
    ///
    /// @return ticket of its outcome
    long end() {
        packets.close();
        ByteBuf bytes = kept;
        kept = null;
        if (bytes != null) bytes.release();
        long ticket = 0;
        var half = streaming;
        streaming = null;
        if (half != null)
            for (var statement : half.statements)
                if (statement.outcomeOwed())
                    ticket =
                            Math.max(
                                    ticket,
                                    enforcement.outcome(
                                            statement, Outcome.unknown(0, half.micros())));
        return ticket;
    }
}
