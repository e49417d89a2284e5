package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.Webhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A webhook, signed as Standard Webhooks 1.0.0 has it: HMAC-SHA256 over
/// `webhook-id.webhook-timestamp.body`. The id stays with the alert, the timestamp is that of the
/// attempt.
final class WebhookReceiver implements AlertReceiver {
    private static final String ALGORITHM = "HmacSHA256";

    private final Webhook webhook;
    private final InstantSource clock;
    private final Post post;

    WebhookReceiver(Webhook webhook, InstantSource clock) throws IOException {
        this.webhook = webhook;
        this.clock = clock;
        this.post = new Post(webhook.ca());
    }

    @Override
    public void send(Alert alert) throws IOException {
        var body = alert.json();
        var id = alert.id();
        long seconds = clock.instant().getEpochSecond();
        post.send(
                webhook.url(),
                body,
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        "" + seconds,
                        "webhook-signature",
                        signature(webhook.key(), id, seconds, body)));
    }

    static String signature(byte[] key, String id, long seconds, byte[] body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    @Override
    public void close() {
        post.close();
    }
}
