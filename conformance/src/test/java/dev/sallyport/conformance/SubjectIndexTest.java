package dev.sallyport.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.subject.SubjectKey;
import dev.sallyport.audit.subject.SubjectSearch;
import dev.sallyport.gateway.SubjectSpellings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/// Who touched patient 42? The log answers by tokens, and says where it can't: against a real
/// server, which tells which patients a statement did touch.
class SubjectIndexTest {
    private static final String POLICY =
            """
            database: clinic
            classify:
              subject: [public.patients.id, public.encounters.patient_id, billing.claims.patient_id]
            roles:
              developer:
                purpose: Everything, for the index
                grants:
                  - { id: all, allow: [select, insert, update, delete, copy-out, copy-in], on: [public.*, billing.*] }
                  - { id: calls, allow: [execute], on: [public.leak] }
              billing: { purpose: Little, grants: [{ id: b, allow: [select], on: [public.scratch] }] }
              owner: { purpose: Little, grants: [{ id: o, allow: [select], on: [public.scratch] }] }
            """;

    @TempDir Path directory;

    /// Each reads patients' ids in its first column.
    private static final List<String> NAMING =
            List.of(
                    "select id from patients where id = %d",
                    "select id from patients where id = '%d'",
                    "select id from patients where id = %d::bigint",
                    "select id from patients where id = '0%d'::int",
                    "select id from patients where id = +%d and city is not null",
                    "select id from patients where %d = id",
                    "select id from public.patients where public.patients.id = %d",
                    "select id from patients p where p.id in (%d, %d, %d)",
                    "select id from patients where id = any (array[%d, %d])",
                    "select id from patients where id = %d or id = %d",
                    "select id from patients where (id = %d and city = 'City1') or (id = %d)",
                    "select id from patients where id in (%d, %d) and id in (%d, %d)",
                    "select id from patients where (id, city) = (%d, 'City1')",
                    "select id from patients where id is not distinct from %d",
                    "select p.id from patients p join encounters e on e.patient_id = p.id where"
                            + " p.id = %d",
                    "select p.id from patients p join encounters e on e.patient_id = p.id and p.id"
                            + " = %d",
                    "select p.id from patients p left join encounters e on e.patient_id = p.id"
                            + " where p.id = %d",
                    "select e.patient_id from encounters e, patients p where e.patient_id = %d and"
                            + " p.id = e.patient_id",
                    "select patient_id from billing.claims where patient_id = %d and status ="
                            + " 'open'",
                    "select id from patients where id = %d union select patient_id from encounters"
                            + " where patient_id = %d",
                    "select (select id from patients where id = %d)",
                    "update patients set city = city where id = %d returning id",
                    "update encounters e set note = note from patients p where p.id = e.patient_id"
                            + " and p.id = %d returning e.patient_id",
                    "insert into billing.claims (id, patient_id, amount_cents) values (%r, %d, 5),"
                            + " (%r, '%d', 6) returning patient_id",
                    "delete from billing.claims where patient_id = %d returning patient_id");

    /// Each touches some that it doesn't name.
    private static final List<String> OPEN =
            List.of(
                    "select id from patients",
                    "select id from patients where id <> %d",
                    "select id from patients where not id = %d",
                    "select id from patients where id + 0 = %d",
                    "select id from patients where id::text = '%d'",
                    "select id from patients where id between %d and %d",
                    "select id from patients where id = %d or city = 'City3'",
                    "select id from patients where id in (%d, (select max(id) from patients))",
                    "select id from patients where id in (select patient_id from encounters where"
                            + " patient_id = %d)",
                    "select p.id from patients p left join encounters e on e.patient_id = p.id and"
                            + " p.id = %d",
                    "select p.id from encounters e right join patients p on p.id = %d and"
                            + " e.patient_id = p.id",
                    "select p.id from patients p full join encounters e on e.patient_id = p.id and"
                            + " p.id = %d",
                    "select p.id from patients p, encounters e where e.patient_id = %d",
                    "select id from (select * from patients) s where id = %d",
                    "with patients as (select * from public.patients) select id from patients where"
                            + " id = %d",
                    "with c as (select * from patients) select id from c where id = %d",
                    "select a.id from (patients a join patients b on true) where b.id = %d",
                    "select j.k from (patients a join providers b on a.provider_id = b.id) as"
                            + " j(k) where j.k = %d",
                    "select p.x from patients as p(x, id) where p.id = '%d'",
                    "select id from patient_cities where id = %d",
                    "select count(*) from patients",
                    "select leak(%d)",
                    "select id from patients where exists (select 1 from encounters e where"
                            + " e.patient_id = patients.id) and id = %d",
                    "select patient_id from encounters_2025 where note = 'note %d'",
                    "insert into billing.claims (id, patient_id) select %r, max(id) from patients"
                            + " returning patient_id",
                    "insert into billing.claims (id, patient_id) values (%r, 2 + 1) returning"
                            + " patient_id",
                    "update billing.claims set patient_id = patient_id + 1 where patient_id = %d"
                            + " and patient_id < 400 returning patient_id",
                    "copy (select id from patients where city = 'City1') to stdout");

