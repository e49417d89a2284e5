package dev.sallyport.postgres.session;

import static dev.sallyport.postgres.session.Wire.bind;
import static dev.sallyport.postgres.session.Wire.bindComplete;
import static dev.sallyport.postgres.session.Wire.closeComplete;
import static dev.sallyport.postgres.session.Wire.closeStatement;
import static dev.sallyport.postgres.session.Wire.complete;
import static dev.sallyport.postgres.session.Wire.copyData;
import static dev.sallyport.postgres.session.Wire.copyDone;
import static dev.sallyport.postgres.session.Wire.copyFail;
import static dev.sallyport.postgres.session.Wire.copyInResponse;
import static dev.sallyport.postgres.session.Wire.copyOutResponse;
import static dev.sallyport.postgres.session.Wire.describeStatement;
import static dev.sallyport.postgres.session.Wire.emptyQuery;
import static dev.sallyport.postgres.session.Wire.error;
import static dev.sallyport.postgres.session.Wire.execute;
import static dev.sallyport.postgres.session.Wire.flush;
import static dev.sallyport.postgres.session.Wire.functionCall;
import static dev.sallyport.postgres.session.Wire.noData;
import static dev.sallyport.postgres.session.Wire.notice;
import static dev.sallyport.postgres.session.Wire.notification;
import static dev.sallyport.postgres.session.Wire.parameterDescription;
import static dev.sallyport.postgres.session.Wire.parameterStatus;
import static dev.sallyport.postgres.session.Wire.parse;
import static dev.sallyport.postgres.session.Wire.parseComplete;
import static dev.sallyport.postgres.session.Wire.query;
import static dev.sallyport.postgres.session.Wire.ready;
import static dev.sallyport.postgres.session.Wire.row;
import static dev.sallyport.postgres.session.Wire.rowDescription;
import static dev.sallyport.postgres.session.Wire.suspended;
import static dev.sallyport.postgres.session.Wire.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.Outcome.Status;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The rules of the conversation, one by one. Names in brackets are the projects where PROTOCOL's
/// rows about PostgreSQL went wrong.
class ConversationTest {
    private static final String SURE_TO_FAIL = Frontend.SURE_TO_FAIL.text();

    private final SessionFixture session = new SessionFixture();

    @AfterEach
    void nothingIsLeft() {
        session.close();
    }

    private void inTransaction() {
        session.sends(query("begin")).answers(complete("BEGIN"), ready('T'));
        session.toClient();
        session.toUpstream();
    }

    // --- simple queries

    @Test
    void permittedQueryGoesUpAndItsResultsComeBackByteForByte() {
        session.sends(query("select 1"));
        assertThat(session.toUpstream()).isEqualTo(query("select 1"));
        byte[] answer = Wire.join(rowDescription(), row("1"), complete("SELECT 1"), ready('I'));
        session.answers(answer);
        assertThat(session.toClient()).isEqualTo(answer);
        assertThat(session.guard.log)
                .containsExactly("Query select 1", "outcome completed select 1");
    }

    @Test
    void eachStatementOfAQueryEndsWithItsOwnCommandComplete() {
        session.sends(query("select 1; insert; select 2"));
        session.answers(rowDescription(), row("a"), row("b"), complete("SELECT 2"));
        assertThat(session.guard.log).endsWith("outcome completed select 1");
        session.answers(complete("INSERT 0 1"), error("22012", "x"), ready('I'));
        assertThat(session.guard.log)
                .endsWith("outcome completed insert", "outcome failed select 2");
        assertThat(session.guard.outcomes.get(session.guard.statements.getFirst()))
                .satisfies(outcome -> {
                    assertThat(outcome.rows()).isEqualTo(2);
                    assertThat(outcome.bytes()).isPositive();
                });
    }

