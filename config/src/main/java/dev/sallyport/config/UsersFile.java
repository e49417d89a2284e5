package dev.sallyport.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// `users.yaml`: the people who may log in. Names differ, also when case is ignored.
public record UsersFile(Path file, List<User> users) {
    /// What audit entries, psql's command line and file names can carry without quoting.
    static final Pattern NAME = Pattern.compile("[\\p{L}\\p{Nd}_][\\p{L}\\p{Nd}_.@+-]{0,62}");

    /// Whether somebody may be called that.
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    public UsersFile {
        users = List.copyOf(users);
    }

    /// @param roles as the policies name them; no role, no access
    /// @param mysql for clients of MariaDB that cannot do with `verifier`
    /// @param attributes facts that policy conditions may read, as `provider_id`
    /// @param disabled may not log in; running sessions end
    public record User(
            Located<String> name,
            List<Located<String>> roles,
            ScramVerifier verifier,
            MySqlVerifiers mysql,
            Map<String, String> attributes,
            boolean disabled) {
        public User {
            roles = List.copyOf(roles);
            attributes = Map.copyOf(attributes);
        }

        public Set<String> roleNames() {
            return roles.stream().map(Located::value).collect(Collectors.toUnmodifiableSet());
        }

        @Override
        public String toString() {
            return "User[" + name + ", roles " + roles + (disabled ? ", disabled]" : "]");
        }
    }
}
