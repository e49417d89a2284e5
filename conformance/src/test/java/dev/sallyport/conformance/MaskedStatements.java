package dev.sallyport.conformance;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A small database with masked columns and hidden rows, the same one as it looks to the person,
/// and random statements over both. The same for the same seed.
final class MaskedStatements {
    /// As the developer's grants.
    static final String GRANTS =
            """
                  - id: people
                    allow: [select, update, delete, copy-out]
                    on: [public.people]
                    mask: { name: redact, code: "partial(keepLast: 4)", born: year, zip: zip3, amount: bucket(100), age: age-band(10), seen: year, note: "null" }
                    rows: "grp IN (1, 2, 4) AND NOT (label = subject.name)"
                  - { id: visits, allow: [select, update, delete, copy-out], on: [public.visits], rows: "cost >= 20 AND kind <> 'secret'" }
                  - { id: events, allow: [select, copy-out], on: [public.events, public.events_a], mask: { kind: 'constant("x")' }, rows: "n % 3 <> 0" }
                  - { id: parents, allow: [select], on: [public.parents, public.kids], mask: { t: redact }, rows: "k > 1" }
                  - { id: views, allow: [select, update, copy-out], on: [public.v_people, public.v_visits, public.v_totals, public.v_labels, public.v_nested, public.v_chain, public.v_invoker, public.v_plain, public.v_distinct, public.v_first, public.v_ranks, public.v_ratio, public.v_steps, public.v_words, side.v_far] }
                  - { id: changed, allow: [select, insert, update, delete], on: [public.v_stays, public.v_calm, public.v_named] }
                  - { id: new, allow: [insert], on: [public.people, public.visits] }
                  - { id: temp, allow: [ddl, select, insert], on: [pg_temp.*] }
                  - { id: plain, allow: [select, insert, update, delete], on: [public.plain] }
              billing: { grants: [ { id: b, allow: [select], on: [public.plain] } ] }
              owner: { grants: [ { id: o, allow: [select], on: [public.plain] } ] }
            """;

    static final String SCHEMA =
            """
            create domain public.short_code as varchar(8) check (value <> '***');
            create table public.people (id int primary key, grp int, label text, name text, code varchar(11),
              born date, zip char(5), amount numeric(10,2), age int, seen timestamptz, note text collate "C", dom public.short_code);
            create table public.visits (id int primary key, person_id int, day date, cost int, kind text);
            create table public.plain (id int primary key, grp int, label text);
            create table public.events (id int, person_id int, kind varchar(5), n int) partition by range (id);
            create table public.events_a partition of public.events for values from (0) to (30);
            create table public.events_b partition of public.events for values from (30) to (1000);
            create table public.parents (id int, k int, t text);
            create table public.kids (extra int) inherits (public.parents);
            create index on public.visits (person_id);
            create view public.v_people (id, grp, amount, age, label, person, code, born) as
              select id, grp, amount, age, label, name, code, born from public.people where age < 90 or code like '%1';
            create view public.v_visits as
              select v.id, v.person_id, v.cost, v.kind, v.day, p.code, p.zip, p.note from public.visits v left join public.people p on p.id = v.person_id;
            create view public.v_totals as
              select p.grp as id, count(*)::int as n, sum(v.cost)::int as cost, max(p.code::text) as code, min(v.day) as day
              from public.people p join public.visits v on v.person_id = p.id where v.day >= date '2025-01-05' group by p.grp having count(*) > 1;
            create view public.v_labels as
              select id, grp, label, name as other from public.people union select id, grp, label, label from public.plain;
            create view public.v_nested with (security_barrier) as
              select w.id, w.cost, upper(w.kind) as kind, w.code, t.n from public.v_visits w left join public.v_totals t on t.id = w.person_id % 5 where w.cost between 5 and 50;
            create recursive view public.v_chain (id, person_id, step) as
              select id, person_id, 1 from public.visits where id < 30
              union all select v.id, v.person_id, c.step + 1 from v_chain c join public.visits v on v.id = c.person_id + 20 where c.step < 4;
            create view public.v_invoker with (security_invoker) as
              select e.id, e.person_id, e.n, e.kind, (select count(*) from public.people q where q.grp = e.n)::int as near from public.events e where exists (select 1 from public.plain x where x.id = e.id);
            create view public.v_distinct as select distinct grp as id, zip, left(code::text, 3) as code from public.people;
            create view public.v_first as select distinct on (person_id) person_id as id, cost, kind, day from public.visits order by person_id, cost desc, id;
            create view public.v_ranks as
              select id, person_id, rank() over (partition by kind order by day, cost, id)::int as n, kind, day from public.visits offset 3;
            create view public.v_ratio as select id, 600 / (cost - 19) as ratio, 100 / nullif(person_id - 31, 0) as part, kind || ':' || day as what from public.visits;
            create schema side;
            create view side.v_far (n, who, t) as
              select e.n % 3, upper(p.code), v.kind from public.events e left join public.v_people p on p.id = e.person_id cross join lateral (select w.kind from public.visits w where w.person_id = e.person_id order by w.id limit 1) v;
            create view public.v_steps as select id, label, generate_series(1, grp) as n from public.people;
            create view public.v_words as select p.id, p.grp, w.word from public.people p, unnest(string_to_array(p.name || ' ' || p.zip, ' ')) as w (word);
            create view public.v_stays (price, stay, who, sort, at, twice) as
              select cost, id, person_id, kind, day, cost * 2 from public.visits where person_id < 50 and kind <> 'x-ray';
            create view public.v_calm with (security_barrier) as select s.stay, s.who, s.at, s.price, s.sort from public.v_stays s where s.who > 5 with check option;
            create view public.v_named as select p.id, p.dom, p.grp, p.label, p.code from public.people p where exists (select from public.plain q where q.id = p.id);
            create view public.v_plain as select id, grp, label from public.plain where grp in (1, 2, 3);
            """;

