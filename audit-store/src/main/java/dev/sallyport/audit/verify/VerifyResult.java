package dev.sallyport.audit.verify;

import java.util.Optional;

/// What the verifier found.
///
/// @param entries how many were verified, which is also the last good sequence
/// @param leafHash of the last of them, hex; 64 zeros when there is none
/// @param origin of the log; empty when no segment could be read
/// @param closed the writer closed the log at its last entry; if not, it runs or crashed
/// @param badSequence the first that is not as it was written, or that is missing; 0 when sound
/// @param file that `offset` counts in; empty when sound
/// @param reason lower case, free of content; empty when sound
/// @param seal what the log's checkpoints cover, as far as it was sound
/// @param gap what was pruned, by which record; empty when the log is whole, or isn't sound
public record VerifyResult(
        Outcome outcome,
        long entries,
        String leafHash,
        String origin,
        boolean closed,
        long badSequence,
        String file,
        long offset,
        String reason,
        Seal seal,
        Optional<Gap> gap) {

    /// Entries that are not there any more, though everything is as it was written.
    ///
    /// @param last of them
    /// @param before the month before which they were written
    /// @param record sequence of the entry `log-pruned` that let them go
    /// @param kept how many of them are there in full
    /// @param keepMonths the retention period, as the record names it
    /// @param oldest when the first entry behind them was written; empty when there is none. A
    ///   record may lie about what is gone: whoever reads can compare
    public record Gap(
            long last, String before, long record, int kept, long keepMonths, String oldest) {}

    /// @param entries that the newest checkpoint covers; 0 without one
    /// @param key that signs checkpoints at the log's end; empty when the log names none
    /// @param trusted whether that key was held against keys from outside
    public record Seal(long entries, String key, boolean trusted) {
        public static final Seal NONE = new Seal(0, "", false);
    }

    /// The four answers, with the exit codes of `sallyport audit verify`.
    public enum Outcome {
        SOUND(0),
        ALTERED(1),
        /// Nothing acknowledged is missing; the last batch was cut short by a crash.
        TORN_TAIL(3),
        /// The files could not be read, or what says how far the log got is missing.
        CANNOT_TELL(4);

        private final int exitCode;

        Outcome(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    public int exitCode() {
        return outcome.exitCode;
    }

    /// A sentence or two for people.
    public String describe() {
        return switch (outcome) {
            case SOUND ->
                    "sound: "
                            + count()
                            + (closed
                                    ? ", closed cleanly"
                                    : ", not closed (the gateway runs, or it crashed)")
                            + (entries == 0
                                    ? ""
                                    : "\nnote this elsewhere, to prove the log later: "
                                            + new Position(entries, leafHash))
                            + describeGap()
                            + describeSeal();
            case ALTERED -> "ALTERED: " + where() + "; " + count() + " before it sound";
            case TORN_TAIL ->
                    "torn tail: "
                            + where()
                            + "; "
                            + count()
                            + " before it sound; the next start of the gateway drops the torn"
                            + " bytes and says so in the log";
            case CANNOT_TELL -> "cannot tell: " + where();
        };
    }

    private String describeGap() {
        return gap.map(g ->
                        "\npruned: entries 1 to "
                                + g.last
                                + ", of before "
                                + g.before
                                + ", by the record "
                                + g.record
                                + "; their hashes are there, and "
                                + g.kept
                                + " of them in full; kept for "
                                + g.keepMonths
                                + " months as it says; the oldest that is left is of "
                                + (g.oldest.isEmpty() ? "no time yet" : g.oldest))
                .orElse("");
    }

    private String describeSeal() {
        if (seal.key.isEmpty()) return "\nnot signed: the log names no key";
        return "\nsigned: the newest checkpoint covers "
                + seal.entries
                + " of "
                + count()
                + ", by "
                + (seal.trusted ? "a trusted key" : "the key the log itself names (see --keys)")
                + ": "
                + seal.key;
    }

    private String count() {
        return entries == 1 ? "1 entry" : entries + " entries";
    }

    private String where() {
        return (badSequence > 0 ? "sequence " + badSequence + ", " : "")
                + (file.isEmpty() ? "" : file + " at offset " + offset + ": ")
                + reason;
    }
}
