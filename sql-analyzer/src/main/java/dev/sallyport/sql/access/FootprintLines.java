package dev.sallyport.sql.access;

import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.access.Resource.RelationKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A footprint as lines of text, as the audit log keeps it, and back: all that a policy's decision
/// depends on, so that the decision can be taken again. Output columns and the places at which
/// columns stand are left out. Names only, never a literal.
///
/// ```
/// UPDATE without where, changing data
/// update table public.patients (phone)
/// select table public.patients (id, "Odd Name") via view reporting.v
/// execute function pg_catalog.lower computes
/// above table public.patients: partitioned-table public.people
/// ```
///
/// The first line is the statement; each further one an access, what it does to the names that the
/// session holds, or the tables that have rows in common with one of those accessed ({@link Kin}):
/// no more than {@value #MAX_KIN}, then how many are left out, and the decision can't be taken
/// again. The footprint of a statement inside it follows with one more `>` before each line.
public final class FootprintLines {
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$-]*");
    private static final String INNER = ">";
    private static final int MAX_DEPTH = 16;
    private static final int MAX_KIN = 100;

    private FootprintLines() {}

    public static List<String> write(Footprint footprint) {
        var lines = new ArrayList<String>();
        write(footprint, "", lines);
        return List.copyOf(lines);
    }

    private static void write(Footprint footprint, String indent, List<String> lines) {
        var head = new StringBuilder(indent).append(footprint.kind().word());
        if (!footprint.hasWhere()) head.append(" without where");
        var separator = ", changing ";
        for (var effect : EnumSet.allOf(Effect.class))
            if (footprint.effects().contains(effect)) {
                head.append(separator).append(word(effect));
                separator = " ";
            }
        lines.add(head.toString());
        for (var access : footprint.accesses()) lines.add(indent + line(access));
        var related = new ArrayList<>(footprint.kin().keySet());
        related.sort(
                Comparator.comparing(Resource.Relation::schema)
                        .thenComparing(Resource.Relation::name));
        for (var relation : related) {
            var kin = footprint.kin().getOrDefault(relation, Kin.NONE);
            if (!kin.above().isEmpty()) lines.add(indent + line("above", relation, kin.above()));
            if (!kin.below().isEmpty()) lines.add(indent + line("below", relation, kin.below()));
        }
        for (var change : footprint.sessionChanges()) {
            switch (change) {
                case SessionChange.Prepares(var name, var inner) -> {
                    lines.add(indent + "prepares " + quoted(name));
                    write(inner, indent + INNER, lines);
                }
                case SessionChange.DeclaresCursor(var name, var query) -> {
                    lines.add(indent + "declares " + quoted(name));
                    write(query, indent + INNER, lines);
                }
                case SessionChange.Executes(var name) ->
                        lines.add(indent + "executes " + quoted(name));
                case SessionChange.Deallocates(var name) ->
                        lines.add(indent + "deallocates " + quoted(name));
                case SessionChange.DeallocatesAll _ -> lines.add(indent + "deallocates-all");
                case SessionChange.UsesCursor(var name) ->
                        lines.add(indent + "uses " + quoted(name));
                case SessionChange.ClosesCursor(var name) ->
                        lines.add(indent + "closes " + quoted(name));
                case SessionChange.ClosesAllCursors _ -> lines.add(indent + "closes-all");
                case SessionChange.DiscardsAll _ -> lines.add(indent + "discards-all");
            }
        }
    }

    private static String line(Access access) {
        var line = new StringBuilder(access.action().word()).append(' ');
        switch (access.resource()) {
            case Resource.Relation relation -> line.append(relation(relation));
            case Resource.Function(var schema, var name, var functionClass) ->
                    line.append("function ")
                            .append(quoted(schema))
                            .append('.')
                            .append(quoted(name))
                            .append(' ')
                            .append(word(functionClass));
            case Resource.Setting(var name) -> line.append("setting ").append(quoted(name));
            case Resource.Schema(var name) -> line.append("schema ").append(quoted(name));
            case Resource.Other(var type, var schema, var name) ->
                    line.append("other ")
                            .append(quoted(type))
                            .append(' ')
                            .append(quoted(schema))
                            .append('.')
                            .append(quoted(name));
        }
        var separator = " (";
        for (var use : access.columns()) {
            line.append(separator).append(quoted(use.column()));
            separator = ", ";
        }
        if (!access.columns().isEmpty()) line.append(')');
        access.via().ifPresent(via -> line.append(" via ").append(relation(via)));
        return line.toString();
    }

    private static String line(
            String word, Resource.Relation relation, List<Resource.Relation> kin) {
        var line = new StringBuilder(word).append(' ').append(relation(relation));
        var separator = ": ";
        for (var other : kin.subList(0, Math.min(kin.size(), MAX_KIN))) {
            line.append(separator).append(relation(other));
            separator = ", ";
        }
        if (kin.size() > MAX_KIN) line.append(" and ").append(kin.size() - MAX_KIN).append(" more");
        return line.toString();
    }

    private static String relation(Resource.Relation relation) {
        return word(relation.kind())
                + " "
                + quoted(relation.schema())
                + "."
                + quoted(relation.name());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String quoted(String name) {
        return PLAIN.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /// The footprints that the lines hold, one after the other.
    ///
    /// @throws IllegalArgumentException the lines are not what {@link #write} makes: of a later
    ///   version, say. The message quotes no line
    public static List<Footprint> read(List<String> lines) {
        var reader = new Reader(lines);
        var footprints = new ArrayList<Footprint>();
        while (reader.at < lines.size()) footprints.add(reader.footprint(0));
        return List.copyOf(footprints);
    }

    private static final class Reader {
        private final List<String> lines;
        private int at;

        Reader(List<String> lines) {
            this.lines = lines;
        }

        Footprint footprint(int depth) {
            if (depth > MAX_DEPTH) throw new IllegalArgumentException("nested too deep");
            var head = new Line(next(depth));
            var kind = head.kind();
            var accesses = new ArrayList<Access>();
            var changes = new ArrayList<SessionChange>();
            var kin = new HashMap<Resource.Relation, Kin>();
            while (at < lines.size() && continues(depth)) {
                var line = new Line(next(depth));
                var word = line.word();
                switch (word) {
                    case "prepares" -> {
                        var name = line.last();
                        changes.add(new SessionChange.Prepares(name, footprint(depth + 1)));
                    }
                    case "declares" -> {
                        var name = line.last();
                        changes.add(new SessionChange.DeclaresCursor(name, footprint(depth + 1)));
                    }
                    case "executes" -> changes.add(new SessionChange.Executes(line.last()));
                    case "deallocates" -> changes.add(new SessionChange.Deallocates(line.last()));
                    case "deallocates-all" -> changes.add(new SessionChange.DeallocatesAll());
                    case "uses" -> changes.add(new SessionChange.UsesCursor(line.last()));
                    case "closes" -> changes.add(new SessionChange.ClosesCursor(line.last()));
                    case "closes-all" -> changes.add(new SessionChange.ClosesAllCursors());
                    case "above" -> {
                        var relation = line.relation();
                        var known = kin.getOrDefault(relation, Kin.NONE);
                        kin.put(relation, new Kin(line.kin(), known.below()));
                    }
                    case "below" -> {
                        var relation = line.relation();
                        var known = kin.getOrDefault(relation, Kin.NONE);
                        kin.put(relation, new Kin(known.above(), line.kin()));
                    }
                    case "discards-all" -> changes.add(new SessionChange.DiscardsAll());
                    default -> accesses.add(line.access(of(Action.class, word)));
                }
                line.end();
            }
            return new Footprint(
                    kind, accesses, List.of(), head.effects, changes, !head.withoutWhere, kin);
        }

        /// Whether the next line belongs to the footprint at this depth; a statement's first line
        /// begins with a capital letter.
        private boolean continues(int depth) {
            var line = lines.get(at);
            return line.length() > depth
                    && line.startsWith(INNER.repeat(depth))
                    && line.charAt(depth) >= 'a'
                    && line.charAt(depth) <= 'z';
        }

        private String next(int depth) {
            if (at >= lines.size() || !lines.get(at).startsWith(INNER.repeat(depth)))
                throw new IllegalArgumentException("a statement is missing");
            return lines.get(at++).substring(depth);
        }
    }

    /// One line, read from left to right.
    private static final class Line {
        private final String text;
        private int at;
        private boolean withoutWhere;
        private Set<Effect> effects = Set.of();

        Line(String text) {
            this.text = text;
        }

        StatementKind kind() {
            int end = text.indexOf(", changing ");
            var head = end < 0 ? text : text.substring(0, end);
            if (end >= 0) {
                effects = EnumSet.noneOf(Effect.class);
                for (var word : text.substring(end + ", changing ".length()).split(" "))
                    effects.add(of(Effect.class, word));
            }
            withoutWhere = head.endsWith(" without where");
            if (withoutWhere) head = head.substring(0, head.length() - " without where".length());
            for (var kind : StatementKind.values()) if (kind.word().equals(head)) return kind;
            throw new IllegalArgumentException("an unknown kind of statement");
        }

        Access access(Action action) {
            var resource = resource();
            var columns = new ArrayList<ColumnUse>();
            if (take(" (")) {
                do columns.add(new ColumnUse(name(), Set.of(Place.OUTPUT)));
                while (take(", "));
                expect(")");
            }
            Optional<Resource.Relation> via = Optional.empty();
            if (take(" via ")) via = Optional.of(relation());
            return new Access(action, resource, columns, via);
        }

        Resource.Relation relation() {
            if (resource() instanceof Resource.Relation relation) return relation;
            throw new IllegalArgumentException("no relation where one is expected");
        }

        List<Resource.Relation> kin() {
            expect(": ");
            var all = new ArrayList<Resource.Relation>();
            do all.add(relation());
            while (take(", "));
            return all;
        }

        private Resource resource() {
            var kind = word();
            return switch (kind) {
                case "function" -> {
                    var schema = name();
                    expect(".");
                    var name = name();
                    expect(" ");
                    yield new Resource.Function(schema, name, of(FunctionClass.class, bare()));
                }
                case "setting" -> new Resource.Setting(name());
                case "schema" -> new Resource.Schema(name());
                case "other" -> {
                    var type = name();
                    expect(" ");
                    var schema = name();
                    expect(".");
                    yield new Resource.Other(type, schema, name());
                }
                default -> {
                    var schema = name();
                    expect(".");
                    yield new Resource.Relation(schema, name(), of(RelationKind.class, kind));
                }
            };
        }

        /// A word and the blank behind it, if the line goes on.
        String word() {
            var word = bare();
            if (at < text.length()) expect(" ");
            return word;
        }

        private String bare() {
            int begin = at;
            while (at < text.length() && isPlain(text.charAt(at))) at++;
            if (at == begin) throw new IllegalArgumentException("a word is missing");
            return text.substring(begin, at);
        }

        String last() {
            var name = name();
            end();
            return name;
        }

        private String name() {
            if (!take("\"")) return bare();
            var name = new StringBuilder();
            while (true) {
                int quote = text.indexOf('"', at);
                if (quote < 0) throw new IllegalArgumentException("a name does not end");
                name.append(text, at, quote);
                at = quote + 1;
                if (!take("\"")) return name.toString();
                name.append('"');
            }
        }

        private static boolean isPlain(char c) {
            return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '-';
        }

        private boolean take(String expected) {
            if (!text.startsWith(expected, at)) return false;
            at += expected.length();
            return true;
        }

        private void expect(String expected) {
            if (!take(expected)) throw new IllegalArgumentException("no '" + expected + "'");
        }

        void end() {
            if (at != text.length()) throw new IllegalArgumentException("a line is too long");
        }
    }

    private static <E extends Enum<E>> E of(Class<E> type, String word) {
        for (var value : type.getEnumConstants()) if (word(value).equals(word)) return value;
        throw new IllegalArgumentException("an unknown word for " + type.getSimpleName());
    }
}
