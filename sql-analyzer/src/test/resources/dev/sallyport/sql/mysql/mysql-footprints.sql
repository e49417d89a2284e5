# What statements touch: the statement, then a line per access. Both servers, unless one is named.

SELECT 1
--  SELECT

SELECT id, Name FROM patients WHERE SSN = 'x' ORDER BY birth_date
--  SELECT
--  select table clinic.patients (id, name, ssn, birth_date)

SELECT * FROM visits
--  SELECT
--  select table clinic.visits (id, patient_id, note)

SELECT secret FROM visits
--  SELECT
--  select table clinic.visits (secret)

SELECT p.* FROM patients p JOIN visits v ON v.patient_id = p.id
--  SELECT
--  select table clinic.patients (id, name, ssn, birth_date, insurer_id)
--  select table clinic.visits (patient_id)

SELECT clinic.p.ssn FROM clinic.patients p
--  SELECT
--  select table clinic.patients (ssn)

SELECT other.p.ssn FROM clinic.patients p
--  refused UNKNOWN_OBJECT: column other.p.ssn is not known

SELECT weight FROM other.patients
--  SELECT
--  select table other.patients (weight)

SELECT x FROM PATIENTS
--  refused UNKNOWN_OBJECT: table clinic.PATIENTS is not known

SELECT ssn FROM patients, insurers WHERE name = 'a'
--  refused AMBIGUOUS: column name is ambiguous

SELECT (SELECT ssn FROM insurers LIMIT 1) FROM patients
--  SELECT
--  select table clinic.patients (ssn)
--  select table clinic.insurers

SELECT (SELECT p.ssn FROM insurers p LIMIT 1) FROM patients p
--  SELECT
--  select table clinic.patients (ssn)
--  select table clinic.insurers

SELECT 1 FROM patients HAVING ssn = 'x'
--  SELECT
--  select table clinic.patients (ssn)

SELECT (SELECT 1 FROM insurers HAVING ssn = 'x') FROM patients
--  SELECT
--  select table clinic.patients (ssn)
--  select table clinic.insurers

SELECT ssn AS s FROM patients GROUP BY s HAVING s > 'a' ORDER BY s
--  SELECT
--  select table clinic.patients (ssn)

SELECT name n, (SELECT n) FROM patients
--  SELECT
--  select table clinic.patients (name)

SELECT ssn FROM (SELECT ssn, id FROM patients) d WHERE d.id = 1
--  SELECT
--  select table clinic.patients (ssn, id)

SELECT a FROM (SELECT ssn FROM patients) d(a)
--  SELECT
--  select table clinic.patients (ssn)

SELECT name FROM patients UNION SELECT ssn FROM patients ORDER BY name
--  SELECT
--  select table clinic.patients (name, ssn)

WITH c AS (SELECT ssn FROM patients) SELECT 1
--  SELECT
--  select table clinic.patients (ssn)

WITH c(a) AS (SELECT ssn FROM patients) SELECT a FROM c
--  SELECT
--  select table clinic.patients (ssn)

WITH RECURSIVE c AS (SELECT id, ssn FROM patients UNION ALL SELECT id + 1, ssn FROM c) SELECT ssn FROM c
--  SELECT
--  select table clinic.patients (id, ssn)

WITH patients AS (SELECT 1 AS one) SELECT one FROM patients
--  SELECT

WITH Patients AS (SELECT 1 AS one) SELECT one FROM patients
--  refused AMBIGUOUS: table patients might be the WITH query of a similar name

SELECT * FROM patients NATURAL JOIN insurers
--  SELECT
--  select table clinic.patients (id, name, ssn, birth_date, insurer_id)
--  select table clinic.insurers (id, name, city)

SELECT id FROM patients JOIN insurers USING (id)
--  SELECT
--  select table clinic.patients (id)
--  select table clinic.insurers (id)

SELECT n FROM shouted
--  SELECT
--  select view clinic.shouted (n)
--  select view clinic.names (name) via view clinic.shouted
--  select table clinic.patients (birth_date, name) via view clinic.names
--  execute function mysql.upper computes via view clinic.names
--  execute function mysql.concat computes via view clinic.shouted

SELECT id FROM names
--  SELECT
--  select view clinic.names (id)
--  select table clinic.patients (birth_date, id) via view clinic.names
--  execute function mysql.upper computes via view clinic.names

SELECT a FROM hidden_view
--  refused UNSUPPORTED: the definition of view clinic.hidden_view can't be seen: the gateway's catalog account needs SHOW VIEW

