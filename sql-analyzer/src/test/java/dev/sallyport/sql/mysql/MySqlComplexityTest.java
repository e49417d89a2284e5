package dev.sallyport.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.mysql.lexer.Dialect;
import dev.sallyport.sql.mysql.parser.MySqlParseResult;
import dev.sallyport.sql.mysql.parser.MySqlParser;
import dev.sallyport.sql.parser.ParseResult;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// As for PostgreSQL: doubling a text costs at most 2.2 times the time, and what is nested too
/// deeply for the smallest stack is refused as such.
class MySqlComplexityTest {
    private static final double BAR = 2.2;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final Map<IntFunction<String>, Integer> GROWING =
            Map.ofEntries(
                    Map.entry(
                            n -> "SELECT id FROM p WHERE id = 1" + " OR id = 2".repeat(n), 20_000),
                    Map.entry(
                            n -> "SELECT id FROM p WHERE id IN (1" + ", 2".repeat(n) + ")",
                            100_000),
                    Map.entry(n -> "SELECT '" + "x".repeat(n) + "'", 2 << 20),
                    Map.entry(n -> "SELECT '" + "\\n''".repeat(n) + "'", 1 << 17),
                    Map.entry(n -> "SELECT 1 " + "/* /* */".repeat(n), 1 << 17),
                    Map.entry(
                            n -> "SELECT 1 " + "/*! +1 */".repeat(n / 2_000) + "# x\n".repeat(n),
                            1 << 17),
                    Map.entry(n -> "SELECT 1;".repeat(n), 50_000),
                    Map.entry(n -> "VALUES ROW(1)" + ", ROW(1)".repeat(n), 50_000),
                    Map.entry(n -> "SELECT 'a'" + "\n'b'".repeat(n), 100_000),
                    Map.entry(n -> "SELECT " + "9".repeat(n), 1 << 20),
                    Map.entry(n -> "INSERT INTO t VALUES (1)" + ", (1)".repeat(n), 50_000));

    @Test
    void takesTimeInProportionToTheLength() {
        var slow = new ArrayList<String>();
        GROWING.forEach((text, size) -> {
            double ratio = Double.MAX_VALUE;
            for (int round = 0; round < 6 && ratio > BAR; round++)
                ratio = Math.min(ratio, ratio(text.apply(size), text.apply(2 * size)));
            if (ratio > BAR) slow.add("%.2f times for twice %s".formatted(ratio, text.apply(4)));
        });
        assertThat(slow).isEmpty();
    }

    private static double ratio(String once, String twice) {
        long small = Long.MAX_VALUE;
        long large = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            small = Math.min(small, cpu(once));
            large = Math.min(large, cpu(twice));
        }
        return (double) large / small;
    }

    /// The thread's own time: what others do on the machine does not count.
    private static long cpu(String sql) {
        long start = THREADS.getCurrentThreadCpuTime();
        assertThat(parse(sql)).isInstanceOf(MySqlParseResult.Parsed.class);
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    private static MySqlParseResult parse(String sql) {
        return MySqlParser.parse(new SqlText(sql), Dialect.MYSQL);
    }

    /// What stands in braces is repeated.
    private static final List<String> NESTING =
            List.of(
                    "SELECT {(}1{)}",
                    "SELECT {CASE WHEN true THEN }1{ END}",
                    "{SELECT (}SELECT 1{)}",
                    "SELECT 1 FROM {(SELECT 1 FROM }patients{) AS x}",
                    "{WITH x AS (}SELECT 1{) SELECT 1}",
                    "SELECT {abs(}1{)}",
                    "SELECT {NOT }true{}",
                    "SELECT {- }1{}",
                    "SELECT {BINARY }1{}",
                    "SELECT {@a := }1{}",
                    "SELECT 1{ + 1}",
                    "SELECT 1{ IS NULL}",
                    "SELECT 1{ LIKE 1}",
                    "SELECT {EXISTS (SELECT 1 WHERE }true{)}",
                    "SELECT 1{ UNION SELECT 1}",
                    "{(}SELECT 1{)}",
                    "SELECT 1 FROM {(}patients{ CROSS JOIN visits)}",
                    "SELECT 1 FROM patients{ CROSS JOIN visits}",
                    "SELECT 1 FROM patients{ JOIN visits}{ ON 1}",
                    "SELECT 1 FROM {(}patients{)}",
                    "SELECT 1{ IN (SELECT 1 WHERE 1}{)}",
                    "SELECT 1 + {INTERVAL }1{ DAY + 1}",
                    "CREATE PROCEDURE p() {BEGIN }DO 1{; END}",
                    "CREATE PROCEDURE p() {IF 1 THEN }DO 1{; END IF}",
                    "CREATE TABLE t (a INT) PARTITION BY LIST (a) (PARTITION p VALUES IN {(}1{)})",
                    "SELECT * FROM JSON_TABLE('', '$' COLUMNS {(NESTED PATH '$' COLUMNS }(a INT"
                            + " PATH '$'){)}) t");

    @Test
    void isRefusedForItsDepthBeforeTheSmallestStackOverflows() throws Exception {
        var wrong = new ArrayList<String>();
        for (String template : NESTING)
            for (int n : new int[] {20, 120, 200, 330, 990, 2_000, 20_000}) {
                String answer = onSmallStack(nested(template, n));
                if (!answer.equals("parsed") && (n == 20 || !answer.equals("TOO_COMPLEX")))
                    wrong.add(n + " of " + template + ": " + answer);
            }
        assertThat(wrong).isEmpty();
    }

    private static String onSmallStack(String sql) throws InterruptedException {
        var answer = new String[] {"nothing"};
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                answer[0] =
                                        switch (parse(sql)) {
                                            case MySqlParseResult.Parsed _ -> "parsed";
                                            case MySqlParseResult.Refused(
                                                            ParseResult.Refused why) ->
                                                    why.code() == ParseResult.Code.TOO_COMPLEX
                                                            ? "TOO_COMPLEX"
                                                            : why.reason();
                                        };
                            } catch (StackOverflowError _) {
                                answer[0] = "stack overflow";
                            }
                        },
                        "small",
                        512 * 1024);
        thread.start();
        thread.join();
        return answer[0];
    }

    private static String nested(String template, int n) {
        String[] parts = template.split("[{}]", -1);
        return parts.length == 3
                ? parts[0] + parts[1].repeat(n) + parts[2]
                : parts[0] + parts[1].repeat(n) + parts[2] + parts[3].repeat(n) + parts[4];
    }
}
