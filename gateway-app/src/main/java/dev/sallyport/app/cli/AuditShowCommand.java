package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.search.EntryPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "show",
        description = {
            "Prints one entry with all it has.",
            "With --open also what was sealed to the auditor whose private key is given."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditShowCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SEQ", description = "The entry's sequence number.")
    private long sequence;

    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Option(names = "--open", description = "Open the sealed part; needs --key.")
    private boolean open;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "The auditor's private key, as `audit keygen --auditor` made it.")
    private @Nullable Path key;

    @Option(
            names = "--json",
            description =
                    "The entry byte for byte; with --open {\"entry\":...,\"opened\":...} on a"
                            + " line.")
    private boolean json;

    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        if (open && key == null)
            throw new CommandFailure(
                    ExitCode.USAGE, "--open needs --key FILE, the auditor's private key");
        if (!open && key != null)
            throw new CommandFailure(ExitCode.USAGE, "--key is for --open, which is missing");
        try {
            var page =
                    EntryPage.read(store.folder(), sequence)
                            .orElseThrow(
                                    () -> new CommandFailure("the log has no entry " + sequence));
            var opened = Optional.<Map<String, Object>>empty();
            if (key != null) {
                var auditor = AuditorKey.read(key);
                if (page.isSealed()) opened = Optional.of(page.open(auditor));
                else if (!json)
                    spec.commandLine()
                            .getErr()
                            .println("entry " + sequence + " has no sealed part");
            }
            reads.record(
                    store.folder(), "audit show " + sequence + (open ? " --open" : ""), 1, spec);
            var out = spec.commandLine().getOut();
            if (json) out.println(page.json(opened));
            else out.print(page.text(opened));
            out.flush();
            return ExitCode.OK;
        } catch (FormatException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        } catch (AuditException e) {
            throw new CommandFailure(
                    e.reason() == AuditException.Reason.WRONG_KEY
                            ? ExitCode.FAILED
                            : ExitCode.CANNOT_TELL,
                    String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, "cannot be read: " + e);
        }
    }
}
