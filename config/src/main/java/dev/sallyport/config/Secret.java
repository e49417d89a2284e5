package dev.sallyport.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a password is kept. The configuration holds the place, never the password, so it may be
/// committed, printed and mailed. Read anew at each use: a rotated password needs no restart.
public sealed interface Secret {
    /// The password as it is now, without the line break at its end.
    ///
    /// @throws IOException when there is none; the message names the place, never the content
    String read() throws IOException;

    /// The first line of a file, in UTF-8.
    record InFile(Path file) implements Secret {
        /// A password's file is longer than this only by mistake.
        static final int MAX_BYTES = 4096;

        @Override
        public String read() throws IOException {
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            }
            if (bytes.length > MAX_BYTES)
                throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
            var text = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
            if (text.isEmpty()) throw new IOException(file + " is empty");
            if (text.lines().count() > 1) throw new IOException(file + " has more than one line");
            return text;
        }
    }

    /// An environment variable of the gateway's process.
    record InEnvironment(String variable) implements Secret {
        @Override
        public String read() throws IOException {
            var text = System.getenv(variable);
            if (text == null || text.isEmpty())
                throw new IOException("environment variable " + variable + " is not set");
            return text;
        }
    }
}
