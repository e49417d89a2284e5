package dev.sallyport.audit.export;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.Leaf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The formats, read back by a reader written from their specifications, with hostile values.
class ExportFormatTest {
    private static final List<String> HOSTILE =
            List.of(
                    "a|b\\|c",
                    "k=v k2=v2 \\= =",
                    "line\nCEF:0|x|y|z|1|forged|10|\r\nnext",
                    "nul\u0000tab\tesc\u001b[2J",
                    "grüße 漢 😂 \u2028 \u202e",
                    "\\",
                    "\\n",
                    "=",
                    "|",
                    "\ufeff");

    private static Entry entry(String type, Map<String, Object> event) {
        return new Entry(
                1, event, "ab".repeat(32), 42, "2026-11-23T05:17:59.123456Z", type, "gw-1");
    }

    private static Exported exported(
            String type, Map<String, Object> event, @Nullable Entry intent) {
        Entry entry = entry(type, event);
        return Exported.of(entry, entry.encode(), intent, "dana");
    }

    private static Map<String, Object> intent(String sql, String decision) {
        return Map.of(
                "session",
                "s1",
                "user",
                "dana",
                "client",
                "10.0.0.5:4711",
                "database",
                "clinic",
                "statement",
                7L,
                "kind",
                "SELECT",
                "sql",
                sql,
                "accesses",
                List.of("select public.patients (id)"),
                "decision",
                decision,
                "rules",
                List.of("r|1", "r=2"));
    }

    @Test
    void jsonHoldsTheEntryAsItIs() throws Exception {
        Exported exported = exported("statement-intent", intent("SELECT ?", "permit"), null);
        byte[] line = ExportFormat.JSON.line(exported);
        var json = JsonReader.object(line, 0, line.length);
        assertThat(json.get("sequence")).isEqualTo(42L);
        assertThat(json.get("leafHash"))
                .isEqualTo(Leaf.hex(new Leaf().hash(exported.raw(), 0, exported.raw().length)));
        assertThat(new String(line, StandardCharsets.UTF_8))
                .contains(new String(exported.raw(), StandardCharsets.UTF_8));
    }

    @Test
    void cefSaysWhatTheEntrySays() {
        for (String sql : HOSTILE) {
            String line =
                    text(
                            ExportFormat.CEF.line(
                                    exported("statement-intent", intent(sql, "deny"), null)));
            assertThat(line.codePoints().noneMatch(Character::isISOControl)).isTrue();
            List<String> header = cefHeader(line);
            assertThat(header)
                    .startsWith("CEF:0", "Sallyport", "Sallyport", "1", "statement-intent")
                    .hasSize(8);
            Map<String, String> extension = cefExtension(header.get(7));
            assertThat(extension)
                    .containsEntry("externalId", "42")
                    .containsEntry("suser", "dana")
                    .containsEntry("src", "10.0.0.5")
                    .containsEntry("spt", "4711")
                    .containsEntry("act", "deny")
                    .containsEntry("cs3", "r|1,r=2")
                    .containsEntry("msg", shown(sql));
            assertThat(extension.get("cs1")).hasSize(64);
        }
    }

