package dev.sallyport.app.demo;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;

/// Invents the clinic's rows: the same seed and size give the same rows, on every machine and day.
///
/// Nothing in it can belong to anybody: social security numbers begin with 9, which is never
/// issued, and their middle digits are below those of tax numbers; telephone numbers are 555-01xx;
/// mail goes to example.org; surnames are put together from syllables.
final class ClinicData {
    /// "Today" of the sample: nothing happens after it.
    static final LocalDate TODAY = LocalDate.of(2026, 10, 31);

    private static final LocalDate FIRST_ENCOUNTER = LocalDate.of(2022, 1, 1);
    private static final int MINUTES_PER_DAY = 24 * 60;

    private final long seed;
    private final int patients;

    /// @param patients how many, at least 1
    ClinicData(long seed, int patients) {
        if (patients < 1) throw new IllegalArgumentException("at least one patient");
        this.seed = seed;
        this.patients = patients;
    }

    /// Takes rows in the order of the tables' keys.
    interface Sink {
        /// Rows of this table follow.
        void table(String name, String... columns) throws IOException;

        /// @param values one per column: Integer, String, LocalDate, Instant, null for SQL's null
        void row(@org.jspecify.annotations.Nullable Object... values) throws IOException;
    }

    void writeTo(Sink sink) throws IOException {
        insurers(sink);
        codes(sink);
        providers(sink);
        var people = patients(sink);
        encounters(sink, people);
    }

    private void insurers(Sink sink) throws IOException {
        sink.table("billing.insurers", "id", "name");
        for (var i = 0; i < Words.INSURERS.size(); i++) sink.row(i + 1, Words.INSURERS.get(i));
    }

    private void codes(Sink sink) throws IOException {
        sink.table("public.icd10_codes", "code", "description");
        for (var d : Words.DIAGNOSES) sink.row(d.code(), d.description());
    }

    private static int providerCount() {
        return 4 * Words.SPECIALTIES.size();
    }

    private void providers(Sink sink) throws IOException {
        var random = new SplittableRandom(seed ^ 0x70726f76);
        sink.table("public.providers", "id", "first_name", "last_name", "specialty", "npi");
        for (var id = 1; id <= providerCount(); id++) {
            sink.row(
                    id,
                    pick(random, Words.FIRST_NAMES),
                    surname(random),
                    Words.SPECIALTIES.get(id % Words.SPECIALTIES.size()),
                    // Issued numbers begin with 1 or 2.
                    "90" + digits(random, 5) + "%03d".formatted(id));
        }
    }

    /// What later rows need to know about a patient.
    private record Person(int id, String name, String phone, int insurer, int provider) {}

    private Person[] patients(Sink sink) throws IOException {
        var random = new SplittableRandom(seed ^ 0x70617469);
        var people = new Person[patients];
        sink.table(
                "public.patients",
                "id",
                "mrn",
                "first_name",
                "last_name",
                "ssn",
                "birth_date",
                "sex",
                "address",
                "city",
                "state",
                "zip",
                "phone",
                "email",
                "insurer_id",
                "provider_id",
                "created_at");
        for (var id = 1; id <= patients; id++) {
            var first = pick(random, Words.FIRST_NAMES);
            var last = surname(random);
            var town = pick(random, Words.TOWNS);
            var phone = "(%s) 555-01%s".formatted(town.areaCode(), digits(random, 2));
            var insurer = 1 + random.nextInt(Words.INSURERS.size());
            var provider = 1 + random.nextInt(providerCount());
            people[id - 1] = new Person(id, first + " " + last, phone, insurer, provider);
            var created = FIRST_ENCOUNTER.minusDays(random.nextInt(1, 2000));
            sink.row(
                    id,
                    "MRN-%06d".formatted(id),
                    first,
                    last,
                    "9%s-%02d-%s"
                            .formatted(digits(random, 2), random.nextInt(50), digits(random, 4)),
                    birthDate(random),
                    sex(random),
                    "%d %s %s"
                            .formatted(
                                    random.nextInt(1, 1000),
                                    pick(random, Words.STREETS),
                                    pick(random, Words.STREET_KINDS)),
                    town.name(),
                    town.state(),
                    town.zip3() + digits(random, 2),
                    phone,
                    random.nextInt(10) == 0
                            ? null
                            : "%s.%s%d@example.org".formatted(lower(first), lower(last), id),
                    insurer,
                    provider,
                    utc(created.atTime(9, 0)));
        }
        return people;
    }

