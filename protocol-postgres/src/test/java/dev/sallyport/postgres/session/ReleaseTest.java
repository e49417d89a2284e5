package dev.sallyport.postgres.session;

import static dev.sallyport.postgres.session.Wire.bind;
import static dev.sallyport.postgres.session.Wire.bindComplete;
import static dev.sallyport.postgres.session.Wire.complete;
import static dev.sallyport.postgres.session.Wire.error;
import static dev.sallyport.postgres.session.Wire.execute;
import static dev.sallyport.postgres.session.Wire.flush;
import static dev.sallyport.postgres.session.Wire.notice;
import static dev.sallyport.postgres.session.Wire.parse;
import static dev.sallyport.postgres.session.Wire.parseComplete;
import static dev.sallyport.postgres.session.Wire.query;
import static dev.sallyport.postgres.session.Wire.ready;
import static dev.sallyport.postgres.session.Wire.row;
import static dev.sallyport.postgres.session.Wire.rowDescription;
import static dev.sallyport.postgres.session.Wire.suspended;
import static dev.sallyport.postgres.session.Wire.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Nothing is forwarded or released before the record it depends on is on disk.
class ReleaseTest {
    private final SessionFixture session = new SessionFixture();

    @BeforeEach
    void nothingIsDurableByItself() {
        session.guard.always = false;
    }

    @AfterEach
    void nothingIsLeft() {
        session.close();
    }

    @Test
    void readGoesUpAtOnceButItsResultsWaitForTheIntent() {
        session.sends(query("select 1"));
        assertThat(session.seenByServer()).containsExactly("Q select 1");
        session.answers(rowDescription(), row("phi"), notice("phi"));
        assertThat(session.toClient()).isEmpty();
        session.guard.durable(1);
        assertThat(session.seenByClient()).containsExactly("T", "D phi", "N 00000 phi");
    }

    @Test
    void endOfAStatementWaitsForItsOutcome() {
        session.sends(query("select 1"));
        session.guard.durable(1);
        session.answers(rowDescription(), row("1"), complete("SELECT 1"), ready('I'));
        session.guard.durable(2);
        assertThat(session.seenByClient()).containsExactly("T", "D 1", "C SELECT 1", "Z I");
    }

    /// One system call instead of two for every small result.
    @Test
    void smallResultGoesOutTogetherWithItsEnd() {
        session.sends(query("select 1"));
        session.answers(rowDescription(), row("1"), complete("SELECT 1"), ready('I'));
        session.guard.durable(1);
        assertThat(session.toClient()).isEmpty();
        session.guard.durable(2);
        assertThat(session.seenByClient()).containsExactly("T", "D 1", "C SELECT 1", "Z I");
    }

    @Test
    void largeResultDoesNotWaitForItsEnd() {
        session.sends(query("select 1"));
        byte[] large = row("x".repeat(20_000));
        session.answers(rowDescription(), large, complete("SELECT 1"), ready('I'));
        session.guard.durable(1);
        assertThat(session.toClient()).hasSize(rowDescription().length + large.length);
        session.guard.durable(2);
        assertThat(session.seenByClient()).containsExactly("C SELECT 1", "Z I");
    }

    @Test
    void outcomeHoldsBackNoRow() {
        session.sends(query("select 1"));
        session.guard.durable(1);
        session.answers(rowDescription(), row("1"));
        assertThat(session.seenByClient()).containsExactly("T", "D 1");
        session.answers(complete("SELECT 1"), ready('I'));
        assertThat(session.toClient()).isEmpty();
        session.guard.durable(2);
        assertThat(session.seenByClient()).containsExactly("C SELECT 1", "Z I");
    }

