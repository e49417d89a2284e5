package dev.sallyport.identity;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.config.UsersFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What can be done to accounts. Every method that changes something waits for disk or network;
/// `by` is who does it, for the log.
public final class Accounts {
    /// A login is noted at most this often.
    private static final Duration NOTED_EVERY = Duration.ofHours(1);

    private final StateStore store;
    private final SecretBox box;
    private final InstantSource clock;
    private final Predicate<String> isInUsersFile;

    /// @param isInUsersFile whether a login name is taken in `users.yaml`
    public Accounts(
            StateStore store, SecretBox box, InstantSource clock, Predicate<String> isInUsersFile) {
        this.store = store;
        this.box = box;
        this.clock = clock;
        this.isInUsersFile = isInUsersFile;
    }

    /// Who is to be added.
    ///
    /// @param person as {@link Account#person}
    public record NewAccount(
            String login,
            String displayName,
            String person,
            Set<String> roles,
            Map<String, String> attributes,
            Optional<Password> password) {}

    /// What is kept of a password.
    public record Password(ScramVerifier verifier, MySqlVerifiers mysql) {}

    public StateStore store() {
        return store;
    }

    public Changed<Account> add(String by, NewAccount wanted) throws StateException {
        var login = wanted.login();
        var what = "add account " + login;
        return store.change(
                by,
                what,
                state -> {
                    if (!UsersFile.isName(login))
                        return new Change.Refuse<>(
                                "a login name has up to 63 letters, digits, '_', '.', '@', '+' and"
                                        + " '-'");
                    if (state.byLoginIgnoringCase(login) != null)
                        return new Change.Refuse<>("there is an account " + login + " already");
                    if (isInUsersFile.test(login))
                        return new Change.Refuse<>(
                                login + " is in the users' file already: remove it there first");
                    var twin = byPerson(state, wanted.person());
                    if (twin != null)
                        return new Change.Refuse<>(
                                "that person has the account "
                                        + twin.name()
                                        + " already: a person has one");
                    var now = clock.instant();
                    var editor =
                            Account.create(StateStore.newId(), login, wanted.displayName(), now)
                                    .edit()
                                    .person(wanted.person())
                                    .roles(wanted.roles())
                                    .attributes(wanted.attributes());
                    wanted.password().ifPresent(p -> editor.password(p.verifier(), p.mysql(), now));
                    var account = editor.done();
                    return accept(by, account, "account added", List.of(account.describe()));
                });
    }

    private static @Nullable Account byPerson(State state, String person) {
        if (person.isEmpty()) return null;
        for (var account : state.all(Account.KIND))
            if (account.person().equals(person)) return account;
        return null;
    }

    /// Ends what was made with the old one: credentials for a short time don't fit any more.
    public Changed<Account> setPassword(String by, String login, Password password)
            throws StateException {
        return edit(
                by,
                login,
                "set the password of " + login,
                account ->
                        new Edited(
                                account.edit()
                                        .password(
                                                password.verifier(),
                                                password.mysql(),
                                                clock.instant())
                                        .done(),
                                "password set",
                                List.of()));
    }

    public Changed<Account> disable(String by, String login, String why) throws StateException {
        if (why.isBlank()) throw new IllegalArgumentException("it needs a reason");
        return edit(
                by,
                login,
                "disable " + login,
                account ->
                        account.isDisabled()
                                ? refused(login + " is disabled already: " + account.disabled())
                                : new Edited(
                                        account.edit().disabled(why).done(),
                                        "account disabled",
                                        List.of(why)));
    }

    public Changed<Account> enable(String by, String login) throws StateException {
        return edit(
                by,
                login,
                "enable " + login,
                account ->
                        account.isDisabled()
                                ? new Edited(
                                        account.edit().enabled(clock.instant()).done(),
                                        "account enabled",
                                        List.of("was disabled: " + account.disabled()))
                                : refused(login + " is enabled already"));
    }

