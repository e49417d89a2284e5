SELECT
-- relations:
-- functions:

SELECT 1
-- relations:
-- functions:

SELECT FROM patients
-- relations: patients
-- functions:

SELECT ALL name FROM patients
-- relations: patients
-- functions:

SELECT DISTINCT ON (p.ward, p.id) p.name FROM patients p ORDER BY p.ward, p.id DESC NULLS LAST
-- relations: patients
-- functions:

TABLE patients
-- relations: patients
-- functions:

TABLE ONLY patients
-- relations: patients
-- functions:

VALUES (1, 'a'), (2, DEFAULT)
-- relations:
-- functions:

(SELECT 1)
-- relations:
-- functions:

((SELECT id FROM patients)) ORDER BY 1 LIMIT 1
-- relations: patients
-- functions:

(SELECT 1 UNION SELECT 2) INTERSECT (SELECT 3 EXCEPT ALL SELECT 4 FROM visits)
-- relations: visits
-- functions:

SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 ORDER BY 1 FETCH FIRST 3 ROWS ONLY
-- relations:
-- functions:

SELECT ((SELECT 1) + 1)
-- relations:
-- functions:

SELECT ((SELECT 1 FROM a) UNION (SELECT 2 FROM b))
-- relations: a b
-- functions:

SELECT (((SELECT ssn FROM patients)))[1:2]
-- relations: patients
-- functions:

SELECT ((SELECT p FROM patients p)).name
-- relations: patients
-- functions:

SELECT * FROM ((SELECT 1 FROM a) UNION SELECT 2 FROM b) AS x
-- relations: a b
-- functions:

SELECT * FROM ((SELECT 1 FROM a) AS x CROSS JOIN b)
-- relations: a b
-- functions:

SELECT * FROM ((a JOIN b ON true) JOIN c ON a.id = c.id) AS j (x, y)
-- relations: a b c
-- functions:

SELECT * FROM a JOIN b JOIN c ON b.id = c.id ON a.id = b.id
-- relations: a b c
-- functions:

SELECT * FROM a CROSS JOIN b NATURAL LEFT JOIN c FULL OUTER JOIN d USING (id) AS u
-- relations: a b c d
-- functions:

SELECT * FROM a NATURAL JOIN b, LATERAL (SELECT a.id FROM c) AS l, LATERAL f(a.id) WITH ORDINALITY AS g (v, n)
-- relations: a b c
-- functions: f

SELECT * FROM ROWS FROM (f(1), g(2) AS (x int, y text)) WITH ORDINALITY r
-- relations:
-- functions: f g

SELECT * FROM json_to_recordset('[]') AS t (a int, b text COLLATE "C")
-- relations:
-- functions: json_to_recordset

SELECT * FROM json_to_record('{}') AS (a int)
-- relations:
-- functions: json_to_record

SELECT * FROM patients * AS p TABLESAMPLE system (10) REPEATABLE (1), ONLY (visits) v
-- relations: patients visits
-- functions:

SELECT * FROM generate_series(1, 10), current_date, CAST(1 AS int) AS c, coalesce(1, 2) AS d
-- relations:
-- functions: generate_series

SELECT patients FROM patients
-- relations: patients
-- functions:

SELECT patients.*, (patients).ssn, (patients).* FROM patients
-- relations: patients
-- functions:

SELECT to_jsonb(p), count(p), p.full_name, public.patients.name FROM public.patients p
-- relations: patients
-- functions: count to_jsonb

SELECT db.public.patients.ssn FROM db.public.patients
-- relations: patients
-- functions:

SELECT a[1], a[1:2], a[:], a[:2][1], (f(x)).y, b.c[1].d, $1.name, $2[1] FROM t
-- relations: t
-- functions: f

SELECT - - 1, + 1, @ -5, ~1, NOT NOT true, |/ 2, 2 ^ 3 ^ 4, 1 - -1
-- relations:
-- functions:

SELECT 1 < 2 AND 3 >= 4 OR NOT 5 <> 6 AND a IS NULL FROM t
-- relations: t
-- functions:

SELECT a ISNULL, a NOTNULL, a IS NOT TRUE, a IS FALSE, a IS UNKNOWN, a IS DOCUMENT, a IS NOT DISTINCT FROM b FROM t
-- relations: t
-- functions:

SELECT a IS JSON, a IS NOT JSON OBJECT WITH UNIQUE KEYS, a IS JSON ARRAY WITHOUT UNIQUE, a IS NFC NORMALIZED, a IS NOT NORMALIZED FROM t
-- relations: t
-- functions: pg_catalog.is_normalized

SELECT a BETWEEN SYMMETRIC 1 AND 2 AND b NOT BETWEEN 3 AND 4 FROM t
-- relations: t
-- functions:

SELECT a LIKE 'x%' ESCAPE '!', a NOT ILIKE 'y', a SIMILAR TO 'z', a NOT SIMILAR TO 'q' ESCAPE '#' FROM t
-- relations: t
-- functions: pg_catalog.like_escape pg_catalog.similar_to_escape

