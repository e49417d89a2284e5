package dev.sallyport.app.cli;

import dev.sallyport.app.report.AccessReview;
import dev.sallyport.app.report.Disclosures;
import dev.sallyport.app.report.Evidence;
import dev.sallyport.app.report.HipaaReport;
import dev.sallyport.app.report.Report;
import dev.sallyport.app.report.ReportWriter;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "report",
        description = {
            "Writes a report from the log: hipaa (control by control), access-review (each person)"
                    + " or disclosures (each table).",
            "Each figure comes with the search that yields it. The whole log is read, without a"
                    + " kept index."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditReportCommand implements Callable<Integer> {
    private static final int DORMANT_DAYS = 90;

    @Spec private @Nullable CommandSpec spec;

    enum Kind {
        HIPAA,
        ACCESS_REVIEW,
        DISCLOSURES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Parameters(
            paramLabel = "REPORT",
            converter = KindConverter.class,
            description = "hipaa, access-review or disclosures.")
    private Kind kind = Kind.HIPAA;

    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Option(
            names = "--format",
            paramLabel = "WORD",
            description = "markdown, html or json. Default: markdown.")
    private ReportWriter.Format format = ReportWriter.Format.MARKDOWN;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = FilterOptions.TimeConverter.class,
            description = "Of entries not before, as 2026-11-23.")
    private Instant from = Instant.MIN;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = FilterOptions.TimeConverter.class,
            description = "Of entries before.")
    private Instant to = Instant.MAX;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The gateway's configuration, as further evidence.")
    private @Nullable Path config;

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description = "For hipaa: public keys that are trusted, as for `audit verify`.")
    private @Nullable Path keys;

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "For disclosures: of this table alone.")
    private String table = "";

    @Option(
            names = "--dormant-days",
            paramLabel = "N",
            description = "For access-review: dormant is who did nothing for N days. Default: 90.")
    private int dormantDays = DORMANT_DAYS;

    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure {
        var folder = store.folder();
        if (dormantDays < 1)
            throw new CommandFailure(ExitCode.USAGE, "--dormant-days is 1 or more");
        var configuration = configuration();
        var trusted = trusted();
        try {
            var log = Evidence.of(folder, from, to);
            var report = report(folder, log, configuration, trusted);
            // After the last entry that the report is about, before anything of it is shown.
            reads.record(folder, "audit report " + kind, 0, spec);
            var out = AuditCommand.out(spec);
            out.print(new ReportWriter(folder.toString()).write(report, format));
            out.flush();
            return ExitCode.OK;
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, "the report: " + e.getMessage());
        }
    }

    private Report report(
            Path folder,
            Evidence log,
            Optional<ConfigLoader.Loaded> configuration,
            List<VerifierKey> trusted)
            throws AuditException, IOException {
        return switch (kind) {
            case HIPAA ->
                    HipaaReport.of(
                            log,
                            LogVerifier.verify(
                                    folder,
                                    new dev.sallyport.audit.verify.Evidence(
                                            List.of(), List.of(), trusted)),
                            !trusted.isEmpty(),
                            configuration);
            case ACCESS_REVIEW ->
                    AccessReview.of(
                            log,
                            Duration.ofDays(dormantDays),
                            to.equals(Instant.MAX) ? Instant.now() : to,
                            configuration);
            case DISCLOSURES -> Disclosures.of(log, table);
        };
    }

    private Optional<ConfigLoader.Loaded> configuration() throws CommandFailure {
        if (config == null) return Optional.empty();
        return switch (ConfigLoader.load(config)) {
            case ConfigLoader.Loaded loaded -> Optional.of(loaded);
            case ConfigLoader.Errors _ ->
                    throw new CommandFailure(
                            "the configuration has errors: `sallyport check --config "
                                    + config
                                    + "` lists them");
        };
    }

    private List<VerifierKey> trusted() throws CommandFailure {
        if (keys == null) return List.of();
        try {
            return KeyFile.readPublic(keys);
        } catch (IOException | FormatException e) {
            throw new CommandFailure(ExitCode.USAGE, "--keys " + keys + ": " + e.getMessage());
        }
    }

    static final class KindConverter implements ITypeConverter<Kind> {
        @Override
        public Kind convert(String word) {
            for (var kind : Kind.values()) if (kind.toString().equals(word)) return kind;
            throw new TypeConversionException(
                    "'" + word + "' is neither hipaa nor access-review nor disclosures");
        }
    }
}
