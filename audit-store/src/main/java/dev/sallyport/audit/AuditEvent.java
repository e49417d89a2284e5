package dev.sallyport.audit;

import java.util.List;
import java.util.Map;

/// What happened, before it has a place in the log. Values only, nothing from the other modules, so
/// that the verifier and the writer share just this vocabulary. No field may hold a literal of a
/// statement, a parameter or a row in clear.
///
/// In the entry each event is a JSON object: its `type` is the record's name in kebab case
/// (`statement-intent`), each component a member of the same name; empty strings, empty lists and
/// empty maps are left out.
public sealed interface AuditEvent {

    /// Before a statement runs: who wants what, and what was decided.
    ///
    /// @param statement number of the statement within the session, from 1; ties the outcome to it
    /// @param sql the statement with literals replaced by `?`; empty when the text could not be
    ///   understood
    /// @param kind as `SELECT`; empty when not understood
    /// @param accesses one per access, as the policy words them: `select public.patients (id,
    ///   last_name)`
    /// @param decision `permit` or `deny`
    /// @param rules every rule id that counted
    /// @param reason why it was denied; empty for a permit
    /// @param parameterTypes for Execute: the parameters' type names or OIDs, never their values
    /// @param roles of the person, when it was decided
    /// @param attributes of the person, when it was decided
    /// @param footprint what the policy judged, exactly, as `FootprintLines` writes it; empty when
    ///   it was not asked
    /// @param obligations what the policy shows masked or filtered, as `public.patients.ssn:
    ///   redact`; with a denial, what could not be done so
    /// @param subjects tokens of the people whom the statement names by an identifier: see {@link
    ///   dev.sallyport.audit.subject.SubjectKey}
    /// @param subjectsOpen where it may touch others besides: columns that identify people and are
    ///   not held to values, functions that can reach them
    /// @param purpose that the session was for; empty when the person said none
    /// @param ticket that they named; empty for none
    record StatementIntent(
            String session,
            String user,
            String client,
            String upstream,
            String database,
            long statement,
            String protocolMessage,
            String kind,
            String sql,
            List<String> accesses,
            String decision,
            List<String> rules,
            String reason,
            List<String> parameterTypes,
            String policyVersion,
            long catalogEpoch,
            List<String> roles,
            Map<String, String> attributes,
            List<String> footprint,
            List<String> obligations,
            List<String> subjects,
            List<String> subjectsOpen,
            String purpose,
            String ticket)
            implements AuditEvent {
        /// Of a database without columns that identify people, and for no purpose.
        public StatementIntent(
                String session,
                String user,
                String client,
                String upstream,
                String database,
                long statement,
                String protocolMessage,
                String kind,
                String sql,
                List<String> accesses,
                String decision,
                List<String> rules,
                String reason,
                List<String> parameterTypes,
                String policyVersion,
                long catalogEpoch,
                List<String> roles,
                Map<String, String> attributes,
                List<String> footprint,
                List<String> obligations) {
            this(
                    session,
                    user,
                    client,
                    upstream,
                    database,
                    statement,
                    protocolMessage,
                    kind,
                    sql,
                    accesses,
                    decision,
                    rules,
                    reason,
                    parameterTypes,
                    policyVersion,
                    catalogEpoch,
                    roles,
                    attributes,
                    footprint,
                    obligations,
                    List.of(),
                    List.of(),
                    "",
                    "");
        }
    }

    /// After it ran, or could not.
    ///
    /// Only a permitted statement has one.
    ///
    /// @param status `completed`, `failed`, `cancelled`, `suspended` (a portal with rows left),
    ///   `skipped` (it never ran: something before it failed) or `unknown` (the upstream or the
    ///   gateway was lost before it ended)
    /// @param sqlState of the error; empty when there was none
    /// @param rows as the command tag counts them, or -1 where it doesn't
    /// @param bytes of results sent to the client
    /// @param limit that ended it: `rule dev-all: 1000 rows of one statement`; empty when none did
    record StatementOutcome(
            String session,
            long statement,
            String status,
            String sqlState,
            String tag,
            long rows,
            long bytes,
            long micros,
            String limit)
            implements AuditEvent {
        /// No limit ended it.
        public StatementOutcome(
                String session,
                long statement,
                String status,
                String sqlState,
                String tag,
                long rows,
                long bytes,
                long micros) {
            this(session, statement, status, sqlState, tag, rows, bytes, micros, "");
        }
    }

    /// What a statement returned, where a rule limits how much one person gets in a time. Stands
    /// before its outcome. After a restart the gateway goes by these.
    ///
    /// @param rules that it counts for
    /// @param rows at least one, also of an empty result
    record ResultCounted(
            String session, long statement, String user, List<String> rules, long rows, long bytes)
            implements AuditEvent {}

    /// @param user a known user's name; empty for an unknown one, whose name may be a mistyped
    ///   password
    record LoginFailed(String session, String user, String client, String listener, String reason)
            implements AuditEvent {}

    record LoginSucceeded(
            String session,
            String user,
            List<String> roles,
            String client,
            String listener,
            String method,
            String tls)
            implements AuditEvent {}

    /// @param applicationName of a program that is known; another name is {@link Confidential}
    record SessionStarted(
            String session,
            String user,
            String client,
            String upstream,
            String database,
            String applicationName)
            implements AuditEvent {}