    private final Random random = new Random(Long.getLong("sallyport.seed", 20261123));
    private int row = 100_000;

    private String fill(String template, Set<Integer> named) {
        var text = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            if (template.charAt(++i) == 'r') {
                text.append(row++);
            } else {
                int id = 1 + random.nextInt(60);
                named.add(id);
                text.append(id);
            }
        }
        return text.toString();
    }

    @Test
    void whoeverIsTouchedIsNamedOrTheStatementIsOpen() throws Exception {
        try (var gateway =
                GatewayUnderTest.start(
                        directory,
                        GatewayUnderTest.freshClinic("subjects"),
                        Map.of("policy", POLICY))) {
            // By its text, which stands sealed in the record.
            var touched = new HashMap<String, Set<Integer>>();
            var named = new HashMap<String, Set<Integer>>();
            for (var mode : List.of("simple", "extended"))
                try (var connection = gateway.connect("dev", "preferQueryMode=" + mode)) {
                    for (int round = 0; round < 3; round++)
                        for (var template : concat(NAMING, OPEN)) {
                            var ids = new TreeSet<Integer>();
                            var sql = fill(template, ids) + " /* " + named.size() + " */";
                            named.put(sql, ids);
                            touched.put(
                                    sql,
                                    template.startsWith("copy")
                                            ? copied(connection, sql)
                                            : run(connection, sql));
                        }
                }
            parameters(gateway);
            gateway.stop();
            AuditTrail.isSound(gateway.store);

            var key = SubjectKey.read(SubjectKey.beside(gateway.store)).getFirst();
            var trail = AuditTrail.of(gateway.store);
            int seen = 0;
            for (var entry : trail.ofType("statement-intent")) {
                if (!(trail.opened(entry).get("sql") instanceof String sql)) continue;
                var ids = named.get(sql);
                if (ids == null) continue;
                seen++;
                var tokens = Set.copyOf(entry.list("subjects"));
                boolean open = !entry.list("subjectsOpen").isEmpty();
                // Whether it says what it should, of what was written for either case.
                boolean shouldBeOpen = OPEN.stream().anyMatch(t -> looksLike(sql, t));
                assertThat(open).as("open: %s", sql).isEqualTo(shouldBeOpen);
                if (!open)
                    for (int id : ids)
                        assertThat(tokens).as("%s names %d", sql, id).contains(token(key, id));
                // The law: nobody is touched unnamed by a statement that isn't open.
                for (int id : touched.getOrDefault(sql, Set.of()))
                    assertThat(open || tokens.contains(token(key, id)))
                            .as("%s touched %d", sql, id)
                            .isTrue();
                assertThat(tokens.size()).isLessThanOrEqualTo(ids.size());
            }
            assertThat(seen).isEqualTo(named.size());
            parametersWereUnderstood(trail, key);
            theLogHoldsNoIdentifier(gateway.store);
            theSearchFindsThem(gateway, key);
        }
    }

    private static List<String> concat(List<String> a, List<String> b) {
        var all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private static boolean looksLike(String sql, String template) {
        return shape(sql.substring(0, sql.indexOf(" /*")))
                .equals(shape(template.replace("%d", "1").replace("%r", "1")));
    }

    private static String shape(String sql) {
        return sql.replaceAll("[0-9]+", "0");
    }

    private static String token(SubjectKey key, int id) {
        return key.token("test", "number", Integer.toString(id));
    }

    private static Set<Integer> run(Connection connection, String sql) throws SQLException {
        var ids = new TreeSet<Integer>();
        try (var statement = connection.createStatement()) {
            if (statement.execute(sql))
                try (var rows = statement.getResultSet()) {
                    while (rows.next())
                        if (!sql.contains("count(") && !sql.contains("leak("))
                            ids.add(rows.getInt(1));
                }
        }
        return ids;
    }

    private static Set<Integer> copied(Connection connection, String sql) throws Exception {
        var out = new ByteArrayOutputStream();
        connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
        var ids = new TreeSet<Integer>();
        out.toString(StandardCharsets.UTF_8).lines().forEach(id -> ids.add(Integer.valueOf(id)));
        assertThat(ids).isNotEmpty();
        return ids;
    }

    /// The same patient as a number and as text, bound in text and in binary.
    private static void parameters(GatewayUnderTest gateway) throws Exception {
        try (var wire = Wire.login(gateway, "dev")) {
            int marker = 0;
            for (var sql :
                    List.of(
                            "select id from patients where id = $1",
                            "select id from patients where id = $1::bigint",
                            "select id from patients where id in ($1, $1)"))
                for (var value :
                        List.of(
                                "42".getBytes(StandardCharsets.US_ASCII),
                                " 042 ".getBytes(StandardCharsets.US_ASCII),
                                sql.contains("bigint")
                                        ? new byte[] {0, 0, 0, 0, 0, 0, 0, 42}
                                        : new byte[] {0, 0, 0, 42}))
                    bind(
                            wire,
                            sql + " /* parameter " + marker++ + " */",
                            value[0] == 0 ? 1 : 0,
                            new int[0],
                            value);
            bind(
                    wire,
                    "select id from patients where id = $1 /* parameter int8 */",
                    1,
                    new int[] {20},
                    new byte[] {0, 0, 0, 0, 0, 0, 0, 42});
            bind(
                    wire,
                    "select id from patients where id = any ($1) /* parameter array */",
                    0,
                    new int[0],
                    "{42}".getBytes(StandardCharsets.US_ASCII));
            bind(
                    wire,
                    "select id from patients where id = $1 /* unknown parameter */",
                    1,
                    new int[] {700},
                    new byte[] {0x42, 0x28, 0, 0});
            for (var sql :
                    List.of(
                            "prepare p as select id from patients where id = $1",
                            "execute p(42) /* parameter by execute */",
                            "execute p('42') /* parameter by execute, text */",
                            "execute p(41 + 1) /* unknown parameter by execute */")) {
                wire.raw(Wire.query(sql));
                wire.untilReady();
            }
        }
    }

    private static void bind(Wire wire, String sql, int format, int[] types, byte[] value)
            throws Exception {
        var declared = Wire.shortBytes(types.length);
        for (int type : types) declared = Wire.concat(declared, Wire.intBytes(type));
        wire.raw(
                Wire.concat(
                        Wire.message('P', Wire.cString(""), Wire.cString(sql), declared),
                        Wire.message(
                                'B',
                                Wire.cString(""),
                                Wire.cString(""),
                                Wire.shortBytes(1),
                                Wire.shortBytes(format),
                                Wire.shortBytes(1),
                                Wire.intBytes(value.length),
                                value,
                                Wire.shortBytes(0)),
                        Wire.execute("", 0),
                        Wire.sync()));
        wire.untilReady();
    }

    private static void parametersWereUnderstood(AuditTrail trail, SubjectKey key) {
        int known = 0;
        int unknown = 0;
        for (var entry : trail.ofType("statement-intent")) {
            if (!(trail.opened(entry).get("sql") instanceof String sql)) continue;
            if (sql.contains("/* parameter")) {
                known++;
                assertThat(entry.list("subjects"))
                        .as("%s %s", sql, trail.opened(entry))
                        .containsExactly(token(key, 42));
                assertThat(entry.list("subjectsOpen")).as(sql).isEmpty();
            }
            if (sql.contains("/* unknown parameter")) {
                unknown++;
                assertThat(entry.list("subjectsOpen"))
                        .as(sql)
                        .containsExactly("public.patients.id");
            }
        }
        assertThat(known).isEqualTo(13);
        assertThat(unknown).isEqualTo(2);
    }

    private static void theLogHoldsNoIdentifier(Path store) throws Exception {
        for (var entry : AuditTrail.of(store).ofType("statement-intent"))
            assertThat(entry.text("sql")).doesNotContain("42");
    }

    private static void theSearchFindsThem(GatewayUnderTest gateway, SubjectKey key)
            throws Exception {
        var out = new StringBuilder();
        var found =
                SubjectSearch.search(
                        gateway.store,
                        List.of(key),
                        SubjectSpellings.of("042"),
                        _ -> true,
                        false,
                        out);
        assertThat(found.unknownKeys()).isEmpty();
        assertThat(found.named()).isGreaterThanOrEqualTo(13);
        assertThat(found.possible()).isGreaterThan(OPEN.size());
        assertThat(out.toString()).contains("named       ").contains("may touch   ");
        var other = directoryOf(gateway).resolve("other.subject-key");
        var stranger =
                SubjectSearch.search(
                        gateway.store,
                        List.of(SubjectKey.create(other)),
                        SubjectSpellings.of("42"),
                        _ -> true,
                        true,
                        new StringBuilder());
        assertThat(stranger.named()).isZero();
        assertThat(stranger.unknownKeys()).containsExactly(key.id());
        assertThat(Files.readString(SubjectKey.beside(gateway.store))).contains("subject-key:");
        for (Entry entry : AuditTrail.of(gateway.store).ofType("gateway-started"))
            assertThat(entry.event().toString()).contains(key.id());
    }

    private static Path directoryOf(GatewayUnderTest gateway) {
        return gateway.directory;
    }
}
