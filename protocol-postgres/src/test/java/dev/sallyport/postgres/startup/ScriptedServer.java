package dev.sallyport.postgres.startup;

import dev.sallyport.config.ScramVerifier;
import dev.sallyport.postgres.auth.AuthenticationFailure;
import dev.sallyport.postgres.auth.Md5Password;
import dev.sallyport.postgres.auth.ScramServer;
import dev.sallyport.postgres.message.Authentication;
import dev.sallyport.postgres.message.BackendKeyData;
import dev.sallyport.postgres.message.BackendMessage;
import dev.sallyport.postgres.message.ClientEncoding;
import dev.sallyport.postgres.message.Diagnostic;
import dev.sallyport.postgres.message.ErrorResponse;
import dev.sallyport.postgres.message.InitialRequest;
import dev.sallyport.postgres.message.NoticeResponse;
import dev.sallyport.postgres.message.ParameterStatus;
import dev.sallyport.postgres.message.PasswordMessage;
import dev.sallyport.postgres.message.ReadyForQuery;
import dev.sallyport.postgres.message.SASLInitialResponse;
import dev.sallyport.postgres.message.SASLResponse;
import dev.sallyport.postgres.message.SSLRequest;
import dev.sallyport.postgres.message.StartupMessage;
import dev.sallyport.postgres.message.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server's side of a login, as bytes in and bytes out: one whole message of the
/// client at a time.
final class ScriptedServer {
    enum Method {
        TRUST,
        CLEARTEXT,
        MD5,
        SCRAM
    }

    private final Method method;
    private final String password;
    private final ScramServer scram;
    private final byte[] salt = {1, 2, 3, 4};
    private @Nullable StartupMessage startup;
    private int step;

    ScriptedServer(Method method, String password, ScramVerifier verifier) {
        this.method = method;
        this.password = password;
        scram = new ScramServer(verifier, Optional.empty());
    }

    StartupMessage startup() {
        return java.util.Objects.requireNonNull(startup);
    }

    /// @param message whole, from its first byte; not released
    /// @return what to answer
    ByteBuf answer(ByteBuf message) throws AuthenticationFailure {
        ByteBuf out = Unpooled.buffer();
        if (startup == null) {
            message.skipBytes(4);
            InitialRequest request = InitialRequest.decode(message);
            if (request instanceof SSLRequest) return out.writeByte('N');
            startup = (StartupMessage) request;
            switch (method) {
                case TRUST -> welcome(out);
                case CLEARTEXT -> send(out, new Authentication.CleartextPassword());
                case MD5 -> send(out, new Authentication.MD5Password(salt));
                case SCRAM -> send(out, new Authentication.SASL(scram.mechanisms()));
            }
            return out;
        }
        message.skipBytes(5);
        step++;
        switch (method) {
            case TRUST -> throw new AssertionError("nothing was asked");
            case CLEARTEXT -> checkPassword(out, message, password);
            case MD5 -> checkPassword(out, message, Md5Password.respond(user(), password, salt));
            case SCRAM -> {
                if (step == 1) {
                    SASLInitialResponse initial = SASLInitialResponse.decode(message);
                    send(
                            out,
                            new Authentication.SASLContinue(
                                    scram.first(
                                            initial.mechanism(),
                                            java.util.Objects.requireNonNull(initial.data()))));
                } else {
                    send(
                            out,
                            new Authentication.SASLFinal(
                                    scram.last(SASLResponse.decode(message).data())));
                    welcome(out);
                }
            }
        }
        return out;
    }

    private String user() {
        return startup().parameters().getFirst().value();
    }

    private void checkPassword(ByteBuf out, ByteBuf message, String expected) {
        if (PasswordMessage.decode(message).password().equals(expected)) {
            welcome(out);
        } else {
            send(out, ErrorResponse.fatal("28P01", "password authentication failed", null, null));
        }
    }

    /// NOTICEs may come at any time, as with client_min_messages=debug5.
    private static void welcome(ByteBuf out) {
        NoticeResponse notice =
                new NoticeResponse(Diagnostic.of("DEBUG", "00000", "InitPostgres", null, null));
        send(out, notice);
        send(out, new Authentication.Ok());
        send(out, notice);
        send(out, new ParameterStatus("server_version", "15.18"));
        send(out, new ParameterStatus("client_encoding", "UTF8"));
        send(out, new BackendKeyData(4711, new byte[] {9, 8, 7, 6}));
        send(out, new ReadyForQuery(TransactionStatus.IDLE));
    }

    private static void send(ByteBuf out, BackendMessage message) {
        message.encode(out, ClientEncoding.UTF8);
    }
}
