package dev.sallyport.conformance.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the generated statements are about: a schema with one of everything that can hide what a
/// statement touches.
final class OracleSchema {
    static final String SEARCH_PATH = "app, extra, public";

    /// @param columns its integer columns
    /// @param more integers that can be computed from it, `%s` for its name in FROM
    record Relation(String name, List<String> columns, List<String> more) {
        Relation(String name, List<String> columns) {
            this(name, columns, List.of());
        }

        Relation(String name, String columns, String... more) {
            this(name, List.of(columns.split(" ")), List.of(more));
        }
    }

    static final Relation RICH =
            new Relation(
                    "d",
                    "id g ident pos",
                    "(%s.p).f",
                    "(%s.p)::int",
                    "%s.arr[1]",
                    "(%s.j ->> 'a')::int",
                    "(%s.p = ROW(1, 2)::pair)::int",
                    "(%s.p IS NULL)::int",
                    "%s.d_total",
                    "d_total(%s)",
                    "(ROW(%s.id, %s.g) < ROW(1, 2))::int",
                    "(%s.id = ANY (%s.arr))::int",
                    "(%s.mood = 'ok')::int",
                    "(%s.j @> '{}')::int");

    private static final List<Relation> TABLES =
            List.of(
                    new Relation("a", "id x y z", "%s.tableoid::int", "%s.a_total", "a_total(%s)"),
                    new Relation("b", "id x w", "(%s.ctid = '(0,1)')::int"),
                    new Relation("c", "cid p q r", "(%s IS NOT NULL)::int"),
                    new Relation("parent", "id k"),
                    new Relation("child", "id k l", "(%s.xmin::text)::int"),
                    new Relation("part", "id k v"),
                    new Relation("part_low", "id k v"),
                    new Relation("extra.a", "id other"),
                    new Relation("shadowed", "id own"),
                    new Relation("app.shadowed", "id secret"),
                    new Relation("ruled", "id n", "%s.n ### %s.id"),
                    RICH);

    /// Views that the server writes through, or that have rules or triggers for it.
    static final List<Relation> WRITABLE_VIEWS =
            List.of(
                    new Relation("va", "id vx y"),
                    new Relation("vd", "id"),
                    new Relation("vtrig", "id w"),
                    new Relation("vrule", "id n"));

    private static final List<Relation> RELATIONS =
            Stream.of(
                            TABLES,
                            WRITABLE_VIEWS,
                            List.of(
                                    RICH,
                                    new Relation("vb", "id w q"),
                                    new Relation("vd", "id dg"),
                                    new Relation("vva", "vx n"),
                                    new Relation("vu", "id w"),
                                    new Relation("vrow", "id", "(%s.r).x", "a_total(%s.r)"),
                                    new Relation("vbarrier", "id x"),
                                    new Relation("vrec", "n"),
                                    new Relation("m", "id w")))
                    .flatMap(List::stream)
                    .toList();

    private static final List<Relation> FROM_18 =
            List.of(
                    new Relation(
                            "temporal",
                            "k",
                            "(%s.id = '[1,2)')::int",
                            "(%s.valid @> current_date)::int",
                            "lower(%s.id)"),
                    new Relation("virtual", "twofold id n"));

    private OracleSchema() {}

    /// Tables that can be written; {@link #RICH} is the last of them.
    static List<Relation> tables(int version) {
        return version < 18 ? TABLES : joined(FROM_18, TABLES);
    }

    static List<Relation> relations(int version) {
        return version < 18 ? RELATIONS : joined(FROM_18, RELATIONS);
    }

