package dev.sallyport.sql;

/// A half-open range of UTF-16 offsets into the {@link SqlText}: `0 <= start <= end <= length`.
public record Span(int start, int end) {
    public Span {
        if (start < 0 || end < start)
            throw new IllegalArgumentException("bad span " + start + ".." + end);
    }
}
