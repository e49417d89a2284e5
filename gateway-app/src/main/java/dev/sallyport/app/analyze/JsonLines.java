package dev.sallyport.app.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.sallyport.sql.Analysis.Code;
import dev.sallyport.sql.SqlAnalyzer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Lines of `{"sql": ...}`; other keys are of no interest. Every line yields one result, and one
/// wrong line doesn't touch the others.
final class JsonLines {
    private static final int CHUNK_BYTES = 64 * 1024;

    /// Escapes make a text at most six times as long.
    private static final long MAX_LINE_BYTES = 6L * SqlAnalyzer.MAX_STATEMENT_CHARS + CHUNK_BYTES;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(SqlAnalyzer.MAX_STATEMENT_CHARS + 1)
                                    .build())
                    .build();

    sealed interface Line {
        record Sql(String sql) implements Line {
            @Override
            public String toString() {
                return "Sql[" + sql.length() + " chars]";
            }
        }

        /// @param reason without anything of the line
        record Wrong(String code, String reason) implements Line {
            static Wrong of(Code code, String reason) {
                return new Wrong(Words.of(code), reason);
            }
        }
    }

    private final InputStream in;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int at;
    private int limit;

    JsonLines(InputStream in) {
        this.in = in;
    }

    /// Whether {@link #next} would wait for whoever writes the input.
    boolean wouldWait() throws IOException {
        for (int i = at; i < limit; i++) if (chunk[i] == '\n') return false;
        return in.available() == 0;
    }

    /// Null at the end.
    @Nullable Line next() throws IOException {
        var line = new ByteArrayOutputStream(256);
        boolean any = false;
        boolean tooLong = false;
        while (true) {
            if (at == limit) {
                at = 0;
                limit = Math.max(in.read(chunk), 0);
                if (limit == 0) {
                    if (!any) return null;
                    break;
                }
            }
            any = true;
            int stop = at;
            while (stop < limit && chunk[stop] != '\n') stop++;
            if (line.size() + (stop - at) > MAX_LINE_BYTES) {
                tooLong = true;
                line.reset();
            }
            if (!tooLong) line.write(chunk, at, stop - at);
            boolean whole = stop < limit;
            at = whole ? stop + 1 : stop;
            if (whole) break;
        }
        if (tooLong) return Line.Wrong.of(Code.TOO_COMPLEX, "the line is too long");
        return line(line.toByteArray());
    }

    private static Line line(byte[] bytes) {
        String text;
        try {
            boolean mark =
                    bytes.length >= 3
                            && Arrays.equals(
                                    bytes,
                                    0,
                                    3,
                                    new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
                                    0,
                                    3);
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(
                                    ByteBuffer.wrap(
                                            bytes, mark ? 3 : 0, bytes.length - (mark ? 3 : 0)))
                            .toString();
        } catch (CharacterCodingException _) {
            return Line.Wrong.of(Code.ENCODING, "the line is not UTF-8");
        }
        try (JsonParser parser = JSON.createParser(text)) {
            return object(parser);
        } catch (IOException _) {
            // Its message would quote the line.
            return wrong();
        }
    }

    private static Line object(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) return wrong();
        String sql = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isSql = parser.currentName().equals("sql");
            JsonToken value = parser.nextToken();
            if (!isSql) parser.skipChildren();
            else if (value == JsonToken.VALUE_STRING) sql = parser.getText();
            else return wrong();
        }
        return sql == null || parser.nextToken() != null ? wrong() : new Line.Sql(sql);
    }

    private static Line wrong() {
        return new Line.Wrong("input", "the line is not a JSON object with a string \"sql\"");
    }
}