    /// Encounters and what came of them. Each table is generated from the same random numbers once
    /// more, since rows must reach COPY one table at a time.
    private void encounters(Sink sink, Person[] people) throws IOException {
        sink.table(
                "public.encounters",
                "id",
                "patient_id",
                "provider_id",
                "started_at",
                "ended_at",
                "kind",
                "note");
        forEachEncounter(
                people,
                e ->
                        sink.row(
                                e.id,
                                e.person.id,
                                e.provider,
                                utc(e.start),
                                utc(e.start.plusMinutes(e.minutes)),
                                e.kind,
                                e.note));

        sink.table(
                "public.diagnoses",
                "id",
                "encounter_id",
                "patient_id",
                "icd10",
                "description",
                "recorded_at");
        var diagnosis = new int[1];
        forEachEncounter(
                people,
                e -> {
                    for (var d : e.diagnoses) {
                        sink.row(
                                ++diagnosis[0],
                                e.id,
                                e.person.id,
                                d.code(),
                                d.description(),
                                utc(e.start.plusMinutes(e.minutes)));
                    }
                });

        sink.table(
                "public.medications",
                "id",
                "patient_id",
                "encounter_id",
                "drug",
                "dose",
                "started_on",
                "ended_on");
        var medication = new int[1];
        forEachEncounter(
                people,
                e -> {
                    for (var d : e.diagnoses) {
                        if (d.drug().isEmpty()) continue;
                        var start = e.start.toLocalDate();
                        var days = 7 + (e.minutes * 13 + e.id) % 180;
                        var end = start.plusDays(days);
                        sink.row(
                                ++medication[0],
                                e.person.id,
                                e.id,
                                d.drug(),
                                d.dose(),
                                start,
                                end.isAfter(TODAY) ? null : end);
                    }
                });

        sink.table(
                "billing.claims",
                "id",
                "patient_id",
                "encounter_id",
                "insurer_id",
                "amount_cents",
                "status",
                "submitted_at",
                "paid_at");
        var claim = new int[1];
        forEachEncounter(
                people,
                e -> {
                    var submitted = e.start.plusDays(3);
                    var paid = submitted.plusDays(20 + e.id % 30);
                    sink.row(
                            ++claim[0],
                            e.person.id,
                            e.id,
                            e.person.insurer,
                            e.amountCents,
                            e.claimStatus,
                            e.claimStatus.equals("draft") ? null : utc(submitted),
                            e.claimStatus.equals("paid") ? utc(paid) : null);
                });
    }

    private record Encounter(
            int id,
            Person person,
            int provider,
            LocalDateTime start,
            int minutes,
            String kind,
            String note,
            List<Words.Diagnosis> diagnoses,
            int amountCents,
            String claimStatus) {}

    private interface EncounterSink {
        void accept(Encounter encounter) throws IOException;
    }

    private void forEachEncounter(Person[] people, EncounterSink sink) throws IOException {
        var random = new SplittableRandom(seed ^ 0x656e636f);
        var days = (int) (TODAY.toEpochDay() - FIRST_ENCOUNTER.toEpochDay());
        var id = 0;
        for (var person : people) {
            var count = random.nextInt(1, 7);
            for (var i = 0; i < count; i++) {
                var start =
                        FIRST_ENCOUNTER
                                .plusDays(random.nextInt(days))
                                .atStartOfDay()
                                .plusMinutes(random.nextInt(MINUTES_PER_DAY / 5) * 5L);
                var kind = kind(random);
                var first = pick(random, Words.DIAGNOSES);
                var second = pick(random, Words.DIAGNOSES);
                var diagnoses =
                        random.nextInt(3) == 0 && first != second
                                ? List.of(first, second)
                                : List.of(first);
                sink.accept(
                        new Encounter(
                                ++id,
                                person,
                                random.nextInt(4) == 0
                                        ? 1 + random.nextInt(providerCount())
                                        : person.provider,
                                start,
                                random.nextInt(2, 25) * 5,
                                kind,
                                note(random, person, first),
                                diagnoses,
                                random.nextInt(4_000, 250_000),
                                claimStatus(random)));
            }
        }
    }

