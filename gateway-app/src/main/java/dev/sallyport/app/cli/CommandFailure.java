package dev.sallyport.app.cli;

/// A command cannot do what it was asked for, and the message tells the person at the terminal why
/// and what to do.
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public CommandFailure(String message) {
        this(ExitCode.FAILED, message);
    }

    public CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
        this.exitCode = ExitCode.FAILED;
    }

    public int exitCode() {
        return exitCode;
    }
}
