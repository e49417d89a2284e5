package dev.sallyport.identity;

import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// One person. Never shared, and a person has one: what is told of a login name holds for the
/// person, whichever of their names they used.
///
/// @param id never changes and is never given again
/// @param person who that is elsewhere, as the number of an employee; unique when given, so that
///   nobody gets a second account. Empty when there is none
/// @param logins the names that one may log in with, at least one; the first is what the account
///   goes by. Unique among all accounts, also when case is ignored
/// @param groups ids of {@link Group}s
/// @param manager id of an account; empty for none
/// @param roles of the account itself; {@link State#rolesOf} adds those of its groups
/// @param disabled why; empty for an account that may be used
/// @param verifier of the password; empty before the first was set
/// @param secondFactor empty: none is asked for
/// @param enabled when it was enabled last, after having been disabled
/// @param lastLogin to within an hour, also of another gateway's
public record Account(
        String id,
        String person,
        List<String> logins,
        String displayName,
        Set<String> groups,
        Map<String, String> attributes,
        String manager,
        Set<String> roles,
        String disabled,
        Optional<ScramVerifier> verifier,
        MySqlVerifiers mysql,
        Optional<SecondFactor> secondFactor,
        Instant created,
        Optional<Instant> enabled,
        Optional<Instant> passwordSet,
        Optional<Instant> lastLogin)
        implements Item {
    public static final Kind<Account> KIND =
            new Kind<>("account", Account.class, Account::read, false);

    public Account {
        if (id.isEmpty()) throw new IllegalArgumentException("an account has an id");
        if (logins.isEmpty()) throw new IllegalArgumentException("an account has a login name");
        logins = List.copyOf(logins);
        groups = Set.copyOf(groups);
        attributes = Map.copyOf(attributes);
        roles = Set.copyOf(roles);
    }

    /// A new one without password.
    public static Account create(String id, String login, String displayName, Instant now) {
        return new Account(
                id,
                "",
                List.of(login),
                displayName,
                Set.of(),
                Map.of(),
                "",
                Set.of(),
                "",
                Optional.empty(),
                MySqlVerifiers.NONE,
                Optional.empty(),
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// What the account goes by.
    public String name() {
        return logins.getFirst();
    }

    public boolean isDisabled() {
        return !disabled.isEmpty();
    }

    @Override
    public Kind<Account> kind() {
        return KIND;
    }

    /// A second factor's shared secret, sealed by a {@link SecretBox}, and how far its codes are
    /// used up.
    ///
    /// @param sealedSecret base64
    /// @param usedStep of the last code that was taken: neither it nor an earlier one counts again
    public record SecondFactor(String sealedSecret, long usedStep, Instant enrolled) {
        SecondFactor used(long step) {
            return new SecondFactor(sealedSecret, step, enrolled);
        }

        @Override
        public String toString() {
            return "SecondFactor[..., enrolled " + enrolled + "]";
        }
    }

    @Override
    public Members members() {
        var m =
                new Members()
                        .text("id", id)
                        .text("person", person)
                        .texts("logins", logins)
                        .text("displayName", displayName)
                        .set("groups", groups)
                        .map("attributes", attributes)
                        .text("manager", manager)
                        .set("roles", roles)
                        .text("disabled", disabled)
                        .text("verifier", verifier.map(ScramVerifier::text).orElse(""))
                        .text("native", nativeText(mysql))
                        .text("ed25519", ed25519Text(mysql))
                        .time("created", created)
                        .time("enabled", enabled)
                        .time("passwordSet", passwordSet)
                        .time("lastLogin", lastLogin);
        secondFactor.ifPresent(factor ->
                m.text("totp", factor.sealedSecret())
                        .number("totpUsedStep", factor.usedStep())
                        .time("totpEnrolled", factor.enrolled()));
        return m;
    }

    private static Account read(Members.Reader m) {
        var verifier = m.optionalText("verifier");
        var totp = m.optionalText("totp");
        return new Account(
                m.text("id"),
                m.optionalText("person"),
                m.texts("logins"),
                m.optionalText("displayName"),
                Set.copyOf(m.texts("groups")),
                m.map("attributes"),
                m.optionalText("manager"),
                Set.copyOf(m.texts("roles")),
                m.optionalText("disabled"),
                verifier.isEmpty() ? Optional.empty() : Optional.of(scram(verifier)),
                mysql(m.optionalText("native"), m.optionalText("ed25519")),
                totp.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new SecondFactor(
                                        totp, m.number("totpUsedStep"), m.time("totpEnrolled"))),
                m.time("created"),
                m.optionalTime("enabled"),
                m.optionalTime("passwordSet"),
                m.optionalTime("lastLogin"));
    }

    static ScramVerifier scram(String text) {
        return ScramVerifier.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("a malformed verifier"));
    }

    static MySqlVerifiers mysql(String nativePassword, String ed25519) {
        var mysql = MySqlVerifiers.NONE;
        if (!nativePassword.isEmpty())
            mysql =
                    mysql.withNativePassword(
                            MySqlVerifiers.parseNativePassword(nativePassword)
                                    .orElseThrow(() ->
                                            new IllegalArgumentException("a malformed verifier")));
        if (!ed25519.isEmpty())
            mysql =
                    mysql.withEd25519(
                            MySqlVerifiers.parseEd25519(ed25519)
                                    .orElseThrow(() ->
                                            new IllegalArgumentException("a malformed verifier")));
        return mysql;
    }

    static String nativeText(MySqlVerifiers mysql) {
        return mysql.nativePassword()
                .map(hash -> "*" + HexFormat.of().withUpperCase().formatHex(hash))
                .orElse("");
    }

    static String ed25519Text(MySqlVerifiers mysql) {
        return mysql.ed25519()
                .map(key -> Base64.getEncoder().withoutPadding().encodeToString(key))
                .orElse("");
    }

    /// Changes some of it.
    public Editor edit() {
        return new Editor(this);
    }

    /// Collects changes; {@link #done} makes the account of them.
    public static final class Editor {
        private final Account from;
        private String person;
        private List<String> logins;
        private String displayName;
        private Set<String> groups;
        private Map<String, String> attributes;
        private String manager;
        private Set<String> roles;
        private String disabled;
        private Optional<ScramVerifier> verifier;
        private MySqlVerifiers mysql;
        private Optional<SecondFactor> secondFactor;
        private Optional<Instant> enabled;
        private Optional<Instant> passwordSet;
        private Optional<Instant> lastLogin;

        private Editor(Account from) {
            this.from = from;
            person = from.person;
            logins = from.logins;
            displayName = from.displayName;
            groups = from.groups;
            attributes = from.attributes;
            manager = from.manager;
            roles = from.roles;
            disabled = from.disabled;
            verifier = from.verifier;
            mysql = from.mysql;
            secondFactor = from.secondFactor;
            enabled = from.enabled;
            passwordSet = from.passwordSet;
            lastLogin = from.lastLogin;
        }

        public Editor person(String value) {
            person = value;
            return this;
        }

        public Editor logins(List<String> value) {
            logins = value;
            return this;
        }

        public Editor displayName(String value) {
            displayName = value;
            return this;
        }

        public Editor groups(Set<String> value) {
            groups = value;
            return this;
        }

        public Editor attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        public Editor manager(String value) {
            manager = value;
            return this;
        }

        public Editor roles(Set<String> value) {
            roles = value;
            return this;
        }

        public Editor disabled(String why) {
            disabled = why;
            return this;
        }

        public Editor enabled(Instant now) {
            disabled = "";
            enabled = Optional.of(now);
            return this;
        }

        public Editor password(ScramVerifier scram, MySqlVerifiers others, Instant now) {
            verifier = Optional.of(scram);
            mysql = others;
            passwordSet = Optional.of(now);
            return this;
        }

        /// Nobody can log in with one until the next is set.
        public Editor noPassword() {
            verifier = Optional.empty();
            mysql = MySqlVerifiers.NONE;
            passwordSet = Optional.empty();
            return this;
        }

        public Editor secondFactor(Optional<SecondFactor> value) {
            secondFactor = value;
            return this;
        }

        public Editor lastLogin(Instant value) {
            lastLogin = Optional.of(value);
            return this;
        }

        public Account done() {
            return new Account(
                    from.id,
                    person,
                    logins,
                    displayName,
                    groups,
                    attributes,
                    manager,
                    roles,
                    disabled,
                    verifier,
                    mysql,
                    secondFactor,
                    from.created,
                    enabled,
                    passwordSet,
                    lastLogin);
        }
    }

    /// What people are told of it, without verifiers.
    public String describe() {
        return "roles "
                + String.join(", ", roles.stream().sorted().toList())
                + (attributes.isEmpty() ? "" : ", attributes " + new TreeMap<>(attributes))
                + (isDisabled() ? ", disabled: " + disabled : "");
    }

    @Override
    public String toString() {
        return "Account[" + id + ", " + name() + ", " + describe() + "]";
    }
}
