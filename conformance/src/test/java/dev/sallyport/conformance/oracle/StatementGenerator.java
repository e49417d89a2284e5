package dev.sallyport.conformance.oracle;

import dev.sallyport.conformance.oracle.OracleSchema.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random statements over {@link OracleSchema}, the same for the same seed. Nearly all values are
/// integers, so that most of the statements are valid; the server drops the rest.
final class StatementGenerator {
    /// @param sql what the analyzer is asked about
    /// @param judged what the server runs in its place: it stops before anything is executed, but
    ///   not before privileges are checked
    record Generated(String sql, String judged) {
        static Generated explained(String sql) {
            return new Generated(sql, "EXPLAIN " + sql);
        }
    }

    private final int version;
    private final List<Relation> tables;
    private final List<Relation> relations;

    /// What can be named at some place of the statement.
    ///
    /// @param more integers that can be computed from it, `%s` for its name
    private record Item(String alias, List<String> columns, List<String> more) {
        Item(String alias, List<String> columns) {
            this(alias, columns, List.of());
        }

        Item(String alias, Relation relation) {
            this(alias, relation.columns(), relation.more());
        }

        boolean isRich() {
            return more.contains("(%s.p).f");
        }
    }

    private final Random random;

    /// Nothing that the server may drop before it checks privileges: CTEs that nobody reads,
    /// columns of sub-selects that nobody uses.
    private final boolean plain;

    private int names;
    private List<Relation> commonTables = new ArrayList<>();

    /// @param version the server's, as 18
    StatementGenerator(long seed, boolean plain, int version) {
        random = new Random(seed);
        this.plain = plain;
        this.version = version;
        tables = OracleSchema.tables(version);
        relations = OracleSchema.relations(version);
    }

    Generated next() {
        names = 0;
        commonTables = new ArrayList<>();
        return switch (random.nextInt(20)) {
            case 0, 1 -> Generated.explained(insert());
            case 2, 3 -> Generated.explained(update());
            case 4 -> Generated.explained(delete());
            case 5 -> Generated.explained(merge());
            case 6 -> Generated.explained(recursive());
            case 7 -> Generated.explained(grouped());
            case 8 -> Generated.explained(locking());
            case 9 -> wrapped(with(2) + query(2, List.of()));
            case 10 -> wrapped(update());
            default -> Generated.explained(with(2) + query(3, List.of()));
        };
    }

    /// Inside a statement of another kind.
    private Generated wrapped(String inner) {
        boolean query = !inner.contains("UPDATE ") && !inner.contains("INSERT ");
        return switch (random.nextInt(query ? 7 : 3)) {
            case 0 -> new Generated("PREPARE made AS " + inner, "EXPLAIN " + inner);
            case 1 -> new Generated("EXPLAIN (COSTS OFF) " + inner, "EXPLAIN " + inner);
            case 2 -> {
                String copied = inner.contains(" RETURNING ") || query ? inner : "SELECT 1";
                String copy = "COPY (" + copied + ") TO STDOUT";
                // This one is executed, and what a function's body opens is its own affair.
                yield copied.contains("rows_of")
                        ? new Generated(copy, "EXPLAIN " + copied)
                        : new Generated(copy, "COPY (" + copied + ") TO '/dev/null'");
            }
            case 3 -> {
                String sql = "DECLARE made CURSOR FOR " + inner;
                yield new Generated(sql, sql);
            }
            case 4 -> {
                String sql = "CREATE TEMPORARY TABLE made AS " + inner;
                yield new Generated(sql, "EXPLAIN " + sql);
            }
            case 5 -> new Generated("CREATE TEMPORARY VIEW made AS " + inner, "EXPLAIN " + inner);
            default -> new Generated("EXPLAIN ANALYZE " + inner, "EXPLAIN " + inner);
        };
    }

    private String recursive() {
        String name = name("w");
        String n = name("i");
        String m = name("i");
        String alias = name("t");
        Relation relation = pick(tables);
        List<Item> both = List.of(new Item(alias, relation), new Item(name, List.of(n, m)));
        String sql =
                "WITH RECURSIVE "
                        + name
                        + "("
                        + n
                        + ", "
                        + m
                        + ") AS ("
                        + twoColumns(0)
                        + (chance(50) ? " UNION " : " UNION ALL ")
                        + "SELECT "
                        + value(both)
                        + ", "
                        + value(both)
                        + " FROM "
                        + relation.name()
                        + " "
                        + alias
                        + " JOIN "
                        + name
                        + " ON "
                        + column(both)
                        + " = "
                        + column(both)
                        + ")";
        if (chance(40)) sql += " SEARCH DEPTH FIRST BY " + n + " SET sought";
        if (chance(40)) sql += " CYCLE " + m + " SET looped USING way";
        return sql + " SELECT " + pick(List.of("*", n, name, "count(*)")) + " FROM " + name;
    }

