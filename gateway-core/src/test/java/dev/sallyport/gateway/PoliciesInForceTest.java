package dev.sallyport.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.config.ConfigLoader;
import dev.sallyport.gateway.identity.Users;
import dev.sallyport.policy.PolicyCompiler;
import dev.sallyport.policy.PolicySet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesInForceTest {
    private static final String POLICY =
            """
            database: clinic
            roles:
              developer:
                purpose: Schema work
                grants:
                  - id: dev-read
                    allow: [select]
                    on: [public.patients]
              physician:
                purpose: Treatment
                grants:
                  - id: treat
                    allow: [select]
                    on: [public.*]
            """;

    @TempDir Path folder;
    private TestLog test;
    private Path policyFile;
    private Path usersFile;
    private Users users;
    private PoliciesInForce policies;
    private final AtomicInteger changes = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        test = new TestLog(folder.resolve("audit"));
        policyFile = folder.resolve("clinic.yaml");
        usersFile = folder.resolve("users.yaml");
        Files.writeString(policyFile, POLICY);
        TestUsers.write(usersFile, "dana: developer", "pavel: physician");
        var loaded = TestConfig.load(folder, policyFile, usersFile);
        users = new Users(loaded.users());
        policies = new PoliciesInForce(loaded, compiled(loaded), users, test.log);
        policies.onChange(changes::incrementAndGet);
        policies.recordStart();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void theStartRecordsWhatIsInForce() throws Exception {
        var entry = test.entries("policy-loaded").getFirst();
        assertThat(entry.text("version")).isEqualTo(policies.get().policies().version());
    }

    @Test
    void aChangedPolicyIsInForceAfterItsRecordIsDurable() throws Exception {
        var before = policies.get();
        replace(policyFile, POLICY.replace("public.patients", "public.encounters"));
        policies.poll();
        assertThat(policies.get()).as("seen once, it may be half written").isSameAs(before);
        policies.poll();
        assertThat(policies.get()).isNotSameAs(before);
        assertThat(changes).hasValue(1);
        var entries = test.entries("policy-loaded");
        assertThat(entries).hasSize(2);
        var entry = entries.getLast();
        assertThat(entry.text("version")).isEqualTo(policies.get().policies().version());
        assertThat(entry.text("previousVersion")).isEqualTo(before.policies().version());
        policies.poll();
        assertThat(changes).hasValue(1);
    }

    @Test
    void aFileThatIsWrittenWhileItIsReadIsNotTakenByHalf() throws Exception {
        var before = policies.get();
        replace(policyFile, POLICY.replace("public.patients", "public.encounters"));
        policies.poll();
        // Its first role only: a policy in itself.
        var half = POLICY.substring(0, POLICY.indexOf("  physician:"));
        TestUsers.write(usersFile, "dana: developer");
        policies.poll();
        policies.loader(file -> {
            try {
                replace(policyFile, half);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return ConfigLoader.load(file);
        });
        policies.poll();
        assertThat(policies.get()).isSameAs(before);
        policies.loader(ConfigLoader::load);
        policies.poll();
        replace(policyFile, POLICY);
        policies.poll();
        policies.poll();
        assertThat(policies.get().policies().version()).isEqualTo(before.policies().version());
    }

    @Test
    void aBadFileChangesNothingAndItsErrorsAreRecordedOnce() throws Exception {
        var before = policies.get();
        replace(policyFile, POLICY.replace("grants:", "grant:"));
        for (int i = 0; i < 4; i++) policies.poll();
        assertThat(policies.get()).isSameAs(before);
        assertThat(changes).hasValue(0);
        assertThat(test.entries("policy-rejected")).hasSize(1);
        Files.delete(policyFile);
        for (int i = 0; i < 4; i++) policies.poll();
        assertThat(policies.get()).isSameAs(before);
        assertThat(test.entries("policy-rejected")).hasSize(2);
        // Mended, as it was: nothing to load.
        replace(policyFile, POLICY);
        for (int i = 0; i < 4; i++) policies.poll();
        assertThat(policies.get()).isSameAs(before);
        assertThat(test.entries("policy-loaded")).hasSize(1);
    }

    @Test
    void peopleChangeWithTheirFile() throws Exception {
        var version = policies.get().policies().version();
        TestUsers.write(usersFile, "dana: physician", "!pavel: physician");
        policies.poll();
        policies.poll();
        assertThat(users.subject("pavel")).isNull();
        assertThat(rolesOf("dana")).containsExactly("physician");
        assertThat(policies.get().policies().version()).isEqualTo(version);
        assertThat(changes).hasValue(1);
        assertThat(test.entries("policy-loaded")).hasSize(2);
    }

    @Test
    void aUserWithARoleThatNoPolicyHasIsRefusedAsAWhole() throws Exception {
        TestUsers.write(usersFile, "dana: developer", "pavel: surgeon");
        for (int i = 0; i < 3; i++) policies.poll();
        assertThat(rolesOf("pavel")).containsExactly("physician");
        assertThat(test.entries("policy-rejected")).hasSize(1);
    }

    private Set<String> rolesOf(String user) {
        return requireNonNull(users.subject(user)).roles();
    }

    private static PolicySet compiled(ConfigLoader.Loaded loaded) {
        return ((PolicyCompiler.Compiled) PolicyCompiler.compile(loaded.policies(), loaded.users()))
                .policies();
    }

    private static void replace(Path file, String text) throws Exception {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
