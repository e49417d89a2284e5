package dev.sallyport.config;

/// A condition written in another language, inside a YAML value. Knows where its characters stand,
/// so that an error in it points there.
///
/// @param at where the value begins
/// @param indent characters between `at` and the text's first, as a quote; -1: it stands in lines
///   of its own below
public record SourceText(String text, Position at, int indent) {
    /// The place of a character of the text, as near as it is known.
    ///
    /// @param line from 1
    /// @param column from 0, in code points
    public Position place(int line, int column) {
        if (indent < 0 || line != 1 || text.indexOf('\n') >= 0) return at;
        return new Position(at.file(), at.line(), at.column() + indent + column);
    }

    @Override
    public String toString() {
        return text;
    }
}