    @Test
    void errorAndSuspensionWaitForTheirOutcome() {
        session.sends(parse("", "select 2"), bind("", ""), execute("", 1), flush());
        session.guard.allDurable();
        session.answers(parseComplete(), bindComplete(), row("1"), suspended());
        assertThat(session.seenByClient()).doesNotContain("s");
        session.guard.allDurable();
        assertThat(session.seenByClient()).endsWith("s");
        session.sends(execute("", 1), sync());
        session.guard.allDurable();
        session.answers(error("22012", "phi"), ready('I'));
        assertThat(session.toClient()).isEmpty();
        session.guard.allDurable();
        assertThat(session.seenByClient()).containsExactly("E 22012 phi", "Z I");
    }

    @Test
    void denialWaitsForItsRecord() {
        session.sends(query("select denied"));
        assertThat(session.toClient()).isEmpty();
        session.guard.durable(1);
        assertThat(session.seenByClient()).containsExactly("E 42501 no: select denied", "Z I");
    }

    @Test
    void changeGoesUpOnlyWhenItsIntentIsDurableAndAllBehindItWaits() {
        session.sends(query("select 1"), query("insert"), query("select 2"));
        assertThat(session.guard.log).doesNotContain("Query select 2");
        session.guard.durable(1);
        session.guard.durable(2);
        assertThat(session.seenByServer()).containsExactly("Q select 1", "Q insert", "Q select 2");
    }

    @Test
    void flushOfTheClientIsHonouredWhileAChangeWaits() {
        session.sends(parse("", "insert"), flush(), bind("", ""), execute("", 0), sync());
        assertThat(session.seenByServer()).containsExactly("P |insert", "H");
        session.guard.durable(1);
        assertThat(session.seenByServer()).containsExactly("B", "E", "S");
    }

    @Test
    void changeOnHoldIsDroppedWhenItsBatchHasFailed() {
        session.sends(parse("", "insert"), flush());
        session.sends(bind("", ""), execute("", 0), sync());
        session.answers(error("42P01", "no table"));
        assertThat(session.seenByServer()).containsExactly("P |insert", "H", "S");
        session.guard.allDurable();
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.guard.log).contains("outcome skipped insert");
        session.answers(ready('I'));
        session.guard.allDurable();
        assertThat(session.seenByClient()).containsExactly("E 42P01 no table", "Z I");
    }

    @Test
    void failingAuditLogEndsTheSessionAndShowsNothing() {
        session.sends(query("select 1"));
        session.answers(rowDescription(), row("phi"), complete("SELECT 1"), ready('I'));
        session.guard.fail(new AuditException(AuditException.Reason.POISONED, "the disk is gone"));
        assertThat(session.seenByClient())
                .containsExactly("E 58030 sallyport: the audit log cannot record the statement");
        assertThat(session.client.isOpen()).isFalse();
        assertThat(session.upstream.isOpen()).isFalse();
        assertThat(session.guard.closedBecause).isEqualTo("audit log failed");
    }

    @Test
    void failingAuditLogForwardsNoChange() {
        session.sends(query("insert"));
        session.guard.fail(new AuditException(AuditException.Reason.POISONED, "the disk is gone"));
        assertThat(session.seenByServer()).containsExactly("X");
        assertThat(session.guard.log).contains("outcome skipped insert");
    }

    @Test
    void whatWaitsForTheLogIsDroppedWithTheConnection() {
        session.sends(query("select 1"));
        session.answers(rowDescription(), row("phi"));
        session.upstream.close();
        session.client.close();
        assertThat(session.toClient()).isEmpty();
    }

    /// The error would have to stand in the middle of a row: then nothing is said at all.
    @Test
    void lastWordNeverCutsIntoAMessage() {
        session.guard.always = true;
        session.sends(query("select 1"));
        byte[] large = row("x".repeat(1000));
        session.answers(rowDescription(), java.util.Arrays.copyOf(large, 500));
        session.toClient();
        session.answers(java.util.Arrays.copyOfRange(large, 500, 600));
        session.session.end(new dev.sallyport.gateway.Denial("57P01", "killed", "", ""), "killed");
        assertThat(session.toClient()).hasSize(100);
        assertThat(session.client.isOpen()).isFalse();
    }
}
