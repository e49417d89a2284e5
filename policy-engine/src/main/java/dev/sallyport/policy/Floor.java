package dev.sallyport.policy;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What everybody with a role on the database may do without a grant, so that tools work: read the
/// catalog's descriptions, call functions that only compute, change harmless settings, use the
/// session's own temporary objects. Deny rules beat it like any grant.
///
/// The catalogs and settings are listed, each with its reason, in `floor-catalogs.txt` and
/// `floor-settings.txt` beside this class.
final class Floor {
    static final String CATALOG = "builtin:catalog";
    static final String FUNCTIONS = "builtin:functions";
    static final String SETTINGS = "builtin:settings";
    static final String TEMPORARY = "builtin:temporary";

    private static final Map<String, Map<String, Set<String>>> CATALOGS = readCatalogs();
    private static final Set<String> HARMLESS_SETTINGS = readSettings();

    private Floor() {}

    /// The built-in rule that permits the access by itself, if there is one.
    static Optional<String> permits(Access access, Footprint footprint) {
        return switch (access.resource()) {
            case Resource.Relation r -> relation(access, r);
            case Resource.Function f -> function(access.action(), f, footprint);
            case Resource.Setting s -> setting(access.action(), s, footprint.kind());
            case Resource.Other o -> variable(access.action(), o);
            case Resource.Schema _ -> Optional.empty();
        };
    }

    private static Optional<String> relation(Access access, Resource.Relation r) {
        return switch (access.action()) {
            case SELECT, COPY_OUT -> {
                if (r.schema().equals(TEMPORARY_SCHEMA)) yield Optional.of(TEMPORARY);
                if (readsServersOwnView(access)) yield Optional.of(CATALOG);
                var harmless =
                        hiddenColumns(r) != null
                                && access.columns().stream()
                                        .noneMatch(c -> hides(access, c.column()));
                yield harmless ? Optional.of(CATALOG) : Optional.empty();
            }
            // What a session keeps in its own temporary tables it was allowed to read, and creating
            // them took a grant.
            case INSERT, UPDATE, DELETE, TRUNCATE, COPY_IN, SESSION ->
                    r.schema().equals(TEMPORARY_SCHEMA) ? Optional.of(TEMPORARY) : Optional.empty();
            case EXECUTE, DDL, ADMIN -> Optional.empty();
        };
    }

    /// Whether the column is what keeps a catalog that describes objects from being readable.
    static boolean hides(Access access, String column) {
        if (!(access.resource() instanceof Resource.Relation r)) return false;
        var hidden = hiddenColumns(r);
        return hidden != null && hidden.contains(column);
    }

    /// Null for what is no catalog of the floor.
    private static @Nullable Set<String> hiddenColumns(Resource.Relation r) {
        return CATALOGS.getOrDefault(r.schema(), Map.of()).get(r.name());
    }

    static final String TEMPORARY_SCHEMA = "pg_temp";

    /// The server's own views (pg_roles over pg_authid, information_schema.tables over pg_class)
    /// are judged themselves; what they read is theirs. Nobody but a superuser can create one
    /// there.
    private static boolean readsServersOwnView(Access access) {
        return access.via().map(v -> isServersOwn(v.schema())).orElse(false);
    }

    private static Optional<String> function(
            Action action, Resource.Function f, Footprint footprint) {
        var harmless =
                switch (f.functionClass()) {
                    case COMPUTES, READS_CATALOG -> true;
                    case READS_DATA,
                            READS_FILES,
                            RUNS_SQL,
                            CHANGES_SETTINGS,
                            CHANGES_DATA,
                            AFFECTS_OTHER_SESSIONS,
                            NETWORK,
                            SLEEPS,
                            USER_DEFINED,
                            UNCLASSIFIED ->
                            false;
                };
        if (action != Action.EXECUTE) return Optional.empty();
        if (harmless) return Optional.of(FUNCTIONS);
        return setsAsSetDoes(f, footprint) ? Optional.of(SETTINGS) : Optional.empty();
    }

    /// `set_config('search_path', '', false)`, which pg_dump and others use in SET's place: the
    /// setting is an access of its own and judged there. A name that is computed is `*`, which is
    /// harmless for RESET ALL only.
    private static boolean setsAsSetDoes(Resource.Function f, Footprint footprint) {
        return f.schema().equals("pg_catalog")
                && f.name().equals("set_config")
                && footprint.accesses().stream()
                        .anyMatch(a ->
                                a.action() == Action.SESSION
                                        && a.resource() instanceof Resource.Setting);
    }

    /// MySQL's: a session's own variables hold what it was allowed to read, and the server's
    /// variables are what SHOW VARIABLES shows to everybody; those with a password in them aren't.
    private static Optional<String> variable(Action action, Resource.Other o) {
        if (action != Action.SESSION) return Optional.empty();
        boolean harmless =
                o.type().equals("user variable")
                        || (o.type().equals("server variable")
                                && !o.name().contains("password")
                                && !o.name().contains("auth")
                                && !o.name().contains("secret"));
        return harmless ? Optional.of(SETTINGS) : Optional.empty();
    }

    private static Optional<String> setting(Action action, Resource.Setting s, StatementKind kind) {
        if (action != Action.SESSION) return Optional.empty();
        var harmless =
                // One with a dot is an application's: it may hold a secret, or who one is.
                (kind == StatementKind.SHOW && !s.name().contains("."))
                        // RESET ALL and DISCARD ALL put back what the session began with.
                        || (kind == StatementKind.SET && s.name().equals("*"))
                        || HARMLESS_SETTINGS.contains(s.name().toLowerCase(Locale.ROOT));
        return harmless ? Optional.of(SETTINGS) : Optional.empty();
    }

    /// Schemas whose objects belong to the server. PostgreSQL keeps names that begin with `pg_` for
    /// itself.
    static boolean isServersOwn(String schema) {
        return schema.equals("information_schema")
                || (schema.startsWith("pg_") && !schema.equals(TEMPORARY_SCHEMA));
    }

    private static Map<String, Map<String, Set<String>>> readCatalogs() {
        var catalogs = new HashMap<String, Map<String, Set<String>>>();
        read(
                "floor-catalogs.txt",
                (section, words) -> {
                    var hidden =
                            words.length > 1 && words[1].startsWith("-")
                                    ? Set.of(words[1].substring(1))
                                    : Set.<String>of();
                    catalogs.computeIfAbsent(section, _ -> new HashMap<>()).put(words[0], hidden);
                });
        return catalogs;
    }

    private static Set<String> readSettings() {
        var settings = new HashSet<String>();
        read("floor-settings.txt", (_, words) -> settings.add(words[0]));
        return settings;
    }

    interface Line {
        void read(String section, String[] words);
    }

    /// A list that is part of the program: words by line, sections in brackets, comments.
    static void read(String resource, Line each) {
        var section = "";
        try (var in =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        Floor.class.getResourceAsStream(resource), resource),
                                StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var text = line.strip();
                if (text.isEmpty() || text.startsWith("#")) continue;
                if (text.startsWith("[")) section = text.substring(1, text.length() - 1);
                else each.read(section, text.split("\\s+", 3));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
