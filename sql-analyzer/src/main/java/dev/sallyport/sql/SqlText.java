package dev.sallyport.sql;

/// A message's SQL exactly as received, one or several statements. Literals in it may be PHI:
/// `toString` shows none of it.
public record SqlText(String text) {
    @Override
    public String toString() {
        return "SqlText[" + text.length() + " chars]";
    }
}
