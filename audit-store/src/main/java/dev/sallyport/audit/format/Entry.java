package dev.sallyport.audit.format;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// One entry of the log, read back. Its bytes are canonical JSON:
/// `{"epoch":1,"event":{...},"prev":"...","seq":1,"time":"...","type":"...","writer":"..."}`.
///
/// @param epoch how often the log has been opened for writing, this time included; from 1
/// @param event members of the event; `String`, `Long`, `Boolean`, `List` or `Map`
/// @param prev leaf hash (hex) of the entry before; 64 zeros in the first
/// @param sequence from 1, without gaps
/// @param time by the gateway's clock when the entry was written, RFC 3339 UTC with microseconds. A
///   clock may be set back, so the order is the sequence's
/// @param type of the event in kebab case, as `statement-intent`
/// @param writer origin of the log
public record Entry(
        long epoch,
        Map<String, Object> event,
        String prev,
        long sequence,
        String time,
        String type,
        String writer) {
    public static final int MAX_BYTES = 65_535;
    public static final String FIRST_PREV = "0".repeat(64);

    private static final Set<String> MEMBERS =
            Set.of("epoch", "event", "prev", "seq", "time", "type", "writer");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    private static final Pattern TYPE = Pattern.compile("[a-z]+(-[a-z]+)*");
    private static final Pattern ORIGIN = Pattern.compile("[!#-\\[\\]-~]{1,128}");

    /// Whether `origin` may name a log: 1 to 128 printable ASCII characters without blank, `"` and
    /// `\`, so that it stands in JSON as it is.
    public static boolean isOrigin(String origin) {
        return ORIGIN.matcher(origin).matches();
    }

    /// @throws FormatException the bytes are no entry
    public static Entry parse(byte[] bytes, int offset, int length) throws FormatException {
        if (length > MAX_BYTES) throw new FormatException("entry longer than 65535 bytes");
        Map<String, Object> json = JsonReader.object(bytes, offset, length);
        if (!json.keySet().equals(MEMBERS))
            throw new FormatException("entry has not exactly the members it should have");
        return new Entry(
                number(json, "epoch"),
                object(json, "event"),
                text(json, "prev", HASH),
                number(json, "seq"),
                text(json, "time", TIME),
                text(json, "type", TYPE),
                text(json, "writer", ORIGIN));
    }

    /// The entry's bytes.
    public byte[] encode() {
        return new JsonWriter(1024)
                .value(
                        Map.of(
                                "epoch", epoch, "event", event, "prev", prev, "seq", sequence,
                                "time", time, "type", type, "writer", writer))
                .toByteArray();
    }

    /// A string member of the event; empty when it was left out.
    public String text(String member) {
        return event.get(member) instanceof String text ? text : "";
    }

    /// An integer member of the event, or `absent`.
    public long number(String member, long absent) {
        return event.get(member) instanceof Long number ? number : absent;
    }

    /// The strings of a list member of the event; empty when it was left out.
    public List<String> list(String member) {
        return event.get(member) instanceof List<?> list
                ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
                : List.of();
    }

    private static long number(Map<String, Object> json, String member) throws FormatException {
        if (json.get(member) instanceof Long number && number >= 1) return number;
        throw new FormatException("member " + member + " is no positive integer");
    }

    private static String text(Map<String, Object> json, String member, Pattern pattern)
            throws FormatException {
        if (json.get(member) instanceof String text && pattern.matcher(text).matches()) return text;
        throw new FormatException("member " + member + " is not of its form");
    }

    @SuppressWarnings("unchecked") // JsonReader makes no other maps
    private static Map<String, Object> object(Map<String, Object> json, String member)
            throws FormatException {
        if (json.get(member) instanceof Map<?, ?> object) return (Map<String, Object>) object;
        throw new FormatException("member " + member + " is no object");
    }
}
