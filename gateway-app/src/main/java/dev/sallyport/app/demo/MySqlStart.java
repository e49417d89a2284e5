package dev.sallyport.app.demo;

import dev.sallyport.app.Shutdown;
import dev.sallyport.app.mysql.Administrator;
import dev.sallyport.app.mysql.EmbeddedMariaDb;
import dev.sallyport.app.mysql.MySqlServer;
import dev.sallyport.app.mysql.OwnMySql;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/// MySQL's part of the demo's start, on a thread of its own from the constructor on.
final class MySqlStart {
    static final String GATEWAY_SECRET = "upstream-mysql";
    private static final String CATALOG_SECRET = "catalog-mysql";

    private final Demo.Options options;
    private final CompletableFuture<Optional<MySqlServer>> started;

    /// For one line to people.
    interface Say {
        void line(String format, Object... arguments);
    }

    MySqlStart(Demo.Options options, DemoFolder folder, Shutdown shutdown) {
        this.options = options;
        Executor thread = task -> Thread.ofPlatform().daemon().name("mysql-start").start(task);
        started =
                options.mySql().wanted()
                        ? CompletableFuture.supplyAsync(() -> start(folder, shutdown), thread)
                        : CompletableFuture.completedFuture(Optional.empty());
    }

    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final IOException reason;

        Failed(IOException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    private Optional<MySqlServer> start(DemoFolder folder, Shutdown shutdown) {
        try {
            MySqlServer server =
                    options.mySql().url().isPresent()
                            ? OwnMySql.of(options.mySql().url().get(), folder.resolve("own-mysql"))
                            : EmbeddedMariaDb.start(folder.resolve("mariadb"));
            shutdown.add("MariaDB", server);
            try (var administrator = new Administrator(server)) {
                new MySqlClinic(administrator, server.describe(), Clinic.SEED, options.patients())
                        .load(
                                folder.secret(GATEWAY_SECRET),
                                folder.secret(CATALOG_SECRET),
                                options.reset());
            }
            return Optional.of(server);
        } catch (IOException e) {
            throw new Failed(e);
        }
    }

    /// The server with the clinic in it. Empty when it isn't wanted, and, after saying so, when
    /// MariaDB isn't to be had here; PostgreSQL's part goes on without it.
    ///
    /// @throws IOException an own server, which somebody asked for, can't be used
    Optional<MySqlServer> await(Say say) throws IOException {
        try {
            return started.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MySQL was starting");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof Failed failed))
                throw new IllegalStateException("MySQL's start failed", e.getCause());
            if (options.mySql().url().isPresent()) throw failed.reason;
            say.line("Without MySQL: %s", String.valueOf(failed.reason.getMessage()));
            return Optional.empty();
        }
    }
}
