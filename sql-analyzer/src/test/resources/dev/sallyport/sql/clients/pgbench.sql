# pgbench 18.6: -i, and its built-in scripts in the three query modes.
# Above each statement the majors of the servers it was sent to.
%% 15 16 17 18
drop table if exists pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers
%% 15 16 17 18
create table pgbench_history(tid int,bid int,aid    int,delta int,mtime timestamp,filler char(22))
%% 15 16 17 18
create table pgbench_tellers(tid int not null,bid int,tbalance int,filler char(84)) with (fillfactor=100)
%% 15 16 17 18
create table pgbench_accounts(aid    int not null,bid int,abalance int,filler char(84)) with (fillfactor=100)
%% 15 16 17 18
create table pgbench_branches(bid int not null,bbalance int,filler char(88)) with (fillfactor=100)
%% 15 16 17 18
begin
%% 15 16 17 18
truncate table pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers
%% 15 16 17 18
SELECT relkind FROM pg_catalog.pg_class WHERE oid=$1::pg_catalog.regclass
%% 15 16 17 18
copy pgbench_branches from stdin with (freeze on)
%% 15 16 17 18
copy pgbench_tellers from stdin with (freeze on)
%% 15 16 17 18
copy pgbench_accounts from stdin with (freeze on)
%% 15 16 17 18
commit
%% 15 16 17 18
vacuum analyze pgbench_branches
%% 15 16 17 18
vacuum analyze pgbench_tellers
%% 15 16 17 18
vacuum analyze pgbench_accounts
%% 15 16 17 18
vacuum analyze pgbench_history
%% 15 16 17 18
alter table pgbench_branches add primary key (bid)
%% 15 16 17 18
alter table pgbench_tellers add primary key (tid)
%% 15 16 17 18
alter table pgbench_accounts add primary key (aid)
%% 15 16 17 18
select count(*) from pgbench_branches
%% 15 16 17 18
select o.n, p.partstrat, pg_catalog.count(i.inhparent) from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on (n.oid = c.relnamespace) cross join lateral (select pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname)) as o(n) left join pg_catalog.pg_partitioned_table as p on (p.partrelid = c.oid) left join pg_catalog.pg_inherits as i on (c.oid = i.inhparent) where c.relname = 'pgbench_accounts' and o.n is not null group by 1, 2 order by 1 asc limit 1
%% 15 16 17 18
vacuum pgbench_branches
%% 15 16 17 18
vacuum pgbench_tellers
%% 15 16 17 18
truncate pgbench_history
%% 15 16 17 18
BEGIN;
%% 15
UPDATE pgbench_accounts SET abalance = abalance + -2171 WHERE aid = 2891;
%% 15
SELECT abalance FROM pgbench_accounts WHERE aid = 2891;
%% 15
UPDATE pgbench_tellers SET tbalance = tbalance + -2171 WHERE tid = 8;
%% 15
UPDATE pgbench_branches SET bbalance = bbalance + -2171 WHERE bid = 1;
%% 15
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (8, 1, 2891, -2171, CURRENT_TIMESTAMP);
%% 15 16 17 18
END;
%% 15
UPDATE pgbench_accounts SET abalance = abalance + 311 WHERE aid = 12938;
%% 15
SELECT abalance FROM pgbench_accounts WHERE aid = 12938;
%% 15
UPDATE pgbench_tellers SET tbalance = tbalance + 311 WHERE tid = 4;
%% 15
UPDATE pgbench_branches SET bbalance = bbalance + 311 WHERE bid = 1;
%% 15
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (4, 1, 12938, 311, CURRENT_TIMESTAMP);
%% 15
UPDATE pgbench_accounts SET abalance = abalance + -4394 WHERE aid = 41294;
%% 15
SELECT abalance FROM pgbench_accounts WHERE aid = 41294;
%% 15
UPDATE pgbench_tellers SET tbalance = tbalance + -4394 WHERE tid = 2;
%% 15
UPDATE pgbench_branches SET bbalance = bbalance + -4394 WHERE bid = 1;
%% 15
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (2, 1, 41294, -4394, CURRENT_TIMESTAMP);
%% 15 16 17 18
SELECT abalance FROM pgbench_accounts WHERE aid = $1;
%% 15 16 17 18
UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2;
%% 15 16 17 18
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP);
%% 16
UPDATE pgbench_accounts SET abalance = abalance + -4546 WHERE aid = 11366;
%% 16
SELECT abalance FROM pgbench_accounts WHERE aid = 11366;
%% 16
UPDATE pgbench_tellers SET tbalance = tbalance + -4546 WHERE tid = 7;
%% 16
UPDATE pgbench_branches SET bbalance = bbalance + -4546 WHERE bid = 1;
%% 16
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (7, 1, 11366, -4546, CURRENT_TIMESTAMP);
%% 16
UPDATE pgbench_accounts SET abalance = abalance + 1780 WHERE aid = 11392;
%% 16
SELECT abalance FROM pgbench_accounts WHERE aid = 11392;
%% 16
UPDATE pgbench_tellers SET tbalance = tbalance + 1780 WHERE tid = 10;
%% 16
UPDATE pgbench_branches SET bbalance = bbalance + 1780 WHERE bid = 1;
%% 16
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (10, 1, 11392, 1780, CURRENT_TIMESTAMP);
%% 16
UPDATE pgbench_accounts SET abalance = abalance + -1279 WHERE aid = 70482;
%% 16
SELECT abalance FROM pgbench_accounts WHERE aid = 70482;
%% 16
UPDATE pgbench_tellers SET tbalance = tbalance + -1279 WHERE tid = 8;
%% 16
UPDATE pgbench_branches SET bbalance = bbalance + -1279 WHERE bid = 1;
%% 16
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (8, 1, 70482, -1279, CURRENT_TIMESTAMP);
%% 17
UPDATE pgbench_accounts SET abalance = abalance + -3411 WHERE aid = 41128;
%% 17
SELECT abalance FROM pgbench_accounts WHERE aid = 41128;
%% 17
UPDATE pgbench_tellers SET tbalance = tbalance + -3411 WHERE tid = 6;
%% 17
UPDATE pgbench_branches SET bbalance = bbalance + -3411 WHERE bid = 1;
%% 17
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (6, 1, 41128, -3411, CURRENT_TIMESTAMP);
%% 17
UPDATE pgbench_accounts SET abalance = abalance + 815 WHERE aid = 32437;
%% 17
SELECT abalance FROM pgbench_accounts WHERE aid = 32437;
%% 17
UPDATE pgbench_tellers SET tbalance = tbalance + 815 WHERE tid = 1;
%% 17
UPDATE pgbench_branches SET bbalance = bbalance + 815 WHERE bid = 1;
%% 17
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, 32437, 815, CURRENT_TIMESTAMP);
%% 17
UPDATE pgbench_accounts SET abalance = abalance + 24 WHERE aid = 25819;
%% 17
SELECT abalance FROM pgbench_accounts WHERE aid = 25819;
%% 17
UPDATE pgbench_tellers SET tbalance = tbalance + 24 WHERE tid = 5;
%% 17
UPDATE pgbench_branches SET bbalance = bbalance + 24 WHERE bid = 1;
%% 17
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (5, 1, 25819, 24, CURRENT_TIMESTAMP);
%% 18
UPDATE pgbench_accounts SET abalance = abalance + -1209 WHERE aid = 5298;
%% 18
SELECT abalance FROM pgbench_accounts WHERE aid = 5298;
%% 18
UPDATE pgbench_tellers SET tbalance = tbalance + -1209 WHERE tid = 3;
%% 18
UPDATE pgbench_branches SET bbalance = bbalance + -1209 WHERE bid = 1;
%% 18
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (3, 1, 5298, -1209, CURRENT_TIMESTAMP);
%% 18
UPDATE pgbench_accounts SET abalance = abalance + 651 WHERE aid = 24039;
%% 18
SELECT abalance FROM pgbench_accounts WHERE aid = 24039;
%% 18
UPDATE pgbench_tellers SET tbalance = tbalance + 651 WHERE tid = 1;
%% 18
UPDATE pgbench_branches SET bbalance = bbalance + 651 WHERE bid = 1;
%% 18
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, 24039, 651, CURRENT_TIMESTAMP);
%% 18
UPDATE pgbench_accounts SET abalance = abalance + 2521 WHERE aid = 99540;
%% 18
SELECT abalance FROM pgbench_accounts WHERE aid = 99540;
%% 18
UPDATE pgbench_tellers SET tbalance = tbalance + 2521 WHERE tid = 4;
%% 18
UPDATE pgbench_branches SET bbalance = bbalance + 2521 WHERE bid = 1;
%% 18
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (4, 1, 99540, 2521, CURRENT_TIMESTAMP);