    /// @param cause as `client closed`, `idle too long`, `upstream lost`, `protocol error`,
    ///   `gateway stopping`
    record SessionEnded(
            String session, String user, String cause, long statements, long bytes, long seconds)
            implements AuditEvent {}

    /// The person said what the session is for; what follows of it is recorded with that.
    ///
    /// @param purpose as `treatment`; empty: no more for any
    /// @param ticket as `INC-1`; empty for none
    /// @param previous the purpose before; empty for none
    record PurposeDeclared(
            String session, String user, String purpose, String ticket, String previous)
            implements AuditEvent {}

    record CancelRequested(String session, String client, boolean matched) implements AuditEvent {}

    /// @param changes one line per difference to the version before, in words
    /// @param set of which it is, where signatures are demanded; empty where not, as what follows
    /// @param proposed when, RFC 3339
    record PolicyLoaded(
            String version,
            String previousVersion,
            List<String> files,
            List<String> changes,
            String set,
            String proposed,
            String author,
            List<String> approvers)
            implements AuditEvent {
        /// That nobody had to sign.
        public PolicyLoaded(
                String version, String previousVersion, List<String> files, List<String> changes) {
            this(version, previousVersion, files, changes, "", "", "", List.of());
        }
    }

    /// A policy set that comes into force was proposed, as its author's signature shows.
    ///
    /// @param set SHA-256 (hex) of what was signed
    /// @param proposed when, RFC 3339
    record PolicyProposed(String set, String version, String proposed, String author)
            implements AuditEvent {}

    /// And approved, as the signature of somebody else shows.
    record PolicyApproved(String set, String version, String approver) implements AuditEvent {}

    record PolicyRejected(List<String> files, List<String> errors) implements AuditEvent {}

    record GatewayStarted(String gateway, String softwareVersion, Map<String, String> settings)
            implements AuditEvent {}

    record GatewayStopped(String gateway, String cause) implements AuditEvent {}

    /// Somebody changed who people are, what they may be, or how they log in. Durable before the
    /// change takes effect.
    ///
    /// @param account the account's id; a group's when `change` says so
    /// @param user the name it goes by
    /// @param by who did it: an account's name, or `operator NAME` for the operating system's user
    ///   who had the store's files
    /// @param change as `account added`, `password set`, `account disabled`
    /// @param details in words, without secrets
    record AccountChanged(
            String account, String user, String by, String change, List<String> details)
            implements AuditEvent {}

    /// Somebody asked for a change of people or access and was refused: nothing changed.
    ///
    /// @param change in words
    record StateChangeRefused(String by, String change, String reason) implements AuditEvent {}

    /// The record before this one tells of a change that then was not made, or of which nobody
    /// knows yet: the store was lost.
    record StateChangeFailed(String by, String change, String reason) implements AuditEvent {}

    /// Somebody read the log itself.
    record LogRead(String user, String command, long entries) implements AuditEvent {}

    /// Written by recovery, before anything else, when the log was not closed cleanly. The outcomes
    /// `unknown` of the intents that had none follow it.
    ///
    /// @param segment file name of the segment in which the log ended
    /// @param offset where in it the last valid frame ended
    /// @param droppedBytes bytes from there on that were cut off; none of them had been
    ///   acknowledged
    /// @param lastSequence of the last entry that was kept
    record Recovered(String segment, long offset, long droppedBytes, long lastSequence)
            implements AuditEvent {}

    /// From this entry on, this key signs the log's checkpoints. The first thing a log holds, or
    /// the last before work begins when the key was changed.
    ///
    /// @param key as `NAME+ID+BASE64` (C2SP signed-note)
    /// @param previousKey that was in force; empty for the first
    /// @param signature of the previous key over the new one, base64; empty for the first
    record LogKey(String key, String previousKey, String signature) implements AuditEvent {}

    /// From this entry on, sealed parts are sealed under this secret, until the next one.
    ///
    /// @param key id of the secret, 16 hex digits; every sealed part begins with it
    /// @param recipients the secret as sealed to each, base64, by their public keys
    record SealKey(String key, Map<String, String> recipients) implements AuditEvent {}

    /// Entries are to be kept, whatever the retention period says: nothing is pruned that reaches
    /// them until the hold is released. Its number is this entry's sequence.
    ///
    /// @param from the first month that it keeps, as `2026-11`; empty: everything
    /// @param reason for people, without anything about a patient
    /// @param user as `os:` and an account
    record HoldAdded(String from, String reason, String user) implements AuditEvent {}

    /// @param hold the sequence of its `hold-added`
    record HoldReleased(long hold, String reason, String user) implements AuditEvent {}

    /// From now on the entries up to `last` may be missing from the store: all of them were written
    /// before the month `before`. Their hashes stay, in the tree. Written, and covered by a
    /// checkpoint, before anything is deleted.
    ///
    /// @param holds in force, each as its number and, behind a blank, its first month
    /// @param keepMonths the retention period in force
    /// @param kept sequences of those entries that stay in full: what verifying needs
    record LogPruned(
            String before,
            List<String> holds,
            long keepMonths,
            List<String> kept,
            long last,
            String reason,
            String user)
            implements AuditEvent {}

    /// The log's own sign of life when nothing else was written for a while, so that silence can be
    /// told from a missing part.
    record Heartbeat(long idleSeconds) implements AuditEvent {}
}