SELECT ssn FROM patients WHERE EXISTS (SELECT note FROM visits WHERE patient_id = patients.id)
--  SELECT
--  select table clinic.patients (ssn, id)
--  select table clinic.visits (note, patient_id)

SELECT upper(ssn), full_name(name), no_such(1) FROM patients
--  refused UNKNOWN_OBJECT: function no_such is not known

SELECT full_name(name) FROM patients
--  SELECT, changing data name-resolution session outside
--  select table clinic.patients (name)
--  execute function clinic."Full_Name" user-defined

SELECT load_file('/etc/passwd'), sleep(1)
--  SELECT, changing outside
--  execute function mysql.load_file reads-files
--  execute function mysql.sleep sleeps

SELECT @a := ssn FROM patients
--  SELECT, changing session
--  select table clinic.patients (ssn)
--  session other "user variable" ""."*"

SELECT ssn INTO @a FROM patients LIMIT 1
--  SELECT, changing session
--  select table clinic.patients (ssn)
--  session other "user variable" ""."*"

SELECT @a, @@version_comment
--  SELECT
--  session other "user variable" ""."*"
--  session other "server variable" "".version_comment

SET @a = (SELECT ssn FROM patients LIMIT 1)
--  SET, changing session
--  session other "user variable" ""."*"
--  select table clinic.patients (ssn)

SET sql_mode = 'ANSI_QUOTES', autocommit = 0
--  SET, changing name-resolution session
--  session setting sql_mode
--  session setting autocommit

SET GLOBAL max_connections = 5
--  SET, changing session outside
--  admin setting max_connections

SET NAMES gbk
--  refused UNSUPPORTED: texts in this character set can't be read safely: use utf8mb4

SET SESSION session_track_schema = OFF
--  refused UNSUPPORTED: the gateway follows the session by this setting

SET sql_mode = 'ORACLE'
--  refused UNSUPPORTED: an sql_mode that is not understood

USE other
--  SET, changing name-resolution session

USE nowhere
--  refused UNKNOWN_OBJECT: database nowhere is not known

INSERT INTO visits (id, note) VALUES (1, 'x')
--  INSERT, changing data session outside
--  insert table clinic.visits (id, note)
--  execute function clinic.visits_ai user-defined via table clinic.visits

INSERT INTO visits VALUES (1, 2, 'x')
--  INSERT, changing data session outside
--  insert table clinic.visits (id, patient_id, note)
--  execute function clinic.visits_ai user-defined via table clinic.visits

INSERT INTO insurers SELECT id, ssn, name FROM patients
--  INSERT, changing data
--  insert table clinic.insurers (id, name, city)
--  select table clinic.patients (id, ssn, name)

INSERT INTO insurers (id, name) VALUES (1, 'x') ON DUPLICATE KEY UPDATE city = name, name = VALUES(name)
--  INSERT, changing data
--  insert table clinic.insurers (id, name)
--  update table clinic.insurers (city, name)
--  select table clinic.insurers (name)
--  execute function mysql.values computes

REPLACE insurers SET id = 1, name = (SELECT ssn FROM patients LIMIT 1)
--  INSERT, changing data
--  insert table clinic.insurers (id, name)
--  delete table clinic.insurers
--  select table clinic.patients (ssn)

UPDATE patients SET name = ssn WHERE id = 1 ORDER BY birth_date LIMIT 1
--  UPDATE, changing data
--  update table clinic.patients (name)
--  select table clinic.patients (ssn, id, birth_date)

UPDATE patients SET id = 2
--  UPDATE without where, changing data
--  update table clinic.patients (id)
--  update table clinic.visits (patient_id) via table clinic.patients

UPDATE visits v JOIN patients p ON p.id = v.patient_id SET v.note = p.ssn WHERE p.name = 'x'
--  UPDATE, changing data
--  select table clinic.patients (id, ssn, name)
--  select table clinic.visits (patient_id)
--  update table clinic.visits (note)

UPDATE names SET id = 3
--  UPDATE without where, changing data
--  select view clinic.names
--  select table clinic.patients (birth_date) via view clinic.names
--  execute function mysql.upper computes via view clinic.names
--  update view clinic.names (id)
--  update table clinic.patients (id) via view clinic.names
--  update table clinic.visits (patient_id) via table clinic.patients

