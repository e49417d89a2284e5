package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogFile;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The analyzer's fixture: what a real server answered about `fixture-schema.sql`.
final class SavedRows {
    record Row(CatalogQueries query, List<@Nullable String> values) {}

    private static final List<Row> ROWS = read();

    private SavedRows() {}

    static List<Row> all() {
        return ROWS;
    }

    static Catalog catalog(long epoch) {
        var builder = new CatalogBuilder();
        for (var row : ROWS) builder.add(row.query, row.values);
        return builder.build(epoch);
    }

    /// With another body of one function.
    static Catalog catalog(long epoch, String function, String body, String otherBody) {
        var oids =
                ROWS.stream()
                        .filter(row -> row.values.contains(function))
                        .map(row -> row.values.getFirst())
                        .toList();
        var builder = new CatalogBuilder();
        for (var row : ROWS) {
            var values = new ArrayList<@Nullable String>(row.values);
            if (oids.contains(values.getFirst()))
                values.replaceAll(v -> body.equals(v) ? otherBody : v);
            builder.add(row.query, values);
        }
        return builder.build(epoch);
    }

    private static List<Row> read() {
        try (var in =
                        SavedRows.class.getResourceAsStream(
                                "/dev/sallyport/sql/fixture-catalog.json.gz");
                var text = new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8)) {
            var rows = new ArrayList<Row>();
            for (var own : CatalogFile.rows(text).entrySet())
                for (List<@Nullable String> row : own.getValue())
                    rows.add(new Row(own.getKey(), row));
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
