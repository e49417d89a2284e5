package dev.sallyport.sql.functions;

import dev.sallyport.sql.access.Resource.FunctionClass;
import dev.sallyport.sql.catalog.Catalog.Routine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What a function can do, by its name: a reviewed table for the server's own ones, a short list of
/// extensions that only compute, and {@link FunctionClass#USER_DEFINED} for the rest.
public final class FunctionClasses {
    private static final Map<String, FunctionClass> SYSTEM = load();

    /// Extensions of PostgreSQL's own distribution (and pgvector) whose C functions are all of one
    /// kind. A function that someone replaced or added in another language is the user's.
    private static final Map<String, FunctionClass> EXTENSIONS =
            Map.ofEntries(
                    Map.entry("btree_gin", FunctionClass.COMPUTES),
                    Map.entry("btree_gist", FunctionClass.COMPUTES),
                    Map.entry("citext", FunctionClass.COMPUTES),
                    Map.entry("cube", FunctionClass.COMPUTES),
                    Map.entry("fuzzystrmatch", FunctionClass.COMPUTES),
                    Map.entry("hstore", FunctionClass.COMPUTES),
                    Map.entry("intarray", FunctionClass.COMPUTES),
                    Map.entry("isn", FunctionClass.COMPUTES),
                    Map.entry("ltree", FunctionClass.COMPUTES),
                    Map.entry("pg_trgm", FunctionClass.COMPUTES),
                    Map.entry("pgcrypto", FunctionClass.COMPUTES),
                    Map.entry("seg", FunctionClass.COMPUTES),
                    Map.entry("unaccent", FunctionClass.COMPUTES),
                    Map.entry("uuid-ossp", FunctionClass.COMPUTES),
                    Map.entry("vector", FunctionClass.COMPUTES),
                    Map.entry("pg_stat_statements", FunctionClass.READS_DATA),
                    Map.entry("adminpack", FunctionClass.READS_FILES),
                    Map.entry("file_fdw", FunctionClass.READS_FILES),
                    Map.entry("tablefunc", FunctionClass.RUNS_SQL),
                    Map.entry("xml2", FunctionClass.RUNS_SQL),
                    Map.entry("dblink", FunctionClass.NETWORK),
                    Map.entry("postgres_fdw", FunctionClass.NETWORK));

    private FunctionClasses() {}

    public static FunctionClass of(Routine routine) {
        if (routine.isSystem()) return ofSystem(routine.schema(), routine.name());
        if (routine.extension().isEmpty() || !routine.language().equals("c"))
            return FunctionClass.USER_DEFINED;
        return EXTENSIONS.getOrDefault(routine.extension(), FunctionClass.USER_DEFINED);
    }

    /// The class of a function that initdb made; {@link FunctionClass#UNCLASSIFIED} for a name that
    /// the table doesn't hold.
    public static FunctionClass ofSystem(String schema, String name) {
        String key = schema.equals("pg_catalog") ? name : schema + "." + name;
        return SYSTEM.getOrDefault(key, FunctionClass.UNCLASSIFIED);
    }

    private static Map<String, FunctionClass> load() {
        try (InputStream in = FunctionClasses.class.getResourceAsStream("functions.txt")) {
            if (in == null) throw new IllegalStateException("functions.txt is missing");
            Map<String, FunctionClass> classes = new HashMap<>();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .forEach(line -> {
                        String[] parts = line.split(" ");
                        if (classes.put(parts[0], FunctionClass.valueOf(parts[1])) != null)
                            throw new IllegalStateException("twice in functions.txt: " + parts[0]);
                    });
            return Map.copyOf(classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
