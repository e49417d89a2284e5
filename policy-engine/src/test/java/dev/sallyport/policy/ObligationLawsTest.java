package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What holds for masks, row filters and conditions, tried on random policies and made-up rows. A
/// failure prints the seed.
class ObligationLawsTest {
    private static final int ROUNDS = 2_000;

    private static final List<String> ROLES = List.of("r1", "r2", "r3");
    private static final List<String> COLUMNS = List.of("x", "y", "z");
    private static final List<String> PATTERNS = List.of("a.t", "a.u", "b.w", "a.*", "'*'");
    private static final List<String> FILTERS =
            List.of("f1", "f2 = 1", "f3 = subject.name", "f1 = subject.attributes.absent");
    private static final Map<String, Mask> MASKS =
            Map.of(
                    "redact", new Mask.Redact(),
                    "null", new Mask.Null(),
                    "partial(keepLast: 2)", new Mask.Partial(0, 2),
                    "hash", new Mask.Hash(),
                    "bucket(10)", new Mask.Bucket(10));

    /// With what they come to for the subject and the circumstances below.
    private static final Map<String, Optional<Boolean>> CONDITIONS = conditions();

    private static final List<Resource.Relation> RELATIONS =
            List.of(
                    new Resource.Relation("a", "t", Resource.RelationKind.TABLE),
                    new Resource.Relation("a", "u", Resource.RelationKind.TABLE));

    /// The second inherits from the first, and from a third that has rules of its own.
    private static final Map<Resource.Relation, Kin> KIN =
            Map.of(
                    RELATIONS.get(0), new Kin(List.of(), List.of(RELATIONS.get(1), other())),
                    RELATIONS.get(1), new Kin(List.of(RELATIONS.get(0), other()), List.of()));

    private static Resource.Relation other() {
        return new Resource.Relation("b", "w", Resource.RelationKind.TABLE);
    }

    private final long seed = Long.getLong("sallyport.seed", 20261123);
    private final Random random = new Random(seed);

    private static Map<String, Optional<Boolean>> conditions() {
        var c = new HashMap<String, Optional<Boolean>>();
        c.put("statement.has_where", Optional.of(true));
        c.put("statement.kind == 'COPY OUT'", Optional.of(false));
        c.put("subject.attributes.absent == 'x'", Optional.empty());
        c.put("subject.attributes.unit == 'icu'", Optional.of(true));
        c.put("subject.name == 'dana'", Optional.of(true));
        c.put("session.client_address.startsWith('10.')", Optional.of(true));
        c.put("now < timestamp('2026-01-01T00:00:00Z')", Optional.of(false));
        return c;
    }

    private static final Subject DANA = subject("dana", Set.of("r1"));

    private static Subject subject(String name, Set<String> roles) {
        return new Subject(name, roles, Map.of("unit", "icu"));
    }

    @Test
    void everyCellIsShownAsTheReferenceShowsIt() {
        int permitted = 0;
        int governed = 0;
        int limited = 0;
        for (int i = 0; i < ROUNDS; i++) {
            var yaml = yaml();
            var file = Fixtures.parse(yaml);
            var roles = Set.copyOf(some(ROLES, 3));
            var footprint = footprint();
            if (!(decide(yaml, roles, footprint) instanceof Decision.Permit(var owed, _))) continue;
            permitted++;
            if (owed.substitutes()) governed++;
            var reference =
                    new ReferenceObligations(file, roles, footprint.kin(), CONDITIONS, MASKS);
            for (var access : footprint.accesses())
                assertThat(reference.keepsPartsRowsApart((Resource.Relation) access.resource()))
                        .as("seed %s, round %s: %s%n%s", seed, i, footprint, yaml)
                        .isFalse();
            for (var row : rows())
                for (var relation : RELATIONS)
                    compare(i, yaml, footprint, owed, reference, relation, row);
            limited += owed.limits().isEmpty() ? 0 : 1;
            compareLimits(i, yaml, footprint, owed, reference);
        }
        assertThat(limited).isGreaterThan(permitted / 4).isLessThan(permitted);
        // The world is small enough for all answers to be frequent.
        assertThat(permitted).isGreaterThan(ROUNDS / 20);
        assertThat(governed).isGreaterThan(permitted / 4);
    }

