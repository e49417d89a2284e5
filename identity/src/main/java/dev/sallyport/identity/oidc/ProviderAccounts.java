package dev.sallyport.identity.oidc;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.config.UsersFile;
import dev.sallyport.identity.Account;
import dev.sallyport.identity.Change;
import dev.sallyport.identity.Changed;
import dev.sallyport.identity.Edit;
import dev.sallyport.identity.State;
import dev.sallyport.identity.StateException;
import dev.sallyport.identity.StateStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps the accounts of people from the identity provider in step with what it says of them: a
/// first login makes the account, each one sets its roles to those of the token. What the account
/// has through groups of our own stays.
///
/// An account belongs to the provider's subject, not to a name: whoever gets a name later, or picks
/// that of an account made here, gets nothing of it.
public final class ProviderAccounts {
    private final StateStore store;
    private final Predicate<String> takenElsewhere;
    private final boolean create;
    private final InstantSource clock;

    /// @param takenElsewhere login names of people who are not in the store
    /// @param create whether people without an account get one
    public ProviderAccounts(
            StateStore store,
            Predicate<String> takenElsewhere,
            boolean create,
            InstantSource clock) {
        this.store = store;
        this.takenElsewhere = takenElsewhere;
        this.create = create;
        this.clock = clock;
    }

    /// Whether somebody who logs in under that name may be the bearer: it is the name in the token,
    /// or one of the bearer's account.
    public boolean belongsTo(String login, Vouched vouched) {
        var account = find(store.state(), vouched.subject());
        return account == null ? login.equals(vouched.login()) : account.logins().contains(login);
    }

    /// The bearer's account, as it is after this login. Writes only when something differs.
    ///
    /// @throws StateException the store or the log doesn't answer
    public Changed<Account> of(Vouched vouched) throws StateException {
        var now = store.state();
        if (!now.isLost()) {
            var account = find(now, vouched.subject());
            if (account != null && !account.isDisabled() && account.roles().equals(vouched.roles()))
                return new Changed.Done<>(account, now);
        }
        return store.change(
                "identity provider",
                "login of " + vouched.login(),
                state -> inStep(state, vouched, clock.instant()));
    }

    private Change.Answer<Account> inStep(State state, Vouched vouched, Instant now) {
        var account = find(state, vouched.subject());
        if (account == null) return created(state, vouched, now);
        if (account.isDisabled())
            return new Change.Refuse<>("the account is disabled: " + account.disabled());
        if (account.roles().equals(vouched.roles()))
            return new Change.Accept<>(List.of(), List.of(), account);
        var changed = account.edit().roles(vouched.roles()).done();
        return accept(changed, "roles set", differences(account.roles(), vouched.roles()));
    }

    private Change.Answer<Account> created(State state, Vouched vouched, Instant now) {
        if (state.byLoginIgnoringCase(vouched.login()) != null
                || takenElsewhere.test(vouched.login()))
            return new Change.Refuse<>(
                    "there is another account of that name, which doesn't belong to the identity"
                            + " provider's "
                            + vouched.subject());
        if (!UsersFile.isName(vouched.login()))
            return new Change.Refuse<>("the token's name can't be a login name");
        if (!create) return new Change.Refuse<>("there is no account for " + vouched.login());
        var account =
                Account.create(StateStore.newId(), vouched.login(), vouched.displayName(), now)
                        .edit()
                        .person(vouched.subject())
                        .roles(vouched.roles())
                        .done();
        var details = new ArrayList<String>();
        details.add("person " + vouched.subject());
        details.addAll(differences(Set.of(), vouched.roles()));
        return accept(account, "account added", details);
    }

    private static Change.Answer<Account> accept(
            Account account, String change, List<String> details) {
        return new Change.Accept<>(
                List.of(
                        new AuditEvent.AccountChanged(
                                account.id(),
                                account.name(),
                                "identity provider",
                                change,
                                details)),
                List.of(new Edit.Put(account)),
                account);
    }

    private static List<String> differences(Set<String> before, Set<String> after) {
        var words = new ArrayList<String>();
        after.stream().filter(r -> !before.contains(r)).sorted().forEach(r -> words.add("+" + r));
        before.stream().filter(r -> !after.contains(r)).sorted().forEach(r -> words.add("-" + r));
        return words;
    }

    private static @Nullable Account find(State state, String subject) {
        for (var account : state.all(Account.KIND))
            if (account.person().equals(subject)) return account;
        return null;
    }
}
