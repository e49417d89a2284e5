package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Head;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.verify.VerifyResult.Outcome;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

/// Each check of the verifier, taken out, lets an attack pass: so none is there for nothing, and
/// none can go unnoticed. The verifier's package is copied once for each check, with that check
/// never true, and asked about the same stores. Every fourth check in each build, all at night.
class VerifierMutationTest {
    private static final AuditOptions SMALL =
            AuditOptions.DEFAULTS
                    .withSegmentBytes(128 * 1024)
                    .withQueueBytes(1024 * 1024)
                    .withHeartbeat(Duration.ZERO);

    private static final int EVERY = Integer.getInteger("sallyport.mutants.every", 4);

    private static final Pattern CHECK = Pattern.compile("if \\(");

    /// Checks without which another one finds the same, with the words of their flaw: they say more
    /// exactly what is wrong.
    private static final Set<String> ONLY_WORDS =
            Set.of(
                    // The sequence in the first entry behind it is wrong, too; empty segments
                    // alone are told apart by these, and one of the two is enough for each.
                    "no segment is there",
                    // Reading the head finds that there is none; this is before all else is read.
                    "NoSuchFileException(store.resolve(Head.FILE_NAME)",
                    // A folder that can't be listed: takes a failing disk, not an attack.
                    "TreeVerifier.java: throw e",
                    // The tree would have another root.
                    "TreeVerifier.java: throw new Flaw(first(full, 0), tile.path()",
                    // The tree tells of this entry at this place.
                    "the entry is another one than its name says",
                    // No record that a checkpoint covers lets it be.
                    "no checkpoint covers what is missing",
                    // An empty key can't be parsed.
                    "a checkpoint of a log that names no key",
                    // Each falls into the flaw behind it: the log ends before the checkpoint.
                    "the checkpoint covers nothing",
                    "the checkpoint is of the log \" + named.checkpoint.origin()");

    @TempDir Path folder;
    private final List<Case> cases = new ArrayList<>();

    /// @param since checkpoints from outside, as bytes
    private record Case(
            String name,
            Path store,
            List<String> known,
            List<byte[]> since,
            List<VerifierKey> keys,
            String outcome) {}

    @Test
    void noCheckCanBeTakenOut() throws Exception {
        attacksOnTheChain();
        attacksOnTheTree();
        attacksOnRetention();
        Path sources = sources();
        Map<String, String> mutants = new TreeMap<>();
        Path mutated = folder.resolve("mutants");
        copy(sources, mutated.resolve("m0"), "m0", "", "");
        for (String file :
                List.of(
                        "LogVerifier.java",
                        "TreeVerifier.java",
                        "CheckpointVerifier.java",
                        "RetentionRecords.java")) {
            String source = Files.readString(sources.resolve(file));
            Matcher check = CHECK.matcher(source);
            int found = 0;
            while (check.find()) {
                int end = closing(source, check.end() - 1);
                String then = source.substring(end + 1).stripLeading();
                if (!then.startsWith("throw ") && !then.startsWith("return flaw(")) continue;
                if (found++ % EVERY != 0) continue;
                String name = "m" + (mutants.size() + 1);
                String changed =
                        source.substring(0, check.end())
                                + "Math.random() < 0 && ("
                                + source.substring(check.end(), end)
                                + ")"
                                + source.substring(end);
                String words = then.substring(0, then.indexOf(';')).replaceAll("\\s+", " ");
                mutants.put(name, file + ": " + words);
                copy(sources, mutated.resolve(name), name, file, changed);
            }
        }
        assertThat(mutants).hasSizeGreaterThan(30 / EVERY);
        try (URLClassLoader loader = compile(mutated)) {
            for (Case each : cases)
                assertThat(outcome(loader, "m0", each)).as(each.name).isEqualTo(each.outcome);
            Set<String> survivors = new TreeSet<>();
            for (Map.Entry<String, String> mutant : mutants.entrySet()) {
                boolean killed = false;
                for (Case each : cases)
                    if (!killed)
                        killed = !outcome(loader, mutant.getKey(), each).equals(each.outcome);
                if (!killed && ONLY_WORDS.stream().noneMatch(mutant.getValue()::contains))
                    survivors.add(mutant.getValue());
            }
            assertThat(survivors)
                    .as("checks without which every attack is found all the same")
                    .isEmpty();
        }
    }

    // ---------------------------------------------------------------- the stores

    private void add(String name, Path store, Outcome outcome) {
        cases.add(new Case(name, store, List.of(), List.of(), List.of(), outcome.name()));
    }