SELECT a LIKE ANY (ARRAY['x']), a NOT ILIKE ALL (SELECT name FROM patients), a = ANY ('{1}'), a <> ALL (SELECT 1), a OPERATOR(pg_catalog.=) SOME ($1) FROM t
-- relations: patients t
-- functions:

SELECT a IN (1, 2), a NOT IN (SELECT id FROM visits), (a, b) IN ((1, 2), (3, 4)), (1, 2) IN (VALUES (1, 2)) FROM t
-- relations: t visits
-- functions:

SELECT (a, b) = (SELECT 1, 2), ROW(a, t.*) < ROW(1), ROW() IS NULL FROM t
-- relations: t
-- functions:

SELECT EXISTS (SELECT FROM patients WHERE ssn = t.ssn), ARRAY(SELECT name FROM patients), ARRAY[1, 2], ARRAY[[1], [2]], ARRAY[]::int[] FROM t
-- relations: patients t
-- functions:

SELECT CASE WHEN a THEN b ELSE c END, CASE a WHEN 1 THEN 2 END::text FROM t
-- relations: t
-- functions:

SELECT a::int, a::numeric(10, 2)[], CAST(a AS varchar(10)), a::timestamp(3) with time zone, a::double precision, a::"char", a::public.money_type[3], a::interval(3), a::interval year to month FROM t
-- relations: t
-- functions:

SELECT int '1', date '2020-01-01', timestamp with time zone '2020-01-01', interval '1' day, interval(3) '1 s', numeric(3, 2) '1.00', pg_catalog.int4 '5', float8 '1', bit '101', char(3) 'abc', national character varying(2) 'x', point '(1,2)', json '{}', double precision '1'
-- relations:
-- functions:

SELECT a COLLATE "C" || b COLLATE pg_catalog."de_DE", now() AT TIME ZONE 'UTC' AT TIME ZONE 'CET', now() AT LOCAL FROM t
-- relations: t
-- functions: now pg_catalog.timezone

SELECT 1 OPERATOR(pg_catalog.+) 2 * 3, a ?| b, a -> 'x' ->> 'y' #> '{a}' @> '{}', OPERATOR(pg_catalog.-) 5 FROM t
-- relations: t
-- functions:

SELECT extract(year FROM d), extract('epoch' FROM d), position('a' IN b), overlay(a PLACING b FROM 1 FOR 2), substring(a FROM 1 FOR 2), substring(a FOR 2), substring(a SIMILAR 'b' ESCAPE '#'), substring(a, 1), trim(a), trim(LEADING 'x' FROM a), trim(BOTH FROM a), trim(TRAILING a, b) FROM t
-- relations: t
-- functions: pg_catalog.btrim pg_catalog.extract pg_catalog.ltrim pg_catalog.overlay pg_catalog.position pg_catalog.rtrim pg_catalog.substring substring

SELECT coalesce(a, 1), greatest(a, b), least(a, b), nullif(a, b), normalize(a, NFKC), collation for (a), treat(a AS int), grouping(a) FROM t
-- relations: t
-- functions: pg_catalog.int4 pg_catalog.normalize pg_catalog.pg_collation_for

SELECT current_date, current_time(3), current_timestamp, localtime, localtimestamp(2), current_user, session_user, user, current_role, current_catalog, current_schema, current_schema(), system_user
-- relations:
-- functions: current_schema pg_catalog.system_user

SELECT xmlelement(NAME foo, xmlattributes(a AS b, c), d), xmlforest(a, b AS c), xmlconcat(a, b), xmlparse(DOCUMENT a STRIP WHITESPACE), xmlpi(NAME x, 'y'), xmlroot(a, VERSION NO VALUE, STANDALONE YES), xmlserialize(CONTENT a AS text INDENT), xmlexists('//a' PASSING BY REF d BY REF) FROM t
-- relations: t
-- functions: pg_catalog.xmlexists

SELECT * FROM t, XMLTABLE(XMLNAMESPACES('u' AS x, DEFAULT 'd'), '/r' PASSING t.doc COLUMNS id int PATH '@id' NOT NULL, n FOR ORDINALITY, v text DEFAULT 'z') AS xt
-- relations: t
-- functions:

SELECT JSON_OBJECT('a' : 1, 'b' VALUE (SELECT ssn FROM patients) NULL ON NULL WITH UNIQUE KEYS RETURNING jsonb), JSON_OBJECT(), JSON_OBJECT('{a,b}'), JSON_ARRAY(1, a FORMAT JSON ABSENT ON NULL), JSON_ARRAY(SELECT name FROM patients RETURNING jsonb), JSON_ARRAY() FROM t
-- relations: patients t
-- functions: pg_catalog.json_object

SELECT JSON_OBJECTAGG(k : v ABSENT ON NULL) FILTER (WHERE v > 0), JSON_ARRAYAGG(v ORDER BY k NULL ON NULL RETURNING jsonb) OVER (PARTITION BY g) FROM t
-- relations: t
-- functions:

SELECT JSON('{}' WITH UNIQUE KEYS), JSON_SCALAR(a), JSON_SERIALIZE(a RETURNING bytea), JSON_VALUE(a, '$.x' PASSING b AS y RETURNING int DEFAULT 1 ON EMPTY ERROR ON ERROR), JSON_QUERY(a, '$' WITH CONDITIONAL ARRAY WRAPPER KEEP QUOTES ON SCALAR STRING EMPTY ARRAY ON EMPTY), JSON_EXISTS(a, '$.z' TRUE ON ERROR) FROM t
-- relations: t
-- functions:

SELECT * FROM t, JSON_TABLE(t.j, '$[*]' AS p PASSING t.x AS y COLUMNS (n FOR ORDINALITY, a int PATH '$.a' DEFAULT 0 ON EMPTY, b jsonb FORMAT JSON PATH '$' WITH WRAPPER, e bool EXISTS PATH '$.e', NESTED PATH '$.n[*]' AS q COLUMNS (c text))) AS jt
-- relations: t
-- functions:

SELECT count(*), count(DISTINCT a), string_agg(a, ',' ORDER BY b DESC), sum(a) FILTER (WHERE b IN (SELECT id FROM patients)), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), f(VARIADIC a), g(x => 1, y := 2), h(1, VARIADIC z => ARRAY[1]), schema1.f() FROM t
-- relations: patients t
-- functions: count f g h percentile_cont schema1.f string_agg sum

SELECT rank() OVER w, sum(a) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES), lag(a) OVER (PARTITION BY b ORDER BY c RANGE '1 day' PRECEDING), f() OVER (GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) FROM t WINDOW w AS (PARTITION BY (SELECT ward FROM patients LIMIT 1)), v AS (w ORDER BY a)
-- relations: patients t
-- functions: f lag rank sum

SELECT a, count(*) FROM t GROUP BY DISTINCT ROLLUP (a), CUBE (b), () HAVING max(c) > (SELECT avg(c) FROM u)
-- relations: t u
-- functions: avg count max

SELECT * FROM t ORDER BY (SELECT ssn FROM patients LIMIT 1), 2 USING <, 3 NULLS FIRST LIMIT (SELECT count(*) FROM visits) OFFSET 5 ROWS
-- relations: patients t visits
-- functions: count

SELECT * FROM t LIMIT ALL OFFSET 1
-- relations: t
-- functions:

SELECT * FROM t ORDER BY a FETCH NEXT (1 + 1) ROWS WITH TIES
-- relations: t
-- functions:

SELECT * FROM a, b WHERE a.id = b.id FOR UPDATE OF a NOWAIT FOR KEY SHARE OF b SKIP LOCKED LIMIT 1
-- relations: a b
-- functions:

SELECT * FROM t FOR NO KEY UPDATE
-- relations: t
-- functions:

SELECT * FROM t FOR READ ONLY
-- relations: t
-- functions:

WITH patients AS (SELECT ssn FROM patients) SELECT * FROM patients
-- relations: patients
-- functions:

WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT sum(n) FROM t
-- relations:
-- functions: sum

WITH RECURSIVE g AS NOT MATERIALIZED (SELECT id, parent FROM tree UNION ALL SELECT t.id, t.parent FROM tree t JOIN g ON t.parent = g.id) SEARCH DEPTH FIRST BY id SET seq CYCLE id SET looped TO 'Y' DEFAULT 'N' USING path SELECT * FROM g
-- relations: tree
-- functions:

WITH a AS MATERIALIZED (DELETE FROM visits RETURNING *), b AS (INSERT INTO log SELECT * FROM a RETURNING id) SELECT * FROM b
-- relations: log visits
-- functions:

SELECT * FROM (WITH patients AS (SELECT 1 AS x) SELECT * FROM patients) q, patients
-- relations: patients
-- functions:

WITH x AS (SELECT 1) (SELECT * FROM x)
-- relations:
-- functions:

SELECT * INTO TEMP TABLE copy_of FROM patients
-- relations: copy_of patients
-- functions:

SELECT 'it''s', E'\'\\', 'a'  /* no */ , U&'d\0061t\+000061', U&"d!0061ta" UESCAPE '!', $$a$b$$, $tag$ $$ $tag$, B'01', X'1F', N'n' FROM t
-- relations: t
-- functions:

SELECT "Quoted Name", "with""quote", a$b, ünï FROM "Weird Table"
-- relations: Weird Table
-- functions:

SELECT/**/a/*x/*nested*/y*/FROM/**/patients--comment
-- relations: patients
-- functions:

SELECT a AS "select", b value, c AS case, d name FROM t AS date
-- relations: t
-- functions:

SELECT t.time, t.user, t.values, t.order FROM t
-- relations: t
-- functions:

SELECT left('abc', 1), right('abc', 1), "substring"('a', 1), if(1), replace(a, b, c), between.x FROM between
-- relations: between
-- functions: if left replace right substring

SELECT date, time, timestamp, interval, position, year, values FROM t
-- relations: t
-- functions:

INSERT INTO patients DEFAULT VALUES
-- relations: patients
-- functions:

INSERT INTO patients AS p (id, name.first, tags[1], tags[2:3]) OVERRIDING SYSTEM VALUE VALUES (1, DEFAULT, 'x', NULL) ON CONFLICT (lower(name) COLLATE "C" text_ops, (a + b)) WHERE active DO UPDATE SET name = EXCLUDED.name, (a, b) = (SELECT 1, 2 FROM visits), (c) = ROW(1), d = DEFAULT WHERE p.id > 0 RETURNING *, p.id AS x
-- relations: patients visits
-- functions: lower

INSERT INTO patients SELECT * FROM staging ON CONFLICT ON CONSTRAINT patients_pkey DO NOTHING
-- relations: patients staging
-- functions:

INSERT INTO patients (SELECT * FROM staging)
-- relations: patients staging
-- functions:

INSERT INTO patients (id) (SELECT id FROM staging) ON CONFLICT DO NOTHING
-- relations: patients staging
-- functions:

INSERT INTO patients OVERRIDING USER VALUE TABLE staging
-- relations: patients staging
-- functions:

WITH s AS (SELECT 1) INSERT INTO t WITH u AS (SELECT 2) SELECT * FROM s, u RETURNING WITH (OLD AS o, NEW AS n) o.id, n.*
-- relations: t
-- functions:

UPDATE patients p SET a = p.b + 1, (c, d) = (1, DEFAULT), (e) = (SELECT max(x) FROM visits), f.g[1] = 'x' FROM visits v JOIN notes n ON n.vid = v.id WHERE p.id = v.pid RETURNING old.a, new.a
-- relations: notes patients visits
-- functions: max

UPDATE patients SET name = 'x' WHERE CURRENT OF c1
-- relations: patients
-- functions:

WITH x AS (SELECT 1) UPDATE t SET a = (SELECT * FROM x)
-- relations: t
-- functions:

DELETE FROM ONLY patients p USING visits v, LATERAL (SELECT 1) l WHERE p.id = v.pid RETURNING p
-- relations: patients visits
-- functions:

DELETE FROM patients WHERE CURRENT OF "Cur"
-- relations: patients
-- functions:

MERGE INTO patients AS p USING (SELECT * FROM staging) s ON p.id = s.id WHEN MATCHED AND s.gone THEN DELETE WHEN MATCHED THEN UPDATE SET name = s.name, (a, b) = (s.a, s.b) WHEN NOT MATCHED BY SOURCE AND p.old THEN DO NOTHING WHEN NOT MATCHED BY TARGET THEN INSERT (id, name) OVERRIDING USER VALUE VALUES (s.id, s.name) WHEN NOT MATCHED THEN INSERT DEFAULT VALUES RETURNING merge_action(), p.*
-- relations: patients staging
-- functions:

WITH s AS (SELECT 1 AS id) MERGE INTO ONLY t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (1) WHEN NOT MATCHED THEN DO NOTHING
-- relations: t
-- functions:

EXPLAIN SELECT * FROM patients
-- relations: patients
-- functions:

EXPLAIN ANALYZE VERBOSE DELETE FROM patients
-- relations: patients
-- functions:

EXPLAIN (ANALYZE, BUFFERS off, FORMAT json, COSTS false) UPDATE patients SET a = 1
-- relations: patients
-- functions:

EXPLAIN (SELECT 1)
-- relations:
-- functions:

EXPLAIN (ANALYZE) EXECUTE q (1)
-- relations:
-- functions:

EXPLAIN CREATE TABLE x AS SELECT * FROM patients
-- relations: patients x
-- functions:

EXPLAIN DECLARE c CURSOR FOR SELECT * FROM patients
-- relations: patients
-- functions:

COPY patients TO STDOUT
-- relations: patients
-- functions:

COPY patients (id, name) FROM STDIN WITH (FORMAT csv, HEADER match, DELIMITER ';', NULL '', FORCE_NULL (name), FORCE_QUOTE *, ON_ERROR ignore, DEFAULT 'd') WHERE id > 0
-- relations: patients
-- functions:

COPY (SELECT ssn FROM patients) TO PROGRAM 'cat'
-- relations: patients
-- functions:

COPY (DELETE FROM visits RETURNING *) TO '/tmp/x' WITH CSV HEADER QUOTE AS '"' FORCE QUOTE id, name
-- relations: visits
-- functions:

COPY BINARY patients FROM '/tmp/x' USING DELIMITERS ','
-- relations: patients
-- functions:

COPY patients FROM STDIN CSV NULL AS 'x' FORCE NOT NULL a
-- relations: patients
-- functions:

BEGIN
-- relations:
-- functions:

BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY NOT DEFERRABLE
-- relations:
-- functions:

START TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE
-- relations:
-- functions:

COMMIT AND CHAIN
-- relations:
-- functions:

END WORK
-- relations:
-- functions:

ROLLBACK TRANSACTION AND NO CHAIN
-- relations:
-- functions:

ABORT
-- relations:
-- functions:

SAVEPOINT s1
-- relations:
-- functions:

RELEASE s1
-- relations:
-- functions:

RELEASE SAVEPOINT s1
-- relations:
-- functions:

ROLLBACK TO SAVEPOINT s1
-- relations:
-- functions:

