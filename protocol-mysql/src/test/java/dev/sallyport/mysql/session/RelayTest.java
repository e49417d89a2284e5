package dev.sallyport.mysql.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.mysql.codec.PacketWriter;
import dev.sallyport.mysql.packet.BodyWriter;
import dev.sallyport.mysql.packet.Capabilities;
import dev.sallyport.mysql.packet.ColumnDefinition41;
import dev.sallyport.mysql.packet.Command;
import dev.sallyport.mysql.packet.EofPacket;
import dev.sallyport.mysql.packet.ErrPacket;
import dev.sallyport.mysql.packet.HandshakeV10;
import dev.sallyport.mysql.packet.OkPacket;
import dev.sallyport.mysql.startup.EstablishedSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A session between two channels whose other ends are this test.
class RelayTest {
    private static final long MODERN =
            Capabilities.OWN | Capabilities.SESSION_TRACK | Capabilities.DEPRECATE_EOF;
    private static final long OLD = Capabilities.OWN;

    private final ScriptedEnforcement enforcement = new ScriptedEnforcement();
    private EmbeddedChannel client = new EmbeddedChannel();
    private EmbeddedChannel upstream = new EmbeddedChannel();
    private boolean cancelled;
    private String relogin = "";

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        upstream.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(longs = {MODERN, OLD})
    void aResultIsTheSameWhereverItIsCut(long capabilities) {
        byte[] answer = rows(capabilities, 1);
        for (int cut = 1; cut < answer.length; cut++) {
            begin(capabilities);
            ask("SELECT 1");
            fromServer(answer, 0, cut);
            fromServer(answer, cut, answer.length);
            assertThat(toClient()).as("cut at %d", cut).isEqualTo(hex(answer));
            assertThat(enforcement.notes).contains("outcome 1 COMPLETED 2");
            // In step still: another command is answered as well.
            ask("SELECT 2");
            fromServer(answer, 0, answer.length);
            assertThat(toClient()).isEqualTo(hex(answer));
            close();
        }
    }

    @Test
    void aCommandIsTheSameWhereverItIsCut() {
        byte[] command = command(Command.COM_QUERY, "SELECT 'x' FROM t");
        for (int cut = 1; cut < command.length; cut++) {
            begin(MODERN);
            fromClient(command, 0, cut);
            assertThat(toServer()).isEmpty();
            fromClient(command, cut, command.length);
            assertThat(toServer()).isEqualTo(hex(command));
            close();
        }
    }

    private void prepare() {
        begin(MODERN);
        var prepare = command(Command.COM_STMT_PREPARE, "SELECT ?");
        fromClient(prepare, 0, prepare.length);
        assertThat(toServer()).isEqualTo(hex(prepare));
        byte[] prepared =
                packets(out -> {
                    int at = PacketWriter.begin(out, 1);
                    out.writeByte(0).writeIntLE(5).writeShortLE(1).writeShortLE(1);
                    out.writeByte(0).writeShortLE(0);
                    PacketWriter.end(out, at);
                    definition(out, 2);
                    definition(out, 3);
                });
        fromServer(prepared, 0, prepared.length);
        assertThat(toClient()).isEqualTo(hex(prepared));
    }

    /// Of the statement that {@link #prepare} prepares.
    private static byte[] execution(Consumer<ByteBuf> parameters) {
        return packets(out -> {
            int at = PacketWriter.begin(out, 0);
            out.writeByte(Command.COM_STMT_EXECUTE.code()).writeIntLE(5);
            out.writeByte(0).writeIntLE(1);
            parameters.accept(out);
            PacketWriter.end(out, at);
        });
    }

    private static byte[] execution(String value) {
        return execution(out -> {
            out.writeByte(0).writeByte(1).writeShortLE(0xFE).writeByte(value.length());
            out.writeCharSequence(value, StandardCharsets.US_ASCII);
        });
    }

