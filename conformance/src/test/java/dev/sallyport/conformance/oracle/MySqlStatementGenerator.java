package dev.sallyport.conformance.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random statements for MariaDB over {@link MySqlOracleSchema}, the same for the same seed. Names
/// collide on purpose: columns of several tables, aliases that are other tables' or columns' names,
/// names that mean something further out. The server drops what isn't valid.
final class MySqlStatementGenerator {
    private static final List<String> ALIASES =
            List.of("a", "b", "people", "cities", "name", "d", "A");
    private static final List<String> NAMES =
            List.of("id", "name", "ssn", "city", "person", "note", "pop", "born", "ID", "Name");

    private final Random random;
    private int depth;

    MySqlStatementGenerator(long seed) {
        random = new Random(seed);
    }

    /// One thing in FROM.
    private record Item(String alias, List<String> columns) {}

    String next() {
        depth = 0;
        return switch (random.nextInt(12)) {
            case 0 -> insert();
            case 1 -> insertSelect();
            case 2, 3 -> update();
            case 4 -> delete();
            default -> query(List.of());
        };
    }

    // ---------------------------------------------------------------- queries

    private String query(List<Item> outer) {
        depth++;
        var text = new StringBuilder();
        var with = new ArrayList<Item>();
        if (depth < 3 && random.nextInt(6) == 0) {
            var name = random.nextBoolean() ? "w" : "people";
            text.append("WITH ").append(name).append(" AS (");
            text.append(select(List.of(), List.of(), 2)).append(") ");
            with.add(new Item(name, List.of("c0", "c1")));
        }
        int columns = 1 + random.nextInt(2);
        text.append(select(outer, with, columns));
        if (random.nextInt(8) == 0) {
            text.append(random.nextBoolean() ? " UNION ALL " : " UNION ");
            text.append(select(outer, with, columns));
            if (random.nextInt(2) == 0) text.append(" ORDER BY c0");
        }
        depth--;
        return text.toString();
    }

    private String select(List<Item> outer, List<Item> with, int columns) {
        var items = new ArrayList<Item>();
        var from = from(items, outer, with);
        var visible = new ArrayList<Item>(items);
        var text = new StringBuilder("SELECT ");
        if (random.nextInt(8) == 0) text.append("DISTINCT ");
        boolean groups = random.nextInt(6) == 0;
        for (int i = 0; i < columns; i++) {
            if (i > 0) text.append(", ");
            text.append(
                    groups && random.nextBoolean()
                            ? "count(" + value(visible, outer) + ")"
                            : value(visible, outer));
            text.append(" AS c").append(i);
        }
        text.append(" FROM ").append(from);
        if (random.nextInt(2) == 0) text.append(" WHERE ").append(condition(visible, outer));
        if (groups) {
            text.append(" GROUP BY ");
            text.append(random.nextInt(3) == 0 ? "c0" : value(visible, outer));
            if (random.nextInt(2) == 0)
                text.append(" HAVING ")
                        .append(
                                random.nextBoolean()
                                        ? "c0 > 1"
                                        : "max(" + value(visible, outer) + ") > 1");
        } else if (random.nextInt(8) == 0) {
            text.append(" HAVING c0 > ").append(random.nextInt(5));
        }
        if (depth == 1 && random.nextInt(3) == 0) {
            text.append(" ORDER BY ")
                    .append(
                            switch (random.nextInt(3)) {
                                case 0 -> "c0";
                                case 1 -> "1";
                                default -> value(visible, outer);
                            });
        }
        return text.toString();
    }

    private String from(List<Item> items, List<Item> outer, List<Item> with) {
        var text = new StringBuilder(item(items, outer, with));
        int more = random.nextInt(3);
        for (int i = 0; i < more; i++) {
            var left = List.copyOf(items);
            switch (random.nextInt(5)) {
                case 0 -> text.append(", ").append(item(items, outer, with));
                case 1 -> text.append(" NATURAL JOIN ").append(item(items, outer, with));
                case 2 -> {
                    text.append(random.nextBoolean() ? " JOIN " : " LEFT JOIN ");
                    text.append(item(items, outer, with));
                    text.append(" USING (")
                            .append(random.nextBoolean() ? "id" : "name")
                            .append(')');
                }
                default -> {
                    text.append(random.nextBoolean() ? " JOIN " : " RIGHT JOIN ");
                    text.append(item(items, outer, with));
                    var seen = new ArrayList<Item>(left);
                    seen.add(items.getLast());
                    text.append(" ON ").append(condition(seen, outer));
                }
            }
        }
        return text.toString();
    }

    private String item(List<Item> items, List<Item> outer, List<Item> with) {
        var alias =
                random.nextInt(3) == 0
                        ? ALIASES.get(random.nextInt(ALIASES.size()))
                        : "t" + (items.size() + 10 * depth);
        if (depth < 3 && random.nextInt(6) == 0) {
            depth++;
            var inner = select(outer, List.of(), 2);
            depth--;
            items.add(new Item(alias, List.of("c0", "c1")));
            return "(" + inner + ") AS " + alias;
        }
        if (!with.isEmpty() && random.nextInt(2) == 0) {
            items.add(new Item(alias, with.getFirst().columns()));
            return with.getFirst().alias() + " AS " + alias;
        }
        var table =
                MySqlOracleSchema.RELATIONS.get(random.nextInt(MySqlOracleSchema.RELATIONS.size()));
        boolean named = random.nextInt(3) == 0;
        items.add(new Item(named ? table.name() : alias, table.columns()));
        return (random.nextInt(4) == 0 ? "oracle." : "")
                + table.name()
                + (named ? "" : " AS " + alias);
    }