ROLLBACK WORK TO s1
-- relations:
-- functions:

PREPARE TRANSACTION 'x'
-- relations:
-- functions:

COMMIT PREPARED 'x'
-- relations:
-- functions:

ROLLBACK PREPARED 'x'
-- relations:
-- functions:

SET search_path TO public, "$user", 'x'
-- relations:
-- functions:

SET LOCAL my.setting = on
-- relations:
-- functions:

SET SESSION work_mem = '64MB'
-- relations:
-- functions:

SET x = -1.5
-- relations:
-- functions:

SET TIME ZONE 'UTC'
-- relations:
-- functions:

SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE
-- relations:
-- functions:

SET LOCAL TIME ZONE LOCAL
-- relations:
-- functions:

SET ROLE admin
-- relations:
-- functions:

SET ROLE NONE
-- relations:
-- functions:

SET SESSION AUTHORIZATION DEFAULT
-- relations:
-- functions:

SET SESSION SESSION AUTHORIZATION 'bob'
-- relations:
-- functions:

SET SCHEMA 'private'
-- relations:
-- functions:

SET NAMES 'UTF8'
-- relations:
-- functions:

SET XML OPTION DOCUMENT
-- relations:
-- functions:

SET TRANSACTION READ ONLY
-- relations:
-- functions:

SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ
-- relations:
-- functions:

SET TRANSACTION SNAPSHOT '0001'
-- relations:
-- functions:

SET CONSTRAINTS ALL DEFERRED
-- relations:
-- functions:

SET CONSTRAINTS a, s.b IMMEDIATE
-- relations: a b
-- functions:

RESET ALL
-- relations:
-- functions:

RESET search_path
-- relations:
-- functions:

RESET TIME ZONE
-- relations:
-- functions:

SHOW ALL
-- relations:
-- functions:

SHOW my.setting
-- relations:
-- functions:

SHOW TRANSACTION ISOLATION LEVEL
-- relations:
-- functions:

DECLARE c BINARY INSENSITIVE NO SCROLL CURSOR WITH HOLD FOR SELECT * FROM patients
-- relations: patients
-- functions:

FETCH c
-- relations:
-- functions:

FETCH next
-- relations:
-- functions:

FETCH NEXT FROM c
-- relations:
-- functions:

FETCH FORWARD 10 IN c
-- relations:
-- functions:

FETCH -5 c
-- relations:
-- functions:

FETCH ABSOLUTE -1 FROM c
-- relations:
-- functions:

MOVE BACKWARD ALL IN c
-- relations:
-- functions:

CLOSE c
-- relations:
-- functions:

CLOSE ALL
-- relations:
-- functions:

PREPARE q (int, text) AS SELECT * FROM patients WHERE id = $1
-- relations: patients
-- functions:

PREPARE q AS INSERT INTO visits VALUES ($1)
-- relations: visits
-- functions:

EXECUTE q (1, (SELECT 2))
-- relations:
-- functions:

DEALLOCATE q
-- relations:
-- functions:

DEALLOCATE PREPARE ALL
-- relations:
-- functions:

DISCARD ALL
-- relations:
-- functions:

DISCARD TEMP
-- relations:
-- functions:

LISTEN ch
-- relations:
-- functions:

NOTIFY ch, 'payload'
-- relations:
-- functions:

UNLISTEN *
-- relations:
-- functions:

LOCK TABLE patients, ONLY visits IN SHARE ROW EXCLUSIVE MODE NOWAIT
-- relations: patients visits
-- functions:

LOCK patients
-- relations: patients
-- functions:

CALL do_things(1, x => (SELECT max(id) FROM visits))
-- relations: visits
-- functions: do_things max

DO $$ BEGIN END $$
-- relations:
-- functions:

DO LANGUAGE plpgsql 'BEGIN END'
-- relations:
-- functions:

TRUNCATE patients, ONLY visits RESTART IDENTITY CASCADE
-- relations: patients visits
-- functions:

VACUUM
-- relations:
-- functions:

VACUUM FULL FREEZE VERBOSE ANALYZE patients (id, name), visits
-- relations: patients visits
-- functions:

VACUUM (PARALLEL 2, ANALYZE) patients
-- relations: patients
-- functions:

ANALYZE VERBOSE patients
-- relations: patients
-- functions:

CLUSTER patients USING patients_pkey
-- relations: patients
-- functions:

REINDEX (VERBOSE) TABLE CONCURRENTLY patients
-- relations: patients
-- functions:

CHECKPOINT
-- relations:
-- functions:

LOAD 'auto_explain'
-- relations:
-- functions:

CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY, name text COLLATE "C" NOT NULL DEFAULT 'x' || f(), total numeric GENERATED ALWAYS AS (a * b) STORED, ref int CONSTRAINT fk REFERENCES visits (id) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, CHECK (a > (SELECT 1)), UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c) WITH (fillfactor = 70), EXCLUDE USING gist (c WITH &&, r WITH OPERATOR(pg_catalog.=)) WHERE (a > 0), FOREIGN KEY (a, b) REFERENCES other (x, y), LIKE patients INCLUDING ALL EXCLUDING DEFAULTS) INHERITS (base) PARTITION BY RANGE (a, lower(b), (c + 1)) WITH (fillfactor = 70, autovacuum_enabled) TABLESPACE ts
-- relations: base int4 numeric other patients t text visits
-- functions: f lower

