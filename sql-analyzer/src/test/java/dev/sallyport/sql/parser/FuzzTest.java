package dev.sallyport.sql.parser;

import dev.sallyport.sql.lexer.LexMode;
import java.nio.charset.StandardCharsets;

/// Any bytes as SQL, in any mode: see {@link Properties}. In a normal build the inputs kept under
/// `FuzzTestInputs/` are run; `mvn -Pfuzz -pl sql-analyzer -am test` looks for new ones.
class FuzzTest {

    /// The first byte is the mode, the rest the text.
    @com.code_intelligence.jazzer.junit.FuzzTest(maxDuration = "10m")
    void anyTextIsAnsweredAsItMust(byte[] data) {
        if (data.length == 0) return;
        int bits = data[0];
        String sql = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        Properties.check(
                sql,
                new LexMode((bits & 1) == 0, 100_000, 15 + ((bits >> 1) & 3), (bits & 8) == 0));
    }
}
