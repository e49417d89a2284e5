package dev.sallyport.app.demo;

import dev.sallyport.app.GatewayStarter;
import dev.sallyport.app.Shutdown;
import dev.sallyport.app.cli.CommandFailure;
import dev.sallyport.app.cli.ExitCode;
import dev.sallyport.app.mysql.MySqlServer;
import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.config.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The demo from start to stop: a folder, a PostgreSQL and a MariaDB with the clinic, the gateway,
/// and then either the decisions as they happen or the tour. Used once.
public final class Demo {
    private static final Duration CATALOG_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_CONNECTIONS = 300;

    private final Options options;
    private final PrintWriter out;
    private final Shutdown shutdown = new Shutdown();

    /// @param data the folder
    /// @param host that the gateway listens on
    /// @param port of the gateway; 0 for any
    /// @param reset load the clinic anew
    /// @param patients how large the clinic is
    /// @param url of an own server
    /// @param mySql what stands beside PostgreSQL
    public record Options(
            Path data,
            String host,
            int port,
            boolean tour,
            boolean reset,
            int patients,
            PostgresServer.Provider provider,
            Optional<String> url,
            MySql mySql) {
        /// Without the URLs, which may hold a password.
        @Override
        public String toString() {
            return "Options[" + data + ", " + port + ", " + provider + "]";
        }
    }

    /// Whether and where there is MySQL.
    ///
    /// @param wanted false: PostgreSQL only
    /// @param port of the gateway, for MySQL; 0 for any
    /// @param url of an own server; empty: MariaDB as a process of its own
    public record MySql(boolean wanted, int port, Optional<String> url) {
        @Override
        public String toString() {
            return "MySql[" + wanted + ", " + port + "]";
        }
    }

