-- A clinic small enough to read and odd enough to hurt. Each statement ends with two semicolons.
create schema billing;;
create table public.providers (id int primary key, last_name text not null, specialty text);;
create table public.patients (
  id int primary key, first_name text, last_name text, ssn varchar(11), birth_date date, city text,
  zip char(5), phone text, provider_id int references public.providers);;
create table public.encounters (
  id bigint generated always as identity, patient_id int not null references public.patients, provider_id int,
  started_at timestamptz not null, note text, primary key (id, started_at)) partition by range (started_at);;
create table public.encounters_2025 partition of public.encounters for values from ('2025-01-01') to ('2026-01-01');;
create table public.encounters_2026 partition of public.encounters for values from ('2026-01-01') to ('2027-01-01');;
create table billing.claims (
  id int primary key, patient_id int references public.patients, amount_cents int, status text default 'open', paid_at date);;
create table public.scratch (id int primary key, label text);;
create view public.patient_cities as select id, city from public.patients where ssn is not null;;
create view public.patient_secrets as select id, ssn as code from public.patients;;
create view public.city_counts as select city, count(*) as patients from public.patients group by city;;
create function public.add_tax(cents int) returns int language sql immutable as 'select cents * 119 / 100';;
create function public.leak(int) returns text language sql stable security definer as
  'select ssn from public.patients where id = $1';;
create function public.purge() returns int language plpgsql as
  $$ begin delete from public.scratch; return 1; end $$;;
create function public.hide_path() returns text language plpgsql as
  $$ begin return set_config('search_path', 'evil', false); end $$;;
create schema evil;;
create table evil.providers (id int, ssn text);;
insert into public.providers select i, 'Provider' || i, 'general' from generate_series(1, 5) i;;
insert into public.patients select i, 'First' || i, 'Last' || i, '900-00-' || lpad(i::text, 4, '0'), date '1950-01-01' + i,
  'City' || i % 7, lpad((i % 99999)::text, 5, '0'), '555-01' || lpad((i % 100)::text, 2, '0'), 1 + i % 5 from generate_series(1, 500) i;;
insert into public.encounters (patient_id, provider_id, started_at, note)
  select 1 + i % 500, 1 + i % 5, timestamptz '2025-01-01' + i * interval '8 hours', 'note ' || i from generate_series(1, 1500) i;;
insert into billing.claims select i, 1 + i % 500, i * 100, 'open', null from generate_series(1, 300) i;;
insert into public.scratch select i, 'label ' || i from generate_series(1, 100) i;;
create role sallyport_gateway login password 'upstream-secret-5a1f' connection limit 200;;
create role sallyport_catalog login password 'catalog-secret-77c2';;
grant usage, create on schema public, billing, evil to sallyport_gateway;;
grant all on all tables in schema public, billing, evil to sallyport_gateway;;
grant all on all sequences in schema public, billing, evil to sallyport_gateway;;
alter table public.scratch owner to sallyport_gateway;;
analyze;;
