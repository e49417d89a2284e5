package dev.sallyport.sql.mysql.lexer;

import dev.sallyport.sql.SqlText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// A client's bytes as text, cut into characters as the server cuts them.
///
/// In GBK, Big5, Shift-JIS, CP932 and GB18030 the second byte of a character may be `\`, a backtick
/// or a letter. What such a byte is must not depend on who reads it: bytes that the server's ranges
/// don't make a character of, or Java's, are refused, as is anything that isn't well-formed UTF-8
/// under utf8mb3 and utf8mb4.
public final class ClientText {
    private ClientText() {}

    /// @param characterSet the server's name of character_set_client, as `utf8mb4`
    /// @return empty when the bytes, or the character set, can't be read safely
    public static Optional<SqlText> decode(byte[] bytes, String characterSet) {
        return switch (characterSet.toLowerCase(Locale.ROOT)) {
            case "utf8mb4", "utf8mb3", "utf8" -> strict(bytes, StandardCharsets.UTF_8);
            case "ascii" -> strict(bytes, StandardCharsets.US_ASCII);
            // Bytes of 0x80 and more are only taken inside literals, and there stay one each.
            case "latin1", "binary" -> strict(bytes, StandardCharsets.ISO_8859_1);
            case "gbk" -> doubled(bytes, "GBK", Lead.GBK);
            case "big5" -> doubled(bytes, "Big5", Lead.BIG5);
            case "sjis", "cp932" -> doubled(bytes, "windows-31j", Lead.SJIS);
            default -> Optional.empty();
        };
    }

    /// The way back, for the character sets in which every byte below 0x80 is that character.
    ///
    /// @return empty when the character set has no place for it, or can't be written safely
    public static Optional<byte[]> encode(SqlText text, String characterSet) {
        Charset charset =
                switch (characterSet.toLowerCase(Locale.ROOT)) {
                    case "utf8mb4", "utf8mb3", "utf8" -> StandardCharsets.UTF_8;
                    case "ascii" -> StandardCharsets.US_ASCII;
                    case "latin1", "binary" -> StandardCharsets.ISO_8859_1;
                    default -> null;
                };
        if (charset == null) return Optional.empty();
        try {
            ByteBuffer bytes =
                    charset.newEncoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .encode(CharBuffer.wrap(text.text()));
            var all = new byte[bytes.remaining()];
            bytes.get(all);
            return Optional.of(all);
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /// Whether text in this character set may hold other letters than ASCII outside literals.
    public static boolean isUtf8(String characterSet) {
        return switch (characterSet.toLowerCase(Locale.ROOT)) {
            case "utf8mb4", "utf8mb3", "utf8" -> true;
            default -> false;
        };
    }

    private enum Lead {
        GBK,
        BIG5,
        SJIS;

        boolean isLead(int b) {
            return switch (this) {
                case GBK -> b >= 0x81 && b <= 0xfe;
                case BIG5 -> b >= 0xa1 && b <= 0xf9;
                case SJIS -> (b >= 0x81 && b <= 0x9f) || (b >= 0xe0 && b <= 0xfc);
            };
        }

        boolean isTrail(int b) {
            return switch (this) {
                case GBK -> (b >= 0x40 && b <= 0x7e) || (b >= 0x80 && b <= 0xfe);
                case BIG5 -> (b >= 0x40 && b <= 0x7e) || (b >= 0xa1 && b <= 0xfe);
                case SJIS -> (b >= 0x40 && b <= 0x7e) || (b >= 0x80 && b <= 0xfc);
            };
        }

        /// Single bytes beyond ASCII that are characters: half-width katakana.
        boolean isSingle(int b) {
            return this == SJIS && b >= 0xa1 && b <= 0xdf;
        }
    }

    private static Optional<SqlText> doubled(byte[] bytes, String charset, Lead lead) {
        CharsetDecoder decoder = decoder(Charset.forName(charset));
        var text = new StringBuilder(bytes.length);
        try {
            for (int i = 0; i < bytes.length; i++) {
                int b = bytes[i] & 0xff;
                if (b < 0x80) {
                    text.append((char) b);
                } else if (lead.isSingle(b)) {
                    text.append(decoder.decode(ByteBuffer.wrap(bytes, i, 1)));
                } else {
                    if (!lead.isLead(b)
                            || i + 1 >= bytes.length
                            || !lead.isTrail(bytes[i + 1] & 0xff)) return Optional.empty();
                    text.append(decoder.decode(ByteBuffer.wrap(bytes, i, 2)));
                    i++;
                }
            }
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
        return Optional.of(new SqlText(text.toString()));
    }

    private static Optional<SqlText> strict(byte[] bytes, Charset charset) {
        try {
            return Optional.of(
                    new SqlText(decoder(charset).decode(ByteBuffer.wrap(bytes)).toString()));
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    private static CharsetDecoder decoder(Charset charset) {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }
}
