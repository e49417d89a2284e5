package dev.sallyport.app.demo;

import dev.sallyport.app.demo.Persona.Denied;
import dev.sallyport.app.demo.Persona.Rows;
import dev.sallyport.app.demo.Persona.Scene;
import dev.sallyport.app.demo.Persona.Suggestion;
import java.util.List;

/// What the demo's people do in MySQL. Errors are told by MySQL's numbers: their SQLSTATE is 42000
/// for everything that is refused.
final class MySqlParts {
    private static final String TABLE_NOT_GRANTED = "1142";
    private static final String COLUMN_NOT_GRANTED = "1143";
    private static final String NOT_PARSED = "1064";

    private MySqlParts() {}

    private static Scene allowed(String sql, int rows) {
        return new Scene("allowed", sql, new Rows(rows));
    }

    private static Scene limited(String sql, String column) {
        return new Scene("one column too many", sql, new Denied(COLUMN_NOT_GRANTED, column));
    }

    /// By a deny rule, or by more than one column: that has the number of tables.
    private static Scene limitedByRule(String sql, String column) {
        return new Scene("one column too many", sql, new Denied(TABLE_NOT_GRANTED, column));
    }

    private static Scene limitedAndKept(String sql, int rows) {
        return new Scene("the same without it", sql, new Rows(rows));
    }

    private static Scene denied(String sql, String names) {
        return new Scene("denied", sql, new Denied(TABLE_NOT_GRANTED, names));
    }

    private static Scene unparsable(String sql) {
        return new Scene("not understood", sql, new Denied(NOT_PARSED, ""));
    }

    private static Persona person(
            String name, String title, List<Suggestion> suggestions, List<Scene> tour) {
        return new Persona(
                MySqlClinic.NAME, name, title + ", in MySQL", List.of(), suggestions, tour);
    }

    /// In the order of {@link Persona#ALL}.
    static final List<Persona> ALL =
            List.of(
                    person(
                            "dana",
                            "developer",
                            List.of(
                                    new Suggestion(
                                            "select kind, count(*) from encounters group by kind;",
                                            ""),
                                    new Suggestion(
                                            "select id, birth_date from patients limit 3;",
                                            "birth_date is not granted")),
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
                    person(
                            "pavel",
                            "physician",
                            List.of(
                                    new Suggestion(
                                            "select last_name, age_years(birth_date) from patients"
                                                    + " where id = 17;",
                                            ""),
                                    new Suggestion(
                                            "select ssn from patients where id = 17;",
                                            "a deny rule that beats every grant")),
                            List.of(
                                    allowed(
                                            "select first_name, last_name, birth_date from patients"
                                                    + " where id = 17",
                                            1),
                                    limitedByRule(
                                            "select last_name, ssn from patients where id = 17",
                                            "ssn"),
                                    limitedAndKept(
                                            "select last_name from patients where id = 17", 1),
                                    denied("delete from encounters where id = 1", "encounters"),
                                    unparsable("select note from encounters where patient_id ="))),
                    person(
                            "bea",
                            "billing clerk",
                            List.of(
                                    new Suggestion(
                                            "select status, sum(amount_cents) div 100 as dollars"
                                                    + " from billing.claims group by status;",
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
                    person(
                            "sam",
                            "security",
                            List.of(
                                    new Suggestion(
                                            "select user, db, command, state from"
                                                    + " information_schema.processlist;",
                                            ""),
                                    new Suggestion(
                                            "show processlist;",
                                            "shows others' statements, and what is in them")),
                            List.of(
                                    allowed(
                                            "select command from information_schema.processlist"
                                                    + " where id = connection_id()",
                                            1),
                                    limited(
                                            "select command, info from"
                                                    + " information_schema.processlist where id ="
                                                    + " connection_id()",
                                            "info"),
                                    limitedAndKept(
                                            "select command, state from"
                                                    + " information_schema.processlist where id ="
                                                    + " connection_id()",
                                            1),
                                    denied("select authentication_string from mysql.user", "user"),
                                    unparsable("drop the patients table"))),
                    person(
                            "aud",
                            "auditor",
                            List.of(
                                    new Suggestion(
                                            "select * from reporting.encounters_per_month order by"
                                                    + " month desc limit 5;",
                                            ""),
                                    new Suggestion(
                                            "select * from reporting.patient_directory limit 1;",
                                            "counts only, no names")),
                            List.of(
                                    allowed(
                                            "select month, kind, encounters from"
                                                    + " reporting.encounters_per_month limit 5",
                                            5),
                                    limitedByRule(
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

    /// That person's part.
    static Persona of(String name) {
        for (var part : ALL) if (part.name().equals(name)) return part;
        throw new IllegalArgumentException("no such person: " + name);
    }
}
