package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.audit.Confidential;
import dev.sallyport.gateway.admin.GatewayMetrics;
import dev.sallyport.policy.Purpose;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Writes what the guard decided into the audit log, counts it, and shows it to whoever watches.
/// Any thread.
final class DecisionLog {
    /// Ticket of a record that the log did not take: never durable.
    static final long NEVER = Long.MAX_VALUE;

    private final AuditLog audit;
    private final GatewayMetrics metrics;
    private final List<Consumer<DecisionEvent>> watchers = new CopyOnWriteArrayList<>();

    DecisionLog(AuditLog audit, GatewayMetrics metrics) {
        this.audit = audit;
        this.metrics = metrics;
    }

    void watch(Consumer<DecisionEvent> watcher) {
        watchers.add(watcher);
    }

    /// What was asked for, as far as it was understood.
    ///
    /// @param footprint what the policy judged; empty when it wasn't asked
    /// @param obligations what it asks for besides
    /// @param subjects whom it is about
    record Asked(
            String kind,
            String redacted,
            List<String> accesses,
            List<String> parameterTypes,
            List<String> footprint,
            List<String> obligations,
            SubjectIndex.Subjects subjects) {
        static final Asked NOT_UNDERSTOOD =
                new Asked(
                        "",
                        "",
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        SubjectIndex.Subjects.NONE);

        Asked about(SubjectIndex.Subjects named) {
            return new Asked(
                    kind, redacted, accesses, parameterTypes, footprint, obligations, named);
        }

        static Asked of(Plan plan, List<String> parameterTypes) {
            return new Asked(
                    plan.main().kind().word(),
                    plan.main().redacted,
                    plan.accesses(),
                    parameterTypes,
                    List.of(),
                    List.of(),
                    SubjectIndex.Subjects.NONE);
        }

        /// @param obligations the policy's for all of the plan
        Asked judged(List<String> lines, List<String> owed) {
            return new Asked(kind, redacted, accesses, parameterTypes, lines, owed, subjects);
        }
    }

    /// @return the ticket
    long permitted(
            Session session,
            long number,
            String message,
            Asked asked,
            List<String> rules,
            String policyVersion)
            throws AuditException {
        long ticket =
                append(session, number, message, asked, "permit", rules, "", "", policyVersion);
        metrics.permitted();
        show(session, number, asked, true, rules, "");
        return ticket;
    }

    /// Before it counts. The ticket is smaller than that of whatever is recorded behind it.
    void purpose(Session session, Purpose declared) throws AuditException {
        long _ =
                audit.append(
                        new AuditEvent.PurposeDeclared(
                                session.id(),
                                session.user(),
                                declared.word(),
                                declared.ticket(),
                                session.purpose().word()));
    }

    /// @param reason in clear
    /// @param words the reason with what the client called things that are not there; for auditors
    /// @return the ticket
    long denied(
            Session session,
            long number,
            String message,
            Asked asked,
            List<String> rules,
            String reason,
            String words,
            String policyVersion)
            throws AuditException {
        metrics.denied();
        show(session, number, asked, false, rules, reason);
        return append(session, number, message, asked, "deny", rules, reason, words, policyVersion);
    }

    /// Whether raw texts and values are kept, sealed to auditors.
    boolean seals() {
        return audit.sealsParts();
    }

    /// Also records what of the result counts towards what the person gets in a time: an answer
    /// that would be missing there after a restart is not released.
    ///
    /// @return the ticket, {@link #NEVER} when the log did not take all of it
    long outcome(Session session, AuditedStatement statement, Outcome outcome) {
        var meter = statement.meter;
        try {
            if (meter != null && meter.counts()) {
                long _ =
                        audit.append(
                                new AuditEvent.ResultCounted(
                                        session.id(),
                                        statement.number(),
                                        session.user(),
                                        meter.countedFor(),
                                        meter.rows(),
                                        meter.bytes()));
            }
            return audit.append(
                    new AuditEvent.StatementOutcome(
                            session.id(),
                            statement.number(),
                            outcome.status().word(),
                            outcome.sqlState(),
                            outcome.tag(),
                            outcome.rows(),
                            outcome.bytes(),
                            outcome.micros(),
                            meter == null ? "" : meter.ended()),
                    outcome.messages().isEmpty()
                            ? Confidential.NONE
                            : Confidential.messages(outcome.messages()));
        } catch (AuditException _) {
            metrics.auditRefused();
            return NEVER;
        }
    }

    private long append(
            Session session,
            long number,
            String message,
            Asked asked,
            String decision,
            List<String> rules,
            String reason,
            String words,
            String policyVersion)
            throws AuditException {
        return audit.append(
                new AuditEvent.StatementIntent(
                        session.id(),
                        session.user(),
                        session.client(),
                        session.upstream(),
                        session.database().name(),
                        number,
                        worded(session, message),
                        asked.kind(),
                        asked.redacted(),
                        asked.accesses(),
                        decision,
                        rules,
                        reason,
                        asked.parameterTypes(),
                        policyVersion,
                        session.names().catalogEpoch(),
                        session.roles(),
                        session.subject().attributes(),
                        asked.footprint(),
                        asked.obligations(),
                        asked.subjects().tokens(),
                        asked.subjects().open(),
                        session.purpose().word(),
                        session.purpose().ticket()),
                seals() ? session.heard().part(number, words) : Confidential.NONE);
    }

    /// The protocol's own name of what the guard calls by PostgreSQL's.
    private static String worded(Session session, String message) {
        return switch (session.database().protocol()) {
            case POSTGRES -> message;
            case MYSQL ->
                    switch (message) {
                        case "Query" -> "COM_QUERY";
                        case "Parse", "Describe" -> "COM_STMT_PREPARE";
                        case "Bind", "Execute" -> "COM_STMT_EXECUTE";
                        default -> message;
                    };
        };
    }

    private void show(
            Session session,
            long number,
            Asked asked,
            boolean permitted,
            List<String> rules,
            String reason) {
        if (watchers.isEmpty()) return;
        var event =
                new DecisionEvent(
                        session.id(),
                        number,
                        session.user(),
                        session.database().name(),
                        asked.kind(),
                        asked.redacted(),
                        asked.accesses(),
                        permitted,
                        rules,
                        reason);
        for (var watcher : watchers) watcher.accept(event);
    }
}
