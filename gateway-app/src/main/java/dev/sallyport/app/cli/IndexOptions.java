package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogSearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Where the index over the log is kept: in the folder of whoever asks, not in the store, so that
/// who can write the store cannot write the index.
final class IndexOptions {
    private static final int NAME_CHARS = 16;

    /// Below this nobody waits long.
    private static final long QUIET_UNTIL = 200_000;

    @Option(
            names = "--index",
            paramLabel = "DIR",
            description =
                    "Folder of the index that makes searches fast, made and kept up to date by"
                            + " searching; delete it to have it made anew. Default:"
                            + " ~/.cache/sallyport/audit-index, a folder for each store.")
    private @Nullable Path index;

    @Option(names = "--no-index", description = "Read the whole log instead.")
    private boolean none;

    LogSearch ask(Path store, EntryFilter filter, @Nullable CommandSpec spec)
            throws AuditException, IOException, CommandFailure {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        var err = spec.commandLine().getErr();
        if (none && index != null)
            throw new CommandFailure(ExitCode.USAGE, "--index and --no-index exclude each other");
        if (none) return LogSearch.ask(store, null, filter, sequence -> tell(err, sequence));
        try {
            return LogSearch.ask(store, folder(store), filter, sequence -> tell(err, sequence));
        } catch (IOException e) {
            err.println("note: reading the whole log, without an index: " + e.getMessage());
            err.flush();
            return LogSearch.ask(store, null, filter, _ -> {});
        }
    }

    private static void tell(PrintWriter err, long sequence) {
        if (sequence % QUIET_UNTIL < 1 << 14 && sequence >= QUIET_UNTIL) {
            err.println("reading the log for the first time: at sequence " + sequence);
            err.flush();
        }
    }

    private Path folder(Path store) throws IOException {
        if (index != null) return index;
        var cache = Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), "");
        var base =
                cache.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache);
        var path = store.toRealPath().toString().getBytes(StandardCharsets.UTF_8);
        var name = Leaf.hex(Leaf.sha256().digest(path)).substring(0, NAME_CHARS);
        return base.resolve("sallyport").resolve("audit-index").resolve(name);
    }
}
