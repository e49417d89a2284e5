package dev.sallyport.policy;

import dev.sallyport.config.Words;
import dev.sallyport.sql.access.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a rule's `on` names, as `public.*` or `role:*`.
///
/// @param kind empty for objects that live in a schema (`public.patients`: tables, views,
///   functions, types, ...) and for {@link #EVERYTHING}; else what it is, as `role`
/// @param schema empty where the kind has none, and for {@link #EVERYTHING}
/// @param name the whole name, or how it begins, or nothing, by `match`
record ResourcePattern(String kind, String schema, String name, Match match) {
    enum Match {
        /// This name and no other.
        EXACT,
        /// Every name that begins so: `encounters_2026*`.
        PREFIX,
        /// Every name of the schema, or of the kind.
        ALL,
        /// `"*"`.
        EVERYTHING
    }

    static final ResourcePattern EVERYTHING = new ResourcePattern("", "", "", Match.EVERYTHING);

    /// What can stand before the colon, with whether its names have a schema. The words are those
    /// of {@link dev.sallyport.sql.access.Resource.Other#type}.
    static final Map<String, Boolean> KINDS = kinds();

    private static final Pattern PLAIN =
            Pattern.compile("[a-z_\\u0080-\\uffff][a-z0-9_$\\u0080-\\uffff]*");
    private static final Pattern UPPER = Pattern.compile(".*[A-Z].*");

    private static Map<String, Boolean> kinds() {
        var kinds = new TreeMap<String, Boolean>();
        for (var inSchemas :
                List.of(
                        "aggregate",
                        "collation",
                        "conversion",
                        "domain",
                        "event",
                        "operator",
                        "statistics",
                        "text search configuration",
                        "text search dictionary",
                        "text search parser",
                        "text search template",
                        "type")) kinds.put(inSchemas, true);
        for (var others :
                List.of(
                        "access method",
                        "cast",
                        "channel",
                        "code block",
                        "command",
                        "constraint",
                        "database",
                        "default privileges",
                        "event trigger",
                        "extension",
                        "foreign data wrapper",
                        "language",
                        "large object",
                        "library",
                        "operator class",
                        "operator family",
                        "parameter",
                        "policy",
                        "prepared transaction",
                        "publication",
                        "role",
                        "rule",
                        "schema",
                        "server",
                        "server file",
                        "server program",
                        "setting",
                        "subscription",
                        "system",
                        "tablespace",
                        "transform",
                        "trigger",
                        "user mapping")) kinds.put(others, false);
        return Collections.unmodifiableMap(kinds);
    }

    /// Thrown by {@link #parse}; the reason is for the rule's author.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Malformed(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    static ResourcePattern parse(String text) throws Malformed {
        if (text.equals("*") || text.equals("*.*")) return EVERYTHING;
        int colon = text.startsWith("\"") ? -1 : text.indexOf(':');
        int quote = text.indexOf('"');
        if (colon > 0 && (quote < 0 || colon < quote))
            return ofKind(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
        var parts = split(text);
        if (parts.rest() == null)
            throw new Malformed(
                    "'"
                            + text
                            + "' needs its schema, as public."
                            + text
                            + "; \"*\" alone means everything");
        return named("", parts.first(), parts.rest(), text);
    }

    private static ResourcePattern ofKind(String kind, String text) throws Malformed {
        var qualified = KINDS.get(kind);
        if (qualified == null)
            throw new Malformed(
                    "there is no kind '"
                            + kind
                            + "'"
                            + Words.nearest(kind, KINDS.keySet())
                                    .map(k -> "; did you mean '" + k + ":'?")
                                    .orElse(
                                            "; tables, views and functions are written schema.name,"
                                                    + " other kinds are "
                                                    + String.join(", ", KINDS.keySet())));
        if (text.isEmpty()) throw new Malformed("'" + kind + ":' needs a name, or '*' for all");
        if (text.equals("*")) return new ResourcePattern(kind, "", "", Match.ALL);
        if (kind.equals("setting")) return setting(text);
        if (!qualified) return named(kind, "", text, text);
        var parts = split(text);
        if (parts.rest() == null)
            throw new Malformed("a " + kind + " has a schema: write " + kind + ":public." + text);
        return named(kind, parts.first(), parts.rest(), text);
    }

    /// Settings' names ignore case: `TimeZone`.
    private static ResourcePattern setting(String text) throws Malformed {
        return named("setting", "", text.toLowerCase(Locale.ROOT), text);
    }

