package dev.sallyport.sql;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogQueries;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// A catalog as a server answered, kept in a file: `@QUERY`, then its rows in COPY's text format.
public final class SavedCatalog {
    private static final Catalog FIXTURE = read("fixture-catalog.tsv.gz");

    private SavedCatalog() {}

    /// The one that `fixture-schema.sql` makes on PostgreSQL 18.
    public static Catalog fixture() {
        return FIXTURE;
    }

    /// The fixture under a search path, with everything else as usual.
    public static AnalysisContext context(String... searchPath) {
        return new AnalysisContext(fixture(), List.of(searchPath), "tester", true, "UTF8");
    }

    public static Catalog read(String resource) {
        try (InputStream in = SavedCatalog.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            return read(new GZIPInputStream(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Catalog read(InputStream in) throws IOException {
        CatalogBuilder builder = new CatalogBuilder();
        CatalogQueries query = CatalogQueries.SERVER;
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine())
            if (line.startsWith("@")) query = CatalogQueries.valueOf(line.substring(1));
            else {
                List<@Nullable String> row = new ArrayList<>();
                for (String field : line.split("\t", -1)) row.add(unescape(field));
                builder.add(query, row);
            }
        return builder.build(1);
    }

    private static @Nullable String unescape(String field) {
        if (field.equals("\\N")) return null;
        if (field.indexOf('\\') < 0) return field;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = field.charAt(++i);
            text.append(
                    switch (escaped) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'r' -> '\r';
                        default -> escaped;
                    });
        }
        return text.toString();
    }
}
