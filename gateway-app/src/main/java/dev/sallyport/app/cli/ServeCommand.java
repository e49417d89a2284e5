package dev.sallyport.app.cli;

import dev.sallyport.app.GatewayStarter;
import dev.sallyport.app.Shutdown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = {
            "Runs the gateway until it is stopped.",
            "Ctrl-C or SIGTERM lets running statements finish first; a second one doesn't."
        },
        optionListHeading = "%nOptions:%n")
final class ServeCommand implements Callable<Integer> {
    private static final Duration AS_CONFIGURED = Duration.ofDays(1);

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The main file, as sallyport.yaml.")
    private @Nullable Path config;

    @Override
    public Integer call() throws CommandFailure {
        if (spec == null || config == null) throw new IllegalStateException("picocli sets it");
        var out = spec.commandLine().getOut();
        var shutdown = new Shutdown();
        shutdown.handleSignals();
        GatewayStarter.Running running;
        try {
            running = GatewayStarter.start(config, shutdown, AS_CONFIGURED);
        } catch (CommandFailure e) {
            if (shutdown.hasBegun()) return shutdown.await();
            throw e;
        }
        out.println("sallyport " + Version.ofSallyport() + " is ready");
        for (var listener : running.gateway().listeners()) {
            out.println("  " + listener.describe());
        }
        out.println("  health and metrics http://127.0.0.1:" + running.gateway().adminPort() + "/");
        out.println("  audit store " + running.configuration().config().audit().store());
        out.flush();
        return shutdown.await();
    }
}
