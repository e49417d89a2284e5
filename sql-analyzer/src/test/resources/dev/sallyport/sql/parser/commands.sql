-- ABORT
ABORT
ABORT WORK AND CHAIN
ABORT TRANSACTION AND NO CHAIN
-- ALTER AGGREGATE
ALTER AGGREGATE stats.total (int) RENAME TO grand_total
    function grand_total, function stats.total, type pg_catalog.int4
ALTER AGGREGATE total (*) OWNER TO CURRENT_ROLE
    function total, role current_role
ALTER AGGREGATE total (IN a int, VARIADIC b text[]) SET SCHEMA stats
    function total, schema stats, type pg_catalog.int4, type text
ALTER AGGREGATE total (ORDER BY int) OWNER TO SESSION_USER
    function total, role session_user, type pg_catalog.int4
-- ALTER COLLATION
ALTER COLLATION german REFRESH VERSION
    collation german
ALTER COLLATION german RENAME TO deutsch
    collation deutsch, collation german
ALTER COLLATION s.german OWNER TO CURRENT_USER
    collation s.german, role current_user
ALTER COLLATION german SET SCHEMA s
    collation german, schema s
-- ALTER CONVERSION
ALTER CONVERSION conv RENAME TO conv2
    conversion conv, conversion conv2
ALTER CONVERSION conv OWNER TO bob
    conversion conv, role bob
ALTER CONVERSION conv SET SCHEMA s
    conversion conv, schema s
-- ALTER DATABASE
ALTER DATABASE ward WITH ALLOW_CONNECTIONS false CONNECTION LIMIT 5 IS_TEMPLATE = true
    database ward
ALTER DATABASE ward RENAME TO wards
    database ward, database wards
ALTER DATABASE ward OWNER TO bob
    database ward, role bob
ALTER DATABASE ward SET TABLESPACE fast
    database ward, tablespace fast
ALTER DATABASE ward REFRESH COLLATION VERSION
    database ward
ALTER DATABASE ward SET work_mem = '1MB'
    database ward
ALTER DATABASE ward SET work_mem TO DEFAULT
    database ward
ALTER DATABASE ward SET search_path FROM CURRENT
    database ward
ALTER DATABASE ward RESET work_mem
    database ward
ALTER DATABASE ward RESET ALL
    database ward
-- ALTER DEFAULT PRIVILEGES
ALTER DEFAULT PRIVILEGES FOR USER alice, CURRENT_USER IN SCHEMA a, b GRANT SELECT, INSERT ON TABLES TO GROUP bob, PUBLIC WITH GRANT OPTION
    role alice, role bob, role current_user, role public, schema a, schema b
ALTER DEFAULT PRIVILEGES GRANT ALL PRIVILEGES ON SEQUENCES TO bob
    role bob
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO bob
    role bob
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON ROUTINES TO bob
    role bob
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO bob
    role bob
ALTER DEFAULT PRIVILEGES GRANT USAGE, CREATE ON SCHEMAS TO bob
    role bob
ALTER DEFAULT PRIVILEGES GRANT SELECT, UPDATE ON LARGE OBJECTS TO bob
    role bob
ALTER DEFAULT PRIVILEGES REVOKE GRANT OPTION FOR MAINTAIN ON TABLES FROM bob CASCADE
    role bob
ALTER DEFAULT PRIVILEGES IN SCHEMA a REVOKE ALL ON ROUTINES FROM PUBLIC RESTRICT
    role public, schema a
-- ALTER DOMAIN
ALTER DOMAIN s.zip SET DEFAULT lpad('', 5)
    function lpad, type s.zip
ALTER DOMAIN zip DROP DEFAULT
    type zip
ALTER DOMAIN zip SET NOT NULL
    type zip
ALTER DOMAIN zip DROP NOT NULL
    type zip
ALTER DOMAIN zip ADD CONSTRAINT five CHECK (char_length(VALUE) = 5) NOT VALID
    constraint five, function char_length, type zip
ALTER DOMAIN zip ADD NOT NULL
    type zip
ALTER DOMAIN zip DROP CONSTRAINT IF EXISTS five CASCADE
    constraint five, type zip
ALTER DOMAIN zip RENAME CONSTRAINT five TO six
    constraint five, type zip
ALTER DOMAIN zip VALIDATE CONSTRAINT five
    constraint five, type zip
ALTER DOMAIN zip OWNER TO bob
    role bob, type zip
ALTER DOMAIN zip RENAME TO zipcode
    type zip, type zipcode
ALTER DOMAIN zip SET SCHEMA s
    schema s, type zip
-- ALTER EVENT TRIGGER
ALTER EVENT TRIGGER et DISABLE
    event trigger et
ALTER EVENT TRIGGER et ENABLE REPLICA
    event trigger et
ALTER EVENT TRIGGER et ENABLE ALWAYS
    event trigger et
ALTER EVENT TRIGGER et ENABLE
    event trigger et
ALTER EVENT TRIGGER et OWNER TO bob
    event trigger et, role bob
ALTER EVENT TRIGGER et RENAME TO et2
    event trigger et, event trigger et2
-- ALTER EXTENSION
ALTER EXTENSION hstore UPDATE
    extension hstore
ALTER EXTENSION hstore UPDATE TO '2.0'
    extension hstore
ALTER EXTENSION hstore SET SCHEMA utils
    extension hstore, schema utils
ALTER EXTENSION hstore ADD ACCESS METHOD am
    access method am, extension hstore
ALTER EXTENSION hstore ADD AGGREGATE total (int)
    extension hstore, function total, type pg_catalog.int4
ALTER EXTENSION hstore ADD CAST (int AS text)
    extension hstore, type pg_catalog.int4, type text
ALTER EXTENSION hstore ADD COLLATION german
    collation german, extension hstore
ALTER EXTENSION hstore ADD CONVERSION conv
    conversion conv, extension hstore
ALTER EXTENSION hstore ADD DOMAIN zip
    extension hstore, type zip
ALTER EXTENSION hstore ADD EVENT TRIGGER et
    event trigger et, extension hstore
ALTER EXTENSION hstore ADD FOREIGN DATA WRAPPER fdw
    extension hstore, foreign data wrapper fdw
ALTER EXTENSION hstore ADD FOREIGN TABLE remote_patients
    extension hstore, relation remote_patients
ALTER EXTENSION hstore ADD FUNCTION populate_record (anyelement, hstore)
    extension hstore, function populate_record, type anyelement, type hstore
ALTER EXTENSION hstore DROP MATERIALIZED VIEW monthly
    extension hstore, relation monthly
ALTER EXTENSION hstore DROP OPERATOR s.=== (int, int)
    extension hstore, operator s.===, type pg_catalog.int4
ALTER EXTENSION hstore DROP OPERATOR CLASS oc USING btree
    extension hstore, operator class oc
ALTER EXTENSION hstore DROP OPERATOR FAMILY opf USING btree
    extension hstore, operator family opf
ALTER EXTENSION hstore DROP PROCEDURAL LANGUAGE plx
    extension hstore, language plx
ALTER EXTENSION hstore DROP LANGUAGE plx
    extension hstore, language plx
ALTER EXTENSION hstore DROP PROCEDURE p (int)
    extension hstore, function p, type pg_catalog.int4
ALTER EXTENSION hstore DROP ROUTINE r
    extension hstore, function r
ALTER EXTENSION hstore DROP SCHEMA s
    extension hstore, schema s
ALTER EXTENSION hstore DROP SEQUENCE seq
    extension hstore, relation seq
ALTER EXTENSION hstore DROP SERVER srv
    extension hstore, server srv
ALTER EXTENSION hstore DROP TABLE patients
    extension hstore, relation patients
ALTER EXTENSION hstore DROP TEXT SEARCH CONFIGURATION c
    extension hstore, text search configuration c
ALTER EXTENSION hstore DROP TEXT SEARCH DICTIONARY d
    extension hstore, text search dictionary d
ALTER EXTENSION hstore DROP TEXT SEARCH PARSER p
    extension hstore, text search parser p
ALTER EXTENSION hstore DROP TEXT SEARCH TEMPLATE t
    extension hstore, text search template t
ALTER EXTENSION hstore DROP TRANSFORM FOR hstore LANGUAGE plpython3u
    extension hstore, language plpython3u, type hstore
ALTER EXTENSION hstore DROP TYPE mood
    extension hstore, type mood
ALTER EXTENSION hstore DROP VIEW v
    extension hstore, relation v
-- ALTER FOREIGN DATA WRAPPER
ALTER FOREIGN DATA WRAPPER fdw HANDLER s.h VALIDATOR v OPTIONS (ADD a '1', SET b '2', DROP c, d '3')
    foreign data wrapper fdw, function s.h, function v
ALTER FOREIGN DATA WRAPPER fdw NO HANDLER NO VALIDATOR
    foreign data wrapper fdw
ALTER FOREIGN DATA WRAPPER fdw OWNER TO bob
    foreign data wrapper fdw, role bob
ALTER FOREIGN DATA WRAPPER fdw RENAME TO fdw2
    foreign data wrapper fdw, foreign data wrapper fdw2
-- ALTER FOREIGN TABLE
ALTER FOREIGN TABLE IF EXISTS ONLY remote_patients ADD COLUMN a int OPTIONS (x 'y'), ALTER COLUMN b OPTIONS (SET x 'y'), OPTIONS (DROP z), DROP c, ALTER d TYPE text, ALTER e SET STATISTICS 10
    relation remote_patients, type pg_catalog.int4, type text
ALTER FOREIGN TABLE remote_patients * RENAME COLUMN a TO b
    relation remote_patients
ALTER FOREIGN TABLE remote_patients RENAME a TO b
    relation remote_patients
ALTER FOREIGN TABLE IF EXISTS remote_patients RENAME TO r
    relation r, relation remote_patients
ALTER FOREIGN TABLE IF EXISTS remote_patients SET SCHEMA s
    relation remote_patients, schema s
ALTER FOREIGN TABLE remote_patients ADD CONSTRAINT c CHECK (a > f(1)) NO INHERIT NOT VALID
    constraint c, function f, relation remote_patients
ALTER FOREIGN TABLE remote_patients DISABLE TRIGGER USER, ENABLE REPLICA TRIGGER x, INHERIT base, NO INHERIT base2, OWNER TO bob, SET WITHOUT OIDS
    relation base, relation base2, relation remote_patients, role bob, trigger x
-- ALTER FUNCTION
ALTER FUNCTION s.f (IN a int, OUT b text, INOUT c int) CALLED ON NULL INPUT IMMUTABLE NOT LEAKPROOF EXTERNAL SECURITY DEFINER PARALLEL RESTRICTED COST 1 ROWS 10 SUPPORT s.support RESTRICT
    function s.f, function s.support, type pg_catalog.int4, type text
ALTER FUNCTION f RETURNS NULL ON NULL INPUT
    function f
ALTER FUNCTION f STRICT VOLATILE LEAKPROOF SECURITY INVOKER
    function f
ALTER FUNCTION f (int) SET work_mem = '1MB' RESET search_path
    function f, type pg_catalog.int4
ALTER FUNCTION f (int) SET search_path FROM CURRENT RESET ALL
    function f, type pg_catalog.int4
ALTER FUNCTION f (int) RENAME TO g
    function f, function g, type pg_catalog.int4
ALTER FUNCTION f (int) OWNER TO bob
    function f, role bob, type pg_catalog.int4
ALTER FUNCTION f (int) SET SCHEMA s
    function f, schema s, type pg_catalog.int4
ALTER FUNCTION f (int) NO DEPENDS ON EXTENSION hstore
    extension hstore, function f, type pg_catalog.int4
-- ALTER GROUP
ALTER GROUP staff ADD USER alice, bob
    role alice, role bob, role staff
ALTER GROUP staff DROP USER alice
    role alice, role staff
ALTER GROUP staff RENAME TO crew
    role crew, role staff
-- ALTER INDEX
ALTER INDEX IF EXISTS s.idx RENAME TO idx2
    relation idx2, relation s.idx
ALTER INDEX IF EXISTS idx SET TABLESPACE fast
    relation idx, tablespace fast
ALTER INDEX idx ATTACH PARTITION idx_1
    relation idx, relation idx_1
