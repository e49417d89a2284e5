# Knex (npm, November 2026): schema inspection, migrations.
# Above each statement the majors of the servers it was sent to.
%% 15 18
select version();
%% 15 18
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
%% 15 18
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
%% 15 18
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
%% 15 18
select * from "patients" where "id" = $1 limit $2
%% 15 18
create table "knex_migrations" ("id" serial primary key, "name" varchar(255), "batch" integer, "migration_time" timestamptz)
%% 15 18
create table "knex_migrations_lock" ("index" serial primary key, "is_locked" integer)
%% 15 18
BEGIN;
%% 15 18
COMMIT;
%% 15 18
drop table if exists "knex_migrations"
%% 15 18
drop table if exists "knex_migrations_lock"
