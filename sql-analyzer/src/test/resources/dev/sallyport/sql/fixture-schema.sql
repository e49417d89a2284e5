-- The database that the resolver's fixtures speak of. SavedCatalog reads it from fixture-catalog.json.gz, which
-- FixtureCatalogsTest compares with what a real server answers after this script.
CREATE SCHEMA app;
CREATE SCHEMA vault;
CREATE TABLE public.patients (id int PRIMARY KEY, name text, ssn text, birth_date date, insurer_id int);
CREATE TABLE public.visits (id int PRIMARY KEY, patient_id int REFERENCES public.patients, note text, at timestamptz);
CREATE TABLE public.providers (id int, name text, npi text);
CREATE TABLE public.codes (code text, label text);
CREATE TABLE app.patients (id int, nickname text);
CREATE TABLE vault.keys (id int, secret text);
CREATE TABLE public."Mixed" ("Id" int, "select" text);
CREATE SEQUENCE public.ticket;

CREATE TABLE public.events (id int, patient_id int, kind text, at date) PARTITION BY RANGE (at);
CREATE TABLE public.events_2025 PARTITION OF public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE public.staff (id int, name text);
CREATE TABLE public.doctors (license text) INHERITS (public.staff);

CREATE VIEW public.patient_names AS SELECT id, name FROM public.patients WHERE insurer_id > 0;
CREATE VIEW public.patient_cards AS
  SELECT n.id, n.name || ' ' || p.birth_date AS card, count(*) OVER (PARTITION BY p.insurer_id) AS peers
    FROM public.patient_names n JOIN public.patients p USING (id);
CREATE VIEW app.keys AS SELECT k.id, 'x' AS fixed FROM vault.keys k WHERE k.secret <> '';
CREATE MATERIALIZED VIEW public.visit_counts AS SELECT patient_id, count(*) AS n FROM public.visits GROUP BY patient_id;
CREATE VIEW public.tables AS SELECT relname FROM pg_class;

CREATE TYPE public.address AS (street text, city text);
CREATE TABLE public.homes (id int, addr public.address, tags text[], extra jsonb);
CREATE FUNCTION public.check_code(text) RETURNS boolean LANGUAGE sql AS 'SELECT length($1) > 2';
CREATE DOMAIN public.code AS text CHECK (public.check_code(VALUE));

CREATE FUNCTION public.leak(public.patients) RETURNS text LANGUAGE sql AS 'SELECT $1.ssn';
CREATE FUNCTION public.purge() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.all_patients() RETURNS SETOF public.patients LANGUAGE sql AS 'SELECT * FROM public.patients';
CREATE FUNCTION public.stats(OUT n int, OUT label text) RETURNS SETOF record LANGUAGE sql AS 'SELECT 1, ''''::text';
CREATE FUNCTION public.lower(int) RETURNS text LANGUAGE sql AS 'SELECT ''''';
CREATE FUNCTION public.same_city(public.address, public.address) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR public.= (LEFTARG = public.address, RIGHTARG = public.address, FUNCTION = public.same_city);
CREATE PROCEDURE public.archive(int) LANGUAGE sql AS '';

CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER audited BEFORE UPDATE ON public.providers FOR EACH ROW EXECUTE FUNCTION public.audit();
CREATE TABLE public.log (who text, what text);
CREATE TABLE public.ruled (id int, v text);
CREATE RULE ruled_log AS ON INSERT TO public.ruled DO ALSO
  INSERT INTO public.log SELECT name, new.v FROM public.patients WHERE id = new.id;