    /// Gives the account the roles `add` and takes those of `remove`.
    public Changed<Account> changeRoles(
            String by, String login, Set<String> add, Set<String> remove) throws StateException {
        return edit(
                by,
                login,
                "change the roles of " + login,
                account -> {
                    var roles = new TreeSet<>(account.roles());
                    roles.addAll(add);
                    roles.removeAll(remove);
                    if (roles.equals(account.roles())) return refused("it has just these roles");
                    return new Edited(
                            account.edit().roles(roles).done(),
                            "roles changed",
                            List.of(
                                    "from: " + String.join(", ", new TreeSet<>(account.roles())),
                                    "to: " + String.join(", ", roles)));
                });
    }

    /// From now on codes of this secret are asked for.
    ///
    /// @param code that the person's device shows: it has the secret, and its clock is right
    public Changed<Account> enrol(String by, String login, byte[] secret, String code)
            throws StateException {
        return edit(
                by,
                login,
                "enrol a second factor of " + login,
                account -> {
                    if (account.secondFactor().isPresent())
                        return refused(login + " has a second factor already: remove it first");
                    var now = clock.instant();
                    var step = Totp.step(secret, code, now);
                    if (step.isEmpty())
                        return refused(
                                "the code is wrong: look whether the clocks of the device and of"
                                        + " this machine are right");
                    var factor =
                            new Account.SecondFactor(
                                    box.seal(secret, context(account)), step.getAsLong(), now);
                    return new Edited(
                            account.edit().secondFactor(Optional.of(factor)).done(),
                            "second factor enrolled",
                            List.of());
                });
    }

    /// A password that was set beside the second factor may be too short to stand alone: it goes,
    /// too.
    public Changed<Account> removeSecondFactor(String by, String login) throws StateException {
        return edit(
                by,
                login,
                "remove the second factor of " + login,
                account -> {
                    if (account.secondFactor().isEmpty())
                        return refused(login + " has no second factor");
                    var enrolled = account.secondFactor().get().enrolled();
                    var keeps = account.passwordSet().map(set -> !set.isAfter(enrolled));
                    var editor = account.edit().secondFactor(Optional.empty());
                    if (!keeps.orElse(true)) editor.noPassword();
                    return new Edited(
                            editor.done(),
                            "second factor removed",
                            keeps.orElse(true)
                                    ? List.of()
                                    : List.of("and the password, which was set beside it"));
                });
    }

    public enum CodeCheck {
        RIGHT,
        WRONG,
        /// It, or a later one, was taken before.
        USED
    }

    /// Whether that is a code of the account's now. Uses it up, on every gateway, before it says
    /// so.
    public CodeCheck useCode(String accountId, String code) throws StateException {
        var known = store.state().find(Account.KIND, accountId);
        if (known == null || stepOf(known, code).isEmpty()) return CodeCheck.WRONG;
        var changed =
                store.<CodeCheck>change(
                        "gateway",
                        "use a code of " + known.name(),
                        state -> {
                            var account = state.find(Account.KIND, accountId);
                            if (account == null) return nothing(CodeCheck.WRONG);
                            var factor = account.secondFactor();
                            var step = stepOf(account, code);
                            if (factor.isEmpty() || step.isEmpty()) return nothing(CodeCheck.WRONG);
                            if (step.get() <= factor.get().usedStep())
                                return nothing(CodeCheck.USED);
                            // The login's record tells it.
                            return new Change.Accept<>(
                                    List.of(),
                                    List.of(
                                            new Edit.Put(
                                                    account.edit()
                                                            .secondFactor(
                                                                    Optional.of(
                                                                            factor.get()
                                                                                    .used(
                                                                                            step
                                                                                                    .get())))
                                                            .lastLogin(clock.instant())
                                                            .done())),
                                    CodeCheck.RIGHT);
                        });
        return switch (changed) {
            case Changed.Done<CodeCheck>(var result, _) -> result;
            case Changed.Refused<CodeCheck> _ -> CodeCheck.WRONG;
        };
    }

