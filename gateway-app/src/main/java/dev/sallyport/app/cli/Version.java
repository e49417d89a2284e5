package dev.sallyport.app.cli;

import picocli.CommandLine.IVersionProvider;

/// What runs: this build, this Java, this system.
public final class Version implements IVersionProvider {
    /// As the jar's manifest says; `development` when run from classes.
    public static String ofSallyport() {
        var version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "sallyport " + ofSallyport(),
            "java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor")),
            "%s %s, %s"
                    .formatted(
                            System.getProperty("os.name"),
                            System.getProperty("os.version"),
                            System.getProperty("os.arch"))
        };
    }
}
