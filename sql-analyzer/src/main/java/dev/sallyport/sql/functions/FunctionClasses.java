package dev.sallyport.sql.functions;

import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog.Routine;
import dev.sallyport.sql.catalog.Catalog.RoutineKind;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a function can do: reviewed tables of the server's own ones, by name (`functions.txt`), and
/// of well-known extensions' (`extensions.txt`); {@link FunctionClass#USER_DEFINED} for the rest.
/// Overloads share a class.
public final class FunctionClasses {
    private static final Map<String, FunctionClass> SYSTEM = byName("functions.txt");

    /// Of MySQL and MariaDB, by lower-case name.
    private static final Map<String, FunctionClass> MYSQL = byName("mysql-functions.txt");

    /// Those that only one of the two has: a third word says which.
    private static final Set<String> MYSQL_ONLY = only("mysql-functions.txt", "mysql");

    private static final Set<String> MARIADB_ONLY = only("mysql-functions.txt", "mariadb");

    /// By extension and name; `*` for an extension of which all are alike.
    private static final Map<String, Map<String, FunctionClass>> EXTENSIONS = extensions();

    /// What initdb's functions are written in. One that a superuser has replaced in another
    /// language isn't the server's any more.
    private static final Set<String> SERVERS_LANGUAGES = Set.of("internal", "c", "sql");

    private FunctionClasses() {}

    public static FunctionClass of(Routine routine) {
        if (routine.isSystem())
            return SERVERS_LANGUAGES.contains(routine.language())
                    ? ofSystem(routine.schema(), routine.name())
                    : FunctionClass.USER_DEFINED;
        return madeBySuperuser(routine) ? ofExtension(routine) : FunctionClass.USER_DEFINED;
    }

    /// Whoever owns an extension can add functions of their own to it, but not in these languages.
    /// Aggregates say `internal` too, and everybody can make them.
    private static boolean madeBySuperuser(Routine routine) {
        return routine.kind() == RoutineKind.FUNCTION
                && (routine.language().equals("c") || routine.language().equals("internal"));
    }

    /// The extensions that the table knows.
    public static Set<String> extensionNames() {
        return EXTENSIONS.keySet();
    }

    private static FunctionClass ofExtension(Routine routine) {
        Map<String, FunctionClass> functions =
                EXTENSIONS.getOrDefault(routine.extension(), Map.of());
        FunctionClass all = functions.getOrDefault("*", FunctionClass.USER_DEFINED);
        return functions.getOrDefault(routine.name(), all);
    }

    /// The class of a function that initdb made; {@link FunctionClass#UNCLASSIFIED} for a name that
    /// the table doesn't hold.
    public static FunctionClass ofSystem(String schema, String name) {
        String key = schema.equals("pg_catalog") ? name : schema + "." + name;
        return SYSTEM.getOrDefault(key, FunctionClass.UNCLASSIFIED);
    }

    /// The class of a function of MySQL or MariaDB, called without a database's name: there the
    /// server's own functions come before stored ones. {@link FunctionClass#UNCLASSIFIED} for a
    /// name that the table doesn't hold.
    public static FunctionClass ofMySql(String name) {
        return MYSQL.getOrDefault(name.toLowerCase(Locale.ROOT), FunctionClass.UNCLASSIFIED);
    }

    /// The same of the function that a server of this vendor brings along: what only the other one
    /// has may be anybody's here.
    public static FunctionClass ofMySql(String name, Dialect dialect) {
        String lower = name.toLowerCase(Locale.ROOT);
        return (dialect.isMariaDb() ? MYSQL_ONLY : MARIADB_ONLY).contains(lower)
                ? FunctionClass.UNCLASSIFIED
                : MYSQL.getOrDefault(lower, FunctionClass.UNCLASSIFIED);
    }

    /// Lines of `name CLASS`.
    private static Map<String, FunctionClass> byName(String resource) {
        Map<String, FunctionClass> classes = new HashMap<>();
        for (String line : lines(resource)) {
            String[] words = line.split(" ");
            put(classes, words[0], FunctionClass.valueOf(words[1]));
        }
        return Map.copyOf(classes);
    }

    private static Set<String> only(String resource, String vendor) {
        Set<String> names = new HashSet<>();
        for (String line : lines(resource)) {
            String[] words = line.split(" ");
            if (words.length > 2 && words[2].equals(vendor)) names.add(words[0]);
        }
        return Set.copyOf(names);
    }

    /// `extension CLASS: name name`, with more names on lines that begin with a blank.
    private static Map<String, Map<String, FunctionClass>> extensions() {
        Map<String, Map<String, FunctionClass>> extensions = new HashMap<>();
        String extension = "";
        FunctionClass functionClass = FunctionClass.UNCLASSIFIED;
        for (String line : lines("extensions.txt")) {
            String names = line;
            if (!line.startsWith(" ")) {
                int colon = line.indexOf(": ");
                String[] words = line.substring(0, colon).split(" ");
                extension = words[0];
                functionClass = FunctionClass.valueOf(words[1]);
                names = line.substring(colon + 1);
            }
            Map<String, FunctionClass> functions =
                    extensions.computeIfAbsent(extension, _ -> new HashMap<>());
            for (String name : names.strip().split(" ")) put(functions, name, functionClass);
        }
        extensions.replaceAll((_, functions) -> Map.copyOf(functions));
        return Map.copyOf(extensions);
    }

    private static void put(
            Map<String, FunctionClass> classes, String name, FunctionClass functionClass) {
        if (classes.put(name, functionClass) != null)
            throw new IllegalStateException("classified twice: " + name);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = FunctionClasses.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
