package dev.sallyport.audit;

import java.util.List;
import java.util.Map;

/// Events for tests.
final class Events {
    private Events() {}

    static AuditEvent.StatementIntent intent(String session, long statement, String sql) {
        return new AuditEvent.StatementIntent(
                session,
                "dora",
                "127.0.0.1:50000",
                "clinic",
                "clinic",
                statement,
                "Query",
                "SELECT",
                sql,
                List.of("select public.patients (id, last_name, birth_date)"),
                "permit",
                List.of("developer-reads-patients"),
                "",
                List.of(),
                "4be1a7b9f7bd0c6f1c05c9f5a9ff3c2e1b7b1f1e7c60b9d9a2d0a37ab0c4d111",
                7,
                List.of("developer"),
                Map.of("unit", "research"),
                List.of("SELECT", "select table public.patients (id, last_name, birth_date)"),
                List.of("public.patients.birth_date: year"));
    }

    static AuditEvent.StatementIntent denied(String session, long statement) {
        return new AuditEvent.StatementIntent(
                session,
                "dora",
                "127.0.0.1:50000",
                "clinic",
                "clinic",
                statement,
                "Query",
                "SELECT",
                "SELECT ssn FROM public.patients",
                List.of("select public.patients (ssn)"),
                "deny",
                List.of("nobody-reads-ssn"),
                "column public.patients.ssn is not granted for select",
                List.of(),
                "4be1a7b9f7bd0c6f1c05c9f5a9ff3c2e1b7b1f1e7c60b9d9a2d0a37ab0c4d111",
                7,
                List.of("developer"),
                Map.of("unit", "research"),
                List.of("SELECT", "select table public.patients (id, last_name, birth_date)"),
                List.of("public.patients.birth_date: year"));
    }

    static AuditEvent.StatementIntent intent(String session, long statement) {
        return intent(
                session,
                statement,
                "SELECT id, last_name FROM public.patients WHERE birth_date > ?");
    }

    static AuditEvent.StatementOutcome outcome(String session, long statement) {
        return new AuditEvent.StatementOutcome(
                session, statement, "completed", "", "SELECT 3", 3, 120, 850);
    }

    static AuditEvent.StatementOutcome failed(String session, long statement) {
        return new AuditEvent.StatementOutcome(
                session, statement, "failed", "42P01", "", -1, 0, 850);
    }
}
