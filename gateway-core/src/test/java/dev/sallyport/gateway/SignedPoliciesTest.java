package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.format.Entry;
import dev.sallyport.config.ConfigLoader;
import dev.sallyport.config.GatewayConfig;
import dev.sallyport.gateway.identity.Users;
import dev.sallyport.gateway.signed.PolicySigning;
import dev.sallyport.gateway.signed.PolicySigningKey;
import dev.sallyport.gateway.signed.Proposal;
import dev.sallyport.gateway.signed.SignedSet;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicyDecisionPoint;
import dev.sallyport.policy.PolicySet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where signatures are demanded, nothing is in force that an author did not sign and somebody
/// without access to data did not approve: not at the start, not at a reload, not again later. The
/// operator, who has every file, tries.
class SignedPoliciesTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer: { grants: [{ id: dev, allow: [select], on: [public.codes] }] }
              physician: { grants: [{ id: treat, allow: [select], on: [public.*] }] }
              approver: { duty: true, purpose: Approves policies }
            """;

    private static final String WIDER = POLICY.replace("public.codes", "public.patients");
    private static final String[] PEOPLE = {
        "dana: developer", "pavel: physician", "Ann: physician", "ben: approver"
    };

    @TempDir Path folder;
    private TestLog test;
    private Path policyFile;
    private Path usersFile;
    private Path signedFile;
    private PolicySigningKey ann;
    private PolicySigningKey ben;
    private PolicySigningKey pavel;
    private PolicySigningKey mallory;
    private Users users;
    private PoliciesInForce policies;
    private Instant clock = Instant.now().minusSeconds(600);

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder.resolve("audit"));
        policyFile = folder.resolve("clinic.yaml");
        usersFile = folder.resolve("users.yaml");
        signedFile = folder.resolve("policies.signed");
        Files.writeString(policyFile, POLICY);
        TestUsers.write(usersFile, PEOPLE);
        ann = key("ann");
        ben = key("ben");
        pavel = key("pavel");
        mallory = key("mallory");
        activate(sign(propose(ann), ben));
        start();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatTwoPeopleSignedIsInForceUnderTheirNames() throws Exception {
        Files.writeString(policyFile, WIDER);
        activate(sign(propose(ann), ben));
        look();
        assertThat(inForce()).isEqualTo(version(WIDER));
        var loaded = test.entries("policy-loaded");
        assertThat(loaded).hasSize(2);
        for (var entry : loaded) {
            assertThat(entry.text("author")).isEqualTo("ann");
            assertThat(entry.list("approvers")).containsExactly("ben");
        }
        assertThat(test.entries("policy-proposed"))
                .extracting(e -> e.text("author") + " " + e.text("version"))
                .containsExactly("ann " + version(POLICY), "ann " + version(WIDER));
        assertThat(test.entries("policy-approved"))
                .extracting(e -> e.text("approver"))
                .containsExactly("ben", "ben");
        assertThat(loaded.getLast().text("set"))
                .isEqualTo(test.entries("policy-proposed").getLast().text("set"));
    }

    /// The attack table: each is refused, said why, recorded, and changes nothing.
    @Test
    void whatIsNotSignedAsItHasToBeNeverTakesEffect() throws Exception {
        Files.writeString(policyFile, WIDER);
        refused("version");
        activate(propose(ann));
        refused("nobody approved it who may");
        activate(sign(propose(ann), ann));
        refused("nobody approved it who may (ann is the author)");
        activate(sign(propose(ann), pavel));
        refused("nobody approved it who may (pavel has access to data, as physician)");
        // Ann is a physician in the users' file, under another spelling.
        activate(sign(propose(ben), ann));
        refused("ann has access to data, as physician");
        activate(sign(propose(ann), mallory));
        refused("nobody approved it who may");
        activate(sign(propose(mallory), ben));
        refused("the author's signature, of mallory, is not that of a signer");
        // Signatures from under another set.
        var old = propose(ann, Instant.now().minusSeconds(100), POLICY);
        var signed = sign(old, ben);
        Files.writeString(policyFile, WIDER);
        var fresh = propose(ann);
        activate(new SignedSet(fresh.proposal(), fresh.author(), signed.approvers()));
        refused("nobody approved it who may");
        activate(new SignedSet(fresh.proposal(), old.author(), sign(fresh, ben).approvers()));
        refused("the author's signature");
        // The author's own signature put in the approver's place, under another name.
        activate(
                new SignedSet(
                        fresh.proposal(),
                        fresh.author(),
                        List.of(new SignedSet.Signed("ben", fresh.author().signature()))));
        refused("nobody approved it who may");
        activate(sign(propose(ann, Instant.now().plusSeconds(3600), WIDER), ben));
        refused("which is to come");
        Files.writeString(signedFile, sign(propose(ann), ben).text().replace("\n\n", "\n\n\n"));
        refused("policies.signed");
        Files.delete(signedFile);
        refused("there is no policies.signed");
    }

    /// Whoever may edit the people could make somebody of themselves.
    @Test
    void peopleAreSignedTooAndMayOnlyBecomeFewer() throws Exception {
        var before = inForce();
        TestUsers.write(usersFile, "dana: developer, physician", "pavel: physician");
        refused("user dana is not as it has them");
        TestUsers.write(usersFile, "dana: developer", "eve: physician");
        refused("user eve is not in it");
        // Another verifier: another person behind the name.
        var text = Files.readString(usersFile);
        TestUsers.write(usersFile, PEOPLE);
        var verifiers = Files.readString(usersFile);
        int at = verifiers.indexOf("4096:") + 5;
        char other = verifiers.charAt(at) == 'A' ? 'B' : 'A';
        assertThat(text).isNotEmpty();
        Files.writeString(
                usersFile, verifiers.substring(0, at) + other + verifiers.substring(at + 1));
        refused("user dana is not as it has them");
        // Out, or disabled: nobody has to sign that.
        TestUsers.write(usersFile, "!dana: developer", "pavel: physician");
        look();
        assertThat(users.subject("dana")).isNull();
        assertThat(users.subject("Ann")).isNull();
        assertThat(users.subject("pavel")).isNotNull();
        assertThat(inForce()).isEqualTo(before);
        // And back in, as they were signed.
        TestUsers.write(usersFile, PEOPLE);
        look();
        assertThat(users.subject("dana")).isNotNull();
    }

    @Test
    void whoWasSignedAsDisabledStaysSo() throws Exception {
        TestUsers.write(usersFile, "!dana: developer", "pavel: physician");
        activate(sign(propose(ann), ben));
        look();
        assertThat(users.subject("dana")).isNull();
        TestUsers.write(usersFile, "dana: developer", "pavel: physician");
        refused("user dana is not as it has them");
        assertThat(users.subject("dana")).isNull();
    }

    /// A set that was in force is not again, with its good signatures, once another was; unless it
    /// is proposed anew. Also after a restart: the log knows.
    @Test
    void anOlderSetIsNotReplayed() throws Exception {
        var first = SignedSet.read(signedFile);
        Files.writeString(policyFile, WIDER);
        activate(sign(propose(ann), ben));
        look();
        var wide = inForce();
        Files.writeString(policyFile, POLICY);
        activate(first);
        refused("propose it anew to go back to it");
        assertThat(inForce()).isEqualTo(wide);
        assertThatThrownBy(this::start)
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("propose it anew to go back to it");
        activate(sign(propose(ann), ben));
        look();
        assertThat(inForce()).isEqualTo(version(POLICY));
        start();
        assertThat(inForce()).isEqualTo(version(POLICY));
    }

    @Test
    void theGatewayDoesNotStartWithWhatIsNotSigned() throws Exception {
        Files.writeString(policyFile, WIDER);
        assertThatThrownBy(this::start)
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("is not signed as it has to be");
        assertThat(test.entries("policy-rejected").getLast().list("errors").getFirst())
                .contains("is not signed as it has to be");
        Files.writeString(policyFile, POLICY);
        start();
        assertThat(test.entries("policy-loaded")).hasSize(2);
        assertThat(test.entries("policy-proposed")).as("the same set, once").hasSize(1);
    }

    /// Users' names are of any letters, and so are signers': otherwise one of them couldn't be
    /// compared with the other.
    @Test
    void namesOfAnyLettersAreSignedAndCompared() throws Exception {
        var zoe = PolicySigningKey.create(folder.resolve("zoe.key"), "Zoë");
        TestUsers.write(usersFile, "Łucja: developer", "zoë: physician", "ben: approver");
        var signing =
                PolicySigning.of(
                        new GatewayConfig.Signing(
                                signedFile,
                                List.of(ben.signer().toString(), zoe.signer().toString())));
        var loaded = load();
        var proposed = propose(zoe);
        activate(sign(proposed, ben));
        var answer =
                signing.check(
                        loaded,
                        compiled(loaded),
                        loaded.users(),
                        PolicySet.EMPTY,
                        PolicySigning.Last.NONE,
                        Instant.now());
        assertThat(answer).isInstanceOf(PolicySigning.Valid.class);
        assertThat(
                        signing.mayApprove(zoe.signer(), propose(ben), loaded, compiled(loaded))
                                .orElseThrow())
                .contains("Zoë has role physician");
    }

    /// Who reviews the file and where: an approver signs only what their own files say.
    @Test
    void anApproverSignsWhatTheySee() throws Exception {
        var loaded = load();
        var proposed = propose(ann);
        var signing = signing();
        assertThat(signing.mayApprove(ben.signer(), proposed, loaded, compiled(loaded))).isEmpty();
        assertThat(
                        signing.mayApprove(ann.signer(), proposed, loaded, compiled(loaded))
                                .orElseThrow())
                .isEqualTo("an author can't approve their own policies");
        assertThat(
                        signing.mayApprove(pavel.signer(), proposed, loaded, compiled(loaded))
                                .orElseThrow())
                .contains("who has access to data can't approve policies");
        assertThat(
                        signing.mayApprove(mallory.signer(), proposed, loaded, compiled(loaded))
                                .orElseThrow())
                .contains("none of the signers");
        Files.writeString(policyFile, WIDER);
        loaded = load();
        assertThat(
                        signing.mayApprove(ben.signer(), proposed, loaded, compiled(loaded))
                                .orElseThrow())
                .contains("it is about policy version");
    }

    @Test
    void everyChangedByteOfASignedSetIsFound() throws Exception {
        var text = Files.readString(signedFile);
        var loaded = load();
        var random = new Random(5);
        for (int i = 0; i < 300; i++) {
            int at = random.nextInt(text.length());
            char other = (char) ('0' + random.nextInt(74));
            if (text.charAt(at) == other) continue;
            Files.writeString(signedFile, text.substring(0, at) + other + text.substring(at + 1));
            assertThat(
                            signing()
                                    .check(
                                            loaded,
                                            compiled(loaded),
                                            loaded.users(),
                                            PolicySet.EMPTY,
                                            PolicySigning.Last.NONE,
                                            Instant.now()))
                    .as("byte %d to %s", at, other)
                    .isInstanceOf(PolicySigning.Invalid.class);
        }
    }

    // --- the steps

    private PolicySigningKey key(String name) throws Exception {
        return PolicySigningKey.read(
                Files.exists(folder.resolve(name + ".key"))
                        ? folder.resolve(name + ".key")
                        : made(name));
    }

    private Path made(String name) throws Exception {
        var file = folder.resolve(name + ".key");
        assertThat(PolicySigningKey.create(file, name).signer().name()).isEqualTo(name);
        return file;
    }

    private PolicySigning signing() throws Exception {
        return PolicySigning.of(
                new GatewayConfig.Signing(
                        signedFile,
                        List.of(
                                ann.signer().toString(),
                                ben.signer().toString(),
                                pavel.signer().toString())));
    }

    private SignedSet propose(PolicySigningKey author) throws Exception {
        clock = clock.plusSeconds(1);
        return propose(author, clock, Files.readString(policyFile));
    }

    private SignedSet propose(PolicySigningKey author, Instant at, String policy) throws Exception {
        Files.writeString(policyFile, policy);
        var loaded = load();
        return SignedSet.propose(Proposal.of(at, loaded, compiled(loaded).version()), author);
    }

    private static SignedSet sign(SignedSet set, PolicySigningKey approver) {
        return set.approve(approver);
    }

    private void activate(SignedSet set) throws Exception {
        Files.writeString(signedFile, set.text());
    }

    private void start() throws Exception {
        var loaded = load();
        users = new Users(loaded.users());
        policies =
                new PoliciesInForce(
                        loaded,
                        compiled(loaded),
                        users,
                        test.log,
                        Optional.of(signing()),
                        PolicySigning.last(folder.resolve("audit"), Instant.now()));
        policies.recordStart();
    }

    private void look() {
        for (int i = 0; i < 3; i++) policies.poll();
    }

    private void refused(String why) throws Exception {
        PolicyDecisionPoint before = policies.get();
        int loadedBefore = test.entries("policy-loaded").size();
        int rejectedBefore = test.entries("policy-rejected").size();
        look();
        assertThat(policies.get()).isSameAs(before);
        assertThat(test.entries("policy-loaded")).hasSize(loadedBefore);
        List<Entry> rejected = test.entries("policy-rejected");
        assertThat(rejected).hasSize(rejectedBefore + 1);
        assertThat(String.join("\n", rejected.getLast().list("errors"))).contains(why);
    }

    private String inForce() {
        return policies.get().policies().version();
    }

    private String version(String policy) throws Exception {
        var now = Files.readString(policyFile);
        try {
            Files.writeString(policyFile, policy);
            return compiled(load()).version();
        } finally {
            Files.writeString(policyFile, now);
        }
    }

    private ConfigLoader.Loaded load() throws Exception {
        return TestConfig.load(folder, policyFile, usersFile);
    }

    private static PolicySet compiled(ConfigLoader.Loaded loaded) {
        return ((PolicyCompiler.Compiled) PolicyCompiler.compile(loaded.policies(), loaded.users()))
                .policies();
    }
}
