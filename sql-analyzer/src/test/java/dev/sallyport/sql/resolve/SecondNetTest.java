package dev.sallyport.sql.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SavedCatalog;
import dev.sallyport.sql.Span;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.lexer.LexMode;
import dev.sallyport.sql.parser.ParseResult;
import dev.sallyport.sql.parser.PostgresParser;
import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecondNetTest {
    private static Optional<Span> unaccounted(String sql, BitSet accounted) {
        if (!(PostgresParser.parse(new SqlText(sql), LexMode.STANDARD)
                instanceof ParseResult.Parsed parsed)) throw new AssertionError(sql);
        return SecondNet.unaccounted(parsed.tokens(), SavedCatalog.fixture(), accounted);
    }

    private static BitSet at(int... offsets) {
        BitSet set = new BitSet();
        for (int offset : offsets) set.set(offset);
        return set;
    }

    @Test
    void aTablesNameThatNobodyAccountedForIsFound() {
        String sql = "SELECT id FROM patients";
        assertThat(unaccounted(sql, at(7))).contains(new Span(15, 23));
        assertThat(unaccounted(sql, at(7, 15))).isEmpty();
    }

    @Test
    void itIsFoundWhateverItsQuotes() {
        assertThat(unaccounted("SELECT 1 FROM U&\"p\\0061tients\"", at())).isPresent();
        assertThat(unaccounted("SELECT 1 FROM \"patients\"", at())).isPresent();
        assertThat(unaccounted("SELECT 1 FROM PATIENTS", at())).isPresent();
    }

    @Test
    void literalsCommentsAndOtherNamesAreNothing() {
        assertThat(unaccounted("SELECT 'patients' AS x /* patients */ -- patients", at()))
                .isEmpty();
        assertThat(unaccounted("SELECT a FROM nosuch", at())).isEmpty();
    }

    @Test
    void theServersOwnRelationsAreNotWatched() {
        assertThat(unaccounted("SELECT 1 FROM pg_class", at())).isEmpty();
    }
}
