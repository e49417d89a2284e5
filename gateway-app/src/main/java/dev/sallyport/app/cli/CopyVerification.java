package dev.sallyport.app.cli;

import dev.sallyport.audit.postgres.CopyVerifier;
import dev.sallyport.audit.postgres.DatabaseAccess;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.AuditDatabaseAccess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `audit verify` of the logs' copy in PostgreSQL.
final class CopyVerification {
    private static final int CONNECT_SECONDS = 10;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description =
                    "Instead of a store: the copy in PostgreSQL, as"
                            + " postgresql://reader@host:5432/audit?sslrootcert=ca.crt; sslmode is"
                            + " verify-full unless it says otherwise. The password comes from"
                            + " PGPASSWORD, or is asked for.")
    private @Nullable String url;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "Instead of a store: the copy that `audit.postgres` of this configuration"
                            + " names, as its `reader`.")
    private @Nullable Path config;

    @Option(
            names = "--origin",
            paramLabel = "NAME",
            description = "Of the copy: only the log of this gateway. Default: every log.")
    private String origin = "";

    boolean isAsked() {
        return url != null || config != null;
    }

    int verify(Evidence evidence, PrintWriter out) throws CommandFailure {
        if (url != null && config != null)
            throw new CommandFailure(ExitCode.USAGE, "--postgres or --config, not both");
        if (!evidence.entries().isEmpty() && origin.isEmpty())
            throw new CommandFailure(
                    ExitCode.USAGE, "--known is about one log: say which with --origin");
        try (var connection = access().connect()) {
            var findings = CopyVerifier.verify(connection, evidence, origin);
            for (var finding : findings) out.println(finding.describe());
            return CopyVerifier.worst(findings).exitCode();
        } catch (SQLException | IOException e) {
            out.println("cannot tell: the database cannot be reached: " + e.getMessage());
            return ExitCode.CANNOT_TELL;
        } finally {
            out.flush();
        }
    }

    private DatabaseAccess access() throws CommandFailure {
        return config == null ? ofUrl(url == null ? "" : url) : ofConfig(config);
    }

    private static DatabaseAccess ofConfig(Path file) throws CommandFailure {
        if (!(ConfigLoader.load(file) instanceof ConfigLoader.Loaded loaded))
            throw new CommandFailure(
                    file + " has errors: `sallyport check --config " + file + "` says which");
        var database = AuditPostgresCommand.ConfigOption.database(loaded.config());
        var reader =
                database.reader()
                        .orElseThrow(() ->
                                new CommandFailure(
                                        file
                                                + " has no audit.postgres.reader: name a role that"
                                                + " may read there, or use --postgres"));
        return AuditDatabaseAccess.as(database, reader.user(), reader.password()::read);
    }

    private static DatabaseAccess ofUrl(String text) throws CommandFailure {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException _) {
            throw notOne();
        }
        var user = uri.getUserInfo();
        if (!("postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme()))
                || uri.getHost() == null
                || user == null
                || uri.getPath() == null
                || uri.getPath().length() < 2) throw notOne();
        if (user.contains(":"))
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--postgres: no password in a URL, others see it; set PGPASSWORD");
        var properties = new Properties();
        properties.setProperty("ApplicationName", "sallyport audit verify");
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("logServerErrorDetail", "false");
        if (uri.getRawQuery() != null)
            for (var option : uri.getRawQuery().split("&")) {
                var pair = option.split("=", 2);
                if (pair.length < 2) throw notOne();
                properties.setProperty(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
            }
        var port = uri.getPort() < 0 ? 5432 : uri.getPort();
        return new DatabaseAccess(
                "jdbc:postgresql://" + uri.getHost() + ":" + port + uri.getRawPath(),
                properties,
                user,
                () -> AuditPostgresCommand.OwnerOption.password(user));
    }

    private static CommandFailure notOne() {
        return new CommandFailure(
                ExitCode.USAGE,
                "--postgres is postgresql://USER@HOST:PORT/DATABASE, with ?sslrootcert=FILE where"
                        + " needed");
    }
}
