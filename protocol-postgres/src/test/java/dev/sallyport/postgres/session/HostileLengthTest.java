package dev.sallyport.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.GatewayConfig.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every message type of either side with every length that ever broke a proxy (pg_doorman 3.0.5,
/// pgbouncer#1407, CVE-2026-6664, pgx CVE-2024-27304): no exception, no memory, no byte of a "tail"
/// taken for a message.
class HostileLengthTest {
    private static final long[] LENGTHS = {
        0, 1, 3, 4, 5, 8, 10_001, 1L << 24, 0x3FFFFFFFL, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL
    };

    static Stream<byte[]> headers() {
        List<byte[]> all = new ArrayList<>();
        for (int type = 0; type < 256; type++) {
            for (long length : LENGTHS) {
                all.add(Wire.join(new byte[] {(byte) type}, Wire.int32((int) length)));
            }
        }
        return all.stream();
    }

    @Test
    void clientsHeaders() {
        byte[] tail = Wire.query("select 'tail'");
        headers()
                .forEach(header -> {
                    try (SessionFixture session = new SessionFixture()) {
                        session.sends(header);
                        if (session.client.isOpen()) session.sends(tail);
                        // Whatever the length said, the tail is inside of the message, or
                        // comes after an end that was whole.
                        long length =
                                Integer.toUnsignedLong(
                                        java.nio.ByteBuffer.wrap(header, 1, 4).getInt());
                        if (length != 4) {
                            assertThat(session.guard.log)
                                    .noneMatch(line -> line.contains("Query select 'tail'"));
                        }
                        assertThat(session.session.isOver() || session.client.isOpen()).isTrue();
                    }
                });
    }

    @Test
    void serversHeadersWhileIdleAndWhileRunning() {
        for (boolean running : new boolean[] {false, true}) {
            headers()
                    .forEach(header -> {
                        try (SessionFixture session = new SessionFixture()) {
                            if (running) session.sends(Wire.query("select 1"));
                            session.answers(header);
                            if (session.upstream.isOpen()) {
                                session.answers(Wire.ready('I'));
                            }
                            assertThat(session.guard.closedBecause)
                                    .isIn("", "upstream protocol error");
                        }
                    });
        }
    }

    static Stream<Character> unsolicited() {
        return "RKTDCIGHWdcsnt123VvZ".chars().mapToObj(c -> (char) c);
    }

    @ParameterizedTest
    @MethodSource("unsolicited")
    void whatAnswersNothingEndsTheSession(char type) {
        try (SessionFixture session = new SessionFixture()) {
            byte[] body =
                    type == 'Z'
                            ? new byte[] {'I'}
                            : type == 'C'
                                    ? Wire.text("SELECT 1")
                                    : "TDt".indexOf(type) >= 0
                                            ? new byte[2]
                                            : "GH".indexOf(type) >= 0 ? new byte[3] : new byte[0];
            session.answers(Wire.message(type, body));
            assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
            assertThat(session.seenByClient())
                    .containsExactly("E 08P01 sallyport: the database server broke the protocol");
        }
    }

    @Test
    void errorWithoutSqlStateEndsTheSession() {
        // CVE-2026-6666
        try (SessionFixture session = new SessionFixture()) {
            session.sends(Wire.query("select 1"));
            session.answers(Wire.message('E', Wire.text("SERROR"), Wire.text("Mx"), new byte[1]));
            assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
        }
    }

    @Test
    void errorThatAnswersNothingEndsTheSession() {
        try (SessionFixture session = new SessionFixture()) {
            session.answers(Wire.error("XX000", "surprise"));
            assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
        }
    }

    @Test
    void statementOverTheLimitIsRefusedAndTheSessionGoesOn() {
        Sessions all = Sessions.DEFAULTS;
        Sessions limits =
                new GatewayConfig.Sessions(
                        all.idle(),
                        all.maxAge(),
                        all.handshake(),
                        all.authentication(),
                        all.connect(),
                        all.maxPerUser(),
                        all.max(),
                        all.maxUnauthenticated(),
                        all.drain(),
                        1024,
                        128 * 1024,
                        all.maxPreparedStatements());
        try (SessionFixture session = new SessionFixture(limits)) {
            byte[] longest = Wire.query("select '" + "x".repeat(2000) + "'");
            for (byte b : longest) session.sends(new byte[] {b});
            assertThat(session.seenByClient()).containsExactly("E 54000 refused TOO_LONG", "Z I");
            session.sends(Wire.parse("", "x".repeat(2000)), Wire.bind("", ""), Wire.sync());
            session.sends(Wire.bind("", "", new byte[200_000]), Wire.execute("", 0), Wire.sync());
            assertThat(session.seenByServer())
                    .containsExactly(
                            "P sallyport_denied|sallyport denied this statement",
                            "S",
                            "P sallyport_denied|sallyport denied this statement",
                            "S");
        }
    }
}
