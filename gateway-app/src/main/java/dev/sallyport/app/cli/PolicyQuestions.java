package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.PolicyTestFile;
import dev.sallyport.config.UsersFile;
import dev.sallyport.gateway.Rewriting;
import dev.sallyport.policy.AccessRequest;
import dev.sallyport.policy.Circumstances;
import dev.sallyport.policy.Decision;
import dev.sallyport.policy.Governed;
import dev.sallyport.policy.Limited;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.PolicySet;
import dev.sallyport.policy.Purpose;
import dev.sallyport.policy.Subject;
import dev.sallyport.policy.Wording;
import dev.sallyport.sql.Analysis;
import dev.sallyport.sql.AnalysisContext;
import dev.sallyport.sql.SqlAnalyzer;
import dev.sallyport.sql.SqlText;
import dev.sallyport.sql.rewrite.Edit;
import dev.sallyport.sql.rewrite.RewrittenText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What a policy says of a statement, asked without a gateway: the catalog is a saved one.
final class PolicyQuestions {
    private PolicyQuestions() {}

    /// @param decision of a text of several statements: the first denial, else what all of them owe
    ///
    /// @param rewritten what goes to the server in place of the text; empty: the text itself
    record Answer(Decision decision, Optional<String> rewritten) {
        static Answer denied(String reason) {
            return denied(new Decision.Deny(reason, List.of(), List.of(), "rewrite the statement"));
        }

        static Answer denied(Decision.Deny decision) {
            return new Answer(decision, Optional.empty());
        }
    }

