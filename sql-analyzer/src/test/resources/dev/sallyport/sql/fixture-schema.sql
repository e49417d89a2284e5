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

CREATE FUNCTION public.fee() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public.charge(id int, amount int DEFAULT public.fee(), what public.code DEFAULT 'visit') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE public.bill(id int, amount int DEFAULT public.fee()) LANGUAGE sql AS '';
CREATE FUNCTION public.sound(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
CREATE TABLE public.drugs (id int, label text, CHECK (public.check_code(label)));
CREATE INDEX drugs_sound ON public.drugs (public.sound(label));
CREATE STATISTICS public.drugs_sounds ON (public.sound(label)), id FROM public.drugs;
CREATE VIEW public.known_drugs AS SELECT id, label FROM public.drugs WHERE public.sound(label) <> '' AND EXISTS (SELECT FROM public.codes c WHERE c.code = label) WITH CHECK OPTION;
CREATE MATERIALIZED VIEW public.drug_labels AS SELECT label FROM public.drugs;
CREATE INDEX drug_labels_sound ON public.drug_labels (public.sound(label));
CREATE TYPE public.release AS (major int, minor int);
CREATE FUNCTION public.release_less(public.release, public.release) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE FUNCTION public.release_order(public.release, public.release) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 0; END';
CREATE FUNCTION public.release_date(public.release) RETURNS date IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE OPERATOR public.<# (LEFTARG = public.release, RIGHTARG = public.release, FUNCTION = public.release_less);
CREATE OPERATOR CLASS public.releases DEFAULT FOR TYPE public.release USING btree AS OPERATOR 1 public.<#, FUNCTION 1 public.release_order(public.release, public.release);
CREATE CAST (public.release AS date) WITH FUNCTION public.release_date(public.release) AS ASSIGNMENT;
CREATE TABLE public.software (name text, version public.release, earlier public.release[]);
CREATE FUNCTION public.same_code(public.code, public.code) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE OPERATOR public.#= (LEFTARG = public.code, RIGHTARG = public.code, FUNCTION = public.same_code);
CREATE DOMAIN public.grade AS int DEFAULT public.fee();
CREATE TABLE public.graded (name text, grade public.grade);
CREATE TABLE public.code_list (code text PRIMARY KEY);
CREATE TABLE public.coded (code public.code REFERENCES public.code_list ON UPDATE CASCADE);
