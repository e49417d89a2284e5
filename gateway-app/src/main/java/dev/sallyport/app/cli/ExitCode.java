package dev.sallyport.app.cli;

/// How a command ends. Scripts rely on these numbers.
public final class ExitCode {
    private ExitCode() {}

    public static final int OK = 0;

    /// What was asked for isn't so or could not be done: errors in the configuration, a log that
    /// was altered, a port in use, a tour that went wrong.
    public static final int FAILED = 1;

    /// The command line is wrong.
    public static final int USAGE = 2;

    /// `audit verify`: sound, but the last record is torn, as after a crash; the gateway mends it
    /// when it starts.
    public static final int TORN_TAIL = 3;

    /// `audit verify`: the files cannot be read, so nothing can be said.
    public static final int CANNOT_TELL = 4;

    /// An error in the program itself.
    public static final int INTERNAL = 70;
}