    @Test
    void ofSeveralStatementsNoneRunsIfOneIsDenied() {
        session.sends(query("insert; select denied; select 1"));
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.seenByClient())
                .containsExactly("E 42501 no: insert; select denied; select 1", "Z I");
    }

    @Test
    void emptyQueryIsAnswered() {
        session.sends(query("")).answers(emptyQuery(), ready('I'));
        assertThat(session.seenByClient()).containsExactly("I", "Z I");
    }

    @Test
    void moreResultsThanStatementsWereAnalysedEndTheSession() {
        session.sends(query("select 1"));
        session.answers(complete("SELECT 1"), complete("DELETE 5"), ready('I'));
        assertThat(session.seenByClient())
                .endsWith("E 08P01 sallyport: the database server broke the protocol");
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    @Test
    void fewerResultsThanStatementsWereAnalysedEndTheSession() {
        session.sends(query("select 1; select 2"));
        session.answers(complete("SELECT 1"), ready('I'));
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    // --- denials

    @Test
    void denialOutsideOfATransactionIsAnsweredWithoutTheServer() {
        session.sends(query("select denied"));
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.seenByClient()).containsExactly("E 42501 no: select denied", "Z I");
    }

    @Test
    void denialInATransactionFailsItOnTheServer() {
        inTransaction();
        session.sends(query("select denied"));
        assertThat(session.seenByServer()).containsExactly("Q " + SURE_TO_FAIL);
        session.answers(error("42601", "syntax error"), ready('E'));
        assertThat(session.seenByClient()).containsExactly("E 42501 no: select denied", "Z E");
    }

    @Test
    void denialInAFailedTransactionNeedsNoServer() {
        inTransaction();
        session.sends(query("oops")).answers(error("42601", "x"), ready('E'));
        session.toClient();
        session.toUpstream();
        session.sends(query("select denied"));
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.seenByClient()).containsExactly("E 42501 no: select denied", "Z E");
        session.sends(query("rollback"));
        assertThat(session.toUpstream()).isEqualTo(query("rollback"));
    }

    @Test
    void denialBehindAnUnansweredQueryTakesItsPlaceInTheOrder() {
        session.sends(query("begin"), query("select denied"), query("select 1"));
        assertThat(session.seenByServer())
                .containsExactly("Q begin", "Q " + SURE_TO_FAIL, "Q select 1");
        assertThat(session.toClient()).isEmpty();
        session.answers(complete("BEGIN"), ready('T'), error("42601", "syntax error"), ready('E'));
        session.answers(error("25P02", "aborted"), ready('E'));
        assertThat(session.seenByClient())
                .containsExactly(
                        "C BEGIN",
                        "Z T",
                        "E 42501 no: select denied",
                        "Z E",
                        "E 25P02 aborted",
                        "Z E");
    }

    /// cipherstash/proxy#441
    @Test
    void localErrorNeverOvertakesEarlierReplies() {
        session.sends(
                closeStatement("s0"),
                sync(),
                parse("s1", "select denied"),
                describeStatement("s1"),
                sync());
        assertThat(session.toClient()).isEmpty();
        assertThat(session.seenByServer())
                .containsExactly("C Ss0", "S", "P s1|" + SURE_TO_FAIL, "S");
        session.answers(closeComplete(), ready('I'), error("42601", "x"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly("3", "Z I", "E 42501 no: select denied", "Z I");
    }

    /// duckgres#718, arcadedb#7775, cockroach#104505, multigres#1017, cube#4815, rrdb#279
    @Test
    void denialInAPipelineSkipsTheRestUpToSync() {
        session.sends(
                parse("", "insert"),
                bind("", ""),
                execute("", 0),
                parse("", "select denied"),
                bind("", ""),
                execute("", 0),
                query("select 9"),
                closeStatement("x"),
                sync(),
                query("select 1"));
        // The INSERT before is rolled back by the server at Sync, since it failed as well.
        assertThat(session.seenByServer())
                .containsExactly("P |insert", "B", "E", "P |" + SURE_TO_FAIL, "S", "Q select 1");
        session.answers(parseComplete(), bindComplete(), complete("INSERT 0 1"));
        session.answers(error("42601", "x"), ready('I'), complete("SELECT 1"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly(
                        "1",
                        "2",
                        "C INSERT 0 1",
                        "E 42501 no: select denied",
                        "Z I",
                        "C SELECT 1",
                        "Z I");
    }

    @Test
    void deniedBindAndExecuteFailInTheirPlaceAndLeaveTheUnnamedStatementAlone() {
        session.sends(parse("", "bindno"), bind("", ""), execute("", 0), sync());
        assertThat(session.seenByServer())
                .containsExactly("P |bindno", "P sallyport_denied|" + SURE_TO_FAIL, "S");
        session.answers(parseComplete(), error("42601", "x"), ready('I'));
        session.sends(parse("", "executeno"), bind("", ""), execute("", 0), sync());
        assertThat(session.seenByServer())
                .containsExactly("P |executeno", "B", "P sallyport_denied|" + SURE_TO_FAIL, "S");
        session.answers(parseComplete(), bindComplete(), error("42601", "x"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly(
                        "1", "E 42501 no: bindno", "Z I", "1", "2", "E 42501 no: executeno", "Z I");
    }

    @Test
    void errorOfTheServersBeforeADenialIsTheOneThatIsSeen() {
        session.sends(parse("", "failparse"), parse("", "select denied"), sync());
        session.answers(error("42601", "the server's"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("E 42601 the server's", "Z I");
    }

    @Test
    void clientThatWaitsForTheErrorBeforeItsSyncGetsIt() {
        session.sends(parse("", "select denied"));
        assertThat(session.seenByServer()).containsExactly("P |" + SURE_TO_FAIL);
        session.answers(error("42601", "x"));
        assertThat(session.seenByClient()).containsExactly("E 42501 no: select denied");
        session.sends(bind("", ""), sync());
        assertThat(session.seenByServer()).containsExactly("S");
    }

    // --- the extended protocol

    /// pgcat#953, pgocaml#46, pg_doorman 3.2.4: postgres.js and asyncpg describe first
    @Test
    void flushIsForwardedAndHonouredAtOnce() {
        session.sends(parse("", "select 1"), describeStatement(""), flush());
        assertThat(session.seenByServer()).containsExactly("P |select 1", "D S", "H");
        session.answers(parseComplete(), parameterDescription(), rowDescription());
        assertThat(session.seenByClient()).containsExactly("1", "t", "T");
        session.sends(bind("", ""), execute("", 0), sync());
        assertThat(session.seenByServer()).containsExactly("B", "E", "S");
        session.answers(bindComplete(), row("1"), complete("SELECT 1"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("2", "D 1", "C SELECT 1", "Z I");
    }

    /// shardingsphere#10898, arcadedb#6458, h2#2901, crate#14778
    @Test
    void portalsAreSuspendedAndResumedInTurns() {
        session.sends(
                parse("a", "select 3"),
                bind("p", "a"),
                bind("q", "a"),
                execute("p", 2),
                execute("q", 2),
                execute("p", 2),
                sync());
        session.answers(parseComplete(), bindComplete(), bindComplete());
        session.answers(row("1"), row("2"), suspended(), row("1"), row("2"), suspended());
        session.answers(row("3"), complete("SELECT 3"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly(
                        "1",
                        "2",
                        "2",
                        "D 1",
                        "D 2",
                        "s",
                        "D 1",
                        "D 2",
                        "s",
                        "D 3",
                        "C SELECT 3",
                        "Z I");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactlyInAnyOrder(Status.SUSPENDED, Status.SUSPENDED, Status.COMPLETED);
    }

    /// odyssey#1361
    @Test
    void closeAfterAFailedParseIsSkippedLikeEverythingElse() {
        session.sends(parse("s", "failparse"));
        session.answers(error("42601", "x"));
        session.toUpstream();
        session.sends(closeStatement("s"), flush(), sync());
        assertThat(session.seenByServer()).containsExactly("S");
    }

    @Test
    void statementsSkippedByAnErrorEndAsSkipped() {
        session.sends(
                parse("", "select 1"),
                bind("", ""),
                execute("", 0),
                parse("", "select 2"),
                bind("", ""),
                execute("", 0),
                sync());
        session.answers(parseComplete(), bindComplete(), error("22012", "x"), ready('I'));
        assertThat(session.guard.log)
                .endsWith("outcome failed select 1", "outcome skipped select 2");
        assertThat(session.seenByClient()).containsExactly("1", "2", "E 22012 x", "Z I");
    }

    @Test
    void errorAtSyncIsFollowedByItsReadyForQuery() {
        session.sends(parse("", "insert"), bind("", ""), execute("", 0), sync());
        session.answers(parseComplete(), bindComplete(), complete("INSERT 0 1"));
        session.answers(error("23503", "deferred"), ready('I'));
        assertThat(session.seenByClient()).endsWith("C INSERT 0 1", "E 23503 deferred", "Z I");
        session.sends(query("select 1"));
        assertThat(session.toUpstream()).endsWith(query("select 1"));
    }

    /// pgbouncer#223, npgsql#1636
    @Test
    void everySyncAndQueryHasExactlyOneReadyForQuery() {
        session.sends(sync(), sync(), query("select 1"));
        session.answers(ready('I'), ready('I'), complete("SELECT 1"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("Z I", "Z I", "C SELECT 1", "Z I");
        session.answers(ready('I'));
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    @Test
    void namesThatTheServerWouldCutAreRefused() {
        String name = "n".repeat(64);
        session.sends(parse(name, "select 1"), sync());
        assertThat(session.seenByServer())
                .containsExactly("P sallyport_denied|" + SURE_TO_FAIL, "S");
        session.answers(error("42601", "x"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("E 42622 refused NAME_TOO_LONG", "Z I");
    }

    @Test
    void textThatIsNotValidInTheSessionsEncodingIsRefused() {
        byte[] broken = query("select '?'");
        broken[broken.length - 3] = (byte) 0xC3;
        session.sends(broken);
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.seenByClient()).containsExactly("E 22021 refused ENCODING", "Z I");
    }

    @Test
    void encodingFollowsWhatTheServerReports() {
        session.sends(query("set latin1"));
        session.answers(parameterStatus("client_encoding", "LATIN1"), complete("SET"), ready('I'));
        byte[] latin = query("select '?'");
        latin[latin.length - 3] = (byte) 0xE9;
        session.toUpstream();
        session.sends(latin);
        assertThat(session.toUpstream()).isEqualTo(latin);
        assertThat(session.guard.log).contains("Query select 'é'");
    }

    // --- FunctionCall, replication

    /// multigres largeobject.patch, pg_doorman 3.10.7
    @Test
    void functionCallIsRefusedInItsPlace() {
        session.sends(functionCall(42));
        assertThat(session.toUpstream()).isEmpty();
        assertThat(session.seenByClient()).containsExactly("E 0A000 refused FUNCTION_CALL", "Z I");
        inTransaction();
        session.sends(functionCall(42), query("select 1"));
        assertThat(session.seenByServer()).containsExactly("Q " + SURE_TO_FAIL, "Q select 1");
        session.answers(error("42601", "x"), ready('E'), error("25P02", "aborted"), ready('E'));
        assertThat(session.seenByClient())
                .containsExactly("E 0A000 refused FUNCTION_CALL", "Z E", "E 25P02 aborted", "Z E");
        assertThat(session.guard.log).contains("refused FUNCTION_CALL FunctionCall");
    }

    @Test
    void copyBothOfReplicationEndsTheSession() {
        session.sends(query("select 1"));
        session.answers(Wire.message('W', new byte[] {0}, Wire.int16(0)));
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    // --- COPY

    @Test
    void copyInStreamsUpAndEndsWithCopyDone() {
        session.sends(query("copyin"));
        assertThat(session.seenByServer()).containsExactly("Q copyin");
        session.answers(copyInResponse());
        assertThat(session.seenByClient()).containsExactly("G");
        session.sends(copyData("a"), copyData(""), copyDone());
        assertThat(session.seenByServer()).containsExactly("d a", "d", "c");
        session.answers(complete("COPY 1"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("C COPY 1", "Z I");
    }

    /// pgbouncer#1025, #1023, #1024; pgpool#162; spqr#2320; psqlodbc#202
    @Test
    void syncAndFlushDuringCopyInAreIgnoredAsTheServerDoes() {
        session.sends(
                parse("", "copyin"), bind("", ""), execute("", 0), sync(), copyData("a"), flush());
        // What Sync means depends on whether the server goes into COPY.
        assertThat(session.seenByServer()).containsExactly("P |copyin", "B", "E");
        session.answers(parseComplete(), bindComplete(), copyInResponse());
        assertThat(session.seenByServer()).containsExactly("d a");
        session.sends(copyDone(), sync());
        assertThat(session.seenByServer()).containsExactly("c", "S");
        session.answers(complete("COPY 1"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("1", "2", "G", "C COPY 1", "Z I");
    }

    @Test
    void syncBehindACopyThatFailsAtOnceIsHonoured() {
        session.sends(parse("", "copyin"), bind("", ""), execute("", 0), sync());
        session.answers(parseComplete(), bindComplete(), error("42P01", "no table"));
        assertThat(session.seenByServer()).endsWith("E", "S");
        session.answers(ready('I'));
        assertThat(session.seenByClient()).endsWith("E 42P01 no table", "Z I");
    }

    /// A COPY to a view is refused after CopyInResponse, before the server reads on.
    @Test
    void syncBehindACopyThatFailsBeforeItsDataIsHonoured() {
        session.sends(parse("", "copyin"), bind("", ""), execute("", 0), sync());
        session.answers(
                parseComplete(), bindComplete(), copyInResponse(), error("42809", "a view"));
        assertThat(session.seenByServer()).endsWith("E", "S");
        session.answers(ready('I'));
        assertThat(session.seenByClient()).endsWith("G", "E 42809 a view", "Z I");
    }

    @Test
    void errorInTheMiddleOfCopyInDropsTheRestOfItsData() {
        session.sends(query("copyin")).answers(copyInResponse());
        session.sends(copyData("bad"));
        session.toUpstream();
        session.answers(error("22P02", "bad"), ready('I'));
        session.sends(copyData("more"), copyDone(), query("select 1"));
        assertThat(session.seenByServer()).containsExactly("Q select 1");
        assertThat(session.seenByClient()).containsExactly("G", "E 22P02 bad", "Z I");
    }

    @Test
    void errorInTheMiddleOfExtendedCopyInSkipsUntilSync() {
        session.sends(parse("", "copyin"), bind("", ""), execute("", 0));
        session.answers(parseComplete(), bindComplete(), copyInResponse());
        session.sends(copyData("bad"));
        session.answers(error("22P02", "bad"));
        session.toUpstream();
        session.sends(copyData("more"), copyDone(), bind("", ""), sync());
        assertThat(session.seenByServer()).containsExactly("S");
    }

    /// xtdb#6079
    @Test
    void copyMessagesOutsideOfCopyAreIgnored() {
        session.sends(copyFail("what"), copyData("x"), copyDone(), query("select 1"));
        assertThat(session.seenByServer()).containsExactly("Q select 1");
    }

    @Test
    void copyFailGoesUpAndFailsTheStatement() {
        session.sends(query("copyin")).answers(copyInResponse());
        session.sends(copyFail("no more"));
        session.answers(error("57014", "COPY from stdin failed"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly("G", "E 57014 COPY from stdin failed", "Z I");
        assertThat(session.guard.outcomes.values())
                .extracting("status")
                .containsExactly(Status.CANCELLED);
    }

    @Test
    void secondCopyInOfATextIsWaitedFor() {
        session.sends(query("copyin a; copyin b; select 1")).answers(copyInResponse());
        session.toUpstream();
        session.sends(copyDone(), copyData("b"), copyDone(), query("select 2"));
        assertThat(session.seenByServer()).containsExactly("c");
        session.answers(complete("COPY 0"), copyInResponse());
        assertThat(session.seenByServer()).containsExactly("d b", "c", "Q select 2");
        session.answers(complete("COPY 1"), complete("SELECT 1"), ready('I'));
        assertThat(session.guard.closedBecause).isEmpty();
    }

    @Test
    void queryDuringCopyInIsAProtocolViolation() {
        session.sends(query("copyin")).answers(copyInResponse());
        session.toClient();
        session.sends(query("select 1"));
        assertThat(session.seenByClient())
                .containsExactly("E 08P01 sallyport: unexpected message Query");
        assertThat(session.guard.closedBecause).isEqualTo("protocol error");
    }

    @Test
    void copyOutStreamsDownWithNoticesInBetween() {
        session.sends(query("copyout"));
        session.answers(copyOutResponse(), copyData("a"), notice("n"), copyData("b"));
        session.answers(notification("x"), copyDone(), complete("COPY 2"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly("H", "d a", "N 00000 n", "d b", "A", "c", "C COPY 2", "Z I");
    }

    @Test
    void copyThatWasNotAnalysedAsOneEndsTheSession() {
        session.sends(query("select 1")).answers(copyOutResponse());
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    @Test
    void copyInThatWasNotAnalysedAsOneEndsTheSession() {
        session.sends(query("select 1")).answers(copyInResponse());
        assertThat(session.guard.closedBecause).isEqualTo("upstream protocol error");
    }

    // --- at any time

    /// pgpool#176, pgbouncer#1576, #1580, pgcat#478
    @Test
    void parameterStatusMayComeAtAnyTime() {
        session.answers(parameterStatus("a", "1"));
        session.sends(parse("", "select 1"), bind("", ""), execute("", 0), sync());
        session.answers(parseComplete(), parameterStatus("b", "2"), parameterStatus("c", "3"));
        session.answers(bindComplete(), row("1"), parameterStatus("d", "4"), row("2"));
        session.answers(complete("SELECT 2"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly("S", "1", "S", "S", "2", "D 1", "S", "D 2", "C SELECT 2", "Z I");
        assertThat(session.guard.log)
                .contains("parameter a=1", "parameter b=2", "parameter c=3", "parameter d=4");
    }

    /// pgbouncer 1.6.1, odyssey startup_notice
    @Test
    void noticesAndNotificationsMayComeWhileIdle() {
        session.answers(notice("hello"), notification("x"));
        assertThat(session.seenByClient()).containsExactly("N 00000 hello", "A");
    }

    // --- asking the server first

    @Test
    void guardsQuestionIsAskedBetweenTheClientsMessagesAndNeverShown() {
        session.sends(query("select asks"), query("select 2"));
        assertThat(session.seenByServer()).hasSize(1).first().asString().contains("pg_catalog");
        session.answers(rowDescription(), row("x"), complete("SELECT 1"), ready('I'));
        assertThat(session.toClient()).isEmpty();
        assertThat(session.seenByServer()).containsExactly("Q select asks", "Q select 2");
        session.answers(complete("SELECT 1"), ready('I'), complete("SELECT 2"), ready('I'));
        assertThat(session.seenByClient())
                .containsExactly("C SELECT 1", "Z I", "C SELECT 2", "Z I");
    }

    @Test
    void nothingOvertakesALongTextThatIsAnalysedElsewhere() {
        session.sends(query("select 1"), query("select long"), query("select 3"));
        session.answers(complete("SELECT 1"), ready('I'));
        assertThat(session.seenByServer()).containsExactly("Q select 1");
        session.guard.analysing.run();
        assertThat(session.seenByServer()).containsExactly("Q select long", "Q select 3");
        session.answers(complete("SELECT 2"), ready('I'), complete("SELECT 3"), ready('I'));
        assertThat(session.guard.log).endsWith("outcome completed select 3");
    }

    @Test
    void aLongTextMayBeAnalysedInAPipeline() {
        inTransaction();
        session.sends(parse("", "select 1"), query("select long"));
        session.guard.analysing.run();
        assertThat(session.seenByServer()).containsExactly("P |select 1", "Q select long");
    }

    @Test
    void aSessionMayEndWhileItsTextIsAnalysed() {
        session.sends(query("select long"));
        session.close();
        session.guard.analysing.run();
        assertThat(session.seenByServer()).isEmpty();
    }

    @Test
    void guardsQuestionWaitsUntilEverythingBeforeIsAnswered() {
        session.sends(query("select 1"), parse("", "select asks"), sync());
        assertThat(session.seenByServer()).containsExactly("Q select 1");
        session.answers(complete("SELECT 1"));
        assertThat(session.seenByServer()).isEmpty();
        session.answers(ready('I'));
        assertThat(session.seenByServer()).hasSize(1).first().asString().contains("pg_catalog");
        session.answers(notice("n"), rowDescription(), complete("SELECT 1"), ready('I'));
        assertThat(session.seenByServer()).containsExactly("P |select asks", "S");
        assertThat(session.seenByClient()).containsExactly("C SELECT 1", "Z I", "N 00000 n");
        session.answers(parseComplete(), ready('I'));
    }

    /// pgJDBC closes a statement right before the Bind of the next; only a Flush gets that
    /// answered.
    @Test
    void aCloseBetweenBatchesDoesNotPreventTheGuardsQuestion() {
        session.sends(closeStatement("old"), parse("", "select asks"), sync());
        assertThat(session.seenByServer()).containsExactly("C Sold", "H");
        session.answers(closeComplete());
        assertThat(session.seenByServer()).hasSize(1).first().asString().contains("pg_catalog");
        session.answers(rowDescription(), complete("SELECT 1"), ready('I'));
        assertThat(session.seenByServer()).containsExactly("P |select asks", "S");
        session.answers(parseComplete(), ready('I'));
        assertThat(session.seenByClient()).containsExactly("3", "1", "Z I");
    }

    /// proxysql#5118, #5119: a Sync or Query of ours would commit
    @Test
    void nothingIsAskedWithinABatch() {
        session.sends(parse("", "insert"), bind("", ""), execute("", 0), parse("", "select asks"));
        assertThat(session.seenByServer())
                .containsExactly("P |insert", "B", "E", "P |" + SURE_TO_FAIL);
        session.sends(sync());
        session.answers(parseComplete(), bindComplete(), complete("INSERT 0 1"));
        session.answers(error("42601", "x"), ready('I'));
        assertThat(session.seenByClient()).endsWith("E 55000 refused STALE_CONTEXT", "Z I");
    }

    @Test
    void questionThatFailsDeniesTheStatementAndTheClientKnowsItsTransactionFailed() {
        inTransaction();
        session.sends(query("select alwaysasks"));
        session.answers(error("57014", "timeout"), ready('E'));
        assertThat(session.seenByClient()).containsExactly("E 55000 refused STALE_CONTEXT", "Z E");
    }

    @Test
    void guardThatNeverKnowsEnoughIsNotAskedForEver() {
        session.sends(query("select alwaysasks"));
        for (int i = 0; i < 4; i++) session.answers(complete("SELECT 1"), ready('I'));
        assertThat(session.seenByClient()).containsExactly("E 55000 refused STALE_CONTEXT", "Z I");
        assertThat(session.guard.closedBecause).isEmpty();
    }

    @Test
    void copyDataIsNotReadAsText() {
        session.sends(query("copyin")).answers(copyInResponse());
        byte[] binary = Wire.message('d', new byte[] {(byte) 0xFF, 0, (byte) 0xC3, 10});
        session.toUpstream();
        session.sends(binary);
        assertThat(session.toUpstream()).isEqualTo(binary);
    }

    @Test
    void emptyDescribeOfACommandHasNoData() {
        session.sends(parse("", "insert"), describeStatement(""), sync());
        session.answers(parseComplete(), parameterDescription(), noData(), ready('I'));
        assertThat(session.seenByClient()).containsExactly("1", "t", "n", "Z I");
    }

    @Test
    void parametersGoUpUntouched() {
        byte[] value = "Müller\0'".getBytes(StandardCharsets.UTF_8);
        byte[] message = Wire.join(parse("", "select 1"), bind("", "", value), sync());
        session.sends(message);
        assertThat(session.toUpstream()).isEqualTo(message);
    }
}
