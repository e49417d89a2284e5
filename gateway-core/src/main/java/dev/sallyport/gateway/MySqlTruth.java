package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.MySqlCatalogBuilder;
import dev.sallyport.sql.catalog.MySqlCatalogQueries;
import dev.sallyport.sql.catalog.Sought;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// MySQL and MariaDB are asked for the current schema, the sql_mode and the character set. Whoever
/// asks changes what FOUND_ROWS() and ROW_COUNT() say: so it is done only behind what may have
/// changed one of them.
final class MySqlTruth extends TruthQuery {
    private static final String NAMES =
            "SELECT DATABASE(), @@SESSION.sql_mode, @@SESSION.character_set_client, VERSION()";

    private final MySqlNames asking;
    private final MySqlCatalogBuilder builder = new MySqlCatalogBuilder();
    private MySqlNames.@Nullable Answer names;
    private @Nullable Boolean oneExists;

    MySqlTruth(MySqlNames asking, About about) {
        super(asking, about);
        this.asking = asking;
    }

    @Override
    public List<String> statements() {
        return switch (about()) {
            case About.Names _ -> List.of(NAMES);
            case About.Objects(var objects) -> List.of(NAMES, exists(objects));
            case About.WholeCatalog _ -> {
                var all = new ArrayList<String>();
                all.add(NAMES);
                all.addAll(MySqlCatalogQueries.all());
                yield all;
            }
        };
    }

    /// Only names that need no escape in any sql_mode are asked for: see {@link #canAsk}.
    private static String exists(Set<Sought> objects) {
        var conditions = new ArrayList<String>();
        for (var sought : objects)
            if (sought instanceof Sought.Relation(var schema, var name))
                conditions.add(
                        "LOWER(TABLE_SCHEMA) = LOWER('"
                                + schema
                                + "') AND LOWER(TABLE_NAME) = LOWER('"
                                + name
                                + "')");
        return "SELECT COUNT(*) FROM information_schema.TABLES WHERE "
                + String.join(" OR ", conditions);
    }

    static boolean canAsk(Set<Sought> objects) {
        if (objects.isEmpty()) return false;
        for (var sought : objects)
            if (!(sought instanceof Sought.Relation(var schema, var name))
                    || schema == null
                    || !isPlain(schema)
                    || !isPlain(name)) return false;
        return true;
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '_'
                            || c == '$';
            if (!plain) return false;
        }
        return !name.isEmpty();
    }

    @Override
    void read(int resultIndex, List<@Nullable String> columns) {
        if (resultIndex == 0) names = MySqlNames.Answer.of(columns);
        else
            switch (about()) {
                case About.Names _ -> throw new IllegalArgumentException("no such result");
                case About.Objects _ -> {
                    var count = columns.getFirst();
                    if (count == null) throw new IllegalArgumentException("no count");
                    oneExists = !count.equals("0");
                }
                case About.WholeCatalog _ -> builder.add(resultIndex - 1, columns);
            }
    }

    @Override
    @Nullable String install() {
        if (names == null) return "no row for the session's names";
        switch (about()) {
            case About.Names _ -> {
                asking.install(names);
                asking.installed();
            }
            case About.Objects(var objects) -> {
                if (oneExists == null) return "no row for the objects asked for";
                asking.install(names);
                asking.installed(objects, oneExists);
            }
            case About.WholeCatalog(var epoch) -> {
                var read = builder.build(epoch);
                asking.install(names);
                asking.installed(read);
            }
        }
        return null;
    }
}