ALTER INDEX idx NO DEPENDS ON EXTENSION hstore
    extension hstore, relation idx
ALTER INDEX idx SET (fillfactor = 70, deduplicate_items = off)
    relation idx
ALTER INDEX idx RESET (fillfactor)
    relation idx
ALTER INDEX idx ALTER COLUMN 1 SET STATISTICS 100
    relation idx
ALTER INDEX ALL IN TABLESPACE slow OWNED BY alice, bob SET TABLESPACE fast NOWAIT
    role alice, role bob, tablespace fast, tablespace slow
-- ALTER LANGUAGE
ALTER PROCEDURAL LANGUAGE plx RENAME TO ply
    language plx, language ply
ALTER LANGUAGE plx OWNER TO bob
    language plx, role bob
-- ALTER LARGE OBJECT
ALTER LARGE OBJECT 12345 OWNER TO bob
    large object 12345, role bob
-- ALTER MATERIALIZED VIEW
ALTER MATERIALIZED VIEW IF EXISTS monthly ALTER COLUMN a SET STATISTICS 10, ALTER a SET (n_distinct = 5), ALTER a RESET (n_distinct), ALTER a SET STORAGE EXTERNAL, ALTER a SET COMPRESSION lz4, CLUSTER ON idx, SET WITHOUT CLUSTER, SET ACCESS METHOD heap, SET TABLESPACE fast, SET (fillfactor = 70), RESET (fillfactor), OWNER TO bob
    access method heap, relation idx, relation monthly, role bob, tablespace fast
ALTER MATERIALIZED VIEW monthly NO DEPENDS ON EXTENSION hstore
    extension hstore, relation monthly
ALTER MATERIALIZED VIEW IF EXISTS monthly RENAME COLUMN a TO b
    relation monthly
ALTER MATERIALIZED VIEW monthly RENAME TO yearly
    relation monthly, relation yearly
ALTER MATERIALIZED VIEW monthly SET SCHEMA s
    relation monthly, schema s
ALTER MATERIALIZED VIEW ALL IN TABLESPACE slow SET TABLESPACE fast
    tablespace fast, tablespace slow
-- ALTER OPERATOR
ALTER OPERATOR s.=== (int, int) OWNER TO bob
    operator s.===, role bob, type pg_catalog.int4
ALTER OPERATOR @ (NONE, int) SET SCHEMA s
    operator @, schema s, type pg_catalog.int4
ALTER OPERATOR === (int, int) SET (RESTRICT = NONE, JOIN = s.joinsel, COMMUTATOR = ===, NEGATOR = OPERATOR(s.!==), HASHES, MERGES)
    function s.joinsel, operator ===, schema s, type pg_catalog.int4
-- ALTER OPERATOR CLASS
ALTER OPERATOR CLASS oc USING btree RENAME TO oc2
    operator class oc, operator class oc2
ALTER OPERATOR CLASS oc USING btree OWNER TO bob
    operator class oc, role bob
ALTER OPERATOR CLASS oc USING btree SET SCHEMA s
    operator class oc, schema s
-- ALTER OPERATOR FAMILY
ALTER OPERATOR FAMILY opf USING btree ADD OPERATOR 1 < (int, int) FOR ORDER BY of2, FUNCTION 1 (int, int8) s.cmp (int, int8)
    function s.cmp, operator <, operator family of2, operator family opf, type int8, type pg_catalog.int4
ALTER OPERATOR FAMILY opf USING btree DROP OPERATOR 1 (int, int), FUNCTION 1 (int)
    operator family opf, type pg_catalog.int4
ALTER OPERATOR FAMILY opf USING btree RENAME TO of2
    operator family of2, operator family opf
ALTER OPERATOR FAMILY opf USING btree OWNER TO bob
    operator family opf, role bob
ALTER OPERATOR FAMILY opf USING btree SET SCHEMA s
    operator family opf, schema s
-- ALTER POLICY
ALTER POLICY p ON s.patients RENAME TO q
    policy p, policy q, relation s.patients
ALTER POLICY p ON patients TO bob, PUBLIC, CURRENT_ROLE USING (ward IN (SELECT ward FROM staff)) WITH CHECK (allowed(id))
    function allowed, policy p, relation patients, relation staff, role bob, role current_role, role public
-- ALTER PROCEDURE
ALTER PROCEDURE p (int, INOUT text) SECURITY DEFINER SET work_mem TO '1MB' RESTRICT
    function p, type pg_catalog.int4, type text
ALTER PROCEDURE p RENAME TO q
    function p, function q
ALTER PROCEDURE p OWNER TO bob
    function p, role bob
ALTER PROCEDURE p SET SCHEMA s
    function p, schema s
ALTER PROCEDURE p DEPENDS ON EXTENSION hstore
    extension hstore, function p
-- ALTER PUBLICATION
ALTER PUBLICATION pub ADD TABLE ONLY patients (id, name) WHERE (id > f(0)), visits *, TABLES IN SCHEMA s, CURRENT_SCHEMA
    function f, publication pub, relation patients, relation visits, schema current_schema, schema s
ALTER PUBLICATION pub SET TABLE patients, TABLES IN SCHEMA s
    publication pub, relation patients, schema s
ALTER PUBLICATION pub DROP TABLE patients, ONLY visits
    publication pub, relation patients, relation visits
ALTER PUBLICATION pub SET (publish = 'insert', publish_via_partition_root)
    publication pub
ALTER PUBLICATION pub OWNER TO bob
    publication pub, role bob
ALTER PUBLICATION pub RENAME TO pub2
    publication pub, publication pub2
-- ALTER ROLE
ALTER ROLE bob WITH SUPERUSER CREATEDB CREATEROLE INHERIT LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT 5 ENCRYPTED PASSWORD 'x' VALID UNTIL 'infinity'
    role bob
ALTER ROLE CURRENT_USER NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOLOGIN NOREPLICATION NOBYPASSRLS PASSWORD NULL
    role current_user
ALTER ROLE bob RENAME TO robert
    role bob, role robert
ALTER ROLE bob IN DATABASE ward SET work_mem = DEFAULT
    database ward, role bob
ALTER ROLE SESSION_USER SET work_mem FROM CURRENT
    role session_user
ALTER ROLE ALL IN DATABASE ward RESET work_mem
    database ward
ALTER ROLE bob RESET ALL
    role bob
-- ALTER ROUTINE
ALTER ROUTINE r (int) STABLE
    function r, type pg_catalog.int4
ALTER ROUTINE r RENAME TO r2
    function r, function r2
ALTER ROUTINE r OWNER TO bob
    function r, role bob
ALTER ROUTINE r SET SCHEMA s
    function r, schema s
ALTER ROUTINE r NO DEPENDS ON EXTENSION hstore
    extension hstore, function r
-- ALTER RULE
ALTER RULE ru ON patients RENAME TO ru2
    relation patients, rule ru, rule ru2
-- ALTER SCHEMA
ALTER SCHEMA s RENAME TO s2
    schema s, schema s2
ALTER SCHEMA s OWNER TO bob
    role bob, schema s
-- ALTER SEQUENCE
ALTER SEQUENCE IF EXISTS s.seq AS bigint INCREMENT BY -1 MINVALUE 1 MAXVALUE 100 START WITH 5 RESTART WITH 6 CACHE 2 NO CYCLE OWNED BY patients.id
    relation patients, relation s.seq, type pg_catalog.int8
ALTER SEQUENCE seq NO MINVALUE NO MAXVALUE RESTART
    relation seq
ALTER SEQUENCE seq SET LOGGED
    relation seq
ALTER SEQUENCE seq SET UNLOGGED
    relation seq
ALTER SEQUENCE seq OWNER TO bob
    relation seq, role bob
ALTER SEQUENCE IF EXISTS seq RENAME TO seq2
    relation seq, relation seq2
ALTER SEQUENCE seq SET SCHEMA s
    relation seq, schema s
-- ALTER SERVER
ALTER SERVER srv VERSION '2' OPTIONS (SET host 'x', ADD port '1', DROP dbname)
    server srv
ALTER SERVER srv VERSION NULL
    server srv
ALTER SERVER srv OWNER TO bob
    role bob, server srv
ALTER SERVER srv RENAME TO srv2
    server srv, server srv2
-- ALTER STATISTICS
ALTER STATISTICS st OWNER TO bob
    role bob, statistics st
ALTER STATISTICS st RENAME TO st2
    statistics st, statistics st2
ALTER STATISTICS st SET SCHEMA s
    schema s, statistics st
ALTER STATISTICS IF EXISTS s.st SET STATISTICS 100
    statistics s.st
ALTER STATISTICS st SET STATISTICS DEFAULT
    statistics st
-- ALTER SUBSCRIPTION
ALTER SUBSCRIPTION sub CONNECTION 'host=x'
    subscription sub
ALTER SUBSCRIPTION sub SET PUBLICATION a, b WITH (refresh = false)
    publication a, publication b, subscription sub
ALTER SUBSCRIPTION sub ADD PUBLICATION a
    publication a, subscription sub
ALTER SUBSCRIPTION sub DROP PUBLICATION a WITH (copy_data = false)
    publication a, subscription sub
ALTER SUBSCRIPTION sub REFRESH PUBLICATION
    subscription sub
ALTER SUBSCRIPTION sub ENABLE
    subscription sub
ALTER SUBSCRIPTION sub DISABLE
    subscription sub
ALTER SUBSCRIPTION sub SET (slot_name = NONE, synchronous_commit = off)
    subscription sub
ALTER SUBSCRIPTION sub SKIP (lsn = '0/1')
    subscription sub
ALTER SUBSCRIPTION sub SKIP (lsn = NONE)
    subscription sub
ALTER SUBSCRIPTION sub OWNER TO bob
    role bob, subscription sub
ALTER SUBSCRIPTION sub RENAME TO sub2
    subscription sub, subscription sub2
-- ALTER SYSTEM
ALTER SYSTEM SET work_mem TO '1MB', '2MB'
ALTER SYSTEM SET work_mem = DEFAULT
ALTER SYSTEM RESET work_mem
ALTER SYSTEM RESET ALL
-- ALTER TABLE
ALTER TABLE IF EXISTS ONLY s.patients RENAME COLUMN a TO b
    relation s.patients
ALTER TABLE patients * RENAME a TO b
    relation patients
ALTER TABLE patients RENAME CONSTRAINT c TO d
    constraint c, relation patients
ALTER TABLE IF EXISTS patients RENAME TO clients
    relation clients, relation patients
ALTER TABLE patients SET SCHEMA s
    relation patients, schema s
ALTER TABLE ALL IN TABLESPACE slow OWNED BY CURRENT_USER SET TABLESPACE fast
    role current_user, tablespace fast, tablespace slow
ALTER TABLE parent ATTACH PARTITION child DEFAULT
    relation child, relation parent
ALTER TABLE parent ATTACH PARTITION s.child FOR VALUES FROM (1, MINVALUE) TO (f(2), MAXVALUE)
    function f, relation parent, relation s.child
ALTER TABLE parent DETACH PARTITION child FINALIZE
    relation child, relation parent
ALTER TABLE patients ADD COLUMN IF NOT EXISTS a numeric(10, 2) COLLATE s.german CONSTRAINT c NOT NULL NO INHERIT, ADD b text NULL
    collation s.german, relation patients, type pg_catalog.numeric, type text
ALTER TABLE patients ADD a int GENERATED ALWAYS AS (b * factor(c)) VIRTUAL
    function factor, relation patients, type pg_catalog.int4
ALTER TABLE patients ADD a int GENERATED ALWAYS AS (b * 2), ADD d int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME s.seq2 START 5)
    relation patients, relation s.seq2, type pg_catalog.int4
ALTER TABLE patients DROP COLUMN IF EXISTS a RESTRICT, DROP b CASCADE
    relation patients
ALTER TABLE patients ALTER COLUMN a SET DATA TYPE s.mood COLLATE german USING to_mood(a), ALTER b TYPE int[] USING (SELECT array_agg(v) FROM vals), ALTER c TYPE timestamp(3) with time zone
    collation german, function array_agg, function to_mood, relation patients, relation vals, type pg_catalog.int4, type pg_catalog.timestamptz, type s.mood
