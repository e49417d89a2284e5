package dev.sallyport.app.cli;

import dev.sallyport.audit.postgres.CopySchema;
import dev.sallyport.audit.postgres.DatabaseAccess;
import dev.sallyport.audit.postgres.Retirement;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.AuditDatabaseAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "postgres",
        description = "For the owner of the log's copy in PostgreSQL, see docs/audit-postgres.md.",
        subcommands = {
            AuditPostgresCommand.InitCommand.class,
            AuditPostgresCommand.RetireCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class AuditPostgresCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: init or retire");
    }

    /// The gateway's main file, which says where the copy is.
    static final class ConfigOption {
        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The main file, as sallyport.yaml.")
        private @Nullable Path file;

        GatewayConfig read() throws CommandFailure {
            if (file == null) throw new IllegalStateException("picocli sets it");
            return switch (ConfigLoader.load(file)) {
                case ConfigLoader.Errors(var errors) ->
                        throw new CommandFailure(
                                "the configuration has errors:\n"
                                        + errors.stream()
                                                .map(ConfigError::toString)
                                                .collect(Collectors.joining("\n")));
                case ConfigLoader.Loaded loaded -> loaded.config();
            };
        }

        static GatewayConfig.AuditDatabase database(GatewayConfig config) throws CommandFailure {
            return config.audit()
                    .postgres()
                    .orElseThrow(() ->
                            new CommandFailure(
                                    config.file()
                                            + " has no audit.postgres: this gateway's log is not"
                                            + " copied"));
        }
    }

    /// Who owns the schema.
    static final class OwnerOption {
        @Option(
                names = "--owner",
                required = true,
                paramLabel = "ROLE",
                description = {
                    "The role that owns the database. Its password comes from the environment"
                            + " variable PGPASSWORD, or is asked for."
                })
        private String owner = "";

        DatabaseAccess access(GatewayConfig.AuditDatabase database) {
            return AuditDatabaseAccess.as(database, owner, () -> password(owner));
        }

        static String password(String role) throws IOException {
            var given = System.getenv("PGPASSWORD");
            if (given != null) return given;
            var console = System.console();
            var typed = console == null ? null : console.readPassword("Password of %s: ", role);
            if (typed == null) throw new IOException("set PGPASSWORD to the password of " + role);
            return new String(typed);
        }
    }

    @Command(
            name = "init",
            description = {
                "Makes tables, views, triggers and this year's partitions, and registers the"
                    + " gateway whose configuration it is. Run again it adds what is missing and"
                    + " changes nothing else.",
                "The database and its roles have to be there; what is missing is said."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class InitCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private OwnerOption owner = new OwnerOption();

        @Option(
                names = "--print",
                description = "Print the whole as SQL for psql instead, and change nothing.")
        private boolean print;

        @Override
        public Integer call() throws CommandFailure {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            var read = config.read();
            var database = ConfigOption.database(read);
            var roles = roles(read, database);
            try {
                if (print) {
                    out.print(CopySchema.script(roles, database.database()));
                    return ExitCode.OK;
                }
                try (var connection = owner.access(database).connect()) {
                    var done = CopySchema.init(connection, roles);
                    for (var line : done) out.println(line);
                    if (done.isEmpty()) out.println("everything is there already");
                }
                return ExitCode.OK;
            } catch (SQLException | IOException e) {
                throw new CommandFailure(
                        "database "
                                + database.database()
                                + " on "
                                + database.host()
                                + ":"
                                + database.port()
                                + ": "
                                + e.getMessage(),
                        e);
            } finally {
                out.flush();
            }
        }
    }

    @Command(
            name = "retire",
            description = {
                "Takes old months out of the copy: verifies everything, writes down what goes and"
                    + " by what the rest is verified, and detaches the partitions. They stay as"
                    + " tables of their own, to be kept elsewhere and dropped. The journal is not"
                    + " touched."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class RetireCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private ConfigOption config = new ConfigOption();
        @Mixin private OwnerOption owner = new OwnerOption();

        @Option(
                names = "--before",
                required = true,
                paramLabel = "MONTH",
                description = "The first month that stays, as 2026-01 (UTC).")
        private String before = "";

        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                description = "Why, for whoever asks later.")
        private String reason = "";

        @Override
        public Integer call() throws CommandFailure {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            YearMonth month;
            try {
                month = YearMonth.parse(before);
            } catch (DateTimeParseException _) {
                throw new CommandFailure(ExitCode.USAGE, "--before is a month, as 2026-01");
            }
            var database = ConfigOption.database(config.read());
            try (var connection = owner.access(database).connect()) {
                var done = Retirement.retire(connection, month, reason, Evidence.NONE);
                for (var line : done) out.println(line);
                if (done.isEmpty()) out.println("there are no older months");
                return ExitCode.OK;
            } catch (SQLException | IOException e) {
                throw new CommandFailure(String.valueOf(e.getMessage()), e);
            } finally {
                out.flush();
            }
        }
    }

    /// Who may do what there, by the configuration: this gateway adds; the role that it uses for
    /// sessions in this database reads, as does the one that verifies.
    public static CopySchema.Roles roles(
            GatewayConfig config, GatewayConfig.AuditDatabase database) {
        var readers = new ArrayList<String>();
        var connecting = new ArrayList<String>();
        var offeredAs = "";
        database.reader().ifPresent(reader -> readers.add(reader.user()));
        for (var offered : config.databases()) {
            if (!offered.host().equals(database.host())
                    || offered.port() != database.port()
                    || !offered.database().equals(database.database())) continue;
            offeredAs = offered.name();
            readers.add(offered.user());
            connecting.add(offered.catalog().user());
        }
        return new CopySchema.Roles(
                config.gateway(), database.user(), List.copyOf(readers), connecting, offeredAs);
    }
}