CREATE TEMP TABLE IF NOT EXISTS t (a int) ON COMMIT DELETE ROWS
-- relations: int4 t
-- functions:

CREATE UNLOGGED TABLE t PARTITION OF parent (a WITH OPTIONS NOT NULL DEFAULT 1, CHECK (a > 0)) FOR VALUES FROM (MINVALUE, 'a') TO (f(1), MAXVALUE)
-- relations: parent t
-- functions: f

CREATE TABLE t PARTITION OF parent FOR VALUES IN (1, NULL)
-- relations: parent t
-- functions:

CREATE TABLE t PARTITION OF parent FOR VALUES WITH (MODULUS 4, REMAINDER 1)
-- relations: parent t
-- functions:

CREATE TABLE t PARTITION OF parent DEFAULT
-- relations: parent t
-- functions:

CREATE TABLE t OF addr (street WITH OPTIONS PRIMARY KEY)
-- relations: addr t
-- functions:

CREATE TABLE t (a, b) WITH (fillfactor = 70) AS SELECT 1, ssn FROM patients WITH NO DATA
-- relations: patients t
-- functions:

CREATE TEMPORARY TABLE t ON COMMIT DROP AS EXECUTE q (1)
-- relations: t
-- functions:

CREATE TABLE t (valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS), FOREIGN KEY (id, PERIOD valid) REFERENCES r (id, PERIOD valid), id int)
-- relations: daterange int4 r t
-- functions:

CREATE OR REPLACE TEMP VIEW v (a) WITH (security_barrier = true) AS SELECT ssn FROM patients WITH LOCAL CHECK OPTION
-- relations: patients v
-- functions:

CREATE RECURSIVE VIEW r (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM r
-- relations: r
-- functions:

CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT * FROM patients WITH NO DATA
-- relations: m patients
-- functions:

REFRESH MATERIALIZED VIEW CONCURRENTLY m WITH DATA
-- relations: m
-- functions:

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY patients USING btree (lower(name) text_pattern_ops DESC NULLS LAST, (a || b) COLLATE "C", id) INCLUDE (ssn) NULLS NOT DISTINCT WITH (fillfactor = 70) WHERE active
-- relations: i patients
-- functions: lower

CREATE INDEX ON patients (id)
-- relations: patients
-- functions:

CREATE SEQUENCE s AS bigint INCREMENT BY 2 MINVALUE 1 NO MAXVALUE START 5 CACHE 10 CYCLE OWNED BY patients.id
-- relations: int8 patients s
-- functions:

CREATE SCHEMA s AUTHORIZATION bob CREATE TABLE t (a int) CREATE VIEW v AS SELECT * FROM t GRANT SELECT ON t TO public
-- relations: int4 t v
-- functions:

CREATE TYPE mood AS ENUM ('sad', 'ok')
-- relations: mood
-- functions:

CREATE TYPE addr AS (street text, zip int)
-- relations: addr int4 text
-- functions:

CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi)
-- relations: float8 r
-- functions: float8mi

CREATE TYPE shell
-- relations: shell
-- functions:

CREATE DOMAIN positive AS int DEFAULT 1 CONSTRAINT c CHECK (VALUE > 0) NOT NULL
-- relations: int4 positive
-- functions:

CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'x', OUT c int, VARIADIC d int[]) RETURNS SETOF patients LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp COST 10 ROWS 5 AS $$ BEGIN END $$
-- relations: int4 patients text
-- functions: f

CREATE FUNCTION f(patients.ssn%TYPE) RETURNS TABLE (a int, b double precision) LANGUAGE sql RETURN $1
-- relations: float8 int4 patients
-- functions: f

CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC INSERT INTO log VALUES (1); SELECT count(*) FROM patients; END
-- relations: int4 log patients
-- functions: count f

CREATE PROCEDURE p(INOUT a int) LANGUAGE sql BEGIN ATOMIC UPDATE patients SET a = 1; END
-- relations: int4 patients
-- functions: p

CREATE FUNCTION c(cstring) RETURNS int AS 'lib', 'sym' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
-- relations: cstring int4
-- functions: c

CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF name, ssn OR DELETE ON patients REFERENCING NEW TABLE AS n OLD TABLE AS o FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION audit('x', 1, y)
-- relations: patients
-- functions: audit

CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON patients FROM visits DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE f()
-- relations: patients visits
-- functions: f

CREATE RULE r AS ON INSERT TO visits DO ALSO (DELETE FROM patients; NOTIFY gone)
-- relations: patients visits
-- functions:

CREATE OR REPLACE RULE r AS ON UPDATE TO v WHERE NEW.a > 0 DO INSTEAD UPDATE patients SET a = NEW.a
-- relations: patients v
-- functions:

CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING
-- relations: v
-- functions:

