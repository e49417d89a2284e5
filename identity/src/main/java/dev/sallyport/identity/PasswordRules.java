package dev.sallyport.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which passwords may be set (NIST SP 800-63B-4, section 3.1.1.2): long enough, not made of what
/// everybody tries first, and nothing else is asked: no digit, no capital, no expiry.
public final class PasswordRules {
    /// Beside a second factor.
    public static final int MIN_CHARS = 8;

    /// Where the password is the only factor.
    public static final int MIN_CHARS_ALONE = 15;

    /// Longer than any passphrase; bounds the work of a check.
    public static final int MAX_CHARS = 256;

    /// So many characters, at least, belong neither to a common password, nor to a name, nor to a
    /// run of keys.
    private static final int OWN_CHARS = 4;

    private static final int SHORTEST_WORD = 3;
    private static final String RUNS =
            "abcdefghijklmnopqrstuvwxyz\n01234567890\nqwertyuiop\nasdfghjkl\nzxcvbnm\n"
                    + "qwertzuiop\nyxcvbnm\nazertyuiop\n1qaz2wsx3edc4rfv5tgb6yhn";
    private static final Set<String> COMMON = common();

    private PasswordRules() {}

    /// Why this password can't be taken, for people; empty when it can.
    ///
    /// @param secondFactor the account has one
    /// @param names login names, display name, gateway: what a guesser would try for this person
    public static Optional<String> problem(
            char[] password, boolean secondFactor, Collection<String> names) {
        int min = secondFactor ? MIN_CHARS : MIN_CHARS_ALONE;
        if (password.length < min)
            return Optional.of(
                    "the password needs "
                            + min
                            + " characters or more"
                            + (secondFactor ? "" : ", being all that protects the account")
                            + "; several words are easy to remember");
        if (password.length > MAX_CHARS)
            return Optional.of("the password may have " + MAX_CHARS + " characters at most");
        if (!ScramPasswords.isPortable(password))
            return Optional.of(
                    "the password may hold printable ASCII characters only: clients prepare others"
                            + " differently");
        var words = new HashSet<>(COMMON);
        for (var name : names)
            for (var part : plain(name).split("[^a-z0-9]+"))
                if (part.length() >= SHORTEST_WORD) words.add(part);
        var text = String.valueOf(password).toLowerCase(Locale.ROOT);
        return ownChars(text, words) < OWN_CHARS
                ? Optional.of(
                        "the password is one that others guess: it is made of common passwords,"
                                + " names or runs of keys")
                : Optional.empty();
    }

    /// As few as possible: how many letters are left when words, runs, repetitions, digits and
    /// signs are taken out.
    private static int ownChars(String text, Set<String> words) {
        var least = new int[text.length() + 1];
        for (int end = 1; end <= text.length(); end++) {
            least[end] = least[end - 1] + (Character.isLetter(text.charAt(end - 1)) ? 1 : 0);
            for (int start = end - SHORTEST_WORD; start >= 0; start--)
                if (least[start] < least[end] && isCommon(text.substring(start, end), words))
                    least[end] = least[start];
        }
        return least[text.length()];
    }

    private static boolean isCommon(String part, Set<String> words) {
        return words.contains(plain(part))
                || RUNS.contains(part)
                || RUNS.contains(new StringBuilder(part).reverse())
                || part.chars().allMatch(c -> c == part.charAt(0));
    }

    /// Without the usual disguises.
    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT)
                .replace('@', 'a')
                .replace('4', 'a')
                .replace('3', 'e')
                .replace('1', 'i')
                .replace('!', 'i')
                .replace('0', 'o')
                .replace('$', 's')
                .replace('5', 's')
                .replace('7', 't');
    }

    private static Set<String> common() {
        try (var in = PasswordRules.class.getResourceAsStream("common-passwords.txt")) {
            if (in == null) throw new IllegalStateException("common-passwords.txt is missing");
            var words = new HashSet<String>();
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
                if (!line.startsWith("#"))
                    for (var word : line.strip().split(" +")) words.add(plain(word));
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
