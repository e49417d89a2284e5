package dev.sallyport.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.lexer.TokenKind;
import dev.sallyport.sql.lexer.Tokens;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// These texts run inside clients' sessions: nothing in them may mean something else there.
class CatalogQueriesTest {
    /// Words behind which a relation's name stands.
    private static final Set<String> RELATION_FOLLOWS = Set.of("from", "join");

    /// Constructs that look up an operator or function by a bare name.
    private static final Set<String> LOOK_UP_BY_NAME =
            Set.of("in", "between", "like", "ilike", "similar", "nullif", "using", "natural");

    static Stream<String> texts() {
        return Stream.concat(
                CatalogQueries.all().stream(),
                Stream.of(SessionContextQuery.SQL, ExistsQuery.sql(ExistsQueryTest.OF_EACH_KIND)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void everyOperatorIsQualified(String sql) {
        Tokens tokens = tokens(sql);
        List<String> bare = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++)
            if (tokens.kind(i) == TokenKind.OPERATOR
                    && !(i >= 4
                            && tokens.kind(i - 1) == TokenKind.DOT
                            && tokens.name(i - 2).equals("pg_catalog")
                            && tokens.kind(i - 3) == TokenKind.LEFT_PAREN
                            && tokens.name(i - 4).equals("operator")))
                bare.add(sql.substring(tokens.start(i)));
        assertThat(bare).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void everyRelationFunctionAndTypeIsQualified(String sql) {
        Tokens tokens = tokens(sql);
        List<String> bare = new ArrayList<>();
        for (int i = 1; i < tokens.size(); i++) {
            boolean named = tokens.kind(i) == TokenKind.WORD;
            boolean qualified = named && tokens.name(i).equals("pg_catalog");
            boolean relation =
                    tokens.kind(i - 1) == TokenKind.WORD
                            && RELATION_FOLLOWS.contains(tokens.name(i - 1));
            boolean type = tokens.kind(i - 1) == TokenKind.TYPECAST;
            boolean function =
                    named
                            && tokens.kind(i + 1) == TokenKind.LEFT_PAREN
                            && tokens.kind(i - 1) != TokenKind.DOT
                            // a list of column aliases
                            && !(tokens.kind(i - 1) == TokenKind.WORD
                                    && tokens.name(i - 1).equals("as"))
                            && !Set.of("operator", "any", "and", "or", "not", "exists", "from")
                                    .contains(tokens.name(i));
            boolean nested =
                    relation
                            && (tokens.kind(i) == TokenKind.LEFT_PAREN
                                    || tokens.name(i).equals("lateral"));
            if ((relation || type || function) && !qualified && !nested)
                bare.add(sql.substring(tokens.start(i)));
        }
        assertThat(bare).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void nothingLooksAnOperatorUpByItsName(String sql) {
        Tokens tokens = tokens(sql);
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.kind(i) != TokenKind.WORD) continue;
            assertThat(LOOK_UP_BY_NAME).doesNotContain(tokens.name(i));
            // IS [NOT] DISTINCT FROM, and CASE x WHEN.
            assertThat(tokens.name(i)).isNotEqualTo("distinct");
            if (tokens.name(i).equals("case")) assertThat(tokens.name(i + 1)).isEqualTo("when");
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void theirMeaningDependsOnNoLiteralMode(String sql) {
        assertThat(sql).doesNotContain("\\").doesNotContain("\"").doesNotContain("$");
    }

    private static Tokens tokens(String sql) {
        return switch (PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)) {
            case ParseResult.Parsed parsed -> parsed.tokens();
            case ParseResult.Refused refused -> throw new AssertionError(refused.reason());
        };
    }
}
