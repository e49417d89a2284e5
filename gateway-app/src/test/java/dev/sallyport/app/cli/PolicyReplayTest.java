package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.AuditOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy replay` over logs that are written here as a gateway would. That a gateway does write
/// them so, and that replaying them under the same policy changes nothing, is conformance's
/// `ReplayTest`.
class PolicyReplayTest {
    /// `-Dsallyport.replay.decisions=1000000` for the size that is promised.
    private static final int DECISIONS = Integer.getInteger("sallyport.replay.decisions", 40_000);

    /// A million in a minute, of one processor.
    private static final long NANOS_PER_DECISION = 60_000;

    private static final String POLICY =
            """
            database: clinic
            classify: { phi.ssn: [public.patients.ssn] }
            roles:
              developer:
                grants:
                  - { id: dev, allow: [select], on: [public.patients], columns: [id, city, ssn] }
                  - { id: scratch, allow: [select, insert, update, delete], on: [public.scratch] }
              night:
                grants:
                  - { id: late, allow: [select], on: [public.visits], when: "now.getHours('UTC') < 24" }
                  - { id: here, allow: [select], on: [public.rooms], when: "session.application == 'desk'" }
                  - { id: own, allow: [select], on: [public.wards], rows: unit = subject.attributes.unit }
            """;

    @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int statements;

    private AuditLog open() throws AuditException {
        return AuditLog.open(
                folder.resolve("audit"),
                "test",
                AuditOptions.DEFAULTS
                        .withSegmentBytes(8 << 20)
                        .withQueueBytes(1 << 20)
                        .withReserveBytes(20L << 20));
    }

    private AuditEvent.StatementIntent intent(
            String session,
            String user,
            String decision,
            String reason,
            List<String> roles,
            Map<String, String> attributes,
            List<String> footprint,
            List<String> obligations) {
        return new AuditEvent.StatementIntent(
                session,
                user,
                "10.1.2.3:4000",
                "up",
                "clinic",
                ++statements,
                "Query",
                footprint.isEmpty() ? "" : footprint.getFirst().replaceFirst("[, ].*", ""),
                "SELECT ?",
                footprint.isEmpty() ? List.of() : footprint.subList(1, footprint.size()),
                decision,
                List.of(),
                reason,
                List.of(),
                "v",
                1,
                roles,
                attributes,
                footprint,
                obligations);
    }

    private AuditEvent.StatementIntent dana(
            String decision, List<String> footprint, String... obligations) {
        return intent(
                "s1",
                "dana",
                decision,
                "",
                List.of("developer"),
                Map.of(),
                footprint,
                List.of(obligations));
    }

    private AuditEvent.StatementIntent nora(
            String session, String decision, List<String> footprint, String... obligations) {
        return intent(
                session,
                "nora",
                decision,
                "",
                List.of("night"),
                Map.of("unit", "icu"),
                footprint,
                List.of(obligations));
    }

    private static List<String> reads(String table, String columns) {
        return List.of("SELECT", "select table public." + table + " (" + columns + ")");
    }

    private void write(AuditEvent... events) throws AuditException {
        try (var log = open()) {
            for (var event : events) {
                long _ = log.append(event);
            }
        }
    }

    private Path policy(String text) throws IOException {
        var file = folder.resolve("policy.yaml");
        Files.writeString(file, text);
        return file;
    }

    private int replay(String policy, String... more) throws IOException {
        var args =
                new ArrayList<>(
                        List.of("policy", "replay", "--store", folder.resolve("audit").toString()));
        args.addAll(List.of(more));
        args.add(policy(policy).toString());
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return SallyportCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    private static AuditEvent started(String session, String user, String application) {
        return new AuditEvent.SessionStarted(
                session, user, "10.1.2.3:4000", "up", "clinic", application);
    }

    private void everyKind() throws AuditException {
        write(
                started("s1", "dana", "psql"),
                started("s2", "nora", "desk"),
                dana("permit", reads("patients", "id, ssn")),
                dana("permit", reads("patients", "id, ssn")),
                dana("deny", reads("patients", "birth_date")),
                dana(
                        "permit",
                        List.of(
                                "UPDATE without where, changing data",
                                "update table public.scratch (label)")),
                nora("s2", "permit", reads("visits", "id")),
                nora("s2", "permit", reads("rooms", "id")),
                nora(
                        "s2",
                        "permit",
                        reads("wards", "id"),
                        "public.wards: rows of own (unit = subject.attributes.unit)"));
    }

    @Test
    void theSamePolicyChangesNothing() throws Exception {
        everyKind();
        assertThat(replay(POLICY, "--strict")).as(out.toString()).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .isEqualTo("7 decisions: 7 the same, 0 changed, 0 not decided again\n");
    }

    @Test
    void whatChangesIsGroupedByWhoAndWhat() throws Exception {
        everyKind();
        var proposed =
                POLICY.replace("columns: [id, city, ssn] }", "mask: safe-harbor }")
                                .replace("< 24", "< 0")
                                .replace(
                                        "rows: unit = subject.attributes.unit", "rows: unit = 'er'")
                        + "deny: [ { id: no-mass, actions: [update], when: '!statement.has_where' }"
                        + " ]\n";
        assertThat(replay(proposed)).isEqualTo(ExitCode.FAILED);
        var text = out.toString();
        assertThat(text)
                .contains("would be denied:\n" + "  dana on clinic, once, ")
                .contains(
                        "      rule no-mass denies update on table public.scratch\n"
                                + "      by no-mass\n"
                                + "      as UPDATE: update table public.scratch (label)\n")
                .contains("      table public.visits is not granted to you for select\n")
                .contains("would be permitted:\n" + "  dana on clinic, once, ")
                .contains("      shown as it is\n      by dev\n")
                .contains("would be permitted, showing less:\n  dana on clinic, 2 times, last ")
                .contains("      public.patients.ssn: plain -> redact\n      by dev\n")
                .contains(
                        "would be permitted, showing something else:\n"
                                + "  nora on clinic, once, ")
                .contains(
                        "      public.wards: rows: own (unit = subject.attributes.unit) -> own"
                                + " (unit = 'er')\n")
                .contains("7 decisions: 1 the same, 6 changed, 0 not decided again\n")
                .doesNotContain("icu");
        assertThat(replay(proposed, "--user", "nora")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("3 decisions: 1 the same, 2 changed");
        var tomorrow = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        assertThat(replay(proposed, "--since", tomorrow.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("0 decisions");
        assertThat(replay(proposed, "--until", tomorrow.toString(), "--json"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("\"change\":\"permit-to-deny\",\"user\":\"dana\"")
                .contains("\"becomes\":[\"public.patients.ssn: plain -> redact\"]")
                .contains("{\"kind\":\"summary\",\"policyVersion\":\"")
                .contains("\"decisions\":7,\"same\":1,\"changed\":6,\"notDecided\":0}");
    }

    /// Masks that were there and go, and a denial that couldn't be narrowed.
    @Test
    void masksThatGoAndDenialsForWantOfThem() throws Exception {
        write(
                started("s1", "dana", "psql"),
                dana("permit", reads("patients", "ssn"), "public.patients.ssn: redact"),
                dana("permit", reads("patients", "ssn"), "public.patients.ssn: null"),
                dana("deny", reads("patients", "ssn"), "public.patients.ssn: redact"));
        assertThat(replay(POLICY.replace("columns: [id, city, ssn] }", "mask: redact }")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("would be permitted, showing something else:\n")
                .contains("public.patients.ssn: null -> redact")
                .contains("3 decisions: 2 the same, 1 changed");
        assertThat(replay(POLICY)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("would be permitted:\n")
                .contains("would be permitted, showing more:\n")
                .contains("public.patients.ssn: redact -> plain");
        assertThat(replay(POLICY.replace("columns: [id, city, ssn] }", "mask: 'null' }")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("1: the gateway could not narrow it to what was to be shown");
    }

    @Test
    void whatTheLogDoesNotHoldIsNamed() throws Exception {
        var huge = new ArrayList<>(List.of("SELECT"));
        for (int i = 0; i < 2_000; i++) huge.add("select table public.a_rather_long_name_" + i);
        write(
                started("s1", "dana", "psql"),
                dana("permit", List.of()),
                dana("permit", List.of("SELECT", "select planet public.patients")),
                dana("permit", huge),
                intent(
                        "s1",
                        "dana",
                        "deny",
                        "the statement is not understood, so it is not run: x",
                        List.of("developer"),
                        Map.of(),
                        List.of(),
                        List.of()),
                intent(
                        "s1",
                        "dana",
                        "deny",
                        "another statement of the same message was denied",
                        List.of("developer"),
                        Map.of(),
                        reads("patients", "id"),
                        List.of()),
                // Its session began before this log does.
                nora("s9", "permit", reads("rooms", "id")));
        assertThat(replay(POLICY)).isEqualTo(ExitCode.OK);
        assertThat(replay(POLICY, "--strict")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("not decided again:\n")
                .contains(
                        "  1: the entry is of a gateway that didn't write down what it was decided"
                                + " from\n")
                .contains("  1: another version of the gateway wrote what it touches\n")
                .contains("  1: the log holds only a part of what it touches\n")
                .contains(
                        "  1: the gateway itself refused it: the statement is not understood, so it"
                                + " is not run\n")
                .contains("  1: it was denied because another of its message was\n")
                .contains("  1: a condition may read how the session began, before this log does\n")
                .contains("6 decisions: 0 the same, 0 changed, 6 not decided again\n");
        assertThat(replay(POLICY.replace("clinic", "ward"), "--user", "nora"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("  1: the policy is not about database clinic\n");
    }

    @Test
    void peopleMayBeThoseOfAFile() throws Exception {
        everyKind();
        var users = folder.resolve("people.yaml");
        Files.writeString(
                users,
                """
                users:
                  - { name: nora, roles: [developer], verifier: "%s" }
                """
                        .formatted(
                                "SCRAM-SHA-256$4096:YWJjZGVmZ2hpamtsbW5vcA==$"
                                        + "A".repeat(43)
                                        + "=:"
                                        + "A".repeat(43)
                                        + "="));
        assertThat(replay(POLICY, "--users", users.toString()))
                .as(out + " " + err)
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("  nora on clinic, once")
                .contains("  4: the person is not among the users (any more)\n");
    }

    @Test
    void anUnreadableStoreIsNoAnswer() throws Exception {
        everyKind();
        try (var files = Files.list(folder.resolve("audit"))) {
            for (var file : files.filter(f -> f.toString().contains("segment-")).toList()) {
                var bytes = Files.readAllBytes(file);
                bytes[700] ^= 1;
                Files.write(file, bytes);
            }
        }
        assertThat(replay(POLICY)).isEqualTo(ExitCode.CANNOT_TELL);
        assertThat(err.toString()).contains("sallyport audit verify");
    }

    /// As many decisions as a gateway makes in a day, by as many people, of as many statements.
    @Test
    void aMillionDecisionsInAMinute() throws Exception {
        var random = new Random(5);
        var shapes = new ArrayList<List<String>>();
        for (int i = 0; i < 2_000; i++) {
            var lines = new ArrayList<>(List.of("SELECT"));
            for (int j = 0; j <= i % 4; j++)
                lines.add(
                        "select table public."
                                + List.of("patients", "scratch", "visits", "rooms", "wards")
                                        .get((i + j) % 5)
                                + (j == 0 ? "" : "_" + i)
                                + " (id, city, c"
                                + i
                                + ")");
            lines.add("execute function pg_catalog.lower computes");
            shapes.add(lines);
        }
        try (var log = open()) {
            for (int s = 0; s < 200; s++) {
                long _ =
                        log.append(started("s" + s, "user" + s % 40, s % 2 == 0 ? "desk" : "psql"));
            }
            for (int i = 0; i < DECISIONS; i++) {
                int s = random.nextInt(200);
                var shape = shapes.get((int) Math.abs(random.nextGaussian() * 300) % 2_000);
                var event =
                        intent(
                                "s" + s,
                                "user" + s % 40,
                                "deny",
                                "",
                                List.of(s % 3 == 0 ? "night" : "developer"),
                                Map.of("unit", "u" + s % 7),
                                shape,
                                List.of());
                while (true)
                    try {
                        long _ = log.append(event);
                        long _ =
                                log.append(
                                        new AuditEvent.StatementOutcome(
                                                "s" + s, i, "completed", "", "SELECT 1", 1, 10, 9));
                        break;
                    } catch (AuditException e) {
                        if (e.reason() != AuditException.Reason.QUEUE_FULL) throw e;
                        Thread.sleep(5);
                    }
            }
        }
        // The first time a part of it is compiled on the way, which a million would make up for.
        long nanos = Long.MAX_VALUE;
        int code = -1;
        for (int i = 0; i < 2; i++) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            code = replay(POLICY);
            long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
            nanos = Math.min(nanos, took);
        }
        System.out.println(
                "replay: " + DECISIONS + " decisions, " + nanos / DECISIONS + " ns each");
        assertThat(code).isIn(ExitCode.OK, ExitCode.FAILED);
        assertThat(out.toString()).contains(DECISIONS + " decisions: ").contains(", 0 not decided");
        assertThat(nanos / DECISIONS).isLessThan(NANOS_PER_DECISION);
    }
}