    static Answer ask(
            PolicyDecisionPoint policies,
            AnalysisContext context,
            Subject subject,
            String database,
            String sql,
            Circumstances circumstances) {
        return switch (new SqlAnalyzer().analyze(new SqlText(sql), context)) {
            case Analysis.NotUnderstood(_, var reason, _, _) ->
                    Answer.denied("not understood: " + reason);
            case Analysis.Understood(var statements) -> {
                var rules = new LinkedHashSet<String>();
                var relations = new ArrayList<Governed>();
                var limits = new LinkedHashMap<String, Limited>();
                var notices = new ArrayList<String>();
                var edits = new ArrayList<Edit>();
                for (var statement : statements) {
                    var decision =
                            policies.decide(
                                    new AccessRequest(
                                            subject,
                                            database,
                                            statement.footprint(),
                                            circumstances));
                    switch (decision) {
                        case Decision.Deny deny -> {
                            yield Answer.denied(deny);
                        }
                        case Decision.Permit(var owed, var ids) -> {
                            rules.addAll(ids);
                            switch (Rewriting.of(owed, statement.references(), context.catalog())) {
                                case Rewriting.Edits(var own) -> edits.addAll(own);
                                case Rewriting.Refused(var reason, var hint) -> {
                                    yield Answer.denied(
                                            new Decision.Deny(reason, List.of(), ids, hint));
                                }
                            }
                            for (var g : owed.relations())
                                if (relations.stream()
                                        .noneMatch(r -> r.relation().equals(g.relation())))
                                    relations.add(g);
                            for (var l : owed.limits()) limits.putIfAbsent(l.ruleId(), l);
                            notices.addAll(owed.notices());
                        }
                    }
                }
                yield new Answer(
                        new Decision.Permit(
                                new Obligations(relations, List.copyOf(limits.values()), notices),
                                List.copyOf(rules)),
                        edits.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        RewrittenText.of(new SqlText(sql), edits).text().text()));
            }
        };
    }

    static Subject subject(UsersFile users, String name) throws CommandFailure {
        return users.users().stream()
                .filter(u -> u.name().value().equals(name))
                .findFirst()
                .map(u -> new Subject(name, u.roleNames(), u.attributes()))
                .orElseThrow(() ->
                        new CommandFailure("there is no user '" + name + "' in the users' file"));
    }

    /// `public.patients.ssn`, ...
    static Set<String> masked(Decision.Permit permit) {
        var masked = new TreeSet<String>();
        for (var g : permit.obligations().relations())
            for (var column : g.columns().keySet())
                if (g.masks(column)) masked.add(g.schema() + "." + g.name() + "." + column);
        return masked;
    }

    static Set<String> restricted(Decision.Permit permit) {
        return permit.obligations().relations().stream()
                .filter(g -> !g.target().isAllRows())
                .map(g -> g.schema() + "." + g.name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Command(
            name = "explain",
            description =
                    "Says whether a policy permits somebody a statement, why, and what of it.",
            optionListHeading = "%nOptions:%n")
    static final class Explain implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
        private List<Path> policies = List.of();

        @Option(
                names = "--catalog",
                required = true,
                paramLabel = "FILE",
                description = "The database's catalog, as `sallyport catalog save` wrote it.")
        private Path catalog = Path.of("");

        @Option(
                names = "--sql",
                required = true,
                paramLabel = "SQL",
                description = "The statement.")
        private String sql = "";

        @Option(names = "--users", paramLabel = "FILE", description = "The users' file, for --as.")
        private @Nullable Path users;

        @Option(names = "--as", paramLabel = "USER", description = "Who asks ...")
        private @Nullable String user;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "... or somebody with this role; may be repeated.")
        private List<String> roles = List.of();

        @Option(
                names = "--attribute",
                paramLabel = "NAME=VALUE",
                description = "An attribute of theirs; may be repeated.")
        private Map<String, String> attributes = Map.of();

        @Option(names = "--database", paramLabel = "NAME", description = "Which, if several.")
        private @Nullable String database;

        @Option(
                names = "--search-path",
                split = ",",
                paramLabel = "SCHEMAS",
                description = "Default: public.")
        private List<String> searchPath = List.of("public");

        @Option(
                names = "--purpose",
                paramLabel = "WORD",
                description = "What the session was said to be for.")
        private String purpose = "";

        @Option(names = "--ticket", paramLabel = "NUMBER", description = "With --purpose.")
        private String ticket = "";

        @Option(names = "--json", description = "For programs.")
        private boolean json;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var problem = Purpose.problem(purpose, ticket);
            if (problem.isPresent()) throw new CommandFailure(ExitCode.USAGE, problem.get());
            if ((user == null) == roles.isEmpty())
                throw new CommandFailure(ExitCode.USAGE, "say who asks: --as USER or --role ROLE");
            if (user != null && users == null)
                throw new CommandFailure(ExitCode.USAGE, "--as needs --users FILE");
            var out = spec.commandLine().getOut();
            var read = PolicyFiles.read(policies, Optional.ofNullable(users));
            var set = PolicyFiles.require(read, out, json);
            var subject =
                    user != null
                            ? subject(read.users(), user)
                            : new Subject("somebody", Set.copyOf(roles), attributes);
            var answer =
                    ask(
                            new PolicyDecisionPoint(set),
                            Catalogs.context(Catalogs.read(catalog), searchPath),
                            subject,
                            PolicyFiles.database(set, database),
                            sql,
                            new Circumstances(
                                    Instant.now(),
                                    "127.0.0.1",
                                    "sallyport",
                                    new Purpose(purpose, ticket)));
            if (json) PolicyFiles.printJson(object(answer, set), out);
            else print(answer, set, out);
            out.flush();
            return answer.decision() instanceof Decision.Permit ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private static void print(Answer answer, PolicySet set, PrintWriter out) {
        var decision = answer.decision();
        switch (decision) {
            case Decision.Deny(var reason, var objects, _, var hint, _) -> {
                out.println("denied: " + reason);
                objects.forEach(o -> out.println("  refused: " + o));
                if (!hint.isEmpty()) out.println("  hint: " + hint);
            }
            case Decision.Permit(var owed, _) -> {
                out.println("permitted");
                for (var g : owed.relations()) {
                    out.println("  " + g.schema() + "." + g.name() + ":");
                    g.columns()
                            .forEach((column, shown) -> {
                                if (!shown.isPlain())
                                    out.println("    " + column + ": " + Wording.shown(shown));
                            });
                    if (!g.target().isAllRows())
                        out.println("    rows: " + Wording.rows(g.target()));
                }
                for (var l : owed.limits())
                    out.println("  at most " + l.limits().words() + ", by rule " + l.ruleId());
            }
        }
        for (var id : decision.ruleIds())
            out.println("  by rule " + id + set.place(id).map(at -> ", " + at).orElse(""));
        answer.rewritten().ifPresent(text -> out.println("  runs as: " + text));
    }

    /// By rule, in words.
    private static Map<String, String> limits(Decision.Permit permit) {
        var limits = new LinkedHashMap<String, String>();
        for (var l : permit.obligations().limits()) limits.put(l.ruleId(), l.limits().words());
        return limits;
    }

    private static Map<String, Object> object(Answer answer, PolicySet set) {
        var decision = answer.decision();
        var object = new LinkedHashMap<String, Object>();
        switch (decision) {
            case Decision.Deny(var reason, var objects, _, var hint, _) -> {
                object.put("verdict", "deny");
                object.put("reason", reason);
                object.put("refused", objects);
                object.put("hint", hint);
            }
            case Decision.Permit permit -> {
                object.put("verdict", "permit");
                object.put("masked", masked(permit));
                object.put("restricted", restricted(permit));
                object.put("limits", limits(permit));
                object.put("notices", permit.obligations().notices());
            }
        }
        var rules = new ArrayList<Map<String, Object>>();
        for (var id : decision.ruleIds()) {
            var rule = new LinkedHashMap<String, Object>();
            rule.put("id", id);
            set.place(id)
                    .ifPresent(at -> {
                        rule.put("file", at.file().toString());
                        rule.put("line", at.line());
                    });
            rules.add(rule);
        }
        object.put("rules", rules);
        answer.rewritten().ifPresent(text -> object.put("runsAs", text));
        return object;
    }

    @Command(
            name = "test",
            description = {
                "Runs the tests beside policies, in files named *.test.yaml: who, which statement,"
                        + " what the policy says."
            },
            optionListHeading = "%nOptions:%n")
    static final class Test implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
        private List<Path> policies = List.of();

        @Option(names = "--users", paramLabel = "FILE", description = "The users that tests name.")
        private @Nullable Path users;

        @Option(names = "--json", description = "For programs.")
        private boolean json;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            var read = PolicyFiles.read(policies, Optional.ofNullable(users));
            var set = PolicyFiles.require(read, out, json);
            var files = testFiles();
            if (files.isEmpty())
                throw new CommandFailure("there is no *.test.yaml beside the policies");
            int failed = 0;
            int all = 0;
            for (var file : files) {
                var errors = new ArrayList<ConfigError>();
                var tests = ConfigLoader.readTests(file, errors::add);
                if (tests.isEmpty()) {
                    PolicyFiles.printErrors(errors, out, json);
                    failed++;
                    continue;
                }
                all += tests.get().tests().size();
                failed += run(tests.get(), set, read.users(), out);
            }
            if (json) {
                var line = new LinkedHashMap<String, Object>();
                line.put("kind", "summary");
                line.put("policyVersion", set.version());
                line.put("tests", all);
                line.put("failed", failed);
                PolicyFiles.printJson(line, out);
            } else
                out.println(
                        all
                                + " tests, "
                                + (failed == 0 ? "all as expected" : failed + " not as expected"));
            out.flush();
            return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
        }

        private List<Path> testFiles() throws CommandFailure, IOException {
            var found = new LinkedHashSet<Path>();
            for (var policy : PolicyFiles.find(policies)) {
                var folder = policy.toAbsolutePath().getParent();
                if (folder == null) continue;
                try (var files = Files.list(folder)) {
                    files.filter(f -> f.toString().endsWith(PolicyFiles.TESTS))
                            .sorted()
                            .forEach(found::add);
                }
            }
            return List.copyOf(found);
        }

        private int run(PolicyTestFile file, PolicySet set, UsersFile people, PrintWriter out)
                throws CommandFailure, IOException {
            var catalog = Catalogs.read(file.file().resolveSibling(file.catalog().value()));
            var context = Catalogs.context(catalog, file.searchPath());
            var point = new PolicyDecisionPoint(set);
            int failed = 0;
            for (var test : file.tests()) {
                var subject =
                        test.user().isPresent()
                                ? subject(people, test.user().get().value())
                                : new Subject("somebody", test.roles(), test.attributes());
                var answer =
                        ask(
                                point,
                                context,
                                subject,
                                file.database().value(),
                                test.run(),
                                new Circumstances(
                                        test.at().orElseGet(Instant::now),
                                        "127.0.0.1",
                                        "test",
                                        purpose(test)));
                var wrong = difference(test, answer.decision());
                if (!wrong.isEmpty()) failed++;
                if (json) {
                    var line = new LinkedHashMap<String, Object>();
                    line.put("kind", "test");
                    line.put("name", test.name().value());
                    line.put("file", test.name().at().file().toString());
                    line.put("line", test.name().at().line());
                    line.put("ok", wrong.isEmpty());
                    if (!wrong.isEmpty()) line.put("message", wrong);
                    PolicyFiles.printJson(line, out);
                } else if (!wrong.isEmpty())
                    out.println(test.name().at() + ": " + test.name() + ": " + wrong);
            }
            return failed;
        }
    }

    private static Purpose purpose(PolicyTestFile.Case test) throws CommandFailure {
        var problem = Purpose.problem(test.purpose(), test.ticket());
        if (problem.isPresent())
            throw new CommandFailure(
                    ExitCode.FAILED, test.name().at() + ": " + test.name() + ": " + problem.get());
        return new Purpose(test.purpose(), test.ticket());
    }

    /// Empty: as expected.
    private static String difference(PolicyTestFile.Case test, Decision decision) {
        switch (decision) {
            case Decision.Deny(var reason, _, var ids, _, _) -> {
                if (test.permit()) return "expected a permit, but it is denied: " + reason;
                return differs("rules", test.rules(), Set.copyOf(ids));
            }
            case Decision.Permit permit -> {
                if (!test.permit())
                    return "expected a denial, but it is permitted by "
                            + String.join(", ", permit.ruleIds());
                return List.of(
                                differs(
                                        "rules",
                                        test.rules(),
                                        permit.ruleIds().stream()
                                                .filter(id -> !id.startsWith("builtin:"))
                                                .collect(Collectors.toSet())),
                                differs("masked", test.masked(), masked(permit)),
                                differs("restricted", test.restricted(), restricted(permit)),
                                differs("limited", test.limited(), limits(permit).keySet()))
                        .stream()
                        .filter(d -> !d.isEmpty())
                        .collect(Collectors.joining("; "));
            }
        }
    }

    private static String differs(String what, Optional<Set<String>> expected, Set<String> is) {
        if (expected.isEmpty() || expected.get().equals(is)) return "";
        return what
                + " expected: "
                + String.join(", ", new TreeSet<>(expected.get()))
                + "; but: "
                + String.join(", ", new TreeSet<>(is));
    }
}