ALTER TABLE patients ALTER a SET DEFAULT next_id(), ALTER a DROP DEFAULT, ALTER a SET NOT NULL, ALTER a DROP NOT NULL, ALTER a DROP EXPRESSION IF EXISTS, ALTER b SET EXPRESSION AS (double(c))
    function double, function next_id, relation patients
ALTER TABLE patients ALTER a ADD GENERATED ALWAYS AS IDENTITY (INCREMENT 2), ALTER a SET GENERATED BY DEFAULT SET START 5 SET INCREMENT BY 2 RESTART, ALTER a DROP IDENTITY IF EXISTS
    relation patients
ALTER TABLE patients ALTER a SET STATISTICS DEFAULT, ALTER a SET STATISTICS -1, ALTER a SET (n_distinct = -0.5), ALTER a RESET (n_distinct), ALTER a SET STORAGE DEFAULT, ALTER a SET COMPRESSION DEFAULT
    relation patients
ALTER TABLE patients ADD CONSTRAINT c CHECK (a > limit_of(b)) NO INHERIT NOT VALID, ADD UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (fillfactor = 70) USING INDEX TABLESPACE fast, ADD PRIMARY KEY (a), ADD EXCLUDE USING gist (a WITH =, f(b) WITH s.&&) WHERE (c IS NULL), ADD FOREIGN KEY (a) REFERENCES s.visits (b) MATCH SIMPLE ON DELETE SET DEFAULT (a) ON UPDATE NO ACTION DEFERRABLE INITIALLY IMMEDIATE
    constraint c, function f, function limit_of, relation patients, relation s.visits, tablespace fast
ALTER TABLE patients ADD CONSTRAINT c NOT NULL a NO INHERIT NOT VALID
    constraint c, relation patients
ALTER TABLE patients ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED, ADD CONSTRAINT d FOREIGN KEY (a) REFERENCES visits NOT ENFORCED
    constraint c, constraint d, relation patients, relation visits
ALTER TABLE patients ADD CONSTRAINT c UNIQUE USING INDEX idx DEFERRABLE, ADD PRIMARY KEY USING INDEX idx2
    constraint c, relation idx, relation idx2, relation patients
ALTER TABLE patients ALTER CONSTRAINT c DEFERRABLE INITIALLY DEFERRED, ALTER CONSTRAINT d NOT DEFERRABLE
    constraint c, constraint d, relation patients
ALTER TABLE patients ALTER CONSTRAINT c ENFORCED, ALTER CONSTRAINT d NOT ENFORCED
    constraint c, constraint d, relation patients
ALTER TABLE patients ALTER CONSTRAINT c INHERIT, ALTER CONSTRAINT d NO INHERIT
    constraint c, constraint d, relation patients
ALTER TABLE patients VALIDATE CONSTRAINT c, DROP CONSTRAINT IF EXISTS d CASCADE
    constraint c, constraint d, relation patients
ALTER TABLE patients DISABLE TRIGGER x, ENABLE TRIGGER USER, ENABLE REPLICA TRIGGER y, ENABLE ALWAYS TRIGGER z, DISABLE RULE r, ENABLE RULE r, ENABLE REPLICA RULE r, ENABLE ALWAYS RULE r
    relation patients, rule r, trigger x, trigger y, trigger z
ALTER TABLE patients DISABLE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY
    relation patients
ALTER TABLE patients CLUSTER ON idx, SET WITHOUT CLUSTER, SET WITHOUT OIDS, SET ACCESS METHOD DEFAULT, SET TABLESPACE fast, SET LOGGED, SET UNLOGGED
    relation idx, relation patients, tablespace fast
ALTER TABLE patients SET (fillfactor = 70, toast.autovacuum_enabled = false), RESET (fillfactor, toast.autovacuum_enabled), INHERIT s.base, NO INHERIT base2, OF s.person, NOT OF, OWNER TO bob
    relation base2, relation patients, relation s.base, role bob, type s.person
ALTER TABLE patients REPLICA IDENTITY USING INDEX idx, REPLICA IDENTITY FULL, REPLICA IDENTITY NOTHING, REPLICA IDENTITY DEFAULT
    relation idx, relation patients
ALTER TABLE bookings ADD PRIMARY KEY (room, during WITHOUT OVERLAPS), ADD FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD open)
    relation bookings, relation rooms
-- ALTER TABLESPACE
ALTER TABLESPACE fast RENAME TO faster
    tablespace fast, tablespace faster
ALTER TABLESPACE fast OWNER TO bob
    role bob, tablespace fast
ALTER TABLESPACE fast SET (seq_page_cost = 1.5)
    tablespace fast
ALTER TABLESPACE fast RESET (seq_page_cost)
    tablespace fast
-- ALTER TEXT SEARCH CONFIGURATION
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word, asciiword WITH s.dict, dict2
    text search configuration c, text search dictionary dict2, text search dictionary s.dict
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH dict
    text search configuration c, text search dictionary dict
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING REPLACE dict WITH dict2
    text search configuration c, text search dictionary dict, text search dictionary dict2
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word REPLACE dict WITH dict2
    text search configuration c, text search dictionary dict, text search dictionary dict2
ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING IF EXISTS FOR word
    text search configuration c
ALTER TEXT SEARCH CONFIGURATION c RENAME TO d
    text search configuration c, text search configuration d
ALTER TEXT SEARCH CONFIGURATION c OWNER TO bob
    role bob, text search configuration c
ALTER TEXT SEARCH CONFIGURATION c SET SCHEMA s
    schema s, text search configuration c
-- ALTER TEXT SEARCH DICTIONARY, PARSER, TEMPLATE
ALTER TEXT SEARCH DICTIONARY d (stopwords = newrussian, language)
    text search dictionary d
ALTER TEXT SEARCH DICTIONARY d RENAME TO e
    text search dictionary d, text search dictionary e
ALTER TEXT SEARCH DICTIONARY d OWNER TO bob
    role bob, text search dictionary d
ALTER TEXT SEARCH DICTIONARY d SET SCHEMA s
    schema s, text search dictionary d
ALTER TEXT SEARCH PARSER p RENAME TO q
    text search parser p, text search parser q
ALTER TEXT SEARCH PARSER p SET SCHEMA s
    schema s, text search parser p
ALTER TEXT SEARCH TEMPLATE t RENAME TO u
    text search template t, text search template u
ALTER TEXT SEARCH TEMPLATE t SET SCHEMA s
    schema s, text search template t
-- ALTER TRIGGER
ALTER TRIGGER tr ON s.patients RENAME TO tr2
    relation s.patients, trigger tr, trigger tr2
ALTER TRIGGER tr ON patients NO DEPENDS ON EXTENSION hstore
    extension hstore, relation patients, trigger tr
-- ALTER TYPE
ALTER TYPE s.mood OWNER TO bob
    role bob, type s.mood
ALTER TYPE mood RENAME TO feeling
    type feeling, type mood
ALTER TYPE mood SET SCHEMA s
    schema s, type mood
ALTER TYPE person RENAME ATTRIBUTE a TO b CASCADE
    type person
ALTER TYPE person ADD ATTRIBUTE a text COLLATE german, DROP ATTRIBUTE IF EXISTS b RESTRICT, ALTER ATTRIBUTE c SET DATA TYPE int COLLATE x CASCADE
    collation german, collation x, type person, type pg_catalog.int4, type text
ALTER TYPE mood ADD VALUE 'meh' AFTER 'sad'
    type mood
ALTER TYPE mood RENAME VALUE 'meh' TO 'so-so'
    type mood
ALTER TYPE mood SET (RECEIVE = s.recv, STORAGE = plain)
    function s.recv, type mood
-- ALTER USER
ALTER USER bob WITH VALID UNTIL 'tomorrow'
    role bob
ALTER USER bob RENAME TO robert
    role bob, role robert
ALTER USER ALL SET work_mem = 1
ALTER USER bob IN DATABASE ward RESET ALL
    database ward, role bob
-- ALTER USER MAPPING
ALTER USER MAPPING FOR CURRENT_ROLE SERVER srv OPTIONS (SET user 'x')
    role current_role, server srv
ALTER USER MAPPING FOR PUBLIC SERVER srv OPTIONS (DROP password)
    role public, server srv
-- ALTER VIEW
ALTER VIEW IF EXISTS s.v ALTER COLUMN a SET DEFAULT now()
    function now, relation s.v
ALTER VIEW v ALTER a DROP DEFAULT
    relation v
ALTER VIEW v OWNER TO bob
    relation v, role bob
ALTER VIEW v RENAME COLUMN a TO b
    relation v
ALTER VIEW IF EXISTS v RENAME TO w
    relation v, relation w
ALTER VIEW v SET SCHEMA s
    relation v, schema s
ALTER VIEW v SET (check_option = local, security_invoker)
    relation v
ALTER VIEW v RESET (security_barrier)
    relation v
-- ANALYZE
ANALYZE
ANALYZE VERBOSE
ANALYZE (VERBOSE, SKIP_LOCKED on, BUFFER_USAGE_LIMIT '1MB') s.patients (id, name), visits
    relation s.patients, relation visits
ANALYZE ONLY patients
    relation patients
ANALYSE patients
    relation patients
-- BEGIN
BEGIN WORK ISOLATION LEVEL REPEATABLE READ, READ WRITE, DEFERRABLE
BEGIN TRANSACTION ISOLATION LEVEL READ UNCOMMITTED
-- CALL
CALL s.p ()
    function s.p
CALL p (1, b => f(2), c := (SELECT max(id) FROM patients))
    function f, function max, function p, relation patients
CALL p (VARIADIC ARRAY[1, 2])
    function p
-- CHECKPOINT
CHECKPOINT
-- CLOSE
CLOSE cur
CLOSE ALL
-- CLUSTER
CLUSTER
CLUSTER (VERBOSE)
CLUSTER VERBOSE
CLUSTER (VERBOSE false) patients USING idx
    relation patients
CLUSTER VERBOSE patients USING idx
    relation patients
CLUSTER idx ON patients
    relation patients
-- COMMENT
COMMENT ON ACCESS METHOD am IS 'x'
    access method am
COMMENT ON AGGREGATE total (int ORDER BY text) IS 'x'
    function total, type pg_catalog.int4, type text
COMMENT ON CAST (int AS text) IS 'x'
    type pg_catalog.int4, type text
COMMENT ON COLLATION german IS 'x'
    collation german
COMMENT ON COLUMN s.patients.ssn IS U&'\0061'
    relation s.patients
COMMENT ON CONSTRAINT c ON patients IS 'x'
    constraint c, relation patients
COMMENT ON CONSTRAINT c ON DOMAIN zip IS 'x'
    constraint c, type zip
COMMENT ON CONVERSION conv IS 'x'
    conversion conv
COMMENT ON DATABASE ward IS 'x'
    database ward
COMMENT ON DOMAIN zip IS 'x'
    type zip
COMMENT ON EXTENSION hstore IS 'x'
    extension hstore
COMMENT ON EVENT TRIGGER et IS 'x'
    event trigger et
COMMENT ON FOREIGN DATA WRAPPER fdw IS 'x'
    foreign data wrapper fdw
COMMENT ON FOREIGN TABLE remote_patients IS 'x'
    relation remote_patients
COMMENT ON FUNCTION s.f (int, OUT text) IS 'x'
    function s.f, type pg_catalog.int4, type text
COMMENT ON INDEX idx IS NULL
    relation idx
COMMENT ON LARGE OBJECT 1 IS 'x'
    large object 1
COMMENT ON MATERIALIZED VIEW monthly IS 'x'
    relation monthly
COMMENT ON OPERATOR s.=== (int, NONE) IS 'x'
    operator s.===, type pg_catalog.int4
COMMENT ON OPERATOR CLASS oc USING btree IS 'x'
    operator class oc
COMMENT ON OPERATOR FAMILY opf USING btree IS 'x'
    operator family opf
COMMENT ON POLICY p ON patients IS 'x'
    policy p, relation patients
COMMENT ON PROCEDURAL LANGUAGE plx IS 'x'
    language plx
COMMENT ON PROCEDURE p (int) IS 'x'
    function p, type pg_catalog.int4
COMMENT ON PUBLICATION pub IS 'x'
    publication pub
COMMENT ON ROLE bob IS 'x'
    role bob
COMMENT ON ROUTINE r IS 'x'
    function r
