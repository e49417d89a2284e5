package dev.sallyport.postgres.message;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The character encoding of a session's text, PostgreSQL's `client_encoding`.
///
/// Only encodings in which every byte below 0x80 is that ASCII character wherever it stands: in
/// others (SJIS, BIG5, GBK) a backslash or quote can be the second half of a character, and lexers
/// disagree (CVE-2025-1094, CVE-2006-2313). Invalid bytes are refused, never replaced: what the
/// analyzer reads must be what the server reads.
public final class ClientEncoding {
    public static final ClientEncoding UTF8 = new ClientEncoding("UTF8", StandardCharsets.UTF_8);

    /// No conversion takes place on the server, so that a byte above 0x7F means nothing certain:
    /// only ASCII is taken.
    public static final ClientEncoding SQL_ASCII =
            new ClientEncoding("SQL_ASCII", StandardCharsets.US_ASCII);

    private static final Map<String, ClientEncoding> BY_NAME = byName();

    private final String name;
    private final Charset charset;

    private ClientEncoding(String name, Charset charset) {
        this.name = name;
        this.charset = charset;
    }

    /// Finds an encoding by any of PostgreSQL's spellings (`utf-8`, `Unicode`, `latin1`); empty
    /// when this gateway doesn't take it.
    public static Optional<ClientEncoding> of(String name) {
        return Optional.ofNullable(BY_NAME.get(normalize(name)));
    }

    /// As the server reports it in ParameterStatus.
    public String name() {
        return name;
    }

    public Charset charset() {
        return charset;
    }

    /// The text in `length` bytes at `index`; the buffer's indexes stay as they are.
    String decode(ByteBuf buffer, int index, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return decode(bytes);
    }

    /// @throws ProtocolViolation with {@link ProtocolViolation#INVALID_ENCODING}
    public String decode(byte[] bytes) {
        if (isAscii(bytes)) return new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolViolation(
                    ProtocolViolation.INVALID_ENCODING,
                    "invalid byte sequence for encoding \"" + name + "\"");
        }
    }

    /// For text that the gateway itself composed or had decoded in this encoding.
    ///
    /// @throws IllegalArgumentException if it cannot be said in this encoding
    byte[] encode(String text) {
        try {
            ByteBuffer bytes =
                    charset.newEncoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .encode(CharBuffer.wrap(text));
            byte[] result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "text has characters outside of encoding " + name, e);
        }
    }

    /// For messages to people: what cannot be said becomes `?`.
    byte[] encodeReplacing(String text) {
        return text.getBytes(charset);
    }

    @Override
    public String toString() {
        return name;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) if (b < 0) return false;
        return true;
    }

    /// PostgreSQL ignores case and all that is no letter or digit in these names.
    private static String normalize(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
                letters.append(c);
        }
        return letters.toString().toLowerCase(Locale.ROOT);
    }

    private static Map<String, ClientEncoding> byName() {
        Map<String, ClientEncoding> all = new HashMap<>();
        add(all, UTF8, "unicode");
        add(all, SQL_ASCII);
        add(all, "LATIN1", "ISO-8859-1", "iso88591");
        add(all, "LATIN2", "ISO-8859-2", "iso88592");
        add(all, "LATIN9", "ISO-8859-15", "iso885915");
        add(all, "WIN1250", "windows-1250", "windows1250");
        add(all, "WIN1251", "windows-1251", "windows1251", "win");
        add(all, "WIN1252", "windows-1252", "windows1252");
        return Map.copyOf(all);
    }

    private static void add(
            Map<String, ClientEncoding> all, String name, String charset, String... aliases) {
        // A JDK image may come without the extended character sets.
        if (Charset.isSupported(charset))
            add(all, new ClientEncoding(name, Charset.forName(charset)), aliases);
    }

    private static void add(
            Map<String, ClientEncoding> all, ClientEncoding encoding, String... aliases) {
        all.put(normalize(encoding.name), encoding);
        for (String alias : aliases) all.put(alias, encoding);
    }
}
