package dev.sallyport.audit.format;

/// Bytes that are not what the format says. The message tells what, never the bytes.
public final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }
}