    private static final List<String> LABELS = List.of("dev", "ann", "bob", "o'neil", "ümit");
    private static final List<String> KINDS = List.of("check", "secret", "x-ray");

    private MaskedStatements() {}

    /// INSERTs of the rows as they are, or as they should look.
    static List<String> rows(boolean asSeen) {
        Random random = new Random(7);
        List<String> sql = new ArrayList<>();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        for (int id = 1; id <= 60; id++) {
            int grp = random.nextInt(5);
            String label = LABELS.get(random.nextInt(LABELS.size()));
            String name = random.nextInt(8) == 0 ? null : "N" + random.nextInt(30);
            String code =
                    random.nextInt(9) == 0
                            ? null
                            : random.nextInt(5) == 0
                                    ? "12" + random.nextInt(3)
                                    : "900-%02d-%04d"
                                            .formatted(random.nextInt(4), random.nextInt(10_000));
            LocalDate born =
                    random.nextInt(9) == 0
                            ? null
                            : LocalDate.of(1915 + random.nextInt(100), 1, 1)
                                    .plusDays(random.nextInt(365));
            String zip = List.of("02139", "03601", "1234 ", "94110").get(random.nextInt(4));
            int cents = random.nextInt(100_000) - 30_000;
            int age = random.nextInt(110);
            int day = random.nextInt(20_000);
            String note = random.nextInt(3) == 0 ? null : "note " + id;
            boolean seen = (grp == 1 || grp == 2 || grp == 4) && !label.equals("dev");
            if (asSeen && !seen) continue;
            LocalDate seenAt = LocalDate.of(1960, 1, 1).plusDays(day);
            sql.add(
                    "insert into public.people values (%d, %d, %s, %s, %s, %s, %s, %s, %d, %s, %s, %s)"
                            .formatted(
                                    id,
                                    grp,
                                    quoted(label),
                                    quoted(asSeen && name != null ? "***" : name),
                                    quoted(asSeen && code != null ? keepLast4(code) : code),
                                    quoted(asSeen ? year(born, today) : text(born)),
                                    quoted(asSeen ? zip3(zip) : zip),
                                    asSeen
                                            ? String.valueOf(Math.floorDiv(cents, 10_000) * 100)
                                            : cents / 100
                                                    + "."
                                                    + "%02d".formatted(Math.abs(cents) % 100),
                                    asSeen ? (age >= 90 ? 90 : age / 10 * 10) : age,
                                    quoted(
                                            asSeen
                                                    ? seenAt.withDayOfYear(1) + " 00:00+00"
                                                    : seenAt + " 12:34:56+00"),
                                    asSeen ? "null" : quoted(note),
                                    quoted("d" + id % 7)));
        }
        for (int id = 1; id <= 80; id++) {
            int person = 1 + random.nextInt(60);
            int cost = random.nextInt(60);
            String kind = KINDS.get(random.nextInt(KINDS.size()));
            LocalDate day = LocalDate.of(2025, 1, 1).plusDays(random.nextInt(60));
            if (asSeen && (cost < 20 || kind.equals("secret"))) continue;
            sql.add(
                    "insert into public.visits values (%d, %d, '%s', %d, %s)"
                            .formatted(id, person, day, cost, quoted(kind)));
        }
        for (int id = 1; id <= 40; id++)
            sql.add(
                    "insert into public.plain values (%d, %d, %s)"
                            .formatted(
                                    id,
                                    random.nextInt(5),
                                    quoted(LABELS.get(random.nextInt(LABELS.size())))));
        for (int id = 1; id <= 60; id++) {
            int n = random.nextInt(12);
            int person = 1 + random.nextInt(60);
            if (asSeen && n % 3 == 0) continue;
            sql.add(
                    "insert into public.events values (%d, %d, %s, %d)"
                            .formatted(id, person, asSeen ? "'x'" : "'k" + n + "'", n));
        }
        for (int id = 1; id <= 30; id++) {
            int k = random.nextInt(6);
            boolean kid = random.nextBoolean();
            if (asSeen && k <= 1) continue;
            sql.add(
                    "insert into public.%s values (%d, %d, %s%s)"
                            .formatted(
                                    kid ? "kids" : "parents",
                                    id,
                                    k,
                                    asSeen ? "'***'" : "'t" + id + "'",
                                    kid ? ", " + id * 2 : ""));
        }
        return sql;
    }

