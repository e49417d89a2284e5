package dev.sallyport.gateway;

import dev.sallyport.sql.SqlText;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The analysis of one long text, made beside the event loop, whose other sessions would have to
/// wait for it otherwise. The session's own messages wait: what is asked behind it depends on it.
///
/// Made and asked on the session's event loop; only the analysis itself runs elsewhere, and it
/// touches nothing but the text and the names of that moment, which don't change.
public final class LongAnalysis {
    /// Texts as long as this take some milliseconds.
    static final int MIN_CHARS = 256 * 1024;

    /// Half of the processors stay with the event loops.
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final Executor BESIDE = threads();

    private final SqlText sql;
    private final TextContext context;
    private final AnalysisCache cache;
    private volatile @Nullable CheckedText result;
    private volatile @Nullable Throwable failure;

    LongAnalysis(SqlText sql, TextContext context, AnalysisCache cache) {
        this.sql = sql;
        this.context = context;
        this.cache = cache;
    }

    private static Executor threads() {
        var threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        10,
                        TimeUnit.SECONDS,
                        // Each session has one at most.
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("sallyport-long-text-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /// @param loop the session's, where `whenDone` runs
    public void begin(Executor loop, Runnable whenDone) {
        BESIDE.execute(() -> {
            run();
            loop.execute(whenDone);
        });
    }

    /// At once, on this thread.
    public void run() {
        try {
            result = cache.checkUncached(sql, context);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    public boolean isDone() {
        return result != null || failure != null;
    }

    /// Whether it is about that text, under those names.
    boolean isOf(SqlText other, TextContext now) {
        return now.equals(context) && (other == sql || other.text().equals(sql.text()));
    }

    /// @throws IllegalStateException it came to nothing, or isn't done
    CheckedText result() {
        var made = result;
        if (made == null) throw new IllegalStateException("no analysis", failure);
        return made;
    }

    @Override
    public String toString() {
        return "LongAnalysis[" + sql + "]";
    }
}
