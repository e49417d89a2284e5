package dev.sallyport.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Shows the versions of Sallyport, Java and the system.")
final class VersionCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        var out = spec.commandLine().getOut();
        for (var line : new Version().getVersion()) out.println(line);
        out.flush();
        return ExitCode.OK;
    }
}
