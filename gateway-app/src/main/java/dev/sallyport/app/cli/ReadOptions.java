package dev.sallyport.app.cli;

import dev.sallyport.audit.reads.LogReads;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Every command that shows entries of the log says so in the log, before it shows them.
final class ReadOptions {
    @Option(
            names = "--log-key",
            paramLabel = "FILE",
            description =
                    "The log's key file, with which this read is recorded while no gateway runs."
                            + " Default: beside the store, as the gateway has it.")
    private @Nullable Path key;

    /// @param command as the log keeps it
    void record(Path store, String command, long entries, @Nullable CommandSpec spec) {
        var beside = store.toAbsolutePath().normalize();
        var keyFile = key == null ? beside.resolveSibling(beside.getFileName() + ".key") : key;
        switch (LogReads.record(store, keyFile, command, entries)) {
            case LogReads.Recorded _ -> {}
            case LogReads.NotRecorded(var why) -> {
                if (spec == null) throw new IllegalStateException("picocli sets it");
                var err = spec.commandLine().getErr();
                err.println("note: this read is not recorded in the log: " + why);
                err.flush();
            }
        }
    }
}
