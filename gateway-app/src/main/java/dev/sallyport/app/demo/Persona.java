package dev.sallyport.app.demo;

import java.util.List;
import java.util.stream.Stream;

/// One of the people of the demo, as the example users' file has them, with what to try.
///
/// @param database where they work
/// @param name to log in with
/// @param title what they are
/// @param roles as the users' file gives them
/// @param suggestions three statements to paste
/// @param tour what `--tour` plays
record Persona(
        String database,
        String name,
        String title,
        List<String> roles,
        List<Suggestion> suggestions,
        List<Scene> tour) {
    Persona {
        roles = List.copyOf(roles);
        suggestions = List.copyOf(suggestions);
        tour = List.copyOf(tour);
    }

    /// In the clinic's database.
    Persona(
            String name,
            String title,
            List<String> roles,
            List<Suggestion> suggestions,
            List<Scene> tour) {
        this(Clinic.DATABASE, name, title, roles, suggestions, tour);
    }

    /// @param remark what will happen, shown as a comment; may be empty
    record Suggestion(String sql, String remark) {
        Suggestion {
            if (sql.startsWith("\\") && !remark.isEmpty()) {
                throw new IllegalArgumentException("psql would read the remark as arguments");
            }
        }
    }

    /// One statement of the tour and what must come of it.
    ///
    /// @param what in a word or two, as `column-limited`
    record Scene(String what, String sql, Expected expected) {}

    sealed interface Expected {
        String describe();
    }

    /// @param rows at least one: an empty answer proves little
    record Rows(int rows) implements Expected {
        Rows {
            if (rows < 1) throw new IllegalArgumentException("expect at least one row");
        }

        @Override
        public String describe() {
            return rows == 1 ? "1 row" : rows + " rows";
        }
    }

    /// @param sqlState of the error; from MySQL, its number
    /// @param names what the error must name; may be empty
    record Denied(String sqlState, String names) implements Expected {
        @Override
        public String describe() {
            return "refused, " + sqlState + (names.isEmpty() ? "" : ", naming " + names);
        }
    }

    private static final String NOT_GRANTED = "42501";
    private static final String NOT_PARSED = "42601";

    private static Scene allowed(String sql, int rows) {
        return new Scene("allowed", sql, new Rows(rows));
    }

    private static Scene limited(String sql, String column) {
        return new Scene("one column too many", sql, new Denied(NOT_GRANTED, column));
    }

    private static Scene limitedAndKept(String sql, int rows) {
        return new Scene("the same without it", sql, new Rows(rows));
    }

    private static Scene denied(String sql, String names) {
        return new Scene("denied", sql, new Denied(NOT_GRANTED, names));
    }

    private static Scene unparsable(String sql) {
        return new Scene("not understood", sql, new Denied(NOT_PARSED, ""));
    }

    /// Everybody who may log in.
    static final List<Persona> ALL =
            List.of(
                    new Persona(
                            "dana",
                            "developer",
                            List.of("developer"),
                            List.of(
                                    new Suggestion(
                                            "select state, count(*) from patients group by 1 order"
                                                    + " by 2 desc;",
                                            ""),
                                    new Suggestion(
                                            "select id, birth_date from patients limit 3;",
                                            "birth_date is not granted"),
                                    new Suggestion("\\d patients", "")),
                            List.of(
                                    allowed("select id, sex, state from patients limit 3", 3),
                                    limited(
                                            "select id, state, birth_date from patients limit 3",
                                            "birth_date"),
                                    limitedAndKept("select id, state from patients limit 3", 3),
                                    denied(
                                            "update patients set state = 'NY' where id = 1",
                                            "patients"),
                                    unparsable("select id frm patients where ("))),
                    new Persona(
                            "pavel",
                            "physician",
                            List.of("physician"),
                            List.of(
                                    new Suggestion(
                                            "select last_name, birth_date, age_years(birth_date)"
                                                    + " from patients where id = 17;",
                                            ""),
                                    new Suggestion(
                                            "select started_at, kind, note from encounters where"
                                                    + " patient_id = 17;",
                                            ""),
                                    new Suggestion(
                                            "select ssn from patients where id = 17;",
                                            "a deny rule that beats every grant")),
                            List.of(
                                    allowed(
                                            "select first_name, last_name, birth_date from patients"
                                                    + " where id = 17",
                                            1),
                                    limited(
                                            "select last_name, ssn from patients where id = 17",
                                            "ssn"),
                                    limitedAndKept(
                                            "select last_name from patients where id = 17", 1),
                                    denied("delete from encounters where id = 1", "encounters"),
                                    unparsable("select note from encounters where patient_id ="))),
                    new Persona(
                            "bea",
                            "billing clerk",
                            List.of("billing"),
                            List.of(
                                    new Suggestion(
                                            "select status, count(*), round(sum(amount_cents) /"
                                                + " 100.0, 2) as dollars from billing.claims group"
                                                + " by 1;",
                                            ""),
                                    new Suggestion(
                                            "update billing.claims set status = 'paid', paid_at ="
                                                    + " now() where id = 42;",
                                            ""),
                                    new Suggestion(
                                            "select * from patients limit 1;",
                                            "most columns are not hers")),
                            List.of(
                                    allowed(
                                            "select status, count(*) from billing.claims group by"
                                                    + " status",
                                            4),
                                    limited(
                                            "select id, last_name, first_name from patients where"
                                                    + " id = 42",
                                            "first_name"),
                                    limitedAndKept(
                                            "select id, last_name from patients where id = 42", 1),
                                    denied("select note from encounters limit 1", "encounters"),
                                    unparsable("select from from billing.claims"))),
                    new Persona(
                            "sam",
                            "security",
                            List.of("security"),
                            List.of(
                                    new Suggestion(
                                            "select usename, state, count(*) from pg_stat_activity"
                                                    + " where datname = 'clinic' group by 1, 2;",
                                            ""),
                                    new Suggestion("\\dt+ *.*", ""),
                                    new Suggestion(
                                            "select count(*) from patients;", "no patient's data")),
                            List.of(
                                    allowed(
                                            "select datname from pg_stat_activity where pid ="
                                                    + " pg_backend_pid()",
                                            1),
                                    limited(
                                            "select a.datname, p.last_name from pg_stat_activity a,"
                                                + " patients p where a.pid = pg_backend_pid() limit"
                                                + " 1",
                                            "last_name"),
                                    limitedAndKept(
                                            "select a.datname from pg_stat_activity a where a.pid ="
                                                    + " pg_backend_pid() limit 1",
                                            1),
                                    denied("select rolpassword from pg_authid", "pg_authid"),
                                    unparsable("drop the patients table"))),
                    new Persona(
                            "aud",
                            "auditor",
                            List.of("auditor"),
                            List.of(
                                    new Suggestion(
                                            "select * from reporting.encounters_per_month order by"
                                                    + " month desc limit 5;",
                                            ""),
                                    new Suggestion(
                                            "select * from reporting.patient_directory limit 1;",
                                            "counts only, no names"),
                                    new Suggestion("\\dv reporting.*", "")),
                            List.of(
                                    allowed(
                                            "select month, kind, encounters from"
                                                    + " reporting.encounters_per_month limit 5",
                                            5),
                                    limited(
                                            "select m.kind, d.last_name from"
                                                    + " reporting.encounters_per_month m,"
                                                    + " reporting.patient_directory d limit 1",
                                            "last_name"),
                                    limitedAndKept(
                                            "select m.kind from reporting.encounters_per_month m"
                                                    + " limit 1",
                                            1),
                                    denied("truncate billing.claims", "claims"),
                                    unparsable("show me everything about patient 17"))));

    /// The auditor again, in the log's copy. Played last: what the others did is there by then.
    static final Persona OF_THE_LOG =
            new Persona(
                    AuditCopy.DATABASE,
                    "aud",
                    "auditor, in the log itself",
                    List.of("auditor"),
                    List.of(
                            new Suggestion(
                                    "select time, person, sql, reason from statements where"
                                            + " decision = 'deny' order by time desc limit 5;",
                                    ""),
                            new Suggestion(
                                    "select person, count(*), max(time) from statements where"
                                            + " 'public.patients' = any (relations) group by 1;",
                                    "who touched patients"),
                            new Suggestion(
                                    "select time, person, what from log_reads order by time desc"
                                            + " limit 5;",
                                    "your own reading is there, too"),
                            new Suggestion("\\d+ statements", "")),
                    List.of(
                            allowed(
                                    "select sql, reason from statements where person = 'dana' and"
                                            + " decision = 'deny' order by time limit 2",
                                    2),
                            allowed(
                                    "select roles, client from logins where person = 'bea' and"
                                            + " succeeded limit 1",
                                    1),
                            allowed(
                                    "select person, sql, outcome, rows from statements where"
                                            + " 'public.patients' = any (relations) and outcome ="
                                            + " 'completed' limit 1",
                                    1),
                            denied("select entry from log.entry limit 1", "entry"),
                            denied("delete from statements", "statements")));

    /// In this order.
    static final List<Persona> PARTS = Stream.concat(ALL.stream(), Stream.of(OF_THE_LOG)).toList();
}
