package dev.sallyport.conformance.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random statements over {@link #SCHEMA}, the same for the same seed. All columns are integers, so
/// that most of them are valid; the server drops the rest.
final class StatementGenerator {
    static final List<String> SCHEMA =
            List.of(
                    "CREATE TABLE a (id int PRIMARY KEY, x int, y int, z int)",
                    "CREATE TABLE b (id int PRIMARY KEY, x int, w int)",
                    "CREATE TABLE c (cid int PRIMARY KEY, p int, q int, r int)",
                    "CREATE TABLE parent (id int, k int)",
                    "CREATE TABLE child (l int) INHERITS (parent)",
                    "CREATE TABLE part (id int, k int, v int) PARTITION BY RANGE (id)",
                    "CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (1000)",
                    "CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (1000) TO (2000)",
                    "CREATE VIEW va AS SELECT id, x AS vx, y FROM a WHERE z > 0",
                    "CREATE VIEW vb AS SELECT b.id, b.w, c.q FROM b JOIN c ON b.x = c.p",
                    "CREATE VIEW vva AS SELECT vx, count(*)::int AS n FROM va GROUP BY vx",
                    "CREATE VIEW vu AS SELECT id, w FROM b UNION SELECT cid, q FROM c WHERE r = 1",
                    "CREATE MATERIALIZED VIEW m AS SELECT id, w FROM b");

    private record Relation(String name, List<String> columns, boolean table) {}

    private static final List<Relation> RELATIONS =
            List.of(
                    new Relation("a", List.of("id", "x", "y", "z"), true),
                    new Relation("b", List.of("id", "x", "w"), true),
                    new Relation("c", List.of("cid", "p", "q", "r"), true),
                    new Relation("parent", List.of("id", "k"), true),
                    new Relation("child", List.of("id", "k", "l"), true),
                    new Relation("part", List.of("id", "k", "v"), true),
                    new Relation("part_low", List.of("id", "k", "v"), true),
                    new Relation("va", List.of("id", "vx", "y"), false),
                    new Relation("vb", List.of("id", "w", "q"), false),
                    new Relation("vva", List.of("vx", "n"), false),
                    new Relation("vu", List.of("id", "w"), false),
                    new Relation("m", List.of("id", "w"), false));

    /// What can be named at some place of the statement.
    private record Item(String alias, List<String> columns) {}

    private final Random random;

    /// Nothing that the server may drop before it checks privileges: CTEs that nobody reads,
    /// columns of sub-selects that nobody uses.
    private final boolean plain;

    private int names;
    private List<Relation> commonTables = new ArrayList<>();

    StatementGenerator(long seed, boolean plain) {
        random = new Random(seed);
        this.plain = plain;
    }

    String next() {
        names = 0;
        commonTables = new ArrayList<>();
        return switch (random.nextInt(12)) {
            case 0 -> insert();
            case 1 -> update();
            case 2 -> delete();
            case 3 -> merge();
            default -> with(2) + query(3, List.of());
        };
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String name(String prefix) {
        return prefix + ++names;
    }

    // ---------------------------------------------------------------- queries

    private String with(int depth) {
        if (plain || !chance(30)) return "";
        String name = chance(30) ? pick(RELATIONS).name : name("w");
        String first = name("i");
        String second = name("i");
        String body =
                switch (random.nextInt(4)) {
                    case 0 -> {
                        Relation target = table();
                        yield "UPDATE "
                                + target.name
                                + " SET "
                                + last(target)
                                + " = 1 WHERE "
                                + last(target)
                                + " > 0 RETURNING "
                                + last(target)
                                + ", 2";
                    }
                    case 1 -> "SELECT 1, 2";
                    default -> twoColumns(depth - 1);
                };
        commonTables.add(new Relation(name, List.of(first, second), false));
        return "WITH " + name + "(" + first + ", " + second + ") AS (" + body + ") ";
    }

    private String twoColumns(int depth) {
        List<Item> from = new ArrayList<>();
        String items = from(depth, from, List.of());
        return "SELECT "
                + expression(depth - 1, from)
                + ", "
                + expression(depth - 1, from)
                + " FROM "
                + items
                + where(depth, from);
    }

    private String query(int depth, List<Item> outer) {
        if (depth > 0 && chance(12))
            return one(depth - 1, outer)
                    + pick(List.of(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "))
                    + one(depth - 1, outer)
                    + (chance(30) ? " ORDER BY 1" : "");
        List<Item> from = new ArrayList<>();
        String items = from(depth, from, outer);
        List<Item> visible = new ArrayList<>(from);
        visible.addAll(outer);
        if (chance(15)) {
            String key = column(from);
            return "SELECT "
                    + key
                    + ", "
                    + aggregate(from)
                    + " FROM "
                    + items
                    + where(depth, visible)
                    + " GROUP BY "
                    + key
                    + (chance(40) ? " HAVING " + aggregate(from) + " > 0" : "");
        }
        StringBuilder sql = new StringBuilder("SELECT ");
        if (chance(8)) sql.append("DISTINCT ");
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++)
            sql.append(i == 0 ? "" : ", ").append(selectItem(depth, from, visible));
        sql.append(" FROM ").append(items).append(where(depth, visible));
        if (!sql.toString().contains("DISTINCT") && chance(25))
            sql.append(" ORDER BY ").append(expression(0, from));
        if (chance(10)) sql.append(" LIMIT ").append(chance(50) ? "1" : "(" + scalar(0) + ")");
        return sql.toString();
    }

    private String one(int depth, List<Item> outer) {
        List<Item> from = new ArrayList<>();
        String items = from(depth, from, outer);
        return "SELECT " + expression(depth, from) + " FROM " + items + where(depth, from);
    }

    private String scalar(int depth) {
        List<Item> from = new ArrayList<>();
        String items = from(depth, from, List.of());
        return "SELECT count(" + column(from) + ") FROM " + items;
    }

    private String selectItem(int depth, List<Item> from, List<Item> visible) {
        Item item = pick(from);
        return switch (random.nextInt(12)) {
            case 0 -> "*";
            case 1 -> item.alias + ".*";
            case 2 -> item.alias;
            case 3 -> "to_jsonb(" + item.alias + ")";
            case 4 ->
                    "sum("
                            + column(from)
                            + ") OVER (PARTITION BY "
                            + column(from)
                            + " ORDER BY "
                            + column(from)
                            + ")";
            case 5 -> "(" + item.alias + ")." + pick(item.columns);
            default -> expression(depth, visible) + (chance(20) ? " AS " + name("o") : "");
        };
    }

    private String aggregate(List<Item> from) {
        return switch (random.nextInt(4)) {
            case 0 -> "count(*)";
            case 1 -> "count(*) FILTER (WHERE " + column(from) + " > 1)";
            case 2 -> "max(" + column(from) + " ORDER BY " + column(from) + ")";
            default -> "sum(" + column(from) + ")";
        };
    }

    private String where(int depth, List<Item> visible) {
        return chance(60) ? " WHERE " + condition(depth, visible) : "";
    }

    private String condition(int depth, List<Item> visible) {
        if (depth > 0)
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (!plain) return "EXISTS (" + query(depth - 2, visible) + ")";
                    List<Item> from = new ArrayList<>();
                    return "EXISTS (SELECT 1 FROM "
                            + from(depth - 2, from, visible)
                            + where(depth - 2, from)
                            + ")";
                }
                case 1 -> {
                    return column(visible) + " IN (" + one(depth - 2, visible) + ")";
                }
                case 2 -> {
                    return column(visible) + " > ALL (" + one(depth - 2, visible) + ")";
                }
                default -> {}
            }
        String simple =
                column(visible) + pick(List.of(" = ", " < ", " <> ")) + expression(0, visible);
        return chance(20) ? "(" + simple + " OR " + column(visible) + " IS NULL)" : simple;
    }

    private String expression(int depth, List<Item> visible) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> Integer.toString(random.nextInt(100));
            case 1 -> column(visible) + " + " + column(visible);
            case 2 ->
                    "CASE WHEN " + column(visible) + " > 0 THEN " + column(visible) + " ELSE 1 END";
            case 3 -> "coalesce(" + column(visible) + ", " + column(visible) + ")";
            case 4, 5 -> column(visible);
            case 6 -> "(" + scalar(depth - 1) + ")::int";
            case 7 -> "(" + one(depth - 1, visible) + " LIMIT 1)";
            default -> "abs(" + expression(depth - 1, visible) + ")";
        };
    }

    private String column(List<Item> visible) {
        Item item = pick(visible);
        String column = pick(item.columns);
        return chance(85) ? item.alias + "." + column : column;
    }

    // ---------------------------------------------------------------- FROM

    private String from(int depth, List<Item> items, List<Item> outer) {
        StringBuilder sql = new StringBuilder(fromItem(depth, items, outer));
        for (int n = random.nextInt(3); n > 0; n--) {
            List<Item> left = new ArrayList<>(items);
            switch (random.nextInt(6)) {
                case 0 -> sql.append(", ").append(fromItem(depth, items, outer));
                case 1 -> sql.append(" NATURAL JOIN ").append(fromItem(depth, items, outer));
                case 2 -> {
                    Relation right = pick(RELATIONS);
                    String alias = name("t");
                    items.add(new Item(alias, right.columns));
                    sql.append(pick(List.of(" JOIN ", " FULL JOIN ")))
                            .append(right.name)
                            .append(' ')
                            .append(alias)
                            .append(" USING (")
                            .append(pick(right.columns))
                            .append(')');
                }
                case 3 -> {
                    String alias = name("l");
                    String output = name("o");
                    sql.append(" CROSS JOIN LATERAL (SELECT ")
                            .append(expression(0, left))
                            .append(" AS ")
                            .append(output)
                            .append(") AS ")
                            .append(alias);
                    items.add(new Item(alias, List.of(output)));
                }
                default -> {
                    String item = fromItem(depth, items, outer);
                    sql.append(pick(List.of(" JOIN ", " LEFT JOIN ")))
                            .append(item)
                            .append(" ON ")
                            .append(column(items))
                            .append(" = ")
                            .append(column(items));
                }
            }
        }
        return sql.toString();
    }

    private String fromItem(int depth, List<Item> items, List<Item> outer) {
        String alias = name("t");
        if (depth > 0 && chance(15)) {
            String output = name("o");
            items.add(new Item(alias, List.of(output)));
            return "("
                    + one(plain ? 0 : depth - 1, List.of())
                    + ") AS "
                    + alias
                    + "("
                    + output
                    + ")";
        }
        if (!commonTables.isEmpty() && chance(40)) {
            Relation common = pick(commonTables);
            items.add(new Item(alias, common.columns));
            return common.name + " AS " + alias;
        }
        if (chance(5)) {
            items.add(new Item(alias, List.of(alias)));
            return "generate_series(1, " + (outer.isEmpty() ? "3" : column(outer)) + ") " + alias;
        }
        Relation relation = pick(RELATIONS);
        if (chance(15)) {
            List<String> renamed = relation.columns.stream().map(_ -> name("r")).toList();
            items.add(new Item(alias, renamed));
            return relation.name + " AS " + alias + "(" + String.join(", ", renamed) + ")";
        }
        items.add(new Item(alias, relation.columns));
        return (chance(20) ? "public." : "") + relation.name + " " + alias;
    }

    // ---------------------------------------------------------------- changes

    private Relation table() {
        return pick(RELATIONS.stream().filter(Relation::table).toList());
    }

    private static String last(Relation relation) {
        return relation.columns.getLast();
    }

    /// A table, or a view that the server writes through.
    private Relation target() {
        return chance(15) ? RELATIONS.get(7) : table();
    }

    private String returning(String name, Relation relation, String star) {
        if (!chance(50)) return "";
        return " RETURNING "
                + switch (random.nextInt(4)) {
                    case 0 -> star;
                    case 1 -> "1";
                    case 2 -> name;
                    default -> name + "." + pick(relation.columns) + " + 1";
                };
    }

    private String insert() {
        Relation target = target();
        String column = pick(target.columns);
        String columns = target.columns.getFirst();
        if (!column.equals(columns)) columns += ", " + column;
        boolean two = columns.contains(",");
        String with = with(1);
        String source =
                chance(40)
                        ? "VALUES (1" + (two ? ", 2" : "") + ")"
                        : two ? twoColumns(2) : one(2, List.of());
        String conflict = "";
        if (chance(40) && List.of("a", "b", "c").contains(target.name)) {
            String key = target.columns.getFirst();
            conflict =
                    chance(30)
                            ? " ON CONFLICT DO NOTHING"
                            : " ON CONFLICT ("
                                    + key
                                    + ") DO UPDATE SET "
                                    + last(target)
                                    + " = excluded."
                                    + pick(target.columns)
                                    + " + target."
                                    + pick(target.columns)
                                    + (chance(50) ? " WHERE target." + key + " > 1" : "");
        }
        return with
                + "INSERT INTO "
                + target.name
                + " AS target ("
                + columns
                + ") "
                + source
                + conflict
                + returning("target", target, "*");
    }

    private String update() {
        Relation target = target();
        List<Item> visible = new ArrayList<>();
        visible.add(new Item("target", target.columns));
        String with = with(1);
        String from = "";
        if (chance(40)) {
            List<Item> items = new ArrayList<>();
            from = " FROM " + from(1, items, List.of());
            visible.addAll(items);
        }
        String set =
                chance(20) && target.columns.size() > 2
                        ? "("
                                + target.columns.get(1)
                                + ", "
                                + last(target)
                                + ") = (SELECT "
                                + expression(0, visible)
                                + ", 1)"
                        : last(target) + " = " + expression(1, visible);
        return with
                + "UPDATE "
                + target.name
                + " AS target SET "
                + set
                + from
                + where(2, visible)
                + returning("target", target, from.isEmpty() ? "*" : "target.*");
    }

    private String delete() {
        Relation target = target();
        List<Item> visible = new ArrayList<>();
        visible.add(new Item("target", target.columns));
        String using = "";
        if (chance(40)) {
            List<Item> items = new ArrayList<>();
            using = " USING " + from(1, items, List.of());
            visible.addAll(items);
        }
        return "DELETE FROM "
                + target.name
                + " AS target"
                + using
                + where(2, visible)
                + returning("target", target, "*");
    }

    private String merge() {
        Relation target = table();
        List<Item> items = new ArrayList<>();
        String source = fromItem(1, items, List.of());
        List<Item> both = new ArrayList<>(items);
        both.add(new Item("target", target.columns));
        String sql =
                "MERGE INTO "
                        + target.name
                        + " AS target USING "
                        + source
                        + " ON target."
                        + pick(target.columns)
                        + " = "
                        + items.getFirst().alias
                        + "."
                        + pick(items.getFirst().columns);
        if (chance(50))
            sql +=
                    " WHEN MATCHED AND "
                            + condition(0, both)
                            + " THEN UPDATE SET "
                            + last(target)
                            + " = "
                            + expression(1, both);
        if (chance(30)) sql += " WHEN MATCHED THEN DELETE";
        sql +=
                " WHEN NOT MATCHED THEN INSERT ("
                        + target.columns.getFirst()
                        + ") VALUES ("
                        + items.getFirst().alias
                        + "."
                        + pick(items.getFirst().columns)
                        + ")";
        return sql;
    }
}
