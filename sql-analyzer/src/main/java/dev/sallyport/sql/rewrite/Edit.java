package dev.sallyport.sql.rewrite;

import dev.sallyport.sql.Span;

/// A part of the text that is replaced; an empty span inserts.
///
/// @param replacement may hold facts about a person (row filters): not shown
public record Edit(Span span, String replacement) {
    @Override
    public String toString() {
        return "Edit[" + span.start() + ".." + span.end() + "]";
    }
}