    private static byte[] longData(int parameter, String data) {
        return packets(out -> {
            int at = PacketWriter.begin(out, 0);
            out.writeByte(Command.COM_STMT_SEND_LONG_DATA.code()).writeIntLE(5);
            out.writeShortLE(parameter).writeCharSequence(data, StandardCharsets.US_ASCII);
            PacketWriter.end(out, at);
        });
    }

    @Test
    void anExecutionGoesUpAsItComes() {
        prepare();
        byte[] execute = execution("abc");
        byte[] answer = rows(MODERN, 1);
        for (int cut = 1; cut < execute.length; cut++) {
            fromClient(execute, 0, cut);
            var first = toServer();
            fromClient(execute, cut, execute.length);
            assertThat(first + toServer()).as("cut at %d", cut).isEqualTo(hex(execute));
            fromServer(answer, 0, answer.length);
            assertThat(toClient()).isEqualTo(hex(answer));
        }
        assertThat(enforcement.notes)
                .filteredOn("execute statement-1 1"::equals)
                .hasSize(execute.length - 1);
        assertThat(enforcement.notes)
                .as("its value is known before it is decided about")
                .filteredOn("value abc"::equals)
                .hasSize(execute.length - 1);
    }

    @Test
    void typesAreThoseOfTheLastExecutionThatWentUp() {
        prepare();
        byte[] number =
                execution(out -> out.writeByte(0).writeByte(1).writeShortLE(0x01).writeByte(0xFF));
        byte[] again = execution(out -> out.writeByte(0).writeByte(0).writeByte(0x80));
        byte[] text = execution("x");
        byte[] answer = rows(MODERN, 1);
        send(again);
        fromServer(answer, 0, answer.length);
        send(number);
        fromServer(answer, 0, answer.length);
        send(again);
        fromServer(answer, 0, answer.length);
        enforcement.refuses = true;
        send(text);
        enforcement.refuses = false;
        send(again);
        fromServer(answer, 0, answer.length);
        assertThat(enforcement.notes)
                .filteredOn(n -> n.startsWith("value "))
                .containsExactly(
                        "value passed -1", "value -1", "value -128", "value x", "value -128");
        // Types that nobody looked at are not known.
        enforcement.wantsValues = false;
        send(text);
        fromServer(answer, 0, answer.length);
        enforcement.wantsValues = true;
        send(again);
        assertThat(enforcement.notes.getLast()).isEqualTo("value passed -1");
    }

    @Test
    void longDataIsTheValueOfItsParameter() {
        prepare();
        byte[] first = longData(0, "zq");
        byte[] second = longData(0, "canary");
        byte[] answer = rows(MODERN, 1);
        byte[] execute = execution(out -> out.writeByte(0).writeByte(1).writeShortLE(0xFE));
        for (int cut = 1; cut < first.length; cut++) {
            toServer();
            fromClient(first, 0, cut);
            fromClient(first, cut, first.length);
            fromClient(second, 0, second.length);
            assertThat(toServer()).as("cut at %d", cut).isEqualTo(hex(first) + hex(second));
            assertThat(toClient()).as("nothing answers it").isEmpty();
            send(execute);
            assertThat(enforcement.notes.getLast()).isEqualTo("value zqcanary");
            fromServer(answer, 0, answer.length);
            assertThat(toClient()).isEqualTo(hex(answer));
        }
        // Used up.
        send(execution("abc"));
        assertThat(enforcement.notes.getLast()).isEqualTo("value abc");
    }

    @Test
    void whatARefusedExecutionWasGivenDoesNotStayOnTheServer() {
        prepare();
        byte[] data = longData(0, "somebody's");
        send(data);
        toServer();
        enforcement.refuses = true;
        send(execution(out -> out.writeByte(0).writeByte(1).writeShortLE(0xFE)));
        assertThat(toServer()).isEqualTo("050000001a05000000");
        assertThat(toClient()).as("the client hears when it is gone").isEmpty();
        byte[] ok = ByteBufUtil.decodeHexDump("07000001" + "00000002000000");
        fromServer(ok, 0, ok.length);
        assertThat(error(toClient())).startsWith("1142 42000 sallyport: no");
        enforcement.refuses = false;
        send(execution("abc"));
        assertThat(enforcement.notes.getLast()).isEqualTo("value abc");
    }