    private static String keepLast4(String code) {
        return code.length() <= 4
                ? "*".repeat(code.length())
                : "*".repeat(code.length() - 4) + code.substring(code.length() - 4);
    }

    private static @Nullable String year(@Nullable LocalDate day, LocalDate today) {
        if (day == null) return null;
        LocalDate oldest = today.minusYears(90);
        return String.valueOf((day.isAfter(oldest) ? day : oldest).withDayOfYear(1));
    }

    private static String zip3(String zip) {
        if (!zip.matches("[0-9]{5}") || zip.startsWith("036")) return "000";
        return zip.substring(0, 3);
    }

    private static @Nullable String text(@Nullable LocalDate day) {
        return day == null ? null : day.toString();
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "null" : "'" + value.replace("'", "''") + "'";
    }

    // ---------------------------------------------------------------- statements

    private record Table(String name, List<String> numbers, List<String> texts) {
        List<String> columns() {
            List<String> all = new ArrayList<>(numbers);
            all.addAll(texts);
            return all;
        }
    }

    private static final List<Table> TABLES =
            List.of(
                    new Table(
                            "people",
                            List.of("id", "grp", "amount", "age"),
                            List.of("label", "name", "code", "born", "zip", "seen", "note", "dom")),
                    new Table("visits", List.of("id", "person_id", "cost"), List.of("kind", "day")),
                    new Table("plain", List.of("id", "grp"), List.of("label")),
                    new Table("events", List.of("id", "person_id", "n"), List.of("kind")),
                    new Table("events_a", List.of("id", "person_id", "n"), List.of("kind")),
                    new Table("parents", List.of("id", "k"), List.of("t")),
                    new Table("kids", List.of("id", "k", "extra"), List.of("t")));

