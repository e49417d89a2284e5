package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.Sought;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What names mean to a session of MySQL or MariaDB: by current schema, sql_mode, character set and
/// the server's own version. What the server reports of them is taken at once; what a statement may
/// have changed is asked for all the same, since reporting can be switched off.
///
/// Temporary tables are refused by the analyzer, so the shared catalog holds for every session but
/// one that has just changed it.
final class MySqlNames extends NameContext {
    private static final Set<String> UTF8 = Set.of("utf8", "utf8mb3", "utf8mb4");

    /// Every byte of them below 0x80 is that ASCII character; beyond ASCII nothing is taken but
    /// inside literals.
    private static final Set<String> SINGLE_BYTES = Set.of("ascii", "latin1", "binary");

    private String schema = "";
    private String sqlMode = "";
    private String characterSet = "";
    private String version = "";
    private @Nullable String escapes;
    private boolean answered;

    /// @param schema empty for none
    record Answer(String schema, String sqlMode, String characterSet, String version) {
        static Answer of(List<@Nullable String> columns) {
            var schema = columns.get(0);
            return new Answer(
                    schema == null ? "" : schema,
                    Objects.requireNonNull(columns.get(1)),
                    Objects.requireNonNull(columns.get(2)),
                    Objects.requireNonNull(columns.get(3)));
        }
    }

    MySqlNames(CatalogService shared, AnalysisCache cache) {
        super(shared, cache);
    }

    @Override
    void reported(String name, String value) {
        switch (name) {
            case "schema" -> schema = value;
            case "sql_mode" -> sqlMode = value;
            case "character_set_client" -> characterSet = value;
            case "version" -> version = value;
            case "status.no_backslash_escapes" -> {
                // It comes with every answer: the mode was changed unseen.
                if (escapes != null && !value.equals(escapes)) unsettle();
                escapes = value;
            }
            default -> {
                // Nothing that names or literals depend on.
            }
        }
        changed();
    }

    @Override
    @Nullable String known(String parameter) {
        if (!answered) return null;
        return switch (parameter) {
            case "schema" -> schema;
            case "sql_mode" -> sqlMode;
            case "character_set_client" -> characterSet;
            case "version" -> version;
            default -> null;
        };
    }

    @Override
    TextContext of(Catalog catalog) {
        if (catalog.mySql() == null)
            return new TextContext.Unreadable(catalog, "the catalog is of another kind of server");
        var dialect = dialect();
        return dialect.isPresent()
                ? new TextContext.MySql(new MySqlContext(catalog, schema, dialect.get()))
                : new TextContext.Unreadable(
                        catalog,
                        "the server's version, the sql_mode or the character set is not"
                                + " understood: set sql_mode to '' and use utf8mb4");
    }

    private Optional<Dialect> dialect() {
        var lower = characterSet.toLowerCase(Locale.ROOT);
        boolean utf8 = UTF8.contains(lower);
        if (!utf8 && !SINGLE_BYTES.contains(lower)) return Optional.empty();
        boolean mariaDb = version.toLowerCase(Locale.ROOT).contains("mariadb");
        return (mariaDb ? Dialect.MARIADB : Dialect.MYSQL)
                .withVersion(version)
                .flatMap(exact -> exact.withSqlMode(sqlMode))
                .map(exact -> exact.withUtf8(utf8));
    }

    /// When a table was changed, the server prepares the text anew: under the schema of then, but
    /// MySQL under the sql_mode of now, in which it may say something else.
    @Override
    TextContext preparedUnder(TextContext then) {
        if (!(then instanceof TextContext.MySql(var old))) return then;
        var catalog = catalog();
        if (!dialect().equals(Optional.of(old.dialect())))
            return new TextContext.Unreadable(
                    catalog,
                    "the sql_mode or the character set was changed since it was prepared: prepare"
                            + " it again");
        if (old.catalog() == catalog) return then;
        if (catalog.mySql() == null) return of(catalog);
        return interned(
                new TextContext.MySql(new MySqlContext(catalog, old.schema(), old.dialect())));
    }

    @Override
    boolean answered() {
        return answered;
    }

    @Override
    boolean hasObjectsOfItsOwn() {
        return false;
    }

    /// The current schema and the modes are the session's own.
    @Override
    boolean dependsOnOthers() {
        return false;
    }

    @Override
    boolean canAsk(Set<Sought> objects) {
        return MySqlTruth.canAsk(objects);
    }

    @Override
    TruthQuery question(TruthQuery.About about) {
        return new MySqlTruth(this, about);
    }

    void install(Answer answer) {
        schema = answer.schema;
        sqlMode = answer.sqlMode;
        characterSet = answer.characterSet;
        version = answer.version;
        answered = true;
    }
}