    @Test
    void aLongTextIsAnalysedBesideTheLoop() {
        begin(MODERN);
        byte[] text = command(Command.COM_QUERY, "SELECT long");
        send(text);
        byte[] behind = command(Command.COM_PING, "");
        send(behind);
        assertThat(enforcement.notes).contains("analyse");
        assertThat(toServer()).as("neither it nor what comes behind it").isEmpty();
        Objects.requireNonNull(enforcement.analysed).run();
        assertThat(toServer()).isEqualTo(hex(text));
        byte[] answer = rows(MODERN, 1);
        fromServer(answer, 0, answer.length);
        assertThat(toServer()).isEqualTo(hex(behind));
    }

    @Test
    void aLongTextWhoseClientIsGoneIsDropped() {
        begin(MODERN);
        send(command(Command.COM_QUERY, "SELECT long"));
        client.close();
        Objects.requireNonNull(enforcement.analysed).run();
        assertThat(toServer()).doesNotContain(hex("long".getBytes(StandardCharsets.US_ASCII)));
        assertThat(enforcement.notes).contains("ended client closed");
    }

    @Test
    void whatTheServerSaysIsKeptForAuditors() {
        begin(MODERN);
        ask("SELECT 1");
        byte[] failure =
                packets(out -> {
                    int at = PacketWriter.begin(out, 1);
                    new ErrPacket(1062, "23000", "Duplicate entry 'zqcanary'").encode(out);
                    PacketWriter.end(out, at);
                });
        fromServer(failure, 0, failure.length);
        assertThat(enforcement.notes)
                .containsSubsequence(
                        "outcome 1 FAILED 0", "said 1062 (23000): Duplicate entry 'zqcanary'");
    }

    @Test
    void noByteOfAResultIsSeenBeforeItsRecordIsDurable() {
        begin(MODERN);
        enforcement.durable = 0;
        ask("SELECT 1");
        byte[] answer = rows(MODERN, 1);
        fromServer(answer, 0, answer.length);
        assertThat(toClient()).as("neither intent nor outcome is on disk").isEmpty();
        enforcement.durable(1);
        client.runPendingTasks();
        var before = toClient();
        assertThat(before).as("the end depends on the outcome").isNotEqualTo(hex(answer));
        enforcement.durable(enforcement.lastTicket());
        client.runPendingTasks();
        assertThat(before + toClient()).isEqualTo(hex(answer));
    }

    @Test
    void whatChangesSomethingWaitsForItsIntent() {
        begin(MODERN);
        enforcement.durable = 0;
        ask("UPDATE t SET a = 1");
        assertThat(toServer()).isEmpty();
        enforcement.durable(1);
        assertThat(toServer()).isNotEmpty();
    }

    @Test
    void aDenialWaitsForItsRecordAndNothingGoesUp() {
        begin(MODERN);
        enforcement.durable = 0;
        ask("SELECT forbidden");
        assertThat(toServer()).isEmpty();
        assertThat(toClient()).isEmpty();
        enforcement.durable(enforcement.lastTicket());
        assertThat(error(toClient())).isEqualTo("1142 42000 sallyport: no. By rule: r. Hint: ask");
    }

    @Test
    void aServerThatAsksForAFileEndsTheSession() {
        begin(MODERN);
        ask("SELECT 1");
        byte[] request =
                packets(out -> {
                    int at = PacketWriter.begin(out, 1);
                    out.writeByte(0xFB);
                    out.writeCharSequence("/etc/passwd", StandardCharsets.US_ASCII);
                    PacketWriter.end(out, at);
                });
        fromServer(request, 0, request.length);
        var said = toClient();
        assertThat(said).doesNotContain(hex("/etc/passwd".getBytes(StandardCharsets.US_ASCII)));
        assertThat(error(said)).contains("the database server broke the protocol");
        assertThat(enforcement.notes)
                .contains("outcome 1 UNKNOWN -1", "ended upstream protocol error");
        assertThat(upstream.isOpen()).isFalse();
    }

