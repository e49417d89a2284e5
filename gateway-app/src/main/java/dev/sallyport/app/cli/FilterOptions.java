package dev.sallyport.app.cli;

import dev.sallyport.audit.search.Criterion;
import dev.sallyport.audit.search.EntryFilter;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What to look for in the log: `--user dana --table patients`.
final class FilterOptions {
    private static final Pattern SEQUENCES = Pattern.compile("(\\d{1,18})(\\.\\.(\\d{0,18}))?");

    @Option(names = "--user", paramLabel = "NAME", description = "Of this person.")
    private String user = "";

    @Option(names = "--session", paramLabel = "ID", description = "Of this session.")
    private String session = "";

    @Option(names = "--database", paramLabel = "NAME", description = "On this database.")
    private String database = "";

    @Option(
            names = "--source",
            paramLabel = "ADDRESS",
            description = "From this address or network, as 10.1.2.3 or 10.1.0.0/16.")
    private String source = "";

    @Option(
            names = "--purpose",
            paramLabel = "WORD",
            description = "For this purpose, where the entries tell one.")
    private String purpose = "";

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

    @Option(
            names = "--action",
            paramLabel = "WORD",
            description = "Doing this with the table or column, as select or update.")
    private String action = "";

    @Option(names = "--verdict", paramLabel = "WORD", description = "permit or deny.")
    private String verdict = "";

    @Option(names = "--rule", paramLabel = "ID", description = "Decided by this rule.")
    private String rule = "";

    @Option(names = "--kind", paramLabel = "WORD", description = "Of this kind, as SELECT.")
    private String kind = "";

    @Option(
            names = "--text",
            paramLabel = "WORDS",
            description = "With this in the statement, whose literals are not kept.")
    private String text = "";

    @Option(
            names = "--type",
            paramLabel = "WORD",
            description = "Entries of this type, as login-failed.")
    private String type = "";

    @Option(
            names = "--status",
            paramLabel = "WORD",
            description = "Statements that ended so, as completed, failed or cancelled.")
    private String status = "";

    @Option(
            names = "--sqlstate",
            paramLabel = "CODE",
            description = "Statements that the database refused with this code, as 42P01.")
    private String sqlState = "";

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

    @Option(
            names = "--sequence",
            paramLabel = "RANGE",
            description = "Of these sequence numbers, as 17, 17..99 or 17.. .")
    private String sequence = "";

    EntryFilter filter() throws CommandFailure {
        if (!List.of("", "permit", "deny").contains(verdict)) {
            throw new CommandFailure(ExitCode.USAGE, "--verdict is permit or deny");
        }
        if (!source.isEmpty() && !Criterion.isSource(source)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--source is an address or a network, as 10.1.2.3 or 10.1.0.0/16");
        }
        var filter =
                EntryFilter.ALL
                        .with(Criterion.USER, user)
                        .with(Criterion.SESSION, session)
                        .with(Criterion.DATABASE, database)
                        .with(Criterion.SOURCE, source)
                        .with(Criterion.PURPOSE, purpose)
                        .with(Criterion.TABLE, table)
                        .with(Criterion.COLUMN, column)
                        .with(Criterion.ACTION, action)
                        .with(Criterion.VERDICT, verdict)
                        .with(Criterion.RULE, rule)
                        .with(Criterion.KIND, kind)
                        .with(Criterion.TEXT, text)
                        .with(Criterion.TYPE, type)
                        .with(Criterion.STATUS, status)
                        .with(Criterion.SQLSTATE, sqlState)
                        .within(from, to);
        if (sequence.isEmpty()) return filter;
        var range = SEQUENCES.matcher(sequence);
        if (!range.matches())
            throw new CommandFailure(ExitCode.USAGE, "--sequence is like 17, 17..99 or 17..");
        var first = Long.parseLong(range.group(1));
        if (range.group(2) == null) return filter.between(first, first);
        return filter.between(
                first, range.group(3).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(3)));
    }

    /// The question as the log keeps it: what was looked for in statements may be about a patient.
    static String recorded(String command, EntryFilter filter) {
        var asked = filter;
        if (asked.wanted().containsKey(Criterion.TEXT)) asked = asked.with(Criterion.TEXT, "?");
        return (command + " " + String.join(" ", asked.options())).strip();
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
}
