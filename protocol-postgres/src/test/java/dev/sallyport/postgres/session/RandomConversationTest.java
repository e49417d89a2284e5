package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.postgres.session.Wire.Message;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Random conversations, cut and delayed at random, of a client with an ordinary server through the
/// gateway, against the same client alone with a server that denies by itself: the client must not
/// be able to tell the two apart.
class RandomConversationTest {
    private static final Pattern MARK = Pattern.compile("#\\d+");

    @Test
    void clientSeesWhatAServerThatDeniesItselfWouldSend() {
        long first = Long.getLong("sallyport.seed", 20261123);
        int runs = Integer.getInteger("runs", 2_000);
        for (long seed = first; seed < first + runs; seed++) {
            try {
                conversation(new Random(seed));
            } catch (Throwable e) {
                throw new AssertionError("-Dsallyport.seed=" + seed + " -Druns=1", e);
            }
        }
    }

    private static void conversation(Random random) {
        List<byte[]> messages = new Talk(random).messages();
        byte[] sent = Wire.join(messages.toArray(byte[][]::new));
        ModelServer alone = new ModelServer(true);
        byte[] expected = alone.receive(sent);

        ModelServer server = new ModelServer(false);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        try (SessionFixture session = new SessionFixture()) {
            session.guard.always = random.nextInt(4) == 0;
            int checked = 0;
            int at = 0;
            byte[] answers = new byte[0];
            for (int idle = 0; idle < 200; ) {
                idle++;
                assertThat(session.guard.closedBecause)
                        .as("sent %s seen %s", Wire.lines(sent), seen)
                        .isEmpty();
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        if (at < sent.length) {
                            int count = piece(random, sent.length - at);
                            session.sends(Arrays.copyOfRange(sent, at, at + count));
                            at += count;
                            idle = 0;
                        }
                    }
                    case 2 -> {
                        if (session.guard.durable < session.guard.tickets) {
                            long behind = session.guard.tickets - session.guard.durable;
                            session.guard.durable(
                                    session.guard.durable + 1 + random.nextLong(behind));
                            idle = 0;
                        }
                    }
                    default -> {
                        if (answers.length > 0) {
                            int count = piece(random, answers.length);
                            session.answers(Arrays.copyOf(answers, count));
                            answers = Arrays.copyOfRange(answers, count, answers.length);
                            idle = 0;
                        }
                    }
                }
                byte[] up = session.toUpstream();
                if (up.length > 0) {
                    answers = Wire.join(answers, server.receive(up));
                    idle = 0;
                }
                byte[] down = session.toClient();
                seen.writeBytes(down);
                if (down.length > 0) {
                    idle = 0;
                    checked = checkRecorded(seen.toByteArray(), checked, session.guard);
                }
            }
            assertThat(String.join("\n", Wire.lines(seen.toByteArray())))
                    .as("sent " + Wire.lines(sent))
                    .isEqualTo(String.join("\n", Wire.lines(expected)));
            assertThat(seen.toByteArray()).isEqualTo(expected);
            assertThat(server.committed).isEqualTo(alone.committed);
            assertThat(server.texts).noneMatch(ScriptedEnforcement::isDenied);
        }
    }

    /// Whatever the client was given up to now has its record on disk: results their intent, ends
    /// their outcome, denials their own.
    private static int checkRecorded(byte[] seen, int from, ScriptedEnforcement guard) {
        if (guard.always) return from;
        int at = from;
        while (seen.length - at >= 5) {
            int length = java.nio.ByteBuffer.wrap(seen, at + 1, 4).getInt();
            if (seen.length - at < 1 + length) break;
            Message message =
                    Wire.messages(Arrays.copyOfRange(seen, at, at + 1 + length)).getFirst();
            Matcher mark = MARK.matcher(message.toString());
            if (mark.find()) {
                switch (message.type()) {
                    case 'D', 'd', 'N' -> durable(guard, guard.intentTickets, mark.group());
                    case 'C' -> durable(guard, guard.outcomeTickets, mark.group());
                    case 'E' -> {
                        if (message.field('C').equals("42501")) {
                            durable(guard, guard.denialTickets, mark.group());
                        } else if (message.field('C').equals("22012")) {
                            durable(guard, guard.outcomeTickets, mark.group());
                        }
                    }
                    default -> {}
                }
            }
            at += 1 + length;
        }
        return at;
    }

    private static void durable(ScriptedEnforcement guard, Map<String, Long> tickets, String mark) {
        long ticket = Long.MAX_VALUE;
        for (Map.Entry<String, Long> entry : tickets.entrySet()) {
            if ((entry.getKey() + " ").contains(mark + " ")
                    || (entry.getKey() + ";").contains(mark + ";"))
                ticket = Math.min(ticket, entry.getValue());
        }
        assertThat(guard.isDurable(ticket)).as("record of " + mark).isTrue();
    }

    private static int piece(Random random, int available) {
        return switch (random.nextInt(3)) {
            case 0 -> Math.min(available, 1 + random.nextInt(8));
            case 1 -> Math.min(available, 1 + random.nextInt(200));
            default -> available;
        };
    }

    /// A client that uses all of the protocol, well and badly.
    private static final class Talk {
        private final Random random;
        private final List<byte[]> messages = new ArrayList<>();
        private final List<String> named = new ArrayList<>();
        private int marks;

        Talk(Random random) {
            this.random = random;
        }

        List<byte[]> messages() {
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> simple();
                    case 3 -> send(Wire.functionCall(42));
                    case 4 -> send(Wire.flush());
                    default -> batch();
                }
            }
            // The last word is a Sync, so that all is answered.
            send(Wire.sync());
            return messages;
        }

        private void simple() {
            switch (random.nextInt(8)) {
                case 0 -> {
                    send(Wire.query("copyin" + mark()));
                    copy(false);
                }
                case 1 -> send(Wire.query(" "));
                case 2, 3 -> {
                    StringBuilder text = new StringBuilder(text());
                    for (int i = random.nextInt(3); i >= 0; i--) text.append("; ").append(text());
                    send(Wire.query(text.toString()));
                }
                default -> send(Wire.query(text()));
            }
        }

        private void batch() {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) unit();
            if (random.nextInt(8) > 0) send(Wire.sync());
        }

        private void unit() {
            String statement = "";
            String portal = random.nextInt(4) == 0 ? "p" + random.nextInt(3) : "";
            boolean copies = random.nextInt(12) == 0;
            if (copies) {
                // Nothing else runs this portal: what doesn't know it is COPY couldn't go on.
                portal = "c" + marks;
                send(Wire.parse("", "copyin" + mark()));
            } else if (!named.isEmpty() && random.nextInt(3) == 0) {
                statement = named.get(random.nextInt(named.size()));
            } else {
                String text = text();
                // The scripted guard doesn't follow names; these two it denies by theirs.
                if (text.startsWith("bindno") || text.startsWith("executeno")) {
                    portal = "";
                } else if (random.nextInt(3) == 0) {
                    statement = "n" + marks++;
                    named.add(statement);
                }
                send(Wire.parse(statement, text));
            }
            if (random.nextInt(3) == 0) send(Wire.describeStatement(statement));
            if (random.nextInt(10) == 0) send(Wire.flush());
            if (copies || random.nextInt(10) > 0) send(Wire.bind(portal, statement));
            if (random.nextInt(3) == 0) send(Wire.describePortal(portal));
            if (copies) {
                send(Wire.execute(portal, 0));
                if (random.nextInt(3) == 0) send(Wire.sync());
                copy(true);
                return;
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                send(Wire.execute(portal, random.nextInt(4)));
            }
            if (random.nextInt(4) == 0) send(Wire.closePortal(portal));
            if (random.nextInt(8) == 0) send(Wire.closeStatement("n" + random.nextInt(5)));
        }

        private void copy(boolean extended) {
            for (int i = random.nextInt(4); i > 0; i--) {
                send(Wire.copyData(random.nextInt(12) == 0 ? "bad" : "data " + i));
                if (random.nextInt(8) == 0) send(Wire.flush());
            }
            send(random.nextInt(4) == 0 ? Wire.copyFail("no more") : Wire.copyDone());
            // A client that isn't sure whether it is in COPY says Sync.
            if (extended) send(Wire.sync());
        }

        private String text() {
            return switch (random.nextInt(20)) {
                case 0 -> "insert" + mark();
                case 1 -> "begin" + mark();
                case 2 -> "commit" + mark();
                case 3 -> "rollback" + mark();
                case 4 -> "fail" + mark();
                case 5 -> "failparse" + mark();
                case 6 -> "denied" + mark();
                case 7 -> "copyout 2" + mark();
                case 8 -> "set" + mark();
                case 9 -> "notice" + mark();
                case 10 -> "select 2 denied" + mark();
                case 11 -> "insert" + mark();
                case 12 -> (random.nextBoolean() ? "bindno" : "executeno") + mark();
                default -> "select " + random.nextInt(6) + " " + mark();
            };
        }

        private String mark() {
            return "#" + ++marks;
        }

        private void send(byte[] message) {
            messages.add(message);
        }
    }
}
