package dev.sallyport.identity;

import java.util.function.Function;

/// A sort of {@link Item}s. Those that a store is to keep are listed where it is opened: rows of
/// another kind are an error, so that an older gateway doesn't overlook what a newer one wrote.
///
/// @param name in the store; never changes
/// @param read the item that {@link Item#members} came from; throws {@link
///   IllegalArgumentException} for anything else
/// @param temporary what is given for a time only: nobody has it while the store can't be reached,
///   since it may have been taken away meanwhile
public record Kind<T extends Item>(
        String name, Class<T> type, Function<Members.Reader, T> read, boolean temporary) {
    @Override
    public String toString() {
        return name;
    }
}