    // ---------------------------------------------------------------- expressions

    private String value(List<Item> items, List<Item> outer) {
        return switch (random.nextInt(10)) {
            case 0 -> String.valueOf(random.nextInt(100));
            case 1 -> NAMES.get(random.nextInt(NAMES.size()));
            case 2 -> "coalesce(" + column(items, outer) + ", " + column(items, outer) + ")";
            case 3 -> {
                if (depth > 2) yield column(items, outer);
                var all = new ArrayList<Item>(outer);
                all.addAll(items);
                depth++;
                var inner = select(all, List.of(), 1);
                depth--;
                yield "(" + inner + " LIMIT 1)";
            }
            case 4 -> "twice(" + column(items, outer) + ")";
            case 5 ->
                    "CASE WHEN "
                            + column(items, outer)
                            + " > 1 THEN "
                            + column(items, outer)
                            + " END";
            default -> column(items, outer);
        };
    }

    private String column(List<Item> items, List<Item> outer) {
        var from = !outer.isEmpty() && random.nextInt(4) == 0 ? outer : items;
        if (from.isEmpty()) return "1";
        var item = from.get(random.nextInt(from.size()));
        var column = item.columns().get(random.nextInt(item.columns().size()));
        return random.nextInt(3) == 0 ? column : item.alias() + "." + column;
    }

    private String condition(List<Item> items, List<Item> outer) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                if (depth > 2) yield column(items, outer) + " IS NOT NULL";
                var all = new ArrayList<Item>(outer);
                all.addAll(items);
                depth++;
                var inner = select(all, List.of(), 1);
                depth--;
                yield random.nextBoolean()
                        ? "EXISTS (" + inner + ")"
                        : column(items, outer) + " IN (" + inner + ")";
            }
            case 1 -> column(items, outer) + " BETWEEN 1 AND " + column(items, outer);
            case 2 ->
                    "(" + column(items, outer) + " = 1 OR " + column(items, outer) + " LIKE 'x%')";
            default -> column(items, outer) + " = " + column(items, outer);
        };
    }

    // ---------------------------------------------------------------- DML

    private MySqlOracleSchema.Relation table() {
        return MySqlOracleSchema.TABLES.get(random.nextInt(MySqlOracleSchema.TABLES.size()));
    }

    private String insert() {
        var table = table();
        var column = table.columns().get(random.nextInt(table.columns().size()));
        var text = new StringBuilder(random.nextInt(4) == 0 ? "REPLACE" : "INSERT");
        boolean insert = text.toString().equals("INSERT");
        text.append(" INTO ").append(table.name()).append(" (id, ").append(column).append(')');
        if (column.equals("id")) return query(List.of());
        depth++;
        var value = random.nextInt(3) == 0 ? "id" : value(List.of(), List.of());
        depth--;
        text.append(" VALUES (").append(1000 + random.nextInt(9000)).append(", ");
        text.append(value).append(')');
        if (insert && random.nextInt(3) == 0)
            text.append(" ON DUPLICATE KEY UPDATE ")
                    .append(column)
                    .append(" = ")
                    .append(random.nextBoolean() ? "VALUES(" + column + ")" : "id + 1");
        else if (random.nextInt(4) == 0) text.append(" RETURNING id");
        return text.toString();
    }

    private String insertSelect() {
        var table = table();
        var column = table.columns().get(random.nextInt(table.columns().size()));
        if (column.equals("id")) return query(List.of());
        return "INSERT INTO "
                + table.name()
                + " (id, "
                + column
                + ") "
                + select(List.of(), List.of(), 2);
    }

    private String update() {
        var items = new ArrayList<Item>();
        depth = 1;
        String from;
        if (random.nextInt(2) == 0) {
            var table = table();
            items.add(new Item(table.name(), table.columns()));
            from = table.name();
        } else {
            from = from(items, List.of(), List.of());
        }
        return "UPDATE "
                + from
                + " SET "
                + column(items, List.of())
                + " = "
                + value(items, List.of())
                + (random.nextInt(4) == 0 ? "" : " WHERE " + condition(items, List.of()));
    }

    private String delete() {
        var items = new ArrayList<Item>();
        depth = 1;
        if (random.nextInt(2) == 0) {
            var table = table();
            items.add(new Item(table.name(), table.columns()));
            return "DELETE FROM "
                    + table.name()
                    + (random.nextInt(4) == 0 ? "" : " WHERE " + condition(items, List.of()));
        }
        var from = from(items, List.of(), List.of());
        return "DELETE "
                + items.get(random.nextInt(items.size())).alias()
                + " FROM "
                + from
                + " WHERE "
                + condition(items, List.of());
    }
}
