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
import dev.sallyport.gateway.signed.PolicySigning;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

    private final Optional<PolicySigning> signing;

    private volatile PolicyDecisionPoint decisions;

    // The polling thread's own.
    private ConfigLoader.Loaded loaded;
    private Map<Path, String> inForce;
    private Map<Path, String> lastSeen;
    private Map<Path, String> refused = Map.of();
    private PolicySigning.Last last;
    private Function<Path, ConfigLoader.Result> loader = ConfigLoader::load;

    /// @param policies compiled from `loaded`
    PoliciesInForce(ConfigLoader.Loaded loaded, PolicySet policies, Users users, AuditLog audit) {
        this(loaded, policies, users, audit, Optional.empty(), PolicySigning.Last.NONE);
    }

    /// @param signing whose signatures are demanded
    /// @param last the signed set that was in force before
    PoliciesInForce(
            ConfigLoader.Loaded loaded,
            PolicySet policies,
            Users users,
            AuditLog audit,
            Optional<PolicySigning> signing,
            PolicySigning.Last last) {
        this.signing = signing;
        this.last = last;
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
    ///
    /// @throws GatewayException it isn't signed as it has to be; recorded
    void recordStart() throws AuditException, GatewayException {
        var policies = decisions.policies();
        var signed = signed(loaded, policies, PolicySet.EMPTY);
        if (signed instanceof PolicySigning.Invalid(var reason)) {
            commit(new AuditEvent.PolicyRejected(names(loaded.config()), List.of(reason)));
            throw new GatewayException(reason);
        }
        commitLoaded(policies, "", loaded, PolicyDiff.between(PolicySet.EMPTY, policies), signed);
    }

    /// Null where no signatures are demanded.
    private PolicySigning.@Nullable Answer signed(
            ConfigLoader.Loaded fresh, PolicySet policies, PolicySet before) {
        return signing.map(
                        s -> s.check(fresh, policies, loaded.users(), before, last, Instant.now()))
                .orElse(null);
    }

    private void commitLoaded(
            PolicySet policies,
            String previous,
            ConfigLoader.Loaded fresh,
            List<String> changes,
            PolicySigning.@Nullable Answer signed)
            throws AuditException {
        var files = names(fresh.config());
        if (!(signed instanceof PolicySigning.Valid valid)) {
            if (signing.isPresent()) throw new IllegalStateException("not signed");
            commit(new AuditEvent.PolicyLoaded(policies.version(), previous, files, changes));
            return;
        }
        var proposal = valid.set().proposal();
        var id = proposal.id();
        var author = valid.set().author().name();
        if (!id.equals(last.id())) {
            commit(
                    new AuditEvent.PolicyProposed(
                            id, policies.version(), proposal.at().toString(), author));
            for (var approver : valid.approvers())
                commit(new AuditEvent.PolicyApproved(id, policies.version(), approver));
        }
        commit(
                new AuditEvent.PolicyLoaded(
                        policies.version(),
                        previous,
                        files,
                        changes,
                        id,
                        proposal.at().toString(),
                        author,
                        valid.approvers()));
        last = valid.last();
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
                        var taken = taken(users, fresh.users());
                        var signed = signed(fresh, policies, decisions.policies());
                        if (unmet.isPresent()) reject(seen, unmet.get());
                        else if (!taken.isEmpty()) reject(seen, taken);
                        else if (signed instanceof PolicySigning.Invalid(var reason))
                            reject(seen, reason);
                        else accept(seen, fresh, policies, signed);
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

    private void reject(Map<Path, String> seen, String why) throws AuditException {
        reject(seen, List.of(new ConfigError(Position.ofWhole(mainFile), why)));
    }

    private void accept(
            Map<Path, String> seen,
            ConfigLoader.Loaded fresh,
            PolicySet policies,
            PolicySigning.@Nullable Answer signed)
            throws AuditException {
        var before = decisions.policies();
        var changes = new ArrayList<>(PolicyDiff.between(before, policies));
        changes.addAll(differences(loaded.users(), fresh.users()));
        boolean another =
                signed instanceof PolicySigning.Valid valid && !valid.last().id().equals(last.id());
        inForce = seen;
        refused = Map.of();
        if (changes.isEmpty() && before.version().equals(policies.version()) && !another) {
            loaded = fresh;
            return;
        }
        commitLoaded(policies, before.version(), fresh, changes, signed);
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
                && a.state().equals(b.state())
                && a.signing().equals(b.signing())
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
        signing.ifPresent(s -> files.add(s.file()));
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