COMMENT ON RULE ru ON patients IS 'x'
    relation patients, rule ru
COMMENT ON SCHEMA s IS 'x'
    schema s
COMMENT ON SEQUENCE seq IS 'x'
    relation seq
COMMENT ON SERVER srv IS 'x'
    server srv
COMMENT ON STATISTICS st IS 'x'
    statistics st
COMMENT ON SUBSCRIPTION sub IS 'x'
    subscription sub
COMMENT ON TABLE patients IS 'x'
    relation patients
COMMENT ON TABLESPACE fast IS 'x'
    tablespace fast
COMMENT ON TEXT SEARCH CONFIGURATION c IS 'x'
    text search configuration c
COMMENT ON TEXT SEARCH DICTIONARY d IS 'x'
    text search dictionary d
COMMENT ON TEXT SEARCH PARSER p IS 'x'
    text search parser p
COMMENT ON TEXT SEARCH TEMPLATE t IS 'x'
    text search template t
COMMENT ON TRANSFORM FOR hstore LANGUAGE plpython3u IS 'x'
    language plpython3u, type hstore
COMMENT ON TRIGGER tr ON patients IS 'x'
    relation patients, trigger tr
COMMENT ON TYPE mood IS 'x'
    type mood
COMMENT ON VIEW v IS 'x'
    relation v
-- COMMIT, COMMIT PREPARED
COMMIT
COMMIT WORK AND NO CHAIN
COMMIT PREPARED 'x'
-- COPY
COPY s.patients (id, name) FROM '/tmp/x' WITH (FORMAT binary, FREEZE, ENCODING 'UTF8')
    relation s.patients
COPY patients FROM PROGRAM 'cat' (DELIMITER ',', NULL 'n', DEFAULT 'd', HEADER, QUOTE '"', ESCAPE '\', FORCE_NOT_NULL (a, b), FORCE_NULL *, FORMAT csv)
    relation patients
COPY patients FROM STDIN (ON_ERROR ignore, REJECT_LIMIT 10, LOG_VERBOSITY silent) WHERE id > lowest() AND ward IN (SELECT ward FROM wards)
    function lowest, relation patients, relation wards
COPY patients TO STDOUT (FORMAT text, FORCE_QUOTE (a), HEADER false)
    relation patients
COPY (SELECT p.ssn FROM patients p JOIN visits v USING (id)) TO PROGRAM 'cat' WITH (FORMAT csv)
    relation patients, relation visits
COPY (VALUES (1), (2)) TO STDOUT
COPY (TABLE patients) TO STDOUT
    relation patients
COPY (INSERT INTO log SELECT * FROM patients RETURNING id) TO STDOUT
    relation log, relation patients
COPY (UPDATE patients SET a = f(b) RETURNING *) TO STDOUT
    function f, relation patients
COPY (MERGE INTO patients USING visits ON true WHEN MATCHED THEN DELETE RETURNING *) TO STDOUT
    relation patients, relation visits
COPY (WITH w AS (SELECT * FROM patients) SELECT * FROM w) TO '/tmp/x'
    relation patients
COPY patients FROM STDIN DELIMITERS ',' WITH NULL AS 'x'
    relation patients
COPY patients TO STDOUT BINARY
    relation patients
COPY patients FROM STDIN WITH DELIMITER AS ',' CSV HEADER QUOTE AS 'q' ESCAPE 'e' FORCE NULL a, b ENCODING 'UTF8'
    relation patients
COPY patients FROM STDIN FREEZE
    relation patients
-- CREATE ACCESS METHOD
CREATE ACCESS METHOD am TYPE TABLE HANDLER s.h
    access method am, function s.h
-- CREATE AGGREGATE
CREATE OR REPLACE AGGREGATE s.total (IN a int) (SFUNC = s.add, STYPE = numeric, SSPACE = 8, FINALFUNC = fin, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_ONLY, COMBINEFUNC = comb, SERIALFUNC = ser, DESERIALFUNC = deser, INITCOND = '0', MSFUNC = madd, MINVFUNC = minv, MSTYPE = internal, MSSPACE = 1, MFINALFUNC = mfin, MFINALFUNC_EXTRA, MINITCOND = '0', SORTOP = <, PARALLEL = SAFE)
    function comb, function deser, function fin, function madd, function mfin, function minv, function s.add, function s.total, function ser, type internal, type pg_catalog.int4, type pg_catalog.numeric
CREATE AGGREGATE pct (float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, HYPOTHETICAL)
    function ordered_set_transition, function pct, type anyelement, type float8, type internal
CREATE AGGREGATE cnt (*) (SFUNC = int8inc, STYPE = int8)
    function cnt, function int8inc, type int8
CREATE AGGREGATE old_total (BASETYPE = int, SFUNC = int4pl, STYPE = int4)
    function int4pl, function old_total, type int4, type pg_catalog.int4
-- CREATE CAST
CREATE CAST (s.mood AS text) WITH FUNCTION s.mood_text (s.mood, int, boolean) AS ASSIGNMENT
    function s.mood_text, type pg_catalog.bool, type pg_catalog.int4, type s.mood, type text
CREATE CAST (mood AS text) WITHOUT FUNCTION
    type mood, type text
CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT
    type mood, type text
-- CREATE COLLATION
CREATE COLLATION IF NOT EXISTS s.german (LOCALE = 'de', LC_COLLATE = 'de', LC_CTYPE = 'de', PROVIDER = icu, DETERMINISTIC = false, RULES = '&a < b', VERSION = '1')
    collation s.german
CREATE COLLATION german FROM s."de_DE"
    collation german, collation s.de_DE
-- CREATE CONVERSION
CREATE DEFAULT CONVERSION s.conv FOR 'UTF8' TO 'LATIN1' FROM s.utf8_to_latin1
    conversion s.conv, function s.utf8_to_latin1
-- CREATE DATABASE
CREATE DATABASE ward
    database ward
CREATE DATABASE ward WITH OWNER bob TEMPLATE = template0 ENCODING UTF8 STRATEGY = wal_log LOCALE 'C' LC_COLLATE 'C' LC_CTYPE = 'C' ICU_LOCALE 'de' LOCALE_PROVIDER icu COLLATION_VERSION '1' TABLESPACE DEFAULT ALLOW_CONNECTIONS true CONNECTION LIMIT = 5 IS_TEMPLATE false OID 20000
    database template0, database ward, role bob
-- CREATE DOMAIN
CREATE DOMAIN s.zip text COLLATE german CONSTRAINT c1 NOT NULL CONSTRAINT c2 CHECK (char_length(VALUE) = 5 AND VALUE IN (SELECT z FROM zips)) DEFAULT lpad('', 5)
    collation german, function char_length, function lpad, relation zips, type s.zip, type text
CREATE DOMAIN zip AS varchar(5) NULL
    type pg_catalog.varchar, type zip
CREATE DOMAIN zips AS s.zip[]
    type s.zip, type zips
-- CREATE EVENT TRIGGER
CREATE EVENT TRIGGER et ON login EXECUTE FUNCTION s.on_login ()
    event trigger et, function s.on_login
CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') AND x IN ('y') EXECUTE PROCEDURE f ()
    event trigger et, function f
-- CREATE EXTENSION
CREATE EXTENSION hstore
    extension hstore
CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA s VERSION v1 CASCADE
    extension hstore, schema s
-- CREATE FOREIGN DATA WRAPPER
CREATE FOREIGN DATA WRAPPER fdw HANDLER s.h VALIDATOR v OPTIONS (debug 'true')
    foreign data wrapper fdw, function s.h, function v
CREATE FOREIGN DATA WRAPPER fdw NO HANDLER NO VALIDATOR
    foreign data wrapper fdw
-- CREATE FOREIGN TABLE
CREATE FOREIGN TABLE IF NOT EXISTS s.remote_patients (id int OPTIONS (a 'b') NOT NULL COLLATE german DEFAULT f(1), g int GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT c CHECK (id > 0) NO INHERIT) INHERITS (base) SERVER srv OPTIONS (schema_name 'x')
    collation german, constraint c, function f, relation base, relation s.remote_patients, server srv, type pg_catalog.int4
CREATE FOREIGN TABLE part PARTITION OF parent (id WITH OPTIONS DEFAULT 1) FOR VALUES IN ('a', NULL) SERVER srv
    relation parent, relation part, server srv
CREATE FOREIGN TABLE part PARTITION OF parent DEFAULT SERVER srv OPTIONS (x 'y')
    relation parent, relation part, server srv
CREATE FOREIGN TABLE ft (LIKE patients INCLUDING DEFAULTS) SERVER srv
    relation ft, relation patients, server srv
-- CREATE FUNCTION
CREATE OR REPLACE FUNCTION s.f (IN a int = 1, b s.mood DEFAULT first_mood(), INOUT c text[], VARIADIC d int ARRAY) RETURNS record LANGUAGE plpgsql TRANSFORM FOR TYPE hstore, FOR TYPE ltree WINDOW IMMUTABLE NOT LEAKPROOF CALLED ON NULL INPUT EXTERNAL SECURITY INVOKER PARALLEL UNSAFE COST 10 ROWS 100 SUPPORT s.support SET search_path FROM CURRENT SET work_mem TO '1MB' AS 'body'
    function first_mood, function s.f, function s.support, type hstore, type ltree, type pg_catalog.int4, type record, type s.mood, type text
CREATE FUNCTION f () RETURNS SETOF s.patients LANGUAGE sql AS 'SELECT 1'
    function f, type s.patients
CREATE FUNCTION f () RETURNS SETOF patients.ssn%TYPE LANGUAGE sql AS 'SELECT 1'
    function f, relation patients
CREATE FUNCTION f (a int) RETURNS TABLE (b mood, c numeric(5, 2)) LANGUAGE sql BEGIN ATOMIC SELECT m, n FROM moods WHERE x = f.a; END
    function f, relation moods, type mood, type pg_catalog.int4, type pg_catalog.numeric
CREATE FUNCTION f () RETURNS void LANGUAGE sql BEGIN ATOMIC WITH w AS (DELETE FROM visits RETURNING *) INSERT INTO log SELECT * FROM w; UPDATE patients SET a = g(b); MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE; VALUES (h(1)); TABLE wards; END
    function f, function g, function h, relation log, relation patients, relation t, relation u, relation visits, relation wards, type void
CREATE FUNCTION f () RETURNS int LANGUAGE sql BEGIN ATOMIC END
    function f, type pg_catalog.int4
CREATE FUNCTION f () RETURNS int RETURN (SELECT max(id) FROM patients)
    function f, function max, relation patients, type pg_catalog.int4
CREATE FUNCTION f () RETURNS trigger AS $$ BEGIN END $$ LANGUAGE 'plpgsql'
    function f, type trigger
-- CREATE GROUP
CREATE GROUP staff WITH USER alice, bob SYSID 5 ADMIN carol
    role alice, role bob, role carol, role staff
-- CREATE INDEX
CREATE INDEX IF NOT EXISTS idx ON s.patients USING gin (name s.ops (siglen = 32) ASC NULLS FIRST, lower(ssn) COLLATE german, (f(a) + 1) DESC) INCLUDE (b, c) NULLS DISTINCT WITH (fastupdate = off) TABLESPACE fast WHERE g(d) AND e > 0
    access method gin, collation german, function f, function g, function lower, operator class s.ops, relation idx, relation s.patients, tablespace fast
CREATE UNIQUE INDEX CONCURRENTLY ON ONLY patients (id)
    relation patients
-- CREATE LANGUAGE
CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plx HANDLER s.h INLINE s.i VALIDATOR s.v
    function s.h, function s.i, function s.v, language plx
CREATE LANGUAGE plx HANDLER h NO VALIDATOR
    function h, language plx
CREATE LANGUAGE plx
    language plx
-- CREATE MATERIALIZED VIEW
CREATE MATERIALIZED VIEW IF NOT EXISTS s.monthly (a, b) USING heap WITH (fillfactor = 70) TABLESPACE fast AS SELECT date_trunc('month', d), count(*) FROM visits GROUP BY 1 WITH DATA
    function count, function date_trunc, relation s.monthly, relation visits
CREATE UNLOGGED MATERIALIZED VIEW m AS TABLE patients
    relation m, relation patients
CREATE MATERIALIZED VIEW m AS VALUES (f(1))
    function f, relation m
-- CREATE OPERATOR
CREATE OPERATOR s.=== (FUNCTION = s.eq, LEFTARG = box, RIGHTARG = s.mood, COMMUTATOR = ===, NEGATOR = OPERATOR(s.!==), RESTRICT = area_sel, JOIN = area_join, HASHES, MERGES)
    function area_join, function area_sel, function s.eq, operator s.===, schema s, type box, type s.mood
CREATE OPERATOR @@@ (PROCEDURE = p, RIGHTARG = int[])
    function p, operator @@@, type pg_catalog.int4
-- CREATE OPERATOR CLASS
CREATE OPERATOR CLASS s.oc DEFAULT FOR TYPE s.mood USING btree FAMILY s.opf AS OPERATOR 1 < (mood, mood) FOR SEARCH, OPERATOR 2 s.<= FOR ORDER BY s.float_ops, FUNCTION 1 (mood, mood) s.cmp (mood, mood), FUNCTION 2 sortsupport (internal), STORAGE text
    access method btree, function s.cmp, function sortsupport, operator <, operator class s.oc, operator family s.float_ops, operator family s.opf, operator s.<=, type internal, type mood, type s.mood, type text
-- CREATE OPERATOR FAMILY
CREATE OPERATOR FAMILY s.opf USING btree
    access method btree, operator family s.opf
-- CREATE POLICY
CREATE POLICY p ON s.patients
    policy p, relation s.patients
CREATE POLICY p ON patients AS PERMISSIVE FOR ALL TO PUBLIC USING (f(a))
    function f, policy p, relation patients, role public
CREATE POLICY p ON patients FOR INSERT TO bob, CURRENT_ROLE, SESSION_USER WITH CHECK (EXISTS (SELECT 1 FROM staff))
    policy p, relation patients, relation staff, role bob, role current_role, role session_user
CREATE POLICY p ON patients FOR DELETE USING (true)
    policy p, relation patients
-- CREATE PROCEDURE
CREATE OR REPLACE PROCEDURE s.p (IN a int, INOUT b text DEFAULT f(1)) LANGUAGE sql TRANSFORM FOR TYPE hstore SECURITY DEFINER SET work_mem = '1MB' AS 'x', 'y'
    function f, function s.p, type hstore, type pg_catalog.int4, type text
CREATE PROCEDURE p () LANGUAGE sql BEGIN ATOMIC INSERT INTO visits SELECT * FROM patients; DELETE FROM log; END
    function p, relation log, relation patients, relation visits
-- CREATE PUBLICATION
CREATE PUBLICATION pub
    publication pub
CREATE PUBLICATION pub FOR ALL TABLES WITH (publish = 'insert, update')
    publication pub
CREATE PUBLICATION pub FOR TABLE ONLY s.patients (id), visits *, ONLY (wards) WHERE (f(a)), TABLES IN SCHEMA s, CURRENT_SCHEMA WITH (publish_generated_columns = stored)
    function f, publication pub, relation s.patients, relation visits, relation wards, schema current_schema, schema s
CREATE PUBLICATION pub FOR TABLES IN SCHEMA s
    publication pub, schema s
-- CREATE ROLE
CREATE ROLE bob
    role bob
CREATE ROLE bob WITH SUPERUSER NOCREATEDB CREATEROLE NOINHERIT LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT -1 PASSWORD 'x' VALID UNTIL 'x' IN ROLE a, b ROLE c, d ADMIN e
    role a, role b, role bob, role c, role d, role e
CREATE ROLE bob IN GROUP a USER b SYSID 1 PASSWORD NULL
    role a, role b, role bob
-- CREATE RULE
CREATE OR REPLACE RULE ru AS ON SELECT TO s.v DO INSTEAD SELECT * FROM patients
    relation patients, relation s.v, rule ru
CREATE RULE ru AS ON UPDATE TO v WHERE OLD.a <> f(NEW.a) DO ALSO (UPDATE patients SET a = NEW.a; INSERT INTO log VALUES (g(1)); DELETE FROM visits; NOTIFY ch; SELECT 1 FROM wards)
    function f, function g, relation log, relation patients, relation v, relation visits, relation wards, rule ru
CREATE RULE ru AS ON INSERT TO v DO NOTHING
    relation v, rule ru
-- CREATE SCHEMA
CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION bob
    role bob, schema s
CREATE SCHEMA AUTHORIZATION CURRENT_USER
    role current_user
CREATE SCHEMA s CREATE TABLE t (a int REFERENCES u) CREATE VIEW v AS SELECT f(a) FROM t CREATE INDEX ON t (g(a)) CREATE SEQUENCE seq CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION h() GRANT SELECT ON t TO bob
    function f, function g, function h, relation seq, relation t, relation u, relation v, role bob, schema s, trigger tr, type pg_catalog.int4
-- CREATE SEQUENCE
CREATE SEQUENCE seq
    relation seq
CREATE TEMP SEQUENCE IF NOT EXISTS seq AS smallint INCREMENT 2 MINVALUE -5 MAXVALUE 5 START WITH 1 CACHE 3 CYCLE OWNED BY s.patients.id
    relation pg_temp.seq, relation s.patients, type pg_catalog.int2
CREATE UNLOGGED SEQUENCE s.seq NO MINVALUE NO MAXVALUE NO CYCLE OWNED BY NONE
    relation s.seq
-- CREATE SERVER
CREATE SERVER IF NOT EXISTS srv TYPE 't' VERSION 'v' FOREIGN DATA WRAPPER fdw OPTIONS (host 'x')
    foreign data wrapper fdw, server srv
-- CREATE STATISTICS
CREATE STATISTICS ON lower(a) FROM patients
    function lower, relation patients
CREATE STATISTICS ON a, b FROM patients
    relation patients
CREATE STATISTICS IF NOT EXISTS s.st (ndistinct, dependencies, mcv) ON a, (b + f(c)), lower(d) FROM s.patients
    function f, function lower, relation s.patients, statistics s.st
-- CREATE SUBSCRIPTION
CREATE SUBSCRIPTION sub CONNECTION 'host=x' PUBLICATION a, b WITH (copy_data = false, slot_name = NONE, streaming = parallel)
    publication a, publication b, subscription sub
-- CREATE TABLE
CREATE TABLE IF NOT EXISTS s.patients ()
    relation s.patients
CREATE GLOBAL TEMPORARY TABLE t (a int) WITHOUT OIDS ON COMMIT PRESERVE ROWS
    relation pg_temp.t, type pg_catalog.int4
CREATE LOCAL TEMP TABLE t (a int) ON COMMIT DROP
    relation pg_temp.t, type pg_catalog.int4
CREATE UNLOGGED TABLE t (a int STORAGE EXTENDED COMPRESSION pglz COLLATE german)
    collation german, relation t, type pg_catalog.int4
CREATE TABLE t (a int CONSTRAINT c1 NOT NULL NO INHERIT, b int NULL, c int CHECK (c > f(1)) NO INHERIT, d int DEFAULT g(2), e int GENERATED ALWAYS AS (h(a)) STORED, i int GENERATED BY DEFAULT AS IDENTITY, j int UNIQUE NULLS DISTINCT WITH (fillfactor = 70) USING INDEX TABLESPACE fast, k int PRIMARY KEY, l int REFERENCES s.other (id) MATCH SIMPLE ON DELETE RESTRICT ON UPDATE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE)
    function f, function g, function h, relation s.other, relation t, tablespace fast, type pg_catalog.int4
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (twice(a)), c int GENERATED ALWAYS AS (a + 1) VIRTUAL)
    function twice, relation t, type pg_catalog.int4
CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED, b int REFERENCES other NOT ENFORCED, c int CHECK (c > 0) ENFORCED, CONSTRAINT n NOT NULL a)
    constraint n, relation other, relation t, type pg_catalog.int4
CREATE TABLE t (CONSTRAINT c1 CHECK (a > f(1)) NO INHERIT NOT VALID, UNIQUE (a, b) INCLUDE (c) USING INDEX TABLESPACE fast DEFERRABLE, PRIMARY KEY (a) INCLUDE (b), EXCLUDE (a WITH <>), EXCLUDE USING gist (f(b) ops DESC NULLS LAST WITH OPERATOR(s.&&), (c || d) COLLATE german WITH =) INCLUDE (e) WITH (x = 1) USING INDEX TABLESPACE fast WHERE (g(a)) INITIALLY DEFERRED, FOREIGN KEY (a) REFERENCES other ON DELETE SET NULL (a) ON UPDATE CASCADE)
    collation german, constraint c1, function f, function g, operator class ops, relation other, relation t, tablespace fast
CREATE TABLE t (room int, during tsrange, PRIMARY KEY (room, during WITHOUT OVERLAPS), UNIQUE (a, b WITHOUT OVERLAPS), FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD open))
    relation rooms, relation t, type pg_catalog.int4, type tsrange
CREATE TABLE t (LIKE s.patients INCLUDING COMMENTS INCLUDING COMPRESSION INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY EXCLUDING INDEXES INCLUDING STATISTICS INCLUDING STORAGE INCLUDING ALL, LIKE visits) INHERITS (s.base, base2)
    relation base2, relation s.base, relation s.patients, relation t, relation visits
CREATE TABLE t (a int) PARTITION BY LIST (lower(b) COLLATE german s.ops) USING heap WITH (fillfactor = 70) TABLESPACE fast
    access method heap, collation german, function lower, operator class s.ops, relation t, tablespace fast, type pg_catalog.int4
CREATE TABLE t (a int) PARTITION BY HASH (a, (f(b)))
    function f, relation t, type pg_catalog.int4
CREATE TABLE t OF s.person (a WITH OPTIONS PRIMARY KEY, b NOT NULL, CHECK (f(a))) PARTITION BY RANGE (a) ON COMMIT DROP
    function f, relation t, type s.person
CREATE TABLE t OF person
    relation t, type person
CREATE TABLE t PARTITION OF s.parent (a DEFAULT f(1), CONSTRAINT c CHECK (a > 0)) FOR VALUES FROM ('a', MINVALUE, now()) TO (MAXVALUE, 2, g(3)) PARTITION BY HASH (a)
    constraint c, function f, function g, function now, relation s.parent, relation t
CREATE TABLE t PARTITION OF parent FOR VALUES IN (1, NULL, f(2) + 1)
    function f, relation parent, relation t
CREATE TABLE t PARTITION OF parent FOR VALUES WITH (MODULUS 4, REMAINDER 0) TABLESPACE fast
    relation parent, relation t, tablespace fast
-- CREATE TABLE AS
CREATE TABLE IF NOT EXISTS s.t (a, b) USING heap WITH (fillfactor = 70) ON COMMIT DROP TABLESPACE fast AS SELECT f(a), b FROM patients WITH DATA
    function f, relation patients, relation s.t
CREATE UNLOGGED TABLE t AS TABLE patients
    relation patients, relation t
CREATE TABLE t AS VALUES (f(1))
    function f, relation t
CREATE TABLE t WITHOUT OIDS AS WITH w AS (SELECT * FROM visits) SELECT * FROM w WITH NO DATA
    relation t, relation visits
CREATE TABLE t AS EXECUTE q (1, f(2)) WITH NO DATA
    function f, relation t
-- CREATE TABLESPACE
CREATE TABLESPACE fast OWNER CURRENT_USER LOCATION '/x' WITH (random_page_cost = 1.1)
    role current_user, tablespace fast
-- CREATE TEXT SEARCH
CREATE TEXT SEARCH CONFIGURATION s.c (PARSER = s.p)
    text search configuration s.c
CREATE TEXT SEARCH CONFIGURATION c (COPY = s.d)
    text search configuration c
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = s.t, x = y, z = 'w')
    text search dictionary d
CREATE TEXT SEARCH PARSER p (START = s.st, GETTOKEN = gt, END = en, LEXTYPES = lt, HEADLINE = hl)
    function en, function gt, function hl, function lt, function s.st, text search parser p
CREATE TEXT SEARCH TEMPLATE t (INIT = s.i, LEXIZE = l)
    function l, function s.i, text search template t
-- CREATE TRANSFORM
CREATE OR REPLACE TRANSFORM FOR s.hstore LANGUAGE plx (FROM SQL WITH FUNCTION s.a (internal), TO SQL WITH FUNCTION b (internal))
    function b, function s.a, language plx, type internal, type s.hstore
