package dev.sallyport.audit.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// A POST of lines (`application/x-ndjson`) for each batch; any 2xx means that they arrived.
/// Redirections are not followed: entries go where the configuration says, or nowhere.
public final class HttpReceiver implements Receiver {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI url;
    private final Optional<String> authorization;
    private final HttpClient client;

    /// @param authorization value of the header of that name
    public HttpReceiver(URI url, Optional<String> authorization, SSLContext trust) {
        this.url = url;
        this.authorization = authorization;
        this.client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(Duration.ofSeconds(10))
                        .sslContext(trust)
                        .build();
    }

    @Override
    public void send(List<Exported> entries, List<byte[]> lines) throws IOException {
        var body = new ByteArrayOutputStream();
        for (byte[] line : lines) {
            body.writeBytes(line);
            body.write('\n');
        }
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        authorization.ifPresent(value -> request.header("Authorization", value));
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() / 100 != 2)
                throw new IOException("the receiver answered " + answer.statusCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