    private static final List<Table> VIEWS =
            List.of(
                    new Table(
                            "v_people",
                            List.of("id", "grp", "amount", "age"),
                            List.of("label", "person", "code", "born")),
                    new Table(
                            "v_visits",
                            List.of("id", "person_id", "cost"),
                            List.of("kind", "day", "code", "zip", "note")),
                    new Table("v_totals", List.of("id", "n", "cost"), List.of("code", "day")),
                    new Table("v_labels", List.of("id", "grp"), List.of("label", "other")),
                    new Table("v_nested", List.of("id", "cost", "n"), List.of("kind", "code")),
                    new Table("v_chain", List.of("id", "person_id", "step"), List.of("step")),
                    new Table(
                            "v_invoker", List.of("id", "person_id", "n", "near"), List.of("kind")),
                    new Table("v_distinct", List.of("id"), List.of("zip", "code")),
                    new Table("v_first", List.of("id", "cost"), List.of("kind", "day")),
                    new Table("v_ranks", List.of("id", "person_id", "n"), List.of("kind", "day")),
                    new Table("v_ratio", List.of("id", "part", "ratio"), List.of("what")),
                    new Table("side.v_far", List.of("n"), List.of("who", "t")),
                    new Table("v_steps", List.of("id", "n"), List.of("label")),
                    new Table("v_words", List.of("id", "grp"), List.of("word")),
                    new Table("v_plain", List.of("id", "grp"), List.of("label")));

    static List<String> relations() {
        return Stream.of(TABLES, VIEWS).flatMap(List::stream).map(Table::name).toList();
    }

    private record Item(String alias, List<String> numbers, List<String> texts, boolean table) {}

    static final class Generator {
        private final Random random;
        private final int version;
        private int names;

        /// @param version the server's
        Generator(long seed, int version) {
            this.version = version;
            random = new Random(seed);
        }

        private boolean chance(int oneIn) {
            return random.nextInt(oneIn) == 0;
        }