CREATE POLICY p ON patients AS RESTRICTIVE FOR SELECT TO bob, CURRENT_USER USING (owner = current_user AND EXISTS (SELECT FROM visits)) WITH CHECK (f(a))
-- relations: patients visits
-- functions: f

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public VERSION '1.3' CASCADE
-- relations:
-- functions:

CREATE ROLE bob LOGIN PASSWORD 'x' VALID UNTIL '2030-01-01' CONNECTION LIMIT 5 IN ROLE staff ADMIN alice NOSUPERUSER
-- relations:
-- functions:

CREATE USER bob ENCRYPTED PASSWORD 'x'
-- relations:
-- functions:

CREATE DATABASE d WITH OWNER = bob ENCODING 'UTF8' TEMPLATE template0 CONNECTION LIMIT -1
-- relations:
-- functions:

CREATE TABLESPACE ts OWNER bob LOCATION '/data' WITH (seq_page_cost = 1)
-- relations:
-- functions:

CREATE CAST (text AS mood) WITH FUNCTION to_mood(text) AS IMPLICIT
-- relations: mood text
-- functions: to_mood

CREATE AGGREGATE my_sum (int, int ORDER BY text) (SFUNC = int4_sum, STYPE = int8, INITCOND = '0')
-- relations: int4 int8 text
-- functions: int4_sum my_sum

CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, COMMUTATOR = OPERATOR(public.===), MERGES)
-- relations: int4
-- functions: int4eq

CREATE OPERATOR CLASS oc DEFAULT FOR TYPE int USING btree FAMILY of AS OPERATOR 1 <, OPERATOR 3 = (int, int) FOR SEARCH, FUNCTION 1 btint4cmp(int, int), STORAGE int
-- relations: int4
-- functions: btint4cmp

CREATE COLLATION c (provider = icu, locale = 'de')
-- relations:
-- functions:

CREATE STATISTICS s (ndistinct) ON a, (b + 1), lower(c) FROM patients
-- relations: patients
-- functions: lower

CREATE PUBLICATION pub FOR TABLE patients (id, name) WHERE (id > 0), visits, TABLES IN SCHEMA public WITH (publish = 'insert')
-- relations: patients visits
-- functions:

CREATE SUBSCRIPTION sub CONNECTION 'host=x' PUBLICATION a, b WITH (enabled = false)
-- relations:
-- functions:

CREATE SERVER srv TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', port '1')
-- relations:
-- functions:

CREATE FOREIGN TABLE ft (a int OPTIONS (column_name 'b')) SERVER srv OPTIONS (table_name 't')
-- relations: ft int4
-- functions:

CREATE USER MAPPING FOR CURRENT_USER SERVER srv OPTIONS (user 'u', password 'p')
-- relations:
-- functions:

CREATE EVENT TRIGGER et ON ddl_command_start WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION f()
-- relations:
-- functions: f

IMPORT FOREIGN SCHEMA remote LIMIT TO (a, b) FROM SERVER srv INTO local OPTIONS (x 'y')
-- relations: a b
-- functions:

CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, stopwords = 'english')
-- relations:
-- functions:

CREATE ACCESS METHOD am TYPE INDEX HANDLER f
-- relations:
-- functions: f

CREATE TRANSFORM FOR hstore LANGUAGE plpython3u (FROM SQL WITH FUNCTION a(internal), TO SQL WITH FUNCTION b(internal))
-- relations: hstore internal
-- functions: a b

CREATE LANGUAGE l HANDLER h INLINE i VALIDATOR v
-- relations:
-- functions: h i v

CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f
-- relations:
-- functions: f

ALTER TABLE IF EXISTS ONLY patients ADD COLUMN IF NOT EXISTS a int DEFAULT f() CHECK (a > 0), DROP COLUMN b CASCADE, ALTER c SET DATA TYPE text COLLATE "C" USING c::text || g(d), ALTER COLUMN d SET DEFAULT now(), ALTER d DROP NOT NULL, ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES visits NOT VALID, VALIDATE CONSTRAINT k, OWNER TO bob, ENABLE ROW LEVEL SECURITY, SET (fillfactor = 70), INHERIT base, DISABLE TRIGGER ALL
-- relations: base int4 patients text visits
-- functions: f g now

ALTER TABLE patients RENAME COLUMN a TO b
-- relations: patients
-- functions:

ALTER TABLE patients RENAME TO clients
-- relations: clients patients
-- functions:

ALTER TABLE patients SET SCHEMA private
-- relations: patients
-- functions:

ALTER TABLE parent ATTACH PARTITION child FOR VALUES IN (1)
-- relations: child parent
-- functions:

ALTER TABLE parent DETACH PARTITION child CONCURRENTLY
-- relations: child parent
-- functions:

ALTER TABLE t ALTER a ADD GENERATED BY DEFAULT AS IDENTITY, ALTER b SET GENERATED ALWAYS RESTART WITH 5, ALTER c SET EXPRESSION AS (a + 1)
-- relations: t
-- functions:

ALTER TABLE ALL IN TABLESPACE a OWNED BY bob SET TABLESPACE b NOWAIT
-- relations:
-- functions:

