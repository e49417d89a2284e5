package dev.sallyport.gateway;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.AuditLog;
import dev.sallyport.config.ConfigError;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.Position;
import dev.sallyport.config.UsersFile;
import dev.sallyport.gateway.identity.Users;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.PolicyDiff;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policies and the people of now, and the watch over their files. What is in force changes at
/// once for everyone, only to a whole that has no error, and only after the change is durable in
/// the audit log. A bad file changes nothing; that it was refused is recorded.
///
/// {@link #get} may be called by any thread; the rest belongs to the thread that polls.
final class PoliciesInForce implements Supplier<PolicyDecisionPoint> {
    private static final Logger LOG = LoggerFactory.getLogger(PoliciesInForce.class);

    private final AuditLog audit;
    private final Users users;
    private Runnable onChange = () -> {};
    private final Path mainFile;

    private volatile PolicyDecisionPoint decisions;

    // The polling thread's own.
    private ConfigLoader.Loaded loaded;
    private Map<Path, String> inForce;
    private Map<Path, String> lastSeen;
    private Map<Path, String> refused = Map.of();
    private Function<Path, ConfigLoader.Result> loader = ConfigLoader::load;

    /// @param policies compiled from `loaded`
    PoliciesInForce(ConfigLoader.Loaded loaded, PolicySet policies, Users users, AuditLog audit) {
        this.mainFile = loaded.config().file();
        this.loaded = loaded;
        this.decisions = new PolicyDecisionPoint(policies);
        this.users = users;
        this.audit = audit;
        this.inForce = fingerprints();
        this.lastSeen = inForce;
    }

    /// For tests: how the files are read.
    void loader(Function<Path, ConfigLoader.Result> other) {
        loader = other;
    }

    /// Called after every change, on the polling thread. To be set before the first poll.
    void onChange(Runnable action) {
        onChange = action;
    }

    /// Of the users' file in force. On the polling thread.
    Set<String> userNames() {
        return StateAccess.names(loaded.users());
    }

    /// Another object after every change.
    @Override
    public PolicyDecisionPoint get() {
        return decisions;
    }

    /// Records what is in force at the start. Blocks until durable.
    void recordStart() throws AuditException {
        var policies = decisions.policies();
        commit(
                new AuditEvent.PolicyLoaded(
                        policies.version(),
                        "",
                        names(loaded.config()),
                        PolicyDiff.between(PolicySet.EMPTY, policies)));
    }

    /// Looks at the files; takes a change that has been the same at two looks (an editor may be
    /// writing). Blocks.
    void poll() {
        try {
            var seen = fingerprints();
            boolean settled = seen.equals(lastSeen);
            lastSeen = seen;
            if (!settled || seen.equals(inForce) || seen.equals(refused)) return;
            reload(seen);
        } catch (RuntimeException | AuditException e) {
            // What was in force stays; the next look tries again.
            LOG.error("policies cannot be reloaded: {}", e.toString());
        }
    }

    private void reload(Map<Path, String> seen) throws AuditException {
        var read = loader.apply(mainFile);
        // Written while it was read: half a file can be a good one, without its last deny rules.
        if (!fingerprints().equals(seen)) return;
        switch (read) {
            case ConfigLoader.Errors(var errors) -> reject(seen, errors);
            case ConfigLoader.Loaded fresh -> {
                switch (PolicyCompiler.compile(fresh.policies(), fresh.users())) {
                    case PolicyCompiler.Rejected(var errors) -> reject(seen, errors);
                    case PolicyCompiler.Compiled(var policies) -> {
                        // The key is read at the start only: one that is new in the file doesn't
                        // count yet.
                        var unmet = PolicyDemands.unmet(loaded.config(), policies);
                        if (unmet.isPresent())
                            reject(
                                    seen,
                                    List.of(
                                            new ConfigError(
                                                    Position.ofWhole(mainFile), unmet.get())));
                        else {
                            var taken = taken(users, fresh.users());
                            if (taken.isEmpty()) accept(seen, fresh, policies);
                            else reject(seen, taken);
                        }
                    }
                }
            }
        }
    }

