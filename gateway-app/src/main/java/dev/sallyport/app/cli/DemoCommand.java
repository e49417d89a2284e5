package dev.sallyport.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sallyport.app.demo.Clinic;
import dev.sallyport.app.demo.Demo;
import dev.sallyport.app.postgres.PostgresServer.Provider;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {
            "Starts a PostgreSQL and a MariaDB, each with a clinic of 10,000 invented patients, and"
                    + " the gateway in front of them, says how each of five people logs in, and"
                    + " shows every decision as it happens. Ctrl-C stops it all."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "The folder keeps the configuration, the users' passwords, the database and the audit"
                + " log; policies edited there stay. Delete it to begin anew. While the demo runs,"
                + " demo.json in it tells programs where everything is."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "sallyport-data",
            description = "Where everything is kept. Default: ${DEFAULT-VALUE}, in this folder.")
    private Path data = Path.of("sallyport-data");

    @Option(
            names = "--postgres-port",
            paramLabel = "PORT",
            defaultValue = "15432",
            description =
                    "Where PostgreSQL clients find the gateway; 0 for any. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "What the gateway listens on; 0.0.0.0 inside a container. Default:"
                            + " ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--tour",
            description =
                    "Play every person's part, verify the log, show that a changed byte is found,"
                            + " and stop: exit code 0 only if all came out as it should.")
    private boolean tour;

    @Option(
            names = "--reset",
            description = "Load the clinic's rows anew, without what was changed.")
    private boolean reset;

    @Option(
            names = "--provider",
            paramLabel = "KIND",
            description =
                    "Where PostgreSQL comes from: embedded (built in), docker, or own. Default: own"
                            + " if a URL is given, else embedded.")
    private @Nullable Provider provider;

    @Option(
            names = "--postgres-url",
            paramLabel = "URL",
            defaultValue = "${env:SALLYPORT_DEMO_POSTGRES_URL}",
            description =
                    "An own server, as postgresql://user:password@host:5432/?sslrootcert=FILE,"
                            + " whose user may create roles and databases. Also"
                            + " SALLYPORT_DEMO_POSTGRES_URL.")
    private @Nullable String url;

    @Option(
            names = "--mysql-port",
            paramLabel = "PORT",
            defaultValue = "13306",
            description =
                    "Where MySQL's clients find the gateway; 0 for any. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int mySqlPort;

    @Option(names = "--no-mysql", description = "PostgreSQL only.")
    private boolean noMySql;

    @Option(
            names = "--mysql-url",
            paramLabel = "URL",
            defaultValue = "${env:SALLYPORT_DEMO_MYSQL_URL}",
            description =
                    "An own MySQL or MariaDB, as mysql://user:password@host:3306/?ca=FILE, whose"
                            + " user may create users and databases. Also"
                            + " SALLYPORT_DEMO_MYSQL_URL.")
    private @Nullable String mySqlUrl;

    @Override
    public Integer call() throws Exception {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        if (port < 0 || port > MAX_PORT) {
            throw new CommandFailure(ExitCode.USAGE, "--postgres-port is 0 to " + MAX_PORT);
        }
        if (mySqlPort < 0 || mySqlPort > MAX_PORT) {
            throw new CommandFailure(ExitCode.USAGE, "--mysql-port is 0 to " + MAX_PORT);
        }
        var given = Optional.ofNullable(url).filter(u -> !u.isBlank());
        var kind =
                provider != null ? provider : given.isPresent() ? Provider.OWN : Provider.EMBEDDED;
        if (kind == Provider.OWN && given.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--provider own needs --postgres-url or SALLYPORT_DEMO_POSTGRES_URL");
        }
        keepLogQuiet();
        if (tour) keepAlertsQuiet();
        var mySql =
                new Demo.MySql(
                        !noMySql,
                        mySqlPort,
                        Optional.ofNullable(mySqlUrl).filter(u -> !u.isBlank()));
        var options =
                new Demo.Options(
                        data, host, port, tour, reset, Clinic.PATIENTS, kind, given, mySql);
        return new Demo(options, spec.commandLine().getOut()).run();
    }

    /// Each person of the tour is refused more often than the example alerts let pass.
    private static void keepAlertsQuiet() {
        if (LoggerFactory.getLogger("dev.sallyport.alerts") instanceof Logger logger)
            logger.setLevel(Level.ERROR);
    }

    /// The screen belongs to the decisions; SALLYPORT_LOG_LEVEL brings the rest back.
    static void keepLogQuiet() {
        if (System.getenv("SALLYPORT_LOG_LEVEL") != null) return;
        if (LoggerFactory.getLogger("dev.sallyport") instanceof Logger logger) {
            logger.setLevel(Level.WARN);
        }
    }
}