        private <T> T pick(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private String name(String prefix) {
            return prefix + ++names;
        }

        String query() {
            names = 0;
            String sql = chance(6) ? setOperation() : select(2, List.of());
            if (chance(6)) {
                String cte = name("w");
                Item item = new Item(cte, List.of("c1"), List.of("c2"), false);
                return "WITH "
                        + cte
                        + "(c1, c2) AS ("
                        + pair()
                        + ") "
                        + "SELECT "
                        + number(List.of(item))
                        + " AS o1, "
                        + text(List.of(item))
                        + " AS o2, count(*) AS o3 FROM "
                        + cte
                        + " JOIN ("
                        + sql
                        + ") q ON true GROUP BY 1, 2 ORDER BY 1, 2, 3 LIMIT 40";
            }
            return sql;
        }

        private String pair() {
            List<Item> from = new ArrayList<>();
            String clause = from(1, from, List.of());
            return "SELECT "
                    + number(from)
                    + ", "
                    + text(from)
                    + " FROM "
                    + clause
                    + where(from, 1);
        }

        private String setOperation() {
            String operator = pick(List.of("UNION", "UNION ALL", "INTERSECT", "EXCEPT"));
            return "("
                    + pair()
                    + ") "
                    + operator
                    + " ("
                    + pair()
                    + ") ORDER BY 1, 2 LIMIT "
                    + (1 + random.nextInt(30));
        }

        private String select(int depth, List<Item> outer) {
            List<Item> from = new ArrayList<>();
            String clause = from(depth, from, outer);
            List<Item> visible = new ArrayList<>(from);
            if (chance(4)) {
                String group = pick(List.of(number(from), text(from)));
                return "SELECT "
                        + group
                        + " AS g, count(*) AS n, "
                        + pick(List.of("max", "min", "count"))
                        + "("
                        + text(from)
                        + ") AS m, sum("
                        + number(from)
                        + ") AS s FROM "
                        + clause
                        + where(visible, depth)
                        + " GROUP BY 1"
                        + (chance(3)
                                ? " HAVING count(" + text(from) + ") > " + random.nextInt(3)
                                : "")
                        + " ORDER BY 1, 2, 3, 4";
            }
            if (chance(12)) {
                Item item = pick(from);
                return "SELECT "
                        + pick(
                                List.of(
                                        item.alias() + "::text",
                                        "row_to_json(" + item.alias() + ")::text",
                                        "(" + item.alias() + ")." + item.texts().getFirst(),
                                        "(" + item.alias() + " IS NULL)::text"))
                        + " AS o1 FROM "
                        + clause
                        + where(visible, depth)
                        + " ORDER BY 1";
            }
            if (chance(14)) {
                Item item = pick(from);
                return "SELECT " + item.alias() + ".* FROM " + clause + where(visible, depth);
            }
            if (chance(10))
                return "SELECT DISTINCT "
                        + text(from)
                        + " AS o1, "
                        + number(from)
                        + " AS o2 FROM "
                        + clause
                        + where(visible, depth)
                        + " ORDER BY 1, 2 LIMIT "
                        + (1 + random.nextInt(20));
            if (chance(10))
                return "SELECT "
                        + text(from)
                        + " AS o1, rank() OVER (ORDER BY "
                        + text(from)
                        + ") AS o2 FROM "
                        + clause
                        + where(visible, depth);
            return "SELECT "
                    + text(from)
                    + " AS o1, "
                    + number(from)
                    + " AS o2, "
                    + expression(visible, depth)
                    + " AS o3 FROM "
                    + clause
                    + where(visible, depth)
                    + (chance(3) ? " ORDER BY 1, 2, 3 LIMIT " + (1 + random.nextInt(20)) : "");
        }

        private String from(int depth, List<Item> items, List<Item> outer) {
            StringBuilder sql = new StringBuilder(item(depth, items));
            int more = random.nextInt(depth > 1 ? 3 : 2);
            for (int i = 0; i < more && items.size() < 3; i++) {
                List<Item> left = List.copyOf(items);
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> {
                        String join = pick(List.of("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"));
                        sql.append(' ').append(join).append(' ').append(item(depth, items));
                        sql.append(" ON ")
                                .append(number(left))
                                .append(" = ")
                                .append(number(List.of(items.getLast())));
                        if (!join.equals("FULL JOIN") && chance(3))
                            sql.append(" AND ").append(condition(items, 0));
                    }
                    case 3 -> {
                        Item l = left.getLast();
                        String item = item(0, items);
                        String shared = "id";
                        boolean both =
                                items.size() == 2
                                        && l.numbers().contains(shared)
                                        && items.getLast().numbers().contains(shared);
                        if (both && left.size() == 1)
                            sql.append(" JOIN ").append(item).append(" USING (id)");
                        else sql.append(" CROSS JOIN ").append(item);
                        if (both && left.size() == 1) return sql.toString();
                    }
                    case 4 -> {
                        String alias = name("l");
                        sql.append(", LATERAL (SELECT ")
                                .append(number(left))
                                .append(" AS c1, ")
                                .append(text(left))
                                .append(" AS c2")
                                .append(chance(2) ? " OFFSET 0" : "")
                                .append(") ")
                                .append(alias);
                        items.add(new Item(alias, List.of("c1"), List.of("c2"), false));
                    }
                    default -> sql.append(", ").append(item(depth, items));
                }
            }
            return sql.toString();
        }

        private String item(int depth, List<Item> items) {
            String alias = name("t");
            if (depth > 0 && chance(5)) {
                items.add(new Item(alias, List.of("o2"), List.of("o1"), false));
                List<Item> from = new ArrayList<>();
                String clause = from(depth - 1, from, List.of());
                return "(SELECT "
                        + text(from)
                        + " AS o1, "
                        + number(from)
                        + " AS o2 FROM "
                        + clause
                        + where(from, depth - 1)
                        + ") "
                        + alias;
            }
            Table table = pick(chance(3) ? VIEWS : TABLES);
            items.add(new Item(alias, table.numbers(), table.texts(), true));
            boolean qualified = table.name().indexOf('.') > 0;
            return (chance(8) ? "ONLY " : "")
                    + (chance(3) && !qualified ? "public." : "")
                    + table.name()
                    + " AS "
                    + alias;
        }

        private String number(List<Item> items) {
            Item item = pick(items);
            return item.alias() + "." + pick(item.numbers());
        }

