package dev.sallyport.mysql.packet;

import java.util.Optional;

/// The character sets of the collations that a client may begin with (MySQL manual, Supported
/// Character Sets and Collations; MariaDB's the same in this range).
public final class Collations {
    public static final int UTF8MB4_GENERAL = 45;

    private Collations() {}

    /// MySQL's newer ones of utf8mb4, which COM_CHANGE_USER can name and the first packet can't.
    private static final int MAX_ONE_BYTE = 255;

    private static final int MAX_UTF8MB4 = 323;

    /// One of the same character set that the first packet can name.
    ///
    /// @param id as COM_CHANGE_USER holds it
    public static int inFirstPacket(int id) {
        return id > MAX_ONE_BYTE && id <= MAX_UTF8MB4 ? UTF8MB4_GENERAL : id;
    }

    /// @param id as the first packet holds it
    /// @return the server's name of the character set, as `utf8mb4`; empty for one that the gateway
    ///   doesn't read, or doesn't know
    public static Optional<String> characterSet(int id) {
        return Optional.ofNullable(
                switch (id) {
                    case 33, 76, 83, 223 -> "utf8mb3";
                    case 45, 46, 255 -> "utf8mb4";
                    case 5, 8, 15, 31, 47, 48, 49, 94 -> "latin1";
                    case 11, 65 -> "ascii";
                    case 63 -> "binary";
                    case 28, 87 -> "gbk";
                    case 1, 84 -> "big5";
                    case 13, 88 -> "sjis";
                    case 95, 96 -> "cp932";
                    default ->
                            id >= 192 && id <= 215
                                    ? "utf8mb3"
                                    : id >= 224 && id <= 247 ? "utf8mb4" : null;
                });
    }
}
