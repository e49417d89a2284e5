package dev.sallyport.gateway;

import dev.sallyport.config.Protocol;
import dev.sallyport.sql.Analysis;
import java.util.Locale;

/// Why the gateway itself refuses: the one table from a reason to an SQLSTATE, a sentence and what
/// to do about it. Where PostgreSQL has a code for the situation it is that code, so that clients
/// behave as they would there.
public enum Refusal {
    POLICY("42501", "not permitted by policy", ""),
    SYNTAX(
            "42601",
            "the statement is not understood, so it is not run",
            "Check the statement's syntax at the position shown. If the server accepts it, rewrite"
                    + " that part and report it to the gateway's operators.",
            "Check the statement's syntax at the character named. If the server accepts it, rewrite"
                    + " that part and report it to the gateway's operators."),
    UNKNOWN_OBJECT(
            "42P01",
            "unknown object",
            "Check the name, its schema and the search_path.",
            "Check the name and its database: SELECT DATABASE() tells the current one."),
    AMBIGUOUS("42702", "ambiguous name", "Qualify the name."),
    UNSUPPORTED(
            "0A000",
            "the statement is not understood, so it is not run",
            "The gateway cannot tell what this touches. Rewrite that part, or ask its operators."),
    UNACCOUNTED(
            "42501",
            "the statement could not be accounted for in full, so it is not run",
            "Give aliases and columns names that no table has, or qualify them."),
    TOO_COMPLEX("54001", "the statement is too complex to be checked", "Split the statement."),
    TOO_LONG("54000", "the statement is longer than this gateway allows", "Split the statement."),
    NAME_TOO_LONG(
            "42622",
            "names of prepared statements and portals have at most 63 bytes",
            "Use a shorter name: the server would cut it."),
    ENCODING(
            "22021",
            "the statement cannot be read safely in the session's encoding",
            "Send valid text, and set client_encoding to UTF8.",
            "Send valid text, and SET NAMES utf8mb4."),
    STALE_CONTEXT(
            "55000",
            "what the names in it mean may have changed, so it is not run",
            "Send it again by itself, after the answer to the statements before it."),
    ABORTED_TRANSACTION(
            "25P02",
            "current transaction is aborted, commands ignored until end of transaction block",
            "ROLLBACK first."),
    UNKNOWN_PREPARED_STATEMENT("26000", "no such prepared statement", "Prepare it first."),
    REWRITING_CHANGED(
            "26000",
            "the masks or row filters on what it touches have changed since it was prepared",
            "Prepare it again."),
    UNKNOWN_CURSOR(
            "34000",
            "no such cursor or portal",
            "Declare it first; of a function, call it in the same transaction and wait for its"
                    + " answer."),
    TOO_MANY_HELD(
            "54000",
            "the session holds too many prepared statements or cursors",
            "Close or deallocate some."),
    MULTIPLE_STATEMENTS(
            "42601",
            "cannot insert multiple commands into a prepared statement",
            "Send them one by one."),
    OWN_STATEMENT(
            "42601", "not a statement of the gateway", "There are: " + OwnStatement.ALL + "."),
    LIMITED_AMONG_OTHERS(
            "0A000",
            "a statement whose result is limited for you has to be sent by itself: others of the"
                    + " same message change something, and could not be taken back",
            "Send them one by one."),
    FUNCTION_CALL(
            "0A000",
            "function calls outside of statements (fast path) are refused",
            "Call the function with SELECT."),
    COMMAND(
            "0A000",
            "this command of the protocol is refused",
            "Use a statement that does the same, if there is one."),
    AUDIT_UNAVAILABLE(
            "58030",
            "the audit log cannot record the statement, so it is not run",
            "Try again later; the gateway's operators have been told."),
    AUDIT_LOST(
            "57P03",
            "the audit log failed, so the gateway stops",
            "Try again later; the gateway's operators have been told."),
    CATALOG_UNAVAILABLE(
            "57P03",
            "the database's catalog has not been read yet, so nothing can be checked",
            "Try again in a moment."),
    INTERNAL(
            "XX000",
            "the gateway failed to check the statement, so it is not run",
            "Report it to the gateway's operators with the audit record's number."),
    TOO_MANY_SESSIONS("53300", "too many sessions", "Close one, or try again later."),
    SHUTTING_DOWN("57P01", "the gateway is shutting down", "Connect again in a moment."),
    SESSION_ENDED("57P01", "the session was ended", "Connect again."),
    LOGIN_FAILED("28P01", "login failed", ""),
    LOGIN_REFUSED("28000", "login refused", "Ask the gateway's operators."),
    NOT_PERMITTED_HERE("42501", "not permitted on this database", ""),
    LOGIN_THROTTLED("28000", "too many failed logins", "Wait, then try again.");

