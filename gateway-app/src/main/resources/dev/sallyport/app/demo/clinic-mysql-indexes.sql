alter table clinic.providers add unique (npi);
alter table billing.insurers add unique (name);
alter table clinic.patients
    add unique (mrn),
    add index patients_last_name (last_name, first_name),
    add index patients_provider (provider_id),
    add foreign key (insurer_id) references billing.insurers (id),
    add foreign key (provider_id) references clinic.providers (id);
alter table clinic.encounters
    add index encounters_patient (patient_id, started_at),
    add index encounters_provider (provider_id, started_at);
alter table clinic.diagnoses
    add index diagnoses_patient (patient_id),
    add index diagnoses_encounter (encounter_id),
    add foreign key (patient_id) references clinic.patients (id),
    add foreign key (icd10) references clinic.icd10_codes (code);
alter table clinic.medications
    add index medications_patient (patient_id),
    add foreign key (patient_id) references clinic.patients (id);
alter table billing.claims
    add index claims_patient (patient_id),
    add index claims_status (status),
    add foreign key (patient_id) references clinic.patients (id),
    add foreign key (insurer_id) references billing.insurers (id);