    private void compare(
            int round,
            String yaml,
            Footprint footprint,
            Obligations owed,
            ReferenceObligations reference,
            Resource.Relation relation,
            ReferenceObligations.Row row) {
        var accesses =
                footprint.accesses().stream().filter(a -> a.resource().equals(relation)).toList();
        if (accesses.isEmpty()) return;
        var governed = owed.governing(relation);
        var where = "seed %s, round %s, %s doing %s on %s:%n%s%n%s";
        var reads = governed.map(g -> isTrue(g.reading(), row)).orElse(true);
        assertThat(reads)
                .as(where, seed, round, row, footprint, relation, owed, yaml)
                .isEqualTo(reference.reads(relation, accesses, row));
        var changes = governed.map(g -> isTrue(g.target(), row)).orElse(true);
        assertThat(changes)
                .as(where, seed, round, row, footprint, relation, owed, yaml)
                .isEqualTo(reference.changes(relation, accesses, row));
        if (!reads) return;
        for (var a : accesses)
            if (a.action() == Action.SELECT)
                for (var c : a.columns())
                    assertThat(
                                    governed.map(g -> form(shown(g, c.column()), row))
                                            .orElse(new Shown.Plain()))
                            .as(where, seed, round, row, footprint, c, owed, yaml)
                            .isEqualTo(reference.cell(relation, c.column(), row).orElseThrow());
    }

    /// Nothing is read beside the limit of what gives it, all of force's count, and none that is
    /// not about what is read.
    private static void compareLimits(
            int round,
            String yaml,
            Footprint footprint,
            Obligations owed,
            ReferenceObligations reference) {
        var limiting = owed.limits().stream().map(Limited::ruleId).collect(Collectors.toSet());
        var may = new HashSet<String>();
        for (var relation : RELATIONS) {
            var accesses =
                    footprint.accesses().stream()
                            .filter(a -> a.resource().equals(relation))
                            .toList();
            if (accesses.isEmpty()) continue;
            var columns = new HashSet<String>();
            var reads = accesses.stream().filter(a -> a.action() == Action.SELECT).toList();
            for (var a : reads) a.columns().forEach(c -> columns.add(c.column()));
            var where = "round %s, %s%n%s%n%s";
            assertThat(limiting)
                    .as(where, round, footprint, owed, yaml)
                    .containsAll(reference.forcedLimits(relation, columns));
            may.addAll(
                    reads.isEmpty()
                            ? reference.forcedLimits(relation, columns)
                            : reference.mayLimit(relation, columns));
            for (var row : rows())
                if (reference.reads(relation, accesses, row))
                    for (var c : columns)
                        assertThat(reference.isCounted(relation, c, row, limiting))
                                .as(where, round, footprint, owed, yaml)
                                .isTrue();
        }
        assertThat(may).as("round %s, %s%n%s", round, footprint, yaml).containsAll(limiting);
    }

    /// Whoever has a grant of everything, without a mask, rows or a limit, has no limit but
    /// force's.
    @Test
    void aGrantWithoutALimitFreesWhatItGives() {
        for (int i = 0; i < ROUNDS / 4; i++) {
            var parts = parts();
            var grants = new ArrayList<>(parts.grants());
            grants.add("{ id: free, allow: [select, update, delete], on: ['*'] }");
            var roles = Set.copyOf(ROLES);
            var footprint = footprint();
            var yaml = join(parts.withGrants(grants));
            if (!(decide(yaml, roles, footprint) instanceof Decision.Permit(var owed, _))) continue;
            assertThat(owed.limits().stream().map(Limited::ruleId))
                    .as("seed %s, round %s%n%s", seed, i, yaml)
                    .allMatch(id -> id.matches("f[0-9]"));
        }
    }

