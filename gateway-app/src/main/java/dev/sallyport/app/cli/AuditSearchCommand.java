package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogTail;
import dev.sallyport.audit.subject.SubjectKey;
import dev.sallyport.audit.subject.SubjectSearch;
import dev.sallyport.gateway.SubjectSpellings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "search",
        description = {
            "Finds statements and other events; every condition given must hold.",
            "As text a table with a row per statement, its outcome included.",
            "With --subject: who named this patient, and which statements may have touched the"
                    + " patient's rows without naming anybody; the whole log is read."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditSearchCommand implements Callable<Integer> {
    private static final int DEFAULT_LIMIT = 1000;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();
    @Mixin private FilterOptions filters = new FilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The latest N rows, as text. Default: 1000.")
    private int limit = DEFAULT_LIMIT;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Shorten the table to N characters. Default: the terminal's; 0: never.")
    private int width = -1;

    @Option(names = "--format", paramLabel = "WORD", description = AuditTailCommand.FORMAT_HELP)
    private LogTail.Format format = LogTail.Format.TEXT;

    @Option(names = "--json", description = "Short for --format json.")
    private boolean json;

    @Option(
            names = "--totals",
            description =
                    "Only how much there is: entries, rows of the table, rows that the statements"
                            + " returned or changed.")
    private boolean totals;

    @Option(
            names = "--subject",
            paramLabel = "ID",
            description =
                    "About the person with this identifier, in columns that the policy classifies"
                            + " as `subject`. What is asked for is not recorded in clear.")
    private String subject = "";

    @Option(
            names = "--subject-key",
            paramLabel = "FILE",
            description =
                    "The key file of the subject index, `audit.subjectKey` of the configuration."
                            + " Default: beside the store.")
    private @Nullable Path subjectKey;

    @Mixin private IndexOptions index = new IndexOptions();
    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure, IOException {
        var out = AuditCommand.out(spec);
        if (limit < 1) throw new CommandFailure(ExitCode.USAGE, "--limit is 1 or more");
        var asJson = json || format == LogTail.Format.JSON;
        var filter = filters.filter();
        var folder = store.folder();
        try {
            if (!subject.isEmpty()) return aboutSubject(folder, filter, asJson, out);
            if (subjectKey != null)
                throw new CommandFailure(
                        ExitCode.USAGE, "--subject-key is for --subject, which is missing");
            var search = index.ask(folder, filter, spec);
            reads.record(
                    folder,
                    FilterOptions.recorded("audit search" + (totals ? " --totals" : ""), filter),
                    search.entries(),
                    spec);
            if (totals) {
                var all = search.totals();
                out.printf(
                        asJson
                                ? "{\"entries\":%d,\"resultRows\":%d,\"rows\":%d}%n"
                                : "%1$d entries, %3$d rows, %2$d result rows%n",
                        all.entries(),
                        all.resultRows(),
                        all.rows());
            } else if (asJson) {
                search.writeJson(out);
            } else {
                search.writeTable(limit, width < 0 ? Screen.width() : width, out);
            }
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
        return ExitCode.OK;
    }

    private int aboutSubject(Path folder, EntryFilter filter, boolean asJson, PrintWriter out)
            throws AuditException, IOException, CommandFailure {
        if (filter.asksForOutcome() || totals)
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--subject finds what was asked: not together with --status, --sqlstate or"
                            + " --totals");
        var file = subjectKey == null ? SubjectKey.beside(folder) : subjectKey;
        List<SubjectKey> keys;
        try {
            keys = SubjectKey.read(file);
        } catch (NoSuchFileException _) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there is no " + file + ": name the subject index's key with --subject-key");
        } catch (FormatException e) {
            throw new CommandFailure(file + ": " + e.getMessage());
        }
        var found = new StringBuilder();
        var result =
                SubjectSearch.search(
                        folder,
                        keys,
                        SubjectSpellings.of(subject),
                        entry -> filter.matches(entry, null, null, entry.text("user")),
                        asJson,
                        found);
        reads.record(
                folder,
                FilterOptions.recorded("audit search --subject ?", filter),
                result.named() + (asJson ? 0 : result.possible()),
                spec);
        out.print(found);
        var err = spec == null ? out : spec.commandLine().getErr();
        if (!result.indexed()) {
            err.println(
                    "this log tells of nobody whom its statements are about: the policies"
                            + " classified no column as `subject` when it was written");
            err.flush();
            return ExitCode.CANNOT_TELL;
        }
        if (!asJson)
            err.printf(
                    "%d statements named the person, %d more may have touched the person's rows"
                            + "%n",
                    result.named(), result.possible());
        if (!result.unknownKeys().isEmpty()) {
            err.printf(
                    "the log was also written with subject keys that %s doesn't have: %s%n",
                    file, String.join(", ", result.unknownKeys()));
            err.flush();
            return ExitCode.CANNOT_TELL;
        }
        err.flush();
        return ExitCode.OK;
    }
}