    @Test
    void whatIsNoCommandEndsTheSession() {
        for (var bytes :
                new String[] {
                    "00000000",
                    "0100000022",
                    "01000001" + "0e",
                    "020000001905",
                    "0500000017000000" + "00",
                    "0100001b0e"
                }) {
            begin(MODERN);
            byte[] sent = ByteBufUtil.decodeHexDump(bytes);
            fromClient(sent, 0, sent.length);
            assertThat(error(toClient())).as(bytes).startsWith("1835 HY000 sallyport: ");
            assertThat(enforcement.notes).as(bytes).contains("ended protocol error");
            assertThat(client.isOpen()).isFalse();
            close();
        }
    }

    @Test
    void refusedCommandsAreRecordedAndTheSessionGoesOn() {
        begin(MODERN);
        for (Command command : Command.values()) {
            if (command.treatment() != Command.Treatment.REFUSED) continue;
            byte[] sent = command(command, "");
            fromClient(sent, 0, sent.length);
            assertThat(toServer()).as("%s", command).isEmpty();
            assertThat(error(toClient())).as("%s", command).startsWith("1235 42000 sallyport: ");
            assertThat(enforcement.notes).contains("refused " + command + " COMMAND");
        }
    }

    @Test
    void aStatementThatWasNeverPreparedIsNotExecuted() {
        begin(MODERN);
        byte[] execute = ByteBufUtil.decodeHexDump("0a00000017" + "09000000" + "00" + "01000000");
        fromClient(execute, 0, execute.length);
        assertThat(toServer()).isEmpty();
        assertThat(error(toClient())).startsWith("1243 HY000 ");
    }

    @Test
    void numbersOfConnectionsAreTheGateways() {
        begin(MODERN);
        ask("KILL QUERY 7");
        assertThat(toServer()).isEmpty();
        assertThat(toClient()).startsWith("07000001" + "00");
        ask("kill 8");
        assertThat(error(toClient())).startsWith("1094 ");
        assertThat(enforcement.notes).contains("kill 7 false", "kill 8 true");
    }

    @Test
    void oneCommandAtATimeGoesUp() {
        begin(MODERN);
        byte[] first = command(Command.COM_QUERY, "SELECT 1");
        byte[] second = command(Command.COM_QUERY, "SELECT 22");
        send(joined(first, second));
        assertThat(toServer()).isEqualTo(hex(first));
        byte[] answer = rows(MODERN, 1);
        fromServer(answer, 0, answer.length);
        assertThat(toServer()).isEqualTo(hex(second));
    }

    @Test
    void anotherWordOfTheServersEndsTheSession() {
        begin(MODERN);
        byte[] unasked = rows(MODERN, 0);
        fromServer(unasked, 0, unasked.length);
        assertThat(enforcement.notes).contains("ended upstream protocol error");
    }

    @Test
    void noBytesOfAServersMakeItHangOrThrow() {
        byte[] answer = rows(MODERN, 1);
        long seed = 815;
        for (int round = 0; round < 400; round++) {
            var random = new Random(seed + round);
            byte[] changed = answer.clone();
            for (int i = 0; i <= random.nextInt(3); i++)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            begin(MODERN);
            ask("SELECT 1");
            int cut = random.nextInt(changed.length);
            fromServer(changed, 0, cut);
            fromServer(changed, cut, changed.length);
            assertThat(enforcement.notes)
                    .as("seed %d", seed + round)
                    .doesNotContain("ended gateway error");
            upstream.close();
            assertThat(enforcement.notes)
                    .as("seed %d: each statement has one outcome", seed + round)
                    .filteredOn(n -> n.startsWith("outcome 1 "))
                    .hasSize(1);
            close();
        }
    }

