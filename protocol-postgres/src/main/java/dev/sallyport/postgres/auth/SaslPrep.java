package dev.sallyport.postgres.auth;

import java.text.Normalizer;

/// Prepares a password as SCRAM wants it (RFC 4013). What the profile prohibits is used as it is,
/// as PostgreSQL does.
final class SaslPrep {
    private SaslPrep() {}

    static String prepare(String password) {
        if (password.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) return password;
        StringBuilder mapped = new StringBuilder(password.length());
        password.codePoints()
                .map(c -> isOtherSpace(c) ? ' ' : c)
                .filter(c -> !isMappedToNothing(c))
                .forEach(mapped::appendCodePoint);
        String normalized = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        boolean sound =
                !normalized.isEmpty()
                        && normalized.codePoints().noneMatch(SaslPrep::isProhibited)
                        && directionsAreSound(normalized);
        return sound ? normalized : password;
    }

    /// RFC 3454, table B.1, without U+200B.
    private static boolean isMappedToNothing(int c) {
        return c == 0x00AD
                || c == 0x034F
                || c == 0x1806
                || (c >= 0x180B && c <= 0x180D)
                || (c >= 0x200C && c <= 0x200D)
                || c == 0x2060
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0xFEFF;
    }

    /// Table C.1.2. U+200B stands here and in B.1; PostgreSQL makes it a space.
    private static boolean isOtherSpace(int c) {
        return c == 0x00A0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200B)
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /// Tables C.1.2 and C.2.1 to C.9.
    private static boolean isProhibited(int c) {
        return isOtherSpace(c)
                || c < 0x20
                || (c >= 0x7F && c <= 0x9F)
                || c == 0x06DD
                || c == 0x070F
                || c == 0x180E
                || (c >= 0x2028 && c <= 0x2029)
                || (c >= 0x2061 && c <= 0x2063)
                || (c >= 0x206A && c <= 0x206F)
                || (c >= 0xFFF9 && c <= 0xFFFF)
                || (c >= 0x1D173 && c <= 0x1D17A)
                || (c >= 0xE000 && c <= 0xF8FF)
                || c >= 0xF0000
                || (c >= 0xFDD0 && c <= 0xFDEF)
                || (c & 0xFFFE) == 0xFFFE
                || (c >= 0xD800 && c <= 0xDFFF)
                || (c >= 0x2FF0 && c <= 0x2FFB)
                || c == 0x0340
                || c == 0x0341
                || c == 0x200E
                || c == 0x200F
                || (c >= 0x202A && c <= 0x202E)
                || c == 0xE0001
                || (c >= 0xE0020 && c <= 0xE007F);
    }

    /// RFC 3454, section 6: text from right to left begins and ends with such a character and holds
    /// none from left to right.
    private static boolean directionsAreSound(String text) {
        int[] characters = text.codePoints().toArray();
        boolean anyRightToLeft = false;
        boolean anyLeftToRight = false;
        for (int c : characters) {
            anyRightToLeft |= isRightToLeft(c);
            anyLeftToRight |=
                    Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
        }
        if (!anyRightToLeft) return true;
        return !anyLeftToRight
                && isRightToLeft(characters[0])
                && isRightToLeft(characters[characters.length - 1]);
    }

    private static boolean isRightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
