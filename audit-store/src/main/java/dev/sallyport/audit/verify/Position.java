package dev.sallyport.audit.verify;

import java.util.regex.Pattern;

/// An entry that somebody outside wrote down: proof, later, that the log still holds it and
/// everything before it. Written `1042:9f86d0...` (sequence, leaf hash in hex).
public record Position(long sequence, String leafHash) {
    private static final Pattern FORM = Pattern.compile("[1-9]\\d{0,15}:[0-9a-f]{64}");

    /// @throws IllegalArgumentException not of the form
    public static Position parse(String text) {
        if (!FORM.matcher(text).matches())
            throw new IllegalArgumentException(
                    "a position is a sequence number, a colon and 64 lower-case hex digits, got: "
                            + text);
        int colon = text.indexOf(':');
        return new Position(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return sequence + ":" + leafHash;
    }
}
