package dev.sallyport.gateway;

import java.util.List;

/// How a permitted statement ended.
///
/// @param sqlState of the error; empty when there was none
/// @param tag the command tag, as `SELECT 3`; may be empty
/// @param rows as the command tag counts them, or -1 where it doesn't
/// @param bytes of results for the client
/// @param micros from the forwarding of the message to its last reply
/// @param messages what the server said about it, error and notices: may quote rows
public record Outcome(
        Status status,
        String sqlState,
        String tag,
        long rows,
        long bytes,
        long micros,
        List<String> messages) {
    public Outcome {
        messages = List.copyOf(messages);
    }

    public Outcome(Status status, String sqlState, String tag, long rows, long bytes, long micros) {
        this(status, sqlState, tag, rows, bytes, micros, List.of());
    }

    public Outcome saying(List<String> words) {
        return words.isEmpty()
                ? this
                : new Outcome(status, sqlState, tag, rows, bytes, micros, words);
    }

    @Override
    public String toString() {
        return "Outcome[" + status + " " + sqlState + " " + tag + "]";
    }

    public enum Status {
        COMPLETED("completed"),
        FAILED("failed"),
        CANCELLED("cancelled"),
        /// A portal with rows left.
        SUSPENDED("suspended"),
        /// It never ran: something before it in the same message or pipeline failed, or its portal
        /// was closed unused.
        SKIPPED("skipped"),
        /// The upstream was lost before it answered.
        UNKNOWN("unknown");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// As the audit log has it.
        public String word() {
            return word;
        }
    }

    public static Outcome completed(String tag, long rows, long bytes, long micros) {
        return new Outcome(Status.COMPLETED, "", tag, rows, bytes, micros);
    }

    /// 57014 is what a cancelled statement answers.
    public static Outcome failed(String sqlState, long rows, long bytes, long micros) {
        var status = sqlState.equals("57014") ? Status.CANCELLED : Status.FAILED;
        return new Outcome(status, sqlState, "", rows, bytes, micros);
    }

    public static Outcome skipped() {
        return new Outcome(Status.SKIPPED, "", "", -1, 0, 0);
    }

    public static Outcome unknown(long bytes, long micros) {
        return new Outcome(Status.UNKNOWN, "", "", -1, bytes, micros);
    }
}
