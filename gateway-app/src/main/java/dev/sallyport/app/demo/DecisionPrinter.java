package dev.sallyport.app.demo;

import dev.sallyport.gateway.DecisionEvent;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Help.Ansi;

/// Shows decisions, one aligned line each: time, user, verdict, kind, objects, rules.
///
/// {@link #accept} is called on event loops and never waits: when the terminal is slower than the
/// gateway, lines are left out and counted. The log has them all.
final class DecisionPrinter implements AutoCloseable {
    private static final int QUEUED_LINES = 10_000;
    private static final int OBJECT_CHARS = 64;
    private static final String BUILT_IN_CALL = "execute pg_catalog.";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final PrintWriter out;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUED_LINES);
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread thread;

    DecisionPrinter(PrintWriter out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("decision-display").start(this::print);
    }

    void accept(DecisionEvent event) {
        if (!lines.offer(line(event, LocalTime.now()))) leftOut.incrementAndGet();
    }

    static String line(DecisionEvent event, LocalTime time) {
        var verdict = event.permitted() ? "@|green permit|@" : "@|red,bold deny  |@";
        var why = event.permitted() || event.reason().isEmpty() ? "" : "  " + plain(event.reason());
        var rules = String.join(", ", event.rules());
        return "%s  %-6s  %s  %-11s  %-64s  %s%s"
                .formatted(
                        TIME.format(time),
                        event.user(),
                        Ansi.AUTO.string(verdict),
                        event.kind().isEmpty() ? "?" : event.kind(),
                        shorten(plain(objects(event))),
                        rules,
                        rules.isEmpty() ? why.stripLeading() : why)
                .stripTrailing();
    }

    /// Without the built-in functions, which every statement calls, unless there is nothing else.
    private static String objects(DecisionEvent event) {
        var telling = event.accesses().stream().filter(a -> !a.startsWith(BUILT_IN_CALL)).toList();
        return String.join("; ", telling.isEmpty() ? event.accesses() : telling);
    }

    /// One line that a terminal shows as it is: names may hold anything.
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String shorten(String text) {
        return text.length() <= OBJECT_CHARS ? text : text.substring(0, OBJECT_CHARS - 1) + "…";
    }

    private void print() {
        try {
            while (true) {
                out.println(lines.take());
                var missing = leftOut.getAndSet(0);
                if (missing > 0) out.println("(" + missing + " more, not shown; the log has them)");
                if (lines.isEmpty()) out.flush();
            }
        } catch (InterruptedException _) {
            lines.forEach(out::println);
            out.flush();
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
