package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.UsersFile;
import dev.sallyport.identity.Accounts;
import dev.sallyport.identity.Kinds;
import dev.sallyport.identity.Recorder;
import dev.sallyport.identity.SecretBox;
import dev.sallyport.identity.StateDatabase;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.StateStore;
import java.time.InstantSource;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// From the configuration to the store of accounts: the gateway's, and the command line's when no
/// gateway runs.
public final class StateAccess {
    private static final int CONNECT_SECONDS = 5;

    /// Longer than a change may wait for another one's lock.
    private static final int SOCKET_SECONDS = 15;

    private StateAccess() {}

    /// Close its store in the end.
    ///
    /// @param isInUsersFile whether a login name is taken there
    public static Accounts open(
            GatewayConfig.State config, Recorder recorder, Predicate<String> isInUsersFile)
            throws StateException {
        var box = SecretBox.of(config.key());
        var database =
                switch (config.place()) {
                    case GatewayConfig.StateFolder(var dir) -> StateDatabase.inFolder(dir);
                    case GatewayConfig.StatePostgres postgres -> inPostgres(postgres);
                };
        return new Accounts(
                StateStore.open(database, Kinds.ALL, recorder),
                box,
                InstantSource.system(),
                isInUsersFile);
    }

    private static StateDatabase inPostgres(GatewayConfig.StatePostgres config) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", "sallyport state");
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(SOCKET_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        // The server's DETAIL shows rows.
        properties.setProperty("logServerErrorDetail", "false");
        CatalogReading.setTls(properties, config.tls());
        return StateDatabase.inPostgres(
                CatalogReading.url(config.host(), config.port(), config.database()),
                properties,
                config.user(),
                config.password()::read,
                describe(config));
    }

    /// For people and the log, without secrets.
    static String describe(GatewayConfig.State config) {
        return switch (config.place()) {
            case GatewayConfig.StateFolder(var dir) -> dir.toString();
            case GatewayConfig.StatePostgres postgres -> describe(postgres);
        };
    }

    private static String describe(GatewayConfig.StatePostgres config) {
        return config.user() + "@" + config.host() + ":" + config.port() + "/" + config.database();
    }

    public static Set<String> names(UsersFile file) {
        return file.users().stream().map(u -> u.name().value()).collect(Collectors.toSet());
    }
}
