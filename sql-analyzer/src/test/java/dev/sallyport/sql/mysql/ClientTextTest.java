package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.ClientText;
import dev.sallyport.sql.mysql.lexer.Dialect;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bytes that hide a backslash or quote in a character.
class ClientTextTest {
    private static byte[] text(String before, int[] bytes, String after) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.US_ASCII));
        for (int b : bytes) all.write(b);
        all.writeBytes(after.getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }

    private static String tables(byte[] bytes, String characterSet) {
        Optional<SqlText> text = ClientText.decode(bytes, characterSet);
        if (text.isEmpty()) return "undecodable";
        Dialect dialect = Dialect.MYSQL.withUtf8(ClientText.isUtf8(characterSet));
        return Written.answer(text.get().text(), dialect);
    }

    /// A lead byte before the backslash swallows it: the quote then ends the string.
    @ParameterizedTest
    @CsvSource({"gbk, bf", "big5, a1", "sjis, 83", "cp932, 95"})
    void aTrailByteIsNoBackslash(String characterSet, String lead) {
        byte[] bytes =
                text("SELECT '", new int[] {Integer.parseInt(lead, 16), 0x5c}, "' FROM patients");
        assertThat(tables(bytes, characterSet)).isEqualTo("patients");
        assertThat(tables(bytes, "latin1")).isEqualTo("refused");
        assertThat(tables(bytes, "utf8mb4")).isEqualTo("undecodable");
    }

    /// 0x27 is no trail byte: what the lead byte is then, two readers may see differently.
    @ParameterizedTest
    @CsvSource({"gbk, bf", "big5, a1", "sjis, 83"})
    void aLeadByteBeforeAQuoteIsRefused(String characterSet, String lead) {
        byte[] bytes =
                text("SELECT '", new int[] {Integer.parseInt(lead, 16), 0x27}, " FROM patients");
        assertThat(tables(bytes, characterSet)).isEqualTo("undecodable");
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        assertThat(tables(text("SELECT '", new int[] {0xc0, 0xa7}, "'"), "utf8mb4"))
                .isEqualTo("undecodable");
        assertThat(tables(text("SELECT '", new int[] {0xc3, 0x27}, ""), "utf8mb3"))
                .isEqualTo("undecodable");
        assertThat(tables(text("SELECT '", new int[] {0xc3, 0xa9}, "' FROM a"), "utf8mb4"))
                .isEqualTo("a");
    }

    @Test
    void charactersBeyondAsciiStandInLiteralsOnlyElsewhere() {
        assertThat(tables(text("SELECT '", new int[] {0xe9}, "' FROM a"), "latin1")).isEqualTo("a");
        assertThat(tables(text("SELECT 1 FROM a", new int[] {0xa0}, "b"), "latin1"))
                .isEqualTo("refused");
    }

    @Test
    void unknownCharacterSetsAreRefused() {
        for (String name : new String[] {"ucs2", "utf16", "utf32", "gb18030", "swe7", "nonsense"})
            assertThat(ClientText.decode(new byte[] {'x'}, name)).as(name).isEmpty();
    }
}
