package dev.sallyport.gateway.alert;

import dev.sallyport.config.AlertsFile.Receiver;
import dev.sallyport.config.AlertsFile.Slack;
import dev.sallyport.config.AlertsFile.Webhook;
import java.io.IOException;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is told of alerts. One thread at a time.
interface AlertReceiver extends AutoCloseable {
    /// Returns when the receiver has it, as far as it can tell; blocks.
    ///
    /// @throws IOException it doesn't; to be tried again. The message holds no secret.
    void send(Alert alert) throws IOException;

    @Override
    void close();

    static AlertReceiver of(Receiver receiver) throws IOException {
        return switch (receiver.channel()) {
            case Webhook w -> new WebhookReceiver(w, Clock.systemUTC());
            case Slack s -> new SlackReceiver(s);
        };
    }

    /// Lines in the gateway's own log.
    final class Lines implements AlertReceiver {
        /// By this name the log's configuration finds them.
        private static final Logger LOG = LoggerFactory.getLogger("dev.sallyport.alerts");

        @Override
        public void send(Alert alert) {
            // Names of tables may hold anything.
            LOG.warn("{} {}", alert.line().replaceAll("\\p{Cntrl}", "?"), alert.id());
        }

        @Override
        public void close() {}
    }
}
