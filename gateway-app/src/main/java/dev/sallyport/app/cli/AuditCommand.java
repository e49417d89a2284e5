package dev.sallyport.app.cli;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.search.EntryFilter;
import dev.sallyport.audit.search.LogSearch;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.Position;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "audit",
        description = "Reads and verifies the audit log. Also while the gateway writes it.",
        subcommands = {
            AuditCommand.TailCommand.class,
            AuditCommand.SearchCommand.class,
            AuditCommand.VerifyCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class AuditCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec == null ? new CommandLine(this) : spec.commandLine(),
                "missing command: tail, search or verify");
    }

    /// Where the log is.
    static final class StoreOption {
        @Option(
                names = "--store",
                required = true,
                paramLabel = "DIR",
                description = "The audit store, as `audit.store` of the configuration.")
        private @Nullable Path store;

        Path folder() throws CommandFailure {
            if (store == null) throw new IllegalStateException("picocli sets it");
            if (!Files.isDirectory(store)) {
                throw new CommandFailure(ExitCode.CANNOT_TELL, "there is no folder " + store);
            }
            return store;
        }
    }

    /// What to look for.
    static final class FilterOptions {
        @Option(names = "--user", paramLabel = "NAME", description = "Of this person.")
        private String user = "";

        @Option(names = "--session", paramLabel = "ID", description = "Of this session.")
        private String session = "";

        @Option(names = "--database", paramLabel = "NAME", description = "On this database.")
        private String database = "";

        @Option(
                names = "--table",
                paramLabel = "NAME",
                description = "Touching this table or view, with or without its schema.")
        private String table = "";

        @Option(
                names = "--column",
                paramLabel = "NAME",
                description = "Touching this column, as ssn or patients.ssn.")
        private String column = "";

        @Option(names = "--verdict", paramLabel = "WORD", description = "permit or deny.")
        private String verdict = "";

        @Option(names = "--rule", paramLabel = "ID", description = "Decided by this rule.")
        private String rule = "";

        @Option(names = "--kind", paramLabel = "WORD", description = "Of this kind, as SELECT.")
        private String kind = "";

        @Option(
                names = "--type",
                paramLabel = "WORD",
                description = "Entries of this type, as login-failed.")
        private String type = "";

        @Option(
                names = "--text",
                paramLabel = "WORDS",
                description = "With this in the statement, whose literals are not kept.")
        private String text = "";

        @Option(
                names = "--from",
                paramLabel = "TIME",
                converter = TimeConverter.class,
                description = "Not before, as 2026-11-23 or 2026-11-23T08:30:00Z (UTC).")
        private Instant from = Instant.MIN;

        @Option(
                names = "--to",
                paramLabel = "TIME",
                converter = TimeConverter.class,
                description = "Before.")
        private Instant to = Instant.MAX;

        EntryFilter filter() throws CommandFailure {
            if (!List.of("", "permit", "deny").contains(verdict)) {
                throw new CommandFailure(ExitCode.USAGE, "--verdict is permit or deny");
            }
            return new EntryFilter(
                    user,
                    session,
                    database,
                    table,
                    column,
                    verdict,
                    rule,
                    kind,
                    type,
                    text,
                    from,
                    to,
                    1,
                    Long.MAX_VALUE);
        }
    }

    /// A date, or a time in UTC.
    static final class TimeConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                if (!text.contains("T")) {
                    return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
                }
                return text.endsWith("Z")
                        ? Instant.parse(text)
                        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException _) {
                throw new TypeConversionException(
                        "'" + text + "' is neither like 2026-11-23 nor like 2026-11-23T08:30:00Z");
            }
        }
    }

    private static final String FORMAT_HELP =
            "text, or json: one entry a line, byte for byte as it is in the log.";

    @Command(
            name = "tail",
            description = "Shows the latest entries.",
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class TailCommand implements Callable<Integer> {
        private static final long DEFAULT_COUNT = 20;

        @Spec private @Nullable CommandSpec spec;
        @Mixin private StoreOption store = new StoreOption();

        @Option(
                names = {"-n", "--count"},
                paramLabel = "N",
                description = "How many. Default: 20.")
        private long count = DEFAULT_COUNT;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on with what is being written, until Ctrl-C.")
        private boolean follow;

        @Option(names = "--format", paramLabel = "WORD", description = FORMAT_HELP)
        private LogSearch.Format format = LogSearch.Format.TEXT;

        @Mixin private FilterOptions filters = new FilterOptions();

        @Override
        public Integer call() throws CommandFailure, IOException {
            var out = out(spec);
            if (count < 0) throw new CommandFailure(ExitCode.USAGE, "--count is 0 or more");
            try {
                LogSearch.tail(
                        store.folder(),
                        count,
                        filters.filter(),
                        format,
                        out,
                        () -> {
                            out.flush();
                            // Whoever read it may be gone: `tail -f | head`.
                            return follow && !out.checkError();
                        });
            } catch (AuditException e) {
                throw unreadable(e);
            } finally {
                out.flush();
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "search",
            description = {
                "Finds statements and other events; every condition given must hold.",
                "As text a table with a row per statement, its outcome included."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class SearchCommand implements Callable<Integer> {
        private static final int DEFAULT_LIMIT = 1000;

        @Spec private @Nullable CommandSpec spec;
        @Mixin private StoreOption store = new StoreOption();
        @Mixin private FilterOptions filters = new FilterOptions();

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "The latest N rows, as text. Default: 1000.")
        private int limit = DEFAULT_LIMIT;

        @Option(names = "--format", paramLabel = "WORD", description = FORMAT_HELP)
        private LogSearch.Format format = LogSearch.Format.TEXT;

        @Override
        public Integer call() throws CommandFailure, IOException {
            var out = out(spec);
            if (limit < 1) throw new CommandFailure(ExitCode.USAGE, "--limit is 1 or more");
            try {
                LogSearch.search(store.folder(), filters.filter(), format, limit, out);
            } catch (AuditException e) {
                throw unreadable(e);
            } finally {
                out.flush();
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "verify",
            description = {
                "Says whether the log is what was written: every entry, its place and its end.",
                "Ends with 0 sound, 1 altered, 3 only a torn tail, 4 cannot tell."
            },
            optionListHeading = "%nOptions:%n")
    static final class VerifyCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private StoreOption store = new StoreOption();

        @Option(
                names = "--known",
                paramLabel = "POSITION",
                converter = PositionConverter.class,
                description =
                        "An entry that was noted elsewhere, as SEQUENCE:LEAFHASH, and that must"
                                + " still be there. May be given several times.")
        private List<Position> known = List.of();

        @Override
        public Integer call() throws CommandFailure {
            var result = LogVerifier.verify(store.folder(), known);
            var out = out(spec);
            out.println(result.describe());
            out.flush();
            return result.exitCode();
        }
    }

    static final class PositionConverter implements ITypeConverter<Position> {
        @Override
        public Position convert(String text) {
            try {
                return Position.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    private static PrintWriter out(@Nullable CommandSpec spec) {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        return spec.commandLine().getOut();
    }

    private static CommandFailure unreadable(AuditException e) {
        return new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
    }
}
