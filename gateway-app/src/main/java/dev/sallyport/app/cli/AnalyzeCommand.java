package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Analyze;
import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.MySqlContext;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "analyze",
        description = {
            "Says what statements touch: reads them from standard input, separated as psql does,"
                    + " and prints one JSON answer a line.",
            "Without a catalog, relations and functions as they are written. With one, as the"
                    + " gateway resolves them: tables below views, columns with their uses, the"
                    + " lineage of each output column, effects."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "An answer has `understood`; when true `kind`, `relations`, `functions`, `objects` and,"
                    + " with a catalog, `outputs` and `effects`; when false `reason`, `code`,"
                    + " `line` and `column`. What isn't fully understood is never guessed at.",
            "",
            "A text of several statements (with --jsonl) gets one answer of kind MULTIPLE:"
                    + " `relations`, `functions`, `objects` and `effects` are those of all of them"
                    + " together, and `statements` holds each one's own.",
            "",
            "Standard input is one session: behind a statement that changes what names mean (SET"
                    + " search_path, DDL), others are refused when a catalog is used. With --jsonl"
                    + " each line stands alone.",
            "",
            "Exit codes: 0 all was understood, 1 something wasn't, 2 wrong command line.",
            "docs/analyze.md describes the answers."
        })
final class AnalyzeCommand implements Callable<Integer> {
    enum DialectName {
        POSTGRES,
        MYSQL,
        MARIADB
    }

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--dialect",
            required = true,
            paramLabel = "NAME",
            description = "Whose SQL it is: postgres, mysql or mariadb.")
    private DialectName dialect = DialectName.POSTGRES;

    @Option(
            names = "--server-version",
            paramLabel = "VERSION",
            description =
                    "MySQL and MariaDB: as 8.0.34 or 11.4. Without it, what differs between their"
                            + " versions is not understood.")
    private @Nullable String serverVersion;

    @Option(
            names = "--sql-mode",
            paramLabel = "MODES",
            description = "MySQL and MariaDB: the session's sql_mode, as ANSI_QUOTES,...")
    private @Nullable String sqlMode;

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description = "Resolve names by this file, which `sallyport catalog save` wrote.")
    private @Nullable Path catalog;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Resolve names by a database of this configuration ...")
    private @Nullable Path config;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "... namely this one, as it is now.")
    private @Nullable String database;

    @Option(
            names = "--search-path",
            paramLabel = "SCHEMAS",
            split = ",",
            description =
                    "Where names without a schema are looked up, as app,public. Default: public;"
                            + " for MySQL the one current database. Needs a catalog.")
    private @Nullable List<String> searchPath;

    @Option(
            names = "--jsonl",
            description =
                    "Each input line is an object {\"sql\": ...} and gets exactly one answer; its"
                            + " other keys don't matter.")
    private boolean jsonLines;

    @Override
    public Integer call() throws CommandFailure, IOException {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        var analyze =
                switch (dialect) {
                    case POSTGRES -> postgres(spec.commandLine().getOut());
                    case MYSQL -> mySql(Dialect.MYSQL, spec.commandLine().getOut());
                    case MARIADB -> mySql(Dialect.MARIADB, spec.commandLine().getOut());
                };
        if (System.console() instanceof java.io.Console console && console.isTerminal()) {
            var err = spec.commandLine().getErr();
            err.println("Statements end with ; and Ctrl-D ends them all.");
            err.flush();
        }
        boolean sound = jsonLines ? analyze.jsonLines(System.in) : analyze.script(System.in);
        return sound ? ExitCode.OK : ExitCode.FAILED;
    }

    private Analyze postgres(PrintWriter out) throws CommandFailure, IOException {
        if (serverVersion != null || sqlMode != null)
            throw new CommandFailure(
                    ExitCode.USAGE, "--server-version and --sql-mode are for mysql and mariadb");
        return new Analyze(context(), out);
    }

    private Analyze mySql(Dialect supported, PrintWriter out) throws CommandFailure, IOException {
        if (config != null || database != null)
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "a database of the configuration is read for postgres only: leave out --config"
                            + " and --database");
        if (searchPath != null && (catalog == null || searchPath.size() != 1))
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--search-path needs --catalog, and is the one current database");
        Dialect read = supported;
        if (catalog != null) {
            if (serverVersion != null)
                throw new CommandFailure(
                        ExitCode.USAGE, "the catalog says the version: leave out --server-version");
            read = ofCatalog(supported, Catalogs.read(catalog));
        }
        if (serverVersion != null)
            read =
                    read.withVersion(serverVersion)
                            .orElseThrow(() ->
                                    new CommandFailure(
                                            ExitCode.USAGE,
                                            "--server-version "
                                                    + serverVersion
                                                    + " is not supported: MySQL 8.0 to 9.x,"
                                                    + " MariaDB 10.11 to 12.x"));
        if (sqlMode != null)
            read =
                    read.withSqlMode(sqlMode)
                            .orElseThrow(() ->
                                    new CommandFailure(
                                            ExitCode.USAGE,
                                            "--sql-mode "
                                                    + sqlMode
                                                    + " holds a mode that is not known, or"
                                                    + " that makes another language of the"
                                                    + " text"));
        if (catalog == null) return new Analyze(read, out);
        var names = Catalogs.read(catalog);
        var current = searchPath == null ? names.database() : searchPath.getFirst();
        if (!current.isEmpty() && names.schema(current) == null)
            throw new CommandFailure(
                    ExitCode.USAGE, "database " + current + " is not in the catalog");
        return new Analyze(new MySqlContext(names, current, read), out);
    }

    private static Dialect ofCatalog(Dialect supported, Catalog names) throws CommandFailure {
        var facts = names.mySql();
        if (facts == null || facts.dialect().vendor() != supported.vendor())
            throw new CommandFailure(
                    ExitCode.USAGE, "the catalog is of another kind of server than --dialect");
        return facts.dialect();
    }

    private Optional<AnalysisContext> context() throws CommandFailure, IOException {
        if ((config == null) != (database == null))
            throw new CommandFailure(ExitCode.USAGE, "--config and --database go together");
        if (config != null && catalog != null)
            throw new CommandFailure(ExitCode.USAGE, "--catalog or --config, not both");
        var names = names();
        if (names.isEmpty()) {
            if (searchPath != null)
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--search-path needs --catalog, or --config and --database");
            return Optional.empty();
        }
        var path =
                searchPath != null
                        ? searchPath
                        : names.get().schema("public") == null
                                ? List.<String>of()
                                : List.of("public");
        if (names.get().mySql() != null)
            throw new CommandFailure(
                    ExitCode.USAGE, "the catalog is of another kind of server than --dialect");
        return Optional.of(Catalogs.context(names.get(), path));
    }

    private Optional<Catalog> names() throws CommandFailure, IOException {
        if (catalog != null) return Optional.of(Catalogs.read(catalog));
        if (config != null && database != null) return Optional.of(Catalogs.read(config, database));
        return Optional.empty();
    }
}
