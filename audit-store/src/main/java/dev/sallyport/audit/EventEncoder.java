package dev.sallyport.audit;

import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonReader;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.sealed.PartKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// From an {@link AuditEvent} to the canonical JSON of an entry's `event` member.
///
/// An event that would not fit an entry is cut: `sql` first, down to {@link #MIN_SQL_BYTES}, then
/// the longest members, each to the longest prefix (of text, of items) that fits. The member `cut`
/// then holds for each its whole length and hash, so that the whole can still be proven.
final class EventEncoder {
    /// Leaves room for the entry's other members, whose names and values take at most 400 bytes.
    static final int MAX_EVENT_BYTES = 65_000;

    static final int MIN_SQL_BYTES = 4_096;

    /// `"sealed":"",`
    private static final int SEALED_MEMBER_BYTES = 12;

    /// Room for a `cut` record: name, hash, length and punctuation.
    private static final int CUT_BYTES = 160;

    private static final ClassValue<byte[]> TYPES =
            new ClassValue<>() {
                @Override
                protected byte[] computeValue(Class<?> event) {
                    return kebab(event.getSimpleName()).getBytes(StandardCharsets.US_ASCII);
                }
            };

    private EventEncoder() {}

    /// What so many bytes take in the entry, sealed and in base64.
    static int roomBytes(int partBytes) {
        return (PartKeys.sealedBytes(partBytes) + 2) / 3 * 4;
    }

    /// The event's type, as `statement-intent`, in ASCII.
    static byte[] type(AuditEvent event) {
        return TYPES.get(event.getClass());
    }

    private static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /// Writes the event's object into `out`, which is reset first.
    ///
    /// @throws AuditException an integer is beyond 2^53 - 1
    static void encode(AuditEvent event, JsonWriter out) throws AuditException {
        int _ = encode(event, null, out);
    }