    private void attacksOnTheChain() throws Exception {
        AttackTest logs = new AttackTest();
        logs.folder = folder;
        logs.makeLogs();
        add("closed", logs.closed.write(folder.resolve("closed")), Outcome.SOUND);
        add("crashed", logs.crashed.write(folder.resolve("crashed")), Outcome.SOUND);
        int n = 0;
        for (Arguments attack : logs.attacks().toList()) {
            String name = String.valueOf(attack.get()[0]);
            var change = (AttackTest.Attack) Objects.requireNonNull(attack.get()[2]);
            Path store = change.on(logs.closed.copy()).write(folder.resolve("attack" + n++));
            add(name, store, Outcome.ALTERED);
            if (name.equals("write behind the end") || name.equals("append a well chained entry"))
                continue;
            store = change.on(logs.crashed.copy()).write(folder.resolve("attack" + n++));
            add("crashed: " + name, store, Outcome.ALTERED);
        }
        // Torn as a crash leaves it, and torn where no crash could.
        Store torn = logs.crashed.copy();
        Store.Place last = torn.place(600);
        torn.bytes(last.segment())[last.offset() + 20] ^= 1;
        Head head = torn.head();
        add("torn, acknowledged", torn.copy().write(folder.resolve("torn1")), Outcome.ALTERED);
        torn.head(new Head(head.epoch(), 597, torn.leafHash(597), false));
        add("torn", torn.copy().write(folder.resolve("torn2")), Outcome.TORN_TAIL);
        Path noted = torn.copy().write(folder.resolve("torn3"));
        cases.add(
                new Case(
                        "torn, noted outside",
                        noted,
                        List.of("600:" + "0".repeat(64)),
                        List.of(),
                        List.of(),
                        Outcome.ALTERED.name()));
        Store earlier = logs.crashed.copy();
        Store.Place third = earlier.place(590);
        earlier.bytes(third.segment())[third.offset() + 20] ^= 1;
        earlier.head(new Head(head.epoch(), 580, earlier.leafHash(580), false));
        add("broken before a later batch", earlier.write(folder.resolve("torn4")), Outcome.ALTERED);
        // The head rolled back before a tear in a segment that others follow.
        Store rolled = logs.crashed.copy();
        String first = rolled.segments().getFirst();
        int ends = rolled.entries(first).size();
        Store.Place tear = rolled.place(ends);
        rolled.head(new Head(head.epoch(), ends - 10, rolled.leafHash(ends - 10), false));
        rolled.bytes(first)[tear.offset() + 20] ^= 1;
        add("torn in a segment before", rolled.write(folder.resolve("torn5")), Outcome.ALTERED);
        Store numbered = logs.closed.copy();
        numbered.rechain(600, numbered.entry(600).replace("\"seq\":600", "\"seq\":601"));
        add("another number, chained", numbered.write(folder.resolve("numbered")), Outcome.ALTERED);
        Store cut = logs.closed.copy().cutFrom(501);
        cut.head(new Head(1, 500, cut.leafHash(500), true));
        Path shorter = cut.write(folder.resolve("shorter"));
        add("cut with its head", shorter, Outcome.SOUND);
        cases.add(
                new Case(
                        "cut with its head, noted",
                        shorter,
                        List.of("600:" + "0".repeat(64)),
                        List.of(),
                        List.of(),
                        Outcome.ALTERED.name()));
        cases.add(
                new Case(
                        "another entry was noted",
                        folder.resolve("closed"),
                        List.of("300:" + "0".repeat(64)),
                        List.of(),
                        List.of(),
                        Outcome.ALTERED.name()));
    }

