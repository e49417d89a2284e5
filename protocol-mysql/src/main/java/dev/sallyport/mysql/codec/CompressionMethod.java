package dev.sallyport.mysql.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.sallyport.mysql.packet.Capabilities;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// How the contents of compressed packets are compressed.
public enum CompressionMethod {
    ZLIB {
        @Override
        InputStream open(byte[] compressed) {
            return new ZlibStream(new ByteArrayInputStream(compressed), new Inflater());
        }

        @Override
        byte[] compress(byte[] plain) {
            Deflater deflater = DEFLATER.get();
            deflater.reset();
            deflater.setInput(plain);
            deflater.finish();
            // What takes more room than this isn't worth it.
            byte[] out = new byte[plain.length];
            int length = deflater.deflate(out);
            return deflater.finished() ? Arrays.copyOf(out, length) : out;
        }
    },

    ZSTD {
        @Override
        InputStream open(byte[] compressed) throws IOException {
            return new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(compressed))
                    .setLongMax(MAX_WINDOW_LOG);
        }

        @Override
        byte[] compress(byte[] plain) {
            return Zstd.compress(plain, ZSTD_LEVEL);
        }
    };

    /// A client may ask for any level of zstd. It is the gateway that would pay for it.
    private static final int ZSTD_LEVEL = 3;

    /// A packet holds 16 MiB at the most: nothing in it can refer further back.
    private static final int MAX_WINDOW_LOG = 24;

    /// Takes a quarter of a megabyte: one for each event loop, none for each session.
    private static final FastThreadLocal<Deflater> DEFLATER =
            new FastThreadLocal<>() {
                @Override
                protected Deflater initialValue() {
                    return new Deflater(Deflater.BEST_SPEED);
                }

                @Override
                protected void onRemoval(Deflater deflater) {
                    deflater.end();
                }
            };

    private static final boolean HAS_ZSTD = hasZstd();

    private static boolean hasZstd() {
        try {
            return Zstd.compressBound(1) > 0;
        } catch (LinkageError _) {
            // A platform without natives, or nowhere to unpack them.
            return false;
        }
    }

    /// The capabilities of the methods that there are here; the first call takes milliseconds.
    public static long offered() {
        return Capabilities.COMPRESS | (HAS_ZSTD ? Capabilities.ZSTD_COMPRESSION_ALGORITHM : 0);
    }

    /// Reads one packet's content.
    abstract InputStream open(byte[] compressed) throws IOException;

    /// @return as long as `plain` or longer where it isn't worth it
    abstract byte[] compress(byte[] plain);

    /// What client and gateway have agreed on.
    public static Optional<CompressionMethod> of(long capabilities) {
        if (Capabilities.has(capabilities, Capabilities.COMPRESS)) return Optional.of(ZLIB);
        return Capabilities.has(capabilities, Capabilities.ZSTD_COMPRESSION_ALGORITHM)
                ? Optional.of(ZSTD)
                : Optional.empty();
    }

    /// Its end is the end of the packet.
    private static final class ZlibStream extends InflaterInputStream {
        ZlibStream(ByteArrayInputStream in, Inflater inflater) {
            super(in, inflater);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            if (count < 0 && (inf.getRemaining() > 0 || in.available() > 0))
                throw new IOException("bytes behind the end");
            return count;
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }
}
