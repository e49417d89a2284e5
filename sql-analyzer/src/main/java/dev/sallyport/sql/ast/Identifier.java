package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;

/// One name as the server sees it: unquoted, unescaped, folded and truncated.
///
/// @param quoted whether it was written in double quotes
public record Identifier(String name, boolean quoted, Span span) implements Node {
    @Override
    public String toString() {
        return name;
    }
}
