package dev.sallyport.app;

import dev.sallyport.app.cli.CommandFailure;
import dev.sallyport.app.cli.ExitCode;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.Gateway;
import dev.sallyport.gateway.GatewayException;
import dev.sallyport.mysql.MySqlProtocol;
import dev.sallyport.postgres.PostgresProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From a configuration file to a running gateway, for `serve` and `demo` alike.
public final class GatewayStarter {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayStarter.class);

    private GatewayStarter() {}

    /// A gateway and what it was started from.
    public record Running(Gateway gateway, ConfigLoader.Loaded configuration) {}

    /// Starts it and leaves stopping it to `shutdown`: with the configured time to drain, or less.
    ///
    /// @throws CommandFailure every error in the configuration, or why the gateway cannot start
    public static Running start(Path config, Shutdown shutdown, Duration maxDrain)
            throws CommandFailure {
        return switch (ConfigLoader.load(config)) {
            case ConfigLoader.Errors(var errors) -> throw new CommandFailure(describe(errors));
            case ConfigLoader.Loaded loaded -> {
                var gateway = start(loaded, shutdown);
                var configured = loaded.config().sessions().drain();
                var drain = configured.compareTo(maxDrain) < 0 ? configured : maxDrain;
                shutdown.add("gateway", () -> gateway.stop(drain));
                yield new Running(gateway, loaded);
            }
        };
    }

    private static Gateway start(ConfigLoader.Loaded loaded, Shutdown shutdown)
            throws CommandFailure {
        try {
            return Gateway.start(
                    loaded,
                    List.of(new PostgresProtocol(), new MySqlProtocol()),
                    failure -> {
                        LOG.error(
                                "the audit log failed, so the gateway stops: {}",
                                failure.getMessage());
                        shutdown.stop(ExitCode.FAILED);
                        System.exit(ExitCode.FAILED);
                    });
        } catch (GatewayException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static String describe(List<ConfigError> errors) {
        return "the configuration has errors:\n"
                + errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n"));
    }
}
