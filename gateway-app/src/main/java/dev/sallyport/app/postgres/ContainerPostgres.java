package dev.sallyport.app.postgres;

import dev.sallyport.app.embedded.FileTrees;
import dev.sallyport.app.tls.CertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/// PostgreSQL in a container. Its data go with it.
final class ContainerPostgres implements PostgresServer {
    private final PostgreSQLContainer container;
    private final String image;
    private final Path certificates;

    private ContainerPostgres(PostgreSQLContainer container, String image, Path certificates) {
        this.container = container;
        this.image = image;
        this.certificates = certificates;
    }

    static ContainerPostgres start(Options options) throws IOException {
        if (!options.hba().isEmpty() || !options.tls()) {
            throw new IOException("a container has TLS and its image's pg_hba.conf");
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IOException("Docker does not answer; start it or choose another provider");
        }
        var certificates = Files.createTempDirectory("sallyport-postgres-");
        try {
            var container = container(options, certificates);
            container.start();
            return new ContainerPostgres(container, options.image(), certificates);
        } catch (IOException e) {
            FileTrees.delete(certificates);
            throw e;
        } catch (ContainerLaunchException e) {
            FileTrees.delete(certificates);
            throw new IOException(
                    "the container " + options.image() + " did not start: " + e.getMessage(), e);
        }
    }

    private static PostgreSQLContainer container(Options options, Path certificates)
            throws IOException {
        var host = DockerClientFactory.instance().dockerHostIpAddress();
        var authority = CertificateAuthority.create("Sallyport upstream CA");
        authority.write(certificates.resolve("ca.pem"));
        authority
                .issueServer(List.of(host, "localhost", "127.0.0.1").stream().distinct().toList())
                .write(certificates.resolve("server.crt"), certificates.resolve("server.key"));

        var settings = new ArrayList<>(List.of("-c", "ssl=on"));
        for (var name : List.of("server.crt:ssl_cert_file", "server.key:ssl_key_file")) {
            var parts = name.split(":");
            settings.add("-c");
            settings.add(parts[1] + "=/var/lib/postgresql/" + parts[0]);
        }
        options.settings()
                .forEach((name, value) -> settings.addAll(List.of("-c", name + "=" + value)));
        // The server insists on owning its key, so it is installed before the image's own start.
        var script =
                "install -o postgres -m 600 /tls/server.* /var/lib/postgresql/"
                        + " && exec docker-entrypoint.sh postgres \"$@\"";
        var command = new ArrayList<>(List.of(script, "postgres"));
        command.addAll(settings);

        var container = new PostgreSQLContainer(DockerImageName.parse(options.image()));
        container.withUsername("postgres").withDatabaseName("postgres");
        for (var file : List.of("server.crt", "server.key")) {
            container.withCopyFileToContainer(
                    MountableFile.forHostPath(certificates.resolve(file), 0600), "/tls/" + file);
        }
        container.withCreateContainerCmdModifier(create -> create.withEntrypoint("sh", "-c"));
        container.setCommand(command.toArray(String[]::new));
        if (options.port() != 0) {
            container.setPortBindings(List.of(options.port() + ":5432"));
        }
        return container;
    }

    @Override
    public String describe() {
        return image + " (Docker)";
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
    }

    @Override
    public Optional<Path> caFile() {
        return Optional.of(certificates.resolve("ca.pem"));
    }

    @Override
    public String superuser() {
        return container.getUsername();
    }

    @Override
    public String superuserPassword() {
        return container.getPassword();
    }

    @Override
    public void close() {
        container.stop();
        try {
            FileTrees.delete(certificates);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + certificates, e);
        }
    }
}