    /// A name is one person's.
    static List<ConfigError> taken(Users users, UsersFile file) {
        return users.taken(file).stream()
                .map(name ->
                        new ConfigError(
                                name.at(),
                                "there is an account '"
                                        + name.value()
                                        + "' in the state's store: take it out here, or rename"
                                        + " this user"))
                .toList();
    }

    private void accept(Map<Path, String> seen, ConfigLoader.Loaded fresh, PolicySet policies)
            throws AuditException {
        var before = decisions.policies();
        var changes = new ArrayList<>(PolicyDiff.between(before, policies));
        changes.addAll(differences(loaded.users(), fresh.users()));
        inForce = seen;
        refused = Map.of();
        if (changes.isEmpty() && before.version().equals(policies.version())) {
            loaded = fresh;
            return;
        }
        commit(
                new AuditEvent.PolicyLoaded(
                        policies.version(), before.version(), names(fresh.config()), changes));
        decisions = new PolicyDecisionPoint(policies);
        users.replace(fresh.users());
        if (!sameBesidesFiles(loaded.config(), fresh.config()))
            LOG.warn("{} has changed: that takes effect at the next start", mainFile);
        loaded = fresh;
        LOG.info(
                "policy {} is in force, {} change(s)",
                policies.version().substring(0, 12),
                changes.size());
        onChange.run();
    }

    private void reject(Map<Path, String> seen, List<ConfigError> errors) throws AuditException {
        refused = seen;
        var lines = errors.stream().map(ConfigError::toString).toList();
        LOG.error(
                "policy files are refused, the ones before stay in force:\n{}",
                String.join("\n", lines));
        commit(new AuditEvent.PolicyRejected(names(loaded.config()), lines));
    }

    private void commit(AuditEvent event) throws AuditException {
        try {
            long _ = audit.commit(event).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditException cause) throw cause;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new AuditException(AuditException.Reason.CLOSED, "interrupted");
        }
    }

    private static boolean sameBesidesFiles(GatewayConfig a, GatewayConfig b) {
        return a.listeners().equals(b.listeners())
                && a.databases().equals(b.databases())
                && a.audit().equals(b.audit())
                && a.sessions().equals(b.sessions())
                && a.login().equals(b.login())
                && a.masks().equals(b.masks())
                && a.admin().equals(b.admin())
                && a.gateway().equals(b.gateway());
    }

    /// In words, without verifiers.
    private static List<String> differences(UsersFile before, UsersFile after) {
        var was = words(before);
        var is = words(after);
        var names = new LinkedHashSet<>(was.keySet());
        names.addAll(is.keySet());
        var lines = new ArrayList<String>();
        for (var name : names) {
            var old = was.get(name);
            var now = is.get(name);
            if (old == null) lines.add("user " + name + " added: " + now);
            else if (now == null) lines.add("user " + name + " removed; was: " + old);
            else if (!old.equals(now))
                lines.add("user " + name + " changed from: " + old + "; to: " + now);
        }
        for (var user : after.users())
            for (var earlier : before.users())
                if (earlier.name().value().equals(user.name().value())
                        && !earlier.verifier().equals(user.verifier()))
                    lines.add("user " + user.name() + " has a new password");
        return lines;
    }

    private static Map<String, String> words(UsersFile file) {
        var words = new TreeMap<String, String>();
        for (var user : file.users())
            words.put(
                    user.name().value(),
                    "roles "
                            + user.roleNames().stream().sorted().collect(Collectors.joining(", "))
                            + (user.attributes().isEmpty()
                                    ? ""
                                    : ", attributes " + new TreeMap<>(user.attributes()))
                            + (user.disabled() ? ", disabled" : ""));
        return words;
    }

    private Map<Path, String> fingerprints() {
        var prints = new TreeMap<Path, String>();
        var files = new ArrayList<Path>(loaded.config().policies());
        files.add(loaded.config().users());
        files.add(mainFile);
        for (var file : files) prints.put(file, fingerprint(file));
        return prints;
    }

    private static String fingerprint(Path file) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            return "unreadable: " + e.getClass().getSimpleName();
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static List<String> names(GatewayConfig config) {
        var names = new ArrayList<String>();
        for (var file : config.policies()) names.add(file.toString());
        names.add(config.users().toString());
        return names;
    }
}