        private String text(List<Item> items) {
            Item item = pick(items);
            return item.alias() + "." + pick(item.texts()) + "::text";
        }

        private String where(List<Item> items, int depth) {
            if (chance(5)) return "";
            return " WHERE "
                    + condition(items, depth)
                    + (chance(2) ? pick(List.of(" AND ", " OR ")) + condition(items, depth) : "");
        }

        private String condition(List<Item> items, int depth) {
            return switch (random.nextInt(16)) {
                case 0, 1, 2 ->
                        number(items)
                                + pick(List.of(" = ", " < ", " <> ", " >= "))
                                + random.nextInt(60);
                case 3 -> number(items) + " = " + number(items);
                case 4 -> text(items) + " LIKE '" + pick(List.of("%1%", "9%", "N%", "***%")) + "'";
                case 5 ->
                        text(items)
                                + pick(List.of(" = ", " < ", " <> "))
                                + "'"
                                + pick(
                                        List.of(
                                                "***",
                                                "check",
                                                "ann",
                                                "900-01-1234",
                                                "*******0001",
                                                "x"))
                                + "'";
                case 6 -> number(items) + " IN (1, 2, " + random.nextInt(60) + ")";
                case 7 -> text(items) + pick(List.of(" IS NULL", " IS NOT NULL"));
                case 8 ->
                        depth > 0
                                ? "EXISTS (SELECT 1 FROM plain x WHERE x.id = "
                                        + number(items)
                                        + ")"
                                : "true";
                case 9 ->
                        depth > 0
                                ? number(items)
                                        + " IN (SELECT v.person_id FROM visits v WHERE v.cost < "
                                        + random.nextInt(80)
                                        + ")"
                                : number(items) + " BETWEEN 3 AND 33";
                case 10 -> "(100 / NULLIF(" + number(items) + ", 0)) > 2";
                case 11 -> "NOT (" + condition(items, 0) + ")";
                case 12 ->
                        chance(3)
                                ? "100 / (" + number(items) + " - " + random.nextInt(60) + ") > 1"
                                : number(items) + " % 2 = 0";
                case 13 -> "length(" + text(items) + ") > " + random.nextInt(12);
                case 14 ->
                        chance(4) ? text(items) + "::int > 5" : "upper(" + text(items) + ") < 'M'";
                default -> text(items) + " = " + text(items);
            };
        }

        private String expression(List<Item> items, int depth) {
            return switch (random.nextInt(8)) {
                case 0 -> "upper(" + text(items) + ")";
                case 1 -> number(items) + " + " + number(items);
                case 2 -> "coalesce(" + text(items) + ", '-')";
                case 3 -> "CASE WHEN " + condition(items, 0) + " THEN " + text(items) + " END";
                case 4 ->
                        depth > 0
                                ? "(SELECT count(*) FROM visits x WHERE x.person_id = "
                                        + number(items)
                                        + ")"
                                : "1";
                case 5 ->
                        depth > 0
                                ? "(SELECT max(x.code::text) FROM people x WHERE x.grp = "
                                        + number(items)
                                        + ")"
                                : "2";
                case 6 -> "left(" + text(items) + ", 2) || " + text(items);
                default -> text(items);
            };
        }

        private String merge(List<Item> visits, int kind) {
            String inserts =
                    " WHEN NOT MATCHED THEN INSERT VALUES (q.id + 1000, q.grp, '2025-02-03', 33,"
                            + " 'check')";
            String updates =
                    " THEN UPDATE SET day = v.day + 2"
                            + (chance(2) ? "" : " WHEN NOT MATCHED BY SOURCE THEN DELETE")
                            + " RETURNING merge_action(), v.id, v.day";
            return switch (kind) {
                case 0 -> condition(visits, 0) + inserts;
                case 1 ->
                        condition(visits, 0)
                                + " WHEN NOT MATCHED BY SOURCE AND "
                                + condition(visits, 0)
                                + updates;
                // A full join, which the fence is not for.
                default ->
                        number(visits)
                                + " < "
                                + random.nextInt(60)
                                + inserts
                                + " WHEN NOT MATCHED BY SOURCE AND "
                                + number(visits)
                                + " > "
                                + random.nextInt(60)
                                + updates;
            };
        }