    private Optional<Long> stepOf(Account account, String code) {
        if (account.secondFactor().isEmpty()) return Optional.empty();
        var secret = box.open(account.secondFactor().get().sealedSecret(), context(account));
        if (secret.isEmpty()) return Optional.empty();
        var step = Totp.step(secret.get(), code, clock.instant());
        return step.isPresent() ? Optional.of(step.getAsLong()) : Optional.empty();
    }

    /// What a sealed secret belongs to: moved to another account it doesn't open.
    private static String context(Account account) {
        return "totp " + account.id();
    }

    private static Change.Answer<CodeCheck> nothing(CodeCheck result) {
        return new Change.Accept<>(List.of(), List.of(), result);
    }

    /// True when {@link #noteLogin} would change something.
    public boolean loginIsNews(Account account) {
        var noted = account.lastLogin();
        return noted.isEmpty() || noted.get().plus(NOTED_EVERY).isBefore(clock.instant());
    }

    /// The account was just used, as the log tells.
    public void noteLogin(String accountId) throws StateException {
        var _ =
                store.<String>change(
                        "gateway",
                        "note a login",
                        state -> {
                            var account = state.find(Account.KIND, accountId);
                            if (account == null || !loginIsNews(account))
                                return new Change.Accept<>(List.of(), List.of(), "");
                            return new Change.Accept<>(
                                    List.of(),
                                    List.of(
                                            new Edit.Put(
                                                    account.edit()
                                                            .lastLogin(clock.instant())
                                                            .done())),
                                    "");
                        });
    }

    /// Disables who has not logged in for so long; those that are new or were enabled count from
    /// then.
    ///
    /// @return their names
    public List<String> disableDormant(String by, Duration after) throws StateException {
        var disabled = new ArrayList<String>();
        for (var account : store.state().all(Account.KIND)) {
            if (!isDormant(account, after)) continue;
            var why = "no login for " + after.toDays() + " days";
            var changed =
                    edit(
                            by,
                            account.name(),
                            "disable " + account.name(),
                            now ->
                                    isDormant(now, after)
                                            ? new Edited(
                                                    now.edit().disabled(why).done(),
                                                    "account disabled",
                                                    List.of(why))
                                            : refused("it was used meanwhile"));
            if (changed instanceof Changed.Done<Account>) disabled.add(account.name());
        }
        return disabled;
    }

    private boolean isDormant(Account account, Duration after) {
        if (account.isDisabled()) return false;
        Instant since = account.created();
        for (var time : List.of(account.lastLogin(), account.enabled()))
            if (time.isPresent() && time.get().isAfter(since)) since = time.get();
        return since.plus(after).isBefore(clock.instant());
    }

    // --- one account

    private sealed interface Answer {}

    private record Edited(Account account, String change, List<String> details) implements Answer {}

    private record Refused(String reason) implements Answer {}

    private static Answer refused(String reason) {
        return new Refused(reason);
    }

    private Changed<Account> edit(
            String by,
            String login,
            String what,
            java.util.function.Function<Account, Answer> answer)
            throws StateException {
        return store.change(
                by,
                what,
                state -> {
                    var account = state.byLogin(login);
                    if (account == null) return new Change.Refuse<>("there is no account " + login);
                    return switch (answer.apply(account)) {
                        case Refused(var reason) -> new Change.Refuse<>(reason);
                        case Edited(var edited, var change, var details) ->
                                accept(by, edited, change, details);
                    };
                });
    }

    private static Change.Answer<Account> accept(
            String by, Account account, String change, List<String> details) {
        return new Change.Accept<>(
                List.of(
                        new AuditEvent.AccountChanged(
                                account.id(), account.name(), by, change, details)),
                List.of(new Edit.Put(account)),
                account);
    }
}
