package dev.sallyport.app.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.sallyport.app.analyze.Answer.Touched;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers as JSON, each a line, in ASCII whatever the terminal's encoding. Only whole lines are
/// handed on.
final class AnswerWriter {
    private static final int FLUSH_CHARS = 32 * 1024;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .build();

    private final PrintWriter out;
    private final StringWriter lines = new StringWriter();
    private final JsonGenerator json;
    private boolean broken;

    AnswerWriter(PrintWriter out) throws IOException {
        this.out = out;
        this.json = JSON.createGenerator(lines);
        json.setRootValueSeparator(null);
    }

    /// Where a statement begins in its script.
    record Start(int line, int column) {}

    void write(Answer answer, @Nullable Start start) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("understood", answer instanceof Answer.Understood);
        if (start != null) {
            json.writeObjectFieldStart("start");
            json.writeNumberField("line", start.line());
            json.writeNumberField("column", start.column());
            json.writeEndObject();
        }
        switch (answer) {
            case Answer.NotUnderstood(var code, var reason, var line, var column) -> {
                json.writeStringField("code", code);
                json.writeStringField("reason", reason);
                json.writeNumberField("line", line);
                json.writeNumberField("column", column);
            }
            case Answer.Understood understood -> understood(understood);
        }
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
        if (lines.getBuffer().length() >= FLUSH_CHARS) flush();
    }

    void flush() {
        out.append(lines.getBuffer());
        out.flush();
        lines.getBuffer().setLength(0);
        broken |= out.checkError();
    }

    /// Whoever read the answers is gone: `analyze | head`.
    boolean isBroken() {
        return broken;
    }

    // ---------------------------------------------------------------- what is touched

    private void understood(Answer.Understood answer) throws IOException {
        json.writeBooleanField("resolved", answer.resolved());
        List<Touched> statements = answer.statements();
        if (statements.size() == 1) {
            touched(statements.getFirst());
            return;
        }
        // Whoever looks only at the top of an answer sees everything all the same.
        json.writeStringField("kind", statements.isEmpty() ? "EMPTY" : "MULTIPLE");
        relations(all(statements, Touched::relations));
        functions(all(statements, Touched::functions));
        objects(all(statements, Touched::objects));
        if (answer.resolved())
            effects(
                    all(statements, touched -> orNone(touched.effects())).stream()
                            .sorted()
                            .toList());
        if (statements.stream().anyMatch(Touched::everyRow))
            json.writeBooleanField("everyRow", true);
        if (statements.isEmpty()) return;
        json.writeArrayFieldStart("statements");
        for (Touched touched : statements) {
            json.writeStartObject();
            touched(touched);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static <T> List<T> all(List<Touched> statements, Function<Touched, List<T>> part) {
        LinkedHashSet<T> all = new LinkedHashSet<>();
        for (Touched statement : statements) all.addAll(part.apply(statement));
        return List.copyOf(all);
    }

    private void touched(Touched touched) throws IOException {
        json.writeStringField("kind", touched.kind());
        relations(touched.relations());
        functions(touched.functions());
        objects(touched.objects());
        if (touched.outputs() != null) {
            json.writeArrayFieldStart("outputs");
            for (Answer.Output output : touched.outputs()) {
                json.writeStartObject();
                json.writeStringField("name", output.name());
                strings("from", output.from());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (touched.effects() != null) effects(touched.effects());
        if (touched.everyRow()) json.writeBooleanField("everyRow", true);
    }

    private void relations(List<Answer.Relation> relations) throws IOException {
        json.writeArrayFieldStart("relations");
        for (Answer.Relation relation : relations) {
            json.writeStartObject();
            json.writeStringField("name", relation.name());
            optional("kind", relation.kind());
            optional("action", relation.action());
            json.writeStringField("access", relation.access());
            optional("via", relation.via());
            if (relation.columns() != null) {
                json.writeArrayFieldStart("columns");
                for (Answer.Column column : relation.columns()) {
                    json.writeStartObject();
                    json.writeStringField("name", column.name());
                    strings("uses", column.uses());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            if (!relation.parents().isEmpty()) strings("parents", relation.parents());
            if (!relation.children().isEmpty()) strings("children", relation.children());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void functions(List<Answer.Function> functions) throws IOException {
        json.writeArrayFieldStart("functions");
        for (Answer.Function function : functions) {
            json.writeStartObject();
            json.writeStringField("name", function.name());
            json.writeStringField("action", function.action());
            optional("class", function.functionClass());
            optional("via", function.via());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void objects(List<Answer.Other> objects) throws IOException {
        json.writeArrayFieldStart("objects");
        for (Answer.Other object : objects) {
            json.writeStartObject();
            json.writeStringField("type", object.type());
            json.writeStringField("name", object.name());
            json.writeStringField("action", object.action());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void effects(List<String> effects) throws IOException {
        strings("effects", effects);
    }

    private void strings(String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) json.writeString(value);
        json.writeEndArray();
    }

    private void optional(String field, @Nullable String value) throws IOException {
        if (value != null) json.writeStringField(field, value);
    }
}
