package dev.sallyport.gateway.identity;

import dev.sallyport.config.Located;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.config.UsersFile;
import dev.sallyport.config.UsersFile.User;
import dev.sallyport.identity.Account;
import dev.sallyport.identity.State;
import dev.sallyport.policy.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The people who may log in: those of the users' file in force, and the accounts of the state's
/// store. A name that is in both is nobody's. Any thread.
public final class Users {
    private static final int KEY_BYTES = 32;

    /// Makes verifiers for names that nobody has: the same one each time, so that they look alike.
    private final SecretKeySpec fakeKey;

    private final Supplier<State> state;
    private volatile Map<String, User> byName;
    private volatile Models models;

    /// Whom a stranger's login is made to look like.
    ///
    /// @param file of which they are, and `state`: others make others
    private record Models(Map<String, User> file, State state, List<Model> all) {}

    private record Model(ScramVerifier verifier, MySqlVerifiers mysql, boolean secondFactor) {}

    /// Somebody who may be logging in.
    ///
    /// @param name as sessions and the log have it, whichever login name was given
    /// @param accountId empty for somebody of the users' file
    /// @param hasPassword whether any password fits
    /// @param verifier that nothing fits for somebody without password
    /// @param mysql none for somebody with a second factor: those methods leave no place for a code
    record Known(
            String name,
            String accountId,
            Subject subject,
            boolean hasPassword,
            ScramVerifier verifier,
            MySqlVerifiers mysql,
            boolean disabled,
            boolean secondFactor,
            boolean storeIsLost) {}

    public Users(UsersFile file) {
        this(file, () -> State.EMPTY);
    }

    public Users(UsersFile file, Supplier<State> state) {
        this.state = state;
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        this.fakeKey = new SecretKeySpec(key, "HmacSHA256");
        this.byName = index(file);
        this.models = models(byName, state.get());
    }

    public void replace(UsersFile file) {
        byName = index(file);
    }

    /// Those of the file whose name is an account's, too.
    public List<Located<String>> taken(UsersFile file) {
        var now = state.get();
        return file.users().stream()
                .map(User::name)
                .filter(name -> now.byLoginIgnoringCase(name.value()) != null)
                .toList();
    }

    /// Who that is now; null for somebody who is disabled or unknown.
    public @Nullable Subject subject(String name) {
        var known = find(name);
        return known == null || known.disabled() ? null : known.subject();
    }

    /// @param login a name of theirs, exactly as it is written
    @Nullable Known find(String login) {
        var user = byName.get(login);
        var now = state.get();
        var account = now.byLogin(login);
        if (account == null) {
            if (user == null || now.byLoginIgnoringCase(login) != null) return null;
            return new Known(
                    login,
                    "",
                    new Subject(login, user.roleNames(), user.attributes()),
                    true,
                    user.verifier(),
                    user.mysql(),
                    user.disabled(),
                    false,
                    false);
        }
        if (user != null) return null;
        boolean secondFactor = account.secondFactor().isPresent();
        return new Known(
                account.name(),
                account.id(),
                new Subject(account.name(), now.rolesOf(account), account.attributes()),
                account.verifier().isPresent(),
                account.verifier().orElseGet(() -> fake(login)),
                secondFactor ? MySqlVerifiers.NONE : account.mysql(),
                account.isDisabled(),
                secondFactor,
                now.isLost());
    }

    @Nullable Account account(String accountId) {
        return state.get().find(Account.KIND, accountId);
    }

    private List<Model> models() {
        var current = models;
        var file = byName;
        var now = state.get();
        if (current.file() == file && current.state() == now) return current.all();
        current = models(file, now);
        models = current;
        return current.all();
    }

    private static Models models(Map<String, User> file, State state) {
        var all = new ArrayList<Model>();
        for (var user : file.values()) all.add(new Model(user.verifier(), user.mysql(), false));
        for (var account : state.all(Account.KIND)) {
            boolean secondFactor = account.secondFactor().isPresent();
            if (account.verifier().isPresent())
                all.add(
                        new Model(
                                account.verifier().get(),
                                secondFactor ? MySqlVerifiers.NONE : account.mysql(),
                                secondFactor));
        }
        return new Models(file, state, List.copyOf(all));
    }

    private @Nullable Model model(String name) {
        var all = models();
        var pick = ByteBuffer.wrap(mac("model", name)).getInt();
        return all.isEmpty() ? null : all.get(Math.floorMod(pick, all.size()));
    }

    /// Whether somebody unknown is asked for a password with a code, as some known one is.
    boolean fakeSecondFactor(String name) {
        var model = model(name);
        return model != null && model.secondFactor();
    }

    /// No password fits it. Cost and salt are as those of a real user, by name, so that a stranger
    /// can't tell.
    ScramVerifier fake(String name) {
        var model = model(name);
        int iterations =
                model == null ? ScramVerifier.MIN_ITERATIONS : model.verifier().iterations();
        int saltBytes = model == null ? 16 : model.verifier().salt().length;
        var base64 = Base64.getEncoder();
        var salt = Arrays.copyOf(mac("salt", name), Math.min(saltBytes, KEY_BYTES));
        return ScramVerifier.parse(
                        "SCRAM-SHA-256$"
                                + iterations
                                + ":"
                                + base64.encodeToString(salt)
                                + "$"
                                + base64.encodeToString(mac("stored", name))
                                + ":"
                                + base64.encodeToString(mac("server", name)))
                .orElseThrow(() -> new IllegalStateException("a fake verifier is malformed"));
    }

    /// The same kinds as the model has, with what no password fits.
    MySqlVerifiers fakeMySql(String name) {
        var model = model(name);
        if (model == null) return MySqlVerifiers.NONE;
        var fake = MySqlVerifiers.NONE;
        if (model.mysql().nativePassword().isPresent())
            fake = fake.withNativePassword(Arrays.copyOf(mac("native", name), 20));
        if (model.mysql().ed25519().isPresent()) fake = fake.withEd25519(mac("ed25519", name));
        return fake;
    }

    private byte[] mac(String purpose, String name) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(fakeKey);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, User> index(UsersFile file) {
        return file.users().stream()
                .collect(Collectors.toUnmodifiableMap(u -> u.name().value(), Function.identity()));
    }
}