    private static ResourcePattern named(String kind, String schema, String text, String whole)
            throws Malformed {
        if (schema.equals("*") || schema.endsWith("*"))
            throw new Malformed(
                    "'"
                            + whole
                            + "': a schema is named in full; write \"*\" for everything, or one"
                            + " entry for each schema");
        var schemaName = schema.isEmpty() ? "" : identifier(schema, whole);
        if (text.equals("*")) return new ResourcePattern(kind, schemaName, "", Match.ALL);
        if (text.endsWith("*") && !text.startsWith("\"")) {
            var prefix = text.substring(0, text.length() - 1);
            return new ResourcePattern(
                    kind, schemaName, freeName(kind, prefix, whole), Match.PREFIX);
        }
        return new ResourcePattern(kind, schemaName, freeName(kind, text, whole), Match.EXACT);
    }

    /// Names of settings, files, operators and the like aren't identifiers.
    private static String freeName(String kind, String text, String whole) throws Malformed {
        return switch (kind) {
            case "setting", "server file", "server program", "large object", "cast", "operator" -> {
                if (text.startsWith("\"")) yield identifier(text, whole);
                if (text.contains("*"))
                    throw new Malformed("'" + whole + "': '*' stands only at the end of a name");
                yield text;
            }
            default -> identifier(text, whole);
        };
    }

    /// As SQL reads it: lower case, or in quotes. A name in another case would never match, and a
    /// deny rule that never matches is a hole.
    static String identifier(String text, String whole) throws Malformed {
        if (text.startsWith("\"")) {
            var inner =
                    text.length() > 1 && text.endsWith("\"")
                            ? text.substring(1, text.length() - 1)
                            : "";
            if (inner.isEmpty() || inner.replace("\"\"", "").contains("\""))
                throw new Malformed("'" + whole + "' has a quote in the wrong place");
            return inner.replace("\"\"", "\"");
        }
        if (PLAIN.matcher(text).matches()) return text;
        if (text.contains("*"))
            throw new Malformed("'" + whole + "': '*' stands only at the end of a name");
        if (UPPER.matcher(text).matches())
            throw new Malformed(
                    "'"
                            + whole
                            + "' has capitals: SQL folds names to lower case, so write "
                            + whole.toLowerCase(Locale.ROOT)
                            + ", or \""
                            + text
                            + "\" in double quotes if it was created so");
        throw new Malformed(
                "'" + whole + "' is not a name: names with other characters go in double quotes");
    }

    /// All parts between dots outside quotes.
    static List<String> parts(String text) {
        var parts = new ArrayList<String>();
        for (var rest = text; rest != null; ) {
            var split = split(rest);
            parts.add(split.first());
            rest = split.rest();
        }
        return parts;
    }

    private record Parts(String first, @Nullable String rest) {}

    /// At the first dot outside quotes.
    private static Parts split(String text) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '"') quoted = !quoted;
            else if (text.charAt(i) == '.' && !quoted)
                return new Parts(text.substring(0, i), text.substring(i + 1));
        }
        return new Parts(text, null);
    }

    boolean matches(Resource.Relation relation) {
        return switch (match) {
            case EVERYTHING -> !Floor.isServersOwn(relation.schema());
            case EXACT -> isIn(relation.schema()) && name.equals(relation.name());
            case PREFIX -> isIn(relation.schema()) && relation.name().startsWith(name);
            case ALL -> isIn(relation.schema());
        };
    }

    private boolean isIn(String otherSchema) {
        return kind.isEmpty() && schema.equals(otherSchema);
    }

    /// Whether it means all that the other means. May answer no where it does.
    boolean covers(ResourcePattern other) {
        if (equals(other)) return true;
        if (match == Match.EVERYTHING)
            return other.kind.isEmpty() && !Floor.isServersOwn(other.schema);
        if (!kind.equals(other.kind) || !schema.equals(other.schema)) return false;
        return switch (match) {
            case ALL -> true;
            case PREFIX ->
                    (other.match == Match.EXACT || other.match == Match.PREFIX)
                            && other.name.startsWith(name);
            case EXACT, EVERYTHING -> false;
        };
    }

    /// Whether only an object that lives in a schema can match.
    boolean namesObjects() {
        return kind.isEmpty();
    }

    /// As in a policy file; equal patterns give equal texts.
    @Override
    public String toString() {
        var last =
                switch (match) {
                    case EXACT -> quoted(name);
                    case PREFIX -> name + "*";
                    case ALL, EVERYTHING -> "*";
                };
        return (kind.isEmpty() ? "" : kind + ":")
                + (schema.isEmpty() ? "" : quoted(schema) + ".")
                + last;
    }

    /// A name as SQL and policies write it.
    static String quoted(String name) {
        return PLAIN.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
