package dev.sallyport.config;

import dev.sallyport.config.YamlNode.Absent;
import dev.sallyport.config.YamlNode.Entry;
import dev.sallyport.config.YamlNode.Mapping;
import dev.sallyport.config.YamlNode.Scalar;
import dev.sallyport.config.YamlNode.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// From a file's bytes to a {@link YamlNode}. Takes the YAML library's events only, so no tag can
/// construct anything and no alias can multiply anything; both are errors here, as are duplicate
/// keys, a second document and deep nesting.
final class YamlReader {
    /// Ten thousand rules take about 2 MiB.
    static final int MAX_FILE_BYTES = 16 << 20;

    private static final int MAX_DEPTH = 20;

    private final Path file;
    private final String text;
    private final Problems problems;
    private @Nullable Iterator<Event> events;

    private YamlReader(Path file, String text, Problems problems) {
        this.file = file;
        this.text = text;
        this.problems = problems;
    }

    /// Empty when the file can't be read or isn't YAML; the reason is in `problems`.
    static Optional<YamlNode> read(Path file, Problems problems) {
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) throw new IOException("it is a directory");
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            }
        } catch (NoSuchFileException _) {
            problems.report(Position.ofWhole(file), "there is no such file");
            return Optional.empty();
        } catch (IOException e) {
            problems.report(Position.ofWhole(file), "the file can't be read: " + reason(e));
            return Optional.empty();
        }
        if (bytes.length > MAX_FILE_BYTES) {
            problems.report(
                    Position.ofWhole(file),
                    "the file is longer than "
                            + Units.size(MAX_FILE_BYTES)
                            + ", the most that is read");
            return Optional.empty();
        }
        try {
            var decoded =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return parse(file, decoded, problems);
        } catch (CharacterCodingException _) {
            problems.report(Position.ofWhole(file), "the file is not UTF-8 text");
            return Optional.empty();
        }
    }

    static Optional<YamlNode> parse(Path file, String text, Problems problems) {
        var withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return new YamlReader(file, withoutMark, problems).document();
    }

    private Optional<YamlNode> document() {
        if (!onlyVisibleCharacters()) return Optional.empty();
        var settings =
                LoadSettings.builder()
                        .setCodePointLimit(MAX_FILE_BYTES)
                        .setLabel(file.toString())
                        .build();
        try {
            events = new Parse(settings).parseString(text).iterator();
            return root();
        } catch (TooDeep e) {
            problems.report(e.at, "nested more than " + MAX_DEPTH + " deep");
        } catch (MarkedYamlEngineException e) {
            problems.report(
                    e.getProblemMark().map(this::position).orElse(Position.ofWhole(file)),
                    syntaxError(e));
        } catch (YamlEngineException e) {
            problems.report(Position.ofWhole(file), "not valid YAML: " + reason(e));
        }
        return Optional.empty();
    }

    private Optional<YamlNode> root() {
        next(); // the stream starts
        var first = next();
        if (!(first instanceof DocumentStartEvent start)) {
            problems.report(Position.ofWhole(file), "the file is empty");
            return Optional.empty();
        }
        if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty())
            problems.report(
                    position(start), "YAML directives (%...) are not supported: remove them");
        var root = node(next(), 0);
        next(); // the document ends
        if (next() instanceof DocumentStartEvent second)
            problems.report(
                    position(second), "a second document begins here: one file holds one document");
        return Optional.of(root);
    }

    private YamlNode node(Event event, int depth) {
        if (depth > MAX_DEPTH) throw new TooDeep(position(event));
        if (event instanceof AliasEvent) {
            problems.report(
                    position(event),
                    "YAML aliases are not supported: write the value out; a name that begins with"
                            + " '*' goes in quotes");
            return new Absent(position(event));
        }
        if (event instanceof NodeEvent n && n.getAnchor().isPresent())
            problems.report(position(event), "YAML anchors are not supported: write the value out");
        var tag =
                switch (event) {
                    case ScalarEvent s -> s.getTag();
                    case CollectionStartEvent c -> c.getTag();
                    default -> Optional.<String>empty();
                };
        if (tag.isPresent())
            problems.report(
                    position(event),
                    "YAML tags are not supported: remove "
                            + shorten(tag.get())
                            + ", or put the whole value in quotes if the '!' belongs to it");
        return switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> sequence(event, depth);
            case MappingStart -> mapping(event, depth);
            default ->
                    throw new IllegalStateException(
                            "not the start of a value: " + event.getEventId());
        };
    }

    private Scalar scalar(ScalarEvent event) {
        return new Scalar(
                event.getValue(),
                event.isPlain(),
                event.isLiteral() || event.isFolded(),
                position(event));
    }

    private Sequence sequence(Event start, int depth) {
        var items = new ArrayList<YamlNode>();
        for (var e = next(); e.getEventId() != Event.ID.SequenceEnd; e = next())
            items.add(node(e, depth + 1));
        return new Sequence(items, position(start));
    }

    private Mapping mapping(Event start, int depth) {
        var entries = new ArrayList<Entry>();
        var seen = new HashMap<String, Position>();
        for (var e = next(); e.getEventId() != Event.ID.MappingEnd; e = next()) {
            var key = node(e, depth + 1);
            var value = node(next(), depth + 1);
            if (key instanceof Scalar s) addEntry(s, value, entries, seen);
            else if (!(key instanceof Absent))
                problems.report(key.at(), "a key must be plain text, but this is " + key.word());
        }
        return new Mapping(entries, position(start));
    }

    private void addEntry(
            Scalar key, YamlNode value, ArrayList<Entry> entries, Map<String, Position> seen) {
        var before = seen.putIfAbsent(key.text(), key.at());
        if (key.text().equals("<<") && key.plain())
            problems.report(key.at(), "YAML merge keys are not supported: write the values out");
        else if (before != null)
            problems.report(
                    key.at(),
                    "duplicate key '"
                            + shorten(key.text())
                            + "', already given in line "
                            + before.line());
        else entries.add(new Entry(key, value));
    }

    /// Characters that reorder or hide text would let a policy read differently from what it says.
    private boolean onlyVisibleCharacters() {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\n') {
                line++;
                column = 1;
                continue;
            }
            var control = Character.getType(c) == Character.CONTROL && c != '\t' && c != '\r';
            var invisible = Character.getType(c) == Character.FORMAT && c != 0x200D;
            var separator = c == 0x2028 || c == 0x2029 || c == 0x85;
            var half = Character.getType(c) == Character.SURROGATE;
            if (control || invisible || separator || half || c == 0xFFFE || c == 0xFFFF) {
                problems.report(
                        new Position(file, line, column),
                        String.format(
                                "the invisible or control character U+%04X is not allowed: remove"
                                        + " it",
                                c));
                return false;
            }
            column++;
        }
        return true;
    }

    private String syntaxError(MarkedYamlEngineException e) {
        var at = e.getProblemMark().map(Mark::getIndex).orElse(0);
        var index = text.offsetByCodePoints(0, Math.min(at, text.codePointCount(0, text.length())));
        var here = index < text.length() ? text.charAt(index) : ' ';
        var before = index > 0 ? text.charAt(index - 1) : ' ';
        if (here == '\t') return "a tab can't be used here: indent with spaces";
        if (here == '*' || before == '*') return "'*' begins a YAML alias: put it in quotes, \"*\"";
        if (here == '@' || here == '`')
            return "'" + here + "' can't begin a value: put it in quotes";
        var problem = String.valueOf(e.getProblem());
        if (problem.startsWith("mapping values"))
            return "not valid YAML: this key stands where none can be; is it indented like its"
                    + " neighbours, and is a value with ': ' in quotes?";
        if (here == ':')
            return "a value with a colon inside { } or [ ] goes in quotes, as \"partial(keepLast:"
                    + " 4)\"";
        var context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
        return "not valid YAML: " + problem + context;
    }

    private Event next() {
        if (events == null || !events.hasNext())
            throw new IllegalStateException("the YAML library's events end early");
        return events.next();
    }

    private Position position(Event event) {
        return event.getStartMark().map(this::position).orElse(Position.ofWhole(file));
    }

    private Position position(Mark mark) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /// For messages: at most 40 characters.
    static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }

    private static final class TooDeep extends RuntimeException {
        private final transient Position at;

        TooDeep(Position at) {
            super(null, null, false, false);
            this.at = at;
        }
    }
}
