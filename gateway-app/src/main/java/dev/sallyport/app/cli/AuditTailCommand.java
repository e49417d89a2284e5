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
        name = "tail",
        description = "Shows the latest entries.",
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditTailCommand implements Callable<Integer> {
    static final String FORMAT_HELP =
            "text, or json: one entry a line, byte for byte as it is in the log.";
    private static final long DEFAULT_COUNT = 20;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "How many. Default: 20.")
    private long count = DEFAULT_COUNT;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is being written, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--format", paramLabel = "WORD", description = FORMAT_HELP)
    private LogTail.Format format = LogTail.Format.TEXT;

    @Option(names = "--json", description = "Short for --format json.")
    private boolean json;

    @Mixin private FilterOptions filters = new FilterOptions();
    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure, IOException {
        var out = AuditCommand.out(spec);
        if (count < 0) throw new CommandFailure(ExitCode.USAGE, "--count is 0 or more");
        var filter = filters.filter();
        var command = "audit tail --count " + count + (follow ? " --follow" : "");
        var folder = store.folder();
        try {
            reads.record(folder, FilterOptions.recorded(command, filter), count, spec);
            LogTail.tail(
                    folder,
                    count,
                    filter,
                    json ? LogTail.Format.JSON : format,
                    out,
                    () -> {
                        out.flush();
                        // Whoever read it may be gone: `tail -f | head`.
                        return follow && !out.checkError();
                    });
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
        return ExitCode.OK;
    }
}
