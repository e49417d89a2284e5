package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.config.MySqlVerifiers;
import dev.sallyport.identity.Accounts.CodeCheck;
import dev.sallyport.identity.Accounts.NewAccount;
import dev.sallyport.identity.Accounts.Password;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
    private static final List<Kind<?>> KINDS =
            List.of(Account.KIND, Group.KIND, DatabaseCredential.KIND);

    @TempDir Path folder;

    private final List<AuditEvent> records = Collections.synchronizedList(new ArrayList<>());
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private StateStore store;
    private SecretBox box;
    private Accounts accounts;

    @BeforeEach
    void open() throws StateException {
        store = StateStore.open(StateDatabase.inFolder(folder), KINDS, records::add);
        box = SecretBox.of(folder.resolve("key"));
        accounts = new Accounts(store, box, () -> now, "frida"::equals);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static NewAccount wanted(String login, String person) {
        return new NewAccount(login, "", person, Set.of("developer"), Map.of(), Optional.empty());
    }

    private Account account(String login) {
        return Objects.requireNonNull(store.state().byLogin(login));
    }

    private static Password password(String text) {
        return new Password(ScramPasswords.verifier(text.toCharArray(), 4096), MySqlVerifiers.NONE);
    }

    private static String reason(Changed<?> changed) {
        return ((Changed.Refused<?>) changed).reason();
    }

    @Test
    void aPersonHasOneAccountAndANameOnePerson() throws Exception {
        assertThat(accounts.add("root", wanted("dana", "4711"))).isInstanceOf(Changed.Done.class);
        assertThat(reason(accounts.add("root", wanted("dana", "")))).contains("already");
        assertThat(reason(accounts.add("root", wanted("DANA", "")))).contains("already");
        assertThat(reason(accounts.add("root", wanted("dana2", "4711")))).contains("person");
        assertThat(reason(accounts.add("root", wanted("frida", "")))).contains("users' file");
        assertThat(reason(accounts.add("root", wanted("a b", "")))).contains("login name");
        assertThat(store.state().all(Account.KIND)).hasSize(1);
        assertThat(records)
                .hasSize(6)
                .first()
                .isInstanceOfSatisfying(
                        AuditEvent.AccountChanged.class,
                        e -> {
                            assertThat(e.by()).isEqualTo("root");
                            assertThat(e.user()).isEqualTo("dana");
                        });
    }

    @Test
    void aCodeCountsOnce() throws Exception {
        accounts.add("root", wanted("dana", ""));
        var secret = Totp.newSecret();
        assertThat(reason(accounts.enrol("dana", "dana", secret, "000000"))).contains("code");
        var first = Totp.code(secret, now);
        accounts.enrol("dana", "dana", secret, first);
        var id = account("dana").id();
        // The one that enrolled it is used up as well.
        assertThat(accounts.useCode(id, first)).isEqualTo(CodeCheck.USED);
        var before = Totp.code(secret, now.minusSeconds(30));
        assertThat(accounts.useCode(id, before)).isEqualTo(CodeCheck.USED);
        now = now.plusSeconds(30);
        var second = Totp.code(secret, now);
        assertThat(accounts.useCode(id, second)).isEqualTo(CodeCheck.RIGHT);
        assertThat(accounts.useCode(id, second)).isEqualTo(CodeCheck.USED);
        now = now.plusSeconds(90);
        assertThat(accounts.useCode(id, second)).isEqualTo(CodeCheck.WRONG);
        assertThat(accounts.useCode("nobody", second)).isEqualTo(CodeCheck.WRONG);
    }

    @Test
    void aCodeCountsOnceAlsoOnTwoGatewaysAtOnce() throws Exception {
        accounts.add("root", wanted("dana", ""));
        var secret = Totp.newSecret();
        accounts.enrol("dana", "dana", secret, Totp.code(secret, now));
        var id = account("dana").id();
        try (var other = StateStore.open(StateDatabase.inFolder(folder), KINDS, records::add)) {
            var there = new Accounts(other, box, () -> now, _ -> false);
            for (int round = 0; round < 10; round++) {
                now = now.plusSeconds(30);
                var code = Totp.code(secret, now);
                var answers = Collections.synchronizedList(new ArrayList<CodeCheck>());
                var threads = new ArrayList<Thread>();
                for (var side : List.of(accounts, there))
                    threads.add(
                            Thread.ofPlatform()
                                    .start(() -> {
                                        try {
                                            answers.add(side.useCode(id, code));
                                        } catch (StateException e) {
                                            throw new IllegalStateException(e);
                                        }
                                    }));
                for (var thread : threads) thread.join();
                assertThat(answers).containsExactlyInAnyOrder(CodeCheck.RIGHT, CodeCheck.USED);
            }
        }
    }

    @Test
    void aSealedSecretIsOfNoUseElsewhere() throws Exception {
        var sealed = box.seal(new byte[] {1, 2, 3}, "totp a");
        assertThat(box.open(sealed, "totp a").orElseThrow()).containsExactly(1, 2, 3);
        assertThat(box.open(sealed, "totp b")).isEmpty();
        assertThat(SecretBox.of(folder.resolve("other")).open(sealed, "totp a")).isEmpty();
        assertThat(box.open("AAAA", "totp a")).isEmpty();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(
                folder.resolve("key"), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> SecretBox.of(folder.resolve("key")))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aShortPasswordGoesWithItsSecondFactor() throws Exception {
        accounts.add("root", wanted("dana", ""));
        accounts.setPassword("root", "dana", password("gTq7vVx2LpZ9sRw"));
        var secret = Totp.newSecret();
        accounts.enrol("dana", "dana", secret, Totp.code(secret, now));
        accounts.removeSecondFactor("root", "dana");
        assertThat(account("dana").verifier()).isPresent();

        now = now.plusSeconds(60);
        accounts.enrol("dana", "dana", secret, Totp.code(secret, now));
        now = now.plusSeconds(60);
        accounts.setPassword("root", "dana", password("tvzkqmwu"));
        accounts.removeSecondFactor("root", "dana");
        assertThat(account("dana").verifier()).isEmpty();
    }

    @Test
    void whoIsAwayTooLongIsDisabled() throws Exception {
        accounts.add("root", wanted("dana", ""));
        accounts.add("root", wanted("eve", ""));
        now = now.plus(Duration.ofDays(60));
        accounts.noteLogin(account("eve").id());
        now = now.plus(Duration.ofDays(31));
        assertThat(accounts.disableDormant("gateway", Duration.ofDays(90))).containsExactly("dana");
        assertThat(account("dana").disabled()).contains("90 days");
        assertThat(account("eve").isDisabled()).isFalse();
        assertThat(accounts.disableDormant("gateway", Duration.ofDays(90))).isEmpty();

        assertThat(accounts.enable("root", "dana")).isInstanceOf(Changed.Done.class);
        assertThat(accounts.disableDormant("gateway", Duration.ofDays(90))).isEmpty();
        now = now.plus(Duration.ofDays(91));
        assertThat(accounts.disableDormant("gateway", Duration.ofDays(90)))
                .containsExactlyInAnyOrder("dana", "eve");
        assertThat(records)
                .filteredOn(e ->
                        e instanceof AuditEvent.AccountChanged c
                                && c.change().equals("account disabled"))
                .hasSize(3);
    }

    @Test
    void rolesOfGroupsAreThePersonsToo() throws Exception {
        accounts.add("root", wanted("dana", ""));
        store.change(
                "root",
                "group",
                state ->
                        new Change.Accept<>(
                                List.of(),
                                List.of(
                                        new Edit.Put(
                                                new Group("g1", "clinic", Set.of("physician"))),
                                        new Edit.Put(
                                                account("dana")
                                                        .edit()
                                                        .groups(Set.of("g1", "gone"))
                                                        .done())),
                                ""));
        assertThat(store.state().rolesOf(account("dana")))
                .containsExactlyInAnyOrder("developer", "physician");
        accounts.changeRoles("root", "dana", Set.of("billing"), Set.of("developer"));
        assertThat(store.state().rolesOf(account("dana")))
                .containsExactlyInAnyOrder("billing", "physician");
    }
}
