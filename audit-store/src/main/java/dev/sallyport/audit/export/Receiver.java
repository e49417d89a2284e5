package dev.sallyport.audit.export;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Where entries go.
public interface Receiver extends Closeable {
    /// Returns when the receiver has them all, as far as it can tell.
    ///
    /// @param lines as the format made them, one for each entry
    void send(List<Exported> entries, List<byte[]> lines) throws IOException;

    /// How long what was sent may still turn out to be lost: a protocol without answers only says
    /// so by losing the connection. What was sent within this time is then sent again.
    default Duration settling() {
        return Duration.ZERO;
    }
}