UPDATE names SET name = 'x'
--  UPDATE without where, changing data
--  select view clinic.names
--  select table clinic.patients (birth_date) via view clinic.names
--  execute function mysql.upper computes via view clinic.names
--  update view clinic.names (name)
--  update table clinic.patients (name) via view clinic.names

DELETE FROM patients
--  DELETE without where, changing data
--  delete table clinic.patients
--  delete table clinic.visits via table clinic.patients

DELETE v FROM visits v JOIN patients p ON p.id = v.patient_id WHERE p.ssn = 'x'
--  DELETE, changing data
--  select table clinic.patients (id, ssn)
--  select table clinic.visits (patient_id)
--  delete table clinic.visits

DELETE FROM names WHERE id = 3
--  DELETE, changing data
--  select view clinic.names (id)
--  select table clinic.patients (birth_date, id) via view clinic.names
--  execute function mysql.upper computes via view clinic.names
--  delete view clinic.names
--  delete table clinic.patients via view clinic.names
--  delete table clinic.visits via table clinic.patients

LOAD DATA INFILE '/tmp/x' INTO TABLE visits (id, @n) SET note = @n
--  COPY IN, changing data session outside
--  admin other "server file" ""."*"
--  session other "user variable" ""."*"
--  insert table clinic.visits (id, note)
--  execute function clinic.visits_ai user-defined via table clinic.visits

LOAD DATA LOCAL INFILE '/tmp/x' INTO TABLE visits
--  refused UNSUPPORTED: LOAD DATA LOCAL: the gateway takes no file from a client

SELECT ssn FROM patients INTO OUTFILE '/tmp/x'
--  SELECT, changing outside
--  select table clinic.patients (ssn)
--  admin other "server file" ""."*"

mysql: TABLE insurers
--  SELECT
--  select table clinic.insurers (id, name, city)

mariadb: TABLE insurers
--  refused SYNTAX: syntax error at TABLE: expected SELECT

DO (SELECT ssn FROM patients LIMIT 1)
--  SELECT
--  select table clinic.patients (ssn)

HANDLER patients OPEN AS h
--  DECLARE CURSOR, changing session
--  select table clinic.patients (id, name, ssn, birth_date, insurer_id)
--  declares "handler h"
--  >SELECT
--  >select table clinic.patients (id, name, ssn, birth_date, insurer_id)

HANDLER h READ FIRST
--  FETCH, changing session
--  uses "handler h"

TRUNCATE TABLE visits
--  TRUNCATE, changing data transaction
--  truncate table clinic.visits

CALL archive((SELECT ssn FROM patients LIMIT 1), @out)
--  CALL, changing data name-resolution session outside
--  execute function clinic.archive user-defined
--  select table clinic.patients (ssn)
--  session other "user variable" ""."*"

CALL nothing()
--  refused UNKNOWN_OBJECT: procedure nothing is not known

PREPARE s FROM 'SELECT ssn FROM patients'
--  PREPARE, changing session
--  select table clinic.patients (ssn)
--  prepares s
--  >SELECT
--  >select table clinic.patients (ssn)

PREPARE s FROM @q
--  refused UNSUPPORTED: a statement whose text is known only when it runs: prepare it from a literal, or by the protocol

EXECUTE s USING @a
--  EXECUTE, changing session
--  session other "user variable" ""."*"
--  executes s

DEALLOCATE PREPARE S
--  DEALLOCATE, changing session
--  deallocates s

EXPLAIN SELECT ssn FROM patients
--  EXPLAIN
--  select table clinic.patients (ssn)

SHOW TABLES
--  SHOW
--  select view information_schema.tables

SHOW CREATE TABLE patients
--  SHOW
--  select view information_schema.tables
--  select view information_schema.columns

SHOW COLUMNS FROM nothing
--  refused UNKNOWN_OBJECT: table clinic.nothing is not known

SHOW VARIABLES LIKE 'x'
--  SHOW
--  session setting "*"

SHOW PROCESSLIST
--  SHOW
--  select view information_schema.processlist

LOCK TABLES patients READ, visits WRITE
--  LOCK, changing session transaction
--  select table clinic.patients
--  update table clinic.visits

UNLOCK TABLES
--  TRANSACTION, changing session transaction

BEGIN
--  TRANSACTION, changing transaction

COMMIT
--  TRANSACTION, changing transaction

CREATE TABLE leak SELECT * FROM insurers
--  DDL, changing data schema name-resolution transaction
--  ddl table clinic.leak
--  select table clinic.insurers (id, name, city)

