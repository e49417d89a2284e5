package dev.sallyport.gateway.alert;

import dev.sallyport.audit.export.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// POSTs of JSON. Redirections are not followed: alerts go where the configuration says, or
/// nowhere. Of an answer only its status counts; its body is thrown away, and waited for no longer
/// than for the status.
final class Post implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final HttpClient client;

    /// @param ca PEM; empty: the JDK's trusted authorities
    Post(Optional<Path> ca) throws IOException {
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT);
        try {
            if (ca.isPresent()) builder.sslContext(Trust.in(ca.get()));
        } catch (GeneralSecurityException e) {
            throw new IOException(ca.get() + " can't be used: " + e.getMessage(), e);
        }
        client = builder.build();
    }

    /// @throws IOException not answered with 2xx; names the host, not the path
    void send(URI url, byte[] json, Map<String, String> headers) throws IOException {
        var request =
                HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/json")
                        .header("User-Agent", "Sallyport")
                        .timeout(ANSWER)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json));
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            if (status / 100 != 2) throw new IOException(url.getHost() + " answered " + status);
        } catch (TimeoutException e) {
            throw new IOException(
                    url.getHost() + " did not answer within " + Times.words(ANSWER), e);
        } catch (ExecutionException e) {
            // Some messages of the client's hold the whole URL.
            var cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException(url.getHost() + ": " + cause.getClass().getSimpleName(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
