package dev.sallyport.identity;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All people and all they were given, as of one moment. Immutable: any thread may keep and read
/// it.
public final class State {
    public static final State EMPTY = new State(0, Map.of(), false);

    private final long version;
    private final Map<Kind<?>, Map<String, Item>> items;
    private final boolean lost;
    private final Map<String, Account> byLogin;

    private State(long version, Map<Kind<?>, Map<String, Item>> items, boolean lost) {
        this.version = version;
        this.items = items;
        this.lost = lost;
        this.byLogin = new HashMap<>();
        for (var account : all(Account.KIND))
            for (var login : account.logins()) byLogin.put(fold(login), account);
    }

    /// Grows with each change.
    public long version() {
        return version;
    }

    /// The store can't be reached: this is what was known last. Nobody logs in by it, and what is
    /// {@link Kind#temporary} isn't in it any more.
    public boolean isLost() {
        return lost;
    }

    public <T extends Item> @Nullable T find(Kind<T> kind, String id) {
        var item = of(kind).get(id);
        return item == null ? null : kind.type().cast(item);
    }

    public <T extends Item> List<T> all(Kind<T> kind) {
        return of(kind).values().stream().map(kind.type()::cast).toList();
    }

    private Map<String, Item> of(Kind<?> kind) {
        return items.getOrDefault(kind, Map.of());
    }

    /// Whose login name that is, exactly as written.
    public @Nullable Account byLogin(String login) {
        var account = byLogin.get(fold(login));
        return account != null && account.logins().contains(login) ? account : null;
    }

    /// Whose login name that is or would be taken for.
    public @Nullable Account byLoginIgnoringCase(String login) {
        return byLogin.get(fold(login));
    }

    /// The account's own and its groups'.
    public Set<String> rolesOf(Account account) {
        if (account.groups().isEmpty()) return account.roles();
        var roles = new HashSet<>(account.roles());
        for (var id : account.groups()) {
            var group = find(Group.KIND, id);
            if (group != null) roles.addAll(group.roles());
        }
        return Set.copyOf(roles);
    }

    /// This, changed.
    State with(long newVersion, Collection<Edit> edits) {
        var changed = new HashMap<>(items);
        var copied = new HashSet<Kind<?>>();
        for (var edit : edits) {
            var kind = edit.kind();
            if (copied.add(kind)) changed.put(kind, new HashMap<>(of(kind)));
            var ofKind = changed.get(kind);
            if (ofKind == null) throw new IllegalStateException("just put there");
            switch (edit) {
                case Edit.Put(var item) -> ofKind.put(item.id(), item);
                case Edit.Remove(_, var id) -> ofKind.remove(id);
            }
        }
        return new State(newVersion, changed, false);
    }

    State lose() {
        var left = new HashMap<Kind<?>, Map<String, Item>>();
        items.forEach((kind, of) -> {
            if (!kind.temporary()) left.put(kind, of);
        });
        return new State(version, left, true);
    }

    static String fold(String login) {
        return login.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "State[version " + version + (lost ? ", lost]" : "]");
    }
}
