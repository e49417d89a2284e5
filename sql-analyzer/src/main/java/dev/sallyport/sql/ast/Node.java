package dev.sallyport.sql.ast;

import dev.sallyport.sql.Span;

/// Anything with a place in the text.
public interface Node {
    Span span();
}
