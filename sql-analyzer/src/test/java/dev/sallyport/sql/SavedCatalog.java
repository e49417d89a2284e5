package dev.sallyport.sql;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogBuilder;
import dev.sallyport.sql.catalog.CatalogFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The fixtures' catalogs: files as `sallyport catalog save` writes them, compressed.
public final class SavedCatalog {
    private static final Catalog FIXTURE = read("fixture-catalog.json.gz");

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
        try {
            // A fixture may be older than a query; a file of the product's users may not.
            CatalogBuilder builder = new CatalogBuilder();
            for (var own : CatalogFile.rows(new StringReader(text(resource))).entrySet())
                for (List<@Nullable String> row : own.getValue()) builder.add(own.getKey(), row);
            return builder.build(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(String resource) {
        try (InputStream in = SavedCatalog.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            return new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
