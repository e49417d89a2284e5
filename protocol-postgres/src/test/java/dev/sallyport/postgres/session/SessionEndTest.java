package dev.sallyport.postgres.session;

import static dev.sallyport.postgres.session.Wire.bind;
import static dev.sallyport.postgres.session.Wire.complete;
import static dev.sallyport.postgres.session.Wire.copyData;
import static dev.sallyport.postgres.session.Wire.copyInResponse;
import static dev.sallyport.postgres.session.Wire.error;
import static dev.sallyport.postgres.session.Wire.execute;
import static dev.sallyport.postgres.session.Wire.fatal;
import static dev.sallyport.postgres.session.Wire.message;
import static dev.sallyport.postgres.session.Wire.parse;
import static dev.sallyport.postgres.session.Wire.query;
import static dev.sallyport.postgres.session.Wire.ready;
import static dev.sallyport.postgres.session.Wire.row;
import static dev.sallyport.postgres.session.Wire.rowDescription;
import static dev.sallyport.postgres.session.Wire.sync;
import static dev.sallyport.postgres.session.Wire.terminate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.Denial;
import dev.sallyport.gateway.Outcome.Status;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// However a session ends: both sides are closed, both peers are told if they can be, every
/// statement has an outcome.
class SessionEndTest {
    private static final Denial IDLE =
            new Denial("57P01", "the session was idle too long", "", "connect again");

    private final SessionFixture session = new SessionFixture();

    @AfterEach
    void nothingIsLeft() {
        session.close();
    }

    private void ended(String cause) {
        assertThat(session.guard.closedBecause).isEqualTo(cause);
        assertThat(session.client.isOpen()).isFalse();
        assertThat(session.upstream.isOpen()).isFalse();
    }

    @Test
    void goodbyeOfTheClientClosesTheServer() {
        session.sends(query("select 1"), terminate());
        session.answers(complete("SELECT 1"), ready('I'));
        assertThat(session.seenByServer()).containsExactly("Q select 1", "X");
        session.upstream.close();
        ended("client closed");
        assertThat(session.cancels).isZero();
        assertThat(session.guard.log).contains("outcome completed select 1");
    }

    @Test
    void goodbyeWhileIdleEndsAtOnce() {
        session.sends(terminate());
        assertThat(session.seenByServer()).containsExactly("X");
        ended("client closed");
    }

