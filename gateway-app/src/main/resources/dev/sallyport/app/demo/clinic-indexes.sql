alter table public.patients add foreign key (insurer_id) references billing.insurers (id);
alter table public.patients add foreign key (provider_id) references public.providers (id);
alter table public.encounters add foreign key (patient_id) references public.patients (id);
alter table public.encounters add foreign key (provider_id) references public.providers (id);
alter table public.diagnoses add foreign key (patient_id) references public.patients (id);
alter table public.diagnoses add foreign key (icd10) references public.icd10_codes (code);
alter table public.medications add foreign key (patient_id) references public.patients (id);
alter table billing.claims add foreign key (patient_id) references public.patients (id);
alter table billing.claims add foreign key (insurer_id) references billing.insurers (id);

create index patients_last_name on public.patients (last_name, first_name);
create index patients_provider on public.patients (provider_id);
create index encounters_patient on public.encounters (patient_id, started_at);
create index encounters_provider on public.encounters (provider_id, started_at);
create index diagnoses_patient on public.diagnoses (patient_id);
create index diagnoses_encounter on public.diagnoses (encounter_id);
create index medications_patient on public.medications (patient_id);
create index claims_patient on billing.claims (patient_id);
create index claims_status on billing.claims (status);

-- New rows get the next numbers.
select setval(pg_get_serial_sequence('public.patients', 'id'), (select max(id) from public.patients));
select setval(pg_get_serial_sequence('public.encounters', 'id'), (select max(id) from public.encounters));
select setval(pg_get_serial_sequence('public.diagnoses', 'id'), (select max(id) from public.diagnoses));
select setval(pg_get_serial_sequence('public.medications', 'id'), (select max(id) from public.medications));
select setval(pg_get_serial_sequence('billing.claims', 'id'), (select max(id) from billing.claims));

-- The role of clients' sessions: what the clinic's people can need at most. The policy grants less, by person and column.
grant usage on schema public, billing, reporting to sallyport_gateway;
grant select, insert, update, delete on all tables in schema public, billing, reporting to sallyport_gateway;
grant usage, select on all sequences in schema public, billing to sallyport_gateway;

-- The role that reads the catalog logs in and has no privilege on any table.
revoke all on all tables in schema public, billing, reporting from sallyport_catalog, public;
revoke create on schema public from public;
revoke temporary on database clinic from public;
grant temporary on database clinic to sallyport_gateway;

analyze;
