package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of an error or notice, by their letter (PostgreSQL manual, Error and Notice Message
/// Fields), in order. Severity, SQLSTATE and message are always there. Texts may quote rows:
/// `toString` shows only the SQLSTATE.
public record Diagnostic(Map<Character, String> fields) {
    public static final char SEVERITY = 'S';
    public static final char SEVERITY_NOT_LOCALIZED = 'V';
    public static final char SQL_STATE = 'C';
    public static final char MESSAGE = 'M';
    public static final char DETAIL = 'D';
    public static final char HINT = 'H';
    public static final char POSITION = 'P';

    public Diagnostic {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        if (!fields.containsKey(SEVERITY)
                || !fields.containsKey(SQL_STATE)
                || !fields.containsKey(MESSAGE)) {
            throw new IllegalArgumentException(
                    "a diagnostic has a severity, a SQLSTATE and a message");
        }
    }

    /// @param severity `ERROR`, `FATAL`, `NOTICE`, ...
    public static Diagnostic of(
            String severity,
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put(SEVERITY, severity);
        fields.put(SEVERITY_NOT_LOCALIZED, severity);
        fields.put(SQL_STATE, sqlState);
        fields.put(MESSAGE, message);
        if (detail != null && !detail.isEmpty()) fields.put(DETAIL, detail);
        if (hint != null && !hint.isEmpty()) fields.put(HINT, hint);
        return new Diagnostic(fields);
    }

    /// A server may send one without SQLSTATE (CVE-2026-6666 was a crash on it); that is a
    /// violation.
    static Diagnostic decode(ByteBuf body, String message, ClientEncoding encoding) {
        BodyReader in = new BodyReader(body, message, encoding);
        Map<Character, String> fields = new LinkedHashMap<>();
        while (true) {
            byte letter = in.int8();
            if (letter == 0) break;
            if (fields.put((char) (letter & 0xFF), in.text()) != null)
                throw in.violation("has a field twice");
        }
        in.end();
        String sqlState = fields.get(SQL_STATE);
        if (sqlState == null || !isSqlState(sqlState)) throw in.violation("has no valid SQLSTATE");
        if (!fields.containsKey(SEVERITY)) throw in.violation("has no severity");
        if (!fields.containsKey(MESSAGE)) throw in.violation("has no message");
        return new Diagnostic(fields);
    }

    void encode(ByteBuf out, BackendType type, ClientEncoding encoding) {
        BodyWriter writer = BodyWriter.begin(out, type, encoding);
        fields.forEach((letter, text) -> writer.int8(letter).textReplacing(text));
        writer.int8(0).end();
    }

    /// Not localized where the server says it (since 9.6).
    public String severity() {
        String severity = fields.get(SEVERITY_NOT_LOCALIZED);
        return severity == null ? required(SEVERITY) : severity;
    }

    public String sqlState() {
        return required(SQL_STATE);
    }

    public String message() {
        return required(MESSAGE);
    }

    public @Nullable String detail() {
        return fields.get(DETAIL);
    }

    public @Nullable String hint() {
        return fields.get(HINT);
    }

    /// Everything in it, for the log's sealed part.
    ///
    /// @param decodedIn what the fields' bytes were taken for
    /// @param encoding what they are
    public String words(ClientEncoding decodedIn, ClientEncoding encoding) {
        StringBuilder words = new StringBuilder(severity()).append(' ').append(sqlState());
        fields.forEach((letter, text) -> {
            if (letter == SEVERITY || letter == SEVERITY_NOT_LOCALIZED || letter == SQL_STATE)
                return;
            words.append('\n').append(letter).append(": ");
            try {
                words.append(encoding.decode(decodedIn.encode(text)));
            } catch (ProtocolViolation _) {
                // Bytes that are no text in the session's encoding: as they are.
                words.append(text);
            }
        });
        return words.toString();
    }

    @Override
    public String toString() {
        return "Diagnostic[" + severity() + " " + sqlState() + "]";
    }

    private String required(char letter) {
        String text = fields.get(letter);
        if (text == null) throw new IllegalStateException("checked when it was made");
        return text;
    }

    private static boolean isSqlState(String text) {
        if (text.length() != 5) return false;
        for (int i = 0; i < 5; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return false;
        }
        return true;
    }
}