    private static List<Relation> joined(List<Relation> first, List<Relation> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /// @param version the server's, as 18
    static List<String> sql(int version) {
        List<String> all = new ArrayList<>(ALL);
        if (version >= 18)
            all.addAll(
                    List.of(
                            "CREATE TABLE app.temporal (k int, id int4range, valid daterange,"
                                    + " PRIMARY KEY (id, valid WITHOUT OVERLAPS))",
                            "CREATE TABLE app.virtual (twofold int GENERATED ALWAYS AS (n * 2)"
                                    + " VIRTUAL, id int, n int)"));
        return all;
    }

    private static final List<String> ALL =
            List.of(
                    "CREATE SCHEMA app",
                    "CREATE SCHEMA extra",
                    "SET search_path TO " + SEARCH_PATH,
                    // Functions in plpgsql, so that the planner doesn't look into them.
                    "CREATE FUNCTION app.is_pos(n int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN n IS NULL OR n > -1000000; END'",
                    "CREATE FUNCTION app.twice(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN 2 * n; END'",
                    "CREATE FUNCTION app.next_v() RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN 4; END'",
                    "CREATE FUNCTION app.is_ok(n int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN true; END'",
                    "CREATE FUNCTION app.diff(l int, r int) RETURNS int IMMUTABLE LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN l - r; END'",
                    "CREATE OPERATOR app.### (LEFTARG = int, RIGHTARG = int, FUNCTION = app.diff)",
                    "CREATE FUNCTION app.over_loaded(n int) RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN n; END'",
                    "CREATE FUNCTION extra.over_loaded(n text) RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN 1; END'",
                    "CREATE FUNCTION app.add_up(state int, n int) RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN state + n; END'",
                    "CREATE AGGREGATE app.total_of(int)"
                            + " (SFUNC = app.add_up, STYPE = int, INITCOND = '0')",
                    "CREATE DOMAIN app.pos AS int CHECK (app.is_pos(VALUE))",
                    "CREATE TYPE app.mood AS ENUM ('ok', 'bad')",
                    "CREATE TYPE app.pair AS (f int, g int)",
                    "CREATE FUNCTION app.pair_int(v app.pair) RETURNS int IMMUTABLE"
                            + " LANGUAGE plpgsql AS 'BEGIN RETURN 5; END'",
                    "CREATE CAST (app.pair AS int) WITH FUNCTION app.pair_int(app.pair)",
                    "CREATE TABLE app.a (id int PRIMARY KEY, x int, y int, z int)",
                    "CREATE TABLE app.b (id int PRIMARY KEY, x int, w int)",
                    "CREATE TABLE app.c (cid int PRIMARY KEY, p int, q int, r int)",
                    "CREATE TABLE app.parent (id int, k int)",
                    "CREATE TABLE app.child (l int) INHERITS (app.parent)",
                    "CREATE TABLE app.part (id int, k int, v int) PARTITION BY RANGE (id)",
                    "CREATE TABLE app.part_low PARTITION OF app.part FOR VALUES FROM (0) TO (1000)",
                    "CREATE TABLE app.part_high PARTITION OF app.part"
                            + " FOR VALUES FROM (1000) TO (2000)",
                    "CREATE TABLE extra.a (id int, other int)",
                    "CREATE TABLE app.shadowed (id int, secret int)",
                    "CREATE TABLE app.log (id int, n int)",
                    "CREATE TABLE app.ruled (id int, n int)",
                    "CREATE TABLE app.d (id int PRIMARY KEY DEFAULT app.next_v(),"
                            + " g int GENERATED ALWAYS AS (app.twice(id)) STORED,"
                            + " ident int GENERATED BY DEFAULT AS IDENTITY,"
                            + " pos app.pos, p app.pair, j jsonb, arr int[], mood app.mood,"
                            + " CHECK (app.is_ok(id)), CHECK (id OPERATOR(app.###) 1 < 100))",
                    "CREATE INDEX ON app.d ((app.twice(ident)))",
                    "CREATE TABLE app.d_part (id int REFERENCES app.d ON DELETE CASCADE)",
                    "CREATE FUNCTION app.a_total(app.a) RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN 1; END'",
                    "CREATE FUNCTION app.d_total(app.d) RETURNS int LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN 1; END'",
                    // Otherwise the caller needs the rights to what the body reads.
                    "CREATE FUNCTION app.rows_of(n int) RETURNS TABLE (tid int, tv int)"
                            + " LANGUAGE sql SECURITY DEFINER"
                            + " BEGIN ATOMIC SELECT id, x FROM app.a WHERE id = n; END",
                    "CREATE VIEW app.va AS SELECT id, x AS vx, y FROM app.a WHERE z > 0",
                    "CREATE VIEW app.vb AS SELECT b.id, b.w, c.q FROM app.b JOIN app.c"
                            + " ON b.x = c.p",
                    "CREATE VIEW app.vva AS SELECT vx, count(*)::int AS n FROM app.va GROUP BY vx",
                    "CREATE VIEW app.vu AS SELECT id, w FROM app.b"
                            + " UNION SELECT cid, q FROM app.c WHERE r = 1",
                    "CREATE VIEW app.vd AS SELECT id, g OPERATOR(app.###) 1 AS dg FROM app.d"
                            + " WHERE app.is_ok(id)",
                    "CREATE VIEW app.vrow AS SELECT id, a AS r FROM app.a",
                    "CREATE VIEW app.vbarrier WITH (security_barrier) AS"
                            + " SELECT id, x FROM app.a WHERE y > 0",
                    "CREATE RECURSIVE VIEW app.vrec (n) AS SELECT id FROM app.b"
                            + " UNION SELECT c.p FROM app.c JOIN vrec ON c.cid = n",
                    "CREATE VIEW app.vtrig AS SELECT id, w FROM app.b GROUP BY id, w",
                    "CREATE VIEW app.vrule AS SELECT id, n FROM app.ruled LIMIT 10",
                    "CREATE MATERIALIZED VIEW app.m AS SELECT id, w FROM app.b",
                    "CREATE FUNCTION app.touched() RETURNS trigger LANGUAGE plpgsql"
                            + " AS 'BEGIN RETURN NEW; END'",
                    "CREATE TRIGGER touched BEFORE INSERT OR UPDATE ON app.a FOR EACH ROW WHEN"
                            + " (app.is_ok(NEW.id)) EXECUTE FUNCTION app.touched()",
                    "CREATE TRIGGER instead INSTEAD OF INSERT OR UPDATE OR DELETE ON app.vtrig"
                            + " FOR EACH ROW EXECUTE FUNCTION app.touched()",
                    "CREATE RULE also AS ON INSERT TO app.ruled"
                            + " DO ALSO INSERT INTO app.log SELECT b.id, NEW.n FROM app.b"
                            + " WHERE b.w = NEW.id",
                    "CREATE RULE cond AS ON UPDATE TO app.ruled WHERE OLD.n > 3"
                            + " DO ALSO UPDATE app.c SET q = NEW.n WHERE cid = OLD.id",
                    "CREATE RULE instead AS ON INSERT TO app.vrule"
                            + " DO INSTEAD INSERT INTO app.ruled VALUES (NEW.id, NEW.n)",
                    "CREATE RULE gone AS ON DELETE TO app.vrule"
                            + " DO INSTEAD DELETE FROM app.ruled WHERE id = OLD.id",
                    "CREATE RULE changed AS ON UPDATE TO app.vrule"
                            + " DO INSTEAD UPDATE app.ruled SET n = NEW.n WHERE id = OLD.id",
                    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA app, extra FROM PUBLIC");
}
