package dev.sallyport.audit.export;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A syslog receiver over TLS (RFC 5425), whose certificate must be of its name. Syslog has no
/// answers: what was sent shortly before a connection is lost counts as not sent.
public final class SyslogReceiver implements Receiver {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int HANDSHAKE_MILLIS = 10_000;

    private final String host;
    private final int port;
    private final SSLContext trust;
    private @Nullable SSLSocket connection;

    /// Connects when there is something to send.
    public SyslogReceiver(String host, int port, SSLContext trust) {
        this.host = host;
        this.port = port;
        this.trust = trust;
    }

    @Override
    public void send(List<Exported> entries, List<byte[]> lines) throws IOException {
        try {
            SSLSocket socket = connected();
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < lines.size(); i++)
                out.write(SyslogFrame.of(entries.get(i), lines.get(i)));
            out.flush();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private SSLSocket connected() throws IOException {
        SSLSocket open = connection;
        if (open != null && !hasEnded(open)) return open;
        if (open != null) {
            close();
            throw new IOException("the syslog receiver closed the connection");
        }
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setSoTimeout(HANDSHAKE_MILLIS);
            socket.setKeepAlive(true);
            SSLSocket tls =
                    (SSLSocket) trust.getSocketFactory().createSocket(socket, host, port, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            tls.setSoTimeout(1);
            connection = tls;
            return tls;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// The receiver has nothing to say; the end is all that can be read.
    private static boolean hasEnded(SSLSocket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        }
    }

    @Override
    public Duration settling() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void close() throws IOException {
        SSLSocket open = connection;
        connection = null;
        if (open != null) open.close();
    }
}
