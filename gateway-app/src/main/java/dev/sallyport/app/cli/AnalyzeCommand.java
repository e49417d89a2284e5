package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Analyze;
import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.catalog.Catalog;
import java.io.IOException;
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
    enum Dialect {
        POSTGRES
    }

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--dialect",
            required = true,
            paramLabel = "NAME",
            description = "Whose SQL it is: postgres.")
    private Dialect dialect = Dialect.POSTGRES;

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
                    "Where names without a schema are looked up, as app,public. Default: public."
                            + " Needs a catalog.")
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
        var context = context();
        var analyze = new Analyze(context, spec.commandLine().getOut());
        if (System.console() instanceof java.io.Console console && console.isTerminal()) {
            var err = spec.commandLine().getErr();
            err.println("Statements end with ; and Ctrl-D ends them all.");
            err.flush();
        }
        boolean sound =
                switch (dialect) {
                    case POSTGRES ->
                            jsonLines ? analyze.jsonLines(System.in) : analyze.script(System.in);
                };
        return sound ? ExitCode.OK : ExitCode.FAILED;
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
        return Optional.of(Catalogs.context(names.get(), path));
    }

    private Optional<Catalog> names() throws CommandFailure, IOException {
        if (catalog != null) return Optional.of(Catalogs.read(catalog));
        if (config != null && database != null) return Optional.of(Catalogs.read(config, database));
        return Optional.empty();
    }
}
