package dev.sallyport.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// `did you mean ...?`
public final class Words {
    private Words() {}

    /// The one of `known` that `word` most likely stands for; empty when none is near.
    public static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > 64) return Optional.empty();
        var w = plain(word);
        return known.stream()
                .filter(k ->
                        distance(w, plain(k))
                                <= Math.max(1, Math.min(k.length(), word.length()) / 3))
                .min(
                        Comparator.comparingInt((String k) -> distance(w, plain(k)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /// Levenshtein's.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