    @Test
    void orderAndRepetitionDoNotMatter() {
        for (int i = 0; i < ROUNDS / 4; i++) {
            var parts = parts();
            var yaml = join(parts);
            var shuffled = join(parts.shuffled(random));
            var roles = Set.copyOf(some(ROLES, 3));
            var footprint = footprint();
            var twice = new ArrayList<>(footprint.accesses());
            twice.addAll(footprint.accesses());
            Collections.shuffle(twice, random);
            var before = decide(yaml, roles, footprint);
            var after =
                    decide(
                            shuffled,
                            roles,
                            ReferenceEvaluator.footprint(footprint.kind(), twice, footprint.kin()));
            if (before instanceof Decision.Permit(var owed, var ids)) {
                assertThat(after)
                        .as("seed %s, round %s%n%s%n%s", seed, i, yaml, shuffled)
                        .isInstanceOf(Decision.Permit.class);
                var other = (Decision.Permit) after;
                assertThat(inAnyOrder(other.obligations()))
                        .as("seed %s, round %s%n%s%n%s", seed, i, yaml, shuffled)
                        .isEqualTo(inAnyOrder(owed));
                assertThat(Set.copyOf(other.ruleIds())).isEqualTo(Set.copyOf(ids));
            } else assertThat(after).isInstanceOf(Decision.Deny.class);
            assertThat(Fixtures.compile(shuffled).version())
                    .isEqualTo(Fixtures.compile(yaml).version());
        }
    }

    /// All limits hold, so their order, the file's, says nothing.
    private static Obligations inAnyOrder(Obligations owed) {
        var limits = owed.limits().stream().sorted(Comparator.comparing(Limited::ruleId)).toList();
        return new Obligations(owed.relations(), limits, owed.notices());
    }

    /// A condition that can't be evaluated takes the answer that permits less: as false in a grant,
    /// as true in a deny.
    @Test
    void anErrorPermitsLess() {
        for (int i = 0; i < ROUNDS / 4; i++) {
            var parts = parts();
            var id = "e" + i;
            var grant = new ArrayList<>(parts.grants());
            grant.add(
                    "{ id: %s, allow: [select, update, delete], on: ['*'], when: \"%s\" }"
                            .formatted(id, "subject.attributes.absent == 'x'"));
            var roles = Set.copyOf(some(ROLES, 3));
            var footprint = footprint();
            if (footprint.accesses().isEmpty()) continue;
            assertThat(decide(join(parts.withGrants(grant)), roles, footprint))
                    .as("seed %s, round %s", seed, i)
                    .isEqualTo(decide(join(parts), roles, footprint));
            var deny =
                    "deny: [{ id: %s, actions: [select, update, delete], when: \"%s\" }]%n"
                            .formatted(id, "subject.attributes.absent == 'x'");
            assertThat(decide(join(parts) + deny, roles, footprint))
                    .as("seed %s, round %s", seed, i)
                    .isInstanceOf(Decision.Deny.class);
        }
    }

    /// What a decision says about its reuse is so: for whom it says that it holds, deciding again
    /// gives the same.
    @Test
    void aDecisionHoldsForWhomItSays() {
        var others = new int[Reuse.values().length];
        for (int i = 0; i < ROUNDS; i++) {
            var yaml = yaml();
            var roles = Set.copyOf(some(ROLES, 3));
            var footprint = footprint();
            var point = new PolicyDecisionPoint(Fixtures.compile(yaml));
            var ruling = point.rule(request("dana", "10.1.2.3", NOW, roles, footprint));
            others[ruling.reuse().ordinal()]++;
            Supplier<AccessRequest> again =
                    switch (ruling.reuse()) {
                        case STANDING ->
                                () -> request("erin", "192.168.0.1", LATER, roles, footprint);
                        case PERSON ->
                                () -> request("dana", "192.168.0.1", LATER, roles, footprint);
                        case SESSION -> () -> request("dana", "10.1.2.3", LATER, roles, footprint);
                        case NEVER -> () -> request("dana", "10.1.2.3", NOW, roles, footprint);
                    };
            assertThat(point.decide(again.get()))
                    .as("seed %s, round %s: %s%n%s", seed, i, ruling.reuse(), yaml)
                    .isEqualTo(ruling.decision());
        }
        assertThat(others).as("each kind is met").doesNotContain(0);
    }

    private static final Instant NOW = Instant.parse("2026-11-23T15:00:00Z");
    private static final Instant LATER = Instant.parse("2025-11-23T15:00:00Z");

    private static AccessRequest request(
            String name, String address, Instant now, Set<String> roles, Footprint footprint) {
        return new AccessRequest(
                subject(name, roles), "clinic", footprint, new Circumstances(now, address, "psql"));
    }

    private static Decision decide(String yaml, Set<String> roles, Footprint footprint) {
        return new PolicyDecisionPoint(Fixtures.compile(yaml))
                .decide(request(DANA.name(), "10.1.2.3", NOW, roles, footprint));
    }

    // -- rows ---------------------------------------------------------------------------------

    private static List<ReferenceObligations.Row> rows() {
        var rows = new ArrayList<ReferenceObligations.Row>();
        for (int bits = 0; bits < 8; bits++) {
            var filters = new HashSet<String>();
            for (int f = 0; f < 3; f++) if ((bits & 1 << f) != 0) filters.add(FILTERS.get(f));
            rows.add(new ReferenceObligations.Row(filters));
        }
        return rows;
    }

    private static boolean isTrue(RowCondition condition, ReferenceObligations.Row row) {
        return condition.all().stream().allMatch(any -> isTrue(any, row));
    }

    private static boolean isTrue(RowCondition.AnyOf any, ReferenceObligations.Row row) {
        return any.filters().stream().anyMatch(f -> row.trueFilters().contains(text(f)));
    }

    /// The filter's text in the policy; `false`, of course, in no row.
    private static String text(RowFilter filter) {
        return filter.parts().stream()
                .map(p ->
                        switch (p) {
                            case RowFilter.Sql(var sql) -> sql;
                            case RowFilter.Literal(var value, _) -> {
                                assertThat(value).isEqualTo("dana");
                                yield "subject.name";
                            }
                        })
                .collect(Collectors.joining());
    }

    private static Shown shown(Governed governed, String column) {
        return Objects.requireNonNull(governed.columns().get(column), column);
    }

    private static Shown.Form form(Shown shown, ReferenceObligations.Row row) {
        for (var c : shown.cases()) if (isTrue(c.when(), row)) return c.then();
        return shown.otherwise();
    }

    // -- random policies and statements --------------------------------------------------------

    private record Parts(List<String> grants, List<String> forced) {
        Parts withGrants(List<String> others) {
            return new Parts(others, forced);
        }

        Parts shuffled(Random random) {
            var g = new ArrayList<>(grants);
            var f = new ArrayList<>(forced);
            Collections.shuffle(f, random);
            // Grants stay with their roles: every third.
            var byRole = new ArrayList<List<String>>();
            for (int r = 0; r < 3; r++) {
                var of = new ArrayList<String>();
                for (int i = r; i < g.size(); i += 3) of.add(g.get(i));
                Collections.shuffle(of, random);
                byRole.add(of);
            }
            var mixed = new ArrayList<String>();
            for (int i = 0; i < g.size(); i++) mixed.add(byRole.get(i % 3).get(i / 3));
            return new Parts(mixed, f);
        }
    }

    private String yaml() {
        return join(parts());
    }

    private Parts parts() {
        var grants = new ArrayList<String>();
        for (int n = 0; n < 9; n++) grants.add(grant(n));
        var forced = new ArrayList<String>();
        for (int n = random.nextInt(3); n > 0; n--) {
            var what = masksRowsWhen(2);
            if (!what.contains("mask:") && !what.contains("rows:") && !what.contains("limit:"))
                what += ", rows: 'f1'";
            forced.add(
                    "{ id: f%d, on: [%s]%s%s }"
                            .formatted(
                                    n,
                                    String.join(", ", some(PATTERNS, 2)),
                                    what,
                                    random.nextInt(3) == 0
                                            ? ", except: [" + some(ROLES, 1).getFirst() + "]"
                                            : ""));
        }
        return new Parts(grants, forced);
    }

    private String grant(int n) {
        var what = masksRowsWhen(2);
        var allow =
                switch (random.nextInt(4)) {
                    case 0 -> "select, update, delete";
                    case 1 -> "update, select";
                    default -> "select";
                };
        var columns =
                allow.equals("select") && !what.contains("phi.date:") && random.nextInt(3) == 0
                        ? ", columns: [" + String.join(", ", some(COLUMNS, 3)) + "]"
                        : "";
        return "{ id: g%d, allow: [%s], on: [%s]%s%s }"
                .formatted(n, allow, String.join(", ", some(PATTERNS, 2)), columns, what);
    }

    private String masksRowsWhen(int often) {
        var text = new StringBuilder();
        if (random.nextInt(often) == 0)
            text.append(", mask: ")
                    .append(
                            switch (random.nextInt(4)) {
                                case 0 -> "safe-harbor";
                                case 1 -> "{ phi.name: \"" + mask() + "\" }";
                                case 2 -> "\"" + mask() + "\"";
                                default ->
                                        "{ "
                                                + any(COLUMNS)
                                                + ": \""
                                                + mask()
                                                + "\", phi.date: \""
                                                + mask()
                                                + "\" }";
                            });
        if (random.nextInt(often) == 0) text.append(", rows: \"").append(any(FILTERS)).append('"');
        if (random.nextInt(often + 1) == 0)
            text.append(", limit: { rows: ")
                    .append(random.nextInt(1, 5))
                    .append(random.nextInt(3) == 0 ? ", classes: [phi.name] }" : " }");
        if (random.nextInt(often + 1) == 0)
            text.append(", when: \"").append(any(List.copyOf(CONDITIONS.keySet()))).append('"');
        return text.toString();
    }

    private String mask() {
        return any(List.copyOf(MASKS.keySet()));
    }

    private static String join(Parts parts) {
        var yaml = new StringBuilder("database: clinic\n");
        yaml.append("classify: { phi.name: [a.t.x, a.t.z, a.u.y], phi.date: [a.t.z, b.w.y] }\n");
        yaml.append("roles:\n");
        for (int r = 0; r < 3; r++) {
            yaml.append("  r").append(r + 1).append(":\n    grants:\n");
            for (int i = r; i < parts.grants.size(); i += 3)
                yaml.append("      - ").append(parts.grants.get(i)).append('\n');
        }
        if (!parts.forced.isEmpty()) {
            yaml.append("force:\n");
            for (var f : parts.forced) yaml.append("  - ").append(f).append('\n');
        }
        return yaml.toString();
    }

    private Footprint footprint() {
        var accesses = new ArrayList<Access>();
        for (var relation : RELATIONS)
            if (random.nextInt(3) != 0)
                accesses.add(new Access(Action.SELECT, relation, columns(), Optional.empty()));
        var kind = StatementKind.SELECT;
        if (random.nextInt(3) == 0) {
            kind = random.nextBoolean() ? StatementKind.UPDATE : StatementKind.DELETE;
            var update = kind == StatementKind.UPDATE;
            accesses.add(
                    new Access(
                            update ? Action.UPDATE : Action.DELETE,
                            any(RELATIONS),
                            update ? columns() : List.of(),
                            Optional.empty()));
        }
        return ReferenceEvaluator.footprint(kind, accesses, random.nextBoolean() ? Map.of() : KIN);
    }

    private List<ColumnUse> columns() {
        if (random.nextInt(6) == 0) return List.of();
        return some(COLUMNS, 3).stream().map(c -> new ColumnUse(c, Set.of(Place.OUTPUT))).toList();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private <T> List<T> some(List<T> list, int most) {
        var copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy.subList(0, 1 + random.nextInt(Math.min(most, copy.size())));
    }
}
