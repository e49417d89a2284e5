package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.Located;
import dev.sallyport.config.PolicyFile;
import dev.sallyport.config.Position;
import dev.sallyport.sql.access.Access;
import dev.sallyport.sql.access.Action;
import dev.sallyport.sql.access.ColumnUse;
import dev.sallyport.sql.access.Footprint;
import dev.sallyport.sql.access.Kin;
import dev.sallyport.sql.access.Place;
import dev.sallyport.sql.access.Resource;
import dev.sallyport.sql.access.StatementKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What holds for every policy and every statement, tried on random ones over a small world, where
/// rules and accesses meet often. A failure prints the seed.
class LawsTest {
    private static final int ROUNDS = 10_000;
    private static final Path FILE = Path.of("random.yaml");
    private static final Position AT = new Position(FILE, 1, 1);

    private static final List<String> ROLES = List.of("r1", "r2", "r3");
    private static final List<String> SCHEMAS = List.of("a", "b", "pg_catalog", "pg_temp");
    private static final List<String> NAMES =
            List.of("t", "tt", "u", "pg_class", "pg_authid", "v_1", "v_2");
    private static final List<String> COLUMNS = List.of("x", "y", "z");
    private static final List<String> PATTERNS =
            List.of(
                    "a.t",
                    "a.tt",
                    "a.t*",
                    "a.*",
                    "b.*",
                    "b.u",
                    "a.v_1",
                    "a.v_2",
                    "b.v_*",
                    "*",
                    "pg_catalog.*",
                    "pg_catalog.pg_authid",
                    "pg_catalog.u",
                    "pg_temp.*",
                    "a.u");
    private static final List<String> OTHER_PATTERNS =
            List.of(
                    "*",
                    "a.*",
                    "role:*",
                    "role:t",
                    "setting:work_mem",
                    "setting:ro*",
                    "channel:u",
                    "type:a.t",
                    "type:*",
                    "schema:a");

    private final long seed = Long.getLong("sallyport.seed", 20261123);
    private final Random random = new Random(seed);