CREATE TRANSFORM FOR hstore LANGUAGE plx (TO SQL WITH FUNCTION b (internal))
    function b, language plx, type hstore, type internal
-- CREATE TRIGGER
CREATE OR REPLACE TRIGGER tr AFTER UPDATE OF a, b OR TRUNCATE ON s.patients REFERENCING OLD TABLE AS o NEW TABLE n FOR STATEMENT EXECUTE FUNCTION s.audit (1, 'x', y, 2.5)
    function s.audit, relation s.patients, trigger tr
CREATE TRIGGER tr INSTEAD OF DELETE ON v FOR EACH ROW WHEN (OLD.a > f(1)) EXECUTE PROCEDURE g ()
    function f, function g, relation v, trigger tr
CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON patients FROM s.visits NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.b IS NOT NULL) EXECUTE FUNCTION f ()
    function f, relation patients, relation s.visits, trigger tr
-- CREATE TYPE
CREATE TYPE s.person AS (name text COLLATE german, addr s.address[], age int)
    collation german, type pg_catalog.int4, type s.address, type s.person, type text
CREATE TYPE empty AS ()
    type empty
CREATE TYPE mood AS ENUM ()
    type mood
CREATE TYPE s.span AS RANGE (SUBTYPE = s.point3, SUBTYPE_OPCLASS = ops, COLLATION = german, CANONICAL = s.canon, SUBTYPE_DIFF = diff, MULTIRANGE_TYPE_NAME = spans)
    collation german, function diff, function s.canon, operator class ops, type s.point3, type s.span, type spans
CREATE TYPE box (INPUT = s.box_in, OUTPUT = box_out, RECEIVE = recv, SEND = snd, TYPMOD_IN = ti, TYPMOD_OUT = tout, ANALYZE = an, SUBSCRIPT = sub, INTERNALLENGTH = VARIABLE, PASSEDBYVALUE, ALIGNMENT = double, STORAGE = plain, LIKE = s.other, CATEGORY = 'U', PREFERRED = true, DEFAULT = 'x', ELEMENT = float4, DELIMITER = ',', COLLATABLE = true)
    function an, function box_out, function recv, function s.box_in, function snd, function sub, function ti, function tout, type box, type float4, type s.other
CREATE TYPE box
    type box
-- CREATE USER, CREATE USER MAPPING
CREATE USER bob WITH NOLOGIN IN ROLE a
    role a, role bob
CREATE USER MAPPING IF NOT EXISTS FOR USER SERVER srv OPTIONS (password 'x')
    role user, server srv
CREATE USER MAPPING FOR bob SERVER srv
    role bob, server srv
-- CREATE VIEW
CREATE OR REPLACE TEMPORARY RECURSIVE VIEW v (a, b) WITH (check_option = cascaded) AS SELECT id, f(name) FROM patients UNION ALL SELECT v.a, b FROM v JOIN visits ON true
    function f, relation patients, relation v, relation visits
CREATE VIEW s.v AS VALUES (f(1)) WITH CASCADED CHECK OPTION
    function f, relation s.v
CREATE VIEW v AS TABLE patients WITH CHECK OPTION
    relation patients, relation v
CREATE VIEW v AS WITH w AS (SELECT * FROM visits) SELECT * FROM w, patients
    relation patients, relation v, relation visits
-- DEALLOCATE, DECLARE
DEALLOCATE PREPARE q
DEALLOCATE ALL
DECLARE c ASENSITIVE SCROLL CURSOR WITHOUT HOLD FOR SELECT f(a) FROM patients FOR UPDATE OF patients
    function f, relation patients
DECLARE c CURSOR FOR VALUES (1)
-- DELETE
WITH RECURSIVE w AS (SELECT * FROM visits) DELETE FROM ONLY s.patients AS p USING w, wards x JOIN beds ON f(x.id) WHERE p.id = w.id RETURNING WITH (OLD AS o, NEW AS n) o.id, n.*, g(p.name) AS a
    function f, function g, relation beds, relation s.patients, relation visits, relation wards
DELETE FROM patients * WHERE CURRENT OF cur RETURNING *
    relation patients
-- DISCARD, DO
DISCARD PLANS
DISCARD SEQUENCES
DISCARD TEMPORARY
DO $$ x $$ LANGUAGE plpgsql
-- DROP
DROP ACCESS METHOD IF EXISTS am CASCADE
    access method am
DROP AGGREGATE IF EXISTS s.total (int, ORDER_BY int), cnt (*) RESTRICT
    function cnt, function s.total, type pg_catalog.int4
DROP CAST IF EXISTS (mood AS text) CASCADE
    type mood, type text
DROP COLLATION IF EXISTS a, s.b
    collation a, collation s.b
DROP CONVERSION IF EXISTS s.conv
    conversion s.conv
DROP DATABASE IF EXISTS ward (FORCE)
    database ward
DROP DOMAIN IF EXISTS s.zip, zip2 CASCADE
    type s.zip, type zip2
DROP EVENT TRIGGER IF EXISTS et
    event trigger et
DROP EXTENSION IF EXISTS a, b CASCADE
    extension a, extension b
DROP FOREIGN DATA WRAPPER IF EXISTS fdw
    foreign data wrapper fdw
DROP FOREIGN TABLE IF EXISTS s.remote_patients, r2
    relation r2, relation s.remote_patients
DROP FUNCTION IF EXISTS s.f (IN int, OUT text), g, h () CASCADE
    function g, function h, function s.f, type pg_catalog.int4, type text
DROP GROUP IF EXISTS staff
    role staff
DROP INDEX CONCURRENTLY IF EXISTS s.idx, idx2
    relation idx2, relation s.idx
DROP PROCEDURAL LANGUAGE IF EXISTS plx
    language plx
DROP LANGUAGE plx
    language plx
DROP MATERIALIZED VIEW IF EXISTS s.monthly, m
    relation m, relation s.monthly
DROP OPERATOR IF EXISTS s.=== (int, int), @ (NONE, int)
    operator @, operator s.===, type pg_catalog.int4
DROP OPERATOR CLASS IF EXISTS oc USING btree
    operator class oc
DROP OPERATOR FAMILY IF EXISTS s.opf USING btree CASCADE
    operator family s.opf
DROP OWNED BY alice, CURRENT_USER RESTRICT
    role alice, role current_user
DROP POLICY IF EXISTS p ON s.patients CASCADE
    policy p, relation s.patients
DROP PROCEDURE IF EXISTS p (int), q
    function p, function q, type pg_catalog.int4
DROP PUBLICATION IF EXISTS a, b
    publication a, publication b
DROP ROLE IF EXISTS alice, CURRENT_USER
    role alice, role current_user
DROP ROUTINE IF EXISTS r (int), r2
    function r, function r2, type pg_catalog.int4
DROP RULE IF EXISTS ru ON s.patients
    relation s.patients, rule ru
DROP SCHEMA IF EXISTS s, t CASCADE
    schema s, schema t
DROP SEQUENCE IF EXISTS s.seq, seq2
    relation s.seq, relation seq2
DROP SERVER IF EXISTS srv, srv2
    server srv, server srv2
DROP STATISTICS IF EXISTS s.st, st2
    statistics s.st, statistics st2
DROP SUBSCRIPTION IF EXISTS sub
    subscription sub
DROP TABLE s.patients, visits RESTRICT
    relation s.patients, relation visits
DROP TABLESPACE IF EXISTS fast
    tablespace fast
DROP TEXT SEARCH CONFIGURATION IF EXISTS c
    text search configuration c
DROP TEXT SEARCH DICTIONARY d, e
    text search dictionary d, text search dictionary e
DROP TEXT SEARCH PARSER p
    text search parser p
DROP TEXT SEARCH TEMPLATE t CASCADE
    text search template t
DROP TRANSFORM IF EXISTS FOR s.hstore LANGUAGE plx
    language plx, type s.hstore
DROP TRIGGER IF EXISTS tr ON s.patients CASCADE
    relation s.patients, trigger tr
DROP TYPE IF EXISTS s.mood, person CASCADE
    type person, type s.mood
DROP USER IF EXISTS bob
    role bob
DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER srv
    role current_user, server srv
DROP VIEW IF EXISTS s.v, w
    relation s.v, relation w
-- END, EXECUTE, EXPLAIN
END TRANSACTION AND CHAIN
EXECUTE q
EXECUTE q (f(1), (SELECT id FROM patients LIMIT 1))
    function f, relation patients
EXPLAIN (ANALYZE, VERBOSE, COSTS off, SETTINGS, GENERIC_PLAN false, BUFFERS, SERIALIZE text, WAL, TIMING, SUMMARY, MEMORY, FORMAT json) SELECT f(a) FROM patients
    function f, relation patients
EXPLAIN ANALYZE VERBOSE INSERT INTO visits SELECT * FROM patients
    relation patients, relation visits
EXPLAIN VERBOSE UPDATE patients SET a = 1
    relation patients
EXPLAIN ANALYSE DELETE FROM patients
    relation patients
EXPLAIN MERGE INTO patients USING visits ON true WHEN MATCHED THEN DO NOTHING
    relation patients, relation visits
EXPLAIN VALUES (1)
EXPLAIN CREATE TABLE t AS SELECT * FROM patients
    relation patients, relation t
EXPLAIN CREATE MATERIALIZED VIEW m AS SELECT * FROM patients
    relation m, relation patients
EXPLAIN REFRESH MATERIALIZED VIEW m
    relation m
EXPLAIN EXECUTE q (1)
EXPLAIN TABLE patients
    relation patients
EXPLAIN (SELECT 1 FROM patients)
    relation patients
-- FETCH, MOVE
FETCH NEXT FROM c
FETCH PRIOR IN c
FETCH FIRST FROM c
FETCH LAST c
FETCH ABSOLUTE 3 FROM c
FETCH RELATIVE -2 FROM c
FETCH 5 FROM c
FETCH ALL FROM c
FETCH FORWARD FROM c
FETCH FORWARD ALL c
FETCH BACKWARD 2 FROM c
MOVE c
MOVE RELATIVE 0 IN c
-- GRANT
GRANT SELECT, INSERT (a), REFERENCES (a, b), TRIGGER, MAINTAIN, TRUNCATE ON TABLE s.patients, visits TO GROUP staff, PUBLIC, CURRENT_ROLE WITH GRANT OPTION GRANTED BY SESSION_USER
    relation s.patients, relation visits, role current_role, role public, role session_user, role staff
GRANT ALL PRIVILEGES (a, b) ON TABLE patients TO bob
    relation patients, role bob
GRANT USAGE, SELECT ON SEQUENCE s.seq, seq2 TO bob
    relation s.seq, relation seq2, role bob
GRANT ALL ON ALL SEQUENCES IN SCHEMA s, t TO bob
    role bob, schema s, schema t
GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ward, w2 TO bob
    database w2, database ward, role bob
GRANT TEMP ON DATABASE ward TO bob
    database ward, role bob
GRANT USAGE ON DOMAIN s.zip TO bob
    role bob, type s.zip
GRANT USAGE ON FOREIGN DATA WRAPPER fdw TO bob
    foreign data wrapper fdw, role bob
GRANT USAGE ON FOREIGN SERVER srv TO bob
    role bob, server srv
GRANT EXECUTE ON FUNCTION s.f (int, VARIADIC text[]), g TO bob
    function g, function s.f, role bob, type pg_catalog.int4, type text
GRANT EXECUTE ON PROCEDURE p (int) TO bob
    function p, role bob, type pg_catalog.int4
GRANT EXECUTE ON ROUTINE r TO bob
    function r, role bob
GRANT ALL ON ALL FUNCTIONS IN SCHEMA s TO bob
    role bob, schema s
GRANT ALL ON ALL PROCEDURES IN SCHEMA s TO bob
    role bob, schema s
GRANT ALL ON ALL ROUTINES IN SCHEMA s TO bob
    role bob, schema s
GRANT USAGE ON LANGUAGE plx TO bob
    language plx, role bob
GRANT SELECT, UPDATE ON LARGE OBJECT 1, 2 TO bob
    large object 1, large object 2, role bob
