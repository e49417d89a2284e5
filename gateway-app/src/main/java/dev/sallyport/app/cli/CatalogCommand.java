package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.sql.catalog.CatalogFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "catalog",
        description = "Saves a database's catalog, for `sallyport analyze --catalog`.",
        subcommands = CatalogCommand.SaveCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class CatalogCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(), "missing command: save");
    }

    @Command(
            name = "save",
            description = {
                "Reads the catalog of a database with the gateway's catalog credentials and writes"
                        + " it as JSON: names, types, view definitions, no data. The order is"
                        + " stable, so that two of them can be compared line by line."
            },
            optionListHeading = "%nOptions:%n")
    static final class SaveCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The main file, as sallyport.yaml.")
        private @Nullable Path config;

        @Option(
                names = "--database",
                required = true,
                paramLabel = "NAME",
                description = "A database of it.")
        private String database = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Where to. Default: standard output.")
        private @Nullable Path output;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null || config == null) throw new IllegalStateException("picocli sets it");
            var rows = Catalogs.rows(config, database);
            if (output == null) {
                PrintWriter out = spec.commandLine().getOut();
                CatalogFile.write(rows, out);
                out.flush();
                return out.checkError() ? ExitCode.FAILED : ExitCode.OK;
            }
            // Whole or not at all.
            var target = output.toAbsolutePath();
            var folder = target.getParent();
            if (folder == null || !Files.isDirectory(folder))
                throw new CommandFailure("there is no folder " + folder);
            var temporary = Files.createTempFile(folder, ".catalog-", ".tmp");
            try {
                try (var writer = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
                    CatalogFile.write(rows, writer);
                }
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return ExitCode.OK;
        }
    }
}
