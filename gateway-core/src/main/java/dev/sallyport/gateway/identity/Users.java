package dev.sallyport.gateway.identity;

import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.config.ScramVerifier;
import dev.sallyport.config.UsersFile;
import dev.sallyport.config.UsersFile.User;
import dev.sallyport.policy.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The people who may log in, as of the users' file in force. Any thread.
public final class Users {
    private static final int KEY_BYTES = 32;

    /// Makes verifiers for names that nobody has: the same one each time, so that they look alike.
    private final SecretKeySpec fakeKey;

    private volatile Map<String, User> byName;
    private volatile List<ScramVerifier> models;
    private volatile List<MySqlVerifiers> mySqlModels;

    public Users(UsersFile file) {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        this.fakeKey = new SecretKeySpec(key, "HmacSHA256");
        this.byName = index(file);
        this.models = models(file);
        this.mySqlModels = file.users().stream().map(User::mysql).toList();
    }

    public void replace(UsersFile file) {
        byName = index(file);
        models = models(file);
        mySqlModels = file.users().stream().map(User::mysql).toList();
    }

    /// Who that is now; null for somebody who is disabled or unknown.
    public @Nullable Subject subject(String name) {
        var user = byName.get(name);
        return user == null || user.disabled() ? null : subject(user);
    }

    static Subject subject(User user) {
        return new Subject(user.name().value(), user.roleNames(), user.attributes());
    }

    @Nullable User find(String name) {
        return byName.get(name);
    }

    /// No password fits it. Cost and salt are as those of a real user, by name, so that a stranger
    /// can't tell.
    ScramVerifier fake(String name) {
        var pick = ByteBuffer.wrap(mac("model", name)).getInt();
        var model = models.isEmpty() ? null : models.get(Math.floorMod(pick, models.size()));
        int iterations = model == null ? ScramVerifier.MIN_ITERATIONS : model.iterations();
        int saltBytes = model == null ? 16 : model.salt().length;
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
        var kinds = mySqlModels;
        if (kinds.isEmpty()) return MySqlVerifiers.NONE;
        var pick = ByteBuffer.wrap(mac("model", name)).getInt();
        var model = kinds.get(Math.floorMod(pick, kinds.size()));
        var fake = MySqlVerifiers.NONE;
        if (model.nativePassword().isPresent())
            fake = fake.withNativePassword(Arrays.copyOf(mac("native", name), 20));
        if (model.ed25519().isPresent()) fake = fake.withEd25519(mac("ed25519", name));
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

    private static List<ScramVerifier> models(UsersFile file) {
        return file.users().stream().map(User::verifier).toList();
    }
}
