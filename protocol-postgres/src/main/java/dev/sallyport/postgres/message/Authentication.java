package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The server's side of a login: type `R`, told apart by its first number.
public sealed interface Authentication extends BackendMessage {
    /// AuthenticationOk: the login is done.
    record Ok() implements Authentication {}

    /// AuthenticationCleartextPassword
    record CleartextPassword() implements Authentication {}

    /// AuthenticationMD5Password
    record MD5Password(byte[] salt) implements Authentication {
        public MD5Password {
            if (salt.length != 4)
                throw new IllegalArgumentException("an MD5 salt has 4 bytes, got: " + salt.length);
            salt = salt.clone();
        }

        @Override
        public byte[] salt() {
            return salt.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof MD5Password(byte[] otherSalt)
                    && java.util.Arrays.equals(salt, otherSalt);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(salt);
        }

        @Override
        public String toString() {
            return "MD5Password[salt=" + HexFormat.of().formatHex(salt) + "]";
        }
    }

    /// AuthenticationSASL: the mechanisms the server offers, best first.
    record SASL(List<String> mechanisms) implements Authentication {
        public SASL {
            mechanisms = List.copyOf(mechanisms);
        }
    }

    /// AuthenticationSASLContinue
    record SASLContinue(String data) implements Authentication {
        @Override
        public String toString() {
            return "SASLContinue[***]";
        }
    }

    /// AuthenticationSASLFinal
    record SASLFinal(String data) implements Authentication {
        @Override
        public String toString() {
            return "SASLFinal[***]";
        }
    }

    /// Kerberos, GSSAPI, SSPI and what else may come: not spoken here.
    record Unsupported(int code) implements Authentication {}

    static Authentication decode(ByteBuf body) {
        BodyReader in = new BodyReader(body, "Authentication", ClientEncoding.UTF8);
        int code = in.int32();
        Authentication message =
                switch (code) {
                    case 0 -> new Ok();
                    case 3 -> new CleartextPassword();
                    case 5 -> new MD5Password(in.bytes(4));
                    case 10 -> new SASL(mechanisms(in));
                    case 11 -> new SASLContinue(ClientEncoding.UTF8.decode(in.rest()));
                    case 12 -> new SASLFinal(ClientEncoding.UTF8.decode(in.rest()));
                    default -> {
                        in.rest();
                        yield new Unsupported(code);
                    }
                };
        in.end();
        return message;
    }

    @Override
    default void encode(ByteBuf out, ClientEncoding encoding) {
        BodyWriter writer = BodyWriter.begin(out, BackendType.AUTHENTICATION, ClientEncoding.UTF8);
        switch (this) {
            case Ok _ -> writer.int32(0);
            case CleartextPassword _ -> writer.int32(3);
            case MD5Password(byte[] salt) -> writer.int32(5).bytes(salt);
            case SASL(List<String> mechanisms) -> {
                writer.int32(10);
                for (String mechanism : mechanisms) writer.text(mechanism);
                writer.int8(0);
            }
            case SASLContinue(String data) ->
                    writer.int32(11).bytes(ClientEncoding.UTF8.encode(data));
            case SASLFinal(String data) -> writer.int32(12).bytes(ClientEncoding.UTF8.encode(data));
            case Unsupported(int code) -> writer.int32(code);
        }
        writer.end();
    }

    private static List<String> mechanisms(BodyReader in) {
        List<String> mechanisms = new ArrayList<>();
        while (true) {
            String mechanism = in.text();
            if (mechanism.isEmpty()) return mechanisms;
            mechanisms.add(mechanism);
        }
    }
}