CREATE TABLE leak LIKE patients
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.leak
--  select table clinic.patients (id, name, ssn, birth_date, insurer_id)
--  ddl table clinic.patients

CREATE TABLE fresh (a INT, b INT DEFAULT (a + @x))
--  refused UNSUPPORTED: a variable in a table's definition

CREATE TABLE fresh (a INT, CHECK (a < @@GLOBAL.max_connections))
--  refused UNSUPPORTED: a variable in a table's definition

CREATE TABLE fresh (a INT) ENGINE=InnoDB ROW_FORMAT=DYNAMIC
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.fresh

CREATE TABLE leak (a TEXT) ENGINE=CONNECT
--  ADMIN, changing schema name-resolution transaction outside
--  ddl table clinic.leak
--  admin other "storage engine" ""."CONNECT"

ALTER TABLE insurers ENGINE 'federated'
--  ADMIN, changing schema name-resolution transaction outside
--  ddl table clinic.insurers
--  admin other "storage engine" "".federated

CREATE TABLE leak (a INT) PARTITION BY HASH (a) (PARTITION p ENGINE=spider)
--  ADMIN, changing schema name-resolution transaction outside
--  ddl table clinic.leak
--  admin other "storage engine" "".spider

CREATE TABLE t (a INT DEFAULT 1, b INT AS (a + 1), FOREIGN KEY (a) REFERENCES insurers (id))
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.t
--  select table clinic.insurers (id)

CREATE TEMPORARY TABLE t (a INT)
--  refused UNSUPPORTED: temporary tables: one may stand before a table of the same name

CREATE VIEW v AS SELECT ssn FROM patients
--  DDL, changing schema name-resolution transaction
--  select table clinic.patients (ssn)
--  ddl view clinic.v

ALTER TABLE patients DROP COLUMN ssn
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.patients

DROP TABLE visits
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.visits

CREATE TRIGGER t BEFORE UPDATE ON insurers FOR EACH ROW SET NEW.name = (SELECT ssn FROM patients WHERE id = OLD.id LIMIT 1)
--  DDL, changing schema name-resolution transaction
--  ddl other trigger "".t
--  ddl table clinic.insurers
--  select table clinic.patients (ssn, id)
--  select table clinic.insurers (id)

DROP TRIGGER visits_ai
--  DDL, changing schema name-resolution transaction
--  ddl other trigger "".visits_ai
--  ddl table clinic.visits

CREATE PROCEDURE p(x INT) BEGIN DECLARE v TEXT; SELECT ssn INTO v FROM patients WHERE id = x; SELECT v; END
--  DDL, changing schema name-resolution transaction
--  ddl function clinic.p user-defined
--  select table clinic.patients (ssn, id)

CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM visits
--  DDL without where, changing data schema name-resolution transaction
--  ddl other event clinic.e
--  delete table clinic.visits

GRANT SELECT ON clinic.* TO bob
--  ADMIN, changing schema name-resolution transaction outside
--  ddl schema clinic
--  admin other role "".bob
--  admin other command "".grant

KILL 3
--  ADMIN, changing data outside
--  admin other command "".kill

FLUSH TABLES
--  ADMIN, changing data outside
--  admin other command ""."flush tables"

ANALYZE TABLE patients
--  ADMIN, changing data outside
--  ddl table clinic.patients
--  admin other command ""."analyze table"

SELECT * FROM information_schema.tables
--  SELECT
--  select view information_schema.tables (table_schema, table_name)

SELECT table_name FROM INFORMATION_SCHEMA.Tables
--  SELECT
--  select view information_schema.tables (table_name)

SELECT authentication_string FROM mysql.user
--  SELECT
--  select table mysql.user (authentication_string)

SELECT ssn FROM patients FOR UPDATE
--  SELECT, changing data
--  select table clinic.patients (ssn)
--  update table clinic.patients

SELECT row_number() OVER (PARTITION BY name ORDER BY ssn) FROM patients
--  SELECT
--  select table clinic.patients (name, ssn)
--  execute function mysql.row_number computes

SELECT a FROM patients, JSON_TABLE(ssn, '$[*]' COLUMNS (a INT PATH '$')) j
--  SELECT
--  select table clinic.patients (ssn)

SELECT SSN, `ssñ` FROM patients
--  refused AMBIGUOUS: column ssñ might be taken for another one

SELECT `names` FROM insurers names
--  refused UNKNOWN_OBJECT: column names is not known

SELECT 1 FROM insurers USE INDEX (patients)
--  refused UNACCOUNTED: a table has this name, and what it means here is not understood

