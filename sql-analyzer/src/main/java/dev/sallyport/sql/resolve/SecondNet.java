package dev.sallyport.sql.resolve;

import dev.sallyport.sql.Span;
import dev.sallyport.sql.catalog.Catalog;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import java.util.BitSet;
import java.util.Optional;

/// Catches what parser and resolver might overlook together: an identifier of the text that is the
/// name of a user's relation, and that the analysis accounted for as nothing. Shares only the lexer
/// with them.
///
/// A bare keyword (`name`, `type`, ...) is a keyword as often as a name, so a relation named like
/// one is guarded only where it is quoted.
public final class SecondNet {
    private SecondNet() {}

    /// The first identifier unaccounted for.
    ///
    /// @param accounted the offsets that {@link StatementResolver} reported
    public static Optional<Span> unaccounted(Tokens tokens, Catalog catalog, BitSet accounted) {
        for (int i = 0; i < tokens.size(); i++) {
            TokenKind kind = tokens.kind(i);
            if (kind != TokenKind.WORD && kind != TokenKind.QUOTED_IDENTIFIER) continue;
            if (accounted.get(tokens.start(i))) continue;
            String name = tokens.name(i);
            if (kind == TokenKind.WORD && Keywords.contains(name)) continue;
            if (catalog.isUserRelationName(name)) return Optional.of(tokens.span(i));
        }
        return Optional.empty();
    }
}
