package dev.sallyport.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ShutdownTest {
    private final Shutdown shutdown = new Shutdown();
    private final List<String> stopped = Collections.synchronizedList(new ArrayList<>());

    @Test
    void stopsTheLatestFirstAndOnlyOnce() {
        shutdown.add("database", () -> stopped.add("database"));
        shutdown.add("gateway", () -> stopped.add("gateway"));
        shutdown.stop(3);
        shutdown.stop(4);
        assertThat(stopped).containsExactly("gateway", "database");
        assertThat(shutdown.await()).isEqualTo(3);
    }

    @Test
    void goesOnWhenOnePartFails() {
        shutdown.add("database", () -> stopped.add("database"));
        shutdown.add(
                "gateway",
                () -> {
                    throw new IllegalStateException("on purpose");
                });
        shutdown.stop(0);
        assertThat(stopped).containsExactly("database");
    }

    @Test
    void whatIsStartedTooLateIsStoppedAtOnce() {
        shutdown.stop(0);
        shutdown.add("latecomer", () -> stopped.add("latecomer"));
        assertThat(stopped).containsExactly("latecomer");
    }

    @Test
    void whoeverAsksAgainWaitsUntilItIsDone() throws Exception {
        var stopping = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        shutdown.add(
                "slow",
                () -> {
                    stopping.countDown();
                    goOn.await();
                    stopped.add("slow");
                });
        var first = Thread.ofPlatform().start(() -> shutdown.stop(0));
        stopping.await();
        assertThat(shutdown.hasBegun()).isTrue();
        var second =
                Thread.ofPlatform()
                        .start(() -> {
                            shutdown.stop(0);
                            stopped.add("second returned");
                        });
        goOn.countDown();
        first.join();
        second.join();
        assertThat(stopped).containsExactly("slow", "second returned");
    }
}
