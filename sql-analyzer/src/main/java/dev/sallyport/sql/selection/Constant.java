package dev.sallyport.sql.selection;

/// A value that stands in a statement, or that a parameter brings. Values are people's data:
/// `toString` shows none.
public sealed interface Constant {
    /// A string literal, not yet of any type; or text.
    record Text(String value) implements Constant {
        @Override
        public String toString() {
            return "Text";
        }
    }

    /// A number as it was written, its sign before it.
    record Number(String value) implements Constant {
        @Override
        public String toString() {
            return "Number";
        }
    }

    record Null() implements Constant {}

    /// `$1`.
    ///
    /// @param type it was cast to, as the catalog calls it (`int8`); empty when it wasn't
    record Parameter(int number, String type) implements Constant {}

    /// `= ANY ($1)`: each element counts.
    ///
    /// @param type of the elements; empty when there was no cast
    record Elements(int number, String type) implements Constant {}
}
