package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.LogTail;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "search",
        description = {
            "Finds statements and other events; every condition given must hold.",
            "As text a table with a row per statement, its outcome included."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditSearchCommand implements Callable<Integer> {
    private static final int DEFAULT_LIMIT = 1000;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();
    @Mixin private FilterOptions filters = new FilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The latest N rows, as text. Default: 1000.")
    private int limit = DEFAULT_LIMIT;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Shorten the table to N characters. Default: the terminal's; 0: never.")
    private int width = -1;

    @Option(names = "--format", paramLabel = "WORD", description = AuditTailCommand.FORMAT_HELP)
    private LogTail.Format format = LogTail.Format.TEXT;

    @Option(names = "--json", description = "Short for --format json.")
    private boolean json;

    @Option(
            names = "--totals",
            description =
                    "Only how much there is: entries, rows of the table, rows that the statements"
                            + " returned or changed.")
    private boolean totals;

    @Mixin private IndexOptions index = new IndexOptions();
    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure, IOException {
        var out = AuditCommand.out(spec);
        if (limit < 1) throw new CommandFailure(ExitCode.USAGE, "--limit is 1 or more");
        var asJson = json || format == LogTail.Format.JSON;
        var filter = filters.filter();
        var folder = store.folder();
        try {
            var search = index.ask(folder, filter, spec);
            reads.record(
                    folder,
                    FilterOptions.recorded("audit search" + (totals ? " --totals" : ""), filter),
                    search.entries(),
                    spec);
            if (totals) {
                var all = search.totals();
                out.printf(
                        asJson
                                ? "{\"entries\":%d,\"resultRows\":%d,\"rows\":%d}%n"
                                : "%1$d entries, %3$d rows, %2$d result rows%n",
                        all.entries(),
                        all.resultRows(),
                        all.rows());
            } else if (asJson) {
                search.writeJson(out);
            } else {
                search.writeTable(limit, width < 0 ? Screen.width() : width, out);
            }
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
        return ExitCode.OK;
    }
}
