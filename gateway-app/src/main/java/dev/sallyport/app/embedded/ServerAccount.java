package dev.sallyport.app.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Under which account an embedded server runs: our own, or, as PostgreSQL refuses to run as root
/// and no server needs to, `nobody` (65534) through setpriv.
public enum ServerAccount {
    OURS,
    NOBODY;

    private static final int NOBODY_ID = 65534;

    public static ServerAccount current() {
        return runsAsRoot() ? NOBODY : OURS;
    }

    public static boolean runsAsRoot() {
        return new UnixSystem().getUid() == 0;
    }

    /// The command to run a program under this account.
    public List<String> command(List<String> program) throws IOException {
        var command = new ArrayList<String>();
        switch (this) {
            case OURS -> {}
            case NOBODY -> {
                if (!isInstalled("setpriv")) {
                    throw new IOException(
                            "a database doesn't run as root and `setpriv` (util-linux) is not"
                                    + " installed: run as an ordinary user");
                }
                command.add("setpriv");
                command.addAll(identity());
            }
        }
        command.addAll(program);
        return command;
    }

    /// The command for a program that runs as long as we do: in a session of its own, so that the
    /// terminal's Ctrl-C reaches only us, and told to stop by the kernel when the thread that
    /// started it ends, even by kill -9. Where the system has no such tools, the plain command.
    ///
    /// @param signal by which that server stops in good order, as `INT`
    public List<String> longRunningCommand(String signal, List<String> program) throws IOException {
        var linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        if (!linux || !isInstalled("setpriv") || !isInstalled("setsid")) return command(program);
        var command = new ArrayList<>(List.of("setsid", "setpriv", "--pdeathsig", signal));
        if (this == NOBODY) command.addAll(identity());
        command.addAll(program);
        return command;
    }

    private static List<String> identity() {
        return List.of("--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
    }

    /// Hands a file or folder to this account.
    public void own(Path path) throws IOException {
        switch (this) {
            case OURS -> {}
            case NOBODY -> {
                Files.setAttribute(path, "unix:uid", NOBODY_ID);
                Files.setAttribute(path, "unix:gid", NOBODY_ID);
            }
        }
    }

    /// True when this account may pass through every folder down to and including this one.
    public boolean canReach(Path folder) throws IOException {
        return switch (this) {
            case OURS -> true;
            case NOBODY -> {
                var real = folder.toRealPath();
                for (var p = real; p != null; p = p.getParent()) {
                    var passable =
                            Files.getPosixFilePermissions(p)
                                    .contains(PosixFilePermission.OTHERS_EXECUTE);
                    if (!passable) yield false;
                }
                yield true;
            }
        };
    }

    private static boolean isInstalled(String program) {
        var path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (var folder : path.split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) return true;
        }
        return false;
    }
}
