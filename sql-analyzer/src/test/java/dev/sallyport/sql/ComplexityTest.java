package dev.sallyport.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.Analysis.NotUnderstood;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// Doubling a text costs at most 2.2 times the time, from its characters to the answer; and what is
/// nested too deeply for the smallest stack is refused as such, never by running out of it.
class ComplexityTest {
    private static final double BAR = 2.2;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static Analysis analyze(String sql) {
        return new SqlAnalyzer().analyze(new SqlText(sql), SavedCatalog.context("public"));
    }

    /// Each with the size to begin with.
    private static final Map<IntFunction<String>, Integer> GROWING =
            Map.ofEntries(
                    Map.entry(
                            n -> "SELECT id FROM patients WHERE id = 1" + " OR id = 2".repeat(n),
                            10_000),
                    Map.entry(
                            n -> "SELECT id FROM patients WHERE id IN (1" + ", 2".repeat(n) + ")",
                            100_000),
                    Map.entry(n -> "SELECT '" + "x".repeat(n) + "'", 16 << 20),
                    Map.entry(n -> "SELECT '" + "''".repeat(n) + "'", 4 << 20),
                    Map.entry(n -> "SELECT E'" + "\\n".repeat(n) + "'", 1 << 20),
                    Map.entry(n -> "SELECT $q$" + "$q $".repeat(n) + "$q$", 4 << 20),
                    Map.entry(n -> "SELECT 1 " + "/* ".repeat(n) + "*/".repeat(n), 1 << 20),
                    Map.entry(n -> "SELECT 1 " + "-- x\n".repeat(n), 1 << 20),
                    Map.entry(n -> "SELECT 1;".repeat(n), 50_000),
                    Map.entry(n -> "SELECT id" + ", id".repeat(n) + " FROM patients", 25_000),
                    Map.entry(n -> "VALUES (1)" + ", (1)".repeat(n), 50_000),
                    Map.entry(n -> "SELECT 'a'" + "\n'b'".repeat(n), 100_000),
                    Map.entry(n -> "SELECT \"" + "a".repeat(n) + "\"", 4 << 20),
                    Map.entry(n -> "SELECT " + "9".repeat(n), 4 << 20));

    @Test
    void takesTimeInProportionToTheLength() {
        var slow = new ArrayList<String>();
        GROWING.forEach((text, size) -> {
            String sql = text.apply(4);
            // Other people's builds and the garbage collector disturb one measurement or
            // another, but not all of them.
            double ratio = Double.MAX_VALUE;
            for (int round = 0; round < 6 && ratio > BAR; round++)
                ratio = Math.min(ratio, ratio(text.apply(size), text.apply(2 * size)));
            if (ratio > BAR) slow.add("%.2f times for twice %s".formatted(ratio, sql));
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
        analyze(sql);
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    /// What stands in braces is repeated.
    private static final List<String> NESTING =
            List.of(
                    "SELECT {(}1{)}",
                    "SELECT {CASE WHEN true THEN }1{ END}",
                    "SELECT {CASE }1{ WHEN 1 THEN 2 END}",
                    "SELECT {CASE WHEN }true{ THEN true END}",
                    "SELECT {CASE WHEN true THEN 1 ELSE }1{ END}",
                    "{SELECT (}SELECT 1{)}",
                    "SELECT 1 FROM {(SELECT 1 FROM }patients{) AS x}",
                    "{WITH x AS (}SELECT 1{) SELECT 1}",
                    "SELECT {abs(}1{)}",
                    "SELECT {coalesce(}1{)}",
                    "SELECT {ARRAY[}1{]}",
                    "SELECT {ROW(}1{)}",
                    "SELECT {NOT }true{}",
                    "SELECT {- }1{}",
                    "SELECT 1{ + 1}",
                    "SELECT '1'{::text}",
                    "SELECT true{ IS NULL}",
                    "SELECT {EXISTS (SELECT 1 WHERE }true{)}",
                    "SELECT 1{ UNION SELECT 1}",
                    "SELECT 1{ UNION ALL SELECT 1}",
                    "{(}SELECT 1{)}",
                    "SELECT 1 FROM {(}patients{ CROSS JOIN visits)}",
                    "SELECT 1 FROM patients{ CROSS JOIN visits}",
                    "SELECT 1{ IN (SELECT 1 WHERE 1}{)}",
                    "SELECT 1 FROM generate_series({abs(}1{)}, 2)",
                    "SELECT {CAST(}1{ AS int)}",
                    "SELECT 1 ORDER BY {(CASE WHEN true THEN }1{ END)}",
                    "{EXPLAIN }SELECT 1{}");

    /// Gateway's event loops have stacks of 512 KB (its launcher says so), and the first statements
    /// run interpreted, whose frames are the largest.
    @Test
    void isRefusedForItsDepthBeforeTheSmallestStackOverflows() throws Exception {
        var wrong = new ArrayList<String>();
        for (String template : NESTING)
            for (int n : new int[] {30, 120, 160, 200, 245, 330, 495, 990, 2_000, 20_000}) {
                Analysis answer = onSmallStack(nested(template, n));
                boolean deep = n > 30;
                if (answer instanceof NotUnderstood(var code, String reason, _, _)
                        && (deep
                                ? reason.contains("could not handle")
                                : code == Analysis.Code.TOO_COMPLEX))
                    wrong.add(n + " of " + template + ": " + code + " " + reason);
            }
        assertThat(wrong).isEmpty();
    }

    private static Analysis onSmallStack(String sql) throws InterruptedException {
        var answer = new Analysis[1];
        Thread thread = new Thread(null, () -> answer[0] = analyze(sql), "small", 512 * 1024);
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