SELECT name AS patients FROM insurers
--  SELECT
--  select table clinic.insurers (name)

CREATE TABLE a (x INT); INSERT INTO a VALUES (1)
--  refused STALE_CONTEXT: an earlier statement of the same message may change what names mean here: send the statements one at a time

SET autocommit = 1; SELECT id FROM insurers
--  SET, changing session
--  session setting autocommit
--  SELECT
--  select table clinic.insurers (id)

mariadb: EXECUTE IMMEDIATE 'SELECT ssn FROM patients'
--  EXECUTE
--  select table clinic.patients (ssn)

mariadb: BEGIN NOT ATOMIC DECLARE x TEXT; SELECT ssn INTO x FROM patients LIMIT 1; SELECT x; END
--  CALL, changing name-resolution
--  select table clinic.patients (ssn)

mariadb: DELETE FROM insurers WHERE id = 1 RETURNING city
--  DELETE, changing data
--  delete table clinic.insurers
--  select table clinic.insurers (id, city)

mysql: VALUES ROW((SELECT ssn FROM patients))
--  SELECT
--  select table clinic.patients (ssn)

mysql: INSERT INTO insurers (id, name) VALUES (1, 'x') AS n ON DUPLICATE KEY UPDATE name = n.name
--  INSERT, changing data
--  insert table clinic.insurers (id, name)
--  update table clinic.insurers (name)

mariadb: SELECT median(id) OVER () FROM insurers
--  SELECT
--  select table clinic.insurers (id)
--  execute function mysql.median computes

mysql: SELECT median(id) OVER () FROM insurers
--  refused UNKNOWN_OBJECT: function median is not known

SELECT 1 /*! UNION SELECT ssn FROM patients */
--  SELECT
--  select table clinic.patients (ssn)

SELECT _rowid FROM patients
--  refused UNSUPPORTED: _rowid is not understood: write the column's name

SELECT ssn FROM patients WHERE id IN (SELECT patient_id FROM visits v WHERE v.id = patients.insurer_id)
--  SELECT
--  select table clinic.patients (ssn, id, insurer_id)
--  select table clinic.visits (patient_id, id)

SELECT d.x FROM (SELECT ssn + 1 AS x FROM patients) d, LATERAL (SELECT d.x AS y) l
--  SELECT
--  select table clinic.patients (ssn)

SELECT count(*) FROM patients
--  SELECT
--  select table clinic.patients
--  execute function mysql.count computes

SELECT COUNT(DISTINCT ssn) FROM patients
--  SELECT
--  select table clinic.patients (ssn)
--  execute function mysql.count computes

SELECT GROUP_CONCAT(name ORDER BY ssn SEPARATOR ',') FROM patients
--  SELECT
--  select table clinic.patients (name, ssn)
--  execute function mysql.group_concat computes

SELECT * FROM patients a, patients a
--  refused AMBIGUOUS: table a stands in FROM twice

SELECT i.name FROM insurers i ORDER BY (SELECT ssn FROM patients p WHERE p.insurer_id = i.id LIMIT 1)
--  SELECT
--  select table clinic.insurers (name, id)
--  select table clinic.patients (ssn, insurer_id)

SELECT name FROM insurers LIMIT 1 INTO @x
--  SELECT, changing session
--  select table clinic.insurers (name)
--  session other "user variable" ""."*"

SELECT p.id FROM patients p RIGHT JOIN insurers i USING (id, name)
--  SELECT
--  select table clinic.patients (id, name)
--  select table clinic.insurers (id, name)

SELECT * FROM patients p NATURAL RIGHT JOIN insurers i
--  SELECT
--  select table clinic.patients (id, name, ssn, birth_date, insurer_id)
--  select table clinic.insurers (id, name, city)

INSERT INTO insurers (id) VALUES (1, 2)
--  refused UNSUPPORTED: values that don't fit the columns

INSERT INTO names (id) VALUES (1)
--  INSERT, changing data
--  insert view clinic.names (id)
--  insert table clinic.patients (id) via view clinic.names
--  select view clinic.names
--  select table clinic.patients (birth_date) via view clinic.names
--  execute function mysql.upper computes via view clinic.names

INSERT INTO insurers (id, name) SELECT id, ssn FROM patients p ON DUPLICATE KEY UPDATE city = p.birth_date
--  INSERT, changing data
--  insert table clinic.insurers (id, name)
--  select table clinic.patients (id, ssn, birth_date)
--  update table clinic.insurers (city)

