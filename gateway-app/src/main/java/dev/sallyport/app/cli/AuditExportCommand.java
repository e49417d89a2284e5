package dev.sallyport.app.cli;

import dev.sallyport.app.Shutdown;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.export.ExportFormat;
import dev.sallyport.audit.export.Exporter;
import dev.sallyport.audit.export.HttpReceiver;
import dev.sallyport.audit.export.Receiver;
import dev.sallyport.audit.export.StreamReceiver;
import dev.sallyport.audit.export.SyslogReceiver;
import dev.sallyport.audit.export.Trust;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = {
            "Sends the log's entries to another system, in order, each at least once.",
            "With --cursor it goes on where it was; with --follow it stays and sends what comes. A"
                    + " receiver that is away is tried until it is back: nothing is skipped, and"
                    + " the gateway does not wait for it."
        },
        sortOptions = false,
        optionListHeading = "%nOptions:%n")
final class AuditExportCommand implements Callable<Integer> {
    private static final Pattern SYSLOG =
            Pattern.compile("tls://([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");
    private static final long STOP_SECONDS = 5;
    private static final Pattern HTTP = Pattern.compile("https?://.+");
    private static final Pattern LOOPBACK =
            Pattern.compile("127(\\.[0-9]{1,3}){3}|localhost|\\[::1]");

    @Spec private @Nullable CommandSpec spec;
    @Mixin private AuditCommand.StoreOption store = new AuditCommand.StoreOption();

    @Option(
            names = "--format",
            paramLabel = "WORD",
            description =
                    "json (the entry with its leaf hash), ocsf (classes 6005, 3002 and 0) or cef."
                            + " Default: json.")
    private ExportFormat format = ExportFormat.JSON;

    @Option(
            names = "--send-to",
            paramLabel = "WHERE",
            description =
                    "A file to append to, - for standard output, tls://HOST:PORT for syslog (RFC"
                            + " 5424 over TLS), https://... for POSTs of lines. Default: -.")
    private String to = "-";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) to trust for --send-to. Default: those of the JDK.")
    private @Nullable Path ca;

    @Option(
            names = "--authorization-file",
            paramLabel = "FILE",
            description = "Holds the value of the header Authorization, for https.")
    private @Nullable Path authorization;

    @Option(
            names = "--cursor",
            paramLabel = "FILE",
            description = "Remembers how far the export got. Without it: from the beginning.")
    private @Nullable Path cursor;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is being written, until Ctrl-C.")
    private boolean follow;

    @Mixin private FilterOptions filters = new FilterOptions();
    @Mixin private ReadOptions reads = new ReadOptions();

    @Override
    public Integer call() throws CommandFailure {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        var err = spec.commandLine().getErr();
        var folder = store.folder();
        var filter = filters.filter();
        var going = new AtomicBoolean(true);
        var finished = new CountDownLatch(1);
        var problems =
                new Consumer<String>() {
                    private String last = "";

                    @Override
                    public void accept(String problem) {
                        if (problem.equals(last)) return;
                        err.println(problem.isEmpty() ? "export: going on" : "export: " + problem);
                        err.flush();
                        last = problem;
                    }
                };
        try (var receiver = receiver()) {
            if (follow) {
                var shutdown = new Shutdown();
                shutdown.handleSignals();
                // The batch under way is finished, and the cursor written.
                shutdown.add(
                        "export",
                        () -> {
                            going.set(false);
                            var _ = finished.await(STOP_SECONDS, TimeUnit.SECONDS);
                        });
            }
            reads.record(
                    folder,
                    FilterOptions.recorded(
                            "audit export --format "
                                    + format.name().toLowerCase(Locale.ROOT)
                                    + (follow ? " --follow" : ""),
                            filter),
                    0,
                    spec);
            new Exporter(folder, filter, format, receiver, Optional.ofNullable(cursor), problems)
                    .run(going::get, follow);
            return ExitCode.OK;
        } catch (AuditException e) {
            throw new CommandFailure(ExitCode.CANNOT_TELL, String.valueOf(e.getMessage()));
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandFailure("export: " + e.getMessage());
        } finally {
            finished.countDown();
        }
    }

    private Receiver receiver() throws CommandFailure, IOException, GeneralSecurityException {
        boolean http = HTTP.matcher(to).matches();
        if (authorization != null && !http)
            throw new CommandFailure(ExitCode.USAGE, "--authorization-file is for https");
        if (to.equals("-")) return StreamReceiver.to(new FileOutputStream(FileDescriptor.out));
        var trust = ca == null ? SSLContext.getDefault() : Trust.in(ca);
        var syslog = SYSLOG.matcher(to);
        if (syslog.matches())
            return new SyslogReceiver(syslog.group(1), Integer.parseInt(syslog.group(2)), trust);
        if (http) {
            URI url;
            try {
                url = URI.create(to);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure(ExitCode.USAGE, "--send-to: " + e.getMessage());
            }
            var host = String.valueOf(url.getHost());
            if (url.getUserInfo() != null)
                throw new CommandFailure(
                        ExitCode.USAGE, "--send-to: put the password into --authorization-file");
            if ("http".equals(url.getScheme()) && !LOOPBACK.matcher(host).matches())
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--send-to must be https: only loopback addresses may do without, and '"
                                + host
                                + "' is none");
            return new HttpReceiver(
                    url,
                    authorization == null
                            ? Optional.empty()
                            : Optional.of(Files.readString(authorization).strip()),
                    trust);
        }
        if (to.contains("://"))
            throw new CommandFailure(
                    ExitCode.USAGE, "--send-to is a file, -, tls://HOST:PORT or https://...");
        return StreamReceiver.appendTo(Path.of(to));
    }
}
