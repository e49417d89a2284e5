package dev.sallyport.app.analyze;

import dev.sallyport.app.cli.CommandFailure;
import dev.sallyport.app.cli.ExitCode;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.CatalogReading;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.catalog.CatalogFile;
import dev.sallyport.sql.catalog.CatalogQueries;
import dev.sallyport.sql.catalog.InvalidCatalogFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Where commands get catalogs from: a saved file, or the database itself.
public final class Catalogs {
    private static final String PG_CATALOG = "pg_catalog";

    private Catalogs() {}

    /// A file that {@link CatalogFile} wrote, compressed by gzip or not.
    public static Catalog read(Path file) throws CommandFailure, IOException {
        try (var in = new BufferedInputStream(Files.newInputStream(file));
                var reader =
                        new InputStreamReader(
                                unpacked(in),
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT))) {
            return CatalogFile.read(reader, 1);
        } catch (NoSuchFileException _) {
            throw new CommandFailure("there is no file " + file);
        } catch (InvalidCatalogFileException e) {
            throw new CommandFailure(file + ": " + e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new CommandFailure(file + ": not UTF-8", e);
        }
    }

    private static InputStream unpacked(BufferedInputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip ? new GZIPInputStream(in) : in;
    }

    /// What the database's catalog holds now, read with the gateway's catalog credentials.
    public static Map<CatalogQueries, List<List<@Nullable String>>> rows(
            Path config, String database) throws CommandFailure {
        var found = database(config, database);
        switch (found.protocol()) {
            case POSTGRES -> {}
            case MYSQL ->
                    throw new CommandFailure(
                            "database "
                                    + database
                                    + " is MySQL's: its catalog is read by the"
                                    + " gateway only");
        }
        try {
            return CatalogReading.rows(found);
        } catch (SQLException | IOException e) {
            throw new CommandFailure(
                    "the catalog of "
                            + database
                            + " cannot be read: "
                            + CatalogReading.rootMessage(e),
                    e);
        }
    }

    public static Catalog read(Path config, String database) throws CommandFailure, IOException {
        // By way of the file's form, so that both ways to get a catalog are one.
        var text = new StringWriter();
        CatalogFile.write(rows(config, database), text);
        return CatalogFile.read(new StringReader(text.toString()), 1);
    }

    private static GatewayConfig.Database database(Path config, String name) throws CommandFailure {
        return switch (ConfigLoader.load(config)) {
            case ConfigLoader.Errors(var errors) ->
                    throw new CommandFailure(
                            "the configuration has errors:\n"
                                    + errors.stream()
                                            .map(ConfigError::toString)
                                            .collect(Collectors.joining("\n")));
            case ConfigLoader.Loaded loaded -> {
                var databases = loaded.config().databases();
                for (var database : databases) if (database.name().equals(name)) yield database;
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "there is no database "
                                + name
                                + " in "
                                + config
                                + ", but "
                                + databases.stream()
                                        .map(GatewayConfig.Database::name)
                                        .collect(Collectors.joining(", ")));
            }
        };
    }

    /// What statements are resolved under.
    ///
    /// @param path the schemas searched; the server's own are searched first unless listed
    public static AnalysisContext context(Catalog catalog, List<String> path)
            throws CommandFailure {
        for (var schema : path)
            if (catalog.schema(schema) == null)
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "schema " + schema + " of the search path is not in the catalog");
        var searched = new ArrayList<>(path);
        if (!searched.contains(PG_CATALOG)) searched.addFirst(PG_CATALOG);
        return new AnalysisContext(catalog, searched, "", true, "UTF8");
    }
}
