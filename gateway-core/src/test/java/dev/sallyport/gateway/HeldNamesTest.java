package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldNamesTest {
    private final List<String> givenUp = new ArrayList<>();
    private final HeldNames<String> names = new HeldNames<>(givenUp::add);

    @Test
    void aNameThatNobodyDeclaredIsNothing() {
        assertThat(names.mayBe("p", 1)).isEmpty();
    }

    @Test
    void inItsOwnSegmentADeclarationIsWhatTheNameMeans() {
        names.declare("p", "old", 1);
        assertThat(names.settle("p", "old")).isTrue();
        names.declare("p", "new", 2);
        assertThat(names.mayBe("p", 2)).containsExactly("new");
    }

    @Test
    void inALaterSegmentAnUnansweredDeclarationAndTheOneBeforeItBothCount() {
        names.declare("p", "old", 1);
        names.settle("p", "old");
        names.declare("p", "new", 2);
        assertThat(names.mayBe("p", 3)).containsExactly("old", "new");
        names.settle("p", "new");
        assertThat(names.mayBe("p", 3)).containsExactly("new");
    }

    @Test
    void aDeclarationInAnAnsweredSegmentThatNobodySettledDidNotHappen() {
        names.declare("p", "old", 1);
        names.settle("p", "old");
        names.declare("p", "new", 2);
        names.answeredUpTo(2);
        assertThat(names.mayBe("p", 3)).containsExactly("old");
        assertThat(givenUp).containsExactly("new");
    }

    @Test
    void removalLeavesDeclarationsThatCameAfterIt() {
        names.declare("p", "old", 1);
        names.settle("p", "old");
        names.declare("p", "new", 2);
        names.remove("p");
        assertThat(names.mayBe("p", 3)).containsExactly("new");
        names.answeredUpTo(2);
        assertThat(names.mayBe("p", 3)).isEmpty();
        assertThat(names.size()).isZero();
    }

    /// A server that runs segments of declarations, removals and uses, where any message may fail
    /// and then the rest of its segment is skipped; answers arrive later. Whatever a use really
    /// means on the server must be among what the name may be when the use is forwarded.
    @Test
    void whateverTheServerMeansIsAmongWhatTheNameMayBe() {
        long seed = Long.getLong("sallyport.seed", 20261123);
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var held = new HeldNames<String>(_ -> {});
            var server = new HashMap<String, String>();
            var answers = new ArrayList<Runnable>();
            int answered = 0;
            int value = 0;
            for (long segment = 0; segment < 6; segment++) {
                boolean skipping = false;
                for (int message = 0; message < 4; message++) {
                    var name = random.nextBoolean() ? "a" : "b";
                    boolean fails = random.nextInt(4) == 0;
                    long current = segment;
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            var declared = name + value++;
                            held.declare(name, declared, segment);
                            if (!skipping && !fails) {
                                server.put(name, declared);
                                answers.add(() -> held.settle(name, declared));
                            }
                        }
                        case 1 -> {
                            if (!skipping && !fails) {
                                server.remove(name);
                                answers.add(() -> held.remove(name));
                            }
                        }
                        default -> {
                            var real = server.get(name);
                            if (!skipping && real != null)
                                assertThat(held.mayBe(name, current))
                                        .as("seed %d, round %d", seed, round)
                                        .contains(real);
                        }
                    }
                    skipping |= fails;
                }
                long done = segment;
                answers.add(() -> held.answeredUpTo(done));
                while (answered < answers.size() && random.nextInt(3) > 0)
                    answers.get(answered++).run();
            }
            while (answered < answers.size()) answers.get(answered++).run();
            for (var name : List.of("a", "b")) {
                var real = server.get(name);
                assertThat(new HashSet<>(held.mayBe(name, 99)))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(real == null ? new HashSet<>() : new HashSet<>(List.of(real)));
            }
        }
    }
}
