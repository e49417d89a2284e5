package dev.sallyport.identity;

/// One row of a change.
public sealed interface Edit {
    Kind<?> kind();

    String id();

    /// New, or instead of the one with its id.
    record Put(Item item) implements Edit {
        @Override
        public Kind<?> kind() {
            return item.kind();
        }

        @Override
        public String id() {
            return item.id();
        }
    }

    record Remove(Kind<?> kind, String id) implements Edit {}
}
