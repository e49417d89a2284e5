package dev.sallyport.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.app.analyze.Catalogs;
import dev.sallyport.sql.catalog.Catalog;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiLooksTest {
    private static final Catalog CATALOG = catalog();

    private static Catalog catalog() {
        try {
            return Catalogs.read(
                    Path.of(
                            "../config/examples/minimum-necessary/policies/clinic.catalog.json.gz"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    ssn,                text,        phi.ssn
                    SSN,                int8,        phi.ssn
                    patientLastName,    varchar,     phi.name
                    pat_last_nm,        varchar,     phi.name
                    guarantor_name,     varchar,     phi.name
                    emergency_contact_first_name, text, phi.name
                    visit_date,         date,        phi.date
                    visit_date,         timestamptz, phi.date
                    visit_date,         text,        phi.date
                    visit_date,         bool,        ''
                    birth_year,         int2,        phi.date
                    patient_dob,        date,        phi.date
                    age,                int4,        phi.age
                    age,                bool,        ''
                    page,               int4,        ''
                    home_phone,         text,        phi.phone
                    phone2,             varchar,     phi.phone
                    phone_verified,     bool,        ''
                    emails,             _text,       phi.email
                    email_sent,         bool,        ''
                    billing_zip,        bpchar,      phi.zip
                    home_address_line_1, text,       phi.geo
                    city,               varchar,     phi.geo
                    city,               int4,        ''
                    capacity,           varchar,     ''
                    latitude,           float8,      phi.geo
                    note,               text,        phi.clinical
                    note,               bool,        ''
                    discharge_note,     jsonb,       phi.clinical
                    medical_record_number, text,     phi.mrn
                    member_id,          text,        phi.beneficiary
                    created_from,       inet,        phi.ip
                    whatever,           macaddr,     phi.device
                    whatever,           point,       phi.geo
                    photo,              bytea,       phi.photo
                    status,             text,        ''
                    amount_cents,       int4,        ''
                    drug_name,          text,        ''
                    """)
    void aColumnLooksLikeWhatItsNameAndTypeSay(String name, String type, String expected) {
        long oid = Objects.requireNonNull(CATALOG.type("pg_catalog", type)).oid();
        assertThat(PhiLooks.of(new Catalog.Column(name, oid), CATALOG).orElse(""))
                .isEqualTo(expected);
    }
}
