package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PasswordRulesTest {
    private static final List<String> NAMES = List.of("dana", "Dana Kowalczyk", "gw-clinic");

    @Test
    void whatOthersGuessIsRefusedInAnyDisguise() {
        for (var password :
                List.of(
                        "password",
                        "P@ssw0rd12345678",
                        "passwordpassword",
                        "qwertyuiopasdfghjkl",
                        "aaaaaaaaaaaaaaaaaaaa",
                        "123456789012345678",
                        "dana.kowalczyk.2026",
                        "Kowalczyk!Clinic2026",
                        "sallyportsallyport",
                        "changemechangeme!!",
                        "SummerSummer2026!!!",
                        "!!!!????....;;;;"))
            assertThat(PasswordRules.problem(password.toCharArray(), false, NAMES))
                    .as(password)
                    .isPresent();
    }

    @Test
    void nothingButLengthIsAskedOfOthers() {
        for (var password :
                List.of(
                        "correct horse battery staple",
                        "zmxnqlwkejrhtyg",
                        "kein schwein ruft mich an",
                        "gTq7vVx2LpZ9sRw"))
            assertThat(PasswordRules.problem(password.toCharArray(), false, NAMES))
                    .as(password)
                    .isEmpty();
    }

    @Test
    void eightDoBesideASecondFactor() {
        var eight = "tvzkqmwu".toCharArray();
        assertThat(PasswordRules.problem(eight, false, NAMES).orElse("")).contains("15");
        assertThat(PasswordRules.problem(eight, true, NAMES)).isEmpty();
        assertThat(PasswordRules.problem("tvzkqmw".toCharArray(), true, NAMES)).isPresent();
        assertThat(PasswordRules.problem("password".toCharArray(), true, NAMES)).isPresent();
    }

    @Test
    void onlyWhatEveryClientPreparesAlike() {
        assertThat(PasswordRules.problem("ein längeres Passwort".toCharArray(), false, NAMES))
                .isPresent();
        assertThat(PasswordRules.problem("x".repeat(300).toCharArray(), false, NAMES)).isPresent();
    }
}
