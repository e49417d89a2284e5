package dev.sallyport.app.cli;

import dev.sallyport.app.Shutdown;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.note.Checkpoint;
import dev.sallyport.audit.note.KeyFile;
import dev.sallyport.audit.note.SigningKey;
import dev.sallyport.audit.note.VerifierKey;
import dev.sallyport.audit.sealed.AuditorKey;
import dev.sallyport.audit.subject.SubjectKey;
import dev.sallyport.audit.verify.Evidence;
import dev.sallyport.audit.verify.LogVerifier;
import dev.sallyport.audit.verify.Position;
import dev.sallyport.audit.verify.ProofBundle;
import dev.sallyport.audit.witness.Witness;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            AuditTailCommand.class,
            AuditSearchCommand.class,
            AuditShowCommand.class,
            AuditReportCommand.class,
            AuditExportCommand.class,
            AuditAlertsCommand.class,
            AuditCommand.VerifyCommand.class,
            AuditCommand.CheckpointCommand.class,
            AuditCommand.ProveCommand.class,
            AuditCommand.KeygenCommand.class,
            AuditCommand.WitnessCommand.class,
            AuditRetentionCommand.HoldCommand.class,
            AuditRetentionCommand.PruneCommand.class,
            AuditPostgresCommand.class
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
                "missing command: tail, search, show, report, export, alerts, verify, checkpoint,"
                        + " prove, keygen, witness, hold, prune or postgres");
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

    @Command(
            name = "verify",
            description = {
                "Says whether the log is what was written: every entry, its place and its end.",
                "Ends with 0 sound, 1 altered, 3 only a torn tail, 4 cannot tell."
            },
            optionListHeading = "%nOptions:%n")
    static final class VerifyCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--store",
                paramLabel = "DIR",
                description = "The audit store, as `audit.store` of the configuration.")
        private @Nullable Path store;

        @Option(
                names = "--proof",
                paramLabel = "FILE",
                description = "Instead of a store: what `audit prove` wrote.")
        private @Nullable Path proof;

        @Mixin private CopyVerification copy = new CopyVerification();

        @Option(
                names = "--since",
                paramLabel = "FILE",
                description =
                        "A checkpoint that was kept elsewhere, and of which the log must be a"
                                + " continuation. May be given several times.")
        private List<Path> since = List.of();

        @Option(
                names = "--keys",
                paramLabel = "FILE",
                description =
                        "Public keys that are trusted, one a line, as `audit keygen` prints them."
                                + " Without it the key that the log names is taken as it is.")
        private @Nullable Path keys;

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
            var trusted = keys == null ? List.<VerifierKey>of() : keys(keys);
            if (proof != null) {
                if (store != null || copy.isAsked() || !since.isEmpty() || !known.isEmpty())
                    throw new CommandFailure(
                            ExitCode.USAGE, "--proof stands alone, or with --keys");
                return verifyProof(proof, trusted, out(spec));
            }
            var checkpoints = new ArrayList<Checkpoint>();
            for (var file : since) checkpoints.add(checkpoint(file));
            if (copy.isAsked()) {
                if (store != null)
                    throw new CommandFailure(
                            ExitCode.USAGE, "--store and the copy in PostgreSQL: one at a time");
                return copy.verify(new Evidence(known, checkpoints, trusted), out(spec));
            }
            if (store == null)
                throw new CommandFailure(
                        ExitCode.USAGE, "--store, --postgres, --config or --proof is missing");
            if (!Files.isDirectory(store))
                throw new CommandFailure(ExitCode.CANNOT_TELL, "there is no folder " + store);
            var result = LogVerifier.verify(store, new Evidence(known, checkpoints, trusted));
            var out = out(spec);
            out.println(result.describe());
            out.flush();
            return result.exitCode();
        }

        private static int verifyProof(Path file, List<VerifierKey> trusted, PrintWriter out) {
            try {
                var bundle = ProofBundle.parse(Files.readAllBytes(file));
                bundle.verify(trusted);
                out.printf(
                        "sound: entry %d of the log %s, signed by %s: %s%n%s%n",
                        bundle.sequence(),
                        bundle.checkpoint().origin(),
                        trusted.isEmpty() ? "the key in the bundle (see --keys)" : "a trusted key",
                        bundle.key(),
                        new String(bundle.entry(), StandardCharsets.UTF_8));
                return ExitCode.OK;
            } catch (FormatException e) {
                out.println("ALTERED: " + e.getMessage());
                return ExitCode.FAILED;
            } catch (IOException e) {
                out.println("cannot tell: " + e);
                return ExitCode.CANNOT_TELL;
            } finally {
                out.flush();
            }
        }

        private static List<VerifierKey> keys(Path file) throws CommandFailure {
            try {
                return KeyFile.readPublic(file);
            } catch (IOException | FormatException e) {
                throw new CommandFailure(ExitCode.USAGE, "--keys " + file + ": " + e.getMessage());
            }
        }

        private static Checkpoint checkpoint(Path file) throws CommandFailure {
            try {
                return Checkpoint.parse(Files.readAllBytes(file));
            } catch (IOException | FormatException e) {
                throw new CommandFailure(ExitCode.USAGE, "--since " + file + ": " + e.getMessage());
            }
        }
    }

    @Command(
            name = "checkpoint",
            description = {
                "Prints the newest signed checkpoint, for keeping elsewhere.",
                "`audit verify --since` later shows that the log still continues it."
            },
            optionListHeading = "%nOptions:%n")
    static final class CheckpointCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private StoreOption store = new StoreOption();

        @Override
        public Integer call() throws CommandFailure {
            var file = store.folder().resolve(Checkpoint.FILE_NAME);
            try {
                var bytes = Files.readAllBytes(file);
                var _ = Checkpoint.parse(bytes);
                out(spec).print(new String(bytes, StandardCharsets.UTF_8));
                out(spec).flush();
                return ExitCode.OK;
            } catch (NoSuchFileException _) {
                throw new CommandFailure(ExitCode.CANNOT_TELL, "the log has no checkpoint");
            } catch (IOException | FormatException e) {
                throw new CommandFailure(ExitCode.CANNOT_TELL, file + ": " + e.getMessage());
            }
        }
    }

    @Command(
            name = "prove",
            description = {
                "Writes one entry with the proof that the newest checkpoint covers it.",
                "The file verifies on any machine: `audit verify --proof`, `verify.py --proof`."
            },
            optionListHeading = "%nOptions:%n")
    static final class ProveCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;
        @Mixin private StoreOption store = new StoreOption();

        @Option(
                names = "--sequence",
                required = true,
                paramLabel = "N",
                description = "The entry's sequence number.")
        private long sequence;

        @Mixin private ReadOptions reads = new ReadOptions();

        @Override
        public Integer call() throws CommandFailure {
            try {
                var bundle = ProofBundle.of(store.folder(), sequence);
                reads.record(store.folder(), "audit prove --sequence " + sequence, 1, spec);
                out(spec).print(new String(bundle.bytes(), StandardCharsets.UTF_8));
                out(spec).flush();
                return ExitCode.OK;
            } catch (IOException | FormatException e) {
                throw new CommandFailure(
                        "entry " + sequence + " cannot be proven: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "keygen",
            description = {
                "Makes a key and prints its public part.",
                "With --log-key: for the log's checkpoints, to be given to --keys. Where the file"
                        + " has a key already, the new one is put before it: the gateway takes it"
                        + " at its next start, and the old one vouches for it.",
                "With --auditor: for one who may read what the log seals; the public part belongs"
                        + " under `audit.seal.recipients` of the configuration, the file with the"
                        + " auditor.",
                "With --subject-key: for the index by patient. A new key is put before those in the"
                        + " file, by which `audit search --subject` finds what is older."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class KeygenCommand implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--log-key",
                paramLabel = "FILE",
                description = "The key file, as `audit.key` of the configuration.")
        private @Nullable Path file;

        @Option(
                names = "--origin",
                paramLabel = "NAME",
                description = "The log's name, `gateway` of the configuration; for a new file.")
        private String origin = "";

        @Option(
                names = "--auditor",
                paramLabel = "NAME",
                description = "Whose key it is, as maria@clinic.example.")
        private String auditor = "";

        @Option(
                names = "--key",
                paramLabel = "FILE",
                description = "Where the auditor's private key goes; a new file.")
        private @Nullable Path auditorKey;

        @Option(
                names = "--subject-key",
                paramLabel = "FILE",
                description =
                        "The key file of the subject index, as `audit.subjectKey` of the"
                                + " configuration.")
        private @Nullable Path subjectKey;

        @Override
        public Integer call() throws CommandFailure {
            if (subjectKey != null && file == null && auditorKey == null)
                return subjects(subjectKey);
            if (subjectKey != null
                    || (file == null
                            ? auditor.isEmpty() || auditorKey == null
                            : auditorKey != null))
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "needed: --log-key FILE for the log, --auditor NAME --key FILE, or"
                                + " --subject-key FILE");
            return file == null ? auditor(auditorKey) : log(file);
        }

        private Integer subjects(Path to) throws CommandFailure {
            try {
                var key = Files.exists(to) ? SubjectKey.rotate(to) : SubjectKey.create(to);
                out(spec).println("subject key " + key.id());
                out(spec).flush();
                return ExitCode.OK;
            } catch (IOException | FormatException e) {
                throw new CommandFailure("the key cannot be made: " + e.getMessage());
            }
        }

        private Integer auditor(@Nullable Path to) throws CommandFailure {
            try {
                if (to == null) throw new IllegalStateException("checked before");
                out(spec).println(AuditorKey.create(to, auditor).recipient());
                out(spec).flush();
                return ExitCode.OK;
            } catch (FileAlreadyExistsException _) {
                throw new CommandFailure(
                        "there is a file "
                                + to
                                + " already: what was sealed to the key in it needs that key");
            } catch (IOException | FormatException e) {
                throw new CommandFailure("the key cannot be made: " + e.getMessage());
            }
        }

        private Integer log(Path file) throws CommandFailure {
            try {
                SigningKey key;
                if (Files.exists(file)) {
                    key = KeyFile.rotate(file);
                } else {
                    if (!VerifierKey.isName(origin))
                        throw new CommandFailure(
                                ExitCode.USAGE, "--origin NAME is needed for a new key file");
                    key = KeyFile.create(file, origin, VerifierKey.Use.NOTE);
                }
                out(spec).println(key.verifier());
                out(spec).flush();
                return ExitCode.OK;
            } catch (IOException | FormatException e) {
                throw new CommandFailure("the key cannot be made: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "witness",
            description = {
                "Remembers the last checkpoint of each log and cosigns what continues it (C2SP"
                        + " tlog-witness), for gateways with `audit.witness`. For another team, on"
                        + " another machine; TLS is its front's part."
            },
            sortOptions = false,
            optionListHeading = "%nOptions:%n")
    static final class WitnessCommand implements Callable<Integer> {
        private static final int PORTS = 65_535;

        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--state",
                required = true,
                paramLabel = "DIR",
                description = "Where it remembers, and keeps its key.")
        private Path state = Path.of("");

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Its name in cosignatures, as witness.example/clinic.")
        private String name = "";

        @Option(
                names = "--logs",
                required = true,
                paramLabel = "FILE",
                description = "Public keys of the logs, one a line.")
        private Path logs = Path.of("");

        @Option(
                names = "--host",
                paramLabel = "HOST",
                description = "Address to listen on. Default: 127.0.0.1.")
        private String host = "127.0.0.1";

        @Option(
                names = "--port",
                required = true,
                paramLabel = "N",
                description = "Port to listen on.")
        private int port;

        @Override
        public Integer call() throws CommandFailure {
            if (!VerifierKey.isName(name))
                throw new CommandFailure(ExitCode.USAGE, "--name: no blanks and no +");
            if (port < 0 || port > PORTS)
                throw new CommandFailure(ExitCode.USAGE, "--port is 0 to 65535");
            var shutdown = new Shutdown();
            shutdown.handleSignals();
            try {
                Files.createDirectories(state);
                var file = state.resolve("witness.key");
                var key =
                        Files.exists(file)
                                ? KeyFile.read(file).getFirst()
                                : KeyFile.create(file, name, VerifierKey.Use.COSIGNATURE);
                if (!key.verifier().name().equals(name)
                        || key.verifier().use() != VerifierKey.Use.COSIGNATURE)
                    throw new CommandFailure(file + " holds a key of " + key.verifier().name());
                var witness =
                        Witness.start(
                                new InetSocketAddress(host, port),
                                state,
                                key,
                                KeyFile.readPublic(logs));
                shutdown.add("witness", witness::close);
                out(spec).println("the witness listens on " + witness.address());
                out(spec).println(key.verifier());
                out(spec).flush();
                return shutdown.await();
            } catch (IOException | FormatException e) {
                throw new CommandFailure("the witness cannot start: " + e.getMessage());
            }
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

    static PrintWriter out(@Nullable CommandSpec spec) {
        if (spec == null) throw new IllegalStateException("picocli sets it");
        return spec.commandLine().getOut();
    }
}
