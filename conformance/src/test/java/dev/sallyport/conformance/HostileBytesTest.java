package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What no driver sends: broken, hostile and merely unusual bytes, before and after the login. The
/// gateway answers with a protocol error or an orderly refusal and closes; a neighbour's session,
/// open all the while, never notices.
class HostileBytesTest {
    private static @TempDir Path directory;
    private static GatewayUnderTest gateway;
    private static Wire neighbour;

    @BeforeAll
    static void start() throws Exception {
        gateway =
                GatewayUnderTest.start(
                        directory, GatewayUnderTest.freshClinic("hostile"), Map.of());
        neighbour = Wire.login(gateway, "dev");
    }

    @AfterAll
    static void stop() throws IOException {
        neighbour.close();
        gateway.close();
    }

    @AfterEach
    void theNeighbourNoticesNothing() throws IOException {
        neighbour.raw(Wire.query("select id from patients where id = 1"));
        assertThat(neighbour.typesUntilReady(1)).isEqualTo("T D C Z");
        assertThat(gateway.fatal.get()).isNull();
    }

    private static Wire dev() throws IOException {
        return Wire.login(gateway, "dev");
    }

    /// Once understood as the real table, which Describe alone brings about, the statement would go
    /// on meaning it behind a new temporary one.
    @Test
    void aDescribeDoesNotMakeAPreparedStatementMeanAnotherTable() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.query("create temp table patients (ssn text)"),
                            Wire.parse("s", "select ssn::text from patients"),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(2)).isEqualTo("C Z 1 Z");
            wire.raw(Wire.query("drop table pg_temp.patients"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("C Z");
            wire.raw(Wire.concat(Wire.describe('S', "s"), Wire.sync()));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
            wire.raw(Wire.query("create temp table patients (ssn text)"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("C Z");
            wire.raw(Wire.concat(Wire.bind("", "s"), Wire.execute("", 0), Wire.sync()));
            // For the gateway it may mean either from now on.
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
        }
    }

    @Test
    void whatATransactionHidIsNotReadBehindItsEndInTheSameText() throws IOException {
        try (var wire = dev()) {
            wire.raw(Wire.query("begin; create temp table patients (ssn text)"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("C C Z");
            wire.raw(Wire.query("select ssn from patients"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("T C Z");
            wire.raw(Wire.query("rollback; select ssn::text from patients"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
        }
    }

    @Test
    void aBoundStatementIsNotTurnedOnAnotherTableBeforeItIsExecuted() throws IOException {
        try (var wire = dev()) {
            wire.raw(Wire.query("begin; create temp table patients (ssn text)"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("C C Z");
            wire.raw(
                    Wire.concat(
                            Wire.parse("c", "copy patients to stdout"),
                            Wire.bind("p", "c"),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(1)).isEqualTo("1 2 Z");
            wire.raw(Wire.query("drop table pg_temp.patients"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("C Z");
            wire.raw(Wire.concat(Wire.execute("p", 0), Wire.sync()));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
        }
    }

    @Test
    void rubbishBeforeTheLoginIsAnsweredByClosing() throws IOException {
        long seed = 20261123;
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            try (var wire = new Wire(gateway.socket())) {
                var bytes = new byte[1 + random.nextInt(300)];
                random.nextBytes(bytes);
                if (round % 3 == 0) bytes[0] = 0;
                if (round % 6 == 0 && bytes.length > 3) bytes[1] = bytes[2] = 0;
                wire.raw(bytes);
                wire.socket.shutdownOutput();
                for (var message : wire.untilClosed())
                    assertThat(message.type()).as("seed %d round %d", seed, round).isEqualTo('E');
            } catch (IOException _) {
                // A reset, or bytes that are not a message: closed either way.
            }
        }
    }

    @Test
    void startupPacketsThatMustBeRefused() throws IOException {
        var refused =
                List.of(
                        new String[] {"user", "", "database", "clinic"},
                        new String[] {"database", "clinic"},
                        new String[] {"user", "dev"},
                        new String[] {"user", "dev", "database", ""},
                        new String[] {"user", "dev", "user", "own", "database", "clinic"},
                        new String[] {"user", "dev", "database", "clinic", "database", "clinic"},
                        new String[] {
                            "user", "dev", "database", "clinic", "replication", "database"
                        },
                        new String[] {"user", "dev", "database", "clinic", "replication", "true"},
                        new String[] {
                            "user",
                            "dev",
                            "database",
                            "clinic",
                            "options",
                            "-c session_replication_role=replica"
                        },
                        new String[] {
                            "user", "dev", "database", "clinic", "options", "-c role=postgres"
                        },
                        new String[] {
                            "user", "dev", "database", "clinic", "session_authorization", "postgres"
                        },
                        new String[] {"user", "dev", "database", "clinic", "no_such_setting", "x"});
        for (var parameters : refused) {
            try (var wire = new Wire(gateway.socket())) {
                wire.startup(Wire.PROTOCOL_3_0, parameters);
                IOException thrown = null;
                try {
                    wire.authenticate("dev-pw");
                } catch (IOException e) {
                    thrown = e;
                }
                assertThat(thrown).as(String.join(" ", parameters)).isNotNull();
            }
        }
        for (int version : new int[] {2 << 16, 1 << 16, 4 << 16, 0, -1, 12345}) {
            try (var wire = new Wire(gateway.socket())) {
                wire.startup(version, "user", "dev", "database", "clinic");
                for (var message : wire.untilClosed())
                    assertThat(message.type()).as("version " + version).isEqualTo('E');
            }
        }
    }

    @Test
    void newerProtocolVersionsAreNegotiatedOnce() throws IOException {
        try (var wire = new Wire(gateway.socket())) {
            wire.startup(
                    (3 << 16) | 9999,
                    "user",
                    "dev",
                    "database",
                    "clinic",
                    "_pq_.test_protocol_negotiation",
                    "");
            var answer = wire.receive();
            assertThat(answer.type()).isEqualTo('v');
            assertThat(answer.text()).contains("_pq_.test_protocol_negotiation");
            assertThat(wire.authenticate("dev-pw").stream().filter(m -> m.type() == 'v')).isEmpty();
        }
        try (var wire = new Wire(gateway.socket())) {
            wire.startup(Wire.PROTOCOL_3_2, "user", "dev", "database", "clinic");
            wire.authenticate("dev-pw");
            assertThat(wire.cancelKey.length).isGreaterThan(8);
        }
        try (var wire = dev()) {
            assertThat(wire.cancelKey).hasSize(8);
        }
    }

    @Test
    void encryptionRequests() throws IOException {
        try (var wire = new Wire(gateway.socket())) {
            wire.raw(Wire.concat(Wire.intBytes(8), Wire.intBytes(Wire.GSSENC_REQUEST)));
            assertThat(wire.in.readByte()).isEqualTo((byte) 'N');
            wire.raw(Wire.concat(Wire.intBytes(8), Wire.intBytes(Wire.SSL_REQUEST)));
            assertThat(wire.in.readByte()).isEqualTo((byte) 'S');
        }
        // CVE-2021-23214: bytes sent in clear behind the SSLRequest must never count as sent inside
        // TLS.
        try (var wire = new Wire(gateway.socket())) {
            wire.raw(
                    Wire.concat(
                            Wire.intBytes(8),
                            Wire.intBytes(Wire.SSL_REQUEST),
                            Wire.query("select 1")));
            int answered = 0;
            try {
                while (wire.in.read() >= 0) answered++;
            } catch (java.net.SocketException _) {
                // reset: closed
            }
            assertThat(answered).isLessThan(200);
        }
    }

    @Test
    void repliesStayInOrderAroundADenial() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.close('S', "s0"),
                            Wire.sync(),
                            Wire.parse("s1", "select ssn from patients"),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(2)).isEqualTo("3 Z E Z");
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "select 1"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", "select ssn from patients"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", "select 2"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync(),
                            Wire.parse("", "select 3"),
                            Wire.bind("", ""),
                            Wire.describe('P', ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(2)).isEqualTo("1 2 D C E Z 1 2 T D C Z");
            wire.raw(
                    Wire.concat(
                            Wire.query("select 1"),
                            Wire.query("select ssn from patients"),
                            Wire.query("select 2")));
            assertThat(wire.typesUntilReady(3)).isEqualTo("T D C Z E Z T D C Z");
        }
    }

    @Test
    void aDenialRollsBackTheImplicitTransactionOfItsPipeline() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "insert into scratch values (60000, 'x')"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.parse("", "select ssn from patients"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(1)).isEqualTo("1 2 C E Z");
            wire.raw(Wire.query("select 1 from scratch where id = 60000"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("T C Z");
        }
    }

    @Test
    void flushWithoutSyncIsAnswered() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("f", "select city from patients where id = 1"),
                            Wire.describe('S', "f"),
                            Wire.flush()));
            assertThat(wire.receive().type()).isEqualTo('1');
            assertThat(wire.receive().type()).isEqualTo('t');
            assertThat(wire.receive().type()).isEqualTo('T');
            wire.raw(Wire.concat(Wire.bind("", "f"), Wire.execute("", 0), Wire.flush()));
            assertThat(wire.receive().type()).isEqualTo('2');
            assertThat(wire.receive().type()).isEqualTo('D');
            assertThat(wire.receive().type()).isEqualTo('C');
            // A denial goes out at once too, without a Sync.
            wire.raw(Wire.concat(Wire.parse("", "select ssn from patients"), Wire.flush()));
            assertThat(wire.receive().type()).isEqualTo('E');
            wire.raw(Wire.sync());
            assertThat(wire.typesUntilReady(1)).isEqualTo("Z");
        }
    }

    @Test
    void functionCallsAreRefusedAndTheSessionStaysInStep() throws IOException {
        try (var wire = dev()) {
            wire.send(
                    'F',
                    Wire.intBytes(1598),
                    Wire.shortBytes(0),
                    Wire.shortBytes(0),
                    Wire.shortBytes(0));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
            wire.raw(Wire.query("select 1"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("T D C Z");
        }
    }

    @Test
    void brokenMessagesAfterTheLoginEndTheSession() throws IOException {
        var broken = new ArrayList<byte[]>();
        for (int length :
                new int[] {0, 1, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30 | 5}) {
            for (char type : "QPBEDCSHXdcfp".toCharArray())
                broken.add(Wire.concat(new byte[] {(byte) type}, Wire.intBytes(length)));
        }
        for (char type : "AGIJKLNRTUVWYZabegz\u0000\u00ff".toCharArray())
            broken.add(Wire.message(type));
        broken.add(Wire.message('Q', new byte[] {'x'}));
        broken.add(Wire.message('Q', Wire.cString("select 1"), new byte[] {'x'}));
        broken.add(
                Wire.message(
                        'Q', Wire.cString("select 1"), Wire.cString("select ssn from patients")));
        broken.add(Wire.message('S', new byte[] {0}));
        broken.add(Wire.message('H', new byte[] {1, 2, 3}));
        broken.add(
                Wire.message('P', Wire.cString(""), Wire.cString("select 1"), Wire.shortBytes(-1)));
        broken.add(
                Wire.message('P', Wire.cString(""), Wire.cString("select 1"), Wire.shortBytes(3)));
        broken.add(
                Wire.message(
                        'B',
                        Wire.cString(""),
                        Wire.cString(""),
                        Wire.shortBytes(0),
                        Wire.shortBytes(1),
                        Wire.intBytes(100)));
        broken.add(
                Wire.message(
                        'B',
                        Wire.cString(""),
                        Wire.cString(""),
                        Wire.shortBytes(0),
                        Wire.shortBytes(1),
                        Wire.intBytes(-2)));
        broken.add(Wire.message('E', Wire.cString("")));
        broken.add(Wire.message('D', new byte[] {'X'}, Wire.cString("")));
        broken.add(Wire.message('C', new byte[] {'Q'}, Wire.cString("")));
        for (var bytes : broken) {
            try (var wire = dev()) {
                wire.raw(bytes);
                wire.socket.shutdownOutput();
                for (var message : wire.untilClosed()) {
                    assertThat(message.type())
                            .as(java.util.HexFormat.of().formatHex(bytes))
                            .isIn('E', 'S', 'N');
                    assertThat(message.text()).doesNotContain("Exception").doesNotContain("\tat ");
                }
            }
        }
    }

    @Test
    void theTailOfAMessageWithAWrappedLengthIsNeverParsed() throws IOException {
        // pgx CVE-2024-27304: a length that wraps makes the rest of the data look like messages of
        // its own.
        try (var wire = dev()) {
            var tail = Wire.query("delete from scratch");
            wire.raw(Wire.concat(new byte[] {'B'}, Wire.intBytes(4), tail));
            for (var message : wire.untilClosed()) assertThat(message.type()).isIn('E', 'S', 'N');
        }
        try (var wire = dev()) {
            wire.raw(Wire.query("select count(*) from scratch where id <= 100"));
            var row =
                    wire.untilReady().stream()
                            .filter(m -> m.type() == 'D')
                            .findFirst()
                            .orElseThrow();
            assertThat(row.text()).endsWith("100");
        }
    }

    @Test
    void textThatIsNotValidInTheSessionsEncodingIsRefused() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.message(
                            'Q',
                            new byte[] {
                                's',
                                'e',
                                'l',
                                'e',
                                'c',
                                't',
                                ' ',
                                '\'',
                                (byte) 0xC0,
                                (byte) 0x27,
                                '\'',
                                0
                            }));
            var answer = wire.untilReady();
            assertThat(answer.getFirst().type()).isEqualTo('E');
            assertThat(answer.getFirst().field('C')).isEqualTo("22021");
        }
    }

    @Test
    void deepAndLongStatementsAreAnswered() throws IOException {
        try (var wire = dev()) {
            wire.raw(Wire.query("select " + "(".repeat(100_000) + "1" + ")".repeat(100_000)));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
            wire.raw(
                    Wire.query(
                            "select id from patients where "
                                    + "id = 1 or ".repeat(10_000)
                                    + "id = 2"));
            assertThat(wire.typesUntilReady(1)).startsWith("T D").endsWith("C Z");
            wire.raw(Wire.query("select '" + "x".repeat(20_000_000) + "' = 'y'"));
            assertThat(wire.typesUntilReady(1)).isEqualTo("T D C Z");
        }
    }

    @Test
    void copyDataOutsideOfACopyIsIgnoredOrRefusedButNeverConfusing() throws IOException {
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.message(
                                    'd',
                                    "1\tx\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                            Wire.message('c'),
                            Wire.query("select 1")));
            assertThat(wire.typesUntilReady(1)).isIn("T D C Z", "E Z");
        }
        try (var wire = dev()) {
            wire.raw(
                    Wire.concat(
                            Wire.parse("", "copy scratch from stdin"),
                            Wire.bind("", ""),
                            Wire.execute("", 0),
                            Wire.sync()));
            assertThat(wire.receive().type()).isEqualTo('1');
            assertThat(wire.receive().type()).isEqualTo('2');
            assertThat(wire.receive().type()).isEqualTo('G');
            wire.raw(
                    Wire.concat(
                            Wire.message(
                                    'd',
                                    "70000\tx\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                            Wire.message('f', Wire.cString("no")),
                            Wire.sync()));
            assertThat(wire.typesUntilReady(1)).isEqualTo("E Z");
            wire.raw(Wire.query("select 1 from scratch where id = 70000"));
            assertThat(wire.typesUntilReady(1)).isIn("T C Z", "Z T C Z");
        }
    }

    @Test
    void cancelRequestsWithWrongKeysDoNothing() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (var wire = new Wire(gateway.socket())) {
                wire.raw(
                        Wire.concat(
                                Wire.intBytes(16),
                                Wire.intBytes(Wire.CANCEL_REQUEST),
                                Wire.intBytes(i),
                                Wire.intBytes(4711)));
                assertThat(wire.untilClosed()).isEmpty();
            }
        }
    }
}
