package dev.sallyport.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.sql.SavedCatalog;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogFileTest {
    private static final String TEXT = SavedCatalog.text("fixture-catalog.json.gz");

    private static Map<CatalogQueries, List<List<@Nullable String>>> rows(String text)
            throws IOException {
        return CatalogFile.rows(new StringReader(text));
    }

    private static String written(Map<CatalogQueries, List<List<@Nullable String>>> rows)
            throws IOException {
        var out = new StringWriter();
        CatalogFile.write(rows, out);
        return out.toString();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        assertThat(written(rows(TEXT))).isEqualTo(TEXT);
        Catalog catalog = CatalogFile.read(new StringReader(TEXT), 7);
        assertThat(catalog.epoch()).isEqualTo(7);
        assertThat(Objects.requireNonNull(catalog.relation("app", "keys")).view()).isNotNull();
    }

    @Test
    void theOrderOfTheServersRowsDoesNotMatter() throws IOException {
        var random = new Random(20261123L);
        Map<CatalogQueries, List<List<@Nullable String>>> shuffled =
                new EnumMap<>(CatalogQueries.class);
        for (var own : rows(TEXT).entrySet()) {
            List<List<@Nullable String>> copy = new ArrayList<>(own.getValue());
            if (own.getKey() != CatalogQueries.COLUMNS) Collections.shuffle(copy, random);
            shuffled.put(own.getKey(), copy);
        }
        assertThat(written(shuffled)).isEqualTo(TEXT);
    }

    @Test
    void columnsKeepTheOrderOfTheirRelation() throws IOException {
        Map<CatalogQueries, List<List<@Nullable String>>> rows = new EnumMap<>(rows(TEXT));
        List<List<@Nullable String>> columns =
                new ArrayList<>(Objects.requireNonNull(rows.get(CatalogQueries.COLUMNS)));
        Collections.reverse(columns);
        rows.put(CatalogQueries.COLUMNS, columns);
        Catalog catalog = CatalogFile.read(new StringReader(written(rows)), 1);
        assertThat(Objects.requireNonNull(catalog.relation("public", "patients")).columns())
                .extracting(Catalog.Column::name)
                .containsExactly("insurer_id", "birth_date", "ssn", "name", "id");
    }

    @Test
    void aRowIsALineAndANewObjectANewLine() throws IOException {
        Map<CatalogQueries, List<List<@Nullable String>>> rows = new EnumMap<>(rows(TEXT));
        List<List<@Nullable String>> schemas =
                new ArrayList<>(Objects.requireNonNull(rows.get(CatalogQueries.SCHEMAS)));
        schemas.addFirst(List.of("999999", "odd \"name\"\n\té\u0001", "odd"));
        rows.put(CatalogQueries.SCHEMAS, schemas);
        String more = written(rows);
        List<String> added = new ArrayList<>(more.lines().toList());
        TEXT.lines().forEach(added::remove);
        // The comma of the line before it, and its own line.
        assertThat(added).hasSize(2).last().asString().contains("odd \\\"name\\\"\\n\\té\\u0001");
        assertThat(CatalogFile.rows(new StringReader(more))).isEqualTo(sorted(more));
    }

    private static Map<CatalogQueries, List<List<@Nullable String>>> sorted(String text)
            throws IOException {
        return rows(written(rows(text)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "version": 3 | "version": 1 | version 1
                    "version": 3 | "version": "2" | version
                    "format": "sallyport-catalog" | "format": "x" | not a saved catalog
                    "SERVER" | "SERVERS" | not known
                    "TYPES" | "SCHEMAS" | twice
                    "rows": { | "rows": [ | missing
                    "version": 3, | `` | version
                    }} | } | '}' is missing
                    }} | }}{ | something follows
                    """)
    void otherFilesAreRefused(String from, String to, String reason) throws IOException {
        String text = TEXT.replace(from, to == null ? "" : to);
        assertThat(text).isNotEqualTo(TEXT);
        assertThatThrownBy(() -> CatalogFile.read(new StringReader(text), 1))
                .isInstanceOf(InvalidCatalogFileException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void everyShorterFileIsRefused() throws IOException {
        String whole = TEXT;
        var random = new Random(20261123L);
        for (int i = 0; i < 200; i++) {
            String text = whole.substring(0, random.nextInt(whole.length() - 2));
            assertThatThrownBy(() -> CatalogFile.read(new StringReader(text), 1))
                    .isInstanceOf(InvalidCatalogFileException.class);
        }
    }

    @Test
    void aFileOfAReleaseThatAskedLessIsRefused() throws IOException {
        String less = TEXT.replaceFirst("(?s)\"SET_OFF\": \\[.*?\\n\\],?", "");
        assertThatThrownBy(() -> CatalogFile.read(new StringReader(less), 1))
                .isInstanceOf(InvalidCatalogFileException.class)
                .hasMessageContaining("rows of SET_OFF are missing");
    }

    @Test
    void rowsThatContradictEachOtherAreRefused() throws IOException {
        String whole = TEXT;
        for (String text :
                List.of(
                        whole.replaceFirst("\"\\d+\",\"patients\"", "\"x\",\"patients\""),
                        whole.replaceFirst("\"insurer_id\",\"\\d+\"", "\"insurer_id\",\"x\""),
                        whole.replaceFirst("(?s)\"SERVER\": \\[.*?\\]\n\\]", "\"SERVER\": [\n]")))
            assertThatThrownBy(() -> CatalogFile.read(new StringReader(text), 1))
                    .isInstanceOf(InvalidCatalogFileException.class);
    }
}
