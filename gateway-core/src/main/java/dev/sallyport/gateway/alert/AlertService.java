package dev.sallyport.gateway.alert;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.format.JsonWriter;
import dev.sallyport.audit.format.Leaf;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.AlertsFile;
import dev.sallyport.config.AlertsFile.Severity;
import dev.sallyport.gateway.alert.AlertStore.Cursor;
import dev.sallyport.gateway.alert.Delivery.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Alerts of one gateway's log while it runs. Reads what is durable from the log's files, so the
/// writer doesn't know of it.
///
/// What the engine remembers and what still waits for receivers is saved with the sequence that it
/// was read to, some seconds behind; after a crash the rest is read from the log again, gives the
/// same alerts, and each receiver's cursor says which of them it has. So nothing is lost, and
/// little is said twice (with the same id).
public final class AlertService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertService.class);

    private static final long POLL_MILLIS = 50;
    private static final Duration SAVE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration REPEAT = Duration.ofMinutes(10);
    private static final Duration FINISH = Duration.ofSeconds(3);

    private final Path store;
    private final String log;
    private final AlertsFile file;
    private final LongSupplier durable;
    private final Supplier<Map<String, String>> troubles;
    private final AlertStore saved;
    private final String fingerprint;
    private final List<Delivery> deliveries = new ArrayList<>();
    private final Thread thread;

    // Of the thread's own, and of the starting one before.
    private volatile AlertEngine engine;
    private volatile long sequence;
    private String leafHash = "";

    /// The engine has to learn what lies before, without a word.
    private boolean relearn;

    private volatile boolean isDirty;
    private long lastSave = System.nanoTime();
    private long lastLook = System.nanoTime();

    /// Troubles that were said, and when.
    private final Map<String, Long> said = new HashMap<>();

    private volatile boolean closing;
    private volatile String problem = "";

    /// From the first start on: what happened before is none of the alerts' business.
    ///
    /// @param store of the log
    /// @param log its origin
    /// @param folder for what is to be remembered
    /// @param durable sequence up to which the log may be read
    /// @param troubles of the log that only the process sees: by a name that stays the same, in
    ///   words
    /// @throws IOException the folder can't be used, or a receiver's certificate can't be read
    public static AlertService start(
            Path store,
            String log,
            Path folder,
            AlertsFile file,
            LongSupplier durable,
            Supplier<Map<String, String>> troubles)
            throws IOException {
        var service = new AlertService(store, log, folder, file, durable, troubles);
        service.deliveries.forEach(Delivery::start);
        service.thread.start();
        return service;
    }

    /// Where the log's alerts are remembered: `audit.alerts` for the store `audit`.
    public static Path folderBeside(Path store) {
        return store.resolveSibling(store.getFileName() + ".alerts");
    }

    private AlertService(
            Path store,
            String log,
            Path folder,
            AlertsFile file,
            LongSupplier durable,
            Supplier<Map<String, String>> troubles)
            throws IOException {
        this.store = store;
        this.log = log;
        this.file = file;
        this.durable = durable;
        this.troubles = troubles;
        this.saved = new AlertStore(folder);
        this.fingerprint = AlertEngine.fingerprint(file.rules());
        this.engine = new AlertEngine(file.rules());
        this.thread = Thread.ofPlatform().daemon().name("alerts").unstarted(this::run);
        var state = saved.state();
        sequence = state.map(s -> s.get("sequence") instanceof Long n ? n : 0L).orElse(0L);
        leafHash = state.map(s -> s.get("leafHash") instanceof String h ? h : "").orElse("");
        // Other rules may find something else in what was read last, so the cursors say nothing.
        boolean same = state.map(s -> fingerprint.equals(s.get("rules"))).orElse(false);
        deliver("log", Severity.LOW, new AlertReceiver.Lines(), same);
        for (var receiver : file.receivers())
            deliver(receiver.name().value(), receiver.minimum(), AlertReceiver.of(receiver), same);
        if (state.isEmpty()) sequence = durable.getAsLong();
        relearn = !same && sequence > 0;
        if (same && state.get().get("engine") instanceof Map<?, ?> remembered)
            engine.restore(remembered);
        if (state.isPresent() && state.get().get("waiting") instanceof List<?> waiting)
            for (var item : waiting) restoreWaiting(item);
        if (state.isEmpty()) save();
    }

    private void deliver(String name, Severity minimum, AlertReceiver receiver, boolean same)
            throws IOException {
        var told = saved.cursor(name);
        // One that is new is told from now on.
        var from = new Cursor(sequence, Long.MAX_VALUE);
        boolean isAhead = told.compareTo(from) > 0;
        deliveries.add(
                new Delivery(name, minimum, receiver, saved, same || !isAhead ? told : from));
    }

    private void restoreWaiting(Object item) throws IOException {
        if (!(item instanceof Map<?, ?> m)
                || !(m.get("alert") instanceof Map<?, ?> alert)
                || !(m.get("ordinal") instanceof Long ordinal)
                || !(m.get("fromLog") instanceof Boolean fromLog)) return;
        try {
            var parsed = Alert.parse(new JsonWriter(1_024).value(alert).toByteArray());
            for (var delivery : deliveries)
                if (delivery.name().equals(m.get("receiver")))
                    delivery.add(
                            new Waiting(parsed, new Cursor(parsed.sequence(), ordinal), fromLog));
        } catch (FormatException e) {
            throw new IOException("the alerts' state is damaged: " + e.getMessage(), e);
        }
    }

    private void run() {
        while (true) {
            try {
                follow();
                return;
            } catch (AuditException | IOException | RuntimeException e) {
                problem = "alerts: " + e.getMessage();
                LOG.error("alerts stopped, they are tried again: {}", e.toString());
                report("unreadable", "the alerts could not read on: " + e.getMessage());
                if (closing || !pause(RETRY.toMillis())) return;
            }
        }
    }

    private void follow() throws AuditException, IOException {
        long reached = durable.getAsLong();
        if (reached < sequence) {
            report(
                    "shorter",
                    "the log ends with entry "
                            + reached
                            + ", but had entry "
                            + sequence
                            + " before: run `sallyport audit verify`");
            sequence = reached;
            leafHash = "";
            relearn = true;
        }
        if (relearn) learn();
        try (var reader = LogReader.open(store, Math.max(1, sequence))) {
            // The entry read last, to see that it is the same.
            if (sequence > 0) same(reader);
            problem = "";
            long deadline = Long.MAX_VALUE;
            while (true) {
                boolean finished = !step(reader);
                look();
                if (isDirty && System.nanoTime() - lastSave > SAVE.toNanos()) save();
                if (closing) {
                    if (deadline == Long.MAX_VALUE) deadline = System.nanoTime() + FINISH.toNanos();
                    if (finished || System.nanoTime() > deadline) break;
                }
                if (finished && !pause(POLL_MILLIS)) break;
            }
        }
        save();
    }

    /// Reads what there is. False when there was nothing.
    private boolean step(LogReader reader) throws AuditException {
        boolean any = false;
        long to = durable.getAsLong();
        while (sequence < to && deliveries.stream().noneMatch(Delivery::isFull)) {
            var entry = reader.next();
            if (entry == null) return any;
            any = true;
            int ordinal = 0;
            for (var alert : engine.see(entry)) {
                ordinal++;
                for (var delivery : deliveries)
                    delivery.add(new Waiting(alert, new Cursor(entry.sequence(), ordinal), true));
            }
            sequence = entry.sequence();
            leafHash = Leaf.hex(reader.leafHash());
            isDirty = true;
        }
        return any;
    }

    private void same(LogReader reader) throws AuditException {
        Entry entry = reader.next();
        var found = entry == null ? "" : Leaf.hex(reader.leafHash());
        if (!leafHash.isEmpty() && !leafHash.equals(found))
            report(
                    "other",
                    "entry "
                            + sequence
                            + " of the log is another one than before: run `sallyport audit"
                            + " verify`");
        leafHash = found;
    }

    /// What is to be remembered of all that was read, with the rules of now.
    private void learn() throws AuditException, IOException {
        long began = System.nanoTime();
        engine = new AlertEngine(file.rules());
        try (var reader = LogReader.open(store, 1)) {
            while (!closing) {
                var entry = reader.next();
                if (entry == null || entry.sequence() > sequence) break;
                var _ = engine.see(entry);
                if (entry.sequence() == sequence) break;
            }
        }
        if (closing) return;
        relearn = false;
        save();
        var took = Duration.ofNanos(System.nanoTime() - began);
        if (took.compareTo(LOOK) > 0)
            LOG.info("alerts read the log up to {} in {} s", sequence, took.toSeconds());
    }

    private void look() {
        if (System.nanoTime() - lastLook < LOOK.toNanos()) return;
        lastLook = System.nanoTime();
        troubles.get().forEach(this::report);
    }

    /// Once, and again when it is still so, or again, some time later.
    private void report(String name, String words) {
        synchronized (said) {
            long now = System.nanoTime();
            var before = said.get(name);
            if (before != null && now - before < REPEAT.toNanos()) return;
            said.put(name, now);
        }
        var cursor = new Cursor(sequence, 0);
        for (var alert : engine.trouble(log, sequence, Instant.now(), words))
            for (var delivery : deliveries) delivery.add(new Waiting(alert, cursor, false));
        isDirty = true;
    }

    /// The log has failed and the process is about to end: says so, and waits for the receivers a
    /// little. From any thread.
    public void logFailed(String words) {
        report("failed", words);
        awaitTold(FINISH);
    }

    private void awaitTold(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (var delivery : deliveries) delivery.await(end - System.nanoTime());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void save() throws IOException {
        // The engine doesn't know yet what lies before.
        if (relearn && sequence > 0 && saved.state().isPresent()) return;
        var state = new TreeMap<String, Object>();
        state.put("sequence", sequence);
        state.put("leafHash", leafHash);
        state.put("rules", relearn ? "" : fingerprint);
        state.put("engine", engine.state());
        var waiting = new ArrayList<>();
        for (var delivery : deliveries)
            for (var w : delivery.waiting())
                waiting.add(
                        Map.of(
                                "receiver",
                                delivery.name(),
                                "ordinal",
                                w.at().ordinal(),
                                "fromLog",
                                w.fromLog(),
                                "alert",
                                w.alert().members()));
        state.put("waiting", waiting);
        saved.writeState(state);
        lastSave = System.nanoTime();
        isDirty = false;
    }

    private boolean pause(long millis) {
        try {
            for (long left = millis; left > 0 && !closing; left -= POLL_MILLIS)
                Thread.sleep(Math.min(left, POLL_MILLIS));
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What somebody should look at: a receiver that is away, a log that can't be read.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (!problem.isEmpty()) warnings.add(problem);
        deliveries.stream().map(Delivery::warning).flatMap(Optional::stream).forEach(warnings::add);
        return warnings;
    }

    /// Alerts that wait for a receiver.
    public int waiting() {
        return deliveries.stream().mapToInt(d -> d.waiting().size()).sum();
    }

    /// Reads the log to its end, tells the receivers that are there, remembers the rest. Blocks for
    /// some seconds at most.
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(2 * FINISH.toMillis());
            awaitTold(FINISH);
            deliveries.forEach(Delivery::close);
            if (!thread.isAlive()) save();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("the alerts' state could not be saved: {}", e.getMessage());
        }
    }
}