    @Test
    void noBytesOfAClientsMakeItHangOrThrow() {
        long seed = 4_711;
        byte[] sample = command(Command.COM_QUERY, "SELECT 1; SELECT 2");
        for (int round = 0; round < 400; round++) {
            var random = new Random(seed + round);
            begin(MODERN);
            byte[] changed = sample.clone();
            for (int i = 0; i <= random.nextInt(3); i++)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            // Lengths stay small, or nothing gets to be a packet.
            changed[1] = 0;
            changed[2] = 0;
            int cut = random.nextInt(changed.length);
            fromClient(changed, 0, cut);
            if (client.isOpen()) fromClient(changed, cut, changed.length);
            assertThat(enforcement.notes)
                    .as("seed %d", seed + round)
                    .doesNotContain("ended gateway error");
            close();
        }
    }

    private static byte[] changeUser() {
        return packets(out -> {
            int at = PacketWriter.begin(out, 0);
            out.writeByte(Command.COM_CHANGE_USER.code());
            BodyWriter.terminated(out, "pavel");
            out.writeByte(0);
            BodyWriter.terminated(out, "clinic");
            out.writeShortLE(45);
            BodyWriter.terminated(out, "caching_sha2_password");
            BodyWriter.lengthEncoded(out, 0);
            PacketWriter.end(out, at);
        });
    }

    @Test
    void whoChangesTheUserLeavesNothingBehind() {
        byte[] wish = changeUser();
        for (int cut = 1; cut < wish.length; cut++) {
            begin(MODERN);
            relogin = "";
            fromClient(wish, 0, cut);
            fromClient(wish, cut, wish.length);
            assertThat(toServer()).as("the server is told goodbye").isEqualTo("0100000001");
            assertThat(upstream.isOpen()).isFalse();
            assertThat(enforcement.notes).containsOnlyOnce("ended user changed");
            assertThat(relogin).isEqualTo("pavel 1");
            assertThat(client.isOpen()).isTrue();
            assertThat(client.pipeline().get("session")).isNull();
            close();
        }
    }

    @Test
    void theUserChangesWhenAllThatWasTheFormersIsSaid() {
        begin(MODERN);
        enforcement.durable = 0;
        ask("SELECT 1");
        byte[] answer = rows(MODERN, 1);
        fromServer(answer, 0, answer.length);
        send(changeUser());
        assertThat(relogin).isEmpty();
        enforcement.durable(enforcement.lastTicket());
        assertThat(toClient()).isEqualTo(hex(answer));
        assertThat(relogin).isEqualTo("pavel 1");
        assertThat(enforcement.notes).contains("outcome 1 COMPLETED 2", "ended user changed");
    }

    @Test
    void nothingIsReadBehindAChangeOfUser() {
        begin(MODERN);
        send(joined(changeUser(), command(Command.COM_QUERY, "SELECT 1")));
        assertThat(error(toClient())).startsWith("1835 HY000 sallyport: client sends ahead");
        assertThat(relogin).isEmpty();
        assertThat(enforcement.notes).contains("ended protocol error");
    }

    @Test
    void aResetForgetsWhatWasPreparedAndTracksOn() {
        prepare();
        byte[] reset = command(Command.COM_RESET_CONNECTION, "");
        send(reset);
        assertThat(toServer()).isEqualTo(hex(reset));
        byte[] ok = ByteBufUtil.decodeHexDump("07000001" + "00000002000000");
        fromServer(ok, 0, ok.length);
        assertThat(toClient()).isEqualTo(hex(ok));
        assertThat(enforcement.notes).contains("reset");
        assertThat(text(toServer())).contains("SET SESSION session_track_schema = 1");
        send(execution("abc"));
        fromServer(ok, 0, ok.length);
        assertThat(error(toClient())).startsWith("1243 ");
        assertThat(toServer()).isEmpty();
    }

    private static String text(String hex) {
        return new String(ByteBufUtil.decodeHexDump(hex), StandardCharsets.ISO_8859_1);
    }

    // --- the session

