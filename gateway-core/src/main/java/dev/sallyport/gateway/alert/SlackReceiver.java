package dev.sallyport.gateway.alert;

import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.config.AlertsFile.Slack;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// An incoming webhook of Slack's. Slack checks no signature: its URL is the secret.
final class SlackReceiver implements AlertReceiver {
    private final Slack slack;
    private final Post post = new Post(Optional.empty());

    SlackReceiver(Slack slack) throws IOException {
        this.slack = slack;
    }

    @Override
    public void send(Alert alert) throws IOException {
        post.send(slack.address(), body(alert), Map.of());
    }

    /// `&`, `<` and `>` are Slack's own: `<!channel>` would call everybody.
    static byte[] body(Alert alert) {
        var text = alert.line().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return new JsonWriter(512).value(Map.of("text", text)).toByteArray();
    }

    @Override
    public void close() {
        post.close();
    }
}
