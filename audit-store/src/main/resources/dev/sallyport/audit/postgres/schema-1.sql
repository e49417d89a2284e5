-- The audit log's copy in PostgreSQL, version 1. Run once by the owner: `sallyport audit postgres init`.
-- docs/audit-postgres.md explains it. Needs PostgreSQL 15 or newer and no extension.
--
-- Schema log holds what was copied, schema public what auditors read. Every function that runs with
-- its owner's rights has a search path of its own.

create schema log;
comment on schema log is 'The audit logs of Sallyport gateways, byte for byte, and what checks them';

-- What changes nothing and reads nothing -----------------------------------------------------------

create or replace function log.document(entry bytea) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  json text := convert_from(entry, 'UTF8');
begin
  -- jsonb cannot hold U+0000; entry stays as it is. A backslash that is itself escaped begins nothing.
  if strpos(json, '\u0000') > 0 then
    json := regexp_replace(json, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g');
  end if;
  return json::jsonb;
end $$;
comment on function log.document(bytea) is 'An entry as jsonb, U+0000 shown as U+FFFD';

create or replace function log.document_or_null(entry bytea) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return log.document(entry);
exception when data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function log.document_or_null(bytea) is 'The same, null when it is no JSON';

create or replace function log.instant(text) returns timestamptz
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  -- Immutable, since the text names its zone: 2026-11-23T05:17:59.123456Z.
  return $1::timestamptz;
exception when data_exception then
  return null;
end $$;
comment on function log.instant(text) is 'The time that an entry names, null when it names none';

create or replace function log.number(jsonb) returns bigint
language sql immutable strict parallel safe as $$
  select case when jsonb_typeof($1) = 'number' then ($1 #>> '{}')::bigint end
$$;
comment on function log.number(jsonb) is 'A number of an event, null when it is none';

create or replace function log.texts(jsonb) returns text[]
language sql immutable strict parallel safe as $$
  select case when jsonb_typeof($1) = 'array' then array(select jsonb_array_elements_text($1)) end
$$;
comment on function log.texts(jsonb) is 'A list of an event, null when it is none';

create or replace function log.address(client text) returns inet
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  return translate(regexp_replace(client, ':[0-9]+$', ''), '[]', '')::inet;
exception when data_exception then
  return null;
end $$;
comment on function log.address(text) is 'The address in 127.0.0.1:54321 or [::1]:54321';

create or replace function log.relations(accesses text[]) returns text[]
language sql immutable strict parallel safe as $$
  select array(
    select distinct name
    from unnest(accesses) access,
         lateral substring(regexp_replace(access, '( via .*| ?\(.*)$', '') from '(\S+)$') name
    where name is not null
    order by name)
$$;
comment on function log.relations(text[]) is 'The names in select public.patients (id, city)';

-- What is kept -------------------------------------------------------------------------------------

create table log.version (
  version integer primary key,
  installed timestamptz not null default now(),
  installed_by text not null default session_user);
comment on table log.version is 'Which version of this schema was installed, and when';

create table log.source (
  origin text not null,
  role text not null,
  offered_as text not null default '',
  since timestamptz not null default now(),
  registered_by text not null default session_user,
  primary key (origin, role, offered_as));
comment on table log.source is 'Which role may add to which log';
comment on column log.source.origin is 'The log''s name, `gateway` of the gateway''s configuration';
comment on column log.source.role is 'The role with which that gateway logs in here';
comment on column log.source.offered_as is 'What that gateway calls this database for its auditors; empty when it does not offer it';

create table log.entry (
  origin text not null,
  sequence bigint not null,
  time timestamptz not null,
  entry bytea not null,
  leaf_hash bytea not null generated always as (sha256('\x00'::bytea || entry)) stored,
  document jsonb not null generated always as (log.document(entry)) stored,
  type text generated always as (left(log.document(entry) ->> 'type', 255)) stored,
  person text generated always as (left(log.document(entry) #>> '{event,user}', 255)) stored,
  session text generated always as (left(log.document(entry) #>> '{event,session}', 255)) stored,
  statement bigint generated always as (log.number(log.document(entry) #> '{event,statement}')) stored,
  primary key (origin, sequence, time),
  constraint entry_says_the_same check (
    document ->> 'writer' = origin
    and log.number(document -> 'seq') = sequence
    and log.instant(document ->> 'time') = time)
) partition by range (time);
create index entry_of_statement on log.entry (origin, session, statement, type);
create index entry_by_type on log.entry (type, time);
create index entry_by_person on log.entry (person, time);
comment on table log.entry is 'Every entry of every log, in the order of its sequence; a partition for each month (UTC) of time';
comment on column log.entry.origin is 'Which log: the gateway that wrote it';
comment on column log.entry.sequence is 'From 1, without gaps';
comment on column log.entry.time is 'When it was written, by the gateway''s clock';
comment on column log.entry.entry is 'The entry itself, byte for byte what was hashed; all other columns follow from it';
comment on column log.entry.leaf_hash is 'SHA-256(0x00 || entry), the hash of RFC 6962 2.1 for leaves';
comment on column log.entry.document is 'The entry as jsonb; U+0000 is shown as U+FFFD';

create table log.checkpoint (
  origin text not null,
  size bigint not null check (size >= 1),
  note bytea not null,
  received timestamptz not null default now(),
  primary key (origin, size),
  constraint checkpoint_says_the_same check (
    starts_with(convert_from(note, 'UTF8'), origin || chr(10) || size || chr(10))));
comment on table log.checkpoint is 'Signed heads of the logs'' Merkle trees (C2SP tlog-checkpoint)';
comment on column log.checkpoint.size is 'How many entries it covers';
comment on column log.checkpoint.note is 'The checkpoint with its signatures, byte for byte';

create table log.retired (
  origin text not null,
  sequence bigint not null check (sequence >= 1),
  leaf_hash bytea not null check (length(leaf_hash) = 32),
  edge bytea not null,
  key text not null,
  partitions text[] not null,
  reason text not null,
  at timestamptz not null default now(),
  by text not null default session_user,
  primary key (origin, sequence));
comment on table log.retired is 'What was taken out of log.entry on purpose: every entry up to this sequence';
comment on column log.retired.leaf_hash is 'Of the last entry taken out, to which the first that is left chains';
comment on column log.retired.edge is 'The right edge of the Merkle tree over the entries taken out (the hashes of its partial tiles, lowest level first): with it the tree over all entries can still be computed';
comment on column log.retired.key is 'The key that signed checkpoints there';
comment on column log.retired.partitions is 'The partitions that were detached';

-- What guards it -----------------------------------------------------------------------------------

create or replace function log.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% of %.% is refused: the audit log only grows', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege',
          hint = 'Old months leave by `sallyport audit postgres retire`, which writes down that they did.';
end $$;

create or replace function log.check_source(wanted text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- One writer at a time; whoever waited sees what the other has committed.
  perform 1 from log.source where origin = wanted order by role, offered_as for update;
  if not exists (select from log.source where origin = wanted and role = session_user) then
    raise exception 'role % may not add to the log %', session_user, wanted
      using errcode = 'insufficient_privilege',
            hint = 'The owner registers it: `sallyport audit postgres init` with that gateway''s configuration.';
  end if;
end $$;

create or replace function log.last_entry(wanted text, out sequence bigint, out leaf_hash bytea)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select last.sequence, last.leaf_hash
  from ((select e.sequence, e.leaf_hash from log.entry e where e.origin = wanted order by e.sequence desc limit 1)
        union all
        (select r.sequence, r.leaf_hash from log.retired r where r.origin = wanted order by r.sequence desc limit 1)
        union all
        select 0, decode(repeat('00', 32), 'hex')) last
  order by last.sequence desc limit 1
$$;

create or replace function log.check_added() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  log_name text;
  first bigint;
  last bigint;
  amount bigint;
  first_prev text;
  before record;
  bad bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'entries are added in transactions that are READ COMMITTED'
      using errcode = 'invalid_transaction_state';
  end if;
  for log_name in select distinct origin from added loop
    perform log.check_source(log_name);
    select min(a.sequence), max(a.sequence), count(*) into first, last, amount
      from added a where a.origin = log_name;
    select a.sequence into bad
      from (select x.sequence, x.document ->> 'prev' as prev,
                   lag(x.sequence) over w as before, lag(x.leaf_hash) over w as hash_before
            from added x where x.origin = log_name window w as (order by x.sequence)) a
      where a.before is not null
        and (a.sequence <> a.before + 1 or a.prev is distinct from encode(a.hash_before, 'hex'))
      order by a.sequence limit 1;
    if found then
      raise exception 'the entry % of the log % does not follow the one before', bad, log_name
        using errcode = 'integrity_constraint_violation';
    end if;
    select a.document ->> 'prev' into first_prev from added a where a.origin = log_name and a.sequence = first;
    select coalesce(max(e.sequence), 0) as sequence into before
      from log.entry e where e.origin = log_name and e.sequence > last;
    if before.sequence > 0
       or (select count(*) from log.entry e where e.origin = log_name and e.sequence between first and last) <> amount then
      raise exception 'the log % has an entry % already', log_name, first
        using errcode = 'unique_violation';
    end if;
    select x.sequence, x.leaf_hash into before
      from ((select e.sequence, e.leaf_hash from log.entry e
             where e.origin = log_name and e.sequence < first order by e.sequence desc limit 1)
            union all
            (select r.sequence, r.leaf_hash from log.retired r
             where r.origin = log_name order by r.sequence desc limit 1)
            union all
            select 0, decode(repeat('00', 32), 'hex')) x
      order by x.sequence desc limit 1;
    if before.sequence <> first - 1 or first_prev is distinct from encode(before.leaf_hash, 'hex') then
      raise exception 'the entry % of the log % does not follow the last one here, %', first, log_name, before.sequence
        using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
  return null;
end $$;

create or replace function log.check_checkpoint() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform log.check_source(new.origin);
  if new.size > (select l.sequence from log.last_entry(new.origin) l) then
    raise exception 'a checkpoint of the log % covers %, more than is here', new.origin, new.size
      using errcode = 'integrity_constraint_violation';
  end if;
  if new.size <= (select max(c.size) from log.checkpoint c where c.origin = new.origin) then
    raise exception 'the log % has a later checkpoint than %', new.origin, new.size
      using errcode = 'integrity_constraint_violation';
  end if;
  new.received := now();
  return new;
end $$;

-- ALWAYS: also for whoever sets session_replication_role.
create trigger check_added after insert on log.entry
  referencing new table as added for each statement execute function log.check_added();
create trigger refuse_change before update or delete on log.entry for each row execute function log.refuse();
create trigger refuse_truncate before truncate on log.entry for each statement execute function log.refuse();
alter table log.entry enable always trigger check_added;
alter table log.entry enable always trigger refuse_change;
alter table log.entry enable always trigger refuse_truncate;

create trigger check_checkpoint before insert on log.checkpoint for each row execute function log.check_checkpoint();
create trigger refuse_change before update or delete on log.checkpoint for each row execute function log.refuse();
create trigger refuse_truncate before truncate on log.checkpoint for each statement execute function log.refuse();
alter table log.checkpoint enable always trigger check_checkpoint;
alter table log.checkpoint enable always trigger refuse_change;
alter table log.checkpoint enable always trigger refuse_truncate;

create trigger refuse_change before update or delete on log.source for each row execute function log.refuse();
create trigger refuse_truncate before truncate on log.source for each statement execute function log.refuse();
alter table log.source enable always trigger refuse_change;
alter table log.source enable always trigger refuse_truncate;

create trigger refuse_change before update or delete on log.retired for each row execute function log.refuse();
create trigger refuse_truncate before truncate on log.retired for each statement execute function log.refuse();
alter table log.retired enable always trigger refuse_change;
alter table log.retired enable always trigger refuse_truncate;

create trigger refuse_change before update or delete on log.version for each row execute function log.refuse();
create trigger refuse_truncate before truncate on log.version for each statement execute function log.refuse();
alter table log.version enable always trigger refuse_change;
alter table log.version enable always trigger refuse_truncate;

-- What the gateway calls ---------------------------------------------------------------------------

create or replace function log.make_month(at timestamptz) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  month timestamp := date_trunc('month', at at time zone 'UTC');
  name text := 'entry_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('log.' || name) is not null then return name; end if;
  -- One at a time.
  lock table log.version in share update exclusive mode;
  if to_regclass('log.' || name) is not null then return name; end if;
  -- Made apart and then attached, which keeps neither readers nor writers waiting.
  execute format('create table log.%I (like log.entry including defaults including generated including constraints)', name);
  execute format('create trigger refuse_truncate before truncate on log.%I for each statement execute function log.refuse()', name);
  execute format('alter table log.%I enable always trigger refuse_truncate', name);
  execute format('alter table log.entry attach partition log.%I for values from (%L) to (%L)',
    name, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
  execute format('alter table log.%I enable always trigger refuse_change', name);
  return name;
end $$;
comment on function log.make_month(timestamptz) is 'Makes the partition of that month, if there is none';

create or replace function log.prepare_month(at timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (at < '2020-01-01 00:00:00+00' or at > now() + interval '100 days')
     and to_regclass('log.entry_' || to_char(at at time zone 'UTC', 'YYYY_MM')) is null then
    raise exception 'no partition is made for %: it is in another age', at
      using errcode = 'datetime_field_overflow',
            hint = 'If the gateway''s clock was wrong, the owner makes it: select log.make_month(...).';
  end if;
  return log.make_month(at);
end $$;
comment on function log.prepare_month(timestamptz) is 'The same for gateways: no month that is far ahead';

create or replace function log.position(wanted text,
  out version integer, out sequence bigint, out leaf_hash bytea, out checkpoint_size bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform log.check_source(wanted);
  select max(v.version) into version from log.version v;
  select l.sequence, l.leaf_hash into sequence, leaf_hash from log.last_entry(wanted) l;
  select coalesce(max(c.size), 0) into checkpoint_size from log.checkpoint c where c.origin = wanted;
end $$;
comment on function log.position(text) is 'How far a log was copied, for its gateway';

-- What checks it -----------------------------------------------------------------------------------

create or replace function log.verify_chain(wanted text,
  out entries bigint, out last_sequence bigint, out last_leaf_hash text,
  out bad_sequence bigint, out problem text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with start as (
    select * from ((select r.sequence, r.leaf_hash from log.retired r
                    where r.origin = wanted order by r.sequence desc limit 1)
                   union all select 0, decode(repeat('00', 32), 'hex')) s
    order by s.sequence desc limit 1),
  read as (
    select e.sequence, e.time, e.leaf_hash, sha256('\x00'::bytea || e.entry) as hash,
           log.document_or_null(e.entry) as said, e.document
    from log.entry e where e.origin = wanted),
  walked as (
    select r.*, r.said ->> 'prev' as prev,
           coalesce(lag(r.sequence) over w, start.sequence) as before,
           encode(coalesce(lag(r.hash) over w, start.leaf_hash), 'hex') as hash_before,
           lead(r.sequence) over w as next,
           lead(r.said ->> 'prev') over w as next_prev,
           lead(r.hash) over w as next_hash,
           lead(r.said ->> 'prev', 2) over w as over_next_prev
    from read r, start window w as (order by r.sequence, r.time)),
  judged as (
    select case when sequence > before + 1 then before + 1 else sequence end as sequence,
      case
        when sequence > before + 1 then 'entries are missing up to ' || sequence - 1
        when sequence <= before then 'the sequence is there twice'
        when said is null then 'no JSON'
        when said ->> 'writer' is distinct from wanted then 'the entry is of another log'
        when log.number(said -> 'seq') is distinct from sequence then 'here stands the entry of another sequence'
        when log.instant(said ->> 'time') is distinct from time then 'the column time is not the entry''s'
        when leaf_hash <> hash then 'the column leaf_hash is not the entry''s'
        when document is distinct from said then 'the column document is not the entry''s'
        when prev is distinct from hash_before then 'the entry does not chain to the one before'
        when next = sequence + 1 and next_prev <> encode(hash, 'hex') and over_next_prev = encode(next_hash, 'hex')
          then 'the next entry does not chain to this one'
      end as flaw
    from walked),
  bad as (select sequence, flaw from judged where flaw is not null order by sequence limit 1),
  last as (select r.sequence, r.hash from read r order by r.sequence desc limit 1)
  select (select count(*) from read), coalesce((select sequence from last), (select sequence from start)),
         (select encode(hash, 'hex') from last), (select sequence from bad), (select flaw from bad)
$$;
comment on function log.verify_chain(text) is 'Checks every entry of a log, its place and its link to the one before; bad_sequence is the first that is not as it was written, null when all are';

insert into log.version (version) values (1);
