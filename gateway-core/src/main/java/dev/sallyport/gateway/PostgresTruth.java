package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.ExistsQuery;
import dev.sallyport.sql.catalog.SessionContextQuery;
import dev.sallyport.sql.catalog.SessionContextQuery.SessionContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// PostgreSQL is asked for path, role and lexing mode.
final class PostgresTruth extends TruthQuery {
    private static final String NAMES = SessionContextQuery.SQL;

    private final PostgresNames asking;
    private final CatalogBuilder builder = new CatalogBuilder();
    private @Nullable SessionContext names;
    private @Nullable Boolean oneExists;

    PostgresTruth(PostgresNames asking, About about) {
        super(asking, about);
        this.asking = asking;
    }

    @Override
    public List<String> statements() {
        return switch (about()) {
            case About.Names _ -> List.of(NAMES);
            case About.Objects(var objects) -> List.of(NAMES, ExistsQuery.sql(objects));
            case About.WholeCatalog _ -> {
                var all = new ArrayList<String>();
                all.add(NAMES);
                all.addAll(CatalogQueries.all());
                yield all;
            }
        };
    }

    @Override
    void read(int resultIndex, List<@Nullable String> columns) {
        if (resultIndex == 0) names = SessionContextQuery.decode(columns);
        else
            switch (about()) {
                case About.Names _ -> throw new IllegalArgumentException("no such result");
                case About.Objects _ -> oneExists = ExistsQuery.decode(columns);
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
