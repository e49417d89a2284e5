package dev.sallyport.identity;

import java.util.Set;

/// People who share roles. An account says which groups it is in.
///
/// @param id never changes; unlike the name it isn't given anew
/// @param name unique among groups, also when case is ignored
/// @param roles that everyone in it has
public record Group(String id, String name, Set<String> roles) implements Item {
    public static final Kind<Group> KIND = new Kind<>("group", Group.class, Group::read, false);

    public Group {
        if (id.isEmpty() || name.isEmpty()) throw new IllegalArgumentException("id and name");
        roles = Set.copyOf(roles);
    }

    @Override
    public Kind<Group> kind() {
        return KIND;
    }

    @Override
    public Members members() {
        return new Members().text("id", id).text("name", name).set("roles", roles);
    }

    private static Group read(Members.Reader m) {
        return new Group(m.text("id"), m.text("name"), Set.copyOf(m.texts("roles")));
    }
}
