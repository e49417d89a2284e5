package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.sql.catalog.CatalogFile;
import dev.sallyport.sql.catalog.InvalidCatalogFileException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class SavedMySqlCatalogTest {
    @Test
    void saysTheSameAsTheCatalogThatWasSaved() throws IOException {
        var text = new StringWriter();
        CatalogFile.writeMySql(ClinicCatalog.rows("11.4.5-MariaDB", 0), text);
        var saved = CatalogFile.read(new StringReader(text.toString()), 2);
        var again = new StringWriter();
        CatalogFile.writeMySql(ClinicCatalog.rows("11.4.5-MariaDB", 0), again);
        assertThat(again.toString()).isEqualTo(text.toString());
        var context = new MySqlContext(saved, "clinic", MySqlAnalyzerTest.MARIADB);
        var live =
                new MySqlContext(MySqlAnalyzerTest.ON_MARIADB, "clinic", MySqlAnalyzerTest.MARIADB);
        for (var sql :
                new String[] {
                    "SELECT * FROM patients",
                    "SELECT * FROM visits",
                    "SELECT n FROM shouted",
                    "DELETE FROM patients WHERE id = 1",
                    "INSERT INTO visits VALUES (1, 2, 'x')"
                })
            assertThat(MySqlAnalyzerTest.answer(sql, context))
                    .isEqualTo(MySqlAnalyzerTest.answer(sql, live));
        assertThatThrownBy(() -> CatalogFile.rows(new StringReader(text.toString())))
                .isInstanceOf(InvalidCatalogFileException.class)
                .hasMessageContaining("of MySQL");
        assertThatThrownBy(() ->
                        CatalogFile.read(
                                new StringReader(
                                        text.toString().replace("\"TRIGGERS\"", "\"TRIGGER\"")),
                                1))
                .isInstanceOf(InvalidCatalogFileException.class);
    }
}
