package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.sql.access.StatementKind;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// 10,000 rules of 500 roles over 5,000 classified columns, with masks, row filters and conditions:
/// loaded within 2 s, decided within 50 us. The best of some runs counts, since other work on the
/// machine says nothing about the code.
class ScaleTest {
    private static final int ROLES = 500;
    private static final int GRANTS_PER_ROLE = 19;
    private static final int DENIES = 500;
    private static final int CLASSIFIED = 5_000;

    /// The bar for a new statement, in CPU time of the best batch.
    private static final int MOST_MICROSECONDS = 50;

    private static final int WARM_UP = 40_000;

    @Test
    void loadsWithinTwoSeconds() {
        var yaml = yaml();
        var best = Duration.ofDays(1);
        for (int i = 0; i < 5 && best.compareTo(Duration.ofSeconds(2)) >= 0; i++) {
            var start = cpuTime();
            assertThat(load(yaml).roles()).hasSize(ROLES);
            var took = Duration.ofNanos(cpuTime() - start);
            if (took.compareTo(best) < 0) best = took;
        }
        assertThat(best).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void decidesWithinFiftyMicroseconds() {
        var policies = load(yaml());
        var point = new PolicyDecisionPoint(policies);
        var few = new Subject("few", Set.of("role7", "role8", "role9"), Map.of("unit", "u7"));
        var all = new Subject("everybody", new TreeSet<>(policies.roles()), Map.of("unit", "u7"));
        var permitted =
                Fixtures.footprint(
                        StatementKind.SELECT,
                        "select s7.t3 (a, b)",
                        "select s8.t5 (a, c)",
                        "select s9.t6 (a, c)",
                        "execute pg_catalog.lower!computes",
                        "select pg_catalog.pg_class (relname)");
        assertThat(point.decide(Fixtures.request(few, permitted)))
                .isInstanceOfSatisfying(
                        Decision.Permit.class,
                        p ->
                                assertThat(p.obligations().relations())
                                        .extracting(Governed::name)
                                        .containsExactly("t5", "t6"));

        assertThat(microseconds(point, Fixtures.request(few, permitted)))
                .isLessThan(MOST_MICROSECONDS);
        assertThat(microseconds(point, Fixtures.request(all, permitted)))
                .isLessThan(MOST_MICROSECONDS);
    }

    /// Mean of the best of ten batches, of code that is compiled.
    private static double microseconds(PolicyDecisionPoint point, AccessRequest request) {
        for (int i = 0; i < WARM_UP; i++) point.decide(request);
        double best = Double.MAX_VALUE;
        for (int batch = 0; batch < 10; batch++) {
            var start = cpuTime();
            for (int i = 0; i < 1_000; i++) point.decide(request);
            best = Math.min(best, (cpuTime() - start) / 1_000_000.0);
        }
        return best;
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static PolicySet load(String yaml) {
        var errors = new ArrayList<ConfigError>();
        var file = ConfigLoader.parsePolicy(Path.of("large.yaml"), yaml, errors::add);
        assertThat(errors).isEmpty();
        return switch (PolicyCompiler.compile(List.of(file.orElseThrow()), Fixtures.NOBODY)) {
            case PolicyCompiler.Compiled c -> c.policies();
            case PolicyCompiler.Rejected r -> throw new AssertionError(r.errors().toString());
        };
    }

    private static String yaml() {
        var yaml = new StringBuilder("database: clinic\nclassify:\n");
        for (var dataClass : List.of("phi.name", "phi.date")) {
            yaml.append("  ").append(dataClass).append(":\n");
            for (int n = 0; n < CLASSIFIED / 2; n++)
                yaml.append(
                        "    - s%d.t%d.%s%n"
                                .formatted(
                                        n % ROLES,
                                        n / ROLES * 5,
                                        dataClass.equals("phi.name") ? "a" : "c"));
        }
        yaml.append("roles:\n");
        for (int r = 0; r < ROLES; r++) {
            yaml.append("  role")
                    .append(r)
                    .append(":\n    purpose: Role number ")
                    .append(r)
                    .append("\n    grants:\n");
            for (int g = 0; g < GRANTS_PER_ROLE; g++)
                yaml.append(
                        "      - { id: r%1$d-%2$d, allow: [%4$s], on: [s%1$d.t%2$d, s%1$d.x%2$d*], columns: [a, b, c]%3$s }%n"
                                .formatted(
                                        r,
                                        g,
                                        switch (g % 5) {
                                            case 0 -> ", mask: safe-harbor";
                                            case 1 -> ", rows: unit = subject.attributes.unit";
                                            case 3 ->
                                                    ", when: \"subject.attributes.unit == 'u%d'\""
                                                            .formatted(r % 50);
                                            default -> "";
                                        },
                                        g % 5 == 1
                                                ? "select, update(a, b)"
                                                : "select, insert, update(a, b)"));
        }
        yaml.append("deny:\n");
        for (int d = 0; d < DENIES; d++)
            yaml.append(
                    "  - { id: d%1$d, actions: [select, update], on: [s%1$d.*], columns: [ssn], except: [role%1$d], because: it is so }%n"
                            .formatted(d));
        return yaml.toString();
    }
}