    private void attacksOnTheTree() throws Exception {
        Path key = folder.resolve("sealed.key");
        Path sealed = folder.resolve("sealed");
        byte[] early = new byte[0];
        for (int i = 0; i < 2; i++) {
            try (AuditLog log = AuditLog.openSealed(sealed, "sealed", SMALL, key)) {
                for (int e = 1; e <= 150; e++)
                    log.commit(Events.denied("s", e)).get(20, TimeUnit.SECONDS);
            }
            if (i == 0) early = Files.readAllBytes(sealed.resolve(Checkpoint.FILE_NAME));
        }
        byte[] earlyOne = early;
        SigningKey own = KeyFile.read(key).getFirst();
        SigningKey other = SigningKey.generate("sealed", VerifierKey.Use.NOTE);
        SigningKey foreign = SigningKey.generate("foreign", VerifierKey.Use.NOTE);
        byte[] newest = Files.readAllBytes(sealed.resolve(Checkpoint.FILE_NAME));
        Checkpoint head = Checkpoint.parse(newest);
        add("sealed", sealed, Outcome.SOUND);
        byte[] wrong = new byte[32];
        tree("another root, well signed", s -> point(s, "sealed", head.size(), wrong, own));
        tree("another key", s -> point(s, "sealed", head.size(), head.root(), other));
        tree("another origin", s -> point(s, "foreign", head.size(), head.root(), foreign));
        tree("another origin, own key", s -> point(s, "foreign", head.size(), head.root(), own));
        tree("a checkpoint of nothing", s -> point(s, "sealed", 0, wrong, own));
        tree("a checkpoint of more", s -> point(s, "sealed", head.size() + 5, wrong, own));
        tree("another log's checkpoint of more", s -> point(s, "foreign", 999, wrong, foreign));
        tree("an older checkpoint", s -> Files.write(s.resolve("checkpoint"), earlyOne));
        tree(
                "no checkpoint at all",
                s -> {
                    Files.delete(s.resolve("checkpoint"));
                    delete(s.resolve("checkpoints"));
                    delete(s.resolve("tile"));
                });
        tree(
                "no checkpoint at all, and never closed",
                s -> {
                    Files.delete(s.resolve("checkpoint"));
                    delete(s.resolve("checkpoints"));
                    delete(s.resolve("tile"));
                    Store files = Store.read(s);
                    Head last = files.head();
                    files.head(new Head(last.epoch(), last.sequence(), last.leafHash(), false));
                    Files.write(s.resolve(Head.FILE_NAME), files.bytes(Head.FILE_NAME));
                });
        tree(
                "a kept checkpoint of another name",
                s -> {
                    try (Stream<Path> kept = Files.list(s.resolve("checkpoints"))) {
                        Path one = kept.sorted().findFirst().orElseThrow();
                        Files.move(one, one.resolveSibling("00000000000000000007"));
                    }
                });
        tree("a full tile changed", s -> flip(s.resolve("tile/0/000")));
        tree("a partial tile changed", s -> flip(partial(s, "tile/0/001.p")));
        tree("a tile above changed", s -> flip(partial(s, "tile/1/000.p")));
        tree("a full tile removed", s -> Files.delete(s.resolve("tile/0/000")));
        tree("a partial tile removed", s -> Files.delete(partial(s, "tile/0/001.p")));
        tree(
                "a tile of what is not there",
                s -> {
                    Path from = partial(s, "tile/0/001.p");
                    byte[] longer = Arrays.copyOf(Files.readAllBytes(from), 100 * 32);
                    Files.write(from.resolveSibling("100"), longer);
                });
        tree(
                "a beginning beside the full tile",
                s -> {
                    Files.createDirectories(s.resolve("tile/0/000.p"));
                    Files.write(s.resolve("tile/0/000.p/2"), new byte[64]);
                });
        Path known = folder.resolve("sealed");
        cases.add(
                new Case(
                        "a key that is not trusted",
                        known,
                        List.of(),
                        List.of(),
                        List.of(other.verifier()),
                        Outcome.ALTERED.name()));
        cases.add(
                new Case(
                        "a checkpoint from outside, of another log",
                        known,
                        List.of(),
                        List.of(
                                Checkpoint.sign("foreign", head.size(), head.root(), foreign)
                                        .note()
                                        .bytes()),
                        List.of(),
                        Outcome.ALTERED.name()));
        // A log that nobody signed.
        Path plain = folder.resolve("plain");
        try (AuditLog log = AuditLog.open(plain, "sealed", SMALL)) {
            for (int e = 1; e <= 3; e++)
                log.commit(Events.denied("s", e)).get(20, TimeUnit.SECONDS);
        }
        add("plain", plain, Outcome.SOUND);
        cases.add(
                new Case(
                        "no key, one expected",
                        plain,
                        List.of(),
                        List.of(),
                        List.of(own.verifier()),
                        Outcome.ALTERED.name()));
        var tree = new dev.sallyport.audit.tree.TreeBuilder();
        Store entries = Store.read(plain);
        for (long e = 1; e <= 3; e++) tree.append(entries.leafHash(e));
        cases.add(
                new Case(
                        "a checkpoint of a log without key",
                        plain,
                        List.of(),
                        List.of(Checkpoint.sign("sealed", 3, tree.root(), own).note().bytes()),
                        List.of(),
                        Outcome.ALTERED.name()));
    }