UPDATE patients p, insurers i SET name = 'x'
--  refused AMBIGUOUS: column name is ambiguous

UPDATE (SELECT 1 AS a) d SET a = 2
--  refused UNSUPPORTED: what is updated is no table

SELECT 1 FROM hidden_view
--  refused UNSUPPORTED: the definition of view clinic.hidden_view can't be seen: the gateway's catalog account needs SHOW VIEW

SELECT Full_Name(1), clinic.FULL_NAME(1), other.full_name(1)
--  refused UNKNOWN_OBJECT: function other.full_name is not known

SELECT clinic.full_name(1)
--  SELECT, changing data name-resolution session outside
--  execute function clinic."Full_Name" user-defined

SELECT `ID` FROM insurers
--  SELECT
--  select table clinic.insurers (id)

SET @a := 1, @@session.sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES'); SELECT 1
--  refused SYNTAX: an earlier statement of the same text may change how this one is read: send the statements one at a time

CALL archive(1); SELECT 1
--  refused SYNTAX: an earlier statement of the same text may change how this one is read: send the statements one at a time

SELECT 1; CALL archive(1)
--  SELECT
--  CALL, changing data name-resolution session outside
--  execute function clinic.archive user-defined

SELECT ssn FROM patients PARTITION (p0)
--  SELECT
--  select table clinic.patients (ssn)

CREATE TRIGGER t BEFORE INSERT ON insurers FOR EACH ROW SET NEW.name = concat(new.name, 'x')
--  DDL, changing schema name-resolution transaction
--  ddl other trigger "".t
--  ddl table clinic.insurers
--  execute function mysql.concat computes
--  select table clinic.insurers (name)

ALTER TABLE insurers ADD COLUMN c TEXT AS (upper(name))
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.insurers
--  execute function mysql.upper computes
--  select table clinic.insurers (name)

CREATE USER bob IDENTIFIED BY 'secret'
--  ADMIN, changing schema name-resolution transaction outside
--  admin other role "".bob

CREATE FUNCTION f RETURNS STRING SONAME 'x.so'
--  ADMIN, changing schema name-resolution transaction outside
--  ddl function clinic.f user-defined
--  admin other library ""."*"

RENAME TABLE patients TO old_patients
--  DDL, changing schema name-resolution transaction
--  ddl table clinic.patients
--  ddl table clinic.old_patients

XA RECOVER
--  TRANSACTION, changing data transaction outside
--  admin other command ""."xa recover"

SHOW MASTER STATUS
--  SHOW, changing outside
--  admin other command ""."show master status"

SHOW TABLES WHERE (SELECT ssn FROM patients LIMIT 1) = 'x'
--  SHOW
--  select view information_schema.tables
--  select table clinic.patients (ssn)

SELECT a.ssn FROM patients a WHERE a.id = (SELECT max(id) FROM patients b WHERE b.name = a.name)
--  SELECT
--  select table clinic.patients (ssn, id, name)
--  execute function mysql.max computes

WITH c AS (SELECT 1 AS id) UPDATE patients p JOIN c ON c.id = p.id SET p.name = 'x'
--  UPDATE without where, changing data
--  select table clinic.patients (id)
--  update table clinic.patients (name)

mariadb: SELECT ssn FROM patients FOR SYSTEM_TIME AS OF (SELECT birth_date FROM patients LIMIT 1)
--  SELECT
--  select table clinic.patients (birth_date, ssn)

mariadb: SET STATEMENT max_statement_time = 1 FOR SELECT ssn FROM patients
--  SELECT, changing session
--  session setting max_statement_time
--  select table clinic.patients (ssn)

mariadb: WITH RECURSIVE a AS (SELECT ssn FROM patients), b AS (SELECT * FROM a) SELECT * FROM b
--  SELECT
--  select table clinic.patients (ssn)

mysql: SELECT ssn FROM patients FOR SHARE OF patients SKIP LOCKED
--  SELECT, changing data
--  select table clinic.patients (ssn)
--  update table clinic.patients

mysql: SELECT rank() OVER w FROM patients WINDOW w AS (ORDER BY ssn)
--  SELECT
--  select table clinic.patients (ssn)
--  execute function mysql.rank computes

mariadb: INSERT INTO insurers (id) VALUES (1) RETURNING id, name
--  INSERT, changing data
--  insert table clinic.insurers (id)
--  select table clinic.insurers (id, name)
