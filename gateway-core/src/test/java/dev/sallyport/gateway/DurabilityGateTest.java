package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.gateway.admin.GatewayMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityGateTest {
    @TempDir Path folder;

    @Test
    void everyWaiterIsWokenOnItsLoopInOrderOfTicketsAndOnlyWhenItsRecordIsDurable()
            throws Exception {
        int count = 20_000;
        try (var test = new TestLog(folder);
                var loop = Executors.newSingleThreadExecutor(r -> new Thread(r, "the-loop"))) {
            var gates = new DurabilityGates(test.log, new GatewayMetrics(), Executor::execute);
            var woken = Collections.synchronizedList(new ArrayList<Long>());
            var wrong = Collections.synchronizedList(new ArrayList<String>());
            var done = new CountDownLatch(count);
            for (int i = 0; i < count; i++)
                loop.execute(() -> {
                    var gate = gates.on(loop);
                    try {
                        long ticket = test.log.append(event());
                        gate.whenDurable(
                                ticket,
                                () -> {
                                    if (!gate.isDurable(ticket)) wrong.add("early");
                                    if (!Thread.currentThread().getName().equals("the-loop"))
                                        wrong.add("elsewhere");
                                    woken.add(ticket);
                                    done.countDown();
                                },
                                e -> wrong.add("failed: " + e.getMessage()));
                    } catch (Exception e) {
                        wrong.add("append: " + e);
                        done.countDown();
                    }
                });
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).isEmpty();
            assertThat(woken).hasSize(count).isSorted();
        }
    }

    @Test
    void theLogIsToldOncePerRoundOfTheLoopWhatIsWaitedFor() throws Exception {
        int perRound = 100;
        var tasks = new LinkedBlockingQueue<Runnable>();
        try (var test = new TestLog(folder)) {
            var gate =
                    new DurabilityGates(test.log, new GatewayMetrics(), Executor::execute)
                            .on(tasks::add);
            var woken = new ArrayList<Long>();
            var failures = new ArrayList<AuditException>();
            for (int round = 0; round < 5; round++) {
                woken.clear();
                for (int i = 0; i < perRound; i++) {
                    long ticket = test.log.append(outcome(i));
                    gate.whenDurable(ticket, () -> woken.add(ticket), failures::add);
                    assertThat(tasks).as("left for the end of the round").isNotEmpty();
                }
                // Besides, what lingered long enough on a busy machine may have come back.
                assertThat(tasks).hasSizeLessThan(perRound / 2);
                while (woken.size() < perRound)
                    Objects.requireNonNull(tasks.poll(30, TimeUnit.SECONDS)).run();
                assertThat(woken).isSorted();
                assertThat(failures).isEmpty();
            }
        }
    }

    @Test
    void aTicketThatTheLogNeverTookFails() throws Exception {
        try (var test = new TestLog(folder);
                var loop = Executors.newSingleThreadExecutor()) {
            var gate =
                    new DurabilityGates(test.log, new GatewayMetrics(), Executor::execute).on(loop);
            var failed = new CountDownLatch(1);
            loop.execute(() ->
                    gate.whenDurable(
                            DecisionLog.NEVER,
                            () -> {
                                throw new AssertionError("never durable");
                            },
                            _ -> failed.countDown()));
            assertThat(failed.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(gate.isDurable(DecisionLog.NEVER)).isFalse();
            assertThat(gate.isDurable(0)).isTrue();
        }
    }

    private static AuditEvent outcome(long statement) {
        return new AuditEvent.StatementOutcome(
                "s1", statement, "completed", "", "SELECT 1", 1, 10, 100);
    }

    private static AuditEvent event() {
        return new AuditEvent.PolicyRejected(List.of("a"), List.of("b"));
    }
}
