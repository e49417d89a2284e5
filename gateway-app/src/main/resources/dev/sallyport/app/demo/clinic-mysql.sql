-- The sample clinic of clinic.sql for MariaDB and MySQL: a schema there is a database here, and public is clinic.
-- Statements end with a semicolon at the end of a line. Keys and indexes come after the rows (clinic-mysql-indexes.sql).

create database clinic character set utf8mb4;
create database billing character set utf8mb4;
create database reporting character set utf8mb4;

create table clinic.providers (
    id          bigint primary key,
    first_name  varchar(60) not null,
    last_name   varchar(60) not null,
    specialty   varchar(60) not null,
    npi         varchar(10) not null
);

create table billing.insurers (
    id    bigint primary key,
    name  varchar(80) not null
);

create table clinic.icd10_codes (
    code         varchar(10) primary key,
    description  varchar(200) not null
);

create table clinic.patients (
    id           bigint auto_increment primary key,
    mrn          varchar(20) not null,
    first_name   varchar(60) not null,
    last_name    varchar(60) not null,
    ssn          varchar(11) not null,
    birth_date   date not null,
    sex          char(1) not null check (sex in ('F', 'M', 'X')),
    address      varchar(120) not null,
    city         varchar(60) not null,
    state        char(2) not null,
    zip          varchar(10) not null,
    phone        varchar(30) not null,
    email        varchar(120),
    insurer_id   bigint,
    provider_id  bigint,
    created_at   datetime not null default current_timestamp
);

-- Partitioned tables can't have foreign keys here, nor be the target of any.
create table clinic.encounters (
    id           bigint auto_increment,
    patient_id   bigint not null,
    provider_id  bigint not null,
    started_at   datetime not null,
    ended_at     datetime,
    kind         varchar(20) not null check (kind in ('visit', 'telehealth', 'emergency', 'inpatient', 'lab')),
    note         text,
    primary key (id, started_at)
) partition by range columns (started_at) (
    partition encounters_2022 values less than ('2023-01-01'),
    partition encounters_2023 values less than ('2024-01-01'),
    partition encounters_2024 values less than ('2025-01-01'),
    partition encounters_2025 values less than ('2026-01-01'),
    partition encounters_2026 values less than ('2027-01-01'),
    partition encounters_later values less than (maxvalue)
);

create table clinic.diagnoses (
    id            bigint auto_increment primary key,
    encounter_id  bigint not null,
    patient_id    bigint not null,
    icd10         varchar(10) not null,
    description   varchar(200) not null,
    recorded_at   datetime not null
);

create table clinic.medications (
    id            bigint auto_increment primary key,
    patient_id    bigint not null,
    encounter_id  bigint not null,
    drug          varchar(60) not null,
    dose          varchar(60) not null,
    started_on    date not null,
    ended_on      date
);

create table billing.claims (
    id            bigint auto_increment primary key,
    patient_id    bigint not null,
    encounter_id  bigint not null,
    insurer_id    bigint not null,
    amount_cents  bigint not null check (amount_cents > 0),
    status        varchar(20) not null check (status in ('draft', 'submitted', 'paid', 'denied')),
    submitted_at  datetime,
    paid_at       datetime
);

create function clinic.age_years(birth date) returns int reads sql data
    return timestampdiff(year, birth, current_date);

create view reporting.patient_directory as
    select p.id, p.mrn, p.last_name, p.first_name, p.city, p.state, d.last_name as provider
    from clinic.patients p left join clinic.providers d on d.id = p.provider_id;

create view reporting.encounters_per_month as
    select date_format(e.started_at, '%Y-%m-01') as month, e.kind, count(*) as encounters
    from clinic.encounters e
    group by date_format(e.started_at, '%Y-%m-01'), e.kind;