    @Test
    void clientThatVanishesHasItsStatementCancelled() {
        session.sends(query("select 1"));
        session.client.close();
        assertThat(session.cancels).isOne();
        assertThat(session.seenByServer()).containsExactly("Q select 1", "X");
        session.answers(rowDescription(), row("1"), error("57014", "canceling"), ready('I'));
        session.upstream.close();
        ended("client closed");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.CANCELLED);
    }

    @Test
    void serverThatAnswersNoCancelIsClosed() {
        session.sends(query("select 1"));
        session.client.close();
        session.upstream.advanceTimeBy(5, TimeUnit.SECONDS);
        session.upstream.runScheduledPendingTasks();
        ended("client closed");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.UNKNOWN);
    }

    @Test
    void whatAClientLeftRunningIsCancelledAfterAWhile() {
        session.sends(query("select 1"), terminate());
        session.client.close();
        session.upstream.advanceTimeBy(30, TimeUnit.SECONDS);
        session.upstream.runScheduledPendingTasks();
        assertThat(session.cancels).isOne();
        session.upstream.advanceTimeBy(5, TimeUnit.SECONDS);
        session.upstream.runScheduledPendingTasks();
        ended("client closed");
    }

    @Test
    void clientThatVanishesWithinAMessageSendsNoHalfOne() {
        session.sends(query("copyin")).answers(copyInResponse());
        session.toUpstream();
        byte[] data = copyData("x".repeat(100));
        session.sends(java.util.Arrays.copyOf(data, 50));
        session.client.close();
        assertThat(session.toUpstream()).hasSize(50);
        ended("client closed");
    }

    @Test
    void batchWithoutItsSyncIsLeftToTheServer() {
        session.sends(parse("", "insert"), bind("", ""), execute("", 0));
        session.client.close();
        // A Sync or a Query would commit it.
        assertThat(session.seenByServer()).containsExactly("P |insert", "B", "E", "X");
        session.upstream.close();
        ended("client closed");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.UNKNOWN);
    }

    @Test
    void lostServerIsReportedCleanlyAndItsStatementIsUnknown() {
        session.sends(query("insert"));
        session.upstream.close();
        assertThat(session.seenByClient())
                .containsExactly(
                        "E 08006 sallyport: the connection to the database server was lost");
        ended("upstream lost");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.UNKNOWN);
    }

    @Test
    void lostServerIsReportedOnlyAfterTheOutcomeIsRecorded() {
        session.guard.always = false;
        session.sends(query("select 1"));
        session.upstream.close();
        assertThat(session.toClient()).isEmpty();
        session.guard.allDurable();
        assertThat(session.seenByClient()).hasSize(1);
        ended("upstream lost");
    }

    @Test
    void serverLostWithinARowLeavesNoHalfMessageAndNoError() {
        session.sends(query("select 1"));
        session.answers(rowDescription(), java.util.Arrays.copyOf(row("x".repeat(50)), 20));
        session.upstream.close();
        assertThat(session.toClient()).hasSize(rowDescription().length + 20);
        ended("upstream lost");
    }

    @Test
    void lastWordsOfTheServerReachTheClient() {
        session.answers(fatal("57P01", "terminating connection"));
        session.upstream.close();
        assertThat(session.seenByClient()).containsExactly("E 57P01 terminating connection");
        ended("upstream ended the session");
    }

    @Test
    void lastWordsOfTheServerInAStatementReachTheClient() {
        session.sends(query("select 1")).answers(fatal("57P01", "terminating connection"));
        session.upstream.close();
        assertThat(session.seenByClient()).containsExactly("E 57P01 terminating connection");
        ended("upstream ended the session");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.FAILED);
    }

    @Test
    void gatewayEndsASessionWithAClearText() {
        session.session.end(IDLE, "idle too long");
        assertThat(session.seenByClient()).containsExactly("E 57P01 the session was idle too long");
        assertThat(session.seenByServer()).containsExactly("X");
        ended("idle too long");
        assertThat(session.cancels).isZero();
    }

    @Test
    void gatewayThatEndsARunningStatementCancelsIt() {
        session.sends(query("select 1"));
        session.session.end(IDLE, "too old");
        assertThat(session.cancels).isOne();
        ended("too old");
    }

    @Test
    void drainWaitsForWhatIsRunning() {
        session.sends(query("begin"));
        session.session.endWhenIdle(IDLE, "gateway stopping");
        assertThat(session.guard.closedBecause).isEmpty();
        session.answers(complete("BEGIN"), ready('T'));
        assertThat(session.seenByClient())
                .containsExactly("C BEGIN", "Z T", "E 57P01 the session was idle too long");
        ended("gateway stopping");
    }

    @Test
    void drainWaitsForASync() {
        session.sends(parse("", "insert"));
        session.session.endWhenIdle(IDLE, "gateway stopping");
        session.answers(Wire.parseComplete());
        assertThat(session.guard.closedBecause).isEmpty();
        session.sends(sync()).answers(ready('I'));
        ended("gateway stopping");
    }

    @Test
    void drainEndsAnIdleSessionAtOnce() {
        session.session.endWhenIdle(IDLE, "gateway stopping");
        ended("gateway stopping");
    }

    // --- cancel

    @Test
    void cancelIsForwardedOnlyWhileSomethingIsRunning() {
        session.session.cancelUpstream();
        assertThat(session.cancels).isZero();
        session.sends(query("select 1"));
        session.session.cancelUpstream();
        session.session.cancelUpstream();
        assertThat(session.cancels).isOne();
    }

    /// pgbouncer#717: the cancel hit the next statement
    @Test
    void nextStatementWaitsUntilTheCancelHasArrived() {
        session.sends(query("select 1"));
        session.session.cancelUpstream();
        session.answers(complete("SELECT 1"), ready('I'));
        session.toUpstream();
        session.sends(query("select 2"));
        assertThat(session.toUpstream()).isEmpty();
        session.cancelled.run();
        assertThat(session.seenByServer()).containsExactly("Q select 2");
    }

    @Test
    void restOfACancelledBatchGoesOn() {
        session.sends(parse("", "select 1"), bind("", ""), execute("", 0));
        session.session.cancelUpstream();
        session.sends(sync());
        assertThat(session.seenByServer()).endsWith("S");
    }

    // --- what no client may send

    @Test
    void unknownMessageTypeEndsTheSession() {
        session.sends(query("select 1"));
        session.toUpstream();
        session.sends(message('y'));
        assertThat(session.seenByClient())
                .containsExactly("E 08P01 sallyport: invalid frontend message type 121");
        ended("protocol error");
    }

    @Test
    void passwordAfterLoginEndsTheSession() {
        session.sends(message('p', Wire.text("secret")));
        ended("protocol error");
    }

    @Test
    void trailingBytesInAMessageEndTheSessionAndGoNowhere() {
        session.sends(message('Q', Wire.text("select 1"), new byte[] {1}));
        assertThat(session.seenByServer()).containsExactly("X");
        ended("protocol error");
    }

    @Test
    void truncatedMessageGoesNowhere() {
        session.sends(message('P', Wire.text("s"), Wire.text("select 1")));
        assertThat(session.seenByServer()).containsExactly("X");
        ended("protocol error");
    }
}
