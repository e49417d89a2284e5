package dev.sallyport.gateway;

import dev.sallyport.config.GatewayConfig;
import dev.sallyport.policy.Subject;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One authenticated client connection and its upstream connection. Opened by {@link
/// SessionRegistry#open}, owned by one event loop: plain fields, no locks.
///
/// The protocol tells it what the server answers, in order: {@link #parameterStatus}, {@link
/// #parseComplete}, {@link #bindComplete}, {@link #closeComplete}, {@link #errorResponse} and
/// {@link #readyForQuery}. Replies to messages of the gateway's own (a {@link TruthQuery}, a
/// message injected to fail) are told as well, except for those to a Parse, Bind or Close that the
/// guard never saw.
public final class Session {
    Session() {}

    public String id() {
        throw new UnsupportedOperationException("being built");
    }

    Subject subject() {
        throw new UnsupportedOperationException("being built");
    }

    public String user() {
        throw new UnsupportedOperationException("being built");
    }

    /// Address and port of the client, as `10.0.0.7:51234`.
    public String client() {
        throw new UnsupportedOperationException("being built");
    }

    /// The upstream that the client asked for.
    public GatewayConfig.Database database() {
        throw new UnsupportedOperationException("being built");
    }

    public Executor loop() {
        throw new UnsupportedOperationException("being built");
    }

    public Instant startedAt() {
        throw new UnsupportedOperationException("being built");
    }

    /// For BackendKeyData.
    public int processId() {
        throw new UnsupportedOperationException("being built");
    }

    /// For BackendKeyData; as long as {@link NewSession#cancelSecretBytes} said.
    public byte[] cancelSecret() {
        throw new UnsupportedOperationException("being built");
    }

    /// Every ParameterStatus that the server sends, from its first: keeps the lexing mode true.
    public void parameterStatus(String name, String value) {
        throw new UnsupportedOperationException("being built" + name + value);
    }

    /// The last value that the server reported, as for `client_encoding`.
    public @Nullable String parameter(String name) {
        throw new UnsupportedOperationException("being built" + name);
    }

    public void parseComplete() {
        throw new UnsupportedOperationException("being built");
    }

    public void bindComplete() {
        throw new UnsupportedOperationException("being built");
    }

    public void closeComplete() {
        throw new UnsupportedOperationException("being built");
    }

    public void errorResponse() {
        throw new UnsupportedOperationException("being built");
    }

    /// ReadyForQuery: settles what the messages before it did.
    ///
    /// @param transactionStatus `I`, `T` or `E`
    public void readyForQuery(char transactionStatus) {
        throw new UnsupportedOperationException("being built" + transactionStatus);
    }

    public char transactionStatus() {
        throw new UnsupportedOperationException("being built");
    }

    /// Bytes of results released to the client, for the session's record and the metrics.
    public void addBytesToClient(long bytes) {
        throw new UnsupportedOperationException("being built" + bytes);
    }

    public void addBytesFromClient(long bytes) {
        throw new UnsupportedOperationException("being built" + bytes);
    }
}
