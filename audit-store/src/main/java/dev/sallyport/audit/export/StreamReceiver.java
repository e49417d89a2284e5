package dev.sallyport.audit.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Lines at the end of a file, or on standard output.
public final class StreamReceiver implements Receiver {
    private final WritableByteChannel out;

    private StreamReceiver(WritableByteChannel out) {
        this.out = out;
    }

    /// Each batch is on the disk before it counts as sent.
    public static StreamReceiver appendTo(Path file) throws IOException {
        return new StreamReceiver(
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND));
    }

    public static StreamReceiver to(java.io.OutputStream stream) {
        return new StreamReceiver(Channels.newChannel(stream));
    }

    @Override
    public void send(List<Exported> entries, List<byte[]> lines) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] line : lines) {
            bytes.writeBytes(line);
            bytes.write('\n');
        }
        ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray());
        while (all.hasRemaining()) {
            int _ = out.write(all);
        }
        if (out instanceof FileChannel file) file.force(false);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