GRANT SET, ALTER SYSTEM ON PARAMETER work_mem, my.setting TO bob
    parameter my.setting, parameter work_mem, role bob
GRANT CREATE, USAGE ON SCHEMA s TO bob
    role bob, schema s
GRANT CREATE ON TABLESPACE fast TO bob
    role bob, tablespace fast
GRANT USAGE ON TYPE s.mood TO bob
    role bob, type s.mood
GRANT a, b TO bob, carol WITH ADMIN OPTION GRANTED BY alice
    role a, role alice, role b, role bob, role carol
GRANT a TO bob WITH INHERIT FALSE, SET TRUE, ADMIN OPTION
    role a, role bob
-- IMPORT FOREIGN SCHEMA
IMPORT FOREIGN SCHEMA remote EXCEPT (patients, visits) FROM SERVER srv INTO s
    foreign relation patients, foreign relation visits, foreign schema remote, schema s, server srv
IMPORT FOREIGN SCHEMA remote FROM SERVER srv INTO s OPTIONS (a 'b')
    foreign schema remote, schema s, server srv
-- INSERT
WITH w AS (SELECT * FROM wards) INSERT INTO s.patients AS p (id, addr.street, tags[1], tags[f(2)]) OVERRIDING SYSTEM VALUE SELECT * FROM w ON CONFLICT (lower(name) COLLATE german s.ops, (g(id))) WHERE h(active) DO UPDATE SET name = EXCLUDED.name, (a, b) = (SELECT x, y FROM visits), (c, d) = ROW (1, DEFAULT) WHERE p.id > i(0) RETURNING p.*, k(id) AS x
    function f, function g, function h, function i, function k, function lower, relation s.patients, relation visits, relation wards
INSERT INTO patients DEFAULT VALUES
    relation patients
INSERT INTO patients OVERRIDING USER VALUE VALUES (1, DEFAULT), (f(2), 3)
    function f, relation patients
INSERT INTO patients VALUES (1) ON CONFLICT ON CONSTRAINT pk DO NOTHING RETURNING WITH (NEW AS n) n.id, old.id
    relation patients
INSERT INTO patients (a) TABLE visits
    relation patients, relation visits
INSERT INTO patients (SELECT 1) ON CONFLICT DO NOTHING
    relation patients
-- LISTEN, LOAD, LOCK
LISTEN ch
LOAD '/lib/x'
LOCK TABLE s.patients *, ONLY (visits) IN ACCESS SHARE MODE
    relation s.patients, relation visits
LOCK patients IN ROW SHARE MODE
    relation patients
LOCK patients IN ROW EXCLUSIVE MODE
    relation patients
LOCK patients IN SHARE UPDATE EXCLUSIVE MODE
    relation patients
LOCK patients IN SHARE MODE
    relation patients
LOCK patients IN EXCLUSIVE MODE
    relation patients
LOCK patients IN ACCESS EXCLUSIVE MODE NOWAIT
    relation patients
LOCK patients NOWAIT
    relation patients
-- MERGE
WITH w AS (SELECT * FROM wards) MERGE INTO ONLY s.patients AS p USING (SELECT * FROM visits) AS v ON p.id = v.id AND f(v.a) WHEN MATCHED AND g(p.b) THEN UPDATE SET a = h(v.a), (b, c) = (SELECT 1, 2 FROM w), (d) = ROW (DEFAULT) WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE AND i(p.a) THEN UPDATE SET a = 1 WHEN NOT MATCHED BY SOURCE THEN DO NOTHING WHEN NOT MATCHED BY TARGET AND j(v.a) THEN INSERT (a, b) OVERRIDING SYSTEM VALUE VALUES (k(1), DEFAULT) WHEN NOT MATCHED THEN INSERT DEFAULT VALUES RETURNING WITH (OLD AS o, NEW AS n) merge_action(), o.*, n.a, l(v.id)
    function f, function g, function h, function i, function j, function k, function l, relation s.patients, relation visits, relation wards
MERGE INTO patients * USING visits * v ON true WHEN NOT MATCHED THEN DO NOTHING
    relation patients, relation visits
MERGE INTO patients p USING visits ON p.id = visits.id WHEN NOT MATCHED THEN INSERT VALUES (1)
    relation patients, relation visits
-- NOTIFY, PREPARE, REASSIGN, REFRESH, REINDEX, RELEASE, RESET
NOTIFY ch
PREPARE q (int, s.mood, text[]) AS DELETE FROM patients WHERE id = f($1)
    function f, relation patients, type pg_catalog.int4, type s.mood, type text
PREPARE q AS MERGE INTO patients USING visits ON true WHEN MATCHED THEN DELETE
    relation patients, relation visits
PREPARE q AS VALUES ($1)
PREPARE TRANSACTION 'x'
REASSIGN OWNED BY CURRENT_ROLE, a TO SESSION_USER
    role a, role current_role, role session_user
REFRESH MATERIALIZED VIEW s.monthly WITH NO DATA
    relation s.monthly
REINDEX INDEX s.idx
    relation s.idx
REINDEX (CONCURRENTLY, TABLESPACE fast, VERBOSE) TABLE s.patients
    relation s.patients
REINDEX SCHEMA CONCURRENTLY s
    relation s
REINDEX DATABASE ward
    relation ward
REINDEX DATABASE
REINDEX SYSTEM ward
    relation ward
RELEASE SAVEPOINT sp
RESET work_mem
RESET SESSION AUTHORIZATION
RESET ROLE
-- REVOKE
REVOKE GRANT OPTION FOR SELECT (a), UPDATE (b) ON TABLE s.patients FROM GROUP staff, PUBLIC GRANTED BY bob CASCADE
    relation s.patients, role bob, role public, role staff
REVOKE ALL ON ALL TABLES IN SCHEMA s FROM bob RESTRICT
    role bob, schema s
REVOKE EXECUTE ON FUNCTION f (int) FROM bob
    function f, role bob, type pg_catalog.int4
REVOKE SET ON PARAMETER work_mem FROM bob
    parameter work_mem, role bob
REVOKE INHERIT OPTION FOR a FROM bob GRANTED BY CURRENT_USER CASCADE
    role a, role bob, role current_user
REVOKE SET OPTION FOR a, b FROM bob
    role a, role b, role bob
REVOKE a FROM bob
    role a, role bob
-- ROLLBACK, SAVEPOINT, SECURITY LABEL
ROLLBACK WORK AND CHAIN
ROLLBACK TRANSACTION TO SAVEPOINT sp
ROLLBACK PREPARED 'x'
SAVEPOINT sp
SECURITY LABEL FOR 'selinux' ON COLUMN s.patients.ssn IS 'x'
    relation s.patients
SECURITY LABEL ON FUNCTION f (int) IS NULL
    function f, type pg_catalog.int4
SECURITY LABEL ON LARGE OBJECT 1 IS 'x'
    large object 1
SECURITY LABEL ON ROLE bob IS 'x'
    role bob
SECURITY LABEL ON VIEW s.v IS 'x'
    relation s.v
-- SELECT
WITH RECURSIVE a (x, y) AS NOT MATERIALIZED (SELECT 1, f(2) FROM patients UNION ALL SELECT x, y FROM a) SEARCH DEPTH FIRST BY x, y SET ord CYCLE x SET cyc TO 'y' DEFAULT 'n' USING path, b AS MATERIALIZED (DELETE FROM visits RETURNING *) SELECT DISTINCT ON (a.x, g(a.y)) a.*, b.z AS "Z" FROM a, b WHERE h(a.x) GROUP BY DISTINCT ROLLUP (x, (y, z)), CUBE (x), GROUPING SETS ((), x, ROLLUP (y)) HAVING i(max(x)) > 0 WINDOW w AS (PARTITION BY x ORDER BY y), w2 AS (w ROWS UNBOUNDED PRECEDING) ORDER BY j(1) USING <, 2 DESC NULLS FIRST LIMIT k(3) OFFSET l(4) ROWS FOR NO KEY UPDATE OF a SKIP LOCKED FOR KEY SHARE NOWAIT
    function f, function g, function h, function i, function j, function k, function l, function max, relation patients, relation visits
WITH t AS (SELECT 1) SEARCH BREADTH FIRST BY a SET o CYCLE a SET c USING p SELECT * FROM t
SELECT ALL a, b c, d AS e, * FROM patients GROUP BY ALL x
    relation patients
SELECT a FROM t GROUP BY ALL a
    relation t
SELECT * FROM ONLY (s.patients) AS p (a, b) TABLESAMPLE s.method (f(1), 2) REPEATABLE (g(3))
    function f, function g, relation s.patients
SELECT * FROM patients TABLESAMPLE bernoulli (10)
    relation patients
SELECT * FROM LATERAL (VALUES (1, f(2))) AS v (a, b), LATERAL g(v.a) WITH ORDINALITY AS o (x, n)
    function f, function g
SELECT * FROM (SELECT 1 FROM patients), (TABLE visits) x
    relation patients, relation visits
SELECT * FROM ROWS FROM (f(1) AS (a int, b s.mood), g(2)) WITH ORDINALITY AS r (x, y, z)
    function f, function g, type pg_catalog.int4, type s.mood
SELECT * FROM LATERAL ROWS FROM (f(1)) r
    function f
SELECT * FROM f(1) AS (a int, b text COLLATE german), g(2) h (x mood)
    function f, function g, type mood, type pg_catalog.int4, type text
SELECT * FROM a NATURAL FULL JOIN b INNER JOIN c USING (x, y) AS j LEFT OUTER JOIN d ON f(d.z) RIGHT JOIN e ON true CROSS JOIN h
    function f, relation a, relation b, relation c, relation d, relation e, relation h
SELECT * FROM (a JOIN b USING (id)) AS j (x, y), (c CROSS JOIN d)
    relation a, relation b, relation c, relation d
SELECT * FROM XMLTABLE (XMLNAMESPACES ('http://x' AS x, DEFAULT f('y')), g('/r') PASSING BY REF (SELECT doc FROM docs) BY VALUE COLUMNS id int PATH '@id' DEFAULT h(0) NOT NULL, ord FOR ORDINALITY, "N" text PATH f2('n') NULL) AS xt
    function f, function f2, function g, function h, relation docs, type pg_catalog.int4, type text
SELECT * FROM patients p, LATERAL XMLTABLE ('/r' PASSING p.doc COLUMNS a int)
    relation patients, type pg_catalog.int4
SELECT * FROM JSON_TABLE (f(doc), '$[*]' AS root PASSING g(1) AS x, h(2) AS y COLUMNS (id FOR ORDINALITY, a int PATH '$.a' DEFAULT i(0) ON EMPTY NULL ON ERROR, b jsonb FORMAT JSON PATH '$.b' WITH CONDITIONAL ARRAY WRAPPER OMIT QUOTES ON SCALAR STRING EMPTY ARRAY ON EMPTY ERROR ON ERROR, c boolean EXISTS PATH '$.c' UNKNOWN ON ERROR, NESTED PATH '$.d[*]' AS d COLUMNS (e text, NESTED '$.f' COLUMNS (g int))) EMPTY ON ERROR) AS jt
    function f, function g, function h, function i, type jsonb, type pg_catalog.bool, type pg_catalog.int4, type text
SELECT * FROM patients, LATERAL JSON_TABLE (patients.doc, '$' COLUMNS (a int KEEP QUOTES, b text WITHOUT WRAPPER, c s.mood EXISTS))
    relation patients, type pg_catalog.int4, type s.mood, type text
SELECT 1 INTO TEMP TABLE t FROM patients
    relation patients, relation t
SELECT 1 INTO UNLOGGED s.t FROM patients
    relation patients, relation s.t
SELECT 1 INTO t
    relation t
SELECT 1 UNION DISTINCT SELECT 2 FROM a EXCEPT ALL VALUES (3) INTERSECT TABLE b ORDER BY 1 OFFSET 1 FETCH NEXT f(5) ROWS WITH TIES
    function f, relation a, relation b
SELECT 1 LIMIT ALL OFFSET 5
SELECT 1 OFFSET 1 ROW FETCH FIRST ROW ONLY
SELECT 1 FOR READ ONLY
SELECT 1 FROM a FOR UPDATE FOR SHARE OF a
    relation a
TABLE ONLY (s.patients) ORDER BY 1
    relation s.patients
