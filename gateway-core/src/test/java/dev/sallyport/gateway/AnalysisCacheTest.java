package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the cache answers is what the analyzer would say, whatever came before.
class AnalysisCacheTest {
    private static final Pattern LITERAL = Pattern.compile("'[^']*'|\\b[0-9]+\\b");
    private static final long SEED = 42;

    private final AnalysisCache cache = new AnalysisCache(16 << 20);
    private final TextContext context = context(1);

    @Test
    void statementsThatDifferInALiteralOnlyShareTheirFacts() {
        var all =
                IntStream.range(1, 6)
                        .mapToObj(i -> facts("SELECT name FROM patients WHERE id = " + i))
                        .toList();
        assertThat(all.subList(2, 5)).as("kept the second time").allMatch(f -> f == all.get(1));
    }

    @Test
    void whatFollowsALiteralOfAnotherLengthStandsElsewhere() {
        var near = again("SELECT 1, ssn FROM patients");
        var far = again("SELECT 1000, ssn FROM patients");
        assertThat(far).isNotSameAs(near);
        assertThat(far.footprint).isEqualTo(near.footprint);
    }

    @Test
    void anotherCatalogIsAnotherShape() {
        var before = again("SELECT name FROM patients WHERE id = 1");
        var other = cache.intern(context(2));
        var after =
                ((CheckedText.Understood)
                                cache.check(
                                        new SqlText("SELECT name FROM patients WHERE id = 1"),
                                        other))
                        .statements()
                        .getFirst();
        assertThat(after).isNotSameAs(before);
    }

    /// Each text takes the literals of the others, so that a shape that left something out would be
    /// found for a statement that it isn't of.
    @ParameterizedTest
    @ValueSource(strings = {"footprints.txt", "evasions.txt"})
    void theAnswerIsTheAnalyzersOwn(String corpus) throws IOException {
        var random = new Random(SEED);
        var texts = texts(corpus);
        var literals =
                texts.stream()
                        .flatMap(text -> LITERAL.matcher(text).results().map(r -> r.group()))
                        .distinct()
                        .toList();
        assertThat(texts).hasSizeGreaterThan(50);
        int shared = 0;
        for (int round = 0; round < 6; round++)
            for (var text : texts) {
                var varied =
                        LITERAL.matcher(text)
                                .replaceAll(old ->
                                        java.util.regex.Matcher.quoteReplacement(
                                                varied(old.group(), literals, random)));
                var sql = new SqlText(varied);
                var fresh = context.analyze(sql);
                switch (cache.check(sql, context)) {
                    case CheckedText.NotUnderstood(var why) -> assertThat(fresh).isEqualTo(why);
                    case CheckedText.Understood(var found, _) -> {
                        var expected = ((Analysis.Understood) fresh).statements();
                        assertThat(found).hasSameSizeAs(expected);
                        for (int i = 0; i < found.size(); i++) {
                            assertThat(found.get(i).redacted).isEqualTo(expected.get(i).redacted());
                            assertThat(found.get(i).footprint)
                                    .as(varied)
                                    .isEqualTo(expected.get(i).footprint());
                            assertThat(found.get(i).references())
                                    .as(varied)
                                    .isEqualTo(expected.get(i).references());
                            if (found.get(i).footprint != expected.get(i).footprint()) shared++;
                        }
                    }
                }
            }
        assertThat(shared).isPositive();
    }

    /// Half of the time another one of the same kind, so that many statements are still understood.
    private static String varied(String literal, List<String> all, Random random) {
        if (random.nextBoolean()) return literal;
        boolean text = literal.startsWith("'");
        var same = all.stream().filter(l -> l.startsWith("'") == text).toList();
        return same.get(random.nextInt(same.size()));
    }

    private static List<String> texts(String corpus) throws IOException {
        try (var in =
                Objects.requireNonNull(
                        AnalysisCacheTest.class.getResourceAsStream(
                                "/dev/sallyport/sql/" + corpus))) {
            var texts = new ArrayList<String>();
            for (var one : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n=== ")) {
                int title = one.indexOf('\n');
                int end = one.indexOf("\n---");
                if (title >= 0 && end > title) texts.add(one.substring(title + 1, end));
            }
            return texts;
        }
    }

    private TextContext context(long epoch) {
        return cache.intern(
                new TextContext.Postgres(
                        new AnalysisContext(
                                SavedRows.catalog(epoch),
                                List.of("pg_catalog", "public"),
                                "app",
                                true,
                                "UTF8")));
    }

    private StatementFacts facts(String text) {
        return ((CheckedText.Understood) cache.check(new SqlText(text), context))
                .statements()
                .getFirst();
    }

    private StatementFacts again(String text) {
        var _ = facts(text);
        return facts(text);
    }
}
