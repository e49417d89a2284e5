package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EventEncoderTest {

    @Test
    void anEventIsItsMembersSortedWithEmptyOnesLeftOut() throws Exception {
        assertThat(json(Events.outcome("s1", 4)))
                .isEqualTo(
                        "{\"bytes\":120,\"micros\":850,\"rows\":3,\"session\":\"s1\","
                                + "\"statement\":4,\"status\":\"completed\",\"tag\":\"SELECT 3\"}");
        assertThat(json(new AuditEvent.CancelRequested("s1", "", false)))
                .isEqualTo("{\"matched\":false,\"session\":\"s1\"}");
        assertThat(json(new AuditEvent.GatewayStarted("gw", "0.1", Map.of("b", "2", "a", "1"))))
                .isEqualTo(
                        "{\"gateway\":\"gw\",\"settings\":{\"a\":\"1\",\"b\":\"2\"},"
                                + "\"softwareVersion\":\"0.1\"}");
    }

    /// Reading back takes canonical JSON only, so the order is tested, too.
    @Test
    void everyComponentOfEveryEventIsAMemberWithItsValue() throws Exception {
        for (Class<?> type : AuditEvent.class.getPermittedSubclasses()) {
            AuditEvent event = example(type);
            Map<String, Object> components = new HashMap<>();
            for (RecordComponent component : type.getRecordComponents())
                components.put(component.getName(), component.getAccessor().invoke(event));
            assertThat(read(event)).as(type.getSimpleName()).isEqualTo(components);
            assertThat(components).doesNotContainKey("cut");
        }
    }

    @Test
    void aTypeIsTheRecordsNameInKebabCase() throws Exception {
        for (Class<?> type : AuditEvent.class.getPermittedSubclasses())
            assertThat(type(example(type))).matches("[a-z]+(-[a-z]+)*");
        assertThat(type(Events.outcome("s1", 4))).isEqualTo("statement-outcome");
    }

    @Test
    void aLongStatementIsCutAndItsWholeHashed() throws Exception {
        String sql = "SELECT '" + "ä\"\n😂x".repeat(40_000);
        Map<String, Object> event = read(Events.intent("s1", 1, sql));
        assertThat(json(Events.intent("s1", 1, sql)).getBytes(StandardCharsets.UTF_8).length)
                .isBetween(EventEncoder.MAX_EVENT_BYTES - 300, EventEncoder.MAX_EVENT_BYTES);
        assertThat(sql).startsWith((String) event.get("sql"));
        byte[] whole = sql.getBytes(StandardCharsets.UTF_8);
        assertThat(event.get("cut"))
                .isEqualTo(
                        Map.of(
                                "sql",
                                Map.of(
                                        "bytes",
                                        (long) whole.length,
                                        "sha256",
                                        Leaf.hex(Leaf.sha256().digest(whole)))));
        assertThat(event.get("accesses"))
                .isEqualTo(List.of("select public.patients (id, last_name, birth_date)"));
    }

    @Test
    void everyLengthAroundTheLimitFits() throws Exception {
        for (int length = 64_000; length < 65_300; length++) {
            String json = json(Events.intent("s1", 1, "x".repeat(length)));
            assertThat(json.length()).isLessThanOrEqualTo(EventEncoder.MAX_EVENT_BYTES);
            assertThat(json.contains("\"cut\":"))
                    .as("length %d", length)
                    .isEqualTo(
                            json(Events.intent("s1", 1, "")).length()
                                            + length
                                            + ",\"sql\":\"\"".length()
                                    > EventEncoder.MAX_EVENT_BYTES);
        }
    }

    @Test
    void longListsAreCutToWholeItems() throws Exception {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) changes.add("grant " + i + " added");
        Map<String, Object> event =
                read(new AuditEvent.PolicyLoaded("v2", "v1", List.of("policy.yaml"), changes));
        List<?> kept = (List<?>) Objects.requireNonNull(event.get("changes"));
        assertThat(kept).isEqualTo(changes.subList(0, kept.size())).hasSizeGreaterThan(2_000);
        assertThat(event.get("cut"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKey("changes");
        assertThat(event.get("files")).isEqualTo(List.of("policy.yaml"));
    }

    @Test
    void oneEndlessItemStillLeavesAnEntry() throws Exception {
        String huge = "y".repeat(1_000_000);
        Map<String, Object> event =
                read(
                        new AuditEvent.StatementIntent(
                                huge,
                                huge,
                                huge,
                                huge,
                                huge,
                                1,
                                huge,
                                huge,
                                huge,
                                List.of(huge, huge),
                                huge,
                                List.of(huge),
                                huge,
                                List.of(huge),
                                huge,
                                7,
                                List.of(huge),
                                Map.of(huge, huge),
                                List.of(huge),
                                List.of(huge)));
        assertThat((String) event.get("sql")).hasSizeGreaterThan(4_000);
        assertThat(event).containsEntry("statement", 1L).containsEntry("catalogEpoch", 7L);
    }

    @Test
    void anIntegerThatJsonCannotHoldIsRefused() {
        AuditEvent event =
                new AuditEvent.StatementOutcome("s", 1, "completed", "", "", 1L << 60, 0, 0);
        assertThatThrownBy(() -> json(event))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.reason()).isEqualTo(AuditException.Reason.NOT_ENCODABLE));
    }

    private static AuditEvent example(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String name = components[i].getName();
            if (types[i] == String.class) values[i] = name;
            else if (types[i] == List.class) values[i] = List.of(name, "item");
            else if (types[i] == Map.class) values[i] = Map.of(name, "value");
            else if (types[i] == boolean.class) values[i] = true;
            else values[i] = 7L + i;
        }
        return (AuditEvent) type.getDeclaredConstructor(types).newInstance(values);
    }

    private static String type(AuditEvent event) {
        return new String(EventEncoder.type(event), StandardCharsets.US_ASCII);
    }

    private static String json(AuditEvent event) throws AuditException {
        JsonWriter out = new JsonWriter(16);
        EventEncoder.encode(event, out);
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> read(AuditEvent event) throws Exception {
        byte[] json = json(event).getBytes(StandardCharsets.UTF_8);
        assertThat(json.length).isLessThanOrEqualTo(EventEncoder.MAX_EVENT_BYTES);
        return JsonReader.object(json, 0, json.length);
    }
}
