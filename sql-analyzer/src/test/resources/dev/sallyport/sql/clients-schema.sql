-- What the usual clients' statements speak of beside fixture-schema.sql: the tables of pgbench -i.
CREATE TABLE public.pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
CREATE TABLE public.pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84), PRIMARY KEY (tid));
CREATE TABLE public.pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84), PRIMARY KEY (aid));
CREATE TABLE public.pgbench_branches (bid int NOT NULL, bbalance int, filler char(88), PRIMARY KEY (bid));
