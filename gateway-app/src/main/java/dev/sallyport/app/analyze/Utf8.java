package dev.sallyport.app.analyze;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Text from bytes that should be UTF-8. Each byte that isn't becomes half a surrogate pair, which
/// no text has and the analyzer refuses, so that one wrong byte spoils its own statement only.
final class Utf8 {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final char WRONG_BYTE = 0xDC00;

    private final InputStream in;
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK_BYTES).limit(0);
    private final CharBuffer chars = CharBuffer.allocate(CHUNK_BYTES);
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private boolean begun;
    private boolean ended;

    Utf8(InputStream in) {
        this.in = in;
    }

    /// Whether {@link #read} would wait for whoever writes the input.
    boolean wouldWait() throws IOException {
        return !ended && in.available() == 0;
    }

    /// What has come, at least a character; null at the end. The buffer is used again.
    @Nullable CharSequence read() throws IOException {
        while (!ended) {
            bytes.compact();
            int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = count < 0;
            if (!ended) bytes.position(bytes.position() + count);
            bytes.flip();
            chars.clear();
            decode();
            chars.flip();
            if (!begun && chars.hasRemaining()) {
                begun = true;
                // The mark that some editors put before UTF-8.
                if (chars.get(0) == 0xFEFF) chars.get();
            }
            if (chars.hasRemaining()) return chars;
        }
        return null;
    }

    private void decode() {
        while (true) {
            var result = decoder.decode(bytes, chars, ended);
            if (result.isUnderflow()) return;
            // Never more characters than bytes.
            if (result.isOverflow()) throw new IllegalStateException("too many characters");
            for (int i = 0; i < result.length(); i++)
                chars.put((char) (WRONG_BYTE | bytes.get() & 0xFF));
        }
    }
}