    private String grouped() {
        List<Item> from = new ArrayList<>();
        String items = from(1, from, List.of());
        String one = column(from);
        String two = column(from);
        String by =
                pick(
                        List.of(
                                "ROLLUP (" + one + ", " + two + ")",
                                "CUBE (" + one + ", " + two + ")",
                                "GROUPING SETS ((" + one + "), (" + one + ", " + two + "), ())",
                                one + ", ROLLUP (" + two + ")"));
        return "SELECT "
                + pick(List.of(one, "GROUPING(" + two + ")", "1"))
                + ", "
                + aggregate(from)
                + ", rank() OVER w FROM "
                + items
                + where(1, from)
                + " GROUP BY "
                + by
                + (chance(40) ? " HAVING " + aggregate(from) + " IS NOT NULL" : "")
                + " WINDOW w AS (PARTITION BY "
                + one
                + " ORDER BY "
                + two
                + (chance(30) ? " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW" : "")
                + ")";
    }

    private String locking() {
        List<Item> from = new ArrayList<>();
        String items = from(0, from, List.of());
        return "SELECT "
                + value(from)
                + " FROM "
                + items
                + where(1, from)
                + pick(List.of(" FOR UPDATE", " FOR SHARE", " FOR NO KEY UPDATE"))
                + (chance(60) ? " OF " + pick(from).alias : "")
                + (chance(30) ? " SKIP LOCKED" : "");
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
        Relation shadowed = pick(relations);
        String name = chance(15) && !shadowed.name().contains(".") ? shadowed.name() : name("w");
        String first = name("i");
        String second = name("i");
        String body =
                switch (random.nextInt(4)) {
                    case 0 -> {
                        Relation target = table();
                        yield "UPDATE "
                                + target.name()
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
        commonTables.add(new Relation(name, List.of(first, second)));
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
            case 2 ->
                    pick(
                            List.of(
                                    "max(" + column(from) + " ORDER BY " + column(from) + ")",
                                    "percentile_cont(0.5) WITHIN GROUP (ORDER BY "
                                            + column(from)
                                            + ")",
                                    "total_of(" + value(from) + ")",
                                    "json_agg(" + value(from) + ")"));
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
        return switch (random.nextInt(depth > 0 ? 15 : 10)) {
            case 0 -> Integer.toString(random.nextInt(100));
            case 1 -> value(visible) + " + " + value(visible);
            case 2 -> "CASE WHEN " + value(visible) + " > 0 THEN " + value(visible) + " ELSE 1 END";
            case 3 -> "coalesce(" + value(visible) + ", " + value(visible) + ")";
            case 4, 5 -> column(visible);
            case 6, 7 -> value(visible);
            case 8 ->
                    value(visible) + pick(List.of(" ### ", " OPERATOR(app.###) ")) + value(visible);
            case 9 -> "(" + value(visible) + ")::pos";
            case 10 -> "(" + scalar(depth - 1) + ")::int";
            case 11 -> "(" + one(depth - 1, visible) + " LIMIT 1)";
            case 12 -> "twice(" + expression(depth - 1, visible) + ")";
            case 13 -> "over_loaded(" + expression(depth - 1, visible) + ")";
            default -> "abs(" + expression(depth - 1, visible) + ")";
        };
    }

    /// A column, or what only some relations have.
    private String value(List<Item> visible) {
        Item item = pick(visible);
        if (item.more.isEmpty() || chance(50)) return column(visible);
        return pick(item.more).replace("%s", item.alias);
    }

    private String column(List<Item> visible) {
        Item item = pick(visible);
        String column = pick(item.columns);
        return chance(92) ? item.alias + "." + column : column;
    }

    // ---------------------------------------------------------------- FROM

    private String from(int depth, List<Item> items, List<Item> outer) {
        StringBuilder sql = new StringBuilder(fromItem(depth, items, outer));
        for (int n = random.nextInt(3); n > 0; n--) {
            List<Item> left = new ArrayList<>(items);
            switch (random.nextInt(6)) {
                case 0 -> sql.append(", ").append(fromItem(depth, items, outer));
                case 1 ->
                        sql.append(chance(40) ? " NATURAL JOIN " : " CROSS JOIN ")
                                .append(fromItem(depth, items, outer));
                case 2 -> {
                    Relation right = pick(relations);
                    List<String> common =
                            right.columns().stream()
                                    .filter(c ->
                                            left.stream().filter(i -> i.columns.contains(c)).count()
                                                    == 1)
                                    .toList();
                    String alias = name("t");
                    items.add(new Item(alias, right));
                    sql.append(
                                    common.isEmpty()
                                            ? " CROSS JOIN "
                                            : pick(List.of(" JOIN ", " FULL JOIN ")))
                            .append(right.name())
                            .append(' ')
                            .append(alias);
                    if (!common.isEmpty()) sql.append(" USING (").append(pick(common)).append(')');
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
            items.add(new Item(alias, common.columns()));
            return common.name() + " AS " + alias;
        }
        if (chance(12)) return special(alias, items);
        if (chance(5)) {
            items.add(new Item(alias, List.of(alias)));
            return "generate_series(1, " + (outer.isEmpty() ? "3" : column(outer)) + ") " + alias;
        }
        Relation relation = pick(relations);
        if (chance(15)) {
            List<String> renamed = relation.columns().stream().map(_ -> name("r")).toList();
            items.add(new Item(alias, renamed));
            return relation.name() + " AS " + alias + "(" + String.join(", ", renamed) + ")";
        }
        items.add(new Item(alias, relation));
        return (chance(8) ? "ONLY " : "")
                + (chance(20)
                                && !relation.name().contains(".")
                                && !relation.name().equals("shadowed")
                        ? "app."
                        : "")
                + relation.name()
                + " "
                + alias
                + (chance(4) && tables.contains(relation) ? " TABLESAMPLE bernoulli (50)" : "");
    }

    /// An item of FROM that is no relation. What stands before it in the list is visible to it.
    private String special(String alias, List<Item> items) {
        List<Item> left = List.copyOf(items);
        String seen = left.isEmpty() ? "7" : value(left);
        String a = name("r");
        String b = name("r");
        Item rich = left.stream().filter(Item::isRich).findAny().orElse(null);
        String json = rich == null ? "to_jsonb(" + seen + ")" : rich.alias + ".j";
        return switch (random.nextInt(version >= 17 ? 9 : 8)) {
            case 0 -> {
                items.add(new Item(alias, List.of(a, b)));
                yield "(VALUES ("
                        + Integer.toString(1)
                        + ", 2)) AS "
                        + alias
                        + "("
                        + a
                        + ", "
                        + b
                        + ")";
            }
            case 1 -> {
                items.add(new Item(alias, List.of("tid", "tv")));
                yield "rows_of(" + seen + ") AS " + alias;
            }
            case 2 -> {
                items.add(new Item(alias, List.of(a, b)));
                yield "ROWS FROM (generate_series(1, "
                        + seen
                        + "), twice("
                        + seen
                        + ")) WITH ORDINALITY AS "
                        + alias
                        + "("
                        + a
                        + ", "
                        + b
                        + ")";
            }
            case 3 -> {
                items.add(new Item(alias, List.of(a)));
                yield "unnest(ARRAY["
                        + seen
                        + "]) WITH ORDINALITY AS "
                        + alias
                        + "("
                        + a
                        + ", "
                        + b
                        + ")";
            }
            case 4 -> {
                items.add(new Item(alias, List.of(a)));
                yield "XMLTABLE('/r/i' PASSING xmlelement(name r, "
                        + seen
                        + ") COLUMNS "
                        + a
                        + " int PATH '.') AS "
                        + alias;
            }
            case 5 -> {
                // A join's alias hides what it joins.
                Relation one = pick(tables);
                Relation two = pick(tables);
                String x = name("t");
                String y = name("t");
                List<String> all = new ArrayList<>();
                for (int i = 0; i < one.columns().size(); i++) all.add(name("r"));
                items.add(new Item(alias, all));
                yield "("
                        + one.name()
                        + " "
                        + x
                        + " JOIN "
                        + two.name()
                        + " "
                        + y
                        + " ON "
                        + x
                        + "."
                        + pick(one.columns())
                        + " = "
                        + y
                        + "."
                        + pick(two.columns())
                        + ") AS "
                        + alias
                        + "("
                        + String.join(", ", all)
                        + ")";
            }
            case 6 -> {
                items.add(new Item(alias, List.of("id")));
                yield "(a JOIN b USING (id) AS " + alias + ")";
            }
            case 7 -> {
                items.add(new Item(alias, List.of("f", "g")));
                yield "jsonb_populate_record(NULL::pair, jsonb_build_object('f', "
                        + seen
                        + ")) AS "
                        + alias;
            }
            default -> {
                items.add(new Item(alias, List.of(a, b)));
                yield "JSON_TABLE("
                        + json
                        + ", '$[*]' COLUMNS ("
                        + a
                        + " int PATH '$.v', NESTED PATH '$.n[*]' COLUMNS ("
                        + b
                        + " int PATH '$'))) AS "
                        + alias;
            }
        };
    }

    // ---------------------------------------------------------------- changes

    private Relation table() {
        return pick(tables);
    }

    private static String last(Relation relation) {
        return relation.columns().getLast();
    }

    /// A table, or a view that the server writes through.
    private Relation target() {
        return chance(15) ? pick(OracleSchema.WRITABLE_VIEWS) : table();
    }

    private String returning(String name, Relation relation, String star) {
        if (!chance(50)) return "";
        String column = pick(relation.columns());
        if (version >= 18 && chance(30))
            return pick(
                    List.of(
                            " RETURNING old." + column + ", new." + pick(relation.columns()),
                            " RETURNING WITH (OLD AS o, NEW AS n) o." + column + " + n." + column,
                            " RETURNING to_jsonb(old)",
                            " RETURNING new.*"));
        return " RETURNING "
                + switch (random.nextInt(5)) {
                    case 0 -> star;
                    case 1 -> "1";
                    case 2 -> name;
                    case 3 -> value(List.of(new Item(name, relation)));
                    default -> name + "." + column + " + 1";
                };
    }

    private String insert() {
        Relation target = target();
        if (chance(5))
            return "INSERT INTO "
                    + target.name()
                    + " AS target DEFAULT VALUES"
                    + returning("target", target, "*");
        if (chance(8))
            return "INSERT INTO d AS target (id, p.f, arr[1], mood, ident)"
                    + " OVERRIDING SYSTEM VALUE SELECT id, x, 3, 'ok', 9 FROM a"
                    + returning("target", OracleSchema.RICH, "*");
        String column = pick(target.columns());
        String columns = target.columns().getFirst();
        if (!column.equals(columns)) columns += ", " + column;
        boolean two = columns.contains(",");
        String with = with(1);
        String source =
                chance(40)
                        ? "VALUES (1" + (two ? ", 2" : "") + ")"
                        : two ? twoColumns(2) : one(2, List.of());
        String conflict = "";
        if (chance(40) && List.of("a", "b", "c").contains(target.name())) {
            String key = target.columns().getFirst();
            conflict =
                    chance(30)
                            ? " ON CONFLICT DO NOTHING"
                            : " ON CONFLICT ("
                                    + key
                                    + ") DO UPDATE SET "
                                    + last(target)
                                    + " = excluded."
                                    + pick(target.columns())
                                    + " + target."
                                    + pick(target.columns())
                                    + (chance(50) ? " WHERE target." + key + " > 1" : "");
        }
        return with
                + "INSERT INTO "
                + target.name()
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
        visible.add(new Item("target", target));
        String with = with(1);
        String from = "";
        if (chance(40)) {
            List<Item> items = new ArrayList<>();
            from = " FROM " + from(1, items, List.of());
            visible.addAll(items);
        }
        String set =
                chance(20) && target.columns().size() > 2
                        ? "("
                                + target.columns().get(1)
                                + ", "
                                + last(target)
                                + ") = (SELECT "
                                + expression(0, visible)
                                + ", 1)"
                        : chance(15) && target.more().contains("(%s.p).f")
                                ? "p.f = " + expression(1, visible) + ", arr[target.id] = 1"
                                : last(target) + " = " + expression(1, visible);
        return with
                + "UPDATE "
                + target.name()
                + " AS target SET "
                + set
                + from
                + where(2, visible)
                + returning("target", target, from.isEmpty() ? "*" : "target.*");
    }

    private String delete() {
        Relation target = target();
        List<Item> visible = new ArrayList<>();
        visible.add(new Item("target", target));
        String using = "";
        if (chance(40)) {
            List<Item> items = new ArrayList<>();
            using = " USING " + from(1, items, List.of());
            visible.addAll(items);
        }
        return "DELETE FROM "
                + target.name()
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
        both.add(new Item("target", target));
        String sql =
                "MERGE INTO "
                        + target.name()
                        + " AS target USING "
                        + source
                        + " ON target."
                        + pick(target.columns())
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
        if (version >= 17 && chance(30))
            sql +=
                    " WHEN NOT MATCHED BY SOURCE AND "
                            + condition(0, List.of(new Item("target", target)))
                            + " THEN DELETE";
        sql +=
                " WHEN NOT MATCHED THEN INSERT ("
                        + target.columns().getFirst()
                        + ") VALUES ("
                        + items.getFirst().alias
                        + "."
                        + pick(items.getFirst().columns)
                        + ")";
        if (version >= 17 && chance(50))
            sql +=
                    " RETURNING merge_action(), "
                            + pick(
                                    List.of(
                                            "target." + pick(target.columns()),
                                            column(items),
                                            "target.*"));
        return sql;
    }
}
