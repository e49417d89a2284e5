package dev.sallyport.identity;

/// One thing that the store keeps: an account, a group, a credential. Immutable.
public interface Item {
    Kind<?> kind();

    /// Unique within its kind.
    String id();

    /// All of it, for the store: what the kind's reader takes back.
    Members members();
}
