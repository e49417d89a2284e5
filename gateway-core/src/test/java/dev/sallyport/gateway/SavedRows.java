package dev.sallyport.gateway;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.io.BufferedReader;
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

    private static List<Row> read() {
        var rows = new ArrayList<Row>();
        try (var in =
                        SavedRows.class.getResourceAsStream(
                                "/dev/sallyport/sql/fixture-catalog.tsv.gz");
                var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            var query = CatalogQueries.SERVER;
            for (var line = lines.readLine(); line != null; line = lines.readLine())
                if (line.startsWith("@")) query = CatalogQueries.valueOf(line.substring(1));
                else {
                    var row = new ArrayList<@Nullable String>();
                    for (var field : line.split("\t", -1)) row.add(unescaped(field));
                    rows.add(new Row(query, row));
                }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static @Nullable String unescaped(String field) {
        if (field.equals("\\N")) return null;
        return field.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
    }
}
