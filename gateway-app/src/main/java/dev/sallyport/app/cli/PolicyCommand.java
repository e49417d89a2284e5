package dev.sallyport.app.cli;

import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.policy.NativeGrants;
import dev.sallyport.policy.PolicyDiff;
import dev.sallyport.policy.PolicyLint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "policy",
        description =
                "Reads policies without a gateway or a database: what is wrong with them, what they"
                        + " change, what they come to.",
        subcommands = {
            PolicyCommand.Check.class,
            PolicyQuestions.Test.class,
            PolicyQuestions.Explain.class,
            PolicyCommand.Diff.class,
            PolicyReplayCommand.class,
            PolicyReviewCommand.class,
            PolicyCommand.Grants.class,
            PolicySigningCommands.Keygen.class,
            PolicySigningCommands.Propose.class,
            PolicySigningCommands.Sign.class,
            PolicySigningCommands.Activate.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "POLICY is a policy file, or a folder of them. With --json, each finding is an object"
                    + " in a line of its own.",
            "Exit codes: 0 sound, 1 not (or, where asked for, something to look at), 2 wrong"
                    + " command line."
        })
final class PolicyCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: check, test, explain, diff, replay, review, grants, keygen,"
                        + " propose, sign or activate");
    }

    @Command(
            name = "check",
            description = {
                "Reports every error of a policy, each as file:line:column, and what is worth a"
                        + " look: rules that do nothing, and protected columns that a role sees as"
                        + " they are."
            },
            optionListHeading = "%nOptions:%n")
    static final class Check implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
        private List<Path> policies = List.of();

        @Option(
                names = "--users",
                paramLabel = "FILE",
                description = "The users' file: its roles have to exist.")
        private @Nullable Path users;

        @Option(
                names = "--catalog",
                paramLabel = "FILE",
                description =
                        "The database's catalog, as `sallyport catalog save` wrote it: names that"
                            + " aren't there are errors, columns that look protected and have no"
                            + " class are shown.")
        private @Nullable Path catalog;

        @Option(names = "--database", paramLabel = "NAME", description = "Whose, if several.")
        private @Nullable String database;

        @Option(names = "--strict", description = "What is worth a look fails, too.")
        private boolean strict;

        @Option(names = "--json", description = "For programs.")
        private boolean json;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            var read = PolicyFiles.read(policies, Optional.ofNullable(users));
            if (read.policies().isEmpty()) {
                PolicyFiles.printErrors(read.errors(), out, json);
                out.flush();
                return ExitCode.FAILED;
            }
            var findings = PolicyLint.of(read.policies().get());
            for (var f : findings) {
                if (json) {
                    var line = new LinkedHashMap<String, Object>();
                    line.put("kind", f.kind().word());
                    line.put("rule", f.ruleId());
                    f.at().ifPresent(at -> {
                        line.put("file", at.file().toString());
                        line.put("line", at.line());
                        line.put("column", at.column());
                    });
                    line.put("message", f.message());
                    PolicyFiles.printJson(line, out);
                } else
                    out.println(
                            f.at().map(at -> at + ": ").orElse("")
                                    + f.kind().word()
                                    + ": "
                                    + f.message());
            }
            int wrong = 0;
            int toLookAt = findings.size();
            if (catalog != null) {
                var about = PolicyFiles.database(read.policies().get(), database);
                for (var f :
                        CatalogCheck.of(read.policies().get(), about, Catalogs.read(catalog))) {
                    if (f.error()) wrong++;
                    else toLookAt++;
                    print(f, out);
                }
            }
            if (wrong > 0) {
                out.flush();
                return ExitCode.FAILED;
            }
            var version = read.policies().get().version();
            if (json) {
                var line = new LinkedHashMap<String, Object>();
                line.put("kind", "summary");
                line.put("policyVersion", version);
                line.put("toLookAt", toLookAt);
                PolicyFiles.printJson(line, out);
            } else
                out.println(
                        "ok: policy version "
                                + version
                                + (toLookAt == 0 ? "" : ", " + toLookAt + " to look at"));
            out.flush();
            return strict && toLookAt > 0 ? ExitCode.FAILED : ExitCode.OK;
        }

        private void print(CatalogCheck.Finding f, PrintWriter out) {
            if (!json) {
                out.println(f.at().map(at -> at + ": ").orElse("") + f.kind() + ": " + f.message());
                return;
            }
            var line = new LinkedHashMap<String, Object>();
            line.put("kind", f.kind());
            f.at().ifPresent(at -> {
                line.put("file", at.file().toString());
                line.put("line", at.line());
            });
            line.put("message", f.message());
            PolicyFiles.printJson(line, out);
        }
    }

    @Command(
            name = "diff",
            description = "Says in words what one policy changes of another.",
            optionListHeading = "%nOptions:%n")
    static final class Diff implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--before",
                required = true,
                arity = "1..*",
                paramLabel = "POLICY",
                description = "The policy that was.")
        private List<Path> before = List.of();

        @Option(
                names = "--after",
                required = true,
                arity = "1..*",
                paramLabel = "POLICY",
                description = "The policy that is proposed.")
        private List<Path> after = List.of();

        @Option(names = "--exit-code", description = "1 when there is a difference, as git's.")
        private boolean exitCode;

        @Option(names = "--json", description = "For programs.")
        private boolean json;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            var was = PolicyFiles.require(PolicyFiles.read(before, Optional.empty()), out, json);
            var is = PolicyFiles.require(PolicyFiles.read(after, Optional.empty()), out, json);
            var lines = PolicyDiff.between(was, is);
            var people = PolicyDiff.gainsAndLosses(was, is);
            if (json) {
                var object = new LinkedHashMap<String, Object>();
                object.put("before", was.version());
                object.put("after", is.version());
                object.put("changes", lines);
                object.put("gainsAndLosses", people);
                PolicyFiles.printJson(object, out);
            } else if (lines.isEmpty()) out.println("no difference");
            else {
                lines.forEach(out::println);
                people.forEach(out::println);
            }
            out.flush();
            return exitCode && !lines.isEmpty() ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    @Command(
            name = "grants",
            description = {
                "Writes the policy as PostgreSQL's own GRANT and CREATE POLICY statements, a second"
                        + " line of defence behind the gateway. What PostgreSQL can't express is"
                        + " left out and said in a comment: these roles never have more than the"
                        + " policy gives."
            },
            optionListHeading = "%nOptions:%n")
    static final class Grants implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "POLICY", arity = "1..*", description = "Files or folders.")
        private List<Path> policies = List.of();

        @Option(
                names = "--database",
                paramLabel = "NAME",
                description = "Which of the policies' databases. Needed when there are several.")
        private @Nullable String database;

        @Option(
                names = "--prefix",
                paramLabel = "TEXT",
                description = "Begins the database roles' names. Default: policy_")
        private String prefix = "policy_";

        @Option(
                names = "--json",
                description = "For programs: `statement` to run, `left-out` with the reason.")
        private boolean json;

        @Override
        public Integer call() throws CommandFailure, IOException {
            if (spec == null) throw new IllegalStateException("picocli sets it");
            var out = spec.commandLine().getOut();
            var set = PolicyFiles.require(PolicyFiles.read(policies, Optional.empty()), out, json);
            for (var line : NativeGrants.of(set, PolicyFiles.database(set, database), prefix)) {
                if (!json) {
                    out.println(line);
                    continue;
                }
                var object = new LinkedHashMap<String, Object>();
                var isComment = line.startsWith(NativeGrants.COMMENT);
                object.put("kind", isComment ? "left-out" : "statement");
                if (isComment) object.put("message", line.substring(NativeGrants.COMMENT.length()));
                else object.put("sql", line);
                PolicyFiles.printJson(object, out);
            }
            out.flush();
            return ExitCode.OK;
        }
    }
}
