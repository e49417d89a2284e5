package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Secret;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gateway's own questions to an upstream whose protocol has no driver that could be shipped:
/// the protocol's module asks them with its own client.
public interface UpstreamQueries {
    /// Logs in, runs one statement after the other, closes. Blocks; for threads of their own.
    ///
    /// @param user the role to log in as
    /// @param statements one each; those without rows have none
    /// @throws IOException when the upstream cannot be reached, refuses the login or fails one of
    ///   the statements; the message names no secret and quotes no row
    void run(
            GatewayConfig.Database database,
            String user,
            Secret password,
            List<String> statements,
            RowSink sink)
            throws IOException;

    /// Takes the rows as they come.
    @FunctionalInterface
    interface RowSink {
        /// @param statement which one of the statements, from 0
        /// @param columns as text
        void row(int statement, List<@Nullable String> columns);
    }
}