    /// Recorded for the statements that a message holds beside one that the policy denies.
    public static final String ANOTHER_DENIED = "another statement of the same message was denied";

    private final String sqlState;
    private final String sentence;
    private final String hint;
    private final String mySqlHint;

    Refusal(String sqlState, String sentence, String hint) {
        this(sqlState, sentence, hint, hint);
    }

    /// @param mySqlHint in the words of that server's manual, where they are others
    Refusal(String sqlState, String sentence, String hint, String mySqlHint) {
        this.sqlState = sqlState;
        this.sentence = sentence;
        this.hint = hint;
        this.mySqlHint = mySqlHint;
    }

    public String sqlState() {
        return sqlState;
    }

    public String sentence() {
        return sentence;
    }

    /// What to do, in the words of whoever speaks that protocol.
    String hint(Protocol protocol) {
        return switch (protocol) {
            case POSTGRES -> hint;
            case MYSQL -> mySqlHint;
        };
    }

    /// Whether what more is said about a case has words of the client's that name nothing here: a
    /// value without its quotes looks like a column. The log has them sealed, never in clear.
    boolean quotesClient() {
        return switch (this) {
            case SYNTAX, UNKNOWN_OBJECT, AMBIGUOUS, UNACCOUNTED -> true;
            case POLICY,
                    UNSUPPORTED,
                    TOO_COMPLEX,
                    TOO_LONG,
                    NAME_TOO_LONG,
                    ENCODING,
                    STALE_CONTEXT,
                    ABORTED_TRANSACTION,
                    UNKNOWN_PREPARED_STATEMENT,
                    REWRITING_CHANGED,
                    UNKNOWN_CURSOR,
                    TOO_MANY_HELD,
                    MULTIPLE_STATEMENTS,
                    LIMITED_AMONG_OTHERS,
                    COMMAND,
                    FUNCTION_CALL,
                    OWN_STATEMENT,
                    AUDIT_UNAVAILABLE,
                    AUDIT_LOST,
                    CATALOG_UNAVAILABLE,
                    INTERNAL,
                    TOO_MANY_SESSIONS,
                    SHUTTING_DOWN,
                    SESSION_ENDED,
                    LOGIN_FAILED,
                    LOGIN_REFUSED,
                    NOT_PERMITTED_HERE,
                    LOGIN_THROTTLED ->
                    false;
        };
    }

    /// As the client sees it.
    ///
    /// @param what more about this case, free of literals; may be empty
    /// @param detail may be empty
    public Denial denial(String what, String detail) {
        return denial(what, detail, Protocol.POSTGRES);
    }

    /// @param protocol that the client speaks: what isn't about statements has the same words in
    ///   every one
    Denial denial(String what, String detail, Protocol protocol) {
        var message = "sallyport: " + sentence + (what.isEmpty() ? "" : ": " + what);
        return new Denial(sqlState, message, detail, hint(protocol));
    }

    public Denial denial() {
        return denial("", "");
    }

    static Refusal of(Analysis.Code code) {
        return switch (code) {
            case SYNTAX -> SYNTAX;
            case UNKNOWN_OBJECT -> UNKNOWN_OBJECT;
            case AMBIGUOUS -> AMBIGUOUS;
            case UNSUPPORTED -> UNSUPPORTED;
            case TOO_COMPLEX -> TOO_COMPLEX;
            case ENCODING -> ENCODING;
            case STALE_CONTEXT -> STALE_CONTEXT;
            case UNACCOUNTED -> UNACCOUNTED;
        };
    }

    /// What PostgreSQL answers when that kind of object is missing: tools look at it.
    static String sqlStateOfUnknown(String reason) {
        var words = reason.toLowerCase(Locale.ROOT);
        if (words.startsWith("column ")) return "42703";
        if (words.startsWith("function ") || words.startsWith("procedure ")) return "42883";
        if (words.startsWith("operator ")) return "42883";
        if (words.startsWith("type ")) return "42704";
        if (words.startsWith("schema ")) return "3F000";
        return UNKNOWN_OBJECT.sqlState;
    }
}
