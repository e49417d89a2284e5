package dev.sallyport.app.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.app.cli.Verifiers;
import dev.sallyport.app.demo.Clinic;
import dev.sallyport.app.postgres.PostgresServer.Options;
import dev.sallyport.app.postgres.PostgresServer.Provider;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A server that somebody else runs: here, one of ours.
class OwnPostgresTest {
    private static PostgresServer theirs;

    @BeforeAll
    static void start() throws Exception {
        theirs = PostgresServer.start(Options.embedded());
    }

    @AfterAll
    static void stop() {
        theirs.close();
    }

    private static Options options(String password, String parameters) {
        var url =
                "postgresql://postgres:%s@127.0.0.1:%d/%s"
                        .formatted(password, theirs.port(), parameters);
        return Options.embedded().withProvider(Provider.OWN).withUrl(url);
    }

    private static String verified() {
        return "?sslrootcert=" + theirs.caFile().orElseThrow();
    }

    @Test
    void isUsedAndNotStopped() throws Exception {
        try (var own = PostgresServer.start(options(theirs.superuserPassword(), verified()))) {
            assertThat(own.queryColumn("postgres", "select 1")).containsExactly("1");
        }
        assertThat(theirs.queryColumn("postgres", "select 1")).containsExactly("1");
    }

    @Test
    void aWrongUrlIsExplainedWithoutShowingThePassword() {
        assertThatThrownBy(() -> PostgresServer.start(options("hunter2", verified())))
                .hasMessageContaining(
                        "cannot log in to 127.0.0.1:" + theirs.port() + " as postgres")
                .hasMessageNotContaining("hunter2");
        for (var wrong :
                new String[] {
                    "mysql://u:hunter2@h/",
                    "postgresql://u@h/",
                    "postgresql://u:hunter2@h/?ssl=1",
                    "postgresql://u:hunter2@h h/"
                }) {
            assertThatThrownBy(() ->
                            PostgresServer.start(
                                    Options.embedded().withProvider(Provider.OWN).withUrl(wrong)))
                    .hasMessageContaining("a URL like postgresql://user:password@host")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void aDatabaseOfThatNameThatIsNoSampleIsLeftAlone() throws Exception {
        theirs.execute("postgres", "create database clinic");
        theirs.execute("clinic", "create table precious (n int)");
        var clinic = new Clinic(theirs, Clinic.SEED, 1);
        assertThatThrownBy(() -> clinic.load("g", "c"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("not a sample clinic");
        assertThat(theirs.queryColumn("clinic", "select count(*) from precious"))
                .containsExactly("0");
    }

    /// What the users' file keeps is what PostgreSQL keeps: it accepts our verifiers as its own.
    @Test
    void ourVerifiersCheckThePasswordTheyWereMadeOf() throws Exception {
        var verifier = Verifiers.make("correct horse".toCharArray(), 4096);
        theirs.createRole("rider", verifier, "");
        assertThat(
                        theirs.queryColumn(
                                "postgres",
                                "select rolpassword from pg_authid where rolname = 'rider'"))
                .containsExactly(verifier);
        theirs.connect("postgres", "rider", "correct horse").close();
        assertThatThrownBy(() -> theirs.connect("postgres", "rider", "correct horsf"))
                .hasMessageContaining("password authentication failed");
    }
}
