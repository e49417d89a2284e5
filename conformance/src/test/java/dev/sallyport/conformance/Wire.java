package dev.sallyport.conformance;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// PostgreSQL's protocol by hand, byte by byte, for what no well-behaved driver would send. Written
/// from the manual and sharing nothing with the product.
public final class Wire implements AutoCloseable {
    public static final int PROTOCOL_3_0 = 3 << 16;
    public static final int PROTOCOL_3_2 = (3 << 16) | 2;
    public static final int SSL_REQUEST = 80877103;
    public static final int GSSENC_REQUEST = 80877104;
    public static final int CANCEL_REQUEST = 80877102;

    final Socket socket;
    final DataInputStream in;
    final DataOutputStream out;
    byte[] cancelKey = {};

    /// One message from the server.
    public record Message(char type, byte[] body) {
        /// The value of a field of ErrorResponse or NoticeResponse, or an empty string.
        public String field(char code) {
            int at = 0;
            while (at < body.length && body[at] != 0) {
                int end = at + 1;
                while (body[end] != 0) end++;
                if (body[at] == code)
                    return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
                at = end + 1;
            }
            return "";
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    public Wire(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(socket.getOutputStream());
    }

    static Wire login(GatewayUnderTest gateway, String user) throws IOException {
        var wire = new Wire(gateway.socket());
        wire.startup(PROTOCOL_3_0, "user", user, "database", "clinic");
        wire.authenticate(user + "-pw");
        return wire;
    }

    public void startup(int version, String... parameters) throws IOException {
        var body = new ByteArrayOutputStream();
        var data = new DataOutputStream(body);
        data.writeInt(version);
        for (var parameter : parameters) data.write(cString(parameter));
        data.write(0);
        out.writeInt(body.size() + 4);
        out.write(body.toByteArray());
        out.flush();
    }

    /// SCRAM-SHA-256 until ReadyForQuery. Returns everything the server said after
    /// AuthenticationOk.
    public List<Message> authenticate(String password) throws IOException {
        var first = receive();
        while (first.type == 'v') first = receive();
        if (first.type != 'R')
            throw new IOException(
                    "no authentication request but " + first.type + " " + first.text());
        var bare =
                "n=,r="
                        + Base64.getEncoder()
                                .encodeToString(new java.security.SecureRandom().generateSeed(18));
        var initial = ("n,," + bare).getBytes(StandardCharsets.UTF_8);
        send('p', concat(cString("SCRAM-SHA-256"), intBytes(initial.length), initial));
        var serverFirst = receive();
        if (serverFirst.type != 'R') throw new IOException("refused: " + serverFirst.text());
        var text =
                new String(
                        serverFirst.body, 4, serverFirst.body.length - 4, StandardCharsets.UTF_8);
        String nonce = "";
        String salt = "";
        int iterations = 0;
        for (var part : text.split(",")) {
            if (part.startsWith("r=")) nonce = part.substring(2);
            if (part.startsWith("s=")) salt = part.substring(2);
            if (part.startsWith("i=")) iterations = Integer.parseInt(part.substring(2));
        }
        var withoutProof = "c=biws,r=" + nonce;
        try {
            var salted =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new PBEKeySpec(
                                            password.toCharArray(),
                                            Base64.getDecoder().decode(salt),
                                            iterations,
                                            256))
                            .getEncoded();
            var clientKey = hmac(salted, "Client Key");
            var signature =
                    hmac(
                            MessageDigest.getInstance("SHA-256").digest(clientKey),
                            bare + "," + text + "," + withoutProof);
            var proof = new byte[32];
            for (int i = 0; i < 32; i++) proof[i] = (byte) (clientKey[i] ^ signature[i]);
            send(
                    'p',
                    (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof))
                            .getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        var said = new ArrayList<Message>();
        while (true) {
            var message = receive();
            if (message.type == 'E')
                throw new IOException("refused: " + message.field('C') + " " + message.field('M'));
            if (message.type == 'K') cancelKey = message.body;
            if (message.type != 'R') said.add(message);
            if (message.type == 'Z') return said;
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(char type, byte[]... parts) throws IOException {
        raw(message(type, parts));
    }

    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public static byte[] message(char type, byte[]... parts) {
        var body = concat(parts);
        return concat(new byte[] {(byte) type}, intBytes(body.length + 4), body);
    }

    public static byte[] query(String sql) {
        return message('Q', cString(sql));
    }

    public static byte[] parse(String name, String sql) {
        return message('P', cString(name), cString(sql), shortBytes(0));
    }

    public static byte[] bind(String portal, String statement) {
        return message(
                'B',
                cString(portal),
                cString(statement),
                shortBytes(0),
                shortBytes(0),
                shortBytes(0));
    }

    public static byte[] execute(String portal, int rows) {
        return message('E', cString(portal), intBytes(rows));
    }

    public static byte[] describe(char what, String name) {
        return message('D', new byte[] {(byte) what}, cString(name));
    }

    public static byte[] close(char what, String name) {
        return message('C', new byte[] {(byte) what}, cString(name));
    }

    public static byte[] sync() {
        return message('S');
    }

    public static byte[] flush() {
        return message('H');
    }

    public static byte[] cString(String text) {
        return concat(text.getBytes(StandardCharsets.UTF_8), new byte[] {0});
    }

    public static byte[] intBytes(int n) {
        return new byte[] {(byte) (n >>> 24), (byte) (n >>> 16), (byte) (n >>> 8), (byte) n};
    }

    public static byte[] shortBytes(int n) {
        return new byte[] {(byte) (n >>> 8), (byte) n};
    }

    public static byte[] concat(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (var part : parts) bytes.writeBytes(part);
        return bytes.toByteArray();
    }

    public Message receive() throws IOException {
        char type = (char) in.readUnsignedByte();
        int length = in.readInt();
        if (length < 4 || length > 1 << 30)
            throw new IOException("bad length " + length + " in " + type);
        var body = new byte[length - 4];
        in.readFully(body);
        return new Message(type, body);
    }

    /// Messages up to and with ReadyForQuery.
    List<Message> untilReady() throws IOException {
        var messages = new ArrayList<Message>();
        while (true) {
            var message = receive();
            messages.add(message);
            if (message.type == 'Z') return messages;
        }
    }

    /// Types of the messages up to the n-th ReadyForQuery, without asynchronous ones (N, S, A), as
    /// `1 2 D C Z`.
    String typesUntilReady(int n) throws IOException {
        var types = new StringBuilder();
        for (int i = 0; i < n; i++) {
            for (var message : untilReady()) {
                if ("NSA".indexOf(message.type) < 0)
                    types.append(types.isEmpty() ? "" : " ").append(message.type);
            }
        }
        return types.toString();
    }

    /// Everything until the server closes the connection.
    List<Message> untilClosed() throws IOException {
        var messages = new ArrayList<Message>();
        try {
            while (true) messages.add(receive());
        } catch (EOFException | java.net.SocketException _) {
            return messages;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