    /// What a reader gets back: line ends as they were, other control characters replaced.
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .forEach(c -> {
                    boolean end = c == '\n' || c == '\r';
                    boolean odd = Character.isISOControl(c) || c == '\u2028';
                    shown.appendCodePoint(odd && !end ? '·' : c);
                });
        return shown.toString();
    }

    @Test
    void longTextIsShortenedBetweenCharacters() {
        String cut = CefEvent.extension("😂".repeat(2_000));
        assertThat(cut).endsWith("…");
        assertThat(cut.codePoints().allMatch(c -> c == "😂".codePointAt(0) || c == '…')).isTrue();
    }

    @Test
    void syslogFramesCountOctetsAndHoldOneMessageEach() {
        Random random = new Random(7);
        var stream = new java.io.ByteArrayOutputStream();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String sql = HOSTILE.get(random.nextInt(HOSTILE.size())).repeat(random.nextInt(4));
            Exported exported = exported("statement-intent", intent(sql + "x", "permit"), null);
            byte[] line = ExportFormat.CEF.line(exported);
            sent.add(text(line));
            stream.writeBytes(SyslogFrame.of(exported, line));
        }
        byte[] bytes = stream.toByteArray();
        List<String> received = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int blank = at;
            while (bytes[blank] != ' ') blank++;
            int length =
                    Integer.parseInt(new String(bytes, at, blank - at, StandardCharsets.US_ASCII));
            String message = new String(bytes, blank + 1, length, StandardCharsets.UTF_8);
            assertThat(message)
                    .matches(
                            "(?s)<110>1 2026-11-23T05:17:59\\.123456Z gw-1 sallyport -"
                                    + " statement-intent \\[sallyport@32473 sequence=\"42\""
                                    + " leafHash=\"[0-9a-f]{64}\"] \uFEFF.*");
            received.add(message.substring(message.indexOf('\uFEFF') + 1));
            at = blank + 1 + length;
        }
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void aStatementIsDatastoreActivity() {
        var event = ocsf(exported("statement-intent", intent("SELECT ?", "deny"), null));
        assertThat(event)
                .containsEntry("class_uid", 6005L)
                .containsEntry("category_uid", 6L)
                .containsEntry("activity_id", 4L)
                .containsEntry("type_uid", 600504L)
                .containsEntry("severity_id", 3L)
                .containsEntry("status_id", 2L)
                .containsEntry("action_id", 2L)
                .containsEntry("time", 1_795_411_079_123L)
                .containsEntry("query_info", Map.of("query_string", "SELECT ?", "uid", "s1#7"))
                .containsEntry("table", Map.of("name", "public.patients"))
                .containsEntry("src_endpoint", Map.of("ip", "10.0.0.5", "port", 4711L));
        assertThat(event)
                .extractingByKey("metadata", InstanceOfAssertFactories.MAP)
                .containsEntry("sequence", 42L);
        assertThat(event)
                .extractingByKey("unmapped", InstanceOfAssertFactories.MAP)
                .extractingByKey("leaf_hash")
                .asString()
                .matches("[0-9a-f]{64}");
    }

    @Test
    void anOutcomeSpeaksOfItsIntent() {
        Entry intent = entry("statement-intent", intent("DELETE FROM t", "permit"));
        var event =
                ocsf(
                        exported(
                                "statement-outcome",
                                Map.of(
                                        "session", "s1",
                                        "statement", 7L,
                                        "status", "failed",
                                        "sqlState", "23503",
                                        "micros", 5_000L),
                                intent));
        assertThat(event)
                .containsEntry("status_id", 2L)
                .containsEntry("status_code", "23503")
                .containsEntry("duration", 5L)
                .containsEntry(
                        "query_info", Map.of("query_string", "DELETE FROM t", "uid", "s1#7"));
    }

    /// What https://schema.ocsf.io/1.3.0 requires of each class that is used.
    @Test
    void everyEventHasWhatItsClassRequires() {
        Set<String> base =
                Set.of(
                        "activity_id",
                        "category_uid",
                        "class_uid",
                        "metadata",
                        "severity_id",
                        "time",
                        "type_uid");
        for (String type :
                List.of(
                        "statement-intent",
                        "statement-outcome",
                        "session-started",
                        "session-ended",
                        "login-failed",
                        "login-succeeded",
                        "policy-loaded",
                        "of-a-later-version")) {
            var event = ocsf(exported(type, Map.of(), null));
            assertThat(event).containsKeys(base.toArray(String[]::new));
            long uid = (Long) requireNonNull(event.get("class_uid"));
            assertThat(event)
                    .containsEntry("category_uid", uid / 1_000)
                    .containsEntry(
                            "type_uid",
                            uid * 100 + (Long) requireNonNull(event.get("activity_id")));
            if (uid == 6005)
                assertThat(event).containsKeys("actor", "src_endpoint", "database", "type_id");
            if (uid == 3002) assertThat(event).containsKeys("user", "service");
            assertThat((Map<String, Object>) object(event, "metadata"))
                    .containsKeys("product", "version", "sequence");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> of, String name) {
        return (Map<String, Object>) of.getOrDefault(name, Map.of());
    }

    private static Map<String, Object> ocsf(Exported exported) {
        byte[] line = ExportFormat.OCSF.line(exported);
        try {
            return JsonReader.object(line, 0, line.length);
        } catch (dev.sallyport.audit.format.FormatException e) {
            throw new AssertionError(text(line), e);
        }
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    private static List<String> cefHeader(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        int i = 0;
        for (; i < line.length() && fields.size() < 7; i++) {
            char c = line.charAt(i);
            if (c == '\\') field.append(line.charAt(++i));
            else if (c == '|') {
                fields.add(field.toString());
                field.setLength(0);
            } else field.append(c);
        }
        fields.add(line.substring(i));
        return fields;
    }

    /// A key is a word before an unescaped `=`; a value goes on to the blank before the next key.
    private static Map<String, String> cefExtension(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        List<Integer> equals = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') i++;
            else if (text.charAt(i) == '=') equals.add(i);
        }
        for (int i = 0; i < equals.size(); i++) {
            int eq = equals.get(i);
            String key = text.substring(text.lastIndexOf(' ', eq) + 1, eq);
            int end =
                    i + 1 < equals.size()
                            ? text.lastIndexOf(' ', equals.get(i + 1))
                            : text.length();
            StringBuilder value = new StringBuilder();
            for (int k = eq + 1; k < end; k++) {
                char c = text.charAt(k);
                if (c == '\\') {
                    c = text.charAt(++k);
                    value.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
                } else value.append(c);
            }
            assertThat(values.put(key, value.toString())).isNull();
        }
        return values;
    }
}
