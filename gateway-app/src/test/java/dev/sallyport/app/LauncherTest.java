package dev.sallyport.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shell script `./sallyport`, with programs of our own in the place of Java and Maven. The
/// folders' names hold blanks on purpose.
class LauncherTest {
    private static final String JDK =
            """
            #!/bin/sh
            case " $* " in *AOTCacheOutput*) exit 0;; esac
            for a in "$@"; do echo "java: $a"; done
            """;
    private static final String MAVEN =
            """
            #!/bin/sh
            echo "[INFO] Building gateway-app 0.1.0-SNAPSHOT                                   [9/9]"
            echo "$JAVA_HOME" > maven-ran
            mkdir -p gateway-app/target && echo jar > gateway-app/target/sallyport.jar
            # Long enough for the step to be seen and shown.
            sleep 2
            """;

    @TempDir Path temporary;
    private Path clone;
    private Path jdk;
    private Path bin;

    @BeforeEach
    void layOut() throws Exception {
        clone = Files.createDirectories(temporary.resolve("a clone"));
        Files.copy(Path.of("../sallyport"), clone.resolve("sallyport"));
        Files.createDirectories(clone.resolve("gateway-app/src/main"));
        Files.createDirectories(clone.resolve("config/examples"));
        Files.writeString(clone.resolve("pom.xml"), "<project/>");
        Files.writeString(clone.resolve("gateway-app/pom.xml"), "<project/>");
        jdk = jdk("a jdk", "25.0.3");
        bin = Files.createDirectories(temporary.resolve("bin"));
        program(bin.resolve("mvn"), MAVEN);
    }

    @Test
    void buildsOnceAndThenOnlyWhenASourceIsNewer() throws Exception {
        var first = run(Map.of("SALLYPORT_JAVA", jdk.toString()), "version");
        assertThat(first.output()).contains("building", "[9/9] gateway-app", "built in");
        assertThat(first.output()).contains("java: -jar", "java: version");
        assertThat(first.exitCode()).isZero();
        assertThat(Files.readString(clone.resolve("maven-ran")).strip()).isEqualTo(jdk.toString());

        Files.delete(clone.resolve("maven-ran"));
        assertThat(run(Map.of("SALLYPORT_JAVA", jdk.toString()), "x").output())
                .doesNotContain("building");

        var source = Files.writeString(clone.resolve("gateway-app/src/main/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(run(Map.of("SALLYPORT_JAVA", jdk.toString()), "x").output())
                .contains("building");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        var run = run(Map.of("SALLYPORT_JAVA", jdk.toString()), "demo", "--data", "a b", "*", "");
        assertThat(run.output()).contains("java: demo\njava: --data\njava: a b\njava: *\njava: \n");
    }

    @Test
    void runsFromAnyFolderAndThroughALink() throws Exception {
        var link = temporary.resolve("link to it");
        Files.createSymbolicLink(link, Path.of("a clone/sallyport"));
        var run = run(link, temporary, Map.of("SALLYPORT_JAVA", jdk.toString()), "version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.output())
                .contains("java: " + clone.toRealPath() + "/gateway-app/target/sallyport.jar");
    }

    @Test
    void showsWhyTheBuildFailedAndWhereTheLogIs() throws Exception {
        program(bin.resolve("mvn"), "#!/bin/sh\necho '[ERROR] no such planet'\nexit 1\n");
        var run = run(Map.of("SALLYPORT_JAVA", jdk.toString()), "version");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("the build failed", "[ERROR] no such planet")
                .contains("gateway-app/target/sallyport-build.log");
        assertThat(clone.resolve("gateway-app/target/sallyport-build.lock")).doesNotExist();
        // And tries again the next time.
        assertThat(run(Map.of("SALLYPORT_JAVA", jdk.toString()), "x").output())
                .contains("building");
    }

    @Test
    void takesJavaHomeWhenItIsNewEnough() throws Exception {
        var run = run(Map.of("JAVA_HOME", jdk.toString()), "version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("JDK in " + jdk);
    }

    @Test
    void refusesASallyportJavaThatIsTooOld() throws Exception {
        var old = jdk("old jdk", "17.0.9");
        var run = run(Map.of("SALLYPORT_JAVA", old.toString()), "version");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .isEqualTo(
                        "sallyport: SALLYPORT_JAVA is " + old + ", which is no JDK 25 or newer\n");
    }

    @Test
    void takesTheJavaInsideAFolderOrTheProgramItself() throws Exception {
        var run = run(Map.of("SALLYPORT_JAVA", jdk.resolve("bin/java").toString()), "version");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void aStaleLockOfAKilledBuildIsNoObstacle() throws Exception {
        var lock =
                Files.createDirectories(clone.resolve("gateway-app/target/sallyport-build.lock"));
        Files.writeString(lock.resolve("pid"), "999999999\n");
        assertThat(run(Map.of("SALLYPORT_JAVA", jdk.toString()), "version").exitCode()).isZero();
    }

    /// Runs where no JDK can be found: the script's own list of folders is cut out.
    @Test
    void saysWhatToInstallWhenThereIsNoJdk() throws Exception {
        var script = Files.readString(clone.resolve("sallyport"));
        var cut =
                script.replaceAll(
                        "/usr/lib/jvm/\\*|/opt/\\*|/opt/java/\\*|/usr/local/\\*|/usr/java/\\*",
                        "/none");
        assertThat(cut).isNotEqualTo(script);
        Files.writeString(clone.resolve("sallyport"), cut);
        for (var tool : new String[] {"sed", "dirname", "readlink", "cat", "sh"}) {
            Files.createSymbolicLink(bin.resolve(tool), which(tool));
        }
        var process =
                new ProcessBuilder("/bin/sh", clone.resolve("sallyport").toString(), "demo")
                        .redirectErrorStream(true);
        process.environment().clear();
        process.environment().put("PATH", bin.toString());
        process.environment().put("HOME", temporary.toString());
        var run = finish(process.start());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("no JDK 25 or newer was found", "adoptium.net", "Debian", "brew install");
    }

    private record Run(int exitCode, String output) {}

    private Run run(Map<String, String> environment, String... arguments) throws Exception {
        return run(clone.resolve("sallyport"), temporary, environment, arguments);
    }

    private Run run(Path script, Path from, Map<String, String> environment, String... arguments)
            throws Exception {
        var command = new java.util.ArrayList<String>();
        command.add(script.toString());
        command.addAll(java.util.List.of(arguments));
        var builder =
                new ProcessBuilder(command).directory(from.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(n -> n.startsWith("SALLYPORT") || n.equals("JAVA_HOME"));
        builder.environment().putAll(environment);
        builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        return finish(builder.start());
    }

    private static Run finish(Process process) throws Exception {
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());
        return new Run(process.waitFor(), output);
    }

    private Path jdk(String name, String version) throws IOException {
        var home = Files.createDirectories(temporary.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        program(home.resolve("bin/java"), JDK);
        program(home.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home.toRealPath();
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path which(String tool) {
        for (var folder : new String[] {"/usr/bin", "/bin"}) {
            var file = Path.of(folder, tool);
            if (Files.isExecutable(file)) return file;
        }
        throw new IllegalStateException("no " + tool);
    }
}
