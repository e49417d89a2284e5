package dev.sallyport.sql.mysql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.mysql.lexer.MySqlTokenKind;
import dev.sallyport.sql.mysql.lexer.MySqlTokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Catches what parser and resolver might overlook together: an identifier of the text that is the
/// name of a user's table, and that the analysis accounted for as nothing. Shares only the lexer
/// with them. Case never counts here.
///
/// A bare keyword is a keyword as often as a name, so a table named like one is guarded only where
/// it is quoted or stands beside a dot.
final class SecondNet {
    private static final Set<String> KEYWORDS = keywords();

    private SecondNet() {}

    static Optional<Span> unaccounted(MySqlTokens tokens, Catalog catalog, BitSet accounted) {
        for (int i = 0; i < tokens.size(); i++) {
            MySqlTokenKind kind = tokens.kind(i);
            if (kind != MySqlTokenKind.WORD
                    && kind != MySqlTokenKind.NAME
                    && kind != MySqlTokenKind.QUOTED_IDENTIFIER) continue;
            if (accounted.get(tokens.start(i))) continue;
            String name = tokens.name(i).toLowerCase(Locale.ROOT);
            if (kind == MySqlTokenKind.WORD && KEYWORDS.contains(name)) continue;
            if (catalog.isUserRelationName(name)) return Optional.of(tokens.span(i));
        }
        return Optional.empty();
    }

    private static Set<String> keywords() {
        try (InputStream in =
                Objects.requireNonNull(SecondNet.class.getResourceAsStream("keywords.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
