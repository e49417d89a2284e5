package dev.sallyport.sql;

import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

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

    /// With the tables that the usual clients' statements speak of.
    ///
    /// @param version a major one, from 15 on
    public static Catalog clients(int version) {
        return read("clients-" + version + "-catalog.json.gz");
    }

    private static Catalog read(String resource) {
        try {
            return CatalogFile.read(new StringReader(text(resource)), 1);
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