ALTER INDEX i ATTACH PARTITION j
-- relations: i j
-- functions:

ALTER VIEW v ALTER COLUMN a SET DEFAULT 1
-- relations: v
-- functions:

ALTER SEQUENCE s RESTART WITH 1 OWNED BY NONE
-- relations: s
-- functions:

ALTER TYPE mood ADD VALUE IF NOT EXISTS 'meh' BEFORE 'ok'
-- relations: mood
-- functions:

ALTER TYPE addr ADD ATTRIBUTE c text CASCADE, DROP ATTRIBUTE d, ALTER ATTRIBUTE e TYPE int
-- relations: addr int4 text
-- functions:

ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > f())
-- relations: d
-- functions: f

ALTER FUNCTION f(int) SET search_path = public SECURITY INVOKER
-- relations: int4
-- functions: f

ALTER FUNCTION f(int) OWNER TO bob
-- relations: int4
-- functions: f

ALTER ROLE bob IN DATABASE d SET search_path = a
-- relations:
-- functions:

ALTER ROLE ALL RESET ALL
-- relations:
-- functions:

ALTER USER bob WITH PASSWORD 'secret' NOLOGIN
-- relations:
-- functions:

ALTER DATABASE d SET work_mem TO '1GB'
-- relations:
-- functions:

ALTER SYSTEM SET work_mem = '1GB'
-- relations:
-- functions:

ALTER DEFAULT PRIVILEGES FOR ROLE bob IN SCHEMA public GRANT SELECT ON TABLES TO alice
-- relations:
-- functions:

ALTER EXTENSION e ADD FUNCTION f(int)
-- relations: int4
-- functions: f

ALTER POLICY p ON patients USING (true)
-- relations: patients
-- functions:

ALTER PUBLICATION pub ADD TABLE patients
-- relations: patients
-- functions:

ALTER SUBSCRIPTION sub REFRESH PUBLICATION WITH (copy_data = false)
-- relations:
-- functions:

ALTER SERVER srv OPTIONS (SET host 'x', DROP port)
-- relations:
-- functions:

ALTER OPERATOR + (int, int) SET (RESTRICT = eqsel)
-- relations: int4
-- functions: eqsel

ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH a, b
-- relations:
-- functions:

GRANT SELECT (ssn, name), UPDATE ON TABLE patients, visits TO bob, PUBLIC WITH GRANT OPTION GRANTED BY CURRENT_USER
-- relations: patients visits
-- functions:

GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA public TO bob
-- relations:
-- functions:

GRANT EXECUTE ON FUNCTION f(int), g TO bob
-- relations: int4
-- functions: f g

GRANT staff TO bob WITH ADMIN OPTION
-- relations:
-- functions:

REVOKE GRANT OPTION FOR ALL ON SCHEMA public FROM bob CASCADE
-- relations:
-- functions:

REVOKE ADMIN OPTION FOR staff FROM bob
-- relations:
-- functions:

COMMENT ON COLUMN patients.ssn IS 'secret'
-- relations: patients
-- functions:

COMMENT ON FUNCTION f(int, text) IS NULL
-- relations: int4 text
-- functions: f

COMMENT ON CONSTRAINT c ON DOMAIN d IS 'x'
-- relations: d
-- functions:

SECURITY LABEL FOR provider ON TABLE patients IS 'x'
-- relations: patients
-- functions:

DROP TABLE IF EXISTS patients, visits CASCADE
-- relations: patients visits
-- functions:

DROP FUNCTION f(IN a int, text), g
-- relations: int4 text
-- functions: f g

DROP INDEX CONCURRENTLY i
-- relations: i
-- functions:

DROP TRIGGER tr ON patients
-- relations: patients
-- functions:

DROP OWNED BY bob CASCADE
-- relations:
-- functions:

DROP OPERATOR + (NONE, int)
-- relations: int4
-- functions:

DROP AGGREGATE a (*), b (int ORDER BY int)
-- relations: int4
-- functions: a b

DROP CAST IF EXISTS (text AS int)
-- relations: int4 text
-- functions:

DROP USER MAPPING IF EXISTS FOR PUBLIC SERVER srv
-- relations:
-- functions:

DROP DATABASE d WITH (FORCE)
-- relations:
-- functions:

REASSIGN OWNED BY a, b TO c
-- relations:
-- functions:

SELECT 1; ; SELECT 2 FROM patients;
-- relations: patients
-- functions:

SELECT a FROM t; DELETE FROM u; COMMIT
-- relations: t u
-- functions:

SELECT a, b, count(*) FROM t GROUP BY GROUPING SETS ((), (a), ROLLUP (a, (b, c)), CUBE (a, b)), b HAVING count(*) > 1
-- relations: t
-- functions: count

SELECT 1, 1.5, .5, 1., 1e10, 1.5e-3, 0x1F, 0o17, 0b11, 1_000_000, $1 FROM generate_series(1, 2) a
-- relations:
-- functions: generate_series

UPDATE patients * SET a = 1
-- relations: patients
-- functions:

UPDATE ONLY (patients) SET a = 1
-- relations: patients
-- functions:

