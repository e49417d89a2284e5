package dev.sallyport.gateway.signed;

import dev.sallyport.audit.AuditException;
import dev.sallyport.audit.format.Entry;
import dev.sallyport.audit.format.FormatException;
import dev.sallyport.audit.search.LogReader;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.config.UsersFile;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether what the files say may be in force where the configuration demands signatures: an author
/// signed exactly that, and somebody else approved it who has no access to data; and nothing newer
/// was in force before. Narrowing needs nobody: a user may be disabled or taken out.
///
/// The signers are those of the start: who edits the main file meanwhile changes nothing.
public final class PolicySigning {
    /// A clock may be so far behind the author's.
    private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    /// How far back the log is read for what was in force last; then all of it.
    private static final List<Duration> WINDOWS =
            List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(30));

    private final Path file;
    private final List<PolicySigner> signers;

    private PolicySigning(Path file, List<PolicySigner> signers) {
        this.file = file;
        this.signers = List.copyOf(signers);
    }

    /// @throws FormatException a signer is malformed, or two are one
    public static PolicySigning of(GatewayConfig.Signing config) throws FormatException {
        var signers = new ArrayList<PolicySigner>();
        for (var text : config.signers()) {
            var signer = PolicySigner.parse(text);
            for (var other : signers)
                if (signer.isSameAs(other))
                    throw new FormatException(
                            "signers "
                                    + other.name()
                                    + " and "
                                    + signer.name()
                                    + " have one name or one key: each is a person");
            signers.add(signer);
        }
        return new PolicySigning(config.file(), signers);
    }

    public Path file() {
        return file;
    }

    /// For the log: whose signatures count, with their keys.
    public String describe() {
        return String.join(" ", signers.stream().map(PolicySigner::toString).toList());
    }

    /// What was in force, as the log has it.
    ///
    /// @param at when it was proposed
    public record Last(Instant at, String id) {
        public static final Last NONE = new Last(Instant.MIN, "");
    }

    public sealed interface Answer {}

    public record Valid(SignedSet set, List<String> approvers) implements Answer {
        public Valid {
            approvers = List.copyOf(approvers);
        }

        public Last last() {
            return new Last(set.proposal().at(), set.proposal().id());
        }
    }

    /// @param reason for people and the log, lower case
    public record Invalid(String reason) implements Answer {}

    /// The set in the configured place.
    public Answer check(
            ConfigLoader.Loaded loaded,
            PolicySet policies,
            UsersFile before,
            PolicySet policiesBefore,
            Last last,
            Instant now) {
        return check(file, loaded, policies, before, policiesBefore, last, now);
    }

    /// @param loaded what the files say, `policies` compiled from it
    /// @param before the people in force, whose roles count as well
    /// @param last what may not be replaced by something older
    public Answer check(
            Path where,
            ConfigLoader.Loaded loaded,
            PolicySet policies,
            UsersFile before,
            PolicySet policiesBefore,
            Last last,
            Instant now) {
        try {
            var set = SignedSet.read(where);
            var wrong =
                    problem(set.proposal(), loaded, policies, last, now)
                            .or(() -> authorProblem(set));
            if (wrong.isPresent()) return invalid(wrong.get());
            return approved(set, loaded.users(), policies, before, policiesBefore);
        } catch (NoSuchFileException _) {
            return invalid("there is no " + where.getFileName());
        } catch (IOException e) {
            return invalid(where.getFileName() + " can't be read: " + e.getMessage());
        } catch (FormatException e) {
            return invalid(where.getFileName() + ": " + e.getMessage());
        }
    }

    private static Invalid invalid(String why) {
        return new Invalid(
                "the policy set is not signed as it has to be, so it doesn't take effect: "
                        + why
                        + ". See `sallyport policy propose`, `sign` and `activate`");
    }

    /// Whether the proposal is about what the files say, and not older than what there was.
    static Optional<String> problem(
            Proposal proposal,
            ConfigLoader.Loaded loaded,
            PolicySet policies,
            Last last,
            Instant now)
            throws IOException {
        if (!proposal.version().equals(policies.version()))
            return Optional.of(
                    "it is about policy version "
                            + brief(proposal.version())
                            + ", and the files are version "
                            + brief(policies.version()));
        var hashes = Proposal.hashes(loaded.users());
        for (var user : loaded.users().users()) {
            if (user.disabled()) continue;
            var name = user.name().value();
            var signed = proposal.users().get(name);
            if (signed == null) return Optional.of("user " + name + " is not in it");
            if (!signed.equals(hashes.get(name)))
                return Optional.of(
                        "user "
                                + name
                                + " is not as it has them: roles, attributes or verifier"
                                + " differ, or they were disabled");
        }
        if (!proposal.alerts().equals(Proposal.alertsHash(loaded)))
            return Optional.of("the file of alerts is not the one that it is about");
        if (proposal.at().isAfter(now.plus(MAX_AHEAD)))
            return Optional.of("it was proposed at " + proposal.at() + ", which is to come");
        if (!proposal.id().equals(last.id()) && !proposal.at().isAfter(last.at()))
            return Optional.of(
                    "it was proposed at "
                            + proposal.at()
                            + ", and one proposed at "
                            + last.at()
                            + " has been in force since: propose it anew to go back to it");
        return Optional.empty();
    }

    /// Why that person can't be an author; empty when they can.
    public Optional<String> mayPropose(PolicySigner person) {
        return isSigner(person)
                ? Optional.empty()
                : Optional.of(person.name() + " with this key is none of the signers");
    }

    private boolean isSigner(PolicySigner person) {
        return signers.stream().anyMatch(s -> s.toString().equals(person.toString()));
    }

    /// Why that person can't approve the set; empty when they can.
    public Optional<String> mayApprove(
            PolicySigner person, SignedSet set, ConfigLoader.Loaded loaded, PolicySet policies)
            throws IOException {
        if (!isSigner(person)) return mayPropose(person);
        var wrong =
                problem(set.proposal(), loaded, policies, Last.NONE, Instant.now())
                        .or(() -> authorProblem(set));
        if (wrong.isPresent()) return wrong;
        for (var signer : signers)
            if (set.isAuthor(signer) && signer.isSameAs(person))
                return Optional.of("an author can't approve their own policies");
        var roles = dataRoles(person.name(), loaded.users(), policies);
        if (!roles.isEmpty())
            return Optional.of(
                    "who has access to data can't approve policies: "
                            + person.name()
                            + " has role "
                            + roles.getFirst());
        return Optional.empty();
    }

    private Optional<String> authorProblem(SignedSet set) {
        return signers.stream().anyMatch(set::isAuthor)
                ? Optional.empty()
                : Optional.of(
                        "the author's signature, of "
                                + set.author().name()
                                + ", is not that of a signer");
    }

    private Answer approved(
            SignedSet set,
            UsersFile after,
            PolicySet policies,
            UsersFile before,
            PolicySet policiesBefore) {
        var author = signers.stream().filter(set::isAuthor).findFirst().orElseThrow();
        var approvers = new ArrayList<String>();
        var unfit = new ArrayList<String>();
        for (var signer : signers) {
            if (!set.isApprover(signer)) continue;
            var name = signer.name();
            if (signer.isSameAs(author)) {
                unfit.add(name + " is the author");
                continue;
            }
            var roles = new ArrayList<String>();
            roles.addAll(dataRoles(name, after, policies));
            roles.addAll(dataRoles(name, before, policiesBefore));
            if (roles.isEmpty()) approvers.add(name);
            else unfit.add(name + " has access to data, as " + roles.getFirst());
        }
        if (!approvers.isEmpty()) return new Valid(set, approvers);
        return invalid(
                "nobody approved it who may"
                        + (unfit.isEmpty() ? "" : " (" + String.join("; ", unfit) + ")"));
    }

    private static List<String> dataRoles(String name, UsersFile users, PolicySet policies) {
        var roles = new ArrayList<String>();
        for (var user : users.users())
            if (PolicySigner.fold(user.name().value()).equals(PolicySigner.fold(name)))
                roles.addAll(policies.dataRoles(user.roleNames()));
        return roles;
    }

    private static String brief(String version) {
        return version.substring(0, Math.min(12, version.length()));
    }

    /// The set that was in force last; it stands in the log's own entries, whatever files are gone.
    public static Last last(Path store, Instant now) throws AuditException, IOException {
        for (var window : WINDOWS) {
            var found = lastSince(store, now.minus(window).toString());
            if (found.isPresent()) return found.get();
        }
        return lastSince(store, "").orElse(Last.NONE);
    }

    private static Optional<Last> lastSince(Path store, String since)
            throws AuditException, IOException {
        if (!Files.isDirectory(store)) return Optional.empty();
        Entry newest = null;
        try (var log = LogReader.openSince(store, since)) {
            for (var entry = log.next(); entry != null; entry = log.next())
                if (entry.type().equals("policy-loaded") && !entry.text("set").isEmpty())
                    newest = entry;
        }
        return newest == null
                ? Optional.empty()
                : Optional.of(new Last(Instant.parse(newest.text("proposed")), newest.text("set")));
    }
}
