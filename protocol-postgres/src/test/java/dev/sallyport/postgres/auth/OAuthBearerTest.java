package dev.sallyport.postgres.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class OAuthBearerTest {
    @Test
    void theTokenIsTakenFromTheMessage() throws AuthenticationFailure {
        assertThat(OAuthBearer.token("n,,\u0001auth=Bearer abc.DEF-1_2~+/==\u0001\u0001"))
                .isEqualTo("abc.DEF-1_2~+/==");
        assertThat(
                        OAuthBearer.token(
                                "y,,\u0001host=db\u0001port=5432\u0001auth=bearer abc\u0001\u0001"))
                .as("the scheme in any case, other pairs passed over")
                .isEqualTo("abc");
        assertThat(OAuthBearer.token("n,,\u0001auth=\u0001\u0001")).as("a question").isEmpty();
    }

    @Test
    void everythingElseIsMalformed() {
        for (var message :
                List.of(
                        "",
                        "n,,",
                        "n,,\u0001",
                        "n,,\u0001\u0001",
                        "n,,\u0001auth=Bearer abc",
                        "n,,\u0001auth=Bearer abc\u0001",
                        "n,,\u0001auth=Bearer abc\u0001\u0001x",
                        "n,,\u0001auth=Bearer abc\u0001auth=Bearer def\u0001\u0001",
                        "n,,\u0001auth=Bearer \u0001\u0001",
                        "n,,\u0001auth=Basic abc\u0001\u0001",
                        "n,,\u0001auth=Bearer a b\u0001\u0001",
                        "n,,\u0001auth=Bearer abc\"\u0001\u0001",
                        "n,,\u0001=Bearer abc\u0001\u0001",
                        "n,a=root,\u0001auth=Bearer abc\u0001\u0001",
                        "p=tls-server-end-point,,\u0001auth=Bearer abc\u0001\u0001"))
            assertThatExceptionOfType(AuthenticationFailure.class)
                    .as(message)
                    .isThrownBy(() -> OAuthBearer.token(message));
    }
}