    private void attacksOnRetention() throws Exception {
        List<RetentionWork> all =
                List.of(
                        RetentionTest::whatWasPrunedByARecordIsMissingAndTheLogIsSound,
                        RetentionTest::holdsAndRecordsOfPrunedMonthsStay,
                        RetentionTest::deletionWithoutARecordIsAnAlteration,
                        RetentionTest::moreThanTheRecordSaysMayNotBeMissing,
                        RetentionTest::aRecordThatNoCheckpointCoversLetsNothingBeMissing,
                        RetentionTest::aForgedRecordIsFound,
                        RetentionTest::aRecordAgainstAHoldOrBeforeTheTimeIsFound,
                        RetentionTest::whatStaysOfPrunedMonthsIsHeldAgainstTheTree);
        for (RetentionWork each : all) {
            RetentionTest test = new RetentionTest();
            test.folder = Files.createTempDirectory(folder, "retention");
            test.python = false;
            test.makeLog();
            each.on(test);
            for (RetentionTest.Checked one : test.checked)
                cases.add(
                        new Case(
                                one.store().toString(),
                                one.store(),
                                one.known().stream().map(String::valueOf).toList(),
                                List.of(),
                                List.of(),
                                one.outcome().name()));
        }
    }

    private interface RetentionWork {
        void on(RetentionTest test) throws Exception;
    }

    private interface Change {
        void on(Path store) throws Exception;
    }

    private void tree(String name, Change change) throws Exception {
        Path to = folder.resolve("tree" + cases.size());
        Path from = folder.resolve("sealed");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(target);
                else Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        change.on(to);
        add(name, to, Outcome.ALTERED);
    }

    private static void point(Path store, String origin, long size, byte[] root, SigningKey key)
            throws IOException {
        Files.write(
                store.resolve(Checkpoint.FILE_NAME),
                Checkpoint.sign(origin, size, root, key).note().bytes());
    }

    private static Path partial(Path store, String at) throws IOException {
        try (Stream<Path> files = Files.list(store.resolve(at))) {
            // The widest is the newest checkpoint's; others may be left of earlier ones.
            return files.max(
                            java.util.Comparator.comparingInt(
                                    file -> Integer.parseInt(String.valueOf(file.getFileName()))))
                    .orElseThrow();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList())
                Files.delete(file);
        }
    }

    // ---------------------------------------------------------------- the mutants

    private static Path sources() {
        Path here = Path.of("src/main/java/dev/sallyport/audit/verify");
        return Files.isDirectory(here) ? here : Path.of("audit-store").resolve(here);
    }

    private static int closing(String source, int opening) {
        int depth = 0;
        for (int i = opening; ; i++) {
            char c = source.charAt(i);
            if (c == '(') depth++;
            if (c == ')' && --depth == 0) return i;
        }
    }

    private static void copy(Path from, Path to, String name, String changedFile, String changed)
            throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                String fileName = String.valueOf(file.getFileName());
                if (fileName.equals("package-info.java")) continue;
                String text = fileName.equals(changedFile) ? changed : Files.readString(file);
                Files.writeString(
                        to.resolve(fileName),
                        text.replace("dev.sallyport.audit.verify", "mutants." + name));
            }
        }
    }

    private static URLClassLoader compile(Path sources) throws IOException {
        Path classes = Files.createDirectories(sources.resolve("classes"));
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-classpath",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "-d",
                                classes.toString()));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .forEach(arguments::add);
        }
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, System.out, System.err, arguments.toArray(String[]::new));
        assertThat(failed).as("the mutants compile").isZero();
        return new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, VerifierMutationTest.class.getClassLoader());
    }

    private static String outcome(ClassLoader loader, String mutant, Case each) throws Exception {
        Class<?> position = loader.loadClass("mutants." + mutant + ".Position");
        Class<?> evidence = loader.loadClass("mutants." + mutant + ".Evidence");
        List<Object> known = new ArrayList<>();
        for (String text : each.known)
            known.add(open(position, "parse", String.class).invoke(null, text));
        List<Checkpoint> since = new ArrayList<>();
        for (byte[] bytes : each.since) since.add(Checkpoint.parse(bytes));
        Object given =
                evidence.getConstructor(List.class, List.class, List.class)
                        .newInstance(known, since, each.keys);
        Object result;
        try {
            result =
                    open(
                                    loader.loadClass("mutants." + mutant + ".LogVerifier"),
                                    "verify",
                                    Path.class,
                                    evidence)
                            .invoke(null, each.store, given);
        } catch (InvocationTargetException e) {
            // It stumbles where the check had kept it from going: that is noticed, too.
            return "threw " + e.getCause();
        }
        Object outcome = open(result.getClass(), "outcome").invoke(result);
        return String.valueOf(outcome);
    }

    private static Method open(Class<?> type, String name, Class<?>... parameters)
            throws ReflectiveOperationException {
        Method method = type.getMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }
}