VALUES (f(1), 2), ((SELECT 3 FROM a), 4) ORDER BY g(1) LIMIT 2 OFFSET 1
    function f, function g, relation a
SELECT sum(DISTINCT a ORDER BY b DESC) FILTER (WHERE f(c)) OVER w, count(*) OVER (PARTITION BY d, g(e) ORDER BY h(i) RANGE BETWEEN j(1) PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW), k(ALL x) OVER (w GROUPS CURRENT ROW EXCLUDE TIES), l(x, VARIADIC y) OVER (ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE NO OTHERS), m(1) OVER (RANGE 1 PRECEDING EXCLUDE GROUP) FROM t WINDOW w AS (ORDER BY n(1))
    function count, function f, function g, function h, function j, function k, function l, function m, function n, function sum, relation t
SELECT percentile_cont(f(0.5)) WITHIN GROUP (ORDER BY g(a)) FILTER (WHERE b) FROM t
    function f, function g, function percentile_cont, relation t
SELECT s.f(a => 1, b := g(2)), f(VARIADIC ARRAY[1, 2]), (h(1)).x, (h(1)).*, (i(1))[2:3], j(a.*) FROM a
    function f, function g, function h, function i, function j, function s.f, relation a
-- expressions
SELECT a[1], a[2:f(3)], a[:], (SELECT b FROM t)[1], ARRAY[[1, g(2)], [3, 4]], ARRAY(SELECT c FROM u), ARRAY[]::int[], ROW(), ROW(1, f(2)), (1, 2)
    function f, function g, relation t, relation u, type pg_catalog.int4
SELECT CASE a WHEN f(1) THEN g(2) ELSE h(3) END, CASE WHEN i(1) THEN 1 END, COALESCE(j(1), 2), NULLIF(k(1), 2), GREATEST(l(1), 2), LEAST(m(1), 2) FROM t
    function f, function g, function h, function i, function j, function k, function l, function m, relation t
SELECT a IS NULL, b IS NOT NULL, c ISNULL, d NOTNULL, e IS TRUE, f IS NOT UNKNOWN, g IS DISTINCT FROM h(1), i IS NOT DISTINCT FROM 2, j IS DOCUMENT, k IS NOT NORMALIZED, l IS NFKC NORMALIZED FROM t
    function h, function pg_catalog.is_normalized, relation t
SELECT a IS JSON, b IS NOT JSON OBJECT WITH UNIQUE KEYS, c IS JSON ARRAY WITHOUT UNIQUE, d IS JSON SCALAR, e IS JSON VALUE FROM t
    relation t
SELECT a BETWEEN f(1) AND g(2), a NOT BETWEEN SYMMETRIC 1 AND 2, a IN (1, h(2)), a NOT IN (SELECT b FROM u), a LIKE i(1) ESCAPE 'x', a NOT ILIKE 'y', a SIMILAR TO 'z' ESCAPE 'w', a NOT SIMILAR TO 'v', (a, b) OVERLAPS (c, j(d)) FROM t
    function f, function g, function h, function i, function j, function pg_catalog.overlaps, relation t, relation u
SELECT a = ANY (SELECT b FROM u), a <> ALL (ARRAY[f(1)]), a LIKE SOME (ARRAY['x']), a NOT ILIKE ALL (SELECT c FROM v), a OPERATOR(s.===) ANY (g(1)), EXISTS (SELECT FROM w), (1, 2) = (SELECT 3, 4 FROM x) FROM t
    function f, function g, relation t, relation u, relation v, relation w, relation x
SELECT a AT TIME ZONE f('x'), b AT LOCAL, c COLLATE s.german, -d, + e, @ f(1), NOT g, ~h, a OPERATOR(pg_catalog.+) b, a || b, a -> 'x' ->> 'y', a @> b, a ?| c, 2 ^ 3 FROM t
    function f, function pg_catalog.timezone, relation t
SELECT CAST(f(1) AS s.mood), a::numeric(10, 2)[3], b::interval day to second(3), c::timestamp(3) without time zone, d::time with time zone, e::bit varying(5), f::character varying, g::national character(5), h::double precision, i::float(24), j::dec(3), k::int array[4], l::setof_t, m::s.t(1, 'x') FROM t
    function f, relation t, type pg_catalog.bpchar, type pg_catalog.float4, type pg_catalog.float8, type pg_catalog.int4, type pg_catalog.interval, type pg_catalog.numeric, type pg_catalog.timestamp, type pg_catalog.timetz, type pg_catalog.varbit, type pg_catalog.varchar, type s.mood, type s.t, type setof_t
SELECT DATE '2020-01-01', TIMESTAMP WITH TIME ZONE 'x', TIME(3) 'x', INTERVAL '1' YEAR TO MONTH, INTERVAL(3) '1', s.mood 'sad', mood(1) 'x', BIT '1', B'1', X'1F', N'x', E'\n', U&'\0061', $$x$$, $a$x$a$, TRUE, FALSE, NULL, 0x1F, 0o7, 0b1, 1_000, 1_0.5e1_0
    type date, type mood, type pg_catalog.bit, type pg_catalog.bpchar, type pg_catalog.interval, type pg_catalog.time, type pg_catalog.timestamptz, type s.mood
SELECT EXTRACT(EPOCH FROM f(1)), EXTRACT('year' FROM a), POSITION('x' IN g(b)), SUBSTRING(a FROM h(1) FOR 2), SUBSTRING(a FOR 2), SUBSTRING(a SIMILAR 'x' ESCAPE 'y'), SUBSTRING(a, 1), OVERLAY(a PLACING i(1) FROM 2 FOR 3), TRIM(BOTH 'x' FROM j(a)), TRIM(LEADING FROM a), TRIM(TRAILING 'x' FROM a), TRIM(a, 'x'), NORMALIZE(a, NFC), COLLATION FOR (k(a)), TREAT(a AS int) FROM t
    function f, function g, function h, function i, function j, function k, function pg_catalog.btrim, function pg_catalog.extract, function pg_catalog.int4, function pg_catalog.ltrim, function pg_catalog.normalize, function pg_catalog.overlay, function pg_catalog.pg_collation_for, function pg_catalog.position, function pg_catalog.rtrim, function pg_catalog.substring, function substring, relation t
SELECT CURRENT_DATE, CURRENT_TIME(3), CURRENT_TIMESTAMP, LOCALTIME, LOCALTIMESTAMP(0), CURRENT_USER, CURRENT_ROLE, SESSION_USER, USER, CURRENT_CATALOG, CURRENT_SCHEMA, GROUPING(a, b) FROM t
    relation t
SELECT SYSTEM_USER
    function pg_catalog.system_user
SELECT XMLELEMENT(NAME "a", XMLATTRIBUTES(f(1) AS x, b), g(2), 'c'), XMLFOREST(h(1) AS y, c), XMLCONCAT(i(1), d), XMLPI(NAME p, j(1)), XMLROOT(k(1), VERSION l('1'), STANDALONE YES), XMLROOT(e, VERSION NO VALUE, STANDALONE NO VALUE), XMLPARSE(DOCUMENT m(1) PRESERVE WHITESPACE), XMLPARSE(CONTENT 'x' STRIP WHITESPACE), XMLEXISTS(n('/x') PASSING BY REF o(1) BY VALUE), XMLSERIALIZE(DOCUMENT p(1) AS text), XMLAGG(q ORDER BY r(1)) FROM t
    function f, function g, function h, function i, function j, function k, function l, function m, function n, function o, function p, function pg_catalog.xmlexists, function r, function xmlagg, relation t, type text
SELECT XMLSERIALIZE(CONTENT a AS varchar(10) INDENT), XMLSERIALIZE(CONTENT a AS text NO INDENT) FROM t
    relation t, type pg_catalog.varchar, type text
SELECT JSON_OBJECT('a': f(1), 'b' VALUE g(2) FORMAT JSON, 'c' VALUE 3 NULL ON NULL WITH UNIQUE KEYS RETURNING jsonb FORMAT JSON ENCODING UTF8), JSON_OBJECT(), JSON_OBJECT(RETURNING text), JSON_OBJECT('{a,1}'), JSON_OBJECT(h('{a}'), '{b}')
    function f, function g, function h, function pg_catalog.json_object, type jsonb, type text
SELECT JSON_ARRAY(f(1), g(2) FORMAT JSON ABSENT ON NULL RETURNING text), JSON_ARRAY(), JSON_ARRAY(SELECT a FROM t ORDER BY h(1)), JSON_ARRAY(VALUES (1) RETURNING jsonb)
    function f, function g, function h, relation t, type jsonb, type text
SELECT JSON_OBJECTAGG(f(a) VALUE g(b) ABSENT ON NULL WITH UNIQUE RETURNING jsonb) FILTER (WHERE h(c)) OVER (PARTITION BY i(d)), JSON_ARRAYAGG(j(a) ORDER BY k(b) NULL ON NULL RETURNING text) FILTER (WHERE true) FROM t
    function f, function g, function h, function i, function j, function k, relation t, type jsonb, type text
SELECT JSON(f(1) FORMAT JSON WITH UNIQUE KEYS), JSON_SCALAR(g(1)), JSON_SERIALIZE(h(1) RETURNING bytea), JSON_EXISTS(i(1), '$' PASSING j(2) AS x TRUE ON ERROR), JSON_VALUE(k(1), '$' RETURNING int DEFAULT l(0) ON EMPTY ERROR ON ERROR), JSON_QUERY(m(1), n('$') PASSING 1 AS a RETURNING jsonb WITH UNCONDITIONAL WRAPPER KEEP QUOTES NULL ON EMPTY EMPTY OBJECT ON ERROR)
    function f, function g, function h, function i, function j, function k, function l, function m, function n, type bytea, type jsonb, type pg_catalog.int4
SELECT a.b.c.d, a.b.c.*, b.c[1].d, $1, $2.x, $3[1], "T"."C", U&"d\0061t" FROM a.b.c
    relation a.b.c
-- SET
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, DEFERRABLE
SET CONSTRAINTS s.c, d DEFERRED
SET x.y.z = a, 'b', 3, on
SET x TO DEFAULT
SET x FROM CURRENT
SET LOCAL ROLE 'bob'
SET SESSION ROLE bob
SET SESSION AUTHORIZATION bob
SET LOCAL SESSION AUTHORIZATION DEFAULT
SET TIME ZONE -7
SET TIME ZONE DEFAULT
SET TIME ZONE INTERVAL(3) '1'
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ WRITE NOT DEFERRABLE
SET SESSION XML OPTION CONTENT
SHOW x.y
SHOW TIME ZONE
SHOW SESSION AUTHORIZATION
-- START, TRUNCATE, UNLISTEN, UPDATE
START TRANSACTION
START TRANSACTION READ ONLY
TRUNCATE TABLE ONLY s.patients, visits * CONTINUE IDENTITY RESTRICT
    relation s.patients, relation visits
UNLISTEN ch
WITH w AS (SELECT 1 FROM wards) UPDATE ONLY s.patients AS p SET a = DEFAULT, b.c[f(1)] = g(2), (d, e) = (h(3), DEFAULT), (i, j) = ROW (1, 2), (k, l) = (SELECT m, n FROM visits) FROM w, beds JOIN rooms ON o(1) WHERE p.id = 1 RETURNING WITH (OLD AS before, NEW AS after) before.a, after.*, q(p.a) AS "X"
    function f, function g, function h, function o, function q, relation beds, relation rooms, relation s.patients, relation visits, relation wards
UPDATE patients SET a = 1 WHERE CURRENT OF cur
    relation patients
UPDATE patients SET a = new.b RETURNING old.a, new.a
    relation patients
-- VACUUM
VACUUM (FULL, FREEZE false, VERBOSE, ANALYZE, DISABLE_PAGE_SKIPPING, SKIP_LOCKED, INDEX_CLEANUP auto, PROCESS_MAIN, PROCESS_TOAST off, TRUNCATE, PARALLEL 2, SKIP_DATABASE_STATS, ONLY_DATABASE_STATS, BUFFER_USAGE_LIMIT '1 MB') s.patients (a, b), ONLY visits
    relation s.patients, relation visits
VACUUM FULL patients
    relation patients
VACUUM FREEZE VERBOSE
VACUUM ANALYSE patients (a)
    relation patients