    @Test
    void decidesAsTheReferenceDoes() {
        int permitted = 0;
        for (int i = 0; i < ROUNDS; i++) {
            var file = policy();
            var roles = roles();
            var footprint = footprint();
            var expected = new ReferenceEvaluator(List.of(file)).permits(roles, footprint);
            var decision = decide(file, roles, footprint);
            assertThat(decision instanceof Decision.Permit)
                    .as(
                            "seed %s, round %s: %s as %s doing %s: %s",
                            seed, i, file, roles, footprint, decision)
                    .isEqualTo(expected);
            if (expected) permitted++;
        }
        // The world is small enough for both answers to be frequent.
        assertThat(permitted).isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    @Test
    void denyWins() {
        for (int i = 0; i < ROUNDS / 3; i++) {
            var file = policy();
            var roles = roles();
            var footprint = footprint();
            if (footprint.accesses().isEmpty()) continue;
            var access = footprint.accesses().get(random.nextInt(footprint.accesses().size()));
            var rule =
                    deny(
                            "the-deny",
                            List.of(access.action()),
                            List.of(Wording.pattern(access.resource())),
                            List.of());
            assertDenied(withDeny(file, rule), roles, footprint, i);
        }
    }

    @Test
    void denyWinsOverRowsWhateverTheyAreReachedThrough() {
        int tried = 0;
        for (int i = 0; i < ROUNDS / 5; i++) {
            var footprint = footprint();
            for (var access : footprint.accesses()) {
                var kin = new ArrayList<>(footprint.above(access));
                kin.addAll(footprint.below(access));
                if (kin.isEmpty()) continue;
                var rule =
                        deny(
                                "the-deny",
                                List.of(access.action()),
                                List.of(Wording.pattern(one(kin))),
                                List.of());
                assertDenied(withDeny(policy(), rule), roles(), footprint, i);
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(ROUNDS / 50);
    }

    @Test
    void addingADenyOrRemovingAGrantNeverPermitsMore() {
        for (int i = 0; i < ROUNDS / 3; i++) {
            var file = policy();
            var roles = roles();
            var footprint = footprint();
            if (decide(file, roles, footprint) instanceof Decision.Permit) continue;
            assertDenied(withDeny(file, randomDeny("added")), roles, footprint, i);
            assertDenied(withoutAGrant(file), roles, footprint, i);
        }
    }

    @Test
    void aLargerStatementOrFewerRolesNeverPermitMore() {
        for (int i = 0; i < ROUNDS / 3; i++) {
            var file = policy();
            var roles = roles();
            var footprint = footprint();
            if (decide(file, roles, footprint) instanceof Decision.Permit) continue;
            var larger = new ArrayList<>(footprint.accesses());
            // A new way to something is judged by itself; only a way to a view could change what
            // the
            // view is trusted with, and never for the better.
            larger.add(access());
            var trustsMore =
                    larger.getLast().resource() instanceof Resource.Relation r
                            && isVia(footprint, r);
            if (!trustsMore)
                assertDenied(
                        file,
                        roles,
                        ReferenceEvaluator.footprint(footprint.kind(), larger, footprint.kin()),
                        i);
            if (!file.deny().isEmpty())
                continue; // fewer roles may lose an exception, and with it nothing more
            var fewer = new HashSet<>(roles);
            fewer.remove(ROLES.get(random.nextInt(ROLES.size())));
            assertDenied(file, fewer, footprint, i);
        }
    }

    @Test
    void orderAndRepetitionDoNotMatter() {
        for (int i = 0; i < ROUNDS / 3; i++) {
            var file = policy();
            var roles = roles();
            var footprint = footprint();
            var accesses = new ArrayList<>(footprint.accesses());
            accesses.addAll(footprint.accesses());
            Collections.shuffle(accesses, random);
            var before = decide(file, roles, footprint);
            var shuffled = shuffled(file);
            var after =
                    decide(
                            shuffled,
                            roles,
                            ReferenceEvaluator.footprint(
                                    footprint.kind(), accesses, footprint.kin()));
            assertThat(after.getClass())
                    .as("seed %s, round %s", seed, i)
                    .isEqualTo(before.getClass());
            assertThat(Set.copyOf(after.ruleIds()))
                    .as("seed %s, round %s", seed, i)
                    .isEqualTo(Set.copyOf(before.ruleIds()));
            assertThat(compile(shuffled).version()).isEqualTo(compile(file).version());
        }
    }

    @Test
    void everyDenialExplainsItself() {
        for (int i = 0; i < ROUNDS / 3; i++) {
            var decision = decide(policy(), roles(), footprint());
            if (decision instanceof Decision.Deny d) {
                assertThat(d.reason())
                        .as("seed %s, round %s", seed, i)
                        .isNotBlank()
                        .doesNotContain("evaluated");
                assertThat(d.hint()).isNotBlank();
                assertThat(d.ruleIds()).doesNotHaveDuplicates();
            }
        }
    }

    private void assertDenied(PolicyFile file, Set<String> roles, Footprint footprint, int round) {
        assertThat(decide(file, roles, footprint))
                .as("seed %s, round %s: %s as %s doing %s", seed, round, file, roles, footprint)
                .isInstanceOf(Decision.Deny.class);
    }

    private static boolean isVia(Footprint footprint, Resource.Relation r) {
        return footprint.accesses().stream().anyMatch(a -> a.via().filter(r::equals).isPresent());
    }

    private static Decision decide(PolicyFile file, Set<String> roles, Footprint footprint) {
        return new PolicyDecisionPoint(compile(file))
                .decide(Fixtures.request(new Subject("s", roles, Map.of()), footprint));
    }

    private static PolicySet compile(PolicyFile file) {
        return switch (PolicyCompiler.compile(List.of(file), Fixtures.NOBODY)) {
            case PolicyCompiler.Compiled c -> c.policies();
            case PolicyCompiler.Rejected r -> throw new AssertionError(r.errors().toString());
        };
    }

    // -- random policies ----------------------------------------------------------------------

    private PolicyFile policy() {
        var roles = new ArrayList<PolicyFile.Role>();
        int id = 0;
        for (var role : ROLES) {
            var grants = new ArrayList<PolicyFile.Grant>();
            for (int n = random.nextInt(1, 6); n > 0; n--) grants.add(grant("g" + id++));
            roles.add(new PolicyFile.Role(at(role), "", grants));
        }
        var denies = new ArrayList<PolicyFile.DenyRule>();
        for (int n = random.nextInt(3); n > 0; n--)
            if (random.nextInt(3) == 0) denies.add(randomDeny("d" + id++));
        return new PolicyFile(
                FILE, at("clinic"), List.of(), roles, List.of(), denies, PolicyFile.Oversight.NONE);
    }

    private PolicyFile.Grant grant(String id) {
        var actions = actions();
        var onObjects = actions.stream().anyMatch(LawsTest::worksOnObjects);
        var columns = columnsFor(actions);
        var definer = actions.contains(Action.SELECT) && random.nextInt(3) == 0;
        var on = some(onObjects ? PATTERNS : OTHER_PATTERNS, 3);
        return new PolicyFile.Grant(
                at(id),
                terms(actions),
                at(on),
                columns,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                definer);
    }

    private PolicyFile.DenyRule randomDeny(String id) {
        var actions = actions();
        var on =
                some(
                        actions.stream().anyMatch(LawsTest::worksOnObjects)
                                ? PATTERNS
                                : OTHER_PATTERNS,
                        2);
        return new PolicyFile.DenyRule(
                at(id),
                terms(actions),
                at(on),
                columnsFor(actions),
                Optional.empty(),
                at(random.nextBoolean() ? List.of() : some(ROLES, 2)),
                "");
    }

    private static PolicyFile.DenyRule deny(
            String id, List<Action> actions, List<String> on, List<String> except) {
        var terms =
                actions.stream()
                        .map(a -> new PolicyFile.ActionTerm(at(a.word()), Optional.empty()))
                        .toList();
        return new PolicyFile.DenyRule(
                at(id), terms, at(on), Optional.empty(), Optional.empty(), at(except), "");
    }

    private List<Action> actions() {
        var whole = List.of(Action.DELETE, Action.TRUNCATE, Action.EXECUTE);
        var byColumn =
                List.of(
                        Action.SELECT,
                        Action.SELECT,
                        Action.INSERT,
                        Action.UPDATE,
                        Action.COPY_OUT);
        var others = List.of(Action.DDL, Action.SESSION);
        return switch (random.nextInt(6)) {
            case 0 -> some(others, 2);
            case 1 -> some(whole, 2);
            default -> some(byColumn, 3);
        };
    }

    private static boolean worksOnObjects(Action a) {
        return a != Action.DDL && a != Action.SESSION && a != Action.ADMIN;
    }

    private Optional<List<Located<String>>> columnsFor(List<Action> actions) {
        var possible = actions.stream().anyMatch(Wording::takesColumns);
        return possible && random.nextBoolean()
                ? Optional.of(at(some(COLUMNS, 3)))
                : Optional.empty();
    }

    private List<PolicyFile.ActionTerm> terms(List<Action> actions) {
        var terms = new ArrayList<PolicyFile.ActionTerm>();
        for (var a : actions) {
            Optional<List<Located<String>>> own =
                    Wording.takesColumns(a) && random.nextInt(3) == 0
                            ? Optional.of(at(some(COLUMNS, 2)))
                            : Optional.empty();
            terms.add(new PolicyFile.ActionTerm(at(a.word()), own));
        }
        return terms;
    }

    private PolicyFile withDeny(PolicyFile file, PolicyFile.DenyRule rule) {
        var denies = new ArrayList<>(file.deny());
        denies.add(random.nextInt(denies.size() + 1), rule);
        return new PolicyFile(
                FILE,
                file.database(),
                file.classify(),
                file.roles(),
                file.force(),
                denies,
                file.oversight());
    }

    private PolicyFile withoutAGrant(PolicyFile file) {
        var roles = new ArrayList<>(file.roles());
        int n = random.nextInt(roles.size());
        var grants = new ArrayList<>(roles.get(n).grants());
        grants.remove(random.nextInt(grants.size()));
        roles.set(n, new PolicyFile.Role(roles.get(n).name(), "", grants));
        return new PolicyFile(
                FILE,
                file.database(),
                file.classify(),
                roles,
                file.force(),
                file.deny(),
                file.oversight());
    }

    private PolicyFile shuffled(PolicyFile file) {
        var roles = new ArrayList<PolicyFile.Role>();
        for (var r : file.roles()) {
            var grants =
                    new ArrayList<>(
                            r.grants().stream()
                                    .map(g ->
                                            new PolicyFile.Grant(
                                                    g.id(),
                                                    shuffled(g.allow()),
                                                    shuffled(g.on()),
                                                    g.columns().map(this::shuffled),
                                                    g.mask(),
                                                    g.rows(),
                                                    g.when(),
                                                    g.limit(),
                                                    g.definer()))
                                    .toList());
            Collections.shuffle(grants, random);
            roles.add(new PolicyFile.Role(r.name(), r.purpose(), grants));
        }
        Collections.shuffle(roles, random);
        return new PolicyFile(
                FILE,
                file.database(),
                shuffled(file.classify()),
                roles,
                shuffled(file.force()),
                shuffled(file.deny()),
                file.oversight());
    }

    private <T> List<T> shuffled(List<T> list) {
        var copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    // -- random statements --------------------------------------------------------------------

    private Set<String> roles() {
        return Set.copyOf(some(ROLES, 3));
    }

    private Footprint footprint() {
        var accesses = new ArrayList<Access>();
        for (int n = random.nextInt(1, 4); n > 0; n--) accesses.add(access());
        // Views are mostly named before what they read is.
        for (var a : List.copyOf(accesses))
            if (a.via().isPresent() && random.nextInt(4) != 0)
                accesses.add(
                        new Access(
                                Action.SELECT,
                                a.via().get(),
                                columnUses(),
                                random.nextInt(5) == 0 ? via() : Optional.empty()));
        return ReferenceEvaluator.footprint(
                random.nextInt(20) == 0 ? StatementKind.SHOW : StatementKind.SELECT,
                accesses,
                kin(accesses));
    }

    /// Tables that inherit from others, or are their partitions.
    private Map<Resource.Relation, Kin> kin(List<Access> accesses) {
        var kin = new HashMap<Resource.Relation, Kin>();
        for (var a : accesses)
            if (a.resource() instanceof Resource.Relation r && random.nextInt(4) == 0)
                kin.put(r, new Kin(relations(), relations()));
        return kin;
    }

    private List<Resource.Relation> relations() {
        var some = new ArrayList<Resource.Relation>();
        for (int n = random.nextInt(3); n > 0; n--) some.add(relation());
        return some;
    }

    private Access access() {
        return switch (random.nextInt(12)) {
            case 0 ->
                    Access.of(
                            Action.EXECUTE,
                            new Resource.Function(
                                    one(SCHEMAS),
                                    one(NAMES),
                                    one(List.of(Resource.FunctionClass.values()))));
            case 1 ->
                    Access.of(
                            one(List.of(Action.SESSION, Action.DDL)),
                            new Resource.Setting(one(List.of("work_mem", "role", "*"))));
            case 2 ->
                    Access.of(
                            one(List.of(Action.SESSION, Action.DDL)),
                            random.nextBoolean()
                                    ? new Resource.Other(
                                            one(List.of("role", "channel")), "", one(NAMES))
                                    : new Resource.Other("type", one(SCHEMAS), one(NAMES)));
            case 3 -> Access.of(Action.DDL, new Resource.Schema(one(SCHEMAS)));
            case 4 ->
                    Access.of(
                            one(
                                    List.of(
                                            Action.DELETE,
                                            Action.TRUNCATE,
                                            Action.SESSION,
                                            Action.DDL,
                                            Action.COPY_OUT)),
                            relation());
            case 5, 6 ->
                    new Access(
                            one(List.of(Action.INSERT, Action.UPDATE)),
                            relation(),
                            columnUses(),
                            Optional.empty());
            default ->
                    new Access(
                            Action.SELECT,
                            relation(),
                            columnUses(),
                            random.nextInt(3) == 0 ? via() : Optional.empty());
        };
    }

    private Resource.Relation relation() {
        var name = one(NAMES);
        var kind =
                name.startsWith("v_")
                        ? Resource.RelationKind.VIEW
                        : name.equals("tt")
                                ? Resource.RelationKind.PARTITIONED_TABLE
                                : Resource.RelationKind.TABLE;
        return new Resource.Relation(one(SCHEMAS), name, kind);
    }

    private Optional<Resource.Relation> via() {
        return Optional.of(
                new Resource.Relation(
                        one(List.of("a", "a", "a", "b", "pg_catalog")),
                        one(List.of("v_1", "v_2")),
                        Resource.RelationKind.VIEW));
    }

    private List<ColumnUse> columnUses() {
        if (random.nextInt(5) == 0) return List.of();
        return some(COLUMNS, 2).stream().map(c -> new ColumnUse(c, Set.of(Place.OUTPUT))).toList();
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// At least one, at most `most`, each once.
    private <T> List<T> some(List<T> of, int most) {
        var picked = new ArrayList<T>();
        for (int n = random.nextInt(1, most + 1); n > 0; n--) {
            var next = one(of);
            if (!picked.contains(next)) picked.add(next);
        }
        return picked;
    }

    private static Located<String> at(String text) {
        return new Located<>(text, AT);
    }

    private static List<Located<String>> at(List<String> texts) {
        return texts.stream().map(LawsTest::at).toList();
    }
}
