package dev.sallyport.identity;

import java.util.List;

/// Everything that this gateway's store keeps.
public final class Kinds {
    public static final List<Kind<?>> ALL =
            List.of(Account.KIND, Group.KIND, DatabaseCredential.KIND);

    private Kinds() {}
}