    /// As real ones do, notes repeat what other columns hold.
    private static String note(SplittableRandom random, Person person, Words.Diagnosis diagnosis) {
        return switch (random.nextInt(5)) {
            case 0 ->
                    "%s presents with %s for %d days. Plan: %s."
                            .formatted(
                                    person.name,
                                    pick(random, Words.COMPLAINTS),
                                    random.nextInt(1, 21),
                                    pick(random, Words.PLANS));
            case 1 ->
                    "Follow-up: %s. Patient reports improvement. BP %d/%d. %s."
                            .formatted(
                                    diagnosis.description(),
                                    random.nextInt(105, 165),
                                    random.nextInt(62, 101),
                                    pick(random, Words.PLANS));
            case 2 ->
                    "Called %s at %s; %s discussed."
                            .formatted(person.name, person.phone, lower(diagnosis.description()));
            case 3 ->
                    "Pt denies fever and weight loss. Complains of %s. Assessment: %s."
                            .formatted(pick(random, Words.COMPLAINTS), diagnosis.description());
            default -> "Routine check, no acute distress. " + pick(random, Words.PLANS) + ".";
        };
    }

    private static Instant utc(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC);
    }

    private static String surname(SplittableRandom random) {
        return pick(random, Words.SURNAME_BEGINNINGS) + pick(random, Words.SURNAME_ENDINGS);
    }

    private static LocalDate birthDate(SplittableRandom random) {
        // Two draws averaged: fewer of the very young and very old.
        var age = (random.nextInt(97 * 365) + random.nextInt(97 * 365)) / 2;
        return TODAY.minusDays(age);
    }

    private static String sex(SplittableRandom random) {
        var n = random.nextInt(100);
        return n < 51 ? "F" : n < 99 ? "M" : "X";
    }

    private static String kind(SplittableRandom random) {
        var n = random.nextInt(100);
        return n < 55
                ? "visit"
                : n < 75 ? "telehealth" : n < 88 ? "lab" : n < 96 ? "emergency" : "inpatient";
    }

    private static String claimStatus(SplittableRandom random) {
        var n = random.nextInt(100);
        return n < 70 ? "paid" : n < 85 ? "submitted" : n < 95 ? "denied" : "draft";
    }

    private static String digits(SplittableRandom random, int count) {
        var text = new StringBuilder(count);
        for (var i = 0; i < count; i++) text.append((char) ('0' + random.nextInt(10)));
        return text.toString();
    }

    private static <T> T pick(SplittableRandom random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    /// Everything that is drawn from.
    private static final class Words {
        private Words() {}

        private record Town(String name, String state, String zip3, String areaCode) {}

        private record Diagnosis(String code, String description, String drug, String dose) {}

        private static final List<String> FIRST_NAMES =
                List.of(
                        "Ada",
                        "Amal",
                        "Anselm",
                        "Arlo",
                        "Asha",
                        "Aurel",
                        "Beatrix",
                        "Bram",
                        "Calla",
                        "Cato",
                        "Celeste",
                        "Cyril",
                        "Dagny",
                        "Darian",
                        "Delphine",
                        "Ebba",
                        "Edmund",
                        "Elio",
                        "Elspeth",
                        "Emeka",
                        "Esme",
                        "Fabian",
                        "Farah",
                        "Fern",
                        "Gideon",
                        "Greta",
                        "Hana",
                        "Hollis",
                        "Ida",
                        "Ilse",
                        "Imani",
                        "Ivo",
                        "Jarek",
                        "Jolie",
                        "Juno",
                        "Kaito",
                        "Keziah",
                        "Kiran",
                        "Lars",
                        "Leonie",
                        "Lucan",
                        "Mabel",
                        "Malik",
                        "Maren",
                        "Mirela",
                        "Nadia",
                        "Nell",
                        "Nils",
                        "Odette",
                        "Omar",
                        "Orla",
                        "Pascal",
                        "Petra",
                        "Quentin",
                        "Rafe",
                        "Rhea",
                        "Roscoe",
                        "Ruth",
                        "Sabine",
                        "Samir",
                        "Selma",
                        "Signe",
                        "Tadeo",
                        "Thea",
                        "Tobias",
                        "Una",
                        "Vera",
                        "Viggo",
                        "Wanda",
                        "Willa",
                        "Xenia",
                        "Yara",
                        "Yusuf",
                        "Zelda",
                        "Zora");
        private static final List<String> SURNAME_BEGINNINGS =
                List.of(
                        "Alder", "Amber", "Birch", "Bram", "Calder", "Cress", "Dapple", "Dun",
                        "Ember", "Fallow", "Fen", "Gale", "Garnet", "Hallow", "Hazel", "Iron",
                        "Juniper", "Kestrel", "Larch", "Linden", "Marl", "Moss", "Nettle", "Oaken",
                        "Pebble", "Quill", "Raven", "Rook", "Sable", "Sedge", "Tarn", "Thistle",
                        "Umber", "Vale", "Wick", "Yarrow");
        private static final List<String> SURNAME_ENDINGS =
                List.of(
                        "beck", "bourne", "brook", "by", "croft", "dale", "den", "fell", "field",
                        "ford", "gate", "grove", "ham", "hurst", "ley", "low", "mere", "mont",
                        "more", "shaw", "stead", "ton", "wick", "wood", "worth");
        private static final List<String> STREETS =
                List.of(
                        "Acorn",
                        "Bluebird",
                        "Cedar",
                        "Chestnut",
                        "Clover",
                        "Dogwood",
                        "Elm",
                        "Foxglove",
                        "Harbor",
                        "Hickory",
                        "Juniper",
                        "Lakeview",
                        "Magnolia",
                        "Maple",
                        "Meadow",
                        "Mill",
                        "Orchard",
                        "Pine",
                        "Quarry",
                        "River",
                        "Sunset",
                        "Walnut",
                        "Willow");
        private static final List<String> STREET_KINDS =
                List.of("Street", "Avenue", "Lane", "Road", "Court", "Drive");
        private static final List<Town> TOWNS =
                List.of(
                        new Town("Westmere", "MA", "019", "351"),
                        new Town("Harrow Falls", "NY", "127", "838"),
                        new Town("Cinder Bay", "WA", "984", "564"),
                        new Town("Ottersfield", "OH", "446", "326"),
                        new Town("Palewater", "FL", "349", "656"),
                        new Town("Dry Fork", "TX", "797", "945"),
                        new Town("Marrowby", "CO", "813", "983"),
                        new Town("Kestrel Point", "CA", "949", "369"),
                        new Town("Lower Quill", "VT", "057", "802"),
                        new Town("Saint Orrin", "MN", "565", "218"),
                        new Town("Thornwick", "PA", "188", "835"),
                        new Town("Gable Springs", "AZ", "863", "928"));
        private static final List<String> INSURERS =
                List.of(
                        "Bluehaven Mutual",
                        "Carewell Cooperative",
                        "Evergreen Health Plan",
                        "First Lantern Insurance",
                        "Granite State Assurance",
                        "Meridian Families",
                        "Northwind Benefit Trust",
                        "Pinecrest Health",
                        "Stillwater Indemnity",
                        "Union Harbor Plan",
                        "Verity Public Option",
                        "Self-pay");
        private static final List<String> SPECIALTIES =
                List.of(
                        "Family medicine",
                        "Internal medicine",
                        "Pediatrics",
                        "Cardiology",
                        "Dermatology",
                        "Endocrinology",
                        "Neurology",
                        "Obstetrics and gynecology",
                        "Oncology",
                        "Psychiatry");
        private static final List<String> COMPLAINTS =
                List.of(
                        "chest tightness",
                        "chronic cough",
                        "dizziness",
                        "fatigue",
                        "intermittent headache",
                        "joint stiffness",
                        "lower back pain",
                        "nausea after meals",
                        "palpitations",
                        "poor sleep",
                        "shortness of breath",
                        "skin rash");
        private static final List<String> PLANS =
                List.of(
                        "Continue current medication",
                        "Labs ordered, review in two weeks",
                        "Physical therapy referral",
                        "Return if symptoms worsen",
                        "Start low dose and titrate",
                        "Watchful waiting",
                        "Imaging requested",
                        "Diet and exercise counselling");
        private static final List<Diagnosis> DIAGNOSES =
                List.of(
                        new Diagnosis(
                                "E11.9",
                                "Type 2 diabetes mellitus without complications",
                                "metformin",
                                "500 mg twice daily"),
                        new Diagnosis(
                                "I10",
                                "Essential (primary) hypertension",
                                "lisinopril",
                                "10 mg daily"),
                        new Diagnosis(
                                "E78.5",
                                "Hyperlipidemia, unspecified",
                                "atorvastatin",
                                "20 mg daily"),
                        new Diagnosis(
                                "J45.909",
                                "Unspecified asthma, uncomplicated",
                                "albuterol",
                                "2 puffs as needed"),
                        new Diagnosis(
                                "F41.1",
                                "Generalized anxiety disorder",
                                "sertraline",
                                "50 mg daily"),
                        new Diagnosis(
                                "F32.9",
                                "Major depressive disorder, single episode, unspecified",
                                "escitalopram",
                                "10 mg daily"),
                        new Diagnosis(
                                "M54.50",
                                "Low back pain, unspecified",
                                "ibuprofen",
                                "400 mg as needed"),
                        new Diagnosis(
                                "K21.9",
                                "Gastro-esophageal reflux disease without esophagitis",
                                "omeprazole",
                                "20 mg daily"),
                        new Diagnosis(
                                "N39.0",
                                "Urinary tract infection, site not specified",
                                "nitrofurantoin",
                                "100 mg twice daily"),
                        new Diagnosis(
                                "J06.9", "Acute upper respiratory infection, unspecified", "", ""),
                        new Diagnosis(
                                "G43.909",
                                "Migraine, unspecified, not intractable",
                                "sumatriptan",
                                "50 mg as needed"),
                        new Diagnosis(
                                "E03.9",
                                "Hypothyroidism, unspecified",
                                "levothyroxine",
                                "75 mcg daily"),
                        new Diagnosis(
                                "L20.9",
                                "Atopic dermatitis, unspecified",
                                "hydrocortisone cream",
                                "twice daily"),
                        new Diagnosis(
                                "B20",
                                "Human immunodeficiency virus [HIV] disease",
                                "bictegravir combination",
                                "1 tablet daily"),
                        new Diagnosis(
                                "C50.919",
                                "Malignant neoplasm of unspecified site of unspecified female"
                                        + " breast",
                                "tamoxifen",
                                "20 mg daily"),
                        new Diagnosis(
                                "I48.91",
                                "Unspecified atrial fibrillation",
                                "apixaban",
                                "5 mg twice daily"),
                        new Diagnosis(
                                "J44.9",
                                "Chronic obstructive pulmonary disease, unspecified",
                                "tiotropium",
                                "18 mcg daily"),
                        new Diagnosis(
                                "N18.30", "Chronic kidney disease, stage 3 unspecified", "", ""),
                        new Diagnosis(
                                "M17.9",
                                "Osteoarthritis of knee, unspecified",
                                "acetaminophen",
                                "500 mg as needed"),
                        new Diagnosis(
                                "F10.20",
                                "Alcohol dependence, uncomplicated",
                                "naltrexone",
                                "50 mg daily"),
                        new Diagnosis(
                                "Z00.00",
                                "General adult medical examination without abnormal findings",
                                "",
                                ""),
                        new Diagnosis("Z23", "Encounter for immunization", "", ""),
                        new Diagnosis("R05.9", "Cough, unspecified", "", ""),
                        new Diagnosis(
                                "H10.9",
                                "Unspecified conjunctivitis",
                                "erythromycin ointment",
                                "four times daily"),
                        new Diagnosis(
                                "S93.401A",
                                "Sprain of unspecified ligament of right ankle, initial encounter",
                                "",
                                ""),
                        new Diagnosis(
                                "O80", "Encounter for full-term uncomplicated delivery", "", ""),
                        new Diagnosis(
                                "D64.9", "Anemia, unspecified", "ferrous sulfate", "325 mg daily"),
                        new Diagnosis("G47.33", "Obstructive sleep apnea", "", ""));
    }
}
