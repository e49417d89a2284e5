package dev.sallyport.app;

import dev.sallyport.app.cli.SallyportCommand;

/// Where the JVM enters.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(SallyportCommand.run(args));
    }
}
