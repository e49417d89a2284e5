package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A conversation with every kind of message, cut in two at every byte, either side's.
class EveryCutTest {
    private static final byte[] SENT =
            Wire.join(
                    Wire.query("select 2; notice; set"),
                    Wire.query("begin"),
                    Wire.query("insert; denied"),
                    Wire.query("rollback"),
                    Wire.functionCall(7),
                    Wire.query(""),
                    Wire.query("fail"),
                    Wire.parse("a", "select 3"),
                    Wire.describeStatement("a"),
                    Wire.bind("p", "a", new byte[] {1, 0, 2}),
                    Wire.describePortal("p"),
                    Wire.execute("p", 2),
                    Wire.execute("p", 2),
                    Wire.closePortal("p"),
                    Wire.closeStatement("a"),
                    Wire.flush(),
                    Wire.sync(),
                    Wire.parse("", "insert"),
                    Wire.bind("", ""),
                    Wire.execute("", 0),
                    Wire.parse("", "denied"),
                    Wire.bind("", ""),
                    Wire.sync(),
                    Wire.query("copyin"),
                    Wire.copyData("some"),
                    Wire.copyData("bad"),
                    Wire.copyDone(),
                    Wire.parse("", "copyin"),
                    Wire.bind("", ""),
                    Wire.execute("", 0),
                    Wire.sync(),
                    Wire.copyData("some"),
                    Wire.copyFail("no"),
                    Wire.sync(),
                    Wire.query("copyout 3"),
                    Wire.sync());

    @Test
    void cutAtEveryByteItStaysTheSame() {
        ModelServer alone = new ModelServer(true);
        byte[] expected = alone.receive(SENT);
        assertThat(Wire.lines(expected)).hasSizeGreaterThan(50);
        for (int cut = 0; cut <= Math.max(SENT.length, expected.length); cut++) {
            for (boolean waits : new boolean[] {false, true}) {
                assertThat(seen(cut, waits)).as("cut at " + cut).isEqualTo(expected);
            }
        }
    }

    private static byte[] seen(int cut, boolean waits) {
        ModelServer server = new ModelServer(false);
        byte[] seen = new byte[0];
        int answered = 0;
        try (SessionFixture session = new SessionFixture()) {
            session.guard.always = !waits;
            int sent = Math.min(cut, SENT.length);
            session.sends(Arrays.copyOf(SENT, sent));
            for (boolean more = true; more || sent < SENT.length; ) {
                more = false;
                byte[] up = session.toUpstream();
                if (up.length > 0) {
                    byte[] answer = server.receive(up);
                    int at = Math.clamp(cut - answered, 0, answer.length);
                    answered += answer.length;
                    session.answers(Arrays.copyOf(answer, at));
                    session.answers(Arrays.copyOfRange(answer, at, answer.length));
                    more = true;
                }
                if (session.guard.durable < session.guard.tickets) {
                    session.guard.durable(session.guard.durable + 1);
                    more = true;
                }
                byte[] down = session.toClient();
                more |= down.length > 0;
                seen = Wire.join(seen, down);
                if (!more && sent < SENT.length) {
                    session.sends(Arrays.copyOfRange(SENT, sent, SENT.length));
                    sent = SENT.length;
                    more = true;
                }
            }
        }
        return seen;
    }
}