    /// Without the core's session: only the enforcement knows that.
    @SuppressWarnings("NullAway")
    private void begin(long capabilities) {
        enforcement.begin();
        client = new EmbeddedChannel();
        upstream = new EmbeddedChannel();
        var greeting = new HandshakeV10("9.7.0", 5, capabilities, 45, 2, new byte[20], "x");
        var session =
                new MySqlSession(
                        new EstablishedSession(
                                null,
                                client,
                                upstream,
                                capabilities,
                                capabilities,
                                greeting,
                                2,
                                "utf8mb4",
                                "",
                                2,
                                (wish, sequence) -> relogin = wish.user() + " " + sequence,
                                done -> {
                                    cancelled = true;
                                    done.run();
                                }),
                        enforcement,
                        GatewayConfig.Sessions.DEFAULTS);
        session.takeOver();
        assertThat(toClient()).isEqualTo("07000002" + "00000002000000");
        enforcement.notes.clear();
    }

    private void ask(String sql) {
        byte[] bytes = command(Command.COM_QUERY, sql);
        fromClient(bytes, 0, bytes.length);
        if (!sql.startsWith("UPDATE") && !sql.contains("forbidden") && !sql.matches("(?i)kill.*"))
            assertThat(toServer()).isEqualTo(hex(bytes));
    }

    private void send(byte[] bytes) {
        fromClient(bytes, 0, bytes.length);
    }

    private void fromClient(byte[] bytes, int from, int to) {
        if (from < to) client.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
        upstream.runPendingTasks();
    }

    private void fromServer(byte[] bytes, int from, int to) {
        if (from < to && upstream.isOpen())
            upstream.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
        client.runPendingTasks();
    }

    private String toClient() {
        return drain(client);
    }

    private String toServer() {
        return drain(upstream);
    }

    private static String drain(EmbeddedChannel channel) {
        channel.runPendingTasks();
        var all = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound();
                bytes != null;
                bytes = channel.readOutbound()) {
            all.append(ByteBufUtil.hexDump(bytes));
            bytes.release();
        }
        return all.toString();
    }

    // --- packets

    private static byte[] command(Command command, String text) {
        return packets(out -> {
            int at = PacketWriter.begin(out, 0);
            out.writeByte(command.code());
            out.writeCharSequence(text, StandardCharsets.UTF_8);
            PacketWriter.end(out, at);
        });
    }

    /// One column, two rows.
    private static byte[] rows(long capabilities, int sequence) {
        boolean deprecatesEof = Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
        return packets(out -> {
            int next = sequence;
            int at = PacketWriter.begin(out, next++);
            out.writeByte(1);
            PacketWriter.end(out, at);
            definition(out, next++);
            if (!deprecatesEof) {
                at = PacketWriter.begin(out, next++);
                new EofPacket(0, 2).encode(out);
                PacketWriter.end(out, at);
            }
            for (var value : new String[] {"Ada", "Grace"}) {
                at = PacketWriter.begin(out, next++);
                out.writeByte(value.length());
                out.writeCharSequence(value, StandardCharsets.US_ASCII);
                PacketWriter.end(out, at);
            }
            at = PacketWriter.begin(out, next);
            if (deprecatesEof) OkPacket.own(OkPacket.END_OF_ROWS, 2).encode(out, false);
            else new EofPacket(0, 2).encode(out);
            PacketWriter.end(out, at);
        });
    }

    private static void definition(ByteBuf out, int sequence) {
        int at = PacketWriter.begin(out, sequence);
        new ColumnDefinition41("name").encode(out);
        PacketWriter.end(out, at);
    }

    private static byte[] packets(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static String hex(byte[] bytes) {
        return ByteBufUtil.hexDump(bytes);
    }

    /// What the last packet says, which is an error.
    private static String error(String hex) {
        int at = hex.lastIndexOf("ff", hex.length());
        byte[] bytes = ByteBufUtil.decodeHexDump(hex);
        int begin = 0;
        int last = 0;
        while (begin < bytes.length) {
            last = begin;
            begin += 4 + ((bytes[begin] & 0xFF) | (bytes[begin + 1] & 0xFF) << 8);
        }
        assertThat(at).as("an error: %s", hex).isNotNegative();
        var error =
                ErrPacket.decode(Unpooled.wrappedBuffer(bytes, last + 4, bytes.length - last - 4));
        return error.code() + " " + error.sqlState() + " " + error.message();
    }
}