    /// {@link #encode(AuditEvent, JsonWriter)}, with the member `sealed`: room for what the writer
    /// makes of `part` when the entry has its place, and in it, for now, the part itself.
    ///
    /// @param part what is to be sealed; null for nothing
    /// @return where in `out` the room begins; 0 when there is none
    static int encode(AuditEvent event, @Nullable JsonWriter part, JsonWriter out)
            throws AuditException {
        try {
            out.reset();
            Members members = new Members(out, part);
            members.write(event);
            if (out.length() <= MAX_EVENT_BYTES) return members.sealedAt;
            int room = part == null ? 0 : roomBytes(part.length()) + SEALED_MEMBER_BYTES;
            out.reset();
            new Members(out, null).write(event);
            Map<String, Object> kept = cut(whole(out), MAX_EVENT_BYTES - room, out);
            out.reset();
            members = new Members(out, part);
            members.write(kept);
            return members.sealedAt;
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    AuditException.Reason.NOT_ENCODABLE,
                    "the audit event "
                            + kebab(event.getClass().getSimpleName())
                            + " cannot be written: "
                            + e.getMessage(),
                    e);
        }
    }

    /// Writes one event's members. On the path of every statement, so nothing is looked up and
    /// nothing is made.
    private static final class Members {
        private final JsonWriter out;
        private @Nullable JsonWriter part;
        private boolean first = true;
        private int sealedAt;

        Members(JsonWriter out, @Nullable JsonWriter part) {
            this.out = out;
            this.part = part;
        }

        void write(Map<String, Object> sorted) {
            out.raw('{');
            sorted.forEach((name, value) -> name(name).value(value));
            sealPart();
            out.raw('}');
        }

        /// Every component of every event, in the order of their names: that is canonical. A test
        /// holds this against the records.
        void write(AuditEvent event) {
            out.raw('{');
            switch (event) {
                case AuditEvent.StatementIntent e -> {
                    list("accesses", e.accesses());
                    map("attributes", e.attributes());
                    integer("catalogEpoch", e.catalogEpoch());
                    text("client", e.client());
                    text("database", e.database());
                    text("decision", e.decision());
                    list("footprint", e.footprint());
                    text("kind", e.kind());
                    list("obligations", e.obligations());
                    list("parameterTypes", e.parameterTypes());
                    text("policyVersion", e.policyVersion());
                    text("protocolMessage", e.protocolMessage());
                    text("purpose", e.purpose());
                    text("reason", e.reason());
                    list("roles", e.roles());
                    list("rules", e.rules());
                    text("session", e.session());
                    text("sql", e.sql());
                    integer("statement", e.statement());
                    list("subjects", e.subjects());
                    list("subjectsOpen", e.subjectsOpen());
                    text("ticket", e.ticket());
                    text("upstream", e.upstream());
                    text("user", e.user());
                }
                case AuditEvent.StatementOutcome e -> {
                    integer("bytes", e.bytes());
                    text("limit", e.limit());
                    integer("micros", e.micros());
                    integer("rows", e.rows());
                    text("session", e.session());
                    text("sqlState", e.sqlState());
                    integer("statement", e.statement());
                    text("status", e.status());
                    text("tag", e.tag());
                }
                case AuditEvent.ResultCounted e -> {
                    integer("bytes", e.bytes());
                    integer("rows", e.rows());
                    list("rules", e.rules());
                    text("session", e.session());
                    integer("statement", e.statement());
                    text("user", e.user());
                }
                case AuditEvent.LoginFailed e -> {
                    text("client", e.client());
                    text("listener", e.listener());
                    text("reason", e.reason());
                    text("session", e.session());
                    text("user", e.user());
                }
                case AuditEvent.LoginSucceeded e -> {
                    text("client", e.client());
                    text("listener", e.listener());
                    text("method", e.method());
                    list("roles", e.roles());
                    text("session", e.session());
                    text("tls", e.tls());
                    text("user", e.user());
                }
                case AuditEvent.SessionStarted e -> {
                    text("applicationName", e.applicationName());
                    text("client", e.client());
                    text("database", e.database());
                    text("session", e.session());
                    text("upstream", e.upstream());
                    text("user", e.user());
                }
                case AuditEvent.SessionEnded e -> {
                    integer("bytes", e.bytes());
                    text("cause", e.cause());
                    integer("seconds", e.seconds());
                    text("session", e.session());
                    integer("statements", e.statements());
                    text("user", e.user());
                }
                case AuditEvent.PurposeDeclared e -> {
                    text("previous", e.previous());
                    text("purpose", e.purpose());
                    text("session", e.session());
                    text("ticket", e.ticket());
                    text("user", e.user());
                }
                case AuditEvent.CancelRequested e -> {
                    text("client", e.client());
                    flag("matched", e.matched());
                    text("session", e.session());
                }
                case AuditEvent.PolicyLoaded e -> {
                    list("approvers", e.approvers());
                    text("author", e.author());
                    list("changes", e.changes());
                    list("files", e.files());
                    text("previousVersion", e.previousVersion());
                    text("proposed", e.proposed());
                    text("set", e.set());
                    text("version", e.version());
                }
                case AuditEvent.PolicyProposed e -> {
                    text("author", e.author());
                    text("proposed", e.proposed());
                    text("set", e.set());
                    text("version", e.version());
                }
                case AuditEvent.PolicyApproved e -> {
                    text("approver", e.approver());
                    text("set", e.set());
                    text("version", e.version());
                }
                case AuditEvent.PolicyRejected e -> {
                    list("errors", e.errors());
                    list("files", e.files());
                }
                case AuditEvent.GatewayStarted e -> {
                    text("gateway", e.gateway());
                    map("settings", e.settings());
                    text("softwareVersion", e.softwareVersion());
                }
                case AuditEvent.GatewayStopped e -> {
                    text("cause", e.cause());
                    text("gateway", e.gateway());
                }
                case AuditEvent.AccountChanged e -> {
                    text("account", e.account());
                    text("by", e.by());
                    text("change", e.change());
                    list("details", e.details());
                    text("user", e.user());
                }
                case AuditEvent.StateChangeRefused e -> {
                    text("by", e.by());
                    text("change", e.change());
                    text("reason", e.reason());
                }
                case AuditEvent.StateChangeFailed e -> {
                    text("by", e.by());
                    text("change", e.change());
                    text("reason", e.reason());
                }
                case AuditEvent.LogRead e -> {
                    text("command", e.command());
                    integer("entries", e.entries());
                    text("user", e.user());
                }
                case AuditEvent.Recovered e -> {
                    integer("droppedBytes", e.droppedBytes());
                    integer("lastSequence", e.lastSequence());
                    integer("offset", e.offset());
                    text("segment", e.segment());
                }
                case AuditEvent.LogKey e -> {
                    text("key", e.key());
                    text("previousKey", e.previousKey());
                    text("signature", e.signature());
                }
                case AuditEvent.SealKey e -> {
                    text("key", e.key());
                    map("recipients", e.recipients());
                }
                case AuditEvent.HoldAdded e -> {
                    text("from", e.from());
                    text("reason", e.reason());
                    text("user", e.user());
                }
                case AuditEvent.HoldReleased e -> {
                    integer("hold", e.hold());
                    text("reason", e.reason());
                    text("user", e.user());
                }
                case AuditEvent.LogPruned e -> {
                    text("before", e.before());
                    list("holds", e.holds());
                    integer("keepMonths", e.keepMonths());
                    list("kept", e.kept());
                    integer("last", e.last());
                    text("reason", e.reason());
                    text("user", e.user());
                }
                case AuditEvent.Heartbeat e -> integer("idleSeconds", e.idleSeconds());
            }
            sealPart();
            out.raw('}');
        }

        private void text(String name, String value) {
            if (!value.isEmpty()) name(name).string(value);
        }

        private void integer(String name, long value) {
            name(name).integer(value);
        }

        private void flag(String name, boolean value) {
            name(name).bool(value);
        }

        private void list(String name, List<String> value) {
            if (!value.isEmpty()) name(name).value(value);
        }

        private void map(String name, Map<String, String> value) {
            if (!value.isEmpty()) name(name).value(value);
        }

        private void sealPart() {
            JsonWriter sealed = part;
            if (sealed == null) return;
            part = null;
            name("sealed").raw('"');
            sealedAt = out.length();
            out.raw(sealed.bytes(), 0, sealed.length());
            for (int left = roomBytes(sealed.length()) - sealed.length(); left > 0; left--)
                out.raw('.');
            out.raw('"');
        }

        private JsonWriter name(String name) {
            if (part != null && name.compareTo("sealed") > 0) sealPart();
            if (!first) out.raw(',');
            first = false;
            return out.string(name).raw(':');
        }
    }

    private static Map<String, Object> whole(JsonWriter written) {
        try {
            return JsonReader.object(written.bytes(), 0, written.length());
        } catch (FormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// @param out holds all of it
    private static Map<String, Object> cut(Map<String, Object> members, int limit, JsonWriter out) {
        Map<String, Integer> sizes = new HashMap<>();
        members.forEach((name, value) -> sizes.put(name, size(value)));
        List<String> longestFirst = new ArrayList<>(members.keySet());
        longestFirst.sort(
                Comparator.comparing((String name) -> !name.equals("sql"))
                        .thenComparing(name -> -sizes.getOrDefault(name, 0))
                        .thenComparing(Comparator.naturalOrder()));
        Map<String, Object> cuts = new TreeMap<>();
        Map<String, Object> kept = new TreeMap<>(members);
        for (String name : longestFirst) {
            int excess = out.length() - limit;
            if (excess <= 0) break;
            int floor = name.equals("sql") ? MIN_SQL_BYTES : 0;
            Object whole = members.getOrDefault(name, "");
            int size = sizes.getOrDefault(name, 0);
            if (size <= Math.max(floor, CUT_BYTES)) continue;
            int most = Math.max(floor, size - excess - CUT_BYTES);
            Object prefix =
                    switch (whole) {
                        case String text -> prefix(text, most);
                        case List<?> list -> prefix(list, most);
                        case Map<?, ?> map -> prefix(map, most);
                        default -> whole;
                    };
            kept.put(name, prefix);
            cuts.put(name, cut(whole));
            kept.put("cut", cuts);
            out.reset();
            out.value(kept);
        }
        if (out.length() > limit)
            throw new IllegalArgumentException("too long even when cut: " + out.length());
        return kept;
    }

    /// What a cut member was: its length (UTF-8 bytes of a text, items of a list or map) and the
    /// SHA-256 of its UTF-8 bytes or, for lists and maps, of its canonical JSON.
    static Map<String, Object> cut(Object whole) {
        byte[] bytes;
        String unit;
        long length;
        switch (whole) {
            case String text -> {
                bytes = text.getBytes(StandardCharsets.UTF_8);
                unit = "bytes";
                length = bytes.length;
            }
            case List<?> list -> {
                bytes = json(list);
                unit = "items";
                length = list.size();
            }
            case Map<?, ?> map -> {
                bytes = json(map);
                unit = "items";
                length = map.size();
            }
            default -> throw new IllegalArgumentException("cannot be cut");
        }
        return Map.of(unit, length, "sha256", Leaf.hex(Leaf.sha256().digest(bytes)));
    }

    /// The longest beginning that takes at most so many bytes in JSON, quotes included.
    static String prefix(String text, int maxBytes) {
        int size = 2;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            size += JsonWriter.encodedLength(point);
            if (size > maxBytes) break;
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }

    private static List<?> prefix(List<?> items, int maxBytes) {
        int size = 2;
        int end = 0;
        while (end < items.size()) {
            size += size(items.get(end)) + 1;
            if (size > maxBytes) break;
            end++;
        }
        return items.subList(0, end);
    }

    private static Map<?, ?> prefix(Map<?, ?> members, int maxBytes) {
        Map<Object, Object> kept = new TreeMap<>();
        int size = 2;
        for (Map.Entry<?, ?> member : new TreeMap<>(members).entrySet()) {
            size += size(member.getKey()) + size(member.getValue()) + 2;
            if (size > maxBytes) break;
            kept.put(member.getKey(), member.getValue());
        }
        return kept;
    }

    private static int size(Object value) {
        return json(value).length;
    }

    private static byte[] json(Object value) {
        return new JsonWriter(1024).value(value).toByteArray();
    }
}
