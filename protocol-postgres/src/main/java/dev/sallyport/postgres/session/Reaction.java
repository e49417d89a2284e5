package dev.sallyport.postgres.session;

import dev.sallyport.postgres.message.BackendType;
import dev.sallyport.postgres.session.Awaited.Binding;
import dev.sallyport.postgres.session.Awaited.Closing;
import dev.sallyport.postgres.session.Awaited.DeniedMessage;
import dev.sallyport.postgres.session.Awaited.DeniedQuery;
import dev.sallyport.postgres.session.Awaited.Execution;
import dev.sallyport.postgres.session.Awaited.Phase;
import dev.sallyport.postgres.session.Awaited.PortalDescription;
import dev.sallyport.postgres.session.Awaited.Preparation;
import dev.sallyport.postgres.session.Awaited.Probe;
import dev.sallyport.postgres.session.Awaited.SimpleQuery;
import dev.sallyport.postgres.session.Awaited.StatementDescription;
import dev.sallyport.postgres.session.Awaited.Synchronization;
import dev.sallyport.sql.access.StatementKind;

/// What a message of the server means, given what it has to answer: the table of the protocol
/// (PostgreSQL manual, Message Flow), with everything that isn't in it out of place.
enum Reaction {
    /// To the client; more replies to the same message follow.
    RELAY,
    /// To the client, and the message is answered.
    ANSWERED,
    PARSE_ANSWERED,
    BIND_ANSWERED,
    CLOSE_ANSWERED,
    OWN_CLOSE_ANSWERED,
    /// A statement is done: its outcome is recorded, then this goes to the client.
    STATEMENT_DONE,
    COPY_IN_BEGINS,
    /// ErrorResponse in answer to the message.
    FAILED,
    READY,
    /// Of the gateway's own question: not for the client.
    PROBE_ROW,
    PROBE_RESULT_DONE,
    SWALLOW,
    /// At any time, about the session.
    PARAMETER,
    ASYNCHRONOUS,
    /// The server must not send this here: the session can't go on.
    OUT_OF_PLACE;