        /// Of rows that may be changed and columns that may be used.
        String change() {
            names = 0;
            List<Item> visits =
                    List.of(new Item("v", List.of("id", "person_id"), List.of("day"), true));
            List<Item> people = List.of(new Item("p", List.of("id"), List.of("dom"), true));
            List<Item> stays =
                    List.of(new Item("v", List.of("stay", "who"), List.of("at", "sort"), true));
            return switch (random.nextInt(14)) {
                case 9 ->
                        "UPDATE v_stays v SET at = v.at + v.twice, who = v.who + 3 WHERE "
                                + condition(stays, 1)
                                + " RETURNING v.stay, v.at, v.twice";
                case 10 -> "DELETE FROM v_stays AS v WHERE " + condition(stays, 1);
                case 11 ->
                        "UPDATE v_calm v SET at = v.at + 1, who = v.who + "
                                + random.nextInt(2) * 30
                                + " FROM people q WHERE q.id = v.who AND "
                                + condition(stays, 0)
                                + " RETURNING v.stay, q.code, v.price";
                case 12 ->
                        "UPDATE v_named p SET dom = 'vv' WHERE "
                                + condition(people, 1)
                                + " RETURNING id, dom, grp";
                case 13 ->
                        version < 17
                                ? "DELETE FROM v_calm v USING plain q WHERE q.id = v.who"
                                : "MERGE INTO v_stays v USING plain q ON v.who = q.id AND "
                                        + condition(stays, 0)
                                        + " WHEN MATCHED AND "
                                        + condition(stays, 1)
                                        + " THEN DELETE WHEN MATCHED THEN UPDATE SET at = v.at +"
                                        + " q.grp RETURNING merge_action(), v.stay, v.price";
                case 0 ->
                        "UPDATE visits v SET person_id = v.person_id + 1 WHERE "
                                + condition(visits, 1);
                case 1 ->
                        "DELETE FROM visits AS v WHERE "
                                + condition(visits, 1)
                                + " RETURNING v.id, v.cost";
                case 2 ->
                        "UPDATE people p SET dom = 'zz'"
                                + (chance(2) ? "" : " WHERE " + condition(people, 1))
                                + " RETURNING id, dom";
                case 3 ->
                        "DELETE FROM people p USING visits v WHERE p.id = v.person_id AND "
                                + condition(visits, 0);
                case 4 ->
                        "MERGE INTO visits v USING "
                                + pick(List.of("plain q", "v_plain AS q", "people q"))
                                + " ON v.person_id = q.id"
                                + (chance(2) ? "" : " AND " + condition(visits, 0))
                                + " WHEN MATCHED AND "
                                + condition(visits, 1)
                                + " THEN DELETE WHEN MATCHED THEN UPDATE SET day = v.day +"
                                + " q.grp";
                case 5 ->
                        "MERGE INTO visits AS v USING plain q ON v.id = q.id AND "
                                + merge(visits, version < 17 ? 0 : random.nextInt(3));
                case 6 ->
                        "INSERT INTO visits AS v SELECT q.id + "
                                + pick(List.of("0", "1000"))
                                + ", q.person_id, '2025-01-01', 50, 'check' FROM visits q ON"
                                + " CONFLICT (id) DO UPDATE SET day = v.day + excluded.cost"
                                + (chance(2) ? "" : " WHERE " + condition(visits, 0))
                                + " RETURNING id, day";
                case 7 ->
                        "WITH d AS (DELETE FROM visits v WHERE "
                                + condition(visits, 0)
                                + " RETURNING v.person_id) UPDATE people p SET dom = 'yy' FROM d"
                                + " WHERE d.person_id = p.id RETURNING p.id";
                default ->
                        "UPDATE visits v SET day = v.day + 1 FROM people q WHERE q.id ="
                                + " v.person_id AND "
                                + condition(visits, 0)
                                + " RETURNING v.id, v.day, q.code";
            };
        }
    }
}