    public Demo(Options options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /// Returns the exit code when everything has stopped.
    public int run() throws CommandFailure {
        shutdown.handleSignals();
        try {
            var code = startAndPlay();
            shutdown.stop(code);
            return shutdown.await();
        } catch (CommandFailure | RuntimeException e) {
            // What fails because everything is being stopped is no news.
            if (shutdown.hasBegun()) return shutdown.await();
            shutdown.stop(ExitCode.FAILED);
            throw e;
        }
    }

    private int startAndPlay() throws CommandFailure {
        var began = System.nanoTime();
        // Before anything slow: this fails most often.
        checkPort(options.port(), "--postgres-port");
        if (options.mySql().wanted()) checkPort(options.mySql().port(), "--mysql-port");
        var folder = DemoFolder.open(options.data());
        // Stopped in reverse: this comes last.
        shutdown.add("farewell", () -> say("Stopped. %s keeps everything.", folder.path()));
        shutdown.add("folder", folder);
        Map<String, String> passwords;
        GatewayStarter.Running running;
        PostgresServer server;
        Optional<MySqlServer> mySql;
        try {
            // Both at once: each waits for its disk and its programs.
            var mySqlStart = new MySqlStart(options, folder, shutdown);
            server = startServer(folder);
            shutdown.add("PostgreSQL", server);
            loadPostgres(server, folder);
            folder.prepareCertificate();
            passwords = folder.prepareUsers();
            mySql = mySqlStart.await(this::say);
            var config =
                    folder.writeMainFile(
                            options.host(), options.port(), server, options.mySql().port(), mySql);
            running = GatewayStarter.start(config, shutdown, DRAIN);
            awaitCatalog(running);
            shutdown.add("demo.json", () -> DemoFile.delete(folder.path()));
            describe(folder, running, server, mySql, passwords).write(folder.path());
        } catch (IOException | SQLException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        var port = port(running, Protocol.POSTGRES);
        say(
                "Ready in %.1f s: clinic in %s%s, the gateway on %s:%d%s, everything in %s",
                (System.nanoTime() - began) / 1e9,
                server.describe(),
                mySql.map(m -> " and in " + m.describe()).orElse(""),
                options.host(),
                port,
                mySql.map(_ -> " and " + port(running, Protocol.MYSQL)).orElse(""),
                folder.path());
        var entrance =
                new Entrance(clientHost(), port, Clinic.DATABASE, folder.clientsCa(), passwords);
        var mySqlEntrance =
                mySql.map(m ->
                        new MySqlEntrance(
                                clientHost(),
                                port(running, Protocol.MYSQL),
                                folder.clientsCa(),
                                m.client(),
                                passwords));
        if (options.tour()) {
            var store = running.configuration().config().audit().store();
            return new Tour(entrance, mySqlEntrance, store, running.gateway()::awaitCopied, out)
                            .play()
                    ? ExitCode.OK
                    : ExitCode.FAILED;
        }
        var printer = new DecisionPrinter(out);
        running.gateway().onDecision(printer::accept);
        shutdown.add("display", printer);
        printWelcome(entrance, mySqlEntrance, running);
        return shutdown.await();
    }

    private void loadPostgres(PostgresServer server, DemoFolder folder)
            throws SQLException, IOException {
        var clinic = new Clinic(server, Clinic.SEED, options.patients());
        if (options.reset()) clinic.drop();
        clinic.load(folder.secret("upstream"), folder.secret("catalog"));
        AuditCopy.prepare(server, folder);
    }

    private static int port(GatewayStarter.Running running, Protocol protocol) {
        for (var listener : running.gateway().listeners())
            if (listener.configured().protocol() == protocol) return listener.port();
        throw new IllegalStateException("no listener for " + protocol.word());
    }

    private PostgresServer startServer(DemoFolder folder) throws IOException {
        var server =
                PostgresServer.Options.embedded()
                        .withProvider(options.provider())
                        .withDirectory(folder.resolve("postgres"))
                        .withSetting("max_connections", Integer.toString(MAX_CONNECTIONS));
        if (options.url().isPresent()) server = server.withUrl(options.url().get());
        return PostgresServer.start(server);
    }

    /// The certificate is made out for loopback, so that is how clients come in.
    private String clientHost() {
        return options.host().contains(":") ? "::1" : LOOPBACK;
    }

    private void checkPort(int port, String option) throws CommandFailure {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(options.host()), port));
        } catch (BindException e) {
            throw new CommandFailure(
                    "port %d is in use (perhaps another demo runs); choose another with %s, 0 for any free one"
                            .formatted(port, option),
                    e);
        } catch (IOException e) {
            throw new CommandFailure(
                    "cannot listen on " + options.host() + ":" + port + ": " + e, e);
        }
    }

    private static void awaitCatalog(GatewayStarter.Running running) throws CommandFailure {
        try {
            if (running.gateway().awaitReady(CATALOG_TIMEOUT)) return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new CommandFailure("the gateway could not read the database's catalog in time");
    }

    private DemoFile describe(
            DemoFolder folder,
            GatewayStarter.Running running,
            PostgresServer server,
            Optional<MySqlServer> mySql,
            Map<String, String> passwords)
            throws IOException {
        var listeners = new ArrayList<DemoFile.Listener>();
        for (var database : List.of(Clinic.DATABASE, AuditCopy.DATABASE))
            listeners.add(listener(running, Protocol.POSTGRES, database));
        if (mySql.isPresent())
            listeners.add(listener(running, Protocol.MYSQL, MySqlClinic.DATABASE));
        var users =
                Persona.ALL.stream()
                        .map(p ->
                                new DemoFile.User(
                                        p.name(),
                                        passwords.getOrDefault(p.name(), ""),
                                        p.title(),
                                        p.roles()))
                        .toList();
        var upstreams = new ArrayList<DemoFile.Upstream>();
        upstreams.add(
                upstream(server, Clinic.DATABASE, Clinic.GATEWAY_ROLE, folder.secret("upstream")));
        upstreams.add(
                upstream(
                        server,
                        AuditCopy.DATABASE,
                        AuditCopy.READER,
                        folder.secret("audit-reader")));
        if (mySql.isPresent())
            upstreams.add(
                    new DemoFile.Upstream(
                            Protocol.MYSQL.word(),
                            mySql.get().host(),
                            mySql.get().port(),
                            MySqlClinic.DATABASE,
                            Clinic.GATEWAY_ROLE,
                            folder.secret(MySqlStart.GATEWAY_SECRET)));
        var config = running.configuration().config();
        return new DemoFile(
                listeners,
                users,
                upstreams,
                config.audit().store().toString(),
                config.file().toString(),
                folder.clientsCa().toString());
    }

    private DemoFile.Listener listener(
            GatewayStarter.Running running, Protocol protocol, String database) {
        return new DemoFile.Listener(
                protocol.word(), clientHost(), port(running, protocol), database);
    }

    private static DemoFile.Upstream upstream(
            PostgresServer server, String database, String user, String password) {
        return new DemoFile.Upstream(
                Protocol.POSTGRES.word(), server.host(), server.port(), database, user, password);
    }

    private void printWelcome(
            Entrance entrance, Optional<MySqlEntrance> mySql, GatewayStarter.Running running) {
        say("");
        say(
                "Five people may log in. Paste a line into another terminal, then try what is below"
                        + " it.");
        for (var persona : Persona.PARTS) {
            say("");
            say("%s, %s", persona.name(), persona.title());
            say("  %s", entrance.to(persona.database()).psql(persona.name()));
            say(persona.suggestions());
            if (mySql.isPresent() && !persona.equals(Persona.OF_THE_LOG)) {
                say("  %s", mySql.get().line(persona.name()));
                say(MySqlParts.of(persona.name()).suggestions());
            }
        }
        say("");
        say(
                "The policies are in %s: edit them while this runs.",
                running.configuration().config().policies().getFirst());
        say(
                "The log: ./sallyport audit verify --store %s",
                Entrance.shellWord(running.configuration().config().audit().store().toString()));
        say(
                "Who read what: ./sallyport audit report disclosures --store %s",
                Entrance.shellWord(running.configuration().config().audit().store().toString()));
        say(
                "Its copy in PostgreSQL: ./sallyport audit verify --config %s",
                Entrance.shellWord(running.configuration().config().file().toString()));
        say(
                "What only an auditor may read of an entry, by its sequence in `audit search`:"
                        + " ./sallyport audit show SEQUENCE --open --key %s --store %s",
                Entrance.shellWord(
                        running.configuration()
                                .config()
                                .file()
                                .resolveSibling(DemoFolder.AUDITOR_KEY)
                                .toString()),
                Entrance.shellWord(running.configuration().config().audit().store().toString()));
        say("Decisions appear here as they are made. Ctrl-C stops everything.");
        say("");
    }

    private void say(List<Persona.Suggestion> suggestions) {
        for (var suggestion : suggestions)
            say(
                    "    %s%s",
                    suggestion.sql(),
                    suggestion.remark().isEmpty() ? "" : "   -- " + suggestion.remark());
    }

    private void say(String format, Object... arguments) {
        out.printf(format + "%n", arguments);
        out.flush();
    }
}