    /// For `head`, the first message that isn't answered. Moves its phase on.
    static Reaction to(BackendType type, Awaited head) {
        if (head instanceof Awaited.Running running && running.exceeded != null) {
            return beyondLimit(type, running);
        }
        return switch (type) {
            case NOTICE_RESPONSE, NOTIFICATION_RESPONSE -> ASYNCHRONOUS;
            case PARAMETER_STATUS -> PARAMETER;
            case DATA_ROW ->
                    switch (head) {
                        case SimpleQuery query -> inPhase(query, Phase.ROWS, RELAY);
                        case Execution execution ->
                                move(execution, Phase.START, Phase.ROWS)
                                        ? RELAY
                                        : inPhase(execution, Phase.ROWS, RELAY);
                        case Probe _ -> PROBE_ROW;
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _ ->
                                OUT_OF_PLACE;
                    };
            case ROW_DESCRIPTION ->
                    switch (head) {
                        // A rule can make several results out of one statement.
                        case SimpleQuery query ->
                                !query.failed
                                                && (move(query, Phase.START, Phase.ROWS)
                                                        || query.phase == Phase.ROWS)
                                        ? RELAY
                                        : OUT_OF_PLACE;
                        case StatementDescription description ->
                                description.parametersDescribed ? ANSWERED : OUT_OF_PLACE;
                        case PortalDescription _ -> ANSWERED;
                        case Probe _ -> SWALLOW;
                        case Execution _,
                                Preparation _,
                                Binding _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _ ->
                                OUT_OF_PLACE;
                    };
            case COMMAND_COMPLETE ->
                    switch (head) {
                        case SimpleQuery query ->
                                query.failed || query.current() == null || !resultEnds(query)
                                        ? OUT_OF_PLACE
                                        : STATEMENT_DONE;
                        case Execution execution ->
                                resultEnds(execution) ? STATEMENT_DONE : OUT_OF_PLACE;
                        case Probe _ -> PROBE_RESULT_DONE;
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _ ->
                                OUT_OF_PLACE;
                    };
            case EMPTY_QUERY_RESPONSE ->
                    switch (head) {
                        // A text without a statement: nothing may be left to run.
                        case SimpleQuery query ->
                                query.failed || query.phase != Phase.START || !onlyEmpty(query)
                                        ? OUT_OF_PLACE
                                        : STATEMENT_DONE;
                        case Execution execution -> inPhase(execution, Phase.START, STATEMENT_DONE);
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case PORTAL_SUSPENDED ->
                    switch (head) {
                        case Execution execution ->
                                resultEnds(execution) ? STATEMENT_DONE : OUT_OF_PLACE;
                        case SimpleQuery _,
                                Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case COPY_IN_RESPONSE ->
                    switch (head) {
                        // Only for what was analysed, and decided, as COPY FROM STDIN.
                        case SimpleQuery query ->
                                !query.failed
                                                && query.currentIs(StatementKind.COPY_IN)
                                                && move(query, Phase.START, Phase.COPY_IN)
                                        ? COPY_IN_BEGINS
                                        : OUT_OF_PLACE;
                        case Execution execution ->
                                execution.currentIs(StatementKind.COPY_IN)
                                                && move(execution, Phase.START, Phase.COPY_IN)
                                        ? COPY_IN_BEGINS
                                        : OUT_OF_PLACE;
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case COPY_OUT_RESPONSE ->
                    switch (head) {
                        case SimpleQuery query ->
                                !query.failed
                                                && query.currentIs(StatementKind.COPY_OUT)
                                                && move(query, Phase.START, Phase.COPY_OUT)
                                        ? RELAY
                                        : OUT_OF_PLACE;
                        case Execution execution ->
                                execution.currentIs(StatementKind.COPY_OUT)
                                                && move(execution, Phase.START, Phase.COPY_OUT)
                                        ? RELAY
                                        : OUT_OF_PLACE;
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case COPY_DATA ->
                    switch (head) {
                        case SimpleQuery query -> inPhase(query, Phase.COPY_OUT, RELAY);
                        case Execution execution -> inPhase(execution, Phase.COPY_OUT, RELAY);
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case COPY_DONE ->
                    switch (head) {
                        case SimpleQuery query ->
                                move(query, Phase.COPY_OUT, Phase.COPY_OUT_DONE)
                                        ? RELAY
                                        : OUT_OF_PLACE;
                        case Execution execution ->
                                move(execution, Phase.COPY_OUT, Phase.COPY_OUT_DONE)
                                        ? RELAY
                                        : OUT_OF_PLACE;
                        case Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case PARSE_COMPLETE ->
                    isStepwise(head)
                            ? SWALLOW
                            : head instanceof Preparation ? PARSE_ANSWERED : OUT_OF_PLACE;
            case BIND_COMPLETE ->
                    isStepwise(head)
                            ? SWALLOW
                            : head instanceof Binding ? BIND_ANSWERED : OUT_OF_PLACE;
            case CLOSE_COMPLETE ->
                    head instanceof Closing closing
                            ? closing.own ? OWN_CLOSE_ANSWERED : CLOSE_ANSWERED
                            : OUT_OF_PLACE;
            case PARAMETER_DESCRIPTION -> {
                if (!(head instanceof StatementDescription description)
                        || description.parametersDescribed) yield OUT_OF_PLACE;
                description.parametersDescribed = true;
                yield RELAY;
            }
            case NO_DATA ->
                    switch (head) {
                        case StatementDescription description ->
                                description.parametersDescribed ? ANSWERED : OUT_OF_PLACE;
                        case PortalDescription _ -> ANSWERED;
                        case SimpleQuery query -> query.stepwise ? SWALLOW : OUT_OF_PLACE;
                        case Execution _,
                                Preparation _,
                                Binding _,
                                Closing _,
                                Synchronization _,
                                DeniedMessage _,
                                DeniedQuery _,
                                Probe _ ->
                                OUT_OF_PLACE;
                    };
            case ERROR_RESPONSE -> FAILED;
            case READY_FOR_QUERY ->
                    switch (head) {
                        case SimpleQuery query ->
                                query.failed
                                                || query.complete != null
                                                || query.phase == Phase.START && onlyEmpty(query)
                                        ? READY
                                        : OUT_OF_PLACE;
                        case Synchronization _ -> READY;
                        case DeniedQuery query -> query.failed ? READY : OUT_OF_PLACE;
                        case Probe _ -> READY;
                        case Execution _,
                                Preparation _,
                                Binding _,
                                StatementDescription _,
                                PortalDescription _,
                                Closing _,
                                DeniedMessage _ ->
                                OUT_OF_PLACE;
                    };
            case AUTHENTICATION,
                    BACKEND_KEY_DATA,
                    COPY_BOTH_RESPONSE,
                    FUNCTION_CALL_RESPONSE,
                    NEGOTIATE_PROTOCOL_VERSION ->
                    OUT_OF_PLACE;
        };
    }

    /// Nothing is running: only what may come at any time.
    static Reaction whenNothingIsAwaited(BackendType type) {
        return switch (type) {
            case NOTICE_RESPONSE, NOTIFICATION_RESPONSE -> ASYNCHRONOUS;
            case PARAMETER_STATUS -> PARAMETER;
            // The server ends the session (shutdown, timeout); whoever handles it checks that it's
            // FATAL.
            case ERROR_RESPONSE -> FAILED;
            case DATA_ROW,
                    ROW_DESCRIPTION,
                    COMMAND_COMPLETE,
                    EMPTY_QUERY_RESPONSE,
                    PORTAL_SUSPENDED,
                    COPY_IN_RESPONSE,
                    COPY_OUT_RESPONSE,
                    COPY_DATA,
                    COPY_DONE,
                    PARSE_COMPLETE,
                    BIND_COMPLETE,
                    CLOSE_COMPLETE,
                    PARAMETER_DESCRIPTION,
                    NO_DATA,
                    READY_FOR_QUERY,
                    AUTHENTICATION,
                    BACKEND_KEY_DATA,
                    COPY_BOTH_RESPONSE,
                    FUNCTION_CALL_RESPONSE,
                    NEGOTIATE_PROTOCOL_VERSION ->
                    OUT_OF_PLACE;
        };
    }

    /// Of a result that has come to a limit nothing goes on; what ends it counts.
    private static Reaction beyondLimit(BackendType type, Awaited.Running running) {
        return switch (type) {
            case NOTICE_RESPONSE, NOTIFICATION_RESPONSE -> ASYNCHRONOUS;
            case PARAMETER_STATUS -> PARAMETER;
            case DATA_ROW, ROW_DESCRIPTION, NO_DATA, COPY_OUT_RESPONSE, COPY_DATA, COPY_DONE ->
                    SWALLOW;
            case COMMAND_COMPLETE, EMPTY_QUERY_RESPONSE, PORTAL_SUSPENDED ->
                    running.current() == null ? SWALLOW : STATEMENT_DONE;
            case ERROR_RESPONSE -> FAILED;
            case READY_FOR_QUERY -> running instanceof SimpleQuery ? READY : OUT_OF_PLACE;
            case COPY_IN_RESPONSE,
                    PARSE_COMPLETE,
                    BIND_COMPLETE,
                    CLOSE_COMPLETE,
                    PARAMETER_DESCRIPTION,
                    AUTHENTICATION,
                    BACKEND_KEY_DATA,
                    COPY_BOTH_RESPONSE,
                    FUNCTION_CALL_RESPONSE,
                    NEGOTIATE_PROTOCOL_VERSION ->
                    OUT_OF_PLACE;
        };
    }

    private static boolean isStepwise(Awaited head) {
        return head instanceof SimpleQuery query && query.stepwise;
    }

    private static Reaction inPhase(Awaited.Running running, Phase phase, Reaction reaction) {
        return running.phase == phase ? reaction : OUT_OF_PLACE;
    }

    private static boolean move(Awaited.Running running, Phase from, Phase to) {
        if (running.phase != from) return false;
        running.phase = to;
        return true;
    }

    private static boolean resultEnds(Awaited.Running running) {
        return switch (running.phase) {
            case START, ROWS, COPY_OUT_DONE, COPY_IN -> true;
            case COPY_OUT -> false;
        };
    }

    private static boolean onlyEmpty(SimpleQuery query) {
        return query.current() == null || query.currentIs(StatementKind.EMPTY);
    }
}
